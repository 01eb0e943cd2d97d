"""What the levels of an answer are called."""

from app.core.errors import Words
from app.core.i18n import lazy_
from app.surveys.rules import Level

LEVEL_WORDS: dict[Level, Words] = {
    Level.VERY_SATISFIED: lazy_("Very satisfied"),
    Level.SATISFIED: lazy_("Satisfied"),
    Level.BASIC: lazy_("Mostly satisfied"),
    Level.DISSATISFIED: lazy_("Dissatisfied"),
    Level.VERY_DISSATISFIED: lazy_("Very dissatisfied"),
    Level.NONE: lazy_("No opinion"),
}
