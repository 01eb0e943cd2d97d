"""Somebody else was faster: what they did since a form was shown."""

from app.core import journal
from app.core.ids import made_at
from app.core.journal import JournalLine
from app.issues.models import Issue
from app.office import order_words
from app.office.act_form import ActForm
from app.office.issue_history import Told, history_with_complaint, tell
from app.office.moments import When
from app.repairs.models import WorkOrder


def meanwhile(issue: Issue, form: ActForm, when: When) -> list[Told]:
    """What happened to an issue since this form was shown, newest first."""
    lines = history_with_complaint(issue)
    return tell(issue, lines, when)[: len(tell(issue, _newer(lines, form), when))]


def meanwhile_to_order(order: WorkOrder, form: ActForm, when: When) -> list[Told]:
    """What happened to a work order since this form was shown, newest first."""
    lines = journal.history(order.id)
    return order_words.tell(order, lines, when)[: len(_newer(lines, form))]


def _newer(lines: list[JournalLine], form: ActForm) -> list[JournalLine]:
    """A form's event is made when it is shown, and its id holds that moment."""
    shown = made_at(form.sent_as)
    return [line for line in lines if shown is not None and line.at >= shown]
