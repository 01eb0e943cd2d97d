"""What the levels of a survey's answers are called, and how a sheet came back, on pages and papers alike."""

from app.core.errors import Words
from app.core.i18n import lazy_
from app.surveys.rules import Filled, Level

LEVELS: dict[Level, Words] = {
    Level.VERY_SATISFIED: lazy_("Very satisfied"),
    Level.SATISFIED: lazy_("Satisfied"),
    Level.BASIC: lazy_("Mostly satisfied"),
    Level.DISSATISFIED: lazy_("Dissatisfied"),
    Level.VERY_DISSATISFIED: lazy_("Very dissatisfied"),
    Level.NONE: lazy_("No opinion"),
}
FILLED: dict[Filled, Words] = {
    Filled.ON_PAPER: lazy_("On paper"),
    Filled.ON_SCREEN: lazy_("On the tablet"),
    Filled.BY_PHONE: lazy_("By phone"),
}
