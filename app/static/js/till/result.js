// The result of a sale: its undo counts down, it may sound, and the till goes back to the search if nobody touches it.
export function startResult() {
  let isTouched = false;
  let hasSounded = false;
  for (const kind of ["pointerdown", "keydown", "wheel"]) {
    addEventListener(kind, () => {
      isTouched = true;
      document.getElementById("returning")?.remove();
    }, { passive: true });
  }

  setInterval(() => {
    const result = document.getElementById("till-result");
    if (!result) return;
    if (!hasSounded && result.dataset.sound && !result.hasAttribute("hx-get")) sound(result.dataset.sound);
    hasSounded ||= !result.hasAttribute("hx-get");
    const button = document.getElementById("undo");
    if (!button) return;
    const returning = document.getElementById("returning");
    if (returning && !isTouched) returning.hidden = false;
    const left = Number(button.dataset.undo) - 1;
    button.dataset.undo = left;
    button.querySelector(".r-undo").textContent = Math.max(left, 0);
    if (left > 0) return;
    button.closest("form").remove();
    const next = document.getElementById("next");
    if (returning && next && !isTouched) location.assign(next.href);
  }, 1000);
}

// Two rising notes for what went well, one low one for what needs somebody.
function sound(kind) {
  try {
    const context = new AudioContext();
    const notes = kind === "good" ? [660, 880] : [220];
    for (const [place, note] of notes.entries()) {
      const begins = context.currentTime + place * 0.12;
      const tone = new OscillatorNode(context, { frequency: note });
      const volume = new GainNode(context, { gain: 0.12 });
      volume.gain.setTargetAtTime(0, begins + 0.08, 0.03);
      tone.connect(volume).connect(context.destination);
      tone.start(begins);
      tone.stop(begins + 0.3);
    }
  } catch { /* a device without sound is a quiet one */ }
}
