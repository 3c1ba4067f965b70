// The page that works without the server: finds the last customers, saves what they do, and shows what is not sent yet.
import { newId } from "./ids.js";
import { plainAmount, showState } from "./page.js";
import { fitting, personRow } from "./people.js";
import { senderOf } from "./sending.js";
import { storeOf } from "./store.js";

const UNDO_SECONDS = 10;
const ASK_WITHIN_MS = 60000;
const EVERY_MS = 5000;
const DOUBLE_TAP_MS = 500;
const LOST = "No answer came to what you tapped last. Look whether it was done once the till is online.";
// Whom one practises with, also cut off: nothing that is done with them is kept.
const PRACTICE = {
  id: "practice", name: "Testy McTest", initials: "TM", phone_masked: "Nothing is recorded", code: "", earns: true,
  standing_words: "Practice", last_visit_words: "never", rewards: [], isPractice: true,
};

const facts = JSON.parse(document.getElementById("till-facts").dataset.facts);
const store = storeOf(facts.base);
const sender = senderOf(store, facts);
const by = (id) => document.getElementById(id);
const row = (id) => by(id).content.firstElementChild.cloneNode(true);
// One tap at a time: the second of two at once is nobody's wish, and no answer to a question that the first has asked.
let isBusy = false;
let askedAt = 0;
const signedIn = (await store.fact("session")) ?? {};
const session = signedIn.until > Date.now() ? signedIn : {};
const people = session.staff ? (await store.people()).sort((one, other) => one.place - other.place) : [];

await choose();
setInterval(look, EVERY_MS);
addEventListener("online", look);

async function choose() {
  const address = new URL(location.href);
  const memberId = address.pathname.slice(facts.base.length).match(/^members\/([0-9a-f-]{36})/)?.[1];
  const isPractice = address.pathname.startsWith(`${facts.base}practice`);
  const known = isPractice ? PRACTICE : people.find((one) => one.id === memberId);
  const saved = (await store.queue()).find((item) => item.id === address.searchParams.get("saved"));
  if (saved) showSaved(saved);
  else if (address.pathname === facts.queue || address.searchParams.has("saved")) await showQueue();
  else if (known && session.staff) await showMember(known);
  else showFind();
  await look();
}

function show(view) {
  for (const section of document.querySelectorAll("[data-view]")) section.hidden = section.dataset.view !== view;
}

async function look() {
  const sent = await sender.flush();
  showState(sent, new URL(location.href).searchParams.has("lost") ? LOST : "");
  if (!document.querySelector("[data-view=queue]").hidden) await showQueue();
}

function showFind() {
  show("find");
  const box = by("offline-find");
  const list = () => {
    const fits = fitting(session.staff && (box.value || !people.length) ? [...people, PRACTICE] : people, box.value);
    by("offline-people").replaceChildren(...fits.map((one) => personRow(one, addressOf(one))));
    by("offline-nobody").hidden = fits.length > 0;
  };
  box.addEventListener("input", list);
  list();
  box.focus();
}

function addressOf(person) {
  return person.isPractice ? `${facts.base}practice` : `${facts.base}members/${person.id}`;
}

async function showMember(person) {
  show("member");
  by("offline-name").textContent = person.name;
  const standing = `${person.standing_words}. Last visit: ${person.last_visit_words}.`;
  by("offline-standing").textContent = person.earns ? standing : "This card is not active and earns nothing.";
  const punch = document.querySelector("[data-offline=punch]");
  punch.addEventListener("submit", (event) => {
    event.preventDefault();
    save({ kind: "punch", count: Number(new FormData(punch).get("count")) }, person, "Punch");
  });
  const sale = document.querySelector("[data-offline=sale]");
  sale.addEventListener("submit", (event) => {
    event.preventDefault();
    const amount = plainAmount(by("offline-amount").value, facts.decimals);
    by("offline-amount-error").hidden = amount !== null;
    if (amount) save({ kind: "sale", amount }, person, amount);
    else by("offline-amount").focus();
  });
  await offerRewards(person);
}

async function offerRewards(person) {
  const given = (await store.fact("givenOffline")) ?? 0;
  if (given >= (session.rewards ?? 0) || !person.rewards.length) return;
  by("offline-rewards").hidden = false;
  by("offline-rewards").querySelector("[data-list]").replaceChildren(...person.rewards.map((reward) => {
    const form = row("reward-row");
    form.querySelector("b").textContent = reward.words;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      save({ kind: "redeem", voucherId: reward.id }, person, reward.words, async () => {
        await store.setFact("givenOffline", given + 1);
        await store.putPerson({ ...person, rewards: person.rewards.filter((one) => one.id !== reward.id) });
      });
    });
    return form;
  }));
}

async function save(what, person, words, first = async () => {}) {
  if (isBusy) return;
  isBusy = true;
  try {
    if (what.kind === "punch" && (await wasJustPunched(person))) {
      isBusy = false;
      return;
    }
    await first();
    const item = {
      id: newId(), memberId: person.id, staffId: session.staff, isOffline: true, words, ...what, ...(await sender.measured()),
    };
    if (session.location) item.locationId = session.location;
    if (!person.isPractice) await store.put(item);
    showSaved(item, person.name, person.isPractice);
  } catch (error) {
    isBusy = false;
    throw error;
  }
  await look();
}

// The same question as online: a second punch within a minute is asked about once.
async function wasJustPunched(person) {
  const ask = by("offline-ask");
  const recent = (await store.queue()).find((item) => item.kind === "punch" && item.memberId === person.id
    && !item.isUndone && Date.now() - Date.parse(item.occurredAt) < ASK_WITHIN_MS);
  if (!recent || !ask.hidden) return Date.now() - askedAt < DOUBLE_TAP_MS;
  askedAt = Date.now();
  const seconds = Math.round((Date.now() - Date.parse(recent.occurredAt)) / 1000);
  ask.textContent = `Already punched ${seconds} seconds ago. Punch again?`;
  ask.hidden = false;
  return true;
}

function showSaved(item, name = "", isPractice = false) {
  show("saved");
  const who = name || people.find((one) => one.id === item.memberId)?.name || "";
  const what = item.kind === "punch" ? `${item.count} ${item.count === 1 ? "punch" : "punches"}` : item.words;
  by("saved-what").textContent = who ? `${who}: ${what}` : what;
  by("saved-note").textContent = isPractice ? "Practice. Nothing is recorded." : "Points will show when back online.";
  const button = by("saved-undo");
  let left = UNDO_SECONDS;
  const timer = setInterval(() => {
    left -= 1;
    button.querySelector(".r-undo").textContent = left;
    if (left <= 0) stop();
  }, 1000);
  const stop = () => {
    clearInterval(timer);
    button.hidden = true;
  };
  if (item.kind === "redeem") stop();
  button.addEventListener("click", async () => {
    stop();
    // Also when it was sent a moment ago: what arrives twice with this mark is taken back.
    if (!isPractice) await store.put({ ...item, isUndone: true });
    by("saved-what").textContent = "Taken back";
    await look();
  });
}

async function showQueue() {
  const items = (await store.queue()).sort((one, other) => (one.id < other.id ? -1 : 1));
  const conflicts = (await store.fact("conflicts")) ?? 0;
  by("queue-title").textContent = items.length ? `${items.length} not sent yet` : "Everything is sent";
  by("queue-conflicts").hidden = !conflicts;
  by("queue-conflicts").textContent = `${conflicts} could not be recorded. The owner finds them under Needs you.`;
  by("queue-items").replaceChildren(...items.map(itemRow));
  by("send-now").hidden = !items.length;
  show("queue"); // filled first, so that nothing moves
  by("send-now").onclick = look;
}

function itemRow(item) {
  const made = row("item-row");
  const person = people.find((one) => one.id === item.memberId);
  const minutes = Math.round((Date.now() - Date.parse(item.occurredAt)) / 60000);
  const age = minutes < 1 ? "just now" : minutes < 120 ? `${minutes} minutes ago` : `${Math.round(minutes / 60)} hours ago`;
  made.querySelector("b").textContent = `${person?.name ?? "Customer"}: ${item.isUndone ? "taken back" : item.words}`;
  made.querySelector("p").textContent = item.kind === "redeem" ? `${age}, counts provisionally` : age;
  return made;
}
