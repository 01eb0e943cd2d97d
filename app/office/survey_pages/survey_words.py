"""The words of a survey and of its sheets, on office pages."""

from app.core.errors import Words
from app.core.i18n import lazy_
from app.surveys.models import Survey, SurveySheet
from app.surveys.rules import COLLECTING, Filled, FormKind, Level, Receipt, SheetState, SurveyState

FORMS: dict[FormKind, Words] = {
    FormKind.SATISFACTION: lazy_("Satisfaction questionnaire"),
    FormKind.OPINION: lazy_("Opinion survey form"),
}
STATES: dict[SurveyState, tuple[Words, str, str]] = {
    SurveyState.DRAFT: (lazy_("Draft"), "wait", "pencil"),
    SurveyState.OUT: (lazy_("Out with the owners"), "brand", "send"),
    SurveyState.UNDER_REVIEW: (lazy_("Handed up"), "wait", "hourglass"),
    SurveyState.BACK: (lazy_("Sent back"), "late", "arrow-back-up"),
    SurveyState.READ: (lazy_("Assessed"), "good", "check"),
    SurveyState.WITHDRAWN: (lazy_("Called off"), "", "ban"),
}
"""Words, tone and icon of where a survey stands."""
LEVEL_TONES: dict[Level, str] = {
    Level.VERY_SATISFIED: "good",
    Level.SATISFIED: "good",
    Level.DISSATISFIED: "late",
    Level.VERY_DISSATISFIED: "late",
}
SHEET_STATES: dict[SheetState, Words] = {
    SheetState.TO_HAND_OUT: lazy_("To be handed out"),
    SheetState.HANDED_OUT: lazy_("Handed out, to be collected"),
    SheetState.COLLECTED: lazy_("Collected"),
    SheetState.DECLINED: lazy_("Does not take part"),
}
_LOOKS: dict[SheetState, tuple[str, str]] = {
    SheetState.TO_HAND_OUT: ("wait", "file-text"),
    SheetState.HANDED_OUT: ("brand", "hourglass"),
    SheetState.COLLECTED: ("good", "check"),
    SheetState.DECLINED: ("", "hand-off"),
}
"""Tone and icon of where a sheet is."""
_NOT_ANY_MORE: dict[SheetState, Words] = {
    SheetState.TO_HAND_OUT: lazy_("Was not handed out"),
    SheetState.HANDED_OUT: lazy_("Did not come back"),
}
"""Of what is due no more, as its survey is handed up or called off."""
FILLED: dict[Filled, Words] = {
    Filled.ON_PAPER: lazy_("by the owner on paper"),
    Filled.ON_SCREEN: lazy_("by the owner on the tablet"),
    Filled.BY_PHONE: lazy_("asked by phone"),
}
RECEIPTS: dict[Receipt, Words] = {
    Receipt.SIGNED: lazy_("signed on the tablet"),
    Receipt.ON_PAPER: lazy_("signed on paper"),
    Receipt.WITNESSED: lazy_("before a witness"),
    Receipt.UNSIGNED: lazy_("not signed"),
}
AIMS = {"distribution": 90, "response": 80}
"""In percent (policy, section 4)."""


def sheet_states(survey: Survey) -> dict[SheetState, Words]:
    """Where sheets of a survey can be, in words: as long as they are asked for, and what became of them after that."""
    return SHEET_STATES if survey.state in COLLECTING else SHEET_STATES | _NOT_ANY_MORE


def sheet_looks(sheet: SurveySheet) -> tuple[Words, str, str]:
    """Words, tone and icon of where a sheet is; of one that nobody asks for any more what became of it."""
    words = sheet_states(sheet.survey)[sheet.state]
    if words is not SHEET_STATES[sheet.state]:
        return words, "", "circle-dashed"
    return words, *_LOOKS[sheet.state]
