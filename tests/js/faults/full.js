// Storage that is full: from some write on, the browser refuses writes, or aborts what has written when it commits.

import "fake-indexeddb/auto";

const { put } = IDBObjectStore.prototype;
const { _start: goOn } = IDBTransaction.prototype;
let left = Number.POSITIVE_INFINITY;
let atCommit = true;
/** @type {WeakSet<IDBTransaction>} */
const tooLarge = new WeakSet();

IDBObjectStore.prototype.put = function (...args) {
  left -= 1;
  if (left < 0 && !atCommit) throw new DOMException("no room", "QuotaExceededError");
  if (left < 0) tooLarge.add(this.transaction);
  return put.apply(this, args);
};

/** Every request of the transaction went well, and then it is not kept after all. */
IDBTransaction.prototype._start = function () {
  const ends = this._requests.length === 0 && this._state !== "finished";
  if (ends && tooLarge.has(this)) this._abort("QuotaExceededError");
  else goOn.call(this);
};

/**
 * @param {number} writes  that still find room
 * @param {{ when: "write" | "commit" }} noticed  browsers differ in when they notice
 */
export function roomFor(writes, { when }) {
  left = writes;
  atCommit = when === "commit";
}

/** Did all find room so far? */
export const hasRoom = () => left >= 0;

/** Somebody made room. */
export function roomAgain() {
  left = Number.POSITIVE_INFINITY;
}
