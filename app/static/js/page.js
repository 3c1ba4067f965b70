// Small conveniences of every page; each page works without them.
(() => {
  const SLOW_MS = 400;
  const LOST_MS = 20_000;

  // "/" goes to the search box, unless someone is typing.
  document.addEventListener("keydown", (event) => {
    const search = document.querySelector("[data-search]");
    if (event.key !== "/" || !search || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    search.focus();
  });

  // A menu closes on Escape and on a click elsewhere.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.r-menu[open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.r-menu")));
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus(null));

  // A form is sent once; its button says so when the answer takes a while. Who is still here long after it was stopped or
  // lost, or has come back to the page, may send it again; and an answer that is a file leaves the page as it is.
  const frees = new Set();
  document.addEventListener("submit", (event) => {
    const { submitter: button, target: form } = event;
    if (event.defaultPrevented || form.method !== "post" || button?.hasAttribute("data-file")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    const words = [...(button?.childNodes ?? [])];
    const timers = [setTimeout(() => {
      if (!button) return;
      button.disabled = true;
      if (button.dataset.busy) button.textContent = button.dataset.busy;
    }, SLOW_MS)];
    const free = () => {
      timers.forEach(clearTimeout);
      delete form.dataset.sent;
      if (button) button.disabled = false;
      button?.replaceChildren(...words);
      frees.delete(free);
    };
    timers.push(setTimeout(free, LOST_MS));
    frees.add(free);
  });
  addEventListener("pageshow", (event) => event.persisted && frees.forEach((free) => free()));

  // After a refused form the summary of what is wrong gets the focus.
  document.querySelector("[data-summary]")?.focus();

  // A row of tabs that is wider than the screen begins where one is.
  for (const tab of document.querySelectorAll(".r-tabs [aria-current]")) {
    const row = tab.closest(".r-tabs");
    row.scrollLeft += Math.ceil(tab.getBoundingClientRect().right - row.getBoundingClientRect().right);
  }

  document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".r-toast").remove());

  // A link to be passed on is chosen as a whole by one click, and copied by one button where the browser can.
  for (const field of document.querySelectorAll("[data-share]")) {
    field.addEventListener("focus", () => field.select());
    if (!navigator.clipboard) continue;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: "Copy" });
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    });
    field.after(button);
  }

  // Whoever types fast has begun before anything here listened: what stands in the fields by then counts as typed now.
  document.addEventListener("htmx:load", () => {
    for (const field of document.querySelectorAll("input, textarea")) {
      const isTicked = field.checked !== field.defaultChecked;
      if (isTicked || field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }, { once: true });

  // What is fetched anew by itself waits while nobody looks, and while something in it is open to be read.
  const isBusy = (box) => document.hidden || box.querySelector(":popover-open, details[open]");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("[data-poll]") && isBusy(event.target)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) for (const box of document.querySelectorAll("[data-poll]")) htmx.trigger(box, "refresh");
  });

  // htmx does not swap these answers in, so a toast says what happened.
  const WORDS = { 409: "Someone changed this a moment ago. Load the page again to see it.",
    429: "That was a lot at once. Try again in a minute.",
    503: "You can look but not change things right now." };
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401) return location.reload();
    say(WORDS[status] || "That did not work. Try again.");
  });
  document.addEventListener("htmx:sendError", () => say("No connection. Try again."));

  function say(words) {
    for (const said of document.querySelectorAll(".r-toast--bad")) if (said.textContent === words) said.remove();
    const toast = document.createElement("div");
    toast.className = "r-toast r-toast--bad";
    toast.setAttribute("role", "alert");
    toast.append(Object.assign(document.createElement("p"), { textContent: words }));
    document.querySelector(".r-toasts")?.append(toast);
  }
})();
