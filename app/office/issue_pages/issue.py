"""One issue: whose turn it is, everything known of it, and what supervisor and department do about it."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField
from wtforms.validators import UUID, InputRequired, Length, Optional

from app.core import blobs, journal, waits
from app.core.clock import now
from app.core.db import db
from app.core.i18n import _, current_locale, lazy_
from app.core.ids import new_id
from app.estates.models import Person
from app.issues.actions import send_back, verify
from app.issues.department import why_back
from app.issues.liability import Covered
from app.issues.models import Issue
from app.issues.progress import WorkPhoto, work_photos
from app.issues.queries import categories
from app.issues.rounds import rounds_of
from app.issues.routing import classify, route, transfer
from app.issues.rules import ENDED, Move, State, Urgency
from app.office.act_form import NOT_CHOSEN, ActForm, TextLines, id_in, keeps_what_was_typed, refused_or
from app.office.door import me, office
from app.office.issue_pages.complaint_page import complaint_parts
from app.office.issue_pages.department_work import STAGES, RectifiedForm, accept_by, accept_form, rectify_by
from app.office.issue_pages.issue_forms import WAYS, ways_open
from app.office.issue_pages.issue_history import Told, history_with_complaint, tell
from app.office.issue_pages.issue_more import more_about
from app.office.issue_pages.issue_scope import issue_in_scope, open_moves
from app.office.issue_pages.issues import category_choices, category_paths
from app.office.issue_pages.turn import department_name, turn_of
from app.office.issue_pages.upward import upward_of
from app.office.issue_pages.work_photos import ACCEPTED, photos_sent
from app.office.meanwhile import meanwhile, moved_on
from app.office.moments import When
from app.office.owner_pages.file_words import PARTS
from app.office.setting_pages.setting_words import COMPANIES
from app.office.visit_pages.answered_to import EXPLAINED
from app.office.visit_pages.signed import Sheet, sheet_of
from app.office.words import (
    HOW,
    METHODS,
    RELATIONS,
    STATE_ICONS,
    TONES,
    UNSIGNED,
    URGENCIES,
    headline,
    masked,
    state_words,
)
from app.people.access import may
from app.people.queries import names, open_departments
from app.people.rules import Act
from app.surveys.opinions import source_of
from app.visits.inspected import inspection_of
from app.visits.models import Visit
from app.visits.queries import visits_by_id


class RouteForm(ActForm):
    """Which department is responsible (R11)."""

    department = SelectField(lazy_("Department"), validators=[InputRequired(lazy_("Choose a department first."))])


class ClassifyForm(ActForm):
    """What kind of matter it is, and how soon it must be put right (R43)."""

    category = SelectField(lazy_("Category"), validators=[InputRequired()])
    urgency = SelectField(lazy_("Urgency"), validators=[InputRequired()])
    note = TextLines(lazy_("Why"), validators=[InputRequired(), Length(max=2000)])


class TransferForm(RouteForm):
    """Which other department is responsible from now on, and why; `away_from`: which one was shown."""

    reason = TextLines(lazy_("Why"), validators=[InputRequired(), Length(max=2000)])
    away_from = HiddenField(validators=[InputRequired(), UUID()])


class VerifyForm(ActForm):
    """What the supervisor saw; words may be left out."""

    note = TextLines(lazy_("What you saw"), validators=[Optional(), Length(max=2000)])


class SendBackForm(ActForm):
    """What is still not right."""

    reason = TextLines(lazy_("What is still not right"), validators=[InputRequired(), Length(max=2000)])


@office.get("/issues/<uuid:issue_id>")
@may(Act.SEE_ISSUES)
def issue(issue_id: uuid.UUID) -> str:
    """One issue: who holds it, what they owe, until when; then everything else."""
    shown, seen = issue_in_scope(issue_id), request.args.get("seen")
    return page(shown, others=[] if seen is None else moved_on(shown, id_in(seen), when_here()))


@office.post("/issues/<uuid:issue_id>/route")
@may(Act.ROUTE_ISSUE)
def route_issue(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """Make a department responsible."""
    routed = issue_in_scope(issue_id)
    form = _route_form(routed)
    if not form.validate_on_submit():
        return page(routed, form), 422

    route(routed, uuid.UUID(form.department.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(routed, _("Routed to %(department)s.", department=department_name(routed)))


@office.post("/issues/<uuid:issue_id>/classify")
@may(Act.CLASSIFY_ISSUE)
def classify_issue(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """Put category and urgency right."""
    classified = issue_in_scope(issue_id)
    form = _classify_form(classified)
    if not form.validate_on_submit():
        return page(classified, form), 422

    category = next(known for known in categories(classified.estate_id) if str(known.id) == form.category.data)
    urgency, note = Urgency(form.urgency.data), str(form.note.data)
    classify(classified, category, urgency, note=note, event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(classified, _("Classified as %(category)s.", category=category_paths()[classified.category_id]))


@office.post("/issues/<uuid:issue_id>/transfer")
@may(Act.ROUTE_ISSUE)
def transfer_issue(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """Make another department responsible, which settles its measure anew."""
    moved = issue_in_scope(issue_id)
    form = _transfer_form(moved)
    form.department.choices = _to_route_to(moved)  # whoever was slower chose among what stood there then
    if not form.validate_on_submit():
        return page(moved, form), 422

    department_id, away_from = uuid.UUID(form.department.data), uuid.UUID(str(form.away_from.data))
    reason, event_id = str(form.reason.data), form.event_id
    transfer(moved, department_id, reason, away_from=away_from, event_id=event_id, by=me().by, at=now())
    db.session.commit()

    return done(moved, _("Transferred to %(department)s.", department=department_name(moved)))


@office.post("/issues/<uuid:issue_id>/accept")
@may(Act.ACCEPT_ISSUE)
def accept_issue(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """The department settles measure, responsible person and date."""
    accepted = issue_in_scope(issue_id)
    form = accept_form(accepted)
    if not form.validate_on_submit():
        return page(accepted, form), 422

    said = accept_by(form, accepted)
    db.session.commit()

    return done(accepted, said)


@office.post("/issues/<uuid:issue_id>/rectified")
@may(Act.REPORT_RECTIFIED)
def rectified_issue(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """The department reports that it is done; the officer calls back on the owner."""
    rectified = issue_in_scope(issue_id)
    form = RectifiedForm()
    if not form.validate_on_submit():
        return page(rectified, form), 422

    photos = photos_sent()
    said = rectify_by(form, rectified, photos)
    db.session.commit()

    return done(rectified, said)


@office.post("/issues/<uuid:issue_id>/verify")
@may(Act.VERIFY_ISSUE)
def verify_issue(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """The supervisor has seen that what nobody owns is put right."""
    verified = issue_in_scope(issue_id)
    form = VerifyForm()
    if not form.validate_on_submit():
        return page(verified, form), 422

    verify(verified, str(form.note.data or ""), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return done(verified, _("Verified. It is counted apart from what owners close."))


@office.post("/issues/<uuid:issue_id>/send-back")
@may(Act.VERIFY_ISSUE)
def send_issue_back(issue_id: uuid.UUID) -> Response | tuple[str, int]:
    """The supervisor has seen that it is not put right: the department's next round."""
    sent = issue_in_scope(issue_id)
    form = SendBackForm()
    if not form.validate_on_submit():
        return page(sent, form), 422

    send_back(sent, str(form.reason.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    department = department_name(sent)
    return done(sent, _("Sent back to %(department)s, round %(n)s.", department=department, n=sent.round))


def done(moved: Issue, words: str) -> Response:
    """Back to the page of an issue, with what was done in words."""
    flash(words, "good")
    return redirect(url_for("office.issue", issue_id=moved.id))


def page(shown: Issue, refused: FlaskForm | None = None, others: Sequence[Told] = ()) -> str:
    """The page of an issue; the form that was refused stands open with what is wrong in it.

    `others`: what they did since whoever looks last saw it, where that came in their way.
    """
    when = when_here()
    wait = next(iter(waits.on(shown.id)), None)
    visits, lines = _visits_about(shown), journal.history(shown.id)
    rounds, work = rounds_of(shown, lines), work_photos(shown.id)
    return render_template(
        "office/issue.html",
        issue=shown,
        turn=turn_of(shown, wait, when),
        with_department=department_name(shown),
        forms=_open_forms(shown, refused),
        ways=WAYS,
        more=more_about(shown),
        refused=refused,
        upward=upward_of(shown, when, refused),
        meanwhile=others,
        seen=new_id(),
        history=tell(shown, history_with_complaint(shown), when),
        photos=[(photo, blobs.held(photo.sha256)) for photo in blobs.photos_of(shown.id)],
        work=_by_round(work),
        rounds=rounds,
        responsible=names(this.responsible_id for this in rounds if this.responsible_id),
        why_back=why_back([shown]).get(shown.id, ""),
        raiser_phone=_raiser_phone(shown),
        visits=visits,
        inspection=inspection_of(shown),
        source=source_of(shown),
        sheets=_sheets(visits),
        category_path=category_paths()[shown.category_id],
        liability=_liability(shown, when),
        when=when,
        **complaint_parts(shown, refused, when),
        **_words(),
    )


@keeps_what_was_typed("issue_id")
def _page_again(issue_id: uuid.UUID, refused: ActForm) -> str:
    """As it stands now, after somebody else was faster, or with what was not accepted."""
    shown = issue_in_scope(issue_id)
    return page(shown, refused, meanwhile(shown, refused, when_here()))


def _open_forms(shown: Issue, refused: FlaskForm | None) -> dict[str, FlaskForm]:
    """A form for each move that is open to whoever looks, the first act first."""
    makers: dict[Move, tuple[str, Any]] = {
        Move.ROUTE: ("route", _route_form),
        Move.TRANSFER: ("transfer", _transfer_form),
        Move.ACCEPT: ("accept", accept_form),
        Move.RECTIFY: ("rectified", lambda _issue: RectifiedForm()),
        Move.VERIFY: ("verify", lambda _issue: VerifyForm()),
        Move.SEND_BACK: ("send-back", lambda _issue: SendBackForm()),
        Move.CLASSIFY: ("classify", _classify_form),
    }
    forms = {}
    moves = open_moves(shown)
    for move in moves:
        if move in makers:
            name, make = makers[move]
            forms[name] = make(shown)
    forms |= ways_open(shown, moves)
    return {name: refused_or(fresh, refused) for name, fresh in forms.items()}


def _route_form(routed: Issue) -> RouteForm:
    form = RouteForm(department=str(routed.department_id or routed.category.department_id or ""))
    form.department.choices = _to_route_to(routed)
    if not form.department.data:
        form.department.choices = [NOT_CHOSEN, *form.department.choices]
    return form


def _classify_form(classified: Issue) -> ClassifyForm:
    form = ClassifyForm(category=str(classified.category_id), urgency=classified.urgency.value)
    form.category.choices = category_choices()
    form.urgency.choices = [(urgency.value, str(words)) for urgency, words in URGENCIES.items()]
    return form


def _transfer_form(moved: Issue) -> TransferForm:
    form = TransferForm(away_from=str(moved.department_id))
    others = [(value, name) for value, name in _to_route_to(moved) if value != str(moved.department_id)]
    form.department.choices = [NOT_CHOSEN, *others]
    return form


def _to_route_to(routed: Issue) -> list[tuple[str, str]]:
    return [(str(known.id), known.name(current_locale())) for known in open_departments(routed.estate_id)]


def _by_round(photos: list[WorkPhoto]) -> dict[int, list[WorkPhoto]]:
    """Round → the photos of the work in it."""
    return {photo.round: [one for one in photos if one.round == photo.round] for photo in photos}


def _liability(shown: Issue, when: When) -> str:
    """`防水保修至 2028年3月1日`: what decided whose department it went to; blank where no date did."""
    if shown.warranty is None or shown.warranty_part is None:
        return ""
    part = PARTS[shown.warranty_part]
    if shown.warranty_until is None:
        return str(_("%(part)s: liability unknown, the handover date is missing", part=part))
    day = when.on(shown.warranty_until)
    if shown.warranty is Covered.WITHIN:
        return str(_("%(part)s: raised within the warranty, which lasts until %(day)s", part=part, day=day))
    return str(_("%(part)s: raised after the warranty, which ended on %(day)s", part=part, day=day))


def _raiser_phone(shown: Issue) -> str:
    person = db.session.get(Person, shown.raised_by_id) if shown.raised_by_id else None
    return person.phone if person else ""


def _visits_about(shown: Issue) -> list[Visit]:
    """The visits at which the issue was raised or answered, newest first."""
    held = {shown.visit_id, *(said.visit_id for said in shown.answers)}
    found = visits_by_id({visit_id for visit_id in held if visit_id})
    return sorted(found.values(), key=lambda visit: visit.ended_at, reverse=True)


def _sheets(visits: list[Visit]) -> dict[uuid.UUID, Sheet]:
    sheets = {visit.id: sheet_of(visit.id) for visit in visits}
    return {visit_id: sheet for visit_id, sheet in sheets.items() if sheet is not None}


def when_here() -> When:
    """Moments as the estate's people say them."""
    return When(me().estate.time_zone, now())


def _words() -> dict[str, Any]:
    return {
        "state_words": state_words,
        "TONES": TONES,
        "STATE_ICONS": STATE_ICONS,
        "URGENCIES": URGENCIES,
        "METHODS": METHODS,
        "HOW": HOW,
        "STAGES": STAGES,
        "EXPLAINED": EXPLAINED,
        "ACCEPTED": ACCEPTED,
        "RELATIONS": RELATIONS,
        "UNSIGNED": UNSIGNED,
        "COMPANIES": COMPANIES,
        "State": State,
        "ENDED": ENDED,
        "Urgency": Urgency,
        "headline": headline,
        "masked": masked,
    }
