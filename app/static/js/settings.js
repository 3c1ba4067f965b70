// The colour that is picked and the colour that is typed are one; without this script the server compares them.
(() => {
  const HEX = /^#[0-9a-f]{6}$/i;
  for (const form of document.querySelectorAll("form[data-colours]")) {
    const [typed, picked] = [form.elements.brand_color, form.elements.picked];
    picked.addEventListener("input", () => { typed.value = picked.value; });
    typed.addEventListener("input", () => { if (HEX.test(typed.value.trim())) picked.value = typed.value.trim().toLowerCase(); });
  }
  // A secret that is shown once is copied by a button.
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.parentElement.querySelector("[data-copied]").textContent = "Copied";
    });
  }
})();
