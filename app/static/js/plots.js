// Draws the trends of a page with uPlot from the numbers that stand beside each; the tables work without it.
(() => {
  const HEIGHT = 240;
  const STROKES = ["--brand-ink", "--info", "--bad", "--muted"];
  const DASHES = [[], [8, 4], [2, 4], [12, 4, 2, 4]];
  const plots = [];

  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const seconds = (day) => Date.parse(`${day}T00:00:00Z`) / 1000;
  const shown = (places) => (_, value) => value == null ? "–" : value.toLocaleString("en",
    { minimumFractionDigits: places, maximumFractionDigits: places });
  const brief = (_, values) => values.map((value) => value.toLocaleString("en", { notation: "compact" }));

  function axis(options) {
    return { stroke: colour("--muted"), font: `13px ${colour("--font")}`, ticks: { show: false },
      grid: { stroke: colour("--hair"), width: 1 }, ...options };
  }

  // A level (what is outstanding) has its own scale on the right: it would flatten what happened in a day.
  function options(box, data) {
    const hasLevel = data.lines.some((line) => line.isLevel);
    const axes = [axis({ grid: { show: false } }), axis({ values: brief, size: 56 })];
    if (hasLevel) axes.push(axis({ scale: "level", side: 1, values: brief, size: 56, grid: { show: false } }));
    return {
      width: box.clientWidth, height: HEIGHT, axes, tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC"),
      cursor: { drag: { x: false, y: false } },
      scales: { y: { range: (_, low, high) => [Math.min(0, low), high || 1] },
        level: { range: (_, low, high) => [Math.min(0, low), high || 1] } },
      series: [{ value: "{D} {MMM} {YYYY}", label: "Day" }, ...data.lines.map((line, number) => ({
        label: line.label, scale: line.isLevel ? "level" : "y", stroke: colour(STROKES[number]), width: 2,
        dash: DASHES[number], points: { show: data.days.length < 2 }, value: shown(data.places) }))],
    };
  }

  function draw(box) {
    const data = JSON.parse(box.dataset.plot);
    const scale = 10 ** data.places;
    const columns = data.lines.map((line) => line.values.map((value) => value / scale));
    box.replaceChildren();
    return new uPlot(options(box, data), [data.days.map(seconds), ...columns], box);
  }

  function drawAll() {
    for (const plot of plots.splice(0)) plot.destroy();
    for (const box of document.querySelectorAll("[data-plot]")) plots.push(draw(box));
  }

  drawAll();
  new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  addEventListener("resize", () => {
    for (const plot of plots) plot.setSize({ width: plot.root.parentNode.clientWidth, height: HEIGHT });
  });
})();
