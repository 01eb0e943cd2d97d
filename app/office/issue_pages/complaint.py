"""What is done with a complaint on its issue's page: make one of it, respond first, grade, turn back, review (V46)."""

import uuid
from datetime import datetime

from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.db import db
from app.core.i18n import _
from app.issues.complaining import (
    Matter,
    grade_anew,
    name_person,
    open_complaint,
    respond,
    review,
    the_complaint,
    turn_back,
)
from app.issues.complaint_rules import Grade, Nature
from app.office.door import me, office
from app.office.issue_pages.complaint_page import (
    grade_form,
    must_review,
    open_form,
    person_form,
    respond_form,
    review_form,
    turn_back_form,
)
from app.office.issue_pages.issue import done, page
from app.office.issue_pages.issue_scope import issue_in_scope
from app.office.moments import When
from app.office.words import GRADES
from app.people.access import may
from app.people.rules import Act


@office.post("/issues/<uuid:issue_id>/complaint")
@may(Act.TAKE_COMPLAINT)
def make_complaint(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """An issue amounts to a complaint."""
    raised = issue_in_scope(issue_id)
    form = open_form(raised)
    if not form.validate_on_submit():
        return page(raised, form), 422

    matter = Matter(Nature(form.nature.data), Grade(form.grade.data), _id(form.about.data))
    open_complaint(raised, matter, event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    complaint = the_complaint(raised)
    day = _moment(complaint.deadline_at)
    return done(raised, _("Complaint %(number)s: to be handled by %(day)s.", number=complaint.number, day=day))


@office.post("/issues/<uuid:issue_id>/complaint/response")
@may(Act.TAKE_COMPLAINT)
def respond_to_complaint(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """The complainant has had a first response."""
    issue = issue_in_scope(issue_id)
    form = respond_form(issue)
    if not form.validate_on_submit():
        return page(issue, form), 422

    respond(the_complaint(issue), str(form.response.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(issue, _("The first response stands in the record."))


@office.post("/issues/<uuid:issue_id>/complaint/grade")
@may(Act.GRADE_COMPLAINT)
def grade_complaint(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """Graver or less grave: down only for whom the form offers it."""
    issue = issue_in_scope(issue_id)
    complaint, form = the_complaint(issue), grade_form(issue)
    if not form.validate_on_submit():
        return page(issue, form), 422

    grade, seen, reason = Grade(form.grade.data), Grade(form.seen.data), str(form.reason.data)
    grade_anew(complaint, grade, reason, seen=seen, event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    day = _moment(complaint.deadline_at)
    return done(issue, _("%(grade)s: to be handled by %(day)s.", grade=GRADES[grade], day=day))


@office.post("/issues/<uuid:issue_id>/complaint/person")
@may(Act.GRADE_COMPLAINT)
def name_person_of_complaint(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """Whom of the staff it is about: they neither handle it nor call back."""
    issue = issue_in_scope(issue_id)
    form = person_form(issue)
    if not form.validate_on_submit():
        return page(issue, form), 422

    name_person(the_complaint(issue), _id(form.about.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(issue, _("Noted. Whom a complaint is about neither handles it nor calls back."))


@office.post("/issues/<uuid:issue_id>/complaint/back")
@may(Act.LOWER_COMPLAINT)
def turn_complaint_back(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """The manager finds that it is an ordinary issue."""
    issue = issue_in_scope(issue_id)
    form = turn_back_form(issue)
    if not form.validate_on_submit():
        return page(issue, form), 422

    turn_back(the_complaint(issue), str(form.reason.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(issue, _("It goes on as an ordinary issue. The register keeps the complaint."))


@office.post("/issues/<uuid:issue_id>/complaint/review")
@may(Act.REVIEW_COMPLAINT)
def review_complaint(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """The manager's opinion, once the owner has had the last word; the executive's where it is about the manager."""
    issue = issue_in_scope(issue_id)
    must_review(the_complaint(issue))
    form = review_form(issue)
    if not form.validate_on_submit():
        return page(issue, form), 422

    review(the_complaint(issue), str(form.opinion.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(issue, _("Reviewed."))


def _id(chosen: str | None) -> uuid.UUID | None:
    return uuid.UUID(chosen) if chosen else None


def _moment(at: datetime) -> str:
    return When(me().estate.time_zone, now()).moment(at)
