"""States of a survey and of each household's sheet, what moves them, and the levels of an answer."""

import enum
from dataclasses import dataclass
from datetime import date


class FormKind(enum.Enum):
    """Which form is handed out: 业主满意度调查表 by items, or 业主意见调查表 with one level for each department."""

    SATISFACTION = "satisfaction"
    OPINION = "opinion"


class Level(enum.Enum):
    """Five levels, and no opinion (form 3)."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    BASIC = "basic"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"
    NONE = "none"


STRICT = frozenset({Level.VERY_SATISFIED, Level.SATISFIED})
"""Satisfied in the strict sense: 满意 and above (policy, section 4)."""
BROAD = STRICT | {Level.BASIC}
"""With 基本满意."""


class SurveyState(enum.Enum):
    """A survey is drawn up, is out with the owners, and its result goes up its chain once collecting has ended."""

    DRAFT = "draft"
    OUT = "out"
    UNDER_REVIEW = "under_review"
    BACK = "back"
    READ = "read"
    WITHDRAWN = "withdrawn"


COLLECTING = frozenset({SurveyState.OUT, SurveyState.BACK})
"""While sheets move: a result that came back is counted anew. What was handed up, or called off, counts as it is."""

HANDED_UP = frozenset({SurveyState.UNDER_REVIEW, SurveyState.READ})
"""Where a result stays as it was handed up."""


class SurveyMove(enum.Enum):
    """What somebody does with a survey; the journal's kind of it."""

    ISSUE = "survey:issued"
    WITHDRAW = "survey:withdrawn"
    HAND_UP = "survey:handed_up"
    COME_BACK = "survey:came_back"
    READ = "survey:read"


@dataclass(frozen=True)
class SurveyStep:
    """From a state, by a move, to a state."""

    before: SurveyState
    move: SurveyMove
    after: SurveyState


SURVEY_STEPS = (
    SurveyStep(SurveyState.DRAFT, SurveyMove.ISSUE, SurveyState.OUT),
    SurveyStep(SurveyState.DRAFT, SurveyMove.WITHDRAW, SurveyState.WITHDRAWN),
    SurveyStep(SurveyState.OUT, SurveyMove.WITHDRAW, SurveyState.WITHDRAWN),
    SurveyStep(SurveyState.OUT, SurveyMove.HAND_UP, SurveyState.UNDER_REVIEW),
    SurveyStep(SurveyState.BACK, SurveyMove.HAND_UP, SurveyState.UNDER_REVIEW),
    # Unless a meeting is called on it: what follows of a survey goes on.
    SurveyStep(SurveyState.BACK, SurveyMove.WITHDRAW, SurveyState.WITHDRAWN),
    SurveyStep(SurveyState.UNDER_REVIEW, SurveyMove.COME_BACK, SurveyState.BACK),
    SurveyStep(SurveyState.UNDER_REVIEW, SurveyMove.READ, SurveyState.READ),
)


def survey_step(before: SurveyState, move: SurveyMove) -> SurveyStep | None:
    """The row for a move of a survey, if there is one."""
    return next((row for row in SURVEY_STEPS if (row.before, row.move) == (before, move)), None)


def ends_early(collect_until: date, today: date, still_out: int) -> bool:
    """Whether collecting would end while sheets are out and may still come back in the days that were set."""
    return still_out > 0 and today <= collect_until


class SheetState(enum.Enum):
    """Where a household's sheet is."""

    TO_HAND_OUT = "to_hand_out"
    HANDED_OUT = "handed_out"
    COLLECTED = "collected"
    DECLINED = "declined"


class SheetMove(enum.Enum):
    """What happens with a sheet; the journal's kind of it."""

    HAND_OUT = "sheet:handed_out"
    COLLECT = "sheet:collected"
    DECLINE = "sheet:declined"
    PUT_OFF = "sheet:put_off"


ASKED_AGAIN = "sheet:asked_again"
"""The journal's kind of a household's wish to be asked once more, after it declined."""


@dataclass(frozen=True)
class SheetStep:
    """From a state, by a move, to a state."""

    before: SheetState
    move: SheetMove
    after: SheetState


SHEET_STEPS = (
    SheetStep(SheetState.TO_HAND_OUT, SheetMove.HAND_OUT, SheetState.HANDED_OUT),
    # Filled in at once: it was handed out by that, too.
    SheetStep(SheetState.TO_HAND_OUT, SheetMove.COLLECT, SheetState.COLLECTED),
    SheetStep(SheetState.TO_HAND_OUT, SheetMove.DECLINE, SheetState.DECLINED),
    SheetStep(SheetState.HANDED_OUT, SheetMove.COLLECT, SheetState.COLLECTED),
    SheetStep(SheetState.HANDED_OUT, SheetMove.DECLINE, SheetState.DECLINED),
    SheetStep(SheetState.HANDED_OUT, SheetMove.PUT_OFF, SheetState.HANDED_OUT),
    # Whoever did not want to may think better of it.
    SheetStep(SheetState.DECLINED, SheetMove.HAND_OUT, SheetState.HANDED_OUT),
    SheetStep(SheetState.DECLINED, SheetMove.COLLECT, SheetState.COLLECTED),
    # Asked once more, as it wished, it does not want to after all.
    SheetStep(SheetState.DECLINED, SheetMove.DECLINE, SheetState.DECLINED),
)


def sheet_step(before: SheetState, move: SheetMove) -> SheetStep | None:
    """The row for a move of a sheet, if there is one."""
    return next((row for row in SHEET_STEPS if (row.before, row.move) == (before, move)), None)


class Filled(enum.Enum):
    """How a sheet was filled in: by the owner on paper and copied, on the tablet's screen, or asked by phone."""

    ON_PAPER = "on_paper"
    ON_SCREEN = "on_screen"
    BY_PHONE = "by_phone"


class Receipt(enum.Enum):
    """How whoever took a sheet confirmed it (R24): signed on screen, on paper, before a witness, or not at all."""

    SIGNED = "signed"
    ON_PAPER = "on_paper"
    WITNESSED = "witnessed"
    UNSIGNED = "unsigned"


MOST_QUESTIONS = 60
LONGEST_ITEM = 120
"""Characters of an item, and of what is asked about a department."""
LONGEST_TITLE = 60
"""Characters: it stands in one line of a tablet's list."""
