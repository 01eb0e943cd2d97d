"""Somebody else was faster: what they did since a form was shown, and what was typed into it meanwhile."""

import uuid
from collections.abc import Iterable

from flask import request
from flask_wtf import FlaskForm
from wtforms import HiddenField

from app.core.ids import made_at
from app.issues.models import Issue
from app.office.issue_history import Told, history_with_complaint, tell
from app.office.moments import When

_WORDS = frozenset({"measure", "method", "note", "reason", "words", "settled", "outcome", "response", "opinion"})
"""Fields of the forms of an issue that hold sentences, which nobody wants to type twice."""


def meanwhile(issue: Issue, when: When) -> list[Told]:
    """What happened to an issue since the form was shown that is sent now, newest first.

    A form's event is made when it is shown, and its id holds that moment.
    """
    shown = next((made_at(_id(sent)) for name, sent in request.form.items() if _last(name) == "event"), None)
    lines = history_with_complaint(issue)
    newer = [line for line in lines if shown is not None and line.at >= shown]
    return tell(issue, lines, when)[: len(tell(issue, newer, when))]


def texts_typed() -> list[str]:
    """The sentences in the form that is sent now."""
    return [text.strip() for name, text in request.form.items() if _last(name) in _WORDS and text.strip()]


def show_as_it_stands(forms: Iterable[FlaskForm]) -> None:
    """Let forms keep what was typed, but be about the thing as it stands now: what they hide is made anew."""
    for form in forms:
        for field in form:
            if isinstance(field, HiddenField):
                field.data = field.object_data


def _last(name: str) -> str:
    """The name of a field without its form's prefix: `complaint-respond-response`."""
    return name.rsplit("-", 1)[-1]


def _id(sent: str) -> uuid.UUID:
    try:
        return uuid.UUID(sent)
    except ValueError:
        return uuid.UUID(int=0)
