// What lies in the tablet's storage: the rows of each table, what is written together, and the shape of the database.

/** @typedef {import("./vault.js").Sealed} Sealed */
/** @typedef {import("./types.js").Receipt} Receipt */

/**
 * @typedef {object} UserRow  One vault.
 * @property {string} staffId
 * @property {string} name  of the member of staff, for the lock screen
 * @property {import("./types.js").Locale} locale
 * @property {string} device  id of the device this user was enrolled as
 * @property {string} sendToken  can only hand in
 * @property {import("./vault.js").Lock} lock
 * @property {Sealed} readToken
 * @property {string} escrow  JWE of the data key, for the office's safe
 * @property {number} failures  wrong PINs in a row
 * @property {number} waitUntil  no PIN is tried before, ms
 * @property {string} [escrowedIn]  the office's epoch in which it confirmed the escrow
 * @property {boolean} [withdrawn]  the office said so at the last contact
 */

/**
 * @typedef {object} DeviceRow  What a device counts.
 * @property {string} id
 * @property {string} code
 * @property {number} opSeq  last used
 * @property {number} number  last used
 * @property {string} prev  hash of the last evidence
 */

/**
 * @typedef {object} ScopeRow  How far a user's documents are.
 * @property {string} user
 * @property {string} epoch
 * @property {string} cursor
 * @property {number} gen  documents of an earlier generation are dropped when this one is complete
 * @property {number} rev  counts commits, so that a second tab notices
 * @property {string} proven  digest that was checked at this rev; "" if none
 * @property {number} anewAt  when a digest last made the tablet fetch everything anew, ms; 0 if never
 */

/** @typedef {{ user: string, type: string, id: string, estate: string, unit: string, gen: number, v: number } & Sealed} DocRow */
/** @typedef {{ user: string, estate: string, n: number } & Sealed} ChunkRow */
/** @typedef {{ user: string, unit: string, id: string, savedAt: string, groundAt?: string } & Sealed} DraftRow  groundAt: when what it stands on was last added to */
/** @typedef {{ id: string, bytes: Uint8Array<ArrayBuffer> }} FrozenRow */
/** @typedef {{ id: string } & Sealed} CopyRow  what the vault can read: of something frozen, of what a draft stands on, of what is being jotted down, of who reads which language */

/**
 * @typedef {object} OperationRow
 * @property {string} opId
 * @property {number} opSeq
 * @property {string} user  author
 * @property {string} device
 * @property {string} estate
 * @property {string} entity
 * @property {string} unit
 * @property {import("./types.js").Operation<unknown>["kind"]} kind
 * @property {string} at
 * @property {string} digest
 * @property {"here" | "received" | "review" | "rejected" | "held"} state
 * @property {Receipt | null} receipt
 * @property {string[]} photos  `sealed` hashes
 * @property {string} [safeAt]  by the office's clock: when it was first seen to be complete there
 * @property {Sealed} brief  what its line in the list of records says
 */

/**
 * @typedef {object} PhotoRow
 * @property {string} sealed
 * @property {string} sha256
 * @property {string} user
 * @property {string} draft
 * @property {string} op  "" while it is a draft's
 * @property {number} width
 * @property {number} height
 * @property {number} bytes
 * @property {number} length  of the frozen bytes
 * @property {0 | 1} complete  the office confirmed every byte
 * @property {0 | 1} tried  some of it may be at the office
 */

/** @typedef {{ staffId: string, key: CryptoKey, touchedAt: number }} Session */

/**
 * @typedef {object} PageCommit
 * @property {ScopeRow} was  the scope must still be this
 * @property {ScopeRow} scope  and becomes this
 * @property {DocRow[]} docs
 * @property {{ type: string, id: string }[]} gone
 * @property {string[]} revoked  estates
 * @property {ChunkRow[]} chunks
 * @property {{ estate: string, n: number }[]} emptied  chunks
 * @property {boolean} complete  drop earlier generations
 * @property {string[]} lost  photos (`sealed`) that the office says it lacks
 * @property {{ code: string, number: number }[]} numbers  that the office knows by device code; none is given again
 */

/**
 * @typedef {object} NewOperation
 * @property {OperationRow} row
 * @property {FrozenRow} frozen
 * @property {CopyRow} copy
 * @property {DeviceRow} was  the device must still be at this
 * @property {DeviceRow} device  and moves to this
 * @property {boolean} ofDraft  made of a draft of the same id, which must still be there
 * @property {string} jotted  id of what was written for it on a page without a draft; "" for none
 */

/**
 * @typedef {object} Version  One shape of the database. What was released stays here as it was; a change is a new one.
 * @property {number} version
 * @property {Record<string, string | null>} stores  only what changes
 * @property {(transaction: any) => PromiseLike<unknown>} [upgrade]  runs whole or not at all; never drops what is unsent
 */

const SCHEMA = {
  settings: "name",
  users: "staffId",
  devices: "id",
  scopes: "user",
  docs: "[user+type+id], [user+unit], [user+estate], [user+gen+type+id+v]",
  chunks: "[user+estate+n]",
  operations: "opId, user, entity, state",
  photos: "sealed, draft, op, complete, [user+sha256]",
  frozen: "id",
  copies: "id",
  drafts: "[user+unit], id",
};

/** @type {Version[]} */
export const VERSIONS = [{ version: 1, stores: SCHEMA }];
