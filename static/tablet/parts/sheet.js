// A sheet that comes up from below and must be answered before anything else.

import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { icon } from "./icon.js";

/**
 * @param {import("lit").TemplateResult} content with an `h2` as its title
 * @param {() => void} close
 */
export function sheet(content, close) {
  return html`<dialog class="sheet" aria-labelledby="sheet-title" ${ref(openModal)} @cancel=${dismiss(close)} @click=${outside(close)}>
    <div class="col loose">${content}</div>
  </dialog>`;
}

/**
 * A question with its answers as buttons, the way on first and biggest.
 * @param {object} question
 * @param {string} question.title
 * @param {string} [question.words]
 * @param {{ words: string, icon?: string, look?: string, act: () => unknown }[]} question.answers
 */
export function question({ title, words = "", answers }) {
  return html`<h2 id="sheet-title">${title}</h2>
    ${words ? html`<p>${words}</p>` : nothing}
    <div class="col">
      ${answers.map(
        (answer) => html`<button type="button" class="btn big ${answer.look ?? ""}" @click=${answer.act}>
          ${answer.icon ? icon(answer.icon) : nothing}${answer.words}
        </button>`,
      )}
    </div>`;
}

/** @param {Element | undefined} element */
function openModal(element) {
  // Lit calls this before the element stands in the page.
  queueMicrotask(() => {
    const dialog = /** @type {HTMLDialogElement | undefined} */ (element);
    if (dialog?.isConnected && !dialog.open) dialog.showModal();
  });
}

/** @param {() => void} close */
function dismiss(close) {
  return (/** @type {Event} */ event) => {
    event.preventDefault();
    close();
  };
}

/** A tap beside the sheet closes it. @param {() => void} close */
function outside(close) {
  return (/** @type {MouseEvent} */ event) => {
    if (event.target === event.currentTarget && !inside(event)) close();
  };
}

/** @param {MouseEvent} event */
function inside(event) {
  const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
  return event.clientY >= box.top && event.clientX >= box.left && event.clientX <= box.right;
}
