// The customers that this device knows: who fits what is typed, and the row that one taps.
const MOST_SHOWN = 8;
const FEWEST_SIGNS = 2;

export function fitting(people, typed) {
  const asked = typed.trim().toLowerCase();
  return people.filter((one) => [one.name, one.last4, one.code].some((text) => begins(text, asked))).slice(0, MOST_SHOWN);
}

function begins(text, asked) {
  const plain = (text ?? "").toLowerCase();
  return plain.startsWith(asked) || plain.split(/\s+/).some((word) => word.startsWith(asked));
}

export function personRow(person, href) {
  const made = document.getElementById("person-row").content.firstElementChild.cloneNode(true);
  made.querySelector("a").href = href;
  made.querySelector(".r-ava").textContent = person.initials;
  made.querySelector("b").textContent = person.name;
  made.querySelector(".small").textContent = person.phone_masked;
  made.querySelector(".end").textContent = person.standing_words;
  return made;
}

// The search answers at once from the device's own list; what the server finds a moment later takes its place.
export async function answerAtOnce(store, base) {
  const box = document.getElementById("find");
  if (!box || !document.getElementById("person-row")) return;
  box.addEventListener("input", async () => {
    const typed = box.value.trim();
    if (typed.length < FEWEST_SIGNS) return;
    const matches = document.getElementById("matches");
    const found = fitting(await store.people(), typed);
    if (!found.length || box.value.trim() !== typed || !matches.isConnected) return; // gone: the server was quicker
    const list = Object.assign(document.createElement("ul"), { className: "r-people" });
    list.append(...found.map((one) => personRow(one, `${base}members/${one.id}`)));
    matches.replaceChildren(list);
  });
}
