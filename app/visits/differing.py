"""The parts of a signed summary in which it can differ from its record, or from what the office knows; their names."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from app.core.errors import Words
from app.core.i18n import lazy_


class SummaryPart(enum.Enum):
    """What of a signed summary can be other than the record says, or than the office knows of it."""

    ESTATE = "estate"
    UNIT = "unit"
    VISIT = "visit"
    TIME = "time"
    OFFICER = "officer"
    INTERVIEWEE = "interviewee"
    ISSUES = "issues"
    CALLBACKS = "callbacks"
    SURVEYS = "surveys"
    PHOTOS = "photos"
    WISHES = "wishes"
    RATING = "rating"
    UNSIGNED = "unsigned"
    CATEGORY = "category"
    DEPARTMENT = "department"
    CALLBACK = "callback"
    SURVEY = "survey"
    CONSENT = "consent"


@dataclass(frozen=True)
class Differing:
    """`n`: which issue, callback or survey of the summary, from 1; 0 for what there is once."""

    part: SummaryPart
    n: int = 0


_WORDS: dict[SummaryPart, Words] = {
    SummaryPart.ESTATE: lazy_("the estate's name, company or telephone"),
    SummaryPart.UNIT: lazy_("the unit"),
    SummaryPart.VISIT: lazy_("the visit's number or method"),
    SummaryPart.TIME: lazy_("the day and time"),
    SummaryPart.OFFICER: lazy_("the officer"),
    SummaryPart.INTERVIEWEE: lazy_("who was spoken with"),
    SummaryPart.ISSUES: lazy_("the issues that were raised"),
    SummaryPart.CALLBACKS: lazy_("the answers on earlier issues"),
    SummaryPart.SURVEYS: lazy_("what was said of surveys"),
    SummaryPart.PHOTOS: lazy_("the photos"),
    SummaryPart.WISHES: lazy_("the wishes"),
    SummaryPart.RATING: lazy_("the rating"),
    SummaryPart.UNSIGNED: lazy_("why the owner did not sign"),
    SummaryPart.CONSENT: lazy_("the words above the signature"),
}
_WORDS_OF_ONE: dict[SummaryPart, Words] = {
    SummaryPart.CATEGORY: lazy_("the category of issue %(n)s"),
    SummaryPart.DEPARTMENT: lazy_("the department of issue %(n)s"),
    SummaryPart.CALLBACK: lazy_("what was shown of callback %(n)s"),
    SummaryPart.SURVEY: lazy_("what was shown of survey %(n)s"),
}


def parts_words(differing: Iterable[Differing]) -> str:
    """The parts by their names, in the language that is spoken."""
    return " · ".join(str((_WORDS | _WORDS_OF_ONE)[one.part]) % {"n": one.n} for one in differing)
