"""A form of an act, and what a refusal does with it: the page shows why at its top, and keeps what was typed."""

import uuid
from collections.abc import Callable

from flask import flash, g, request
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.csrf.core import CSRFTokenField
from wtforms.validators import UUID, InputRequired

from app.core.db import db
from app.core.errors import NotAllowed, NotFound, Refused
from app.core.i18n import lazy_
from app.core.ids import new_id
from app.signatures.rules import canonical, sha256_hex

Answered = tuple[str, int]

NOT_CHOSEN = ("", lazy_("choose…"))
"""Stands first in a select where nothing speaks for any of the choices: nobody sends by mistake what stood on top."""


class OnceForm(FlaskForm):  # type: ignore[misc]
    """A form that happens once however often it is sent, which its `event` tells."""

    event = HiddenField(default=lambda: str(new_id()), validators=[InputRequired(), UUID()])

    sent_as = uuid.UUID(int=0)
    """The event as it was sent, which a form that is shown again after a refusal has not any more."""

    @property
    def event_id(self) -> uuid.UUID:
        """The form with what was sent in it. Its first answer may be lost under way, and other words be sent in it
        then: that is another event, and nobody is told that it was done where the first one was.
        """
        unsaid = {self.event.name, *(one.name for one in self if isinstance(one, CSRFTokenField | PasswordField))}
        said = sorted((name, words) for name, words in request.form.items(multi=True) if name not in unsaid)
        return uuid.uuid5(id_in(self.event.data), sha256_hex(canonical(said)))

    def validate_on_submit(self, *args: object, **kwargs: object) -> bool:
        """As every form does; the event stays known until the request is answered."""
        self.sent_as = id_in(self.event.data)
        return bool(super().validate_on_submit(*args, **kwargs))


class ActForm(OnceForm):
    """A form of an act, whose page is shown again with what was typed where it is refused."""

    def validate_on_submit(self, *args: object, **kwargs: object) -> bool:
        """As every form does; what was sent is remembered until the request is answered."""
        g.act_form = self
        return super().validate_on_submit(*args, **kwargs)


class TextLines(TextAreaField):
    """What is written over several lines: browsers send two characters for a break, and count one."""

    def process_formdata(self, sent: list[str]) -> None:
        """The words as they were counted where they were written."""
        super().process_formdata([words.replace("\r\n", "\n") for words in sent])


def takes_lines(control: Field) -> bool:
    """Whether a field is written over several lines: pages give it their whole width."""
    return isinstance(control, TextAreaField)


def typed_in(form: FlaskForm) -> list[tuple[str, str]]:
    """Label and words of what was written in a form; a password is nobody's to read."""
    lines = [one for one in form if isinstance(one, StringField) and not isinstance(one, HiddenField | PasswordField)]
    return [(str(one.label.text), one.data) for one in lines if isinstance(one.data, str) and one.data]


def leave_behind(*written: tuple[str, str]) -> None:
    """Show at the top of the page what was written for an act that the page does not offer any more."""
    g.left_behind = [(label, words) for label, words in written if words]


def refused_or(fresh: FlaskForm, refused: FlaskForm | None) -> FlaskForm:
    """The form that was refused in the place of a fresh one of its kind, else the fresh one.

    After a refusal whoever sends it again has seen what the page shows now; what was typed stays.
    """
    if refused is None or type(refused) is not type(fresh):
        return fresh
    if g.get("act_refused"):
        for seen in fresh:
            if isinstance(seen, HiddenField) and seen.short_name != "csrf_token":
                refused[seen.short_name].data = seen.object_data
            if isinstance(seen, SelectField):
                refused[seen.short_name].choices = seen.choices
    g.act_stands = True
    return refused


def left_over() -> list[tuple[str, str]]:
    """What was typed into a form that is not open any more, to be copied from the page: it is not lost."""
    if "left_behind" in g:
        return list(g.left_behind)
    if not g.get("act_refused") or g.get("act_stands"):
        return []
    return typed_in(g.act_form)


Page = Callable[[uuid.UUID, ActForm], str]
_PAGES: dict[str, Page] = {}


def keeps_what_was_typed(about: str) -> Callable[[Page], Page]:
    """Show this page again when an act on what the address names so is refused."""

    def remember(page: Page) -> Page:
        _PAGES[about] = page
        return page

    return remember


def shown_again(refusal: Refused) -> Answered | None:
    """The page on which a refused form stood, as everything is now, with the reason and with what was typed."""
    form = g.get("act_form")
    about = next((name for name in request.view_args or {} if name in _PAGES), None)
    if form is None or about is None or refusal.status in (NotAllowed.status, NotFound.status):
        return None
    db.session.rollback()
    g.act_refused = True
    flash(str(refusal.message), "refusal")
    return _PAGES[about]((request.view_args or {})[about], form), refusal.status


def id_in(sent: object) -> uuid.UUID:
    """The id that was sent; one that nobody made where it is none."""
    try:
        return uuid.UUID(str(sent))
    except ValueError:
        return uuid.UUID(int=0)
