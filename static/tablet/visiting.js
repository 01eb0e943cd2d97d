// Writing a visit or a note of an inspection down: its draft, its photos, its statement, and when it is saved.
import { sha256, utf8 } from "./canonical.js";
import { dateIn, iso } from "./days.js";
import { Refused, unknownUnit } from "./errors.js";
import { freezePhoto } from "./freeze.js";
import { _ } from "./i18n.js";
import { newId } from "./ids.js";
import { inspectionBody, inspectionKey, newInspection, placeWords, requireNoted } from "./inspecting.js";
import { cleanJpeg } from "./jpeg.js";
import { copyPlace } from "./outbox.js";
import { briefOf } from "./records.js";
import { makeStatement } from "./statement.js";
import { newCopyToken } from "./take_away.js";
import { toAnswer } from "./to_answer.js";
import { seal, sealValue, unseal, unsealValue } from "./vault.js";
import { groundPlace } from "./view.js";
import { bodyOf, newDraft, ownerMustSign, requireWhole, signaturesOf } from "./visit.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./schema.js").OperationRow} OperationRow */
/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").InspectionDraft} InspectionDraft */

export class Visiting {
  #store;
  #clock;
  #version;
  #open;
  #changed;
  #save;
  /** Writes at each unit: an older draft never overtakes a newer one or a held visit. */
  #inOrder;

  /**
   * @param {import("./saving.js").Parts & { version: string, save: import("./saving.js").Save }} parts
   */
  constructor({ store, clock, version, open, changed, inOrder, save }) {
    this.#store = store;
    this.#clock = clock;
    this.#version = version;
    this.#open = open;
    this.#changed = changed;
    this.#inOrder = inOrder;
    this.#save = save;
  }

  /**
   * @param {string} unitId
   * @param {import("./types.js").Method} method
   * @returns {Promise<Draft>}
   */
  async start(unitId, method) {
    const { vault, view } = this.#open();
    const begun = await this.draft(unitId);
    if (begun) return begun.draft;
    const estateId = view.unitRow(unitId)?.estate ?? "";
    const tasks = view.tasksAt(unitId);
    const now = this.#clock.now();
    const asked = await this.#toAnswer(unitId, estateId, now);
    const issueIds = [...tasks.map((task) => task.issueId), ...asked.map((one) => one.issue_id ?? "")].filter(Boolean);
    const surveyIds = tasks.map((task) => task.surveyId).filter(Boolean);
    const ground = await view.ground({ unitId, estateId, issueIds, surveyIds });
    if (!ground) throw unknownUnit();
    const draft = newDraft({
      id: newId(now),
      number: await this.#store.nextNumber(vault.user.device),
      unitId,
      unit: ground.unit,
      v: ground.v,
      estateId,
      method,
      locale: vault.user.locale,
      at: iso(now),
      tasks,
      issues: new Map(Object.entries(ground.issues)),
      asked,
      surveys: new Map(Object.entries(ground.surveys ?? {})),
    });
    const sealed = await sealValue(vault.key, groundPlace(draft.id), { ...ground, estateId });
    await this.#store.beginDraft(await this.#draftRow(draft), { id: draft.id, ...sealed });
    await this.#changed("drafts");
    return (await this.draft(unitId))?.draft ?? draft;
  }

  /**
   * Begin a note about something noticed on the way, or take up the one that was begun in this estate.
   * @param {string} estateId
   * @param {import("./types.js").PlaceNamed} [where]  of the note before
   * @returns {Promise<{ draft: InspectionDraft, savedAt: string }>}
   */
  startInspection(estateId, where) {
    return this.#inOrder.after(inspectionKey(estateId), () => this.#startInspection(estateId, where));
  }

  /** @param {string} estateId @param {import("./types.js").PlaceNamed} [where] */
  async #startInspection(estateId, where) {
    const { vault, view } = this.#open();
    const key = inspectionKey(estateId);
    const begun = await this.draft(key);
    if (begun) return { ...begun, draft: asInspection(begun.draft) };
    const estate = view.estateDoc(estateId);
    if (!estate) throw new Refused("estate:unknown", _("This estate is not on this tablet."));
    const now = this.#clock.now();
    const draft = newInspection({ id: newId(now), issueId: newId(now), estateId, at: iso(now), where });
    const sealed = await sealValue(vault.key, groundPlace(draft.id), { estate, estateId });
    await this.#store.beginDraft(await this.#draftRow(draft), { id: draft.id, ...sealed });
    await this.#changed("drafts");
    const kept = await this.draft(key);
    return kept ? { ...kept, draft: asInspection(kept.draft) } : { draft, savedAt: "" };
  }

  /** @param {string} unitId @returns {Promise<{ draft: Draft, savedAt: string } | undefined>} */
  async draft(unitId) {
    const { vault } = this.#open();
    const row = await this.#store.draft(vault.user.staffId, unitId);
    return row && { draft: await unsealValue(vault.key, draftPlace(row.id), row), savedAt: row.savedAt };
  }

  /** @param {string} unitId @param {Draft | InspectionDraft} draft @param {string} [since] @returns {Promise<string>} */
  keep(unitId, draft, since) {
    // What is saved is what the draft says now, whatever the screen does to it next.
    const snapshot = structuredClone(draft);
    return this.#inOrder.after(unitId, async () => {
      const savedAt = await this.#store.keepDraft(
        await this.#draftRow(snapshot),
        since,
        await this.#moreGround(snapshot),
      );
      if (savedAt === "elsewhere") throw changedElsewhere();
      await this.#changed("drafts");
      return savedAt;
    });
  }

  /** @param {string} unitId */
  delete(unitId) {
    return this.#inOrder.after(unitId, async () => {
      await this.#store.deleteDraft(this.#open().vault.user.staffId, unitId);
      await this.#changed("drafts");
    });
  }

  /** @param {string} draftId @param {Blob} blob @returns {Promise<import("./types.js").Photo>} */
  async keepPhoto(draftId, blob) {
    const { vault } = this.#open();
    const { bytes, width, height } = cleanJpeg(new Uint8Array(await blob.arrayBuffer()));
    const photo = { sha256: await sha256(bytes), width, height, bytes: bytes.length };
    const user = vault.user.staffId;
    const before = (await this.#store.photosOf(user, photo.sha256)).find((row) => row.draft === draftId);
    if (before) return { ...photo, sealed: before.sealed };
    const { digest: sealed, bytes: frozen } = await freezePhoto(bytes, await this.#serverKey());
    const kept = await this.#store.keepPhoto({
      row: { ...photo, sealed, user, draft: draftId, op: "", length: frozen.length, complete: 0, tried: 0 },
      frozen: { id: sealed, bytes: frozen },
      copy: { id: sealed, ...(await seal(vault.key, copyPlace(sealed), bytes)) },
    });
    if (!kept) throw new Refused("draft:gone", _("This visit was saved or deleted already."));
    return { ...photo, sealed };
  }

  /** @param {string} hash @returns {Promise<Blob | undefined>} */
  async photo(hash) {
    const { vault } = this.#open();
    const [row] = await this.#store.photosOf(vault.user.staffId, hash);
    const copy = row && (await this.#store.copy(row.sealed));
    return copy && new Blob([await unseal(vault.key, copyPlace(row.sealed), copy)], { type: "image/jpeg" });
  }

  /**
   * Its day, which a draft that was taken up again may not have yet, stands in `value.visit`.
   * @param {Draft} draft
   * @returns {Promise<import("./types.js").StatementMade>}
   */
  async statement(draft) {
    const { estate, unit, issues, surveys = {} } = await this.#groundOf(draft);
    const [about, asked] = [new Map(Object.entries(issues)), new Map(Object.entries(surveys))];
    const ground = { estate, unit, issues: about, surveys: asked, officer: this.#officer() };
    const made = await makeStatement(draft, ground);
    const begun = beginningOf(draft, made, estate.time_zone, this.#clock.now());
    return begun === draft.started_at ? made : makeStatement({ ...draft, started_at: begun }, ground);
  }

  /** @param {Draft} draft @returns {Promise<OperationRow>} */
  hold(draft) {
    const held = structuredClone(draft);
    return this.#inOrder.after(draft.unit_id, async () => {
      const { vault, view } = this.#open();
      const before = view.kept().find(({ row }) => row.entity === held.id);
      if (before) return before.row;
      const here = view.estateDoc(held.estate_id);
      const unit = view.unitRow(held.unit_id);
      if (!here || !unit) throw unknownUnit();
      // The days that were promised stand, whatever the office has set since they were shown.
      const estate = { ...here, ...held.signing?.promising };
      const signing = requireWhole(held, estate);
      const now = this.#clock.now();
      const by = { officer: this.#officer(), deviceId: vault.user.device, version: this.#version };
      const signatures = signaturesOf(held, signing, by);
      const copyToken = newCopyToken();
      const said = {
        ...bodyOf(held, estate, { signing, endedAt: iso(now) }),
        copy_token_sha256: await sha256(utf8(copyToken)),
      };
      return this.#save({
        kind: "visit.hold",
        entity: held.id,
        unit: held.unit_id,
        estate: held.estate_id,
        baseVersion: held.base_version,
        now,
        signatures,
        body: (sealed) => ({ ...said, signatures: sealed }),
        photos: [...said.issues, ...said.answers, ...said.surveys].flatMap(({ photos = [] }) =>
          photos.map((photo) => photo.sealed),
        ),
        brief: {
          number: held.number,
          name: held.interviewee.name,
          unitNumber: unit.number,
          unitLabel: unit.label,
          settles: said.task_ids,
          answers: said.answers.flatMap((given) => given.issue_id ?? []),
          given: said.answers.length,
          ...(said.surveys.length && { sheets: said.surveys.map((given) => sheetBrief(given, held)) }),
          issues: said.issues.length,
          signatures: signatures.length,
          ownerSigned: ownerMustSign(held),
          rating: said.rating,
          outcome: "",
          method: held.method,
          copyToken,
        },
      });
    });
  }

  /** @param {InspectionDraft} draft @returns {Promise<OperationRow>} */
  inspect(draft) {
    const noted = structuredClone(draft);
    return this.#inOrder.after(noted.unit_id, async () => {
      const { vault, view } = this.#open();
      const before = view.kept().find(({ row }) => row.entity === noted.id);
      if (before) return before.row;
      requireNoted(noted);
      const number = await this.#store.nextNumber(vault.user.device);
      return this.#save({
        kind: "inspection.record",
        entity: noted.id,
        unit: noted.unit_id,
        estate: noted.estate_id,
        baseVersion: 0,
        now: this.#clock.now(),
        signatures: [],
        body: () => inspectionBody(noted, number),
        photos: noted.photos.map((photo) => photo.sealed),
        brief: briefOf({
          number,
          unitLabel: placeWords(noted.where),
          issues: 1,
          method: "inspection",
          note: noted.text.trim(),
        }),
      });
    });
  }

  /** What waits for the owner's word beside callbacks. @param {string} unitId @param {string} estateId @param {number} now */
  async #toAnswer(unitId, estateId, now) {
    const { view } = this.#open();
    const unit = await view.unit(unitId);
    const days = view.estateDoc(estateId)?.objection_days ?? 0;
    const dateOf = (/** @type {string} */ at) => view.dateAt(estateId, at);
    return unit ? toAnswer(await view.issuesAt(unitId), { unit, days, now, dateOf }) : [];
  }

  /** @param {Draft} draft */
  async #groundOf(draft) {
    const issueIds = draft.answers.flatMap((given) => given.issue_id ?? []);
    const surveyIds = (draft.surveys ?? []).map(({ survey_id }) => survey_id);
    const { view } = this.#open();
    const ground = await view.ground({ unitId: draft.unit_id, estateId: draft.estate_id, issueIds, surveyIds });
    if (!ground) throw unknownUnit();
    return ground;
  }

  /**
   * What it asks must be here as long as its draft, also where the survey came after the knock and is over before it.
   * @param {Draft | InspectionDraft} draft
   */
  async #moreGround(draft) {
    const { vault, view } = this.#open();
    const ground = "surveys" in draft ? view.groundWith(draft) : undefined;
    return ground && { id: draft.id, ...(await sealValue(vault.key, groundPlace(draft.id), ground)) };
  }

  /** @param {Draft | InspectionDraft} draft @returns {Promise<import("./schema.js").DraftRow>} */
  async #draftRow(draft) {
    const { vault } = this.#open();
    const sealed = await sealValue(vault.key, draftPlace(draft.id), draft);
    return { user: vault.user.staffId, unit: draft.unit_id, id: draft.id, savedAt: iso(this.#clock.now()), ...sealed };
  }

  #officer() {
    const { staffId, name } = this.#open().vault.user;
    return { id: staffId, name };
  }

  async #serverKey() {
    const key = await this.#store.serverKey();
    if (!key) throw new Error("the office's key is not here");
    return key;
  }
}

/** @param {import("./types.js").SheetGiven} given @param {Draft} draft @returns {import("./records.js").SheetBrief} */
function sheetBrief({ sheet_id, survey_id, collect_at = "" }, { surveys = [] }) {
  const number = surveys.find((sheet) => sheet.sheet_id === sheet_id)?.number ?? "";
  return { sheet_id, survey_id, number, collect_at };
}

/** Drafts of all kinds lie together; one under an inspection's key is an inspection's. @param {unknown} draft */
const asInspection = (draft) => /** @type {InspectionDraft} */ (draft);

/** @param {string} draftId */
const draftPlace = (draftId) => `draft:${draftId}`;

const changedElsewhere = () =>
  new Refused("draft:elsewhere", _("This was changed in another window. Here is how it stands now: go on from there."));

/**
 * A visit that was begun and left is that of the day on which its owner hears of it: who knocks in time and talks a
 * week later was late. Ink that was given to these very words keeps their day, and a clock set back makes none.
 * @param {Draft} draft
 * @param {import("./types.js").StatementMade} made  of it as it is
 * @param {string} timeZone
 * @param {number} now
 * @returns {string} when it began
 */
function beginningOf({ started_at, signing }, made, timeZone, now) {
  if (signing?.owner?.ink.strokes.length && signing.sha256 === made.sha256) return started_at;
  return dateIn(now, timeZone) > dateIn(started_at, timeZone) ? iso(now) : started_at;
}
