// Ticking rows of a list: the whole page at once, how many, and all that match. Works without: the boxes are a form's.
(() => {
  const picks = (form) => [...form.querySelectorAll("input[name=ids]")];

  const show = (form) => {
    const boxes = picks(form);
    const picked = boxes.filter((box) => box.checked);
    const all = form.querySelector("[data-pick-all]");
    const count = form.querySelector("[data-pick-count]");
    const head = form.querySelector("[data-pick-page]");
    if (count) count.textContent = all?.checked ? "All selected" : `${picked.length} selected`;
    if (head) {
      head.checked = picked.length === boxes.length;
      head.indeterminate = picked.length > 0 && !head.checked;
    }
  };

  const start = () => {
    for (const form of document.querySelectorAll("[data-picks]")) {
      const head = form.querySelector("[data-pick-page]");
      if (head) head.hidden = false;
      show(form);
    }
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-picks]");
    if (!form) return;
    if (event.target.matches("[data-pick-page]")) for (const box of picks(form)) box.checked = event.target.checked;
    if (event.target.matches("[data-pick-all]") && event.target.checked) for (const box of picks(form)) box.checked = true;
    if (event.target.name === "ids" && !event.target.checked) {
      const all = form.querySelector("[data-pick-all]");
      if (all) all.checked = false;
    }
    show(form);
  });

  // What is not asked does not stand in the address.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.getAttribute("role") !== "search") return;
    const given = event.detail.formData;
    for (const [name, value] of [...given.entries()]) if (value === "") given.delete(name);
    if (given.get("sort") === "-createdAt") given.delete("sort");
  });

  document.addEventListener("htmx:load", start);
  addEventListener("pageshow", start);
  start();
})();
