// What opens below is of no use below the edge of a telephone.

/**
 * Scroll just so far that it can be seen, if it stands on the page.
 * @param {string} part  of the page, as it is drawn now
 */
export function reveal(part) {
  globalThis.document?.querySelector(part)?.scrollIntoView({ block: "nearest" });
}
