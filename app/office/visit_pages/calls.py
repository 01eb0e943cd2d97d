"""Phone callbacks: form 2 for a month, every call with what came of it, and its counts and rates (P54)."""

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Response, render_template, request

from app.agenda.rules import EVERY_CALLBACK
from app.core.clock import now
from app.core.limits import limiter
from app.documents.sheets_of.calls_sheet import calls_sheet
from app.office.asked import day_in
from app.office.door import me, office
from app.office.listing import PAGE_ROWS, first_row, id_asked_for, listing
from app.office.moments import When
from app.office.printed import OFTEN, answer_sheet, languages_asked_for
from app.office.words import OUTCOMES, RATING_LOOKS, RATINGS, headline, masked
from app.people.access import may
from app.people.queries import ever_in
from app.people.rules import Act
from app.visits.calls import Call, calls_between, foot
from app.visits.figures import Due, due_in
from app.visits.words import CATEGORIES


@office.get("/visits/calls")
@may(Act.SEE_VISITS)
def calls() -> str:
    """A month's calls, newest first, all or one officer's; counts and rates are of all that the filters leave."""
    when = When(me().estate.time_zone, now())
    month, officer, start = _month_asked_for(when), id_asked_for("officer"), first_row()
    made = calls_between(me().estate, _begins(month, when), _begins(_next(month), when))
    found = _of(officer, made)

    return render_template(
        "office/calls.html",
        found=listing((found[start : start + PAGE_ROWS], len(found)), "month", "officer"),
        foot=foot(me().estate, found, _due(month, officer, when)),
        officer=_called(officer),
        month=month,
        before=f"{month - timedelta(days=1):%Y-%m}",
        after=f"{_next(month):%Y-%m}" if _next(month) <= when.today else "",
        officers=sorted({call.record.officer for call in made}, key=lambda officer: officer.name),
        when=when,
        CATEGORIES={category.value: words for category, words in CATEGORIES.items()},
        OUTCOMES=OUTCOMES,
        RATINGS=RATINGS,
        RATING_LOOKS=RATING_LOOKS,
        headline=headline,
        masked=masked,
    )


@office.get("/visits/calls.pdf")
@may(Act.SEE_VISITS)
@limiter.limit(OFTEN)
def printed_calls() -> Response:
    """Form 2: all calls that the filters leave, on as many pages as they take."""
    here, at = me(), now()
    when = When(here.estate.time_zone, at)
    month, officer = _month_asked_for(when), id_asked_for("officer")
    made = calls_between(here.estate, _begins(month, when), _begins(_next(month), when))
    sheet = calls_sheet(
        here.estate,
        f"{month:%Y-%m}",
        _of(officer, made),
        _due(month, officer, when),
        languages_asked_for(),
        officer=_called(officer),
        phone=masked,
        printed_at=at,
    )
    return answer_sheet(sheet, at)


def _of(officer: uuid.UUID | None, made: list[Call]) -> list[Call]:
    """Those that this officer made, or all."""
    return [call for call in made if officer in (None, call.record.officer_id)]


def _due(month: date, officer: uuid.UUID | None, when: When) -> Due:
    """The callbacks of a month, called or not: those that are with this officer by now, or all."""
    days = (month, _next(month))
    return due_in(me().estate.id, EVERY_CALLBACK, days, when.today, when.zone, officer_id=officer)


def _called(officer: uuid.UUID | None) -> str:
    """An officer's name; blank for nobody of this estate."""
    return next((one.name for one in ever_in(me().estate.id) if one.id == officer), "")


def _month_asked_for(when: When) -> date:
    """The first day of the month in the address; of this month for anything else."""
    return day_in(f"{request.args.get('month', '')}-01") or when.today.replace(day=1)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _begins(month: date, when: When) -> datetime:
    """Midnight of the first of a month where the estate stands."""
    return datetime.combine(month, time(), ZoneInfo(when.zone))
