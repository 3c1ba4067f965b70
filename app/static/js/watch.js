// A board that is left open asks now and then what is new: in words always, with a sound and a notice where one ticks it.
(() => {
  const PAUSE_MS = 20_000;
  const KEPT = "watch-redemptions";

  for (const box of document.querySelectorAll("[data-watch]")) {
    const tick = box.querySelector("[data-watch-on]");
    const status = box.querySelector("[role=status]");
    let seen;

    tick.checked = localStorage.getItem(KEPT) === "on";
    tick.addEventListener("change", () => {
      localStorage.setItem(KEPT, tick.checked ? "on" : "off");
      if (tick.checked && window.Notification?.permission === "default") Notification.requestPermission();
      if (tick.checked) ring();
    });

    async function look() {
      const answer = await fetch(box.dataset.watch, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer?.ok || answer.redirected) return;
      const newest = await answer.json();
      if (seen !== undefined && newest.id && newest.id !== seen) say(newest);
      seen = newest.id;
    }

    function say({ name }) {
      const link = Object.assign(document.createElement("a"), { href: location.href, textContent: "Show it" });
      status.replaceChildren(`New: ${name}. `, link);
      if (!tick.checked) return;
      ring();
      if (window.Notification?.permission === "granted") new Notification(`New: ${name}`);
    }

    look();
    setInterval(look, PAUSE_MS);
    box.addEventListener("look", look);
  }

  // Two short notes; a browser that allows no sound yet stays silent.
  function ring() {
    const context = new AudioContext();
    [660, 880].forEach((pitch, place) => {
      const note = new OscillatorNode(context, { frequency: pitch });
      const volume = new GainNode(context, { gain: 0.08 });
      note.connect(volume).connect(context.destination);
      note.start(context.currentTime + place * 0.18);
      note.stop(context.currentTime + place * 0.18 + 0.15);
    });
    setTimeout(() => context.close(), 1_000);
  }
})();
