"""Somebody else was faster: what they did since a page was shown."""

import uuid

from app.core import journal
from app.core.ids import made_at
from app.core.journal import JournalLine
from app.issues.models import Issue
from app.issues.rules import STEPS
from app.office.act_form import ActForm
from app.office.issue_pages.issue_history import Told, history_with_complaint, tell
from app.office.moments import When
from app.office.order_pages import order_words
from app.repairs.models import WorkOrder

_MOVES = {row.move.value for row in STEPS}


def meanwhile(issue: Issue, form: ActForm, when: When) -> list[Told]:
    """What happened to an issue since this form was shown, newest first."""
    lines = history_with_complaint(issue)
    return _newest(issue, lines, _newer(lines, form.sent_as), when)


def moved_on(issue: Issue, seen: uuid.UUID, when: When) -> list[Told]:
    """What happened to an issue since a page offered an act, newest first.

    `seen`: an id that was made as that page was shown; with any other, what brought the issue to where it stands.
    """
    lines = history_with_complaint(issue)
    last = next((n for n in reversed(range(len(lines))) if lines[n].kind in _MOVES), len(lines))
    return _newest(issue, lines, _newer(lines, seen) or lines[last:], when)


def meanwhile_to_order(order: WorkOrder, form: ActForm, when: When) -> list[Told]:
    """What happened to a work order since this form was shown, newest first."""
    lines = journal.history(order.id)
    return order_words.tell(order, lines, when)[: len(_newer(lines, form.sent_as))]


def _newest(issue: Issue, lines: list[JournalLine], newer: list[JournalLine], when: When) -> list[Told]:
    """The newer ones in words: who was responsible when follows from all that was before."""
    return tell(issue, lines, when)[: len(tell(issue, newer, when))]


def _newer(lines: list[JournalLine], seen: uuid.UUID) -> list[JournalLine]:
    """A form's event is made when it is shown, and its id holds that moment."""
    shown = made_at(seen)
    return [line for line in lines if shown is not None and line.at >= shown]
