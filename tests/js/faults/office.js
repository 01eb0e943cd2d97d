// The real office for tests of the tablet: the product's server in processes of its own, driven by lines of JSON.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const OURS = `${ROOT}.venv/bin/python`;

export class RealOffice {
  /** @type {import("node:child_process").ChildProcess} */
  #process;
  #lines;
  /** Commands are answered one after another. @type {Promise<any>} */
  #last = Promise.resolve();
  url = "";
  /** Counts how often the office was put back to a backup. */
  age = 0;

  /** Start it: an empty, migrated database, served on the loopback. */
  static async open() {
    const office = new RealOffice();
    const python = existsSync(OURS) ? OURS : "python";
    const module = ["-m", "tests.js.faults.real_office"];
    office.#process = spawn(python, module, { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
    office.#lines = createInterface({ input: office.#process.stdout })[Symbol.asyncIterator]();
    office.url = (await office.#answer()).url;
    return office;
  }

  /**
   * @param {string} what  a command of real_office.py, an act, or a look
   * @param {Record<string, unknown>} [wanted]
   * @returns {Promise<any>}
   */
  ask(what, wanted = {}) {
    const asked = this.#last.catch(() => {}).then(() => this.#ask(what, wanted));
    this.#last = asked;
    return asked;
  }

  /** With -9, in the middle of whatever it does, and started again. */
  restart() {
    return this.ask("restart");
  }

  /** Put back to the last backup, in a new epoch. */
  async restore() {
    this.age += 1;
    await this.ask("restore");
  }

  async close() {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.stdin.end();
    await ended;
  }

  async #ask(what, wanted) {
    this.#process.stdin.write(`${JSON.stringify({ do: what, ...wanted })}\n`);
    return this.#answer(what);
  }

  async #answer(what = "start") {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the office ended while asked to ${what}`);
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(`${what}: ${answer.error}`);
    return answer;
  }
}
