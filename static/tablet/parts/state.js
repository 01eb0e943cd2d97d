// Where things are: the sync pill, "saved on this tablet", the three steps of a record.

import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { chip, empty } from "./bits.js";
import { icon } from "./icon.js";
import { clock, howLong } from "./when.js";

/** @typedef {import("../types.js").SyncState} SyncState */
/** @typedef {import("../types.js").RecordRow} RecordRow */
/** @typedef {import("./bits.js").Tone} Tone */

/**
 * What is sent and what is not, in one pill that leads to the records.
 * @param {import("../app.js").App} app
 */
export function syncPill(app) {
  const { tone, iconName, words } = pillOf(app.engine.syncState());
  return html`<a class="chip pill num ${tone}" href="#/records" data-testid="sync-pill">${icon(iconName)}<span role="status">${words}</span></a>`;
}

/**
 * @param {SyncState} sync
 * @returns {{ tone: Tone, iconName: string, words: string }}
 */
function pillOf(sync) {
  if (sync.wiped) return { tone: "late", iconName: "alert-triangle", words: _("This tablet was emptied") };
  if (isNearlyFull(sync))
    return { tone: "late", iconName: "database", words: _("Storage %(share)s full", { share: shareUsed(sync) }) };
  if (sync.unsent && !sync.online)
    return { tone: "wait", iconName: "device-tablet-check", words: hereAndOffline(sync) };
  if (sync.unsent && sync.error)
    return { tone: "late", iconName: "alert-triangle", words: _("%(count)s not sent", { count: sync.unsent }) };
  if (sync.unsent)
    return { tone: "wait", iconName: "cloud-up", words: _("%(count)s on this tablet", { count: sync.unsent }) };
  if (!sync.online) return { tone: "wait", iconName: "wifi-off", words: offline(sync) };
  if (sync.unsentPhotos)
    return { tone: "wait", iconName: "photo", words: _("Photos to send: %(count)s", { count: sync.unsentPhotos }) };
  if (sync.error) return { tone: "late", iconName: "alert-triangle", words: _("Exchange failed") };
  if (sync.running) return { tone: "brand", iconName: "refresh", words: _("Exchanging …") };
  return { tone: "good", iconName: "cloud-check", words: _("All sent") };
}

/** In the place of what the exchange that runs may bring in a moment. */
export function onItsWay() {
  return empty("refresh", _("The estate is being fetched"), _("It stands here as soon as it is on this tablet."));
}

const NEARLY_FULL = 0.8;

/** @param {SyncState} sync */
export const isNearlyFull = ({ usage, quota }) => quota > 0 && usage / quota > NEARLY_FULL;

/** `83%`. @param {SyncState} sync */
const shareUsed = ({ usage, quota }) => `${Math.min(100, Math.round((100 * usage) / quota))}%`;

/** How much of the storage is used; a word on what to do when it runs out. @param {SyncState} sync */
export function storageLine(sync) {
  if (!sync.quota) return nothing;
  const full = isNearlyFull(sync);
  return html`<div class="row wrap">
    ${icon("database")}
    <span class="grow">${_("Space used: %(used)s of %(all)s", { used: megabytes(sync.usage), all: megabytes(sync.quota) })}</span>
    ${chip(shareUsed(sync), full ? "late" : "", full ? "alert-triangle" : "")}
    ${full ? html`<p class="line-below">${_("Send what is unsent, and remove pictures or apps from this tablet. Nothing that is written here is lost.")}</p>` : nothing}
  </div>`;
}

/** @param {number} bytes */
function megabytes(bytes) {
  if (bytes > 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return `${Math.max(1, Math.round(bytes / 1e6))} MB`;
}

/** Somebody or something cleared the storage behind the app's back. @param {SyncState} sync */
export function wipedCard({ wiped }) {
  if (!wiped) return nothing;
  return html`<div class="card row late" role="alert">
    ${icon("alert-triangle", "large is-late")}
    <div class="grow">
      <p class="name">${_("This tablet was emptied")}</p>
      <p>${_("Its storage was cleared outside the app. What had not been sent may be gone: tell the office now.")}</p>
    </div>
  </div>`;
}

/** @param {SyncState} sync */
function hereAndOffline(sync) {
  if (!isOld(sync.lastOkAt)) return _("%(count)s on this tablet · offline", { count: sync.unsent });
  return _("%(count)s on this tablet · offline %(time)s", {
    count: sync.unsent,
    time: howLong(sync.lastOkAt, Date.now()),
  });
}

/** @param {SyncState} sync */
function offline(sync) {
  return isOld(sync.lastOkAt) ? _("Offline %(time)s", { time: howLong(sync.lastOkAt, Date.now()) }) : _("Offline");
}

/** Long enough ago to say how long. @param {string} iso "" if never */
function isOld(iso) {
  return iso !== "" && Date.now() - Date.parse(iso) >= 60_000;
}

/**
 * Always in view while a visit is written down.
 * @param {import("../draft_kept.js").DraftKept<any>} kept
 */
export function savedChip(kept) {
  if (kept.trouble) {
    return html`<span class="chip pill saved late" role="alert">${icon("alert-triangle")}<span>${_("Not saved: %(why)s", { why: kept.trouble })}</span></span>`;
  }
  if (kept.late)
    return html`<span class="chip pill saved wait">${icon("device-floppy")}<span>${_("Saving …")}</span></span>`;
  return html`<span class="chip pill saved good num" data-testid="saved">
    ${icon("device-floppy")}<span>${_("Saved on this tablet %(time)s", { time: clock(kept.savedAt) })}</span>
  </span>`;
}

/**
 * On this tablet → received by the office → complete with all photos.
 * @param {RecordRow} record
 */
export function steps(record) {
  const looks = stepsOf(record);
  return html`<span class="steps" role="img" aria-label=${stateWords(record)}>
    ${looks.map((look, at) => html`${at ? html`<s></s>` : nothing}<i class=${look}></i>`)}
  </span>`;
}

/** @param {RecordRow} record @returns {string[]} */
function stepsOf(record) {
  switch (record.state) {
    case "complete":
      return ["done", "done", "done"];
    case "received":
      return ["done", "done", record.photos.sent || record.photos.total ? "partly" : ""];
    case "review":
    case "rejected":
      return ["done", "trouble", ""];
    case "held":
    case "set_aside":
      return ["done", "done", ""];
    default:
      return ["done", "", ""];
  }
}

/** @param {RecordRow} record */
export function stateWords(record) {
  switch (record.state) {
    case "complete":
      return _("Complete");
    case "received":
      return photosMissing(record)
        ? _("%(sent)s / %(total)s photos", { sent: record.photos.sent, total: record.photos.total })
        : _("Received");
    case "review":
      return _("Supervisor decides");
    case "rejected":
      return _("Not accepted");
    case "held":
      return _("Kept at the office");
    case "set_aside":
      return _("Set aside");
    default:
      return _("To be sent");
  }
}

/** @param {RecordRow} record */
export function stateChip(record) {
  /** @type {Record<import("../types.js").RecordState, Tone>} */
  const tones = {
    here: "wait",
    held: "wait",
    received: "info",
    complete: "good",
    review: "late",
    rejected: "late",
    set_aside: "",
  };
  return chip(stateWords(record), tones[record.state]);
}

/** @param {RecordRow} record */
export function photosMissing(record) {
  return Math.max(0, record.photos.total - record.photos.sent);
}

/** Asked for, never forced: a new version of the app waits. @param {import("../app.js").App} app */
export function newVersionCard(app) {
  if (!app.update) return nothing;
  return html`<div class="card row wrap">
    ${icon("sparkles", "large is-brand")}
    <span class="grow banner-words">${_("A new version is ready. What you have written is kept.")}</span>
    <button type="button" class="btn" @click=${app.update}>${icon("download")}${_("Update now")}</button>
  </div>`;
}
