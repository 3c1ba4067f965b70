// The camera as a scanner, where the browser can read QR codes; a hardware scanner types into the box by itself.
const LOOK_MS = 200;

export async function startScanning() {
  const button = document.getElementById("scan");
  const camera = document.getElementById("camera");
  if (!button || !("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes("qr_code")) return;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const video = camera.querySelector("video");
  let stream;
  button.hidden = false;

  button.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      button.hidden = true;
      return;
    }
    camera.hidden = false;
    video.srcObject = stream;
    await video.play();
    look();
  });
  camera.querySelector("button").addEventListener("click", close);

  async function look() {
    if (!stream) return;
    const [found] = await detector.detect(video).catch(() => []);
    if (!found) return setTimeout(look, LOOK_MS);
    close();
    const box = document.getElementById("find");
    box.value = found.rawValue;
    box.form.requestSubmit();
  }

  function close() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    camera.hidden = true;
    button.focus();
  }
}
