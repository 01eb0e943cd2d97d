// Answers each line, a value as JSON, with what the tablet makes of it: `{ text, sha256 }`, or `{ refused }`.

import { createInterface } from "node:readline";
import { canonicalText, sha256, wellFormed } from "../../../static/tablet/canonical.js";

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await made(JSON.parse(line))));
}

async function made(value) {
  try {
    const text = canonicalText(wellFormed(value));
    return { text, sha256: await sha256(text) };
  } catch (error) {
    if (error instanceof TypeError) return { refused: error.message };
    throw error;
  }
}
