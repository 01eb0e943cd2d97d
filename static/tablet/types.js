// The shapes that travel between tablet and office, and those that the engine hands to the screens.
//
// Wire shapes (documents, operations, statement, evidence) keep the wire's snake_case names; what exists
// only on the tablet (rows of lists, states) is camelCase. Times are ISO 8601 UTC with milliseconds and
// `Z`, dates `YYYY-MM-DD`, ids dashed UUIDs, hashes SHA-256 in lower-case hex.

/** @typedef {"zh" | "en"} Locale */
/** @typedef {{ zh: string, en: string }} Words  The same words in both languages. */
/** @typedef {"urgent" | "ordinary" | "major"} Urgency */
/** @typedef {"waterproofing" | "pipes" | "wiring" | "equipment" | "fit_out" | "heating_cooling"} WarrantyPart */
/** @typedef {"attitude" | "quality" | "delay" | "charges" | "safety" | "environment" | "neighbours" | "other"} Nature */
/** @typedef {"ordinary" | "important" | "major"} Grade  of a complaint, the gravest last */
/** @typedef {{ nature: Nature, grade: Grade }} Complaint */
/** @typedef {"door" | "phone"} Method */
/** @typedef {Method | "inspection"} RecordMethod */
/** @typedef {"satisfied" | "dissatisfied" | "agreed" | "disagreed" | "objected"} Answer  the first two to a callback */
/** @typedef {"satisfied" | "basic" | "dissatisfied" | "none"} Rating */
/** @typedef {"owner" | "spouse" | "family" | "tenant" | "other"} Relation */
/** @typedef {"nobody_home" | "refused" | "no_answer" | "child_only" | "unallocated" | "suspended" | "wrong_number" | "rescheduled"} Outcome */
/** @typedef {{ person_id: string, index: number, ending: string }} NumberCalled  0: their phone, 1 and up the others; its last 4 digits */

// ---- Documents pulled -------------------------------------------------------------------------

/**
 * @typedef {object} Category  A leaf, or a parent with `children` (one level).
 * @property {string} code
 * @property {Words} name
 * @property {string} icon  Tabler icon name
 * @property {boolean} [retired]  offered no more; what was raised under it keeps its name
 * @property {{ id: string, name: Words }} [department]  whom it is routed to; a leaf without one takes its parent's
 * @property {{ part: WarrantyPart, department?: { id: string, name: Words } }} [warranty]  whose warranty decides who is
 *   liable, and whom it is routed to within that; a leaf without one takes its parent's
 * @property {Category[]} [children]
 */

/**
 * @typedef {object} Estate  As screens read it: `name` and `company` in the user's language.
 * @property {string} name
 * @property {string} company
 * @property {string} phone
 * @property {string} time_zone
 * @property {"A" | "B"} profile
 * @property {Words} title  printed title of the visit record
 * @property {number} objection_days
 * @property {number} [phone_attempts]  calls in vain after which somebody goes there
 * @property {Record<Urgency, number>} answer_days  limit of the first answer (R38)
 * @property {Category[]} categories
 * @property {{ version: number, text: Words }} consent
 * @property {Words[]} news  recent work as it was when the document was made; see BriefingLine
 * @property {Words[]} measures  likewise
 * @property {{ at: string, days: number }} [copies]  where owners read their copies, and for how long
 * @property {Words[]} [places]  public places; an office that does not know of inspections yet names none
 */

/** @typedef {Omit<Estate, "name" | "company"> & { name: Words, company: Words }} EstateDoc  as it is pulled */

/**
 * @typedef {object} Person
 * @property {string} id
 * @property {string} name
 * @property {"person" | "company"} kind
 * @property {"owner" | "tenant"} relation
 * @property {string} phone
 * @property {string[]} [other_phones]
 * @property {string} initials  pinyin initials, `cjg`
 * @property {string} pinyin  `chen jian guo`
 * @property {string} [since]  the day from which they own or rent it
 */

/** @typedef {"phone" | "other_phone" | "name" | "emergency" | "household" | "tenant" | "occupancy" | "care" | "preferred_contact" | "do_not_disturb" | "plates" | "other"} About  what a correction is about */

/**
 * @typedef {object} Pending  A correction of the owner file that the office has not decided about.
 * @property {string} id
 * @property {About} about
 * @property {string} [person]  id
 * @property {Record<string, string>} value
 * @property {string} by  name of who noted it
 * @property {string} at
 */

/**
 * @typedef {object} CorrectionDecided  Where a correction stands at the office.
 * @property {About} about
 * @property {"waiting" | "accepted" | "changed" | "refused"} state
 * @property {string} [by]
 * @property {string} [at]
 * @property {string} [reason]
 * @property {Record<string, string>} [taken]  what was written instead
 */

/**
 * @typedef {object} LastVisit
 * @property {string} on
 * @property {string} officer
 * @property {Rating} rating
 * @property {string} wishes
 * @property {number} answered  issues answered on the spot
 * @property {number} routed
 */

/**
 * @typedef {object} Unit
 * @property {string} building
 * @property {string} entrance
 * @property {number} floor
 * @property {string} number
 * @property {Words} label
 * @property {string} [area]  square metres
 * @property {string} [handover_on]
 * @property {Record<string, string>} [warranty]  part → its last day, where somebody wrote another than follows from it
 * @property {"owner" | "let" | "vacant"} occupancy
 * @property {Person[]} people
 * @property {string[]} care
 * @property {string} [do_not_disturb]
 * @property {string} [preferred_contact]
 * @property {string[]} [plates]
 * @property {{ name: string, relation: string }[]} [household]  who else lives there
 * @property {Pending[]} [corrections]  those that wait, this tablet's own included
 * @property {LastVisit} [last_visit]
 * @property {number} attempts  failed since last met
 * @property {Try[]} [tries]  those attempts, the oldest first
 * @property {DeadNumber[]} [dead_numbers]
 */

/** @typedef {{ at: string, method: Method, outcome: Outcome, tasks: string[], again_at?: string }} Try  met nobody */
/** @typedef {{ person: string, index: number, ending: string, outcome: Outcome, on: string }} DeadNumber  `NumberCalled` */

/**
 * @typedef {object} Task
 * @property {string} kind  of which `kinds.js` has rows; a newer office may send others
 * @property {true} [complaint]  the callback is on a complaint, a category of its own
 * @property {Words} [called]  what the kind is called, where not every app knows it
 * @property {string} [title]  what a special visit is about
 * @property {string} [ask]  what to say and ask there
 * @property {Method} [method]  how it is to be held, where that is said
 * @property {string} unit_id
 * @property {string} [issue_id]
 * @property {true} [call_unwelcome]  its owner wrote in the survey that they want no callback
 * @property {OrderDone} [order]  the work order that a callback asks about
 * @property {string} [survey_id]  of a sheet to hand out or to collect
 * @property {string} [sheet_id]
 * @property {string} [sheet_number]
 * @property {string} [agreed_at]  when it is collected, as that was agreed
 * @property {string} [plan]  month, `2026-11`
 * @property {number} [round]  of the issue or the work order
 * @property {string} due_on
 * @property {string} assignee  staff id
 * @property {string} assignee_name
 * @property {"due" | "done" | "cancelled"} state
 * @property {string} [purpose]  what the plan sends somebody there for
 * @property {string} [time]  planned, `14:30`
 */

/**
 * @typedef {object} OrderDone  A work order that was finished, as far as its callback needs it.
 * @property {string} id
 * @property {string} number
 * @property {"free" | "chargeable"} kind
 * @property {string} text  where in the home, and what was to be repaired
 * @property {string} [work_done]
 * @property {string} [worker]
 * @property {string} [finished_on]
 * @property {Words} [department]
 * @property {true} [by_owner]  an owner's matter: no tenant calls it good
 */

/**
 * @typedef {object} Issue
 * @property {string} number
 * @property {string} unit_id
 * @property {string} text
 * @property {string} category  code
 * @property {Urgency} urgency
 * @property {Grade} [complaint]  how grave a complaint it is; absent if it is none
 * @property {string} state
 * @property {number} round
 * @property {Words} [department]
 * @property {string} [measure]
 * @property {string} [method]  how it is carried out
 * @property {string} [responsible]
 * @property {string} [due_on]
 * @property {string} [rectified_on]
 * @property {string} [rectified_note]
 * @property {number} [photos_after]  how many photos show the work of this round done; none of them is here
 * @property {string} [promised_on]
 * @property {string} [raised_on]
 * @property {string} [raised_by]
 * @property {{ from_on: string, to_on: string, reason: string, told: boolean }} [deferred]  another date was agreed
 * @property {true} [by_owner]  an owner of the unit raised it: no tenant calls it good
 * @property {"for_now" | "at_all"} [cannot]  be solved; of what is to be explained, or was
 * @property {{ at: string, kind: string, round: number, note?: string }[]} history
 */

/**
 * @typedef {object} RecordDoc  What the office says of one of this user's records.
 * @property {string} op_id
 * @property {string} visit_id
 * @property {"visit" | "attempt" | "addendum" | "correction" | "briefing" | "inspection"} kind
 * @property {CorrectionDecided} [correction]
 * @property {Words} [where]  of an inspection
 * @property {string} [of]  the visit that an addendum adds to
 * @property {boolean} [entered]  false: the office keeps it and nothing of it took effect yet
 * @property {string} unit_id
 * @property {string} number
 * @property {string} receipt  the office's number, `HF-2611-0342`
 * @property {"applied" | "review" | "rejected" | "held" | "set_aside"} status  as it stands now
 * @property {Decided} [decided]  by a person, or by a newer office, after it had arrived
 * @property {boolean} complete
 * @property {string[]} missing  `sealed` hashes that the office does not hold
 * @property {Mend} [mend]  while somebody who read it wants something added
 * @property {{ until: string, ended: boolean }} [copy]  how long the link to the owner's copy opens; ended by the office
 * @property {string} at
 * @property {VersionRead[]} [read]  of a reading of the briefing
 */

/** @typedef {{ id: string, version: number }} VersionRead  A line of the briefing in the version that was read. */

/**
 * @typedef {object} BriefingLine  What officers know before they knock; it holds on its days, last day included.
 * @property {"facts" | "work" | "measures"} kind
 * @property {number} version
 * @property {Words} text
 * @property {string[]} buildings  names; none: in the whole estate
 * @property {string} [owner]  person id of the company that owns homes here and that it is about
 * @property {string} valid_from
 * @property {string} [valid_until]
 */

/**
 * @typedef {object} Survey  One that is out; what it asks does not change any more.
 * @property {string} number
 * @property {"satisfaction" | "opinion"} form
 * @property {"out"} state
 * @property {Words} title
 * @property {Words} purpose  told at the door (R26)
 * @property {{ zh: string[], en: string[] }} key_items  presented there (R27)
 * @property {string} issue_from
 * @property {string} issue_until
 * @property {string} collect_until
 * @property {{ id: string, name: Words, questions: { id: string, text: Words }[] }[]} departments
 */

/** @typedef {"very_satisfied" | "satisfied" | "basic" | "dissatisfied" | "very_dissatisfied" | "none"} Level */

/** @typedef {{ act: string, by: string, at: string, reason: string }} Mend  A record was sent back: who wants what. */

/** @typedef {{ at: string, by: string, outcome: string, note: string }} Decided  `by`: a name; "" for the office's program */
/** @typedef {"estate" | "unit" | "task" | "issue" | "record" | "briefing" | "survey"} DocType */
/** @typedef {EstateDoc | Unit | Task | Issue | RecordDoc | BriefingLine | Survey} Doc */

/**
 * @typedef {object} Change  One line of a pull page: a document, or its tombstone.
 * @property {DocType} type
 * @property {string} id
 * @property {string} estate
 * @property {number} v
 * @property {Doc} [doc]
 * @property {boolean} [gone]
 */

/**
 * @typedef {object} PullPage
 * @property {string} server_time
 * @property {string} epoch
 * @property {string} [staff_name]  what the user is called by now; an older office does not say
 * @property {string} cursor
 * @property {boolean} more
 * @property {Change[]} changes
 * @property {string[]} granted
 * @property {string[]} revoked
 * @property {{ count: number, sha256: string }} [digest]  only on the last page
 */

// ---- Operations -------------------------------------------------------------------------------

/**
 * @template B
 * @typedef {object} Operation  The plaintext that is frozen.
 * @property {string} op_id
 * @property {number} op_seq
 * @property {number} v  of its kind
 * @property {"visit.hold" | "attempt.record" | "visit.append" | "owner.correct" | "briefing.read" | "inspection.record"} kind
 * @property {string} estate_id
 * @property {string} entity_id
 * @property {number} base_version  version of the unit document the officer saw
 * @property {string} author  staff id
 * @property {string} at
 * @property {B} body
 */

/** @typedef {{ sha256: string, sealed: string, width: number, height: number, bytes: number }} Photo */
/** @typedef {{ introduced: boolean, purpose: boolean, recent_work: boolean, measures: boolean }} Script */
/** @typedef {{ lines: VersionRead[], issues: string[] }} ToldAtDoor  What in particular the owner was told (R06). */
/** @typedef {{ name: string, relation: Relation, person_id?: string }} Interviewee */

/**
 * @typedef {object} Told  What an owner's answer is to, where no callback asks for it.
 * @property {"explained" | "new_date" | "closed" | "carried_over" | "closed_unsatisfied"} what
 * @property {string} words  why; "" where it ended with the owner's own word
 * @property {"for_now" | "at_all"} [cannot]  of an explanation
 * @property {string} [from_on]  of another date
 * @property {string} [to_on]
 * @property {string} [on]  the day of the end
 */

/**
 * @typedef {object} AnswerGiven  About an issue or about a work order.
 * @property {string} [task_id]  of a callback, or of what is to be told
 * @property {string} [issue_id]
 * @property {string} [order_id]
 * @property {number} round
 * @property {Answer} answer
 * @property {string} reason
 * @property {string} [new_date]  that the answer is to
 * @property {Photo[]} [photos]  of how the work has become, taken at a callback
 */

/**
 * @typedef {object} IssueRaised
 * @property {string} id
 * @property {string} text
 * @property {string} category  code
 * @property {Urgency} urgency
 * @property {boolean} answered  on the spot (R07)
 * @property {string} answer
 * @property {string} [promised_on]  absent when answered
 * @property {Photo[]} photos
 * @property {Complaint} [complaint]  absent if it is none
 * @property {boolean} [report_up]  the officer cannot solve it: supervisor and manager have it at once (R10)
 */

/** @typedef {{ reason: "refused" | "cannot_write", note: string }} Unsigned */
/** @typedef {"neighbour" | "family" | "community" | "colleague"} WitnessIs  to the owner, or to us */
/** @typedef {{ name: string, relation: WitnessIs | "" }} Witness  of what an owner said who did not sign */

/**
 * @typedef {object} SheetGiven  What became of a survey's sheet.
 * @property {string} sheet_id
 * @property {string} survey_id
 * @property {string} [task_id]
 * @property {"handed_out" | "collected" | "put_off" | "declined"} act
 * @property {boolean} purpose_told
 * @property {boolean} key_items_told
 * @property {string} [collect_at]  agreed: of a sheet that stays with its owner
 * @property {"on_paper" | "on_screen" | "by_phone"} [filled]  of one that came back, as all that follows
 * @property {boolean} [signed]  whether the paper bears a name (R29)
 * @property {string} [signed_name]
 * @property {Relation} [signed_relation]  of whoever's name it is, where that was said
 * @property {Record<string, Level>} [levels]  by question
 * @property {Record<string, string>} [opinions]  by department
 * @property {Level} [overall]
 * @property {boolean} [callback_welcome]
 * @property {Photo[]} [photos]  of the paper
 * @property {string} [reason]  of one that is declined
 */

/**
 * @typedef {object} VisitBody  `visit.hold`
 * @property {string} number
 * @property {string} unit_id
 * @property {Method} method
 * @property {string} started_at
 * @property {string} ended_at
 * @property {Interviewee} interviewee
 * @property {Script} script
 * @property {ToldAtDoor} told
 * @property {string[]} task_ids
 * @property {AnswerGiven[]} answers
 * @property {IssueRaised[]} issues
 * @property {string} wishes
 * @property {Rating} rating
 * @property {string} statement  canonical JSON text
 * @property {Evidence[]} signatures  owner or witness first, then officer
 * @property {Unsigned} [unsigned]
 * @property {string} copy_token_sha256  of the token in the link to the owner's copy
 * @property {SheetGiven[]} surveys
 */

/**
 * @typedef {object} TakeAway  The owner's copy of a visit that was saved here.
 * @property {Statement} statement  as it was signed
 * @property {string} sha256
 * @property {Evidence[]} signatures
 * @property {Unsigned} [unsigned]
 * @property {string} token  of its link; "" if none opens it
 * @property {"open" | "none" | "over" | "ended"} link  none: saved before there were links; over by its date, or ended by the office
 * @property {EstateDoc} [estate]  undefined if it is not on this tablet any more
 */

/**
 * @typedef {object} AttemptBody  `attempt.record`
 * @property {string} number
 * @property {string} unit_id
 * @property {string[]} task_ids
 * @property {Method} method
 * @property {Outcome} outcome
 * @property {string} note
 * @property {string} tried_at
 * @property {string} [again_at]  when the next try is to be
 * @property {NumberCalled} [number_called]
 * @property {boolean} left_note  at the door
 */

/**
 * @typedef {object} AddendumBody  `visit.append`
 * @property {string} visit_id
 * @property {string} number
 * @property {string} text
 * @property {string} written_at
 * @property {string} [mends]  the act that sent the record back for want of it
 */

/** @typedef {{ estate_id: string, items: VersionRead[], read_at: string }} ReadingBody  `briefing.read` */

/**
 * @typedef {object} CorrectionBody  `owner.correct`
 * @property {string} number
 * @property {string} unit_id
 * @property {string} [person_id]
 * @property {About} about
 * @property {Record<string, string>} value
 * @property {Record<string, string>} base  what the officer saw there
 * @property {string} remark
 * @property {string} noted_at
 */

/**
 * @typedef {object} InspectionBody  `inspection.record`
 * @property {string} number
 * @property {string} estate_id
 * @property {string} issue_id
 * @property {{ building: string, entrance: string, floor?: number, place: string }} where
 * @property {string} text
 * @property {string} category  code
 * @property {Urgency} urgency
 * @property {Photo[]} photos
 * @property {string} noticed_at
 */

/**
 * @typedef {object} Receipt
 * @property {string} op_id
 * @property {string} digest
 * @property {"applied" | "review" | "rejected" | "held"} status
 * @property {number} version
 * @property {string} received_at
 * @property {string} [number]
 * @property {string} [code]
 * @property {string} [reason]
 * @property {string[]} missing
 */

// ---- Statement and evidence -------------------------------------------------------------------

/** @typedef {{ issue_id?: string, order_id?: string, number: string, text: string, round: number, measure: string, answer: Answer, reason: string, told?: Told, done_on?: string }} StatementCallback */
/** @typedef {{ id: string, n: number, text: string, category: string, department: string, answered: boolean, answer: string, promised_on: string, complaint?: Complaint }} StatementIssue */

/**
 * @typedef {object} StatementSheet  A survey's sheet as its owner reads it; blank is what was not said.
 * @property {string} sheet_id
 * @property {string} survey_id
 * @property {string} number
 * @property {string} title
 * @property {SheetGiven["act"]} act
 * @property {boolean} purpose_told
 * @property {string} purpose
 * @property {boolean} key_items_told
 * @property {string[]} key_items
 * @property {string} collect_at  a moment
 * @property {"on_paper" | "on_screen" | "by_phone" | ""} filled
 * @property {boolean} signed
 * @property {string} signed_name
 * @property {Relation} [signed_relation]
 * @property {{ id: string, department: string, text: string, level: Level | "" }[]} questions  of one that came back
 * @property {{ department_id: string, department: string, text: string }[]} opinions
 * @property {Level | ""} overall
 * @property {"yes" | "no" | ""} callback_welcome
 * @property {string} reason
 */

/**
 * @typedef {object} Statement  What the owner reads and signs; version 1. Render owner mode from this alone.
 * @property {"doorstep/statement"} schema
 * @property {1} v
 * @property {1} template
 * @property {Locale} locale
 * @property {{ id: string, name: string, company: string, phone: string }} estate
 * @property {{ id: string, label: string }} unit
 * @property {{ id: string, number: string, date: string, started_at: string, method: Method }} visit
 * @property {{ id: string, name: string }} officer
 * @property {{ name: string, relation: Relation }} interviewee
 * @property {StatementCallback[]} callbacks
 * @property {StatementIssue[]} issues
 * @property {{ sha256: string, issue_id: string }[]} photos  issue_id: of an issue, or of a survey's sheet
 * @property {StatementSheet[]} [surveys]  none in that of a visit without one
 * @property {string} wishes
 * @property {Rating | ""} rating  "" only until the owner has chosen
 * @property {{ version: number, text: string }} consent
 * @property {Unsigned & { words: string }} [unsigned]  only where a witness signs, under these words
 */

/**
 * @typedef {object} StatementMade
 * @property {string} text  the canonical JSON of `value`
 * @property {string} sha256
 * @property {Statement} value
 * @property {string[]} categories  codes of its issues, of which it shows the names
 * @property {Promising} promising
 */

/** @typedef {Pick<EstateDoc, "time_zone" | "answer_days">} Promising  what the dates that it promises were reckoned by */

/** @typedef {[number, number, number, number]} InkPoint  x, y in tenths of a CSS px; pressure 0–1000; ms since the first point */
/** @typedef {InkPoint[]} Stroke */

/**
 * @typedef {object} Ink
 * @property {{ width: number, height: number, ratio: number }} canvas  CSS px; devicePixelRatio × 100
 * @property {"pen" | "touch" | "mouse"} pointer
 * @property {Stroke[]} strokes
 */

/**
 * @typedef {object} Evidence  One per signature.
 * @property {1} v
 * @property {"owner" | "officer" | "witness"} role
 * @property {string} statement  hash
 * @property {"signed" | "mark"} how
 * @property {{ name: string, relation: string, person_id?: string, staff_id?: string }} signer
 * @property {Ink} ink
 * @property {string} [witness]
 * @property {boolean} [read_aloud]
 * @property {string} shown_at
 * @property {string} end_seen_at
 * @property {string} signed_at
 * @property {string} device_id
 * @property {string} app_version
 * @property {string} prev
 * @property {string} seal
 */

// ---- Drafts: what the visit screen fills in ---------------------------------------------------

/**
 * @typedef {object} DraftAnswer  One per callback due, and per matter to be told or ended lately; `answer` is "" until the
 *   owner has answered.
 * @property {string} [task_id]  of a callback, or of what is to be told
 * @property {string} [issue_id]
 * @property {OrderDone} [order]  what it is about, where that is no issue
 * @property {number} round
 * @property {Answer | ""} answer
 * @property {string} reason
 * @property {Told} [told]  what the answer is to, where no callback asks for it
 * @property {string} [until]  the last day for an objection
 * @property {Photo[]} [photos]
 */

/**
 * @typedef {object} DraftSheet  A survey's sheet that is due here. What was tapped is kept whichever way is chosen then.
 * @property {string} sheet_id
 * @property {string} survey_id
 * @property {string} task_id
 * @property {string} number
 * @property {boolean} out  it was handed out before
 * @property {string} agreed_at  when it is collected, as that was agreed then; "" if nothing was
 * @property {SheetGiven["act"] | ""} act  "" until something has become of it
 * @property {"on_paper" | "on_screen" | "by_phone" | ""} filled
 * @property {boolean} purpose_told
 * @property {boolean} key_items_told
 * @property {string} collect_at
 * @property {"yes" | "no" | ""} bears_name  the paper
 * @property {string} signed_name
 * @property {Relation | ""} [signed_relation]  "" until somebody said whose name it is: then it is whoever gave it back
 * @property {boolean} [came_blank]  somebody looked at the paper, and nothing stands on it
 * @property {Record<string, Level | "">} levels
 * @property {Record<string, string>} opinions
 * @property {Level | ""} overall
 * @property {"yes" | "no" | ""} callback_welcome
 * @property {string} reason
 * @property {Photo[]} photos
 */

/**
 * @typedef {object} DraftSignature
 * @property {"signed" | "mark"} how
 * @property {Ink} ink
 * @property {string} [witness]  name; required for a mark
 * @property {boolean} [read_aloud]  required for a mark
 * @property {string} [shown_at]  when the signer first saw the statement; the signing's own if absent
 * @property {string} [end_seen_at]
 * @property {string} signed_at  set at pen-up
 */

/**
 * @typedef {object} Signing  Owner mode: the statement shown and the ink given to it.
 * @property {string} text  the canonical text that is on the screen
 * @property {string} sha256
 * @property {string[]} [categories]  codes behind the names that it shows; none in a draft of an older app
 * @property {Promising} [promising]  none in a draft of an older app
 * @property {string} shown_at
 * @property {string} [end_seen_at]  when its end was on the screen
 * @property {DraftSignature} [owner]
 * @property {DraftSignature} [witness]
 * @property {DraftSignature} [officer]
 */

/**
 * @typedef {object} Draft  A visit being written down. Begun by `engine.startVisit`, kept by `engine.saveDraft`.
 * @property {string} id  becomes the visit's id
 * @property {string} number  `T07-0012`
 * @property {string} unit_id
 * @property {string} estate_id
 * @property {number} base_version
 * @property {Method} method
 * @property {string} started_at
 * @property {Locale} locale  the owner's language
 * @property {Interviewee} interviewee
 * @property {Script} script
 * @property {ToldAtDoor} [told]  nothing yet in a draft from before this was noted
 * @property {string[]} task_ids  what the talk settles: planned and special visits not left for next time (callbacks
 *   are settled by their answers)
 * @property {DraftAnswer[]} answers
 * @property {DraftSheet[]} [surveys]  sheets due here; none in a draft from before there were surveys
 * @property {IssueRaised[]} issues
 * @property {string} wishes
 * @property {Rating | ""} rating
 * @property {Signing} [signing]
 * @property {Unsigned} [unsigned]
 * @property {Witness} [witness]  only where the owner did not sign
 */

/** @typedef {{ building: string, entrance: string, floor: string, place: string }} PlaceNamed  each "" if it is not said */

/**
 * @typedef {object} InspectionDraft  Something noticed on the way, being written down. One for each estate.
 * @property {string} id  becomes the inspection's id
 * @property {string} issue_id  becomes its issue's id
 * @property {string} unit_id  where it lies among the drafts; no unit's id
 * @property {string} estate_id
 * @property {string} started_at
 * @property {PlaceNamed} where
 * @property {PlaceNamed} where_before  as it began: that of the note before
 * @property {string} text
 * @property {string} category  code
 * @property {Urgency} urgency
 * @property {Photo[]} photos
 */

// ---- What the engine shows --------------------------------------------------------------------

/**
 * @typedef {object} UnitRow  Light row of the search index; always in memory while unlocked.
 * @property {string} id
 * @property {string} estate
 * @property {string} building
 * @property {string} entrance
 * @property {number} floor
 * @property {string} number
 * @property {Words} label
 * @property {string} name  first owner's (or first person's); "" if nobody is known
 * @property {string[]} names  everybody's
 * @property {string[]} initials
 * @property {string[]} pinyin
 * @property {"owner" | "let" | "vacant"} occupancy
 * @property {string[]} care
 * @property {string} doNotDisturb  "" if none
 * @property {string} handoverOn  "" if unknown
 * @property {number} attempts  failed since last met, those still on the tablet included
 * @property {Try[]} [tries]  those attempts; absent in what an older app kept
 * @property {{ on: string, rating: Rating } | null} last  last visit
 */

/**
 * @typedef {object} TaskRow  A task as the officer should see it now: work saved on the tablet already counts.
 * @property {string} id  "" of what is due by such work, until the office has it
 * @property {string} estate
 * @property {string} unitId
 * @property {string} kind  of which `kinds.js` has rows
 * @property {Words | null} called
 * @property {string} title  what a special visit is about, or the issue of which the owner is to be told; "" for others
 * @property {string} ask  what to say and ask there; "" if nothing
 * @property {Method | ""} method  how it is to be held; "" if that is open
 * @property {string} issueId  "" if none
 * @property {boolean} callUnwelcome  its owner wrote in the survey that they want no callback
 * @property {OrderDone | null} order  that the callback asks about
 * @property {string} surveyId  of a sheet to hand out or to collect; "" for others
 * @property {string} sheetId
 * @property {string} sheetNumber
 * @property {string} agreedAt  when it is collected, as that was agreed; "" if nothing was
 * @property {number} round  of the issue
 * @property {string} dueOn
 * @property {number} overdueDays  0 if not overdue
 * @property {string} assignee
 * @property {string} assigneeName
 * @property {boolean} mine
 * @property {"due" | "done" | "cancelled"} state
 * @property {string} [purpose]
 * @property {string} [time]
 */

/**
 * @typedef {object} IssueRow  `Issue` with its id and version.
 * @property {string} id
 * @property {string} estate
 * @property {number} v
 * @property {Issue} doc
 * @property {boolean} pending  answered in a visit that the office has not confirmed yet
 */

/** @typedef {BriefingLine & { id: string, unread: boolean }} BriefingRow  A line that holds today. */

/**
 * @typedef {object} OwnWord  What was done about something that the owner said here before.
 * @property {string} issueId
 * @property {string} text  as it was said
 * @property {string} raisedOn
 * @property {"done" | "measure" | "deferred"} what  rectified, being rectified, or put off to another date
 * @property {string} [fromOn]  the date before, of what was put off
 * @property {string} on  the day of it
 * @property {string} [note]  in the department's words
 * @property {Words} [department]
 * @property {string} [responsible]
 * @property {string} dueOn  "" if none
 */

/**
 * @typedef {object} TodayRow  One door.
 * @property {UnitRow} unit
 * @property {TaskRow[]} tasks  due here (empty for a done row)
 * @property {number} overdueDays  the longest
 * @property {string} dueOn  the earliest; "" for a done row
 * @property {boolean} draft  a visit has been begun
 * @property {{ at: string, agreed: boolean, method: Method, sheet?: true } | null} [next]  when one is expected there, if a time was set; `sheet`: to collect one
 * @property {number} [callsInVain]  0 while it may still be rung
 * @property {RecordRow | null} record  for a done row: its record of today
 */

/**
 * @typedef {object} Today
 * @property {string} date  in the estate's time zone
 * @property {string} estateId
 * @property {{ building: string, entrance: string, rows: TodayRow[] }[]} groups  what is left, floors downwards
 * @property {TodayRow[]} agreed  what has a time of its own today, or had one that passed, by that time; in no group
 * @property {TodayRow[]} later  nothing is left there but a sheet that is collected another day, as agreed; the next first
 * @property {TodayRow[]} done  newest first
 * @property {{ all: number, left: number, done: number, visits: number, callbacks: number, tellings: number, surveys: number, overdue: number }} counts  doors
 */

/** @typedef {"here" | "received" | "complete" | "review" | "rejected" | "held" | "set_aside"} RecordState */

/**
 * @typedef {object} RecordRow  Where one saved record is.
 * @property {string} opId
 * @property {string} entityId  visit, attempt, addendum, correction, reading or inspection id
 * @property {"visit" | "attempt" | "addendum" | "correction" | "briefing" | "inspection"} kind
 * @property {(CorrectionDecided & { value: Record<string, string> | null }) | null} correction
 * @property {string} note  what an addendum adds, what was noticed on an inspection; "" for all others
 * @property {string} unitId
 * @property {string} unitNumber
 * @property {Words} unitLabel
 * @property {string} name  whom the officer met, or the owner
 * @property {string} at  when it was saved on the tablet
 * @property {RecordState} state
 * @property {string} number  made on the tablet, `T07-0012`
 * @property {string} receipt  the office's number; "" until received
 * @property {string} code  why, for a program; "" if nothing is wrong
 * @property {string} reason  why, in words; "" if nothing is wrong
 * @property {Decided | null} decided  what was decided about it at the office after it had arrived
 * @property {Mend | null} mend  what is to be added, until a note that says it was written here
 * @property {{ total: number, sent: number }} photos
 * @property {number} issues  raised
 * @property {number} answers  given to earlier issues and work orders
 * @property {number} sheets  of surveys, of which something became
 * @property {number} signatures
 * @property {boolean} ownerSigned
 * @property {Outcome | ""} outcome  of an attempt
 * @property {RecordMethod} method
 * @property {boolean} copy  the owner's copy of it can be given from here
 */

/**
 * @typedef {object} SyncState
 * @property {boolean} online  the office answered at the last try
 * @property {boolean} running
 * @property {number} unsent  records on this tablet, any user's, that the office has not received
 * @property {number} unsentPhotos
 * @property {string} oldestAt  when the oldest unsent record was saved; "" if none
 * @property {string} lastOkAt  last time that everything went through; "" if never
 * @property {{ code: string, message: string } | null} error  what stopped the last try
 * @property {boolean} persisted  the browser promised to keep the storage
 * @property {number} usage  bytes
 * @property {number} quota  bytes
 * @property {boolean} wiped  this tablet was enrolled before and its storage has been emptied since
 * @property {"" | "handing in" | "emptied"} withdrawn  by the office: it hands in what it holds, then empties itself
 * @property {number} dropped  visits begun and never saved that went when it emptied itself
 */

/** @typedef {"new" | "locked" | "open" | "outdated"} EngineState  outdated: a newer app has the storage, or it is gone; load the page anew */
/** @typedef {"state" | "documents" | "records" | "drafts" | "sync"} ChangeKind */
/** @typedef {{ staffId: string, name: string }} User */
/** @typedef {{ staff: { id: string, name: string }, device: { id: string, code: string }, locale: Locale }} Me */

// ---- What the engine is handed ----------------------------------------------------------------

/**
 * @typedef {object} Clock
 * @property {() => number} now  milliseconds since 1970
 * @property {(fn: () => void, ms: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */

/** @typedef {(url: string, init?: RequestInit) => Promise<Response>} Fetch */
/** @typedef {{ request: (name: string, options: LockOptions, fn: (lock: any) => Promise<any>) => Promise<any>, query?: () => Promise<{ held?: { name?: string }[] }> }} Locks */
/** @typedef {{ postMessage: (message: any) => void, addEventListener: (type: "message", fn: (event: any) => void) => void, removeEventListener: (type: "message", fn: (event: any) => void) => void }} Channel */
/** @typedef {{ persist?: () => Promise<boolean>, persisted?: () => Promise<boolean>, estimate?: () => Promise<StorageEstimate> }} StorageManagerLike */
/** @typedef {{ getItem: (key: string) => string | null, setItem: (key: string, value: string) => void, removeItem?: (key: string) => void }} Canary */

export {};
