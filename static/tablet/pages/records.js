// Where every record is: on this tablet, received, complete; trouble in words with what happens next.

import { html, nothing } from "lit";
import { inWords } from "../errors.js";
import { _, locale } from "../i18n.js";
import { chip, empty, section } from "../parts/bits.js";
import { places, screen, topBar } from "../parts/frame.js";
import { icon } from "../parts/icon.js";
import { moreButton, whenNearTheEnd } from "../parts/more.js";
import { aboutWords, saidWords, standingWords } from "../parts/owner_file.js";
import { saveUnsent } from "../parts/save_file.js";
import { photosMissing, stateChip, steps, storageLine, wipedCard } from "../parts/state.js";
import { clockOrDay, howLong } from "../parts/when.js";
import { broughtWords, dotted, outcomeWords, sentences } from "../parts/words.js";
import { worthShowing } from "../records.js";

/** @typedef {import("../types.js").RecordRow} RecordRow */
/** @typedef {import("../types.js").SyncState} SyncState */
/** @typedef {import("../app.js").App} App */

/** Records drawn at first, and with each time that the end of the list comes near: a month of them is hundreds. */
const FEW = 30;
/** How many are drawn; remembered like the place in the list. */
let most = FEW;

/** @type {import("../routes.js").PageMaker} */
export async function recordsPage(app) {
  let trouble = "";

  function showMore() {
    most += FEW;
    app.redraw();
  }

  async function exportFile() {
    try {
      await saveUnsent(app);
      trouble = "";
    } catch (error) {
      trouble = inWords(error);
    }
    app.redraw();
  }

  return {
    leave: whenNearTheEnd(showMore),
    title: _("Where the records are"),
    view: () => {
      const sync = app.engine.syncState();
      const records = worthShowing(app.engine.records());
      return screen({
        top: topBar({
          title: _("Where the records are"),
          sub: _("Every record: on this tablet → received by the office → photos and signatures complete"),
        }),
        body: html`${banner(app, sync)}${groups(records, showMore, thisTablet(sync, exportFile, trouble))}`,
        foot: places(app, "records"),
      });
    },
  };
}

/** @param {App} app @param {SyncState} sync */
function banner(app, sync) {
  if (sync.wiped) return wipedCard(sync);
  const trouble = sync.online ? sync.error?.message : "";
  const retry = html`<button type="button" class="btn" ?disabled=${sync.running} @click=${() => app.engine.sync()}>
    ${icon("refresh")}${sync.running ? _("Trying …") : _("Try now")}
  </button>`;
  if (sync.unsent) {
    return card(
      trouble ? "late" : "wait",
      sync.online ? "cloud-up" : "wifi-off",
      _("To be sent: %(count)s", { count: sync.unsent }),
      unsentWords(sync),
      retry,
    );
  }
  if (sync.unsentPhotos) {
    const follow = _("The records have arrived; their photos follow by themselves.");
    return card(
      trouble ? "late" : "wait",
      "photo",
      _("Photos to send: %(count)s", { count: sync.unsentPhotos }),
      trouble ? sentences(follow, trouble) : follow,
      retry,
    );
  }
  if (!sync.online)
    return card(
      "wait",
      "wifi-off",
      _("No network"),
      _("Nothing waits to be sent. New records are kept here until the network is back."),
      retry,
    );
  if (trouble) {
    const words = sentences(_("Nothing waits to be sent, but news from the office may be missing here."), trouble);
    return card("late", "alert-triangle", _("The last exchange failed"), words, retry);
  }
  return card("good", "cloud-check", _("Everything is at the office"), lastWords(sync), retry);
}

/**
 * @param {string} tone
 * @param {string} iconName
 * @param {string} title
 * @param {string} words
 * @param {import("../parts/bits.js").Piece} act
 */
function card(tone, iconName, title, words, act) {
  return html`<div class="card row wrap ${tone}" role="status">
    ${icon(iconName, `large is-${tone}`)}
    <div class="grow banner-words"><p class="name">${title}</p><p>${words}</p></div>
    ${act}
  </div>`;
}

/** @param {SyncState} sync */
function unsentWords(sync) {
  const age = sync.oldestAt ? howLong(sync.oldestAt, Date.now()) : "";
  const where = age ? _("Only on this tablet, the oldest for %(time)s.", { time: age }) : _("Only on this tablet.");
  if (sync.online && sync.error) return sentences(where, sync.error.message);
  return sentences(where, _("They go by themselves as soon as there is a network; you need not do anything."));
}

/** @param {SyncState} sync */
function lastWords(sync) {
  return sync.lastOkAt
    ? _("Last exchange: %(time)s.", { time: clockOrDay(sync.lastOkAt, Date.now()) })
    : _("All records have arrived.");
}

/**
 * What somebody may still have to do something about, then what is about the tablet, then what is done with.
 * @param {RecordRow[]} records @param {() => void} showMore @param {import("../parts/bits.js").Piece} ofTheTablet
 */
function groups(records, showMore, ofTheTablet) {
  if (!records.length) {
    const words = _("Every visit and every attempt that you save stands here until the office has all of it.");
    return html`${empty("cloud-up", _("No records yet"), words)}${ofTheTablet}`;
  }
  const toMend = records.filter((record) => record.mend);
  /** @param {...string} states */
  const others = (...states) => records.filter((record) => !record.mend && states.includes(record.state));
  let room = most;
  /** @param {string} title @param {RecordRow[]} of */
  const first = (title, of) => {
    const drawn = of.slice(0, Math.max(0, room));
    room -= of.length;
    return group(title, drawn);
  };
  return html`${first(_("Sent back: please add what is missing"), toMend)}
  ${first(_("To be sent"), others("here"))}
  ${first(_("Needs a look"), others("review", "rejected"))}
  ${ofTheTablet}
  ${first(_("At the office"), others("held", "received", "complete", "set_aside"))}
  ${room < 0 ? moreButton(_("More records: %(count)s", { count: -room }), showMore) : nothing}`;
}

/** @param {string} title @param {RecordRow[]} records */
function group(title, records) {
  if (!records.length) return nothing;
  return section(title, html`<ul class="list">${records.map((record) => html`<li>${recordRow(record)}</li>`)}</ul>`);
}

/** @param {RecordRow} record */
function recordRow(record) {
  const trouble = record.state === "review" || record.state === "rejected";
  const stands = standingWords(record);
  return html`<div class="item stacks" data-testid="record" data-state=${record.state} data-number=${record.number}>
    ${trouble ? icon("alert-triangle", "large is-late") : nothing}
    <div class="grow num">
      <p><b class="name">${placeOf(record)}</b> <span class="muted">${clockOrDay(record.at, Date.now())}</span></p>
      <p class=${trouble ? "" : "muted"}>${recordWords(record)}</p>
      ${stands ? html`<p class=${record.correction?.state === "refused" ? "is-late" : ""} data-testid="decided">${stands}</p>` : nothing}
      ${record.note ? html`<p class="said">${record.note}</p>` : nothing}
      ${record.decided ? html`<p>${decidedWords(record.decided)}</p>` : nothing}
      ${record.mend ? mendLine(record, record.mend) : nothing}
      ${record.kind === "visit" && !record.mend ? html`<a class="btn small ghost add-note" href="#/records/${record.opId}/add" data-testid="add-note">${icon("message-plus")}${_("Add a note")}</a>` : nothing}
      ${record.copy ? html`<a class="btn small ghost add-note" href="#/saved/${record.opId}/copy" data-testid="give-copy">${icon("qrcode")}${_("Owner's copy")}</a>` : nothing}
    </div>
    <span class="end">${trouble ? nothing : steps(record)}${stateChip(record)}</span>
  </div>`;
}

/** Who wants what added, and the way there. @param {RecordRow} record @param {import("../types.js").Mend} mend */
function mendLine({ opId }, { by, at, reason }) {
  return html`<p class="said">${_("%(name)s, %(time)s: %(what)s", { name: by, time: clockOrDay(at, Date.now()), what: reason })}</p>
    <a class="btn small primary" href="#/records/${opId}/add" data-testid="mend">${icon("pencil")}${_("Add what is missing")}</a>`;
}

/** Where it was and whom the officer met; by its number where the unit is not known. @param {RecordRow} record */
function placeOf({ kind, unitNumber, unitLabel, name, number }) {
  if (kind === "briefing") return _("Briefing read");
  if (kind === "inspection") return unitLabel[locale()] || number;
  return dotted(unitNumber, name) || number;
}

/** @param {RecordRow} record */
function recordWords(record) {
  switch (record.state) {
    case "review":
      return sentences(record.reason, _("The record is kept whole; the supervisor decides. You need not do anything."));
    case "rejected":
      return sentences(
        record.reason,
        _("Nothing is lost: it stays here and in the office's quarantine. Speak to your supervisor."),
      );
    case "held":
      return _("The office keeps it until its program is updated.");
    case "set_aside":
      return sentences(record.reason, _("It is kept at the office and does not count."));
    case "here":
      return hereWords(record);
    default:
      return receivedWords(record);
  }
}

/** What is in it, and for how long only here. @param {RecordRow} record */
function hereWords(record) {
  if (record.kind === "briefing") return _("only here for %(time)s", { time: howLong(record.at, Date.now()) });
  const contents = record.correction
    ? [correctionOf(record.correction)]
    : record.kind === "addendum"
      ? [_("Note added to a visit")]
      : record.kind === "inspection"
        ? [_("Inspection"), record.photos.total ? _("Photos: %(count)s", { count: record.photos.total }) : ""]
        : record.kind === "attempt"
          ? [outcomeWords(record.outcome)]
          : [
              broughtWords(record),
              record.photos.total ? _("Photos: %(count)s", { count: record.photos.total }) : "",
              _("Signatures: %(count)s", { count: record.signatures }),
            ];
  const age = _("only here for %(time)s", { time: howLong(record.at, Date.now()) });
  return dotted(...contents, age);
}

/** `Correction: phone 139 …`. @param {NonNullable<RecordRow["correction"]>} correction */
function correctionOf({ about, value }) {
  const what = [aboutWords(about), value && saidWords(about, value)].filter(Boolean).join(" ");
  return _("Correction of the owner file: %(what)s", { what });
}

/** @param {import("../types.js").Decided} decided */
function decidedWords({ at, by, outcome, note }) {
  const when = clockOrDay(at, Date.now());
  const who = by
    ? _("%(name)s, %(time)s: %(what)s", { name: by, time: when, what: outcomeWordsOf(outcome) })
    : _("The office's program, %(time)s: %(what)s", { time: when, what: outcomeWordsOf(outcome) });
  return dotted(who, note);
}

/** @param {string} outcome  of a decision */
function outcomeWordsOf(outcome) {
  switch (outcome) {
    case "applied":
      return _("taken over");
    case "set_aside":
      return _("set aside");
    case "noted":
      return _("kept as received");
    case "refused":
      return _("still not accepted");
    default:
      return _("looked at");
  }
}

/** @param {RecordRow} record */
function receivedWords(record) {
  const missing = photosMissing(record);
  return dotted(
    record.kind === "addendum" ? _("Note added to a visit") : "",
    record.kind === "attempt" ? outcomeWords(record.outcome) || _("Nobody met") : "",
    record.correction ? correctionOf(record.correction) : "",
    record.kind === "inspection" ? _("Inspection") : "",
    record.receipt ? _("Receipt %(number)s", { number: record.receipt }) : record.number,
    record.state === "received" && missing ? _("photos to come: %(count)s", { count: missing }) : "",
  );
}

/** @param {SyncState} sync @param {() => unknown} exportFile @param {string} trouble */
function thisTablet(sync, exportFile, trouble) {
  const yes = chip(_("Yes"), "good", "check");
  return section(
    _("This tablet"),
    html`<div class="card col">
      <div class="row">
        ${icon("database")}<span class="grow">${sync.persisted ? _("Storage is protected; the system will not clear it") : _("The system has not promised to keep the storage: send often")}</span>
        ${sync.persisted ? yes : chip(_("No"), "wait", "alert-triangle")}
      </div>
      <div class="row">${icon("lock")}<span class="grow">${_("Data is encrypted; locks after 5 minutes without use")}</span>${yes}</div>
      ${storageLine(sync)}
      <div class="row">
        ${icon("file-export")}<span class="grow">${_("No network for long? Export the unsent records as an encrypted file")}</span>
        <button type="button" class="btn small" ?disabled=${!sync.unsent && !sync.unsentPhotos} @click=${exportFile}>${_("Export")}</button>
      </div>
      ${trouble ? html`<p class="complaint" role="alert">${icon("alert-circle")}<span>${trouble}</span></p>` : nothing}
    </div>`,
  );
}
