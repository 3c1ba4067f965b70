// The member's pages: renews the code of the moment, counts down, keeps the card for when there is no connection.
(() => {
  const PATIENCE_MS = 8_000;
  const MARGIN_SECONDS = 12; // renewed this long before it is over, so that what is shown is always good

  // The code of the moment. Without a connection, or with one that says nothing, the lasting one stands in.
  const lasting = (isShown) => document.body.classList.toggle("is-offline", isShown);
  let age = 0;
  const renew = async () => {
    const shown = document.querySelector("[data-live-code]");
    if (!shown) return;
    age = 0;
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const answer = await fetch(shown.dataset.liveCode, { headers: { "HX-Request": "true" }, signal });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) throw new Error(answer.statusText);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const newer = fresh.querySelector("[data-live-code]");
      if (!newer) throw new Error("no code");
      shown.replaceWith(newer);
      lasting(false);
    } catch {
      lasting(true);
    }
  };
  const tick = () => {
    const shown = document.querySelector("[data-live-code]");
    if (!shown || document.hidden) return;
    const left = Number(shown.dataset.seconds) - MARGIN_SECONDS - ++age;
    if (left <= 0) return renew();
    shown.querySelector("[data-code-age]").textContent = `New code in ${left} seconds`;
  };
  if (document.querySelector("[data-live-code]")) {
    setInterval(tick, 1000);
    document.addEventListener("visibilitychange", () => document.hidden || renew());
    addEventListener("pageshow", (event) => event.persisted && renew());
    addEventListener("online", renew);
    addEventListener("offline", () => lasting(true));
  }

  // A reward is shown for a quarter of an hour.
  for (const shown of document.querySelectorAll("[data-countdown]")) {
    const ends = Date.now() + Number(shown.dataset.countdown) * 1000;
    const count = () => {
      const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
      shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} min`;
      if (left) return;
      clearInterval(counting); // once: a page that takes longer than a second would begin anew for ever
      location.replace(shown.dataset.then);
    };
    const counting = setInterval(count, 1000);
    count();
  }

  // The card for when there is no connection, and the notices, live in a service worker.
  const source = document.querySelector("[data-worker]")?.dataset.worker;
  if (source && "serviceWorker" in navigator) {
    navigator.serviceWorker.register(source).catch(() => {});
    navigator.serviceWorker.ready.then((found) => found.active.postMessage("keep"));
  }

  // Notices on this device.
  const panel = document.querySelector("[data-push]");
  if (panel && source && "PushManager" in window && "Notification" in window) notices(panel);

  async function notices(box) {
    const button = box.querySelector("button");
    const say = (words) => (box.querySelector("[role=status]").textContent = words);
    const worker = await navigator.serviceWorker.ready;
    let held = await worker.pushManager.getSubscription();
    const draw = () => {
      button.textContent = held ? "Turn off" : "Turn on";
      button.setAttribute("aria-pressed", String(Boolean(held)));
    };
    const tell = (url, body) =>
      fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...JSON.parse(document.body.getAttribute("hx-headers")) },
        body: JSON.stringify(body),
      });
    const turnOn = async () => {
      if ((await Notification.requestPermission()) !== "granted") {
        return say("This browser does not allow notices from here. Allow them in its settings.");
      }
      held = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: box.dataset.key });
      const answer = await tell(box.dataset.subscribe, held).catch(() => new Response(null, { status: 503 }));
      if (answer.ok) return say("On. We write here when you have earned a reward.");
      await held.unsubscribe();
      held = null;
      say((await answer.json().catch(() => ({}))).detail || "That did not work. Try again.");
    };
    const turnOff = async () => {
      await tell(box.dataset.unsubscribe, { endpoint: held.endpoint });
      await held.unsubscribe();
      held = null;
      say("Off. Nothing is sent to this device.");
    };
    button.addEventListener("click", async () => {
      button.disabled = true;
      await (held ? turnOff() : turnOn()).catch(() => say("That did not work. Try again."));
      button.disabled = false;
      draw();
    });
    draw();
    box.hidden = false;
  }
})();
