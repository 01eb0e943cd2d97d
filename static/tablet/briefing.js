// The rules of the briefing: which lines hold on a day, what is still to be read, and what can be told to this owner.

/** @typedef {import("./types.js").BriefingRow} BriefingRow */
/** @typedef {import("./types.js").BriefingLine} BriefingLine */
/** @typedef {import("./types.js").IssueRow} IssueRow */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").OwnWord} OwnWord */

/**
 * Does a line hold on a day? The last day counts.
 * @param {BriefingLine} line
 * @param {string} date  in the estate's time zone
 */
export const holdsOn = (line, date) => line.valid_from <= date && (!line.valid_until || date <= line.valid_until);

/**
 * The lines that hold on a day: those still to be read first, then the newest.
 * @param {(BriefingLine & { id: string })[]} lines  of one estate
 * @param {string} date
 * @param {Set<string>} read  `id:version`
 * @returns {BriefingRow[]}
 */
export function briefingOn(lines, date, read) {
  return lines
    .filter((line) => holdsOn(line, date))
    .map((line) => ({ ...line, unread: !read.has(versionKey(line)) }))
    .sort((a, b) => Number(b.unread) - Number(a.unread) || (a.valid_from < b.valid_from ? 1 : -1));
}

/** A line as it is written now. @param {{ id: string, version: number }} line */
export const versionKey = ({ id, version }) => `${id}:${version}`;

/**
 * What can be told to whoever owns a unit now: first what was done about their own earlier words, then what is about
 * their building, then what is about the estate. Facts are for the officer to know, not for telling.
 * @param {{ unit: Unit, issues: IssueRow[], lines: BriefingRow[], dateOf: (at: string) => string }} known
 *   lines: those that hold today; dateOf: the date of a moment where the estate stands
 * @returns {{ own: OwnWord[], near: BriefingRow[], estate: BriefingRow[] }}
 */
export function toTell({ unit, issues, lines, dateOf }) {
  const ofKind = (/** @type {string} */ kind) => lines.filter((line) => line.kind === kind && !line.owner);
  const tellable = [...ofKind("work"), ...ofKind("measures")];
  return {
    own: ownWords(unit, issues, dateOf),
    near: tellable.filter((line) => line.buildings.includes(unit.building)),
    estate: tellable.filter((line) => !line.buildings.length),
  };
}

/**
 * What the officer knows of a company that owns this unit, before the knock (R05): gone with the company.
 * @param {Unit} unit
 * @param {BriefingRow[]} lines
 */
export function aboutTheOwner(unit, lines) {
  const owners = new Set(unit.people.filter((person) => person.relation === "owner").map((person) => person.id));
  return lines.filter((line) => line.kind === "facts" && line.owner && owners.has(line.owner));
}

/**
 * Was this said by whoever owns the unit now, or in their time? What a former owner said is not told to the next.
 * @param {{ raised_on?: string, raised_by?: string }} issue
 * @param {Unit} unit
 */
export function isTheirs({ raised_on, raised_by }, { people }) {
  const owners = people.filter((person) => person.relation === "owner");
  const named = people.some((person) => person.name === raised_by);
  const since = owners.map((person) => person.since ?? "").sort()[0];
  // On the day of a sale, and where the office has not yet told since when, only a name tells the two owners apart.
  if (!since || !raised_on || raised_on === since) return owners.length > 0 && named;
  return raised_on > since;
}

/**
 * Was the last visit made in the time of whoever owns the unit now? On the day of a sale nobody knows whose it was.
 * @param {Unit} unit
 */
export function metThisOwner({ people, last_visit: last }) {
  const known = people.filter((person) => person.relation === "owner" && person.since);
  return !last || !known.length || known.some((person) => /** @type {string} */ (person.since) < last.on);
}

/**
 * What was done about the owner's words since the last visit; what was done before what is being done.
 * @param {Unit} unit
 * @param {IssueRow[]} issues
 * @param {(at: string) => string} dateOf
 * @returns {OwnWord[]}
 */
function ownWords(unit, issues, dateOf) {
  const last = unit.last_visit?.on ?? "";
  return issues
    .filter((issue) => !issue.pending && isTheirs(issue.doc, unit))
    .flatMap((issue) => ownWord(issue, last, dateOf))
    .sort((a, b) => (a.what === b.what ? (a.on < b.on ? 1 : -1) : a.what === "done" ? -1 : 1));
}

/**
 * @param {IssueRow} issue
 * @param {string} last  day of the last visit
 * @param {(at: string) => string} dateOf
 * @returns {OwnWord[]}
 */
function ownWord({ id, doc }, last, dateOf) {
  const on = doc.rectified_on ?? "";
  const word = {
    issueId: id,
    text: doc.text,
    raisedOn: doc.raised_on ?? "",
    department: doc.department,
    ...(doc.responsible && { responsible: doc.responsible }),
    dueOn: doc.due_on ?? "",
  };
  /** @param {string} kind */
  const dayOf = (kind) => {
    const line = doc.history.findLast((entry) => entry.kind === kind);
    return line ? dateOf(line.at) : "";
  };
  if (doc.state === "rectified" && on) return [{ ...word, what: "done", on, note: doc.rectified_note || doc.measure }];
  // What the owner called solved at the last visit needs no telling any more.
  if (doc.state === "closed" && on && dayOf("issue:owner_satisfied") > last)
    return [{ ...word, what: "done", on, note: doc.rectified_note || doc.measure }];
  if (doc.state === "accepted" && doc.deferred && !doc.deferred.told)
    return [
      {
        ...word,
        what: "deferred",
        on: dayOf("issue:deferred"),
        fromOn: doc.deferred.from_on,
        note: doc.deferred.reason,
      },
    ];
  const accepted = dayOf("issue:accepted");
  if (doc.state === "accepted" && accepted >= last)
    return [{ ...word, what: "measure", on: accepted, note: settledWords(doc) }];
  return [];
}

/** What will be done and how, as the department settled it. @param {Pick<import("./types.js").Issue, "measure" | "method">} issue */
export const settledWords = ({ measure, method }) => [measure, method].filter(Boolean).join(" · ");

/**
 * @typedef {object} Tellable  What can be ticked as told: a line of the briefing, or an issue of the owner's.
 * @property {"recent_work" | "measures"} under  the words of the script that it belongs to
 * @property {import("./types.js").VersionRead} [line]
 * @property {string} [issueId]
 */

/**
 * Was it told?
 * @param {import("./types.js").Draft} draft
 * @param {Tellable} one
 */
export function wasTold({ told }, { line, issueId }) {
  if (issueId) return Boolean(told?.issues.includes(issueId));
  return Boolean(told?.lines.some((known) => known.id === line?.id));
}

/**
 * Note that some of it was told, or was not after all. The words of the script follow: told is whatever has a line.
 * @param {import("./types.js").Draft} draft
 * @param {Tellable[]} some
 * @param {boolean} to
 * @param {Tellable[]} all  that stand under the same words
 */
export function tell(draft, some, to, all) {
  const gone = new Set(some.map((one) => one.issueId ?? one.line?.id));
  const { lines, issues } = draft.told ?? { lines: [], issues: [] };
  draft.told = {
    lines: [
      ...lines.filter((line) => !gone.has(line.id)),
      ...some.flatMap(({ line }) => (to && line ? [{ id: line.id, version: line.version }] : [])),
    ],
    issues: [
      ...issues.filter((id) => !gone.has(id)),
      ...some.flatMap(({ issueId }) => (to && issueId ? [issueId] : [])),
    ],
  };
  for (const { under } of all.slice(0, 1)) draft.script[under] = all.some((one) => wasTold(draft, one));
}
