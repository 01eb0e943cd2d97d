// A routine inspection: how a note about something without an owner begins, and what is sent of it.
import { Refused } from "./errors.js";
import { _ } from "./i18n.js";

/** @typedef {import("./types.js").InspectionDraft} InspectionDraft */
/** @typedef {import("./types.js").PlaceNamed} PlaceNamed */
/** @typedef {import("./types.js").Words} Words */

/** Characters of the words, and of the name of a place, as the office takes them. */
const LONGEST = 4000;
const LONGEST_PLACE = 120;
const KEY = "inspection:";
/** @type {PlaceNamed} */
const NOWHERE = { building: "", entrance: "", floor: "", place: "" };

/** Where its draft lies among those of visits: one for each estate. @param {string} estateId */
export const inspectionKey = (estateId) => KEY + estateId;

/** @param {string} key  of a draft or a record */
export const isInspection = (key) => key.startsWith(KEY);

/**
 * @param {{ id: string, issueId: string, estateId: string, at: string, where?: PlaceNamed }} begun
 * @returns {InspectionDraft}
 */
export function newInspection({ id, issueId, estateId, at, where = NOWHERE }) {
  return {
    id,
    issue_id: issueId,
    unit_id: inspectionKey(estateId),
    estate_id: estateId,
    started_at: at,
    where: { ...where },
    where_before: { ...where },
    text: "",
    category: "",
    urgency: "ordinary",
    photos: [],
  };
}

/** Is there anything in it that would be lost? @param {InspectionDraft} draft */
export const isBlank = ({ text, photos, category, where, where_before }) =>
  !text.trim() &&
  !photos.length &&
  !category &&
  Object.entries(where_before).every(([part, was]) => where[/** @type {keyof PlaceNamed} */ (part)] === was);

/**
 * What a note still lacks before it can be saved.
 * @param {InspectionDraft} draft
 * @returns {"where" | "text" | "category" | null}
 */
export function lackOf({ where, text, category }) {
  if (!where.building && !where.place.trim()) return "where";
  if (!text.trim()) return "text";
  return category ? null : "category";
}

/** @param {InspectionDraft} draft @throws `Refused` with what is missing */
export function requireNoted(draft) {
  const lack = lackOf(draft);
  if (lack === "where") throw new Refused("inspection:no_place", _("Please say where it is."));
  if (lack === "text") throw new Refused("inspection:no_words", _("Please write down in words what you noticed."));
  if (lack === "category") throw new Refused("inspection:no_category", _("Please choose a category."));
  if (draft.text.length > LONGEST || draft.where.place.length > LONGEST_PLACE)
    throw new Refused("inspection:too_long", _("A text is too long."));
}

/**
 * @param {InspectionDraft} draft
 * @param {string} number
 * @returns {import("./types.js").InspectionBody}
 */
export function inspectionBody(draft, number) {
  const { estate_id, issue_id, where, text, category, urgency, photos, started_at } = draft;
  const { building, entrance, floor, place } = where;
  const level = Number.parseInt(floor, 10);
  return {
    number,
    estate_id,
    issue_id,
    where: { building, entrance, place: place.trim(), ...(Number.isNaN(level) ? {} : { floor: level }) },
    text: text.trim(),
    category,
    urgency,
    photos: photos.map(({ sha256, sealed, width, height, bytes }) => ({ sha256, sealed, width, height, bytes })),
    noticed_at: started_at,
  };
}

/** `3 栋 1 单元 · 2 层 · 电梯厅`, as the office says it. @param {PlaceNamed} where @returns {Words} */
export function placeWords({ building, entrance, floor, place }) {
  const level = Number.parseInt(floor, 10);
  const known = !Number.isNaN(level);
  const zh = [building && `${building} 栋`, entrance && `${entrance} 单元`].filter(Boolean).join(" ");
  const en = [building && `Building ${building}`, entrance && `Entrance ${entrance}`].filter(Boolean).join(", ");
  const name = place.trim();
  return {
    zh: [zh, known ? `${level} 层` : "", name].filter(Boolean).join(" · "),
    en: [en, known ? `Floor ${level}` : "", name].filter(Boolean).join(" · "),
  };
}
