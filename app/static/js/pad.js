// The number pad of the till; the stylesheet shows it only where scripts run.
for (const pad of document.querySelectorAll("[data-pad-for]")) {
  const field = document.getElementById(pad.dataset.padFor);
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("button")?.dataset.key;
    if (!key) return;
    navigator.vibrate?.(8);
    if (key === "delete") field.value = field.value.slice(0, -1);
    else if (key === "letters") swapKeyboard();
    else field.value += key;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  function swapKeyboard() {
    field.inputMode = field.inputMode === "text" ? "numeric" : "text";
  }
}
