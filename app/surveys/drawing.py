"""Drawing a survey up, and changing it until it goes out (R23). The caller commits."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.core import journal
from app.core.db import db, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _, current_locale, in_a_row
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.people.models import Department
from app.people.queries import departments
from app.people.rules import Liable
from app.surveys.models import Survey, SurveyQuestion
from app.surveys.rules import LONGEST_ITEM, LONGEST_TITLE, MOST_QUESTIONS, FormKind, SurveyState

DRAWN_UP, EDITED = "survey:drawn_up", "survey:edited"
_LONGEST = timedelta(days=366)
"""From the first day of handing out to the last of collecting: what is longer is a year that was mistyped."""


@dataclass(frozen=True)
class Item:
    """What is asked about a department; English may be blank."""

    department_id: uuid.UUID
    zh: str
    en: str = ""


@dataclass(frozen=True)
class Drawn:
    """A survey as somebody writes it; what is in English may be blank, and is then shown in Chinese."""

    title_zh: str
    title_en: str
    purpose_zh: str
    purpose_en: str
    key_items_zh: str
    key_items_en: str
    issue_from: date
    issue_until: date
    collect_until: date
    items: Sequence[Item]


def draw_up(
    estate: Estate,
    year: int,
    form: FormKind,
    drawn: Drawn,
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    survey_id: uuid.UUID | None = None,
) -> Survey:
    """A new survey, which nobody gets yet. The same event draws one up; `survey_id` is the form's.

    Raises Refused, and Outdated where the form was sent with other words.
    """
    survey_id = survey_id or event_id
    take_turn(f"surveys {estate.id}")
    known = db.session.get(Survey, survey_id)
    if known is not None:
        if not journal.happened(event_id):
            raise _drawn_up_otherwise(known)
        return known
    items = _whole(estate, form, drawn)
    assert by.staff_id is not None, "it is drawn up by a person"
    survey = Survey(
        id=survey_id,
        estate_id=estate.id,
        number=_next_number(estate.id, year),
        year=year,
        form=form,
        made_by_id=by.staff_id,
        made_at=at,
    )
    _write(survey, drawn, items)
    db.session.add(survey)
    db.session.flush()
    _note(survey, DRAWN_UP, event_id=event_id, by=by, at=at)
    return survey


def edit(
    survey: Survey, estate: Estate, drawn: Drawn, *, after: int, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """Other words, days or items; returns whether it was new. `after`: how much of its history its author has seen.

    Raises Outdated once it went out, or where somebody else changed it meanwhile.
    """
    take_turn(f"survey {survey.id}")
    if journal.happened(event_id):
        return False
    db.session.refresh(survey)
    must_be_seen(survey, after)
    if survey.state is not SurveyState.DRAFT:
        raise Outdated("survey:moved_on", _("This survey has moved on since: look at it again."))
    _write(survey, drawn, _whole(estate, survey.form, drawn))
    _note(survey, EDITED, event_id=event_id, by=by, at=at)
    return True


def must_be_seen(survey: Survey, after: int) -> None:
    """Raises Outdated where more has happened to it than its reader saw."""
    if len(journal.history(survey.id)) != after:
        raise Outdated("survey:changed", _("Somebody changed this survey meanwhile: look at it again."))


def _whole(estate: Estate, form: FormKind, drawn: Drawn) -> list[Item]:
    """Its items without those that are blank. Raises Refused for what is missing or does not fit."""
    _must_be_said(drawn)
    _must_follow(drawn)
    items = [Item(one.department_id, one.zh.strip(), one.en.strip()) for one in drawn.items]
    items = [one for one in items if one.zh or one.en]
    if any(not one.zh for one in items):
        raise Refused("survey:item_in_chinese", _("Every item needs its Chinese words: they stand on the form."))
    if any(len(text) > LONGEST_ITEM for one in items for text in (one.zh, one.en)):
        raise Refused("survey:item_too_long", _("An item is too long: at most %(n)s characters.", n=LONGEST_ITEM))
    _must_be_open({one.department_id for one in items}, estate)
    if len(items) > MOST_QUESTIONS:
        raise Refused("survey:too_many", _("Too many items for one form: at most %(n)s.", n=MOST_QUESTIONS))
    if form is FormKind.OPINION and len({one.department_id for one in items}) < len(items):
        raise Refused("survey:one_each", _("The opinion form asks once about each department."))
    places = {one.id: n for n, one in enumerate(as_asked(departments(estate.id)))}
    return sorted(items, key=lambda one: places[one.department_id])


def as_asked(known: Iterable[Department]) -> list[Department]:
    """In the order in which a survey names them, on paper and on every screen: those of the company that asks first."""
    return sorted(known, key=lambda one: one.liable is Liable.DEVELOPER)


def must_ask_about_open_ones(survey: Survey, estate: Estate) -> None:
    """Raises Refused where a department that it asks about has closed meanwhile: nothing could be routed to it.

    None of them is closed or renamed until this transaction ends.
    """
    asked_about = {question.department_id for question in survey.questions}
    held = sa.select(Department).where(Department.id.in_(asked_about)).order_by(Department.id)
    db.session.scalars(held.with_for_update(read=True).execution_options(populate_existing=True)).all()
    _must_be_open(asked_about, estate)


def _must_be_open(asked_about: set[uuid.UUID], estate: Estate) -> None:
    known = {department.id: department for department in departments(estate.id)}
    if asked_about - set(known):
        raise Refused("department:unknown", _("This department is not known in this estate."))
    closed = [known[id_].name(current_locale()) for id_ in asked_about if known[id_].closed_on is not None]
    if closed:
        words = _("Closed departments are asked about: take their items out. %(names)s", names=in_a_row(sorted(closed)))
        raise Refused("survey:department_closed", words)


def _must_be_said(drawn: Drawn) -> None:
    if not drawn.title_zh.strip():
        raise Refused("survey:no_title", _("Give the survey its title in Chinese."))
    if max(len(drawn.title_zh.strip()), len(drawn.title_en.strip())) > LONGEST_TITLE:
        raise Refused("survey:title_too_long", _("The title is too long: at most %(n)s characters.", n=LONGEST_TITLE))
    if not drawn.purpose_zh.strip():
        raise Refused("survey:no_purpose", _("Write down the purpose: officers explain it at the door."))
    if not drawn.key_items_zh.strip():
        raise Refused("survey:no_key_items", _("Write down the key items: officers present them at the door."))


def _must_follow(drawn: Drawn) -> None:
    if drawn.issue_until < drawn.issue_from:
        raise Refused("survey:dates_crossed", _("Handing out ends before it begins: set another day."))
    if drawn.collect_until < drawn.issue_until:
        raise Refused("survey:collected_too_soon", _("Collecting ends before handing out does: set another day."))
    if drawn.collect_until - drawn.issue_from > _LONGEST:
        words = _("Handing out and collecting take a year at most: look at the years of these days.")
        raise Refused("survey:too_long", words)


def _write(survey: Survey, drawn: Drawn, items: Sequence[Item]) -> None:
    survey.title_zh, survey.title_en = drawn.title_zh.strip(), drawn.title_en.strip()
    survey.purpose_zh, survey.purpose_en = drawn.purpose_zh.strip(), drawn.purpose_en.strip()
    survey.key_items_zh, survey.key_items_en = drawn.key_items_zh.strip(), drawn.key_items_en.strip()
    survey.issue_from, survey.issue_until = drawn.issue_from, drawn.issue_until
    survey.collect_until = drawn.collect_until
    survey.questions = [
        SurveyQuestion(
            id=new_id(),
            estate_id=survey.estate_id,
            place=place,
            department_id=one.department_id,
            text_zh=one.zh,
            text_en=one.en,
        )
        for place, one in enumerate(items, start=1)
    ]


def _next_number(estate_id: uuid.UUID, year: int) -> str:
    """`2026-1`: counted within the year; the caller's turn keeps others waiting."""
    counted = sa.select(sa.func.count()).select_from(Survey).where(Survey.estate_id == estate_id, Survey.year == year)
    return f"{year}-{(db.session.scalar(counted) or 0) + 1}"


def _drawn_up_otherwise(known: Survey) -> Outdated:
    words = _(
        "This form was sent before and is drawn up: %(title)s. What stands here now differs and is not: open that "
        "survey to change it.",
        title=known.title_zh,
    )
    return Outdated("survey:drawn_up_otherwise", words)


def _note(survey: Survey, kind: str, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    data = {"questions": len(survey.questions)}
    journal.write(survey.estate_id, kind, ("survey", survey.id), by=by, at=at, data=data, event_id=event_id)
