"""Reporting an issue upward, taking it up, telling its result, and reading that: each one act on the issue's page."""

import uuid

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.db import db
from app.core.i18n import _
from app.issues.models import Issue
from app.issues.reported import the_result
from app.issues.reporting import read_result, report_result, report_up, take_up
from app.office.bulk import event_of_form
from app.office.door import estate_id, me, office
from app.office.issue_pages.issue import page
from app.office.issue_pages.issue_scope import issue_in_scope
from app.office.issue_pages.upward import ResultForm, TakeUpForm
from app.people.access import may
from app.people.rules import Act


@office.post("/issues/<uuid:issue_id>/report")
@may(Act.REPORT_ISSUE)
def report_issue(issue_id: uuid.UUID) -> Response:
    """One tap: supervisor and manager have it (R10)."""
    reported = issue_in_scope(issue_id)

    report_up(reported, event_id=event_of_form(), by=me().by, at=now())
    db.session.commit()

    return _done(reported, _("Reported. Supervisor and manager have it in their inbox."))


@office.post("/issues/<uuid:issue_id>/take-up")
@may(Act.COORDINATE_ISSUE)
def take_issue_up(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """Supervisor or manager say what they have settled (R11)."""
    taken_up, form = issue_in_scope(issue_id), TakeUpForm()
    if not form.validate_on_submit():
        return page(taken_up, form), 422

    take_up(taken_up, str(form.settled.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return _done(taken_up, _("Taken up. Whoever reported it reads what you have settled."))


@office.post("/issues/<uuid:issue_id>/result")
@may(Act.COORDINATE_ISSUE)
def report_issue_result(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """Those above are told what became of it (R12)."""
    told, form = issue_in_scope(issue_id), ResultForm()
    if not form.validate_on_submit():
        return page(told, form), 422

    report_result(told, str(form.outcome.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return _done(told, _("Reported. Who has read it stands here."))


@office.post("/results/<uuid:result_id>/read")
@may(Act.READ_RESULT)
def read_issue_result(result_id: uuid.UUID) -> Response:
    """A read-mark: who, when."""
    here, result = me(), the_result(estate_id(), result_id)

    read_result(result, here.roles, by=here.by, at=now())
    db.session.commit()

    return _done(result.issue, _("Marked as read by you."))


def _done(about: Issue, words: str) -> Response:
    flash(words, "good")
    return redirect(url_for("office.issue", issue_id=about.id))
