// The camera as a scanner: the browser's own reader where it has one, else jsQR. A hardware scanner types by itself.
const LOOK_MS = 120;
const WIDEST = 800; // pixels that are looked at: enough for a code held to the camera
const REFUSED = "The camera cannot be used here. Type the short code under the customer’s QR code.";

export function startScanning() {
  const button = document.getElementById("scan");
  const camera = document.getElementById("camera");
  if (!button || !navigator.mediaDevices?.getUserMedia) return;
  const video = camera.querySelector("video");
  const note = document.getElementById("camera-note");
  let stream;
  let isOpening = false;
  button.hidden = false;

  button.addEventListener("click", async () => {
    if (stream || isOpening) return; // a second camera would never be closed
    isOpening = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      note.textContent = REFUSED;
      document.getElementById("find").focus();
      return;
    } finally {
      isOpening = false;
    }
    note.textContent = "";
    camera.hidden = false;
    video.srcObject = stream;
    await video.play();
    look(await reader());
  });
  camera.querySelector("button").addEventListener("click", close);

  async function look(textFrom) {
    if (!stream) return;
    const text = await textFrom(video);
    if (!stream) return;
    if (!text) return setTimeout(() => look(textFrom), LOOK_MS);
    close();
    navigator.vibrate?.(30);
    const box = document.getElementById("find");
    box.value = text;
    box.form.requestSubmit();
  }

  function close() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    camera.hidden = true;
    button.focus();
  }
}

// Returns what finds the text of a code in a video, null while there is none.
async function reader() {
  const formats = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats().catch(() => []) : [];
  if (formats.includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue;
  }
  const { textIn } = await import("./qr.js");
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (!video.videoWidth) return null;
    const share = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * share);
    canvas.height = Math.round(video.videoHeight * share);
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    return textIn(pen.getImageData(0, 0, canvas.width, canvas.height));
  };
}
