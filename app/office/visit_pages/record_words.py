"""The words about records that were kept for a person: why, where they stand, what can be done and what it means."""

import json

from app.core.errors import Words
from app.core.i18n import lazy_
from app.sync.models import Operation
from app.sync.rules import Choice, Outcome, Standing
from app.visits.rules import Review

STANDINGS: dict[Standing, tuple[Words, str, str]] = {
    Standing.ENTERED: (lazy_("Entered"), "good", "check"),
    Standing.TO_LOOK_AT: (lazy_("Entered, to be checked"), "wait", "eye"),
    Standing.WAITING: (lazy_("Not entered yet"), "wait", "hourglass"),
    Standing.REJECTED: (lazy_("Could not be entered"), "late", "alert-triangle"),
    Standing.HELD: (lazy_("Waits for a newer server"), "wait", "server"),
    Standing.NOTED: (lazy_("Kept as received"), "", "archive"),
    Standing.SET_ASIDE: (lazy_("Set aside"), "", "archive"),
}
"""Words, tone and icon."""

KINDS: dict[str, tuple[Words, str]] = {
    "visit.hold": (lazy_("Visit"), "door-enter"),
    "attempt.record": (lazy_("Attempt that met nobody"), "door-off"),
    "visit.append": (lazy_("Note added to a visit"), "message-plus"),
    "owner.correct": (lazy_("Correction of an owner file"), "user-edit"),
    "briefing.read": (lazy_("Briefing read"), "book"),
    "inspection.record": (lazy_("Inspection"), "eye"),
}
UNKNOWN_KIND: tuple[Words, str] = (lazy_("Record that cannot be read"), "help-circle")

CHOICES: dict[Choice, tuple[Words, Words, str]] = {
    Choice.ENTER: (
        lazy_("Enter it now"),
        lazy_(
            "It is entered as its officer recorded it, under their name, number and time: its issues go to their "
            "departments and what was due counts as done. What was signed does not change. This cannot be taken "
            "back."
        ),
        "check",
    ),
    Choice.SEEN: (
        lazy_("Checked, leave it as it is"),
        lazy_(
            "It is entered already and stays exactly as it is. It leaves this list, and the visit is no longer marked."
        ),
        "eye",
    ),
    Choice.NOTE: (
        lazy_("Keep as received, with a note"),
        lazy_(
            "Nothing of it is entered; it stays on file just as it came. The note says what is done about it "
            "instead, for example that the officer goes there again. The officer reads it on the tablet."
        ),
        "note",
    ),
    Choice.SET_ASIDE: (
        lazy_("Set aside"),
        lazy_(
            "It does not count: a trial, a double, a mistake. Nothing is deleted and it can still be entered "
            "later. The officer reads the reason on the tablet."
        ),
        "archive",
    ),
}
"""The button, what it leads to, its icon."""

DONE: dict[Choice, Words] = {
    Choice.ENTER: lazy_("Entered as it was recorded."),
    Choice.SEEN: lazy_("Checked. It stays as it is."),
    Choice.NOTE: lazy_("Kept as received. The note reaches the officer's tablet."),
    Choice.SET_ASIDE: lazy_("Set aside. The reason reaches the officer's tablet."),
}

OUTCOMES: dict[Outcome, tuple[Words, str]] = {
    Outcome.APPLIED: (lazy_("Entered"), "ok"),
    Outcome.SEEN: (lazy_("Checked and left as it is"), "ok"),
    Outcome.NOTED: (lazy_("Kept as received, with a note"), ""),
    Outcome.SET_ASIDE: (lazy_("Set aside"), ""),
    Outcome.REFUSED: (lazy_("Tried by itself, could not be entered"), "bad"),
}
"""Words and tone of a line in the history of decisions."""

REASONS: dict[str, Words] = {
    Review.REASSIGNED: lazy_(
        "The unit had been given to a colleague meanwhile. The visit is entered; please confirm whose it is."
    ),
    Review.MOVED_ON: lazy_(
        "An issue had moved on before the owner's answer arrived. The answer is kept; please look at the issue."
    ),
    Review.CALLED_OFF: lazy_(
        "A special visit that it was for had been withdrawn meanwhile. The visit is entered; please look at it."
    ),
    Review.HAS_LEFT: lazy_("Somebody answered who had sold the unit before: the issue stays open, the callback due."),
    Review.DATE_DISLIKED: lazy_(
        "The owner was told a new date and does not agree with it: please speak with the department."
    ),
    Review.CLOCK_TURNED: lazy_(
        "By the tablet's clock the visit ended before it began: the clock was set meanwhile. Please ask when it was."
    ),
    Review.WORKED_HERE_NO_MORE: lazy_(
        "Whoever held it had left before that day, or visited owners here no more. The visit is entered; please find "
        "out who was there."
    ),
    Review.SIGNED_UNREAD: lazy_(
        "By the tablet's own times it was signed before the summary was shown or read to its end: its clock was set "
        "meanwhile, or nobody read it. What was called good stays open. Please ask the owner."
    ),
    Review.MISQUOTED: lazy_(
        "The summary that was signed showed what was never so at the office: a name, an issue's words, a measure. What "
        "was called good stays open. Please look at both and ask the owner."
    ),
    Review.SHEET_KEPT: lazy_(
        "A survey's sheet had come back meanwhile, or its survey was over: what the owner said stands in the visit and "
        "changes no figures. Please look at both."
    ),
    Review.OBJECTED_LATE: lazy_(
        "The owner objected after the days for it: kept, the issue stays as it ended. Please decide."
    ),
    Review.ABOUT_OFFICER: lazy_(
        "The owner was content with a complaint, but said so to the person it is about: somebody else is to ask."
    ),
    Review.TENANT: lazy_("A tenant called an owner's issue good: it stays open, the owner is to be asked."),
    Review.ON_BEHALF: lazy_(
        "Somebody was content on the owner's behalf, or is called owner but not in the owner file: what they were "
        "asked about needs the owner's own signature and stays open."
    ),
    Review.NOT_SIGNED: lazy_("The owner was content with an earlier issue but did not sign: it stays open."),
    "device:revoked": lazy_(
        "The tablet had been withdrawn before this arrived. Nothing of it is entered until you decide."
    ),
    "visit:not_here": lazy_(
        "It adds to a visit that is not at the office yet. It is entered by itself when that visit comes."
    ),
    "operation:unknown_version": lazy_("A newer app wrote this. It is entered by itself once the server is updated."),
    "operation:unreadable": lazy_("Its envelope cannot be opened: it was damaged, or frozen for another server."),
    "operation:envelope_differs": lazy_("Envelope and content do not belong together."),
    "operation:body_unreadable": lazy_("A part of it is missing or is not written as agreed."),
    "operation:author_unknown": lazy_("Whoever wrote it has no place on this tablet."),
    "operation:not_your_estate": lazy_("Whoever wrote it never worked in the estate it names."),
    "operation:failed": lazy_(
        "The server failed while entering it. Trying again often helps; otherwise ask the administrator."
    ),
    "unit:unknown": lazy_("The unit that it names is not known in this estate."),
    "person:unknown": lazy_("The person that it names is not known in this estate."),
    "visit:unknown": lazy_("The visit that it adds to belongs to another estate."),
    "briefing:elsewhere": lazy_("The briefing that was read belongs to another estate."),
    "inspection:place_missing": lazy_("It does not say where it was noticed."),
    "inspection:other_estate": lazy_("It was made in another estate than it names."),
    "record:known": lazy_("Another record under the same id is entered already."),
    "issue:category_unknown": lazy_("An issue has a category that is not known in this estate."),
    "statement:differs": lazy_("What was recorded is not what the owner read and signed."),
    "statement:consent_unknown": lazy_(
        "The owner signed under words that this office does not have: it came back from a backup. Set these words "
        "again above the signature, then enter the record."
    ),
    "statement:unreadable": lazy_("The summary that was signed cannot be read."),
    "statement:not_canonical": lazy_("The summary that was signed is not written in its one agreed form."),
    "signature:officer_missing": lazy_("The officer has not signed."),
    "signature:owner_missing": lazy_("The owner has not signed, and no reason is given."),
    "signature:witness_missing": lazy_("A mark needs a named witness and the summary read aloud."),
    "signature:nothing_witnessed": lazy_("A witness signed, but not that the owner did not sign."),
    "signature:no_witness": lazy_("A witness is somebody else than the owner and the officer."),
    "signature:other_signer": lazy_("The signature is somebody else's than the record says."),
    "signature:other_statement": lazy_("The signature belongs to another summary."),
    "signature:other_device": lazy_("The signature was made on another tablet."),
    "signature:too_little_ink": lazy_("There is too little ink for a signature."),
    "signature:seal_broken": lazy_("The tablet's seal does not match the signature."),
    "signature:chain_broken": lazy_("The signatures of this visit do not follow one another."),
    "signature:unreadable": lazy_("A signature cannot be read."),
}


def reason_words(code: str, operation: Operation) -> str:
    """Why it is for a person to look at; for a code without words here, what its officer was told."""
    if code in REASONS:
        return str(REASONS[code])
    return str(json.loads(operation.receipt).get("reason", "") or code)
