// Offers to keep the till on the device: an installed page is not forgotten by the browser when it lies unused.
const ASK_AGAIN_MS = 14 * 24 * 3600 * 1000;
const LATER = "till-install-later";

export function startInstalling() {
  const box = document.getElementById("install");
  let offered;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault(); // the till asks in its own place, not the browser over the buttons
    offered = event;
    show("prompt");
  });
  addEventListener("appinstalled", () => box && (box.hidden = true));
  if (!box) return;
  box.querySelector("[data-later]").addEventListener("click", () => {
    localStorage.setItem(LATER, Date.now());
    box.hidden = true;
  });
  box.querySelector("[data-now]").addEventListener("click", async () => {
    box.hidden = true;
    await offered?.prompt();
  });
  if (isApple() && !isInstalled()) show("apple");

  function show(way) {
    if (!box || isInstalled() || Date.now() - Number(localStorage.getItem(LATER) ?? 0) < ASK_AGAIN_MS) return;
    for (const part of box.querySelectorAll("[data-way]")) part.hidden = part.dataset.way !== way;
    box.hidden = false;
  }
}

function isInstalled() {
  return matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
}

// An iPad says that it is a Mac, which has no screen to touch.
function isApple() {
  return /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
}
