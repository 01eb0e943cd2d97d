// A photo made smaller before it is sent: a stairwell's connection carries 400 kB, not 6 MB, and the place stays behind.

const LONG_EDGE = 2000;
const QUALITY = 0.85;

/**
 * As JPEG, the right way up, on white. Rejects for what this browser cannot show.
 * @param {Blob} file
 * @returns {Promise<{ photo: Blob, thumb: HTMLCanvasElement }>}
 */
export async function shrink(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const large = drawn(image, LONG_EDGE);
  const thumb = drawn(image, 192);
  image.close();
  /** @type {Blob | null} */
  const photo = await new Promise((done) => large.toBlob(done, "image/jpeg", QUALITY));
  // Its memory is given back now, not when somebody collects it.
  large.width = large.height = 0;
  if (!photo) throw new Error("no picture came of it");
  return { photo, thumb };
}

/** @param {ImageBitmap} image @param {number} edge */
function drawn(image, edge) {
  const scale = Math.min(1, edge / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const pen = canvas.getContext("2d");
  if (pen) {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
}
