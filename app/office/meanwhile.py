"""Somebody else was faster: what they did since a form was shown."""

from app.core.ids import made_at
from app.issues.models import Issue
from app.office.act_form import ActForm
from app.office.issue_history import Told, history_with_complaint, tell
from app.office.moments import When


def meanwhile(issue: Issue, form: ActForm, when: When) -> list[Told]:
    """What happened to an issue since this form was shown, newest first.

    A form's event is made when it is shown, and its id holds that moment.
    """
    shown = made_at(form.sent_as)
    lines = history_with_complaint(issue)
    newer = [line for line in lines if shown is not None and line.at >= shown]
    return tell(issue, lines, when)[: len(tell(issue, newer, when))]
