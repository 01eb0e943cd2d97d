"""What a department does about one issue, a screen for each act, made for a telephone: accept, note and photo, report.

A form that is sent again after a bad connection is the same event and happens once; one that is refused keeps what
was typed.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from app.core import blobs, waits
from app.core.clock import now
from app.core.db import db
from app.core.errors import Outdated, Refused, Words
from app.core.i18n import _, lazy_
from app.core.journal import By
from app.core.pictures import Picture
from app.issues.actions import accept, report_rectified
from app.issues.complaints import is_about, last_day_to_rectify
from app.issues.department import settled_before, why_back
from app.issues.models import Issue
from app.issues.progress import LONGEST_NOTE, MOST_PHOTOS, Stage, note_progress, work_photos
from app.issues.rules import ENDED, Move, State, Urgency
from app.office.act_form import ActForm, TextLines
from app.office.day_fields import DayField
from app.office.door import is_htmx, me, office
from app.office.first_page.department_desk import stands_at_a_department
from app.office.issue_pages.issue_history import Told
from app.office.issue_pages.issue_scope import issue_in_scope, open_moves
from app.office.issue_pages.issues import category_paths
from app.office.issue_pages.turn import turn_of
from app.office.issue_pages.work_photos import ACCEPTED, photos_sent
from app.office.meanwhile import meanwhile
from app.office.moments import When
from app.office.words import GRADES, URGENCIES, headline, state_words
from app.people.access import may
from app.people.models import Staff
from app.people.queries import people_of
from app.people.rules import Act
from app.signatures.rules import sha256_hex

STAGES: dict[Stage, Words] = {Stage.BEFORE: lazy_("Before"), Stage.AFTER: lazy_("After")}


class AcceptForm(ActForm):
    """Measure, method, person and date (R38)."""

    measure = TextLines(lazy_("Measure"), validators=[InputRequired(), Length(max=2000)])
    method = TextLines(lazy_("How it will be done"), validators=[InputRequired(), Length(max=2000)])
    responsible = SelectField(lazy_("Responsible person"), validators=[InputRequired()])
    due_on = DayField(lazy_("To be done by"), validators=[InputRequired()])


class RectifiedForm(ActForm):
    """What was done (R40), and photos of how it is now."""

    note = TextLines(lazy_("What was done"), validators=[InputRequired(), Length(max=LONGEST_NOTE)])


class ProgressForm(ActForm):
    """Words about the work, photos of it, or both."""

    stage = RadioField(lazy_("The photos show how it is"))
    note = TextLines(lazy_("Note"), validators=[Optional(), Length(max=LONGEST_NOTE)])


@dataclass(frozen=True)
class _Screen:
    """One act as a screen: its title, the words and picture of its button, whether photos go with it."""

    endpoint: str
    title: Words
    words: Words
    icon: str
    photos: bool = True


_ACCEPT = _Screen("office.accept_work", lazy_("Accept and settle the measure"), lazy_("Accept"), "check", photos=False)
_RECTIFY = _Screen("office.rectify_work", lazy_("Report rectified"), lazy_("Report rectified"), "circle-check")
_PROGRESS = _Screen("office.note_work", lazy_("Photo or note"), lazy_("Save"), "check")


@office.get("/desk/<uuid:issue_id>/accept")
@may(Act.ACCEPT_ISSUE)
def accept_work(issue_id: uuid.UUID) -> AnyResponse | str:
    """Settle measure, method, person and date, on one screen."""
    wanted = issue_in_scope(issue_id)
    return _page(_ACCEPT, wanted, accept_form(wanted)) if Move.ACCEPT in open_moves(wanted) else _moved_on(wanted)


@office.post("/desk/<uuid:issue_id>/accept")
@may(Act.ACCEPT_ISSUE)
def accept_work_now(issue_id: uuid.UUID) -> AnyResponse | tuple[str, int]:
    """The department settles measure, method, responsible person and date (R38)."""
    form = accept_form(issue_in_scope(issue_id))

    def act(issue: Issue, _photos: list[Picture]) -> str:
        return accept_by(form, issue)

    return _do(_ACCEPT, issue_id, form, act)


@office.get("/desk/<uuid:issue_id>/rectified")
@may(Act.REPORT_RECTIFIED)
def rectify_work(issue_id: uuid.UUID) -> AnyResponse | str:
    """Say what was done, with photos of how it is now."""
    wanted = issue_in_scope(issue_id)
    return _page(_RECTIFY, wanted, RectifiedForm()) if Move.RECTIFY in open_moves(wanted) else _moved_on(wanted)


@office.post("/desk/<uuid:issue_id>/rectified")
@may(Act.REPORT_RECTIFIED)
def rectify_work_now(issue_id: uuid.UUID) -> AnyResponse | tuple[str, int]:
    """The department reports that it is done (R40); the officer calls back on the owner, who alone closes it."""
    form = RectifiedForm()

    def act(issue: Issue, photos: list[Picture]) -> str:
        return rectify_by(form, issue, photos)

    return _do(_RECTIFY, issue_id, form, act)


@office.get("/desk/<uuid:issue_id>/progress")
@may(Act.NOTE_PROGRESS)
def note_work(issue_id: uuid.UUID) -> AnyResponse | str:
    """Add words, photos, or both."""
    wanted = issue_in_scope(issue_id)
    return _page(_PROGRESS, wanted, _progress_form(wanted)) if wanted.state not in ENDED else _moved_on(wanted)


@office.post("/desk/<uuid:issue_id>/progress")
@may(Act.NOTE_PROGRESS)
def note_work_now(issue_id: uuid.UUID) -> AnyResponse | tuple[str, int]:
    """Words about the work, photos of it, or both: nothing moves."""
    form = _progress_form(issue_in_scope(issue_id))

    def act(issue: Issue, photos: list[Picture]) -> str:
        note, stage = str(form.note.data or ""), Stage(form.stage.data)
        event_id, new = _event_of(form, note, photos), _not_here_yet(issue, photos, stage)
        shown = new if new or note.strip() else photos
        note_progress(issue, note, shown, stage, event_id=event_id, by=me().by, at=now())
        return str(_("Saved. Photos: %(n)s.", n=len(photos)) if photos else _("Saved."))

    return _do(_PROGRESS, issue_id, form, act)


def accept_form(accepted: Issue) -> AcceptForm:
    """A form whose date follows from the limit, and whose responsible person is whoever is at the desk."""
    today = _when().today
    form = AcceptForm(due_on=last_day_to_rectify(accepted, today), responsible=str(me().id))
    people = people_of(accepted.department_id, today) if accepted.department_id else []
    form.responsible.choices = [(str(person.id), person.name) for person in people if not is_about(accepted, person.id)]
    return form


def accept_by(form: AcceptForm, accepted: Issue) -> str:
    """Accept as a form says; in words what that came to."""
    person = db.session.get_one(Staff, uuid.UUID(form.responsible.data))
    measure, method, due_on = str(form.measure.data), str(form.method.data), cast(date, form.due_on.data)
    accept(accepted, measure, person, due_on, method=method, event_id=form.event_id, by=me().by, at=now())
    return str(_("Accepted: %(name)s, by %(day)s.", name=person.name, day=_when().on(due_on)))


def rectify_by(form: RectifiedForm, rectified: Issue, photos: list[Picture]) -> str:
    """Report what a form says, with its photos of how it is now; in words who sees to it next."""
    by, at = me().by, now()
    if new := _not_here_yet(rectified, photos, Stage.AFTER):
        note_progress(rectified, "", new, Stage.AFTER, event_id=_event_of(form, "", photos), by=by, at=at)
    note = str(form.note.data)
    if not report_rectified(rectified, note, event_id=form.sent_as, by=by, at=at):
        _keep_what_was_added(form, rectified, note, by=by, at=at)
    if not rectified.owned:
        return str(_("Reported. The supervisor goes to see it."))
    return str(_("Reported. %(name)s calls back on the owner.", name=rectified.officer.name))


def _keep_what_was_added(form: ActForm, reported: Issue, note: str, *, by: By, at: datetime) -> None:
    """It was reported before, with other words perhaps: those of now stand beside it."""
    if note.strip() != reported.rectified_note:
        note_progress(reported, note, event_id=_event_of(form, note, ()), by=by, at=at)


def _event_of(form: ActForm, note: str, photos: Sequence[Picture]) -> uuid.UUID:
    """A form with what stands in it. Its first answer may be lost under way, and something be added before it is sent
    again: that is another event, and kept too.
    """
    said = [note.strip(), *(sha256_hex(photo.content) for photo in photos)]
    return uuid.uuid5(form.sent_as, sha256_hex("\n".join(said).encode()))


def _not_here_yet(issue: Issue, photos: Sequence[Picture], stage: Stage) -> list[Picture]:
    """Those of the photos that this round does not show so."""
    here = {kept.sha256 for kept in work_photos(issue.id) if (kept.round, kept.stage) == (issue.round, stage)}
    return [photo for photo in photos if sha256_hex(photo.content) not in here]


def _progress_form(noted: Issue) -> ProgressForm:
    """Before, as long as this round has no such photo; then after."""
    stages = {photo.stage for photo in work_photos(noted.id) if photo.round == noted.round}
    usual = Stage.AFTER if Stage.BEFORE in stages else Stage.BEFORE
    form = ProgressForm(stage=usual.value)
    form.stage.choices = [(stage.value, str(words)) for stage, words in STAGES.items()]
    return form


def _do(
    screen: _Screen, issue_id: uuid.UUID, form: ActForm, act: Callable[[Issue, list[Picture]], str]
) -> AnyResponse | tuple[str, int]:
    """Read, act, commit, answer; whatever is refused stands on the same screen with what was typed."""
    if not form.validate_on_submit():
        return _again(screen, issue_id, form, _what_is_missing(form), 422)
    try:
        photos = photos_sent() if screen.photos else []
        said = act(issue_in_scope(issue_id), photos)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        return _again(screen, issue_id, form, str(refused.message), refused.status)

    flash(said, "good")
    return _go_on(issue_id)


def _go_on(issue_id: uuid.UUID) -> AnyResponse:
    address = _back_to(issue_id)
    if is_htmx():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _back_to(issue_id: uuid.UUID) -> str:
    """A department goes on with its list, everybody else with the issue."""
    own = stands_at_a_department(me())
    return url_for("office.inbox") if own else url_for("office.issue", issue_id=issue_id)


def _again(screen: _Screen, issue_id: uuid.UUID, form: ActForm, why: str, status: int) -> AnyResponse | tuple[str, int]:
    """With what others did since the form was shown, where it is refused for how the issue stands by now."""
    late = status == Outdated.status
    others = meanwhile(issue_in_scope(issue_id), form, _when()) if late else []
    if is_htmx():
        return make_response(render_template("office/parts/refusal.html", message=why, meanwhile=others), status)
    return _page(screen, issue_in_scope(issue_id), form, why, others), status


def _what_is_missing(form: ActForm) -> str:
    """Field by field; a field says it in its own place too."""
    return " ".join(f"{field.label.text}: {' '.join(map(str, field.errors))}" for field in form if field.errors)


def _moved_on(shown: Issue) -> AnyResponse:
    """To its page, which says what happened since the page on which the act stood (`seen`)."""
    flash(_("This issue has moved on since: %(state)s.", state=state_words(shown)), "wait")
    return redirect(url_for("office.issue", issue_id=shown.id, seen=request.args.get("seen", "")))


def _page(screen: _Screen, shown: Issue, form: ActForm, why: str = "", others: Sequence[Told] = ()) -> str:
    """What it is about, then the form, its one button lowest."""
    when = _when()
    return render_template(
        "office/work.html",
        screen=screen,
        issue=shown,
        form=form,
        why=why,
        meanwhile=others,
        turn=turn_of(shown, next(iter(waits.on(shown.id)), None), when),
        why_back=why_back([shown]).get(shown.id, ""),
        is_back=shown.round > 1 and shown.state is State.ROUTED,
        settled_before=settled_before(shown) if screen is _ACCEPT else [],
        photos=[(photo, blobs.held(photo.sha256)) for photo in blobs.photos_of(shown.id)],
        category_path=category_paths()[shown.category_id],
        back_to=_back_to(shown.id),
        when=when,
        **_words(),
    )


def _when() -> When:
    return When(me().estate.time_zone, now())


def _words() -> dict[str, Any]:
    return {
        "headline": headline,
        "state_words": state_words,
        "GRADES": GRADES,
        "URGENCIES": URGENCIES,
        "Urgency": Urgency,
        "MOST_PHOTOS": MOST_PHOTOS,
        "ACCEPTED": ACCEPTED,
    }
