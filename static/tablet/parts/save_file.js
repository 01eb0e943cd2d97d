// Unsent records as a file in the tablet's downloads, for the office to take in.

const MINUTE = 60_000;

/** Works while locked. @param {import("../app.js").App} app */
export async function saveUnsent({ engine }) {
  const blob = await engine.exportUnsent();
  const code = engine.state === "open" ? `-${engine.me().device.code}` : "";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `doorstep${code}-${new Date().toISOString().slice(0, 10)}.doorstep`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), MINUTE);
}
