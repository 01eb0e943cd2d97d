"""What an issue's page shows of reports upward: who reported it, who took it up, its results and who has read them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from flask_wtf import FlaskForm
from wtforms.validators import InputRequired, Length

from app.core import waits
from app.core.errors import Words
from app.core.i18n import lazy_
from app.core.ids import new_id
from app.issues.models import Issue
from app.issues.report_rules import readings_of
from app.issues.reported import IssueReport, IssueResult, reports_of, results_of
from app.issues.reporting import is_with_leaders
from app.issues.rules import ENDED, State
from app.office.act_form import ActForm, TextLines, refused_or
from app.office.door import me
from app.office.first_page.elsewhere import role_titles
from app.office.moments import When
from app.office.words import STATES
from app.people.queries import names
from app.people.rules import Act


class TakeUpForm(ActForm):
    """What supervisor or manager have settled (R11)."""

    settled = TextLines(lazy_("What you have settled"), validators=[InputRequired(), Length(max=2000)])


class ResultForm(ActForm):
    """What became of it (R12)."""

    outcome = TextLines(lazy_("What became of it"), validators=[InputRequired(), Length(max=2000)])


Form = TypeVar("Form", bound=ActForm)


@dataclass(frozen=True)
class Reported:
    """One report: who and when; who took it up, when, and what they settled."""

    who: str
    at: str
    taken_up: str
    note: str


@dataclass(frozen=True)
class Told:
    """One result: its words and who told it; who has read it when, who has not yet; whether it is mine to read."""

    id: uuid.UUID
    state: Words
    note: str
    who: str
    at: str
    read: list[str]
    unread: list[str]
    is_mine: bool


@dataclass(frozen=True)
class Upward:
    """All of it. `event`: the one tap that reports, where whoever looks may do that."""

    reports: list[Reported]
    results: list[Told]
    event: str
    take_up: TakeUpForm | None
    result: ResultForm | None


def upward_of(issue: Issue, when: When, refused: FlaskForm | None) -> Upward:
    """What was reported upward about an issue, and what whoever looks can do about it."""
    reports, results, here = reports_of(issue.id), results_of(issue.id), me()
    staff = names(_people(reports))
    may_report = here.may(Act.REPORT_ISSUE) and issue.state not in ENDED and not is_with_leaders(issue, reports)
    leads = here.may(Act.COORDINATE_ISSUE)
    # What was never routed is taken up by routing it.
    waiting = issue.state is not State.REPORTED and any(report.taken_up_at is None for report in reports)
    return Upward(
        reports=[_reported(report, staff, when) for report in reversed(reports)],
        results=[_told(result, when) for result in results],
        event=str(new_id()) if may_report else "",
        take_up=_form(TakeUpForm, refused) if leads and waiting else None,
        result=_form(ResultForm, refused) if leads and reports and issue.state is not State.REPORTED else None,
    )


def _form(kind: type[Form], refused: FlaskForm | None) -> Form:
    form: Form = refused_or(kind(), refused)
    return form


def _people(reports: list[IssueReport]) -> Iterator[uuid.UUID]:
    for report in reports:
        yield from (one for one in (report.by_id, report.taken_up_by_id) if one)


def _reported(report: IssueReport, staff: dict[uuid.UUID, str], when: When) -> Reported:
    taken_up = ""
    if report.taken_up_at is not None:
        who = staff.get(report.taken_up_by_id, "–") if report.taken_up_by_id else "–"
        taken_up = f"{who} · {when.moment(report.taken_up_at)}"
    by = staff.get(report.by_id, "–") if report.by_id else "–"
    return Reported(by, when.moment(report.at), taken_up, report.note)


def _told(result: IssueResult, when: When) -> Told:
    here = me()
    marks = {mark.staff_id: f"{mark.staff.name} · {when.moment(mark.at)}" for mark in result.readings}
    mine = bool(readings_of(here.estate.profile, here.roles))
    return Told(
        id=result.id,
        state=STATES[result.state],
        note=result.note,
        who=result.by.name,
        at=when.moment(result.at),
        read=list(marks.values()),
        unread=[role_titles(wait) for wait in waits.on(result.id)],
        is_mine=mine and here.id not in marks,
    )
