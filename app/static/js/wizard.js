// Conveniences of the wizard: steppers, tabs of the preview, and which fields have been left.
(() => {
  const form = document.querySelector("[data-wizard]");
  if (!form) return;
  const touched = new Set();
  let tab = "card";

  // A field is spoken of once it has been left; while one types again, only where a message stands already.
  const note = () => { form.elements.touched.value = [...touched].join(" "); };
  form.addEventListener("change", (event) => { touched.add(event.target.name); note(); }, true);
  form.addEventListener("input", (event) => {
    const isMarked = event.target.getAttribute("aria-invalid") === "true";
    touched[isMarked ? "add" : "delete"](event.target.name);
    note();
  }, true);

  const dress = () => {
    for (const button of form.querySelectorAll("[data-step]")) button.hidden = false;
    for (const update of form.querySelectorAll("[value=preview]")) update.hidden = true;
    for (const message of form.querySelectorAll("[data-for]")) mark(message);
    show(tab);
  };
  const mark = (message) => {
    const field = document.getElementById(message.dataset.for);
    const error = message.querySelector(".r-err");
    if (!field || !field.name) return;
    field.toggleAttribute("aria-invalid", false);
    if (error) field.setAttribute("aria-invalid", "true");
    if (error) field.setAttribute("aria-describedby", error.id);
    message.closest(".r-q")?.classList.toggle("is-bad", Boolean(error));
  };

  const show = (name) => {
    const list = form.querySelector("[role=tablist]");
    if (!list) return;
    tab = name;
    list.hidden = false;
    for (const button of list.children) {
      const isChosen = button.id === `tab-${name}`;
      button.setAttribute("aria-selected", isChosen);
      button.tabIndex = isChosen ? 0 : -1;
      const view = document.getElementById(button.getAttribute("aria-controls"));
      view.hidden = !isChosen;
      view.setAttribute("role", "tabpanel");
    }
  };
  form.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=tab]");
    if (chosen) return show(chosen.id.slice(4));
    const step = event.target.closest("[data-step]");
    if (step) count(step.parentElement.querySelector("input"), Number(step.dataset.step));
  });
  form.addEventListener("keydown", (event) => {
    const tabs = [...form.querySelectorAll("[role=tab]")];
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move || !tabs.includes(event.target)) return;
    const next = tabs[(tabs.indexOf(event.target) + move + tabs.length) % tabs.length];
    show(next.id.slice(4));
    next.focus();
  });
  const count = (input, by) => {
    input.value = Math.max(0, (parseInt(input.value, 10) || 0) + by);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // What is typed into the preview is the visitor's: the panel that is swapped in takes it over, with the focus and the
  // caret, before anything else can be typed. Whatever an answer on its way did not know yet is sent after it.
  let kept = [];
  let caret = null;
  document.addEventListener("htmx:beforeSwap", () => {
    kept = [...form.querySelectorAll("#live input")].map(({ id, value }) => ({ id, value }));
    const { id, selectionStart, selectionEnd } = document.activeElement;
    caret = kept.some((field) => field.id === id) ? { id, selectionStart, selectionEnd } : null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const { id, value } of kept) {
      const field = document.getElementById(id);
      if (field && field.value !== value) field.value = value;
    }
    kept = [];
    dress();
    const field = caret && document.getElementById(caret.id);
    field?.focus({ preventScroll: true });
    if (field && caret.selectionStart !== null) field.setSelectionRange(caret.selectionStart, caret.selectionEnd);
    caret = null;
  });
  document.addEventListener("htmx:afterSettle", dress);
  dress();
})();
