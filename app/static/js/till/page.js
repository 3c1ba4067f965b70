// Every page of a paired till: what is done is kept on the device first, then sent; the till says whether it is online.
import { newId } from "./ids.js";
import { startInstalling } from "./install.js";
import { answerAtOnce } from "./people.js";
import { startResult } from "./result.js";
import { startScanning } from "./scan.js";
import { senderOf } from "./sending.js";
import { storeOf } from "./store.js";

const EVERY_MS = 15000;
const FRESH_MS = 60000;
const LOST_MS = 20000;
const LONGEST_DAY_MS = 20 * 3600 * 1000;

const facts = JSON.parse(document.getElementById("till-facts")?.dataset.facts ?? "null");

startInstalling();
startScanning();
startPin();
startResult();
startTyping();
if (facts?.staff) start();
else if (document.querySelector("[data-locked]")) forget();

// Locked is locked, also without a connection: nobody is known here, and nobody is at the till.
async function forget() {
  const store = storeOf(facts.base);
  await store.forgetPeople();
  await store.setFact("session", null);
}

async function start() {
  const store = storeOf(facts.base);
  const sender = senderOf(store, facts);
  // First of all: what is tapped before this would go the way of forms, which is lost without a connection.
  for (const form of document.querySelectorAll("form[data-till-item]")) takeOver(form, store, sender);
  const lock = startLock(store, sender);
  const until = Date.now() + LONGEST_DAY_MS;
  await store.setFact("session", { staff: facts.staff, location: facts.location, rewards: facts.rewards, until });
  await store.setFact("offsetMs", (await store.fact("offsetMs")) ?? Math.round(Date.parse(facts.now) - Date.now()));
  navigator.serviceWorker?.register(facts.worker, { scope: facts.base }).catch(() => {});
  navigator.storage?.persist?.().catch(() => {});
  answerAtOnce(store, facts.base);
  const look = async () => (lock.isWanted() ? lock.tryNow() : showState(await sender.flush()));
  addEventListener("online", look);
  addEventListener("offline", () => store.queue().then((items) => showState({ left: items.length, status: 0 })));
  setInterval(look, EVERY_MS);
  await look();
  if (document.getElementById("find")) await learnPeople(store);
}

// A page that comes back as it was left has done its part already, and what it shows is old.
addEventListener("pageshow", (event) => event.persisted && location.reload());

// A hardware scanner types wherever the focus is: on the search page its first sign brings the focus to the box.
function startTyping() {
  const box = document.getElementById("find");
  if (box) addEventListener("keydown", (event) => {
    const isSign = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isSign && document.activeElement === document.body) box.focus();
  });
}

// A form whose content is sound is kept on the device and sent from there; any other is the server's to judge.
function takeOver(form, store, sender) {
  let isBusy = false;
  form.addEventListener("submit", async (event) => {
    const item = itemOf(form, event.submitter);
    if (!item) return;
    event.preventDefault();
    if (isBusy || form.dataset.sent) return; // sent: as a form, by whoever was quicker than this script
    isBusy = true;
    if (event.submitter) event.submitter.disabled = true;
    try {
      await store.put(Object.assign(item, await sender.measured()));
    } catch {
      return sendPlain(form, event.submitter); // a device that keeps nothing now
    }
    const answer = await sender.deliver(item).catch(() => null);
    if (!answer) {
      await leaveForLater(store, item.id).catch(() => {});
      location.assign(`${facts.shell}?saved=${item.id}`);
    } else if (answer.outcome === "recorded") {
      location.assign(answer.url ?? form.dataset.done.replace(/[^/]+$/, item.voucherId));
    } else sendPlain(form, event.submitter);
  });
}

function itemOf(form, submitter) {
  const data = new FormData(form, submitter);
  const kind = form.dataset.tillItem;
  const memberId = data.get("member_id") ?? form.dataset.member;
  const item = { id: newId(), kind, memberId, staffId: facts.staff, isAgain: data.get("again") === "yes" };
  const place = data.get("location_id");
  if (place) item.locationId = place;
  if (!memberId) return null;
  if (kind === "punch") return { ...item, count: Number(data.get("count") ?? 1), words: "Punch" };
  if (kind === "redeem") return { ...item, voucherId: data.get("voucher_id"), words: "Reward" };
  const amount = plainAmount(data.get("quick") || data.get("amount") || "");
  if (!amount) return null;
  if (data.get("category")) item.category = data.get("category");
  return { ...item, amount, words: amount };
}

// "42,50" and "1 250.00" as the server reads them; null for what it should speak about.
export function plainAmount(text, decimals = facts?.decimals ?? 2) {
  const plain = text.replace(/[\s\u00a0]/g, "").replace(/,/g, ".");
  const [, , fraction = ""] = plain.match(/^(\d{1,8})(?:\.(\d+))?$/) ?? [null, null, "x".repeat(99)];
  return fraction.length <= decimals && Number(plain) > 0 ? plain : null;
}

async function leaveForLater(store, id) {
  const item = (await store.queue()).find((one) => one.id === id);
  if (item) await store.put({ ...item, isOffline: true });
}

// The server asks something, or says what is wrong: it does so on its own page, as if there were no scripts.
function sendPlain(form, submitter) {
  if (submitter?.name) {
    const field = Object.assign(document.createElement("input"), { type: "hidden" });
    form.append(Object.assign(field, { name: submitter.name, value: submitter.value }));
  }
  form.submit();
}

// Locked without a connection, nobody could open it again. So it waits for one, unless somebody touches the till again.
function startLock(store, sender) {
  const form = document.querySelector("form[data-till-lock]");
  let isWanted = false;
  let sentAt = 0;
  const submit = () => {
    if (Date.now() - sentAt < LOST_MS) return; // the answer is on its way, and a second form would break it off
    sentAt = Date.now();
    form.submit();
  };
  async function tryNow() {
    isWanted = true;
    const sent = await sender.flush({ mustAsk: true }).catch(() => null);
    if (!sent) return submit(); // the device keeps nothing: there is nothing to wait for
    if (sent.left) return showState(sent, "The till locks once they are sent.");
    if (!sent.status) return showState(sent, "The till locks once it is online: until then nobody could open it again.");
    if (!isWanted) return null;
    await forget();
    return submit();
  }
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    tryNow();
  });
  let timer;
  const wake = () => {
    isWanted = false;
    clearTimeout(timer);
    timer = setTimeout(() => form?.requestSubmit(), facts.idle * 1000);
  };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { passive: true });
  wake();
  return { isWanted: () => isWanted, tryNow };
}

async function learnPeople(store) {
  const last = (await store.fact("peopleAt")) ?? 0;
  if (Date.now() - last < FRESH_MS && (await store.people()).length) return;
  try {
    const answer = await fetch(facts.people, { cache: "no-store" });
    if (!answer.ok) return;
    await store.replacePeople((await answer.json()).people);
    await store.setFact("peopleAt", Date.now());
  } catch { /* cut off: what was learned before is good enough */ }
}

export function showState({ left = 0, status = 200 }, more = "") {
  const state = document.getElementById("till-state");
  const banner = document.getElementById("till-banner");
  const isOnline = status === 200;
  state?.classList.toggle("is-off", !isOnline);
  if (state) state.querySelector("span").textContent = isOnline ? "Online" : "Offline";
  if (!banner) return;
  const kept = left === 1 ? "1 action is saved and will be sent." : `${left} actions are saved and will be sent.`;
  const why = status === 403 ? "This till is not paired any more. Ask the owner." : isOnline ? "" : "Offline.";
  const idle = status === 0 ? "What you do is saved and will be sent." : "";
  const words = [why, left ? kept : idle, more].filter(Boolean).join(" ");
  banner.hidden = !words;
  if (banner.dataset.words === `${words}${left}`) return;
  banner.dataset.words = `${words}${left}`;
  banner.textContent = `${words} `;
  if (left) banner.append(Object.assign(document.createElement("a"), { href: facts.queue, textContent: "See what waits" }));
}

// Six digits are a PIN: no need to press a button.
function startPin() {
  const field = document.querySelector("[data-sends-at]");
  if (!field) return;
  const send = () => field.value.length === Number(field.dataset.sendsAt) && field.form.requestSubmit();
  field.addEventListener("input", send);
  send(); // whoever types fast was done before this script was here
}
