// When to sync: at start, when the tablet is looked at, when the network returns, after saving, and now and then.

/** @typedef {import("./types.js").Clock} Clock */
/** @typedef {import("./types.js").Locks} Locks */

const EVERY = 60_000;
const FIRST_RETRY = 5_000;
const LAST_RETRY = 300_000;
const LOCK = "doorstep:sync";

/**
 * One at a time over all tabs. A wish that comes while a run is going on is granted by one more run after it.
 */
export class Schedule {
  #run;
  #clock;
  #locks;
  #random;
  /** @type {Promise<void> | undefined} */
  #going;
  #again = false;
  #failures = 0;
  /** @type {unknown} */
  #timer;
  #stopped = false;

  /**
   * @param {{ run: () => Promise<boolean>, clock: Clock, locks?: Locks, random?: () => number }} parts
   *   `run` tells whether everything went through, and does not throw
   */
  constructor({ run, clock, locks, random = Math.random }) {
    this.#run = run;
    this.#clock = clock;
    this.#locks = locks;
    this.#random = random;
  }

  get going() {
    return this.#going !== undefined;
  }

  /** @returns {Promise<void>} resolves when a run that began after this call has ended */
  now() {
    if (this.#stopped) return Promise.resolve();
    if (this.#going) {
      this.#again = true;
      return this.#going;
    }
    this.#going = this.#runs().finally(() => {
      this.#going = undefined;
    });
    return this.#going;
  }

  /**
   * Listen to whatever says that now is a good time.
   * @param {{ window?: EventTarget, document?: EventTarget & { visibilityState?: string } }} surroundings
   * @returns {() => void} stop listening
   */
  listen({ window, document }) {
    const wake = () => {
      this.#failures = 0;
      this.now();
    };
    const look = () => {
      if (document?.visibilityState !== "hidden") wake();
    };
    window?.addEventListener("online", wake);
    window?.addEventListener("pageshow", wake);
    document?.addEventListener("visibilitychange", look);
    return () => {
      window?.removeEventListener("online", wake);
      window?.removeEventListener("pageshow", wake);
      document?.removeEventListener("visibilitychange", look);
    };
  }

  /** No further run begins; resolves when the one going on has ended. */
  async stop() {
    this.#stopped = true;
    this.#again = false;
    this.#clock.clearTimeout(this.#timer);
    await this.#going;
  }

  async #runs() {
    do {
      this.#again = false;
      await this.#once();
    } while (this.#again && !this.#stopped);
  }

  async #once() {
    this.#clock.clearTimeout(this.#timer);
    const fine = this.#locks ? await this.#locks.request(LOCK, {}, () => this.#run()) : await this.#run();
    this.#failures = fine ? 0 : this.#failures + 1;
    if (!this.#stopped) this.#timer = this.#clock.setTimeout(() => this.now(), this.#pause());
  }

  /** Milliseconds until the next run: half fixed, half chance, so that tablets do not come all at once. */
  #pause() {
    const whole = this.#failures ? Math.min(FIRST_RETRY * 2 ** (this.#failures - 1), LAST_RETRY) : EVERY;
    return whole / 2 + (whole / 2) * this.#random();
  }
}
