"""What categories of visits and the things due at a unit are called, on pages and on tablets alike."""

from app.agenda.rules import TaskKind
from app.core.errors import Words
from app.core.i18n import lazy_
from app.visits.rules import DUE, Category

CATEGORIES: dict[Category, Words] = {
    Category.SCHEDULED: lazy_("Scheduled visit"),
    Category.SPECIAL: lazy_("Special visit"),
    Category.COMPLAINT_CALLBACK: lazy_("Complaint callback"),
    Category.SERVICE_CALLBACK: lazy_("Chargeable-service callback"),
    Category.WORK_ORDER_CALLBACK: lazy_("Work-order callback"),
    Category.ISSUE_CALLBACK: lazy_("Issue callback"),
}


def task_words(kind: TaskKind) -> Words:
    """What is due, in the words of its category."""
    return CATEGORIES[DUE[kind].category]
