"""What is done to an issue beside its usual way: other dates, explanations, disputes, merged work, other ends."""

import uuid
from datetime import date
from typing import Any, cast

from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.db import db
from app.core.i18n import _
from app.issues.complaints import caller_back
from app.issues.deferring import agree_to_defer, ask_to_defer, keep_the_date, tell_owner, the_deferral
from app.issues.disputing import decide_liability, dispute
from app.issues.ending import close_unsatisfied, object_to
from app.issues.explaining import cannot_be_solved, carry_on, owner_was_explained, refuse
from app.issues.merging import merge, unmerge
from app.issues.queries import the_issue
from app.issues.rules import Answer, Cannot, Ending, HowTold, State
from app.office.door import me, office
from app.office.issue_pages import issue_forms as forms
from app.office.issue_pages.issue import done, page, when_here
from app.office.issue_pages.issue_scope import issue_in_scope
from app.office.issue_pages.turn import department_name
from app.people.access import may
from app.people.models import Department, Staff
from app.people.rules import Act
from app.visits.in_vain import tries_about

Answered = Response | tuple[str, int]


@office.post("/issues/<uuid:issue_id>/defer")
@may(Act.ASK_TO_DEFER)
def ask_to_defer_issue(issue_id: uuid.UUID) -> Answered:
    """The department asks for another date (R39)."""
    asked, form = issue_in_scope(issue_id), forms.AskToDeferForm()
    if not form.validate_on_submit():
        return page(asked, form), 422

    to_on = cast(date, form.to_on.data)
    ask_to_defer(asked, to_on, str(form.reason.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(asked, _("Asked for %(day)s. Until it is agreed the present date counts.", day=when_here().on(to_on)))


@office.post("/issues/<uuid:issue_id>/agree")
@may(Act.AGREE_DEFERRAL)
def agree_to_deferral(issue_id: uuid.UUID) -> Answered:
    """Customer service agrees, and tells the owner."""
    deferred, form = issue_in_scope(issue_id), forms.AgreeForm()
    if not form.validate_on_submit():
        return page(deferred, form), 422

    agree_to_defer(deferred, str(form.note.data or ""), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    if not deferred.owned:
        return done(deferred, _("Agreed."))
    teller = db.session.get_one(Staff, caller_back(deferred, when_here().today))
    return done(deferred, _("Agreed. %(name)s tells the owner the new date.", name=teller.name))


@office.post("/issues/<uuid:issue_id>/keep-date")
@may(Act.AGREE_DEFERRAL)
def keep_date_of_issue(issue_id: uuid.UUID) -> Answered:
    """Customer service does not agree."""
    kept, form = issue_in_scope(issue_id), forms.KeepDateForm()
    if not form.validate_on_submit():
        return page(kept, form), 422

    keep_the_date(kept, str(form.reason.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(kept, _("The date stays as it was."))


@office.post("/issues/<uuid:issue_id>/tell")
@may(Act.EXPLAIN_ISSUE)
def tell_new_date(issue_id: uuid.UUID) -> Answered:
    """The owner was told of the new date."""
    told = issue_in_scope(issue_id)
    form = forms.tell_form(told) or forms.TellForm()
    form.how.choices = form.how.choices or [(how.value, "") for how in HowTold]
    if not form.validate_on_submit():
        return page(told, form), 422

    deferral = the_deferral(told, uuid.UUID(str(form.deferral.data)))
    moment = now()
    tell_owner(deferral, HowTold(form.how.data), told_at=moment, by=me().by, at=moment)
    db.session.commit()

    return done(told, _("Noted that the owner knows the new date."))


@office.post("/issues/<uuid:issue_id>/cannot")
@may(Act.CANNOT_SOLVE)
def issue_cannot_be_solved(issue_id: uuid.UUID) -> Answered:
    """It is to be explained to the owner (R36)."""
    explained = issue_in_scope(issue_id)
    form = forms.cannot_form(explained)
    if not form.validate_on_submit():
        return page(explained, form), 422

    sent, cannot = _sent(form), Cannot(form.cannot.data)
    cannot_be_solved(explained, cannot, str(form.reason.data), sent, event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(explained, _("Noted. It is explained to the owner, who agrees or disagrees."))


@office.post("/issues/<uuid:issue_id>/explained")
@may(Act.EXPLAIN_ISSUE)
def explained_issue(issue_id: uuid.UUID) -> Answered:
    """What the owner said to the explanation."""
    explained = issue_in_scope(issue_id)
    form = forms.explained_form(explained)
    if not form.validate_on_submit():
        return page(explained, form), 422

    answer = Answer(form.answer.data)
    word = form.word(answer, form.words.data, said_at=now())
    owner_was_explained(explained, word, event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    if explained.state is State.EXPLAINED:
        return done(
            explained, _("Kept, but it settles nothing: so given, and by whom, it is not the owner's agreement.")
        )
    if answer is Answer.AGREED:
        return done(explained, _("Carried over to the year's review; it counts as neither satisfied nor closed."))
    return done(explained, _("The owner disagrees: supervisor and manager have it again."))


@office.post("/issues/<uuid:issue_id>/carry-on")
@may(Act.REVIEW_CARRIED_OVER)
def carry_issue_on(issue_id: uuid.UUID) -> Answered:
    """It stays on the list for another year."""
    carried, form = issue_in_scope(issue_id), forms.CarryOnForm()
    if not form.validate_on_submit():
        return page(carried, form), 422

    carry_on(carried, str(form.note.data or ""), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(carried, _("It stays on the list."))


@office.post("/issues/<uuid:issue_id>/refuse")
@may(Act.REVIEW_CARRIED_OVER)
def refuse_issue(issue_id: uuid.UUID) -> Answered:
    """It cannot be solved at all: that is explained to the owner."""
    refused = issue_in_scope(issue_id)
    form = forms.refuse_form(refused)
    if not form.validate_on_submit():
        return page(refused, form), 422

    refuse(refused, str(form.reason.data), _sent(form), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(refused, _("Noted. It is explained to the owner, who agrees or disagrees."))


@office.post("/issues/<uuid:issue_id>/object")
@may(Act.EXPLAIN_ISSUE)
def object_to_end_of_issue(issue_id: uuid.UUID) -> Answered:
    """The owner objects: the next round."""
    objected = issue_in_scope(issue_id)
    form = forms.fresh_object_form(objected)
    if not form.validate_on_submit():
        return page(objected, form), 422

    word = form.word(Answer.OBJECTED, form.words.data, said_at=now())
    object_to(objected, word, event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(objected, _("Open again, round %(n)s.", n=objected.round))


@office.post("/issues/<uuid:issue_id>/close")
@may(Act.CLOSE_UNSATISFIED)
def close_issue(issue_id: uuid.UUID) -> Answered:
    """The executive closes what its owner has not called good."""
    closed = issue_in_scope(issue_id)
    form = forms.close_form(closed)
    if not form.validate_on_submit():
        return page(closed, form), 422

    ending, words, tries = Ending(form.ending.data), str(form.reason.data), tries_about(closed)
    more: dict[str, Any] = {"event_id": form.event_id, "by": me().by, "at": now()}
    close_unsatisfied(closed, ending, words, tries=tries, heard=form.answers_read, **more)
    db.session.commit()

    return done(closed, _("Closed. It is counted apart and never as satisfied."))


@office.post("/issues/<uuid:issue_id>/dispute")
@may(Act.DISPUTE_LIABILITY)
def dispute_issue(issue_id: uuid.UUID) -> Answered:
    """The department says that another one is liable."""
    disputed = issue_in_scope(issue_id)
    form = forms.dispute_form(disputed)
    if not form.validate_on_submit():
        return page(disputed, form), 422

    claimed = db.session.get_one(Department, uuid.UUID(form.claimed.data))
    dispute(disputed, claimed, str(form.reason.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(disputed, _("Noted. The clock runs on until it is decided."))


@office.post("/issues/<uuid:issue_id>/decide")
@may(Act.DECIDE_LIABILITY)
def decide_liability_of_issue(issue_id: uuid.UUID) -> Answered:
    """Settle which department is responsible."""
    decided = issue_in_scope(issue_id)
    form = forms.decide_form(decided) or forms.DecideForm()
    form.department.choices = form.department.choices or forms.departments_of(decided)
    if not form.validate_on_submit():
        return page(decided, form), 422

    department, roles = db.session.get_one(Department, uuid.UUID(form.department.data)), me().roles
    reason, event_id = str(form.reason.data), form.event_id
    decide_liability(decided, department, reason, roles=roles, event_id=event_id, by=me().by, at=now())
    db.session.commit()

    return done(decided, _("Decided: %(department)s is responsible.", department=department_name(decided)))


@office.post("/issues/<uuid:issue_id>/merge")
@may(Act.MERGE_ISSUES)
def merge_issue(issue_id: uuid.UUID) -> Answered:
    """Let it wait for another issue's work."""
    merged = issue_in_scope(issue_id)
    form = forms.merge_form(merged) or forms.MergeForm()
    form.into.choices = form.into.choices or [(str(form.into.data), "")]
    if not form.validate_on_submit():
        return page(merged, form), 422

    into = the_issue(merged.estate_id, uuid.UUID(form.into.data))
    merge(merged, into, str(form.reason.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(merged, _("One piece of work now. Each owner is called back on and answers alone."))


@office.post("/issues/<uuid:issue_id>/unmerge")
@may(Act.MERGE_ISSUES)
def unmerge_issue(issue_id: uuid.UUID) -> Answered:
    """It is a matter of its own after all."""
    unmerged, form = issue_in_scope(issue_id), forms.UnmergeForm()
    if not form.validate_on_submit():
        return page(unmerged, form), 422

    unmerge(unmerged, str(form.reason.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(unmerged, _("A matter of its own again."))


def _sent(form: FlaskForm) -> Staff | None:
    """Whoever is sent to explain; nobody in particular is the supervisor."""
    return db.session.get_one(Staff, uuid.UUID(form.explainer.data)) if form.explainer.data else None
