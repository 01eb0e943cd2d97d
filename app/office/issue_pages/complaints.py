"""The register of complaints: every column of form 6, with filters in the address."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.db import db
from app.core.i18n import _, current_locale, lazy_
from app.estates.models import Person
from app.issues.answer_queries import answers_before, takers_of
from app.issues.complaint_queries import (
    Wanted,
    complaint_ids,
    complaints_shown,
    count_by_standing,
    find_complaints,
    the_complaint_called,
)
from app.issues.complaint_rules import Grade, Nature, Standing
from app.issues.models import Complaint, OwnerAnswer
from app.office.asked import Asked, Choice, Column, Days, ListOf, Option, Spoken
from app.office.door import estate_id, me, office
from app.office.exporting import take_away
from app.office.issue_pages.complaint_page import last_answer
from app.office.issue_pages.turn import department_name
from app.office.listing import Chip, Page, asked_of, days_asked_for
from app.office.moments import When
from app.office.words import ANSWERS, GRADES, HOW, METHODS, NATURES, STANDING_TONES, STANDINGS, headline, masked
from app.people.access import may
from app.people.models import Staff
from app.people.queries import departments
from app.people.rules import Act
from app.visits.models import Visit
from app.visits.queries import visits_by_id

_OPEN = (Standing.RECEIVED, Standing.RESPONDED, Standing.HANDLED, Standing.TO_REVIEW)
_ALL = "all"


@dataclass(frozen=True)
class Row:
    """One complaint, the owner's last word on it, and the visit or call on which that was said.

    `asked_by`: whoever held it, or took the word down in the office.
    """

    complaint: Complaint
    said: OwnerAnswer | None
    call: Visit | None
    asked_by: str
    phone: str

    @property
    def id(self) -> uuid.UUID:
        return self.complaint.id


@office.get("/complaints/<uuid:complaint_id>")
@may(Act.SEE_COMPLAINTS)
def complaint(complaint_id: uuid.UUID) -> Response:
    """Its record stands on the page of its issue: what a notice links to."""
    found = the_complaint_called(estate_id(), complaint_id)
    return redirect(url_for("office.issue", issue_id=found.issue_id))


def _name(staff: Staff | None) -> str:
    return staff.name if staff else ""


def _response(row: Row) -> str:
    """What the complainant was told; it can have been on the callback that somebody first spoke with them."""
    said = row.complaint
    return said.response or (str(_("At the callback")) if said.responded_at else "")


def _unit(row: Row) -> str:
    return row.complaint.issue.where_short(current_locale())


def _answer(row: Row) -> str:
    return str(ANSWERS[row.said.answer]) if row.said else ""


def _method(row: Row) -> str:
    """How the owner was reached, and how the answer was given; of one that came to the office, the second alone."""
    if row.said is None:
        return ""
    reached = [METHODS[row.call.method]] if row.call else []
    return " · ".join(map(str, [*reached, HOW[row.said.how]]))


def _departments() -> list[Option]:
    return [Option(str(one.id), one.name(current_locale())) for one in departments(estate_id())]


def _standings() -> list[Option]:
    return [*(Option(one.value, words) for one, words in STANDINGS.items()), Option(_ALL, lazy_("All"))]


COMPLAINTS: ListOf[Row] = ListOf(
    name="complaints",
    title=lazy_("Complaints"),
    columns=(
        Column("number", lazy_("Number"), lambda row: row.complaint.number, sorts=True, shown=False),
        Column("complaint", lazy_("Content of the complaint"), lambda row: row.complaint.issue.text, width=46),
        Column("received", lazy_("Time of the complaint"), lambda row: row.complaint.received_at, sorts=True, width=17),
        Column(
            "complainant", lazy_("Complainant"), lambda row: row.complaint.complainant, shown=False, act=Act.SEE_OWNERS
        ),
        Column("unit", lazy_("Unit"), _unit, sorts=True),
        Column("contact", lazy_("Contact"), lambda row: masked(row.phone), shown=False, act=Act.SEE_OWNERS),
        Column("nature", lazy_("Nature"), lambda row: str(NATURES[row.complaint.nature]), shown=False),
        Column("grade", lazy_("Grade"), lambda row: str(GRADES[row.complaint.grade]), sorts=True),
        Column("receiver", lazy_("Received by"), lambda row: _name(row.complaint.receiver), shown=False),
        Column("about", lazy_("About whom of the staff"), lambda row: _name(row.complaint.about), shown=False),
        Column("response_by", lazy_("First response by"), lambda row: _name(row.complaint.responded_by), shown=False),
        Column("response_at", lazy_("First response"), lambda row: row.complaint.responded_at, width=17),
        Column("response", lazy_("First response, result"), _response, shown=False, width=36),
        Column("department", lazy_("Department"), lambda row: department_name(row.complaint.issue), width=20),
        Column("handled_by", lazy_("Handled by"), lambda row: _name(row.complaint.handled_by), shown=False),
        Column("handled_at", lazy_("Handled"), lambda row: row.complaint.handled_at, shown=False, width=17),
        Column("handling", lazy_("Handling, result"), lambda row: row.complaint.handling, shown=False, width=36),
        Column("deadline", lazy_("Limit"), lambda row: row.complaint.deadline_at, sorts=True, width=17),
        Column("call_by", lazy_("Called back by"), lambda row: row.asked_by, shown=False),
        Column(
            "call_at",
            lazy_("Called back"),
            lambda row: row.said.answered_at if row.said else None,
            shown=False,
            width=17,
        ),
        Column("call_how", lazy_("Callback, method"), _method, shown=False, width=22),
        Column("call", lazy_("Callback, result"), _answer, shown=False),
        Column(
            "opinion", lazy_("Owner's opinion"), lambda row: row.said.reason if row.said else "", shown=False, width=36
        ),
        Column("review_by", lazy_("Reviewed by"), lambda row: _name(row.complaint.reviewed_by), shown=False),
        Column("review_at", lazy_("Review, time"), lambda row: row.complaint.reviewed_at, shown=False, width=17),
        Column("review", lazy_("Review, opinion"), lambda row: row.complaint.review, shown=False, width=36),
        Column("standing", lazy_("State"), lambda row: str(STANDINGS[row.complaint.standing]), sorts=True, width=22),
        Column("issue", lazy_("Issue"), lambda row: row.complaint.issue.number, shown=False),
    ),
    filters=(
        Choice("standing", lazy_("State"), _standings),
        Choice("overdue", lazy_("Limit"), lambda: (Option("yes", lazy_("Overdue")),)),
        Choice("grade", lazy_("Grade"), lambda: [Option(one.value, words) for one, words in GRADES.items()]),
        Choice("nature", lazy_("Nature"), lambda: [Option(one.value, words) for one, words in NATURES.items()]),
        Choice("department", lazy_("Department"), _departments, ids=True),
        Days(lazy_("Time of the complaint")),
        Spoken(lazy_("Words")),
    ),
    usual=lambda _asked: "-received",
)


@office.get("/complaints")
@may(Act.SEE_COMPLAINTS)
def complaints() -> str:
    """Complaints, newest first: those that run, by state, grade, nature, department, days and words."""
    asked, when = asked_of(COMPLAINTS), _when()
    found, total = find_complaints(estate_id(), _wanted(asked, when.now), start=asked.start, count=asked.size)
    page = Page(COMPLAINTS, asked, _rows(found), total)
    return render_template(
        "office/complaints.html",
        found=page,
        chips=_chips(page, when.now),
        when=when,
        GRADES=GRADES,
        NATURES=NATURES,
        STANDINGS=STANDINGS,
        STANDING_TONES=STANDING_TONES,
        RUNNING={Standing.RECEIVED, Standing.RESPONDED},
        department_name=department_name,
        headline=headline,
    )


@office.post("/complaints/export/<kind>")
@may(Act.SEE_COMPLAINTS)
def export_complaints(kind: str) -> Response:
    """The register with every column of form 6, on all its pages, as a file to take away."""
    asked = asked_of(COMPLAINTS)
    wanted = _wanted(asked, now())
    return take_away(
        COMPLAINTS,
        asked,
        lambda most: complaint_ids(estate_id(), wanted, most),
        lambda ids: _rows(complaints_shown(ids)),
        kind,
    )


def _rows(found: list[Complaint]) -> list[Row]:
    before = answers_before(found)
    said = {complaint.id: last_answer(complaint, before) for complaint in found}
    calls = visits_by_id({one.visit_id for one in said.values() if one and one.visit_id})
    takers = takers_of(one for one in said.values() if one)
    phones = _phones({complaint.issue.raised_by_id for complaint in found if complaint.issue.raised_by_id})
    rows = []
    for complaint in found:
        last = said[complaint.id]
        phone = phones.get(complaint.issue.raised_by_id, "") if complaint.issue.raised_by_id else ""
        call = calls.get(last.visit_id) if last and last.visit_id else None
        asked_by = call.officer.name if call else takers.get(last.id, "") if last else ""
        rows.append(Row(complaint, last, call, asked_by, phone))
    return rows


def _phones(ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    found = sa.select(Person.id, Person.phone).where(Person.id.in_(ids), Person.estate_id == estate_id())
    return {row.id: row.phone for row in db.session.execute(found)}


def _wanted(asked: Asked, moment: datetime) -> Wanted:
    since, until = days_asked_for(asked, me().estate.time_zone)
    return Wanted(
        standings=_asked_standings(asked.get("standing")),
        grade=next((one for one in Grade if one.value == asked.get("grade")), None),
        nature=next((one for one in Nature if one.value == asked.get("nature")), None),
        department_id=asked.id("department"),
        late_at=moment if asked.get("overdue") else None,
        since=since,
        until=until,
        words=asked.words,
        order=COMPLAINTS.order_of(asked),
    )


def _asked_standings(asked: str) -> tuple[Standing, ...]:
    """One standing, every one (`all`), or those that run."""
    if asked == _ALL:
        return ()
    return tuple(one for one in Standing if one.value == asked) or _OPEN


def _chips(page: Page[Row], moment: datetime) -> list[Chip]:
    """A chip for those that run, for each standing, and for what is late."""
    asked = page.asked
    wanted = replace(_wanted(asked, moment), standings=(), late_at=None)
    counts = count_by_standing(estate_id(), wanted)
    late = sum(count_by_standing(estate_id(), replace(wanted, late_at=moment)).values())
    standing, overdue = asked.get("standing"), bool(asked.get("overdue"))
    running = sum(counts.get(one, 0) for one in _OPEN)
    return [
        Chip(lazy_("Open"), running, page.address(standing=None, overdue=None), not standing and not overdue),
        *(
            Chip(words, counts.get(one, 0), page.address(standing=one.value, overdue=None), standing == one.value)
            for one, words in STANDINGS.items()
        ),
        Chip(lazy_("All"), sum(counts.values()), page.address(standing=_ALL, overdue=None), standing == _ALL),
        Chip(lazy_("Overdue"), late, page.address(standing=None, overdue="yes"), overdue),
    ]


def _when() -> When:
    return When(me().estate.time_zone, now())
