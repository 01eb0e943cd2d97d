"""What methods and categories of visits, and things due at a unit, are called, on pages and on tablets alike."""

import re
import unicodedata

from app.agenda.rules import TaskKind
from app.core.errors import Words
from app.core.i18n import lazy_
from app.visits.rules import DUE, Category, Method, SheetAct

CATEGORIES: dict[Category, Words] = {
    Category.SCHEDULED: lazy_("Scheduled visit"),
    Category.SPECIAL: lazy_("Special visit"),
    Category.COMPLAINT_CALLBACK: lazy_("Complaint callback"),
    Category.SERVICE_CALLBACK: lazy_("Chargeable-service callback"),
    Category.WORK_ORDER_CALLBACK: lazy_("Work-order callback"),
    Category.ISSUE_CALLBACK: lazy_("Issue callback"),
}
METHODS: dict[Method, Words] = {
    Method.DOOR: lazy_("At the door"),
    Method.PHONE: lazy_("By phone"),
    Method.INSPECTION: lazy_("Routine inspection"),
}
SHEET_ACTS: dict[SheetAct, Words] = {
    SheetAct.HANDED_OUT: lazy_("Handed out"),
    SheetAct.COLLECTED: lazy_("Collected"),
    SheetAct.PUT_OFF: lazy_("Not yet filled in: put off"),
    SheetAct.DECLINED: lazy_("Does not take part"),
}
_TELLINGS: dict[TaskKind, Words] = {
    TaskKind.ISSUE_EXPLANATION: lazy_("Explanation to the owner"),
    TaskKind.NEW_DATE: lazy_("New date to tell"),
    TaskKind.SURVEY_HAND_OUT: lazy_("Survey to hand out"),
    TaskKind.SURVEY_COLLECT: lazy_("Survey to collect"),
}


def task_words(kind: TaskKind) -> Words:
    """What is due, in the words of its category, or of its own where a callback is more."""
    return _TELLINGS.get(kind, CATEGORIES[DUE[kind].category])


def headline(text: str, most: int = 42) -> str:
    """The first clause of an owner's words, short enough for a heading."""
    clause = re.split(r"[。！？；\n]|[.!?;]\s", text.strip(), maxsplit=1)[0].strip()
    if _wide(clause) <= most:
        return clause
    short = clause
    while _wide(short) > most - 1:
        short = short[:-1]
    words, space, _rest = short.rpartition(" ")
    whole = words if space and clause[len(short)].isalnum() and short[-1].isascii() else short
    return whole.rstrip(" ,;，、") + "…"


def _wide(text: str) -> float:
    """How many Chinese characters it is as wide as."""
    return sum(1 if unicodedata.east_asian_width(each) in "WF" else 0.6 for each in text)
