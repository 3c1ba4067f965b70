// The form of a reward: its picture is cut by dragging or by sliders, and Monday's hours go on every day.
(() => {
  const SHAPE = 4 / 3;

  for (const box of document.querySelectorAll("[data-crop]")) {
    const form = box.closest("form");
    const canvas = box.querySelector("canvas");
    const pen = canvas.getContext("2d");
    const sliders = { x: form.elements.crop_x, y: form.elements.crop_y, zoom: form.elements.crop_zoom };
    let picture = null;
    let from = null;

    form.elements.picture.addEventListener("change", async (event) => {
      const [file] = event.target.files;
      picture = file ? await createImageBitmap(file).catch(() => null) : null;
      box.hidden = !picture;
      draw();
    });
    for (const slider of Object.values(sliders)) slider.addEventListener("input", draw);

    // Dragging moves the picture under the frame; what lies beyond its edges cannot be reached.
    canvas.addEventListener("pointerdown", (event) => {
      from = { left: event.clientX, top: event.clientY, x: Number(sliders.x.value), y: Number(sliders.y.value) };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!from || !picture) return;
      const cut = frame();
      const scale = cut.wide / canvas.clientWidth;
      move(sliders.x, from.x, (from.left - event.clientX) * scale, picture.width - cut.wide);
      move(sliders.y, from.y, (from.top - event.clientY) * scale, picture.height - cut.high);
      draw();
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { from = null; });

    // The card beside the form is fetched anew as one types, without a picture that was not sent yet.
    document.addEventListener("htmx:afterSwap", mirror);

    function move(slider, start, by, room) {
      if (room > 0) slider.value = start + (100 * by) / room;
    }

    function frame() {
      const wide = (Math.min(picture.width, picture.height * SHAPE) * 100) / Number(sliders.zoom.value);
      const high = wide / SHAPE;
      return { wide, high, left: ((picture.width - wide) * Number(sliders.x.value)) / 100,
        top: ((picture.height - high) * Number(sliders.y.value)) / 100 };
    }

    function draw() {
      if (picture) {
        const cut = frame();
        pen.clearRect(0, 0, canvas.width, canvas.height);
        pen.drawImage(picture, cut.left, cut.top, cut.wide, cut.high, 0, 0, canvas.width, canvas.height);
      }
      mirror();
    }

    function mirror() {
      const place = document.querySelector("#reward-preview .r-reward__img");
      if (!picture || !place) return;
      const copy = place.matches("canvas") ? place : document.createElement("canvas");
      Object.assign(copy, { className: "r-reward__img", width: canvas.width, height: canvas.height });
      copy.setAttribute("role", "img");
      copy.setAttribute("aria-label", form.elements.image_alt.value || "Your picture");
      copy.getContext("2d").drawImage(canvas, 0, 0);
      if (copy !== place) place.replaceWith(copy);
    }
  }

  for (const button of document.querySelectorAll("[data-week-copy]")) {
    const [monday, ...others] = button.closest("fieldset").querySelectorAll("input");
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const day of others) day.value = monday.value;
    });
  }
})();
