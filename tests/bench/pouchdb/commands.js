// One command a line as JSON on standard input, one answer a line on standard output, until the input ends.
import { createInterface } from "node:readline";

/** @param {Record<string, (command: any) => Promise<object>>} commands  name → what it does; the answer is printed */
export async function obey(commands) {
  console.log(JSON.stringify({ ready: true }));
  for await (const line of createInterface({ input: process.stdin })) {
    const { name, ...command } = JSON.parse(line);
    console.log(JSON.stringify(await commands[name](command)));
  }
  process.exit(0);
}

/**
 * How long something takes. Nobody pays for what the one before left in memory: it is tidied first (`--expose-gc`).
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<{ ms: number, done: T }>}
 */
export async function timed(act) {
  globalThis.gc();
  const begun = performance.now();
  const done = await act();
  return { ms: performance.now() - begun, done };
}
