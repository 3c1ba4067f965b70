// The rungs of the ladder are moved by dragging, by arrow keys or by buttons; each writes the field that belongs to it.
(() => {
  const LABEL = 40;
  const PAGE = 10;

  for (const ladder of document.querySelectorAll("[data-ladder]")) {
    const form = ladder.closest("form");
    const [foot, head, top, step] = ["foot", "head", "top", "step"].map((name) => Number(ladder.dataset[name]));
    const rungs = [...ladder.querySelectorAll("[data-rung]")].map((shape) => ({ shape, field: form.elements[shape.dataset.rung] }));
    const places = (String(step).split(".")[1] ?? "").length;

    // As the server reads it: 1,250 is twelve hundred and fifty, 12,5 is twelve and a half.
    const plain = (text) => (/,\d{1,2}$/.test(text) && !text.includes(".") ? text.replace(/,(?=\d{1,2}$)/, ".") : text).replaceAll(/[\s,]/g, "");
    const read = (rung) => Number(plain(rung.field.value));
    const { currency, unit } = ladder.dataset;
    const money = currency && new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "narrowSymbol",
      trailingZeroDisplay: "stripIfInteger" });
    const told = (value) => (money ? money.format(value) : `${value.toLocaleString("en")} ${unit}`);
    const y = (value) => foot - ((foot - head) * Math.min(Math.max(value, 0), top)) / top;

    // A rung stays between its neighbours, so that no move can be wrong.
    function write(rung, wanted) {
      const place = rungs.indexOf(rung);
      const least = place ? read(rungs[place - 1]) + step : 0;
      const most = place < rungs.length - 1 ? read(rungs[place + 1]) - step : Infinity;
      const value = Math.max(least, Math.min(most, Math.round(wanted / step) * step));
      if (!Number.isFinite(value)) return;
      rung.field.value = value.toFixed(places);
      rung.field.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function draw() {
      let above = Infinity;
      const labels = rungs.map((rung) => {
        above = Math.min(y(read(rung)), above - LABEL);
        return above;
      });
      let below = head;
      for (let place = rungs.length - 1; place >= 0; place -= 1) {
        labels[place] = Math.max(labels[place], below);
        below = labels[place] + LABEL;
      }
      rungs.forEach((rung, place) => put(rung.shape, read(rung), labels[place]));
    }

    function put(shape, value, label) {
      if (Number.isNaN(value)) return;
      const at = y(value);
      for (const circle of shape.querySelectorAll("circle")) circle.setAttribute("cy", at);
      const line = shape.querySelector("line");
      line.setAttribute("y1", at);
      line.setAttribute("y2", at);
      shape.querySelector("path").setAttribute("d", `M124 ${at}L172 ${label}`);
      const [name, words] = shape.querySelectorAll("text");
      name.setAttribute("y", label - 1);
      words.setAttribute("y", label + 15);
      words.textContent = told(value);
      shape.setAttribute("aria-valuenow", String(value));
      shape.setAttribute("aria-valuetext", told(value));
    }

    for (const rung of rungs) {
      const { shape } = rung;
      const facts = { role: "slider", tabindex: "0", "aria-label": shape.dataset.name, "aria-orientation": "vertical",
        "aria-valuemin": "0", "aria-valuemax": String(top) };
      for (const [name, value] of Object.entries(facts)) shape.setAttribute(name, value);
      shape.addEventListener("pointerdown", (event) => {
        shape.setPointerCapture(event.pointerId);
        shape.focus();
        event.preventDefault();
      });
      shape.addEventListener("pointermove", (event) => {
        if (!shape.hasPointerCapture(event.pointerId)) return;
        const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(ladder.getScreenCTM().inverse());
        write(rung, ((foot - point.y) / (foot - head)) * top);
      });
      shape.addEventListener("keydown", (event) => {
        const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: PAGE, PageDown: -PAGE }[event.key];
        if (!steps) return;
        event.preventDefault();
        write(rung, read(rung) + steps * step);
      });
    }
    for (const box of form.querySelectorAll("[data-by]")) {
      const rung = rungs.find(({ field }) => field.name === box.dataset.by);
      box.addEventListener("click", (event) => {
        const move = event.target.closest("[data-move]");
        if (move) write(rung, read(rung) + Number(move.dataset.move) * step);
      });
    }
    form.addEventListener("input", draw);
    draw();
  }
})();
