"""Kinds of visits, ratings, outcomes of attempts, which category each due thing has; the moves of a line of a batch."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.agenda.rules import TaskKind
from app.issues.rules import HowAnswered
from app.signatures.rules import SignerRole


class Method(enum.Enum):
    """How owners are visited, and their estate looked after (R03)."""

    DOOR = "door"
    PHONE = "phone"
    INSPECTION = "inspection"


class Category(enum.Enum):
    """The policy's five (R02), and 事项回访 beside them."""

    SCHEDULED = "scheduled"
    SPECIAL = "special"
    COMPLAINT_CALLBACK = "complaint_callback"
    SERVICE_CALLBACK = "service_callback"
    WORK_ORDER_CALLBACK = "work_order_callback"
    ISSUE_CALLBACK = "issue_callback"


class SettledBy(enum.Enum):
    """What settles a due thing: that somebody was met and spoken with about it, the owner's own answer, or that a
    survey's sheet was taken or came back."""

    MEETING = "meeting"
    ANSWER = "answer"
    SHEET = "sheet"


class Rating(enum.Enum):
    """An owner's rating of the service."""

    SATISFIED = "satisfied"
    BASIC = "basic"
    DISSATISFIED = "dissatisfied"
    NONE = "none"


class Relation(enum.Enum):
    """Who answered at the door, seen from the owner."""

    OWNER = "owner"
    SPOUSE = "spouse"
    FAMILY = "family"
    TENANT = "tenant"
    OTHER = "other"


OWN_WORD = frozenset({Relation.OWNER, Relation.TENANT})
"""Who speaks for themselves; whoever else answers does so on the owner's behalf (proxy)."""


class SheetAct(enum.Enum):
    """What became of a survey's sheet at a visit: handed out (R24), come back or answered (R29), put off, declined."""

    HANDED_OUT = "handed_out"
    COLLECTED = "collected"
    PUT_OFF = "put_off"
    DECLINED = "declined"


class Outcome(enum.Enum):
    """Why nobody could be visited. A failed attempt is kept and leaves its tasks due."""

    NOBODY_HOME = "nobody_home"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    CHILD_ONLY = "child_only"
    UNALLOCATED = "unallocated"
    SUSPENDED = "suspended"
    WRONG_NUMBER = "wrong_number"
    RESCHEDULED = "rescheduled"


DEAD_NUMBER = frozenset({Outcome.UNALLOCATED, Outcome.SUSPENDED, Outcome.WRONG_NUMBER})
"""Results of a call after which its number is not dialled again blindly: nobody lives behind it."""


ANSWERED_ANYWAY = frozenset({Outcome.REFUSED, Outcome.RESCHEDULED})
"""Somebody was there, if only to say no or later: whoever answers can be reached. The tablet's set: `tries.js`."""


class Unsigned(enum.Enum):
    """Why an owner did not sign."""

    REFUSED = "refused"
    CANNOT_WRITE = "cannot_write"


class BriefingKind(enum.Enum):
    """What a line of the briefing is: about a company (R05), its recent work, or a measure on a known problem (R06)."""

    FACTS = "facts"
    WORK = "work"
    MEASURES = "measures"


class Validity(enum.Enum):
    """Where a day stands to the days on which a line of the briefing is valid."""

    NOW = "now"
    COMING = "coming"
    OVER = "over"


def validity(valid_from: date, valid_until: date | None, day: date, *, ended: bool = False) -> Validity:
    """On a day where the estate stands. The last day counts; what was ended is over from that moment on."""
    if ended or (valid_until is not None and valid_until < day):
        return Validity.OVER
    return Validity.NOW if valid_from <= day else Validity.COMING


class PlanState(enum.Enum):
    """A proposed plan is a draft until it is handed in, and at work once its chain is complete (V44)."""

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    ACTIVE = "active"


class LineState(enum.Enum):
    """Where a record stands in a batch. Mended, it may be handed up again; taken out, too."""

    IN = "in"
    OUT = "out"
    SENT_BACK = "sent_back"
    MENDED = "mended"
    ARCHIVED = "archived"


class LineMove(enum.Enum):
    """What somebody does with one line of a batch."""

    TAKE_OUT = "take_out"
    PUT_IN = "put_in"
    REMARK = "remark"
    SEND_BACK = "send_back"
    MEND = "mend"
    SETTLE = "settle"
    ARCHIVE = "archive"


class Reading(enum.Enum):
    """Whose hands a batch is in: gathered by its officer, or read along its chain."""

    GATHERED = "gathered"
    READ = "read"


@dataclass(frozen=True)
class LineStep:
    """From a state, by a move, to a state; `while_`: only while the batch is in these hands, or at any time (None)."""

    before: LineState
    move: LineMove
    after: LineState
    while_: Reading | None = None


LINE_STEPS = (
    LineStep(LineState.IN, LineMove.TAKE_OUT, LineState.OUT, Reading.GATHERED),
    LineStep(LineState.OUT, LineMove.PUT_IN, LineState.IN, Reading.GATHERED),
    LineStep(LineState.MENDED, LineMove.PUT_IN, LineState.IN, Reading.GATHERED),
    LineStep(LineState.IN, LineMove.REMARK, LineState.IN, Reading.READ),
    LineStep(LineState.IN, LineMove.SEND_BACK, LineState.SENT_BACK, Reading.READ),
    LineStep(LineState.SENT_BACK, LineMove.MEND, LineState.MENDED),
    LineStep(LineState.SENT_BACK, LineMove.SETTLE, LineState.MENDED),
    LineStep(LineState.IN, LineMove.ARCHIVE, LineState.ARCHIVED, Reading.READ),
)


def line_step(before: LineState, move: LineMove, reading: Reading) -> LineStep | None:
    """The row for a move of a line, if there is one."""
    rows = (row for row in LINE_STEPS if row.before is before and row.move is move)
    return next((row for row in rows if row.while_ in (None, reading)), None)


@dataclass(frozen=True)
class Due:
    """A kind of due thing: the category of a visit made for it, and what settles it there.

    `by_anybody`: whoever is at the door may ask, although it is somebody else's to do.
    """

    category: Category
    settled_by: SettledBy
    by_anybody: bool = False


DUE: dict[TaskKind, Due] = {
    TaskKind.PLANNED_VISIT: Due(Category.SCHEDULED, SettledBy.MEETING),
    TaskKind.SPECIAL_VISIT: Due(Category.SPECIAL, SettledBy.MEETING),
    TaskKind.ISSUE_CALLBACK: Due(Category.ISSUE_CALLBACK, SettledBy.ANSWER),
    TaskKind.COMPLAINT_CALLBACK: Due(Category.COMPLAINT_CALLBACK, SettledBy.ANSWER),
    TaskKind.ORDER_CALLBACK: Due(Category.WORK_ORDER_CALLBACK, SettledBy.ANSWER, by_anybody=True),
    TaskKind.SERVICE_CALLBACK: Due(Category.SERVICE_CALLBACK, SettledBy.ANSWER, by_anybody=True),
    # The owner hears what became of an issue of theirs: of the policy's categories that is 事项回访.
    TaskKind.ISSUE_EXPLANATION: Due(Category.ISSUE_CALLBACK, SettledBy.ANSWER, by_anybody=True),
    TaskKind.NEW_DATE: Due(Category.ISSUE_CALLBACK, SettledBy.ANSWER, by_anybody=True),
    # Whoever goes round with a survey goes for that: of the policy's categories it is 专项走访.
    TaskKind.SURVEY_HAND_OUT: Due(Category.SPECIAL, SettledBy.SHEET, by_anybody=True),
    TaskKind.SURVEY_COLLECT: Due(Category.SPECIAL, SettledBy.SHEET, by_anybody=True),
}
"""Each due thing has its own category, so that one visit can carry several. The tablet's rows: `kinds.js`."""


def categories_of(kinds: Iterable[TaskKind]) -> frozenset[Category]:
    """Of a visit made for these things, held or in vain; one made for nothing that was due is a scheduled one."""
    return frozenset(DUE[kind].category for kind in kinds) or frozenset({Category.SCHEDULED})


class Review(enum.StrEnum):
    """Why a visit is for a person to look at."""

    REASSIGNED = "visit:reassigned"
    CALLED_OFF = "visit:called_off"
    MOVED_ON = "visit:answer_kept"
    NOT_SIGNED = "visit:answer_not_signed"
    ON_BEHALF = "visit:answered_on_behalf"
    HAS_LEFT = "visit:owner_has_left"
    TENANT = "visit:tenant_answered"
    ABOUT_OFFICER = "visit:about_officer"
    OBJECTED_LATE = "visit:objected_late"
    DATE_DISLIKED = "visit:date_disliked"
    CLOCK_TURNED = "visit:clock_turned"
    WORKED_HERE_NO_MORE = "visit:worked_here_no_more"
    SIGNED_UNREAD = "visit:signed_unread"
    MISQUOTED = "visit:misquoted"
    SHEET_KEPT = "visit:sheet_kept"


def how_answered(method: Method, relation: Relation, signed: frozenset[SignerRole], marked: bool) -> HowAnswered:
    """How an answer was given: at the door or by phone, by whom, and under whose signatures."""
    by_phone = method is Method.PHONE
    if not by_phone and SignerRole.OWNER not in signed:
        return HowAnswered.WITNESSED if SignerRole.WITNESS in signed else HowAnswered.TOLD
    if relation not in OWN_WORD:
        return HowAnswered.PROXY
    if by_phone:
        return HowAnswered.PHONE
    return HowAnswered.MARK if marked else HowAnswered.SIGNED
