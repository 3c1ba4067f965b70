// Reads QR codes where the browser itself cannot: jsQR, which makes itself known as a global.
import "../../vendor/jsqr-1.4.0/jsQR.js";

// `image` is an ImageData. Returns the text of the first code that can be read, null for none.
export function textIn({ data, width, height }) {
  return self.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data || null;
}
