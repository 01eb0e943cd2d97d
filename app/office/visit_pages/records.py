"""Records to check: the list of what was kept for a person, one such record, and deciding about it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse
from wtforms import IntegerField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from app.core import blobs, pictures
from app.core.clock import CLOCK_OFF, now
from app.core.db import db
from app.core.errors import Outdated, Refused, Words
from app.core.i18n import _, lazy_
from app.core.ids import new_id
from app.estates.models import Unit
from app.issues.models import Category
from app.office.act_form import TextLines, leave_behind, typed_in
from app.office.asked import Asked, Column, ListOf, Option
from app.office.asked import Choice as OneOf
from app.office.bulk import Judged, chosen_ids, say_what_was_done
from app.office.door import estate_id, me, office
from app.office.exporting import take_away
from app.office.issue_pages.issues import category_paths
from app.office.listing import Page, address_of, asked_of
from app.office.moments import When, span
from app.office.visit_pages.record_said import SaidAnswer, SaidIssue, said_in
from app.office.visit_pages.record_shown import as_it_was_shown
from app.office.visit_pages.record_words import CHOICES, DONE, KINDS, OUTCOMES, STANDINGS, UNKNOWN_KIND, reason_words
from app.office.words import headline
from app.people.access import may
from app.people.models import Device
from app.people.queries import devices, names, users_of, who_ever_might
from app.people.rules import Act
from app.signatures.actions import read_statement
from app.signatures.messages import StatementText
from app.sync import rules
from app.sync.contents import Contents, contents_of, photos_here
from app.sync.corrections import Corrections, unknown_categories
from app.sync.deciding import Kept, accept_review, replay, set_aside, take_note
from app.sync.kept import Wanted, find_kept, ids_here, kept_by_id, kept_ids, the_kept
from app.sync.models import Decision
from app.sync.rules import HELD, IN_EFFECT, REJECTED, REVIEW, Choice
from app.sync.taking_up import take_up_addenda
from app.visits.agreeing import what_differs
from app.visits.differing import Differing, parts_words
from app.visits.messages import VisitHeld
from app.visits.rules import Review

STATUSES: dict[str, Words] = {
    REJECTED: lazy_("Could not be entered"),
    REVIEW: lazy_("For a person to look at"),
    HELD: lazy_("Waits for a newer server"),
}
_LONG_EDGE = {"small": 480, "large": 1600}


@dataclass(frozen=True)
class Row:
    """A kept record as lists show it."""

    kept: Kept
    contents: Contents
    kind: tuple[Words, str]
    unit: Unit | None
    author: str
    device: str
    reason: str

    @property
    def id(self) -> uuid.UUID:
        return self.kept.operation.op_id

    @property
    def received_at(self) -> datetime:
        return self.kept.operation.received_at


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """`after` is how many decisions whoever decides has seen, so that of two people one is told."""

    after = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class EnterForm(DecisionForm):
    """Entering needs no words."""

    note = TextLines(lazy_("Note"), validators=[Optional(), Length(max=2000)])


class NoteForm(DecisionForm):
    """What is done about it instead."""

    note = TextLines(lazy_("What is done about it"), validators=[InputRequired(), Length(max=2000)])


class SetAsideForm(DecisionForm):
    """Why it does not count."""

    note = TextLines(lazy_("Reason"), validators=[InputRequired(), Length(max=2000)])


FORMS: dict[Choice, type[DecisionForm]] = {
    Choice.ENTER: EnterForm,
    Choice.SEEN: EnterForm,
    Choice.NOTE: NoteForm,
    Choice.SET_ASIDE: SetAsideForm,
}


def _devices_known() -> list[Option]:
    """The tablets that somebody of this estate carries or carried."""
    carriers, known = who_ever_might(Act.CARRY_TABLET, estate_id()), devices()
    carried = {user.device_id for user in users_of(one.id for one in known) if user.staff_id in carriers}
    return [Option(str(one.id), one.code) for one in sorted(known, key=lambda one: one.code) if one.id in carried]


RECORDS: ListOf[Row] = ListOf(
    name="records",
    title=lazy_("Records to check"),
    columns=(
        Column("record", lazy_("Record"), lambda row: str(row.kind[0]), width=18),
        Column("number", lazy_("Number"), lambda row: row.contents.number, shown=False),
        Column("unit", lazy_("Unit"), lambda row: row.unit.short if row.unit else None),
        Column("officer", lazy_("Officer"), lambda row: row.author),
        Column("device", lazy_("Tablet"), lambda row: row.device, shown=False, width=10),
        Column("standing", lazy_("Standing"), lambda row: str(STANDINGS[row.kept.standing][0]), shown=False, width=22),
        Column("why", lazy_("Why"), lambda row: row.reason, width=46),
        Column("received", lazy_("Received"), lambda row: row.received_at, sorts=True, width=17),
    ),
    filters=(
        OneOf("only", lazy_("Only"), lambda: (Option("decided", lazy_("Decided")),)),
        OneOf("status", lazy_("Status"), lambda: [Option(status, words) for status, words in STATUSES.items()]),
        OneOf("device", lazy_("Tablet"), _devices_known, ids=True),
    ),
    usual=lambda _asked: "-received",
)


@office.get("/records")
@may(Act.DECIDE_RECORDS)
def records() -> str:
    """What waits for a decision, last arrived first; or what was decided."""
    asked = asked_of(RECORDS)
    kept, total = find_kept(estate_id(), _wanted(asked), start=asked.start, count=asked.size)
    return render_template(
        "office/records.html",
        found=Page(RECORDS, asked, rows_of(kept), total),
        row_key=lambda row: (row.id, row.contents.number or row.kind[0]),
        event=new_id(),
        when=_when(),
        STANDINGS=STANDINGS,
        headline=headline,
    )


@office.post("/records/export/<kind>")
@may(Act.DECIDE_RECORDS)
def export_records(kind: str) -> AnyResponse:
    """What the list shows, on all its pages, as a file to take away."""
    asked = asked_of(RECORDS)
    wanted = _wanted(asked)

    def load(ids: list[uuid.UUID]) -> list[Row]:
        known = kept_by_id(ids)
        return rows_of([known[op_id] for op_id in ids if op_id in known])

    return take_away(RECORDS, asked, lambda most: kept_ids(estate_id(), wanted, most), load, kind)


@office.post("/records/looked-at")
@may(Act.DECIDE_RECORDS)
def look_at_records() -> AnyResponse:
    """A person has looked at the chosen records and leaves them as they are; each is judged by where it stands."""
    chosen, judged = chosen_ids("record"), Judged()
    mine = set(ids_here(estate_id(), chosen))
    for op_id in chosen:
        kept = kept_by_id([op_id]).get(op_id) if op_id in mine else None
        if kept is None:
            judged.refuse(str(_("not known here")), "–")
            continue
        [row] = rows_of([kept])
        name = row.contents.number or str(row.kind[0])
        if Choice.SEEN not in rules.CHOICES[kept.standing]:
            judged.refuse(str(STANDINGS[kept.standing][0]), name)
            continue
        try:
            with db.session.begin_nested():
                accept_review(op_id, after=len(kept.decisions), by=me().by, at=now())
            judged.done += 1
        except Refused as refusal:
            judged.refuse(str(refusal.message), name)
    db.session.commit()
    take_up_addenda([estate_id()])

    say_what_was_done(judged, _("Looked at: %(n)s", n=judged.done))
    return redirect(address_of(RECORDS, asked_of(RECORDS)))


def _wanted(asked: Asked) -> Wanted:
    return Wanted(
        decided=asked.get("only") == "decided",
        status=asked.get("status"),
        device_id=asked.id("device"),
        order=RECORDS.order_of(asked),
    )


@office.get("/records/<uuid:op_id>")
@may(Act.DECIDE_RECORDS)
def record(op_id: uuid.UUID) -> str:
    """One record: why it needs a look, what it says, what can be done and what that means."""
    return _page(the_kept(estate_id(), op_id))


@office.post("/records/<uuid:op_id>/<chosen>")
@may(Act.DECIDE_RECORDS)
def decide(op_id: uuid.UUID, chosen: str) -> AnyResponse | tuple[str, int]:
    """Decide about a record; of two people who do so at once one is told."""
    kept, choice = the_kept(estate_id(), op_id), _choice(chosen)
    form = FORMS[choice]()
    if not form.validate_on_submit():
        return _page(kept, choice, form), 422

    try:
        decision = _ACTS[choice](op_id, form)
        db.session.commit()
    except sa.exc.OperationalError:
        db.session.rollback()
        busy = Outdated("operation:busy", _("The server is busy with this record. Please try again."))
        return _told_why(op_id, choice, form, busy)
    except Refused as refused:
        db.session.rollback()
        return _told_why(op_id, choice, form, refused)
    take_up_addenda([estate_id()])

    flash(str(DONE[choice]), "good")
    if decision.code:
        flash(reason_words(decision.code, kept.operation), "wait")
    return redirect(url_for("office.record", op_id=op_id))


def _told_why(op_id: uuid.UUID, choice: Choice, form: DecisionForm, refused: Refused) -> tuple[str, int]:
    """The record as it stands now, why nothing was decided, what others decided meanwhile, and what was written."""
    kept = the_kept(estate_id(), op_id)
    newer = _told(kept)[: max(0, len(kept.decisions) - _seen_so_far(form))]
    others = [" · ".join(part for part in (str(one["title"]), one["words"], one["meta"]) if part) for one in newer]
    flash(" ".join([str(refused.message), *others]), "refusal")
    form.after.raw_data, form.after.data = None, len(kept.decisions)
    if choice not in rules.CHOICES[kept.standing]:
        leave_behind(*typed_in(form))
    return _page(kept, choice, form), refused.status


@office.get("/records/<uuid:op_id>/photos/<sealed>/<size>.jpg")
@may(Act.DECIDE_RECORDS)
def record_photo(op_id: uuid.UUID, sealed: str, size: str) -> Response:
    """A photo that a kept record names. 404 while its bytes are still on the tablet."""
    said = said_in(contents_of(the_kept(estate_id(), op_id).operation), estate_id(), _when())
    matters: list[SaidIssue | SaidAnswer] = [*said.issues, *said.answers] if said else []
    named = {name for one in matters for name, _here in one.photos}
    sha256 = photos_here([sealed]).get(sealed) if sealed in named and size in _LONG_EDGE else None
    picture = pictures.shown(blobs.read(sha256), _LONG_EDGE[size]) if sha256 else None
    if picture is None:
        abort(404)
    response = Response(picture, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def rows_of(kept: list[Kept]) -> list[Row]:
    """Kept records as lists show them: their unit, author, tablet and reason."""
    opened = [(one, contents_of(one.operation)) for one in kept]
    people = names({author for one, contents in opened if (author := _author(one, contents))})
    devices = {device.id: device.code for device in db.session.scalars(_devices(kept))}
    return [
        Row(
            kept=one,
            contents=contents,
            kind=KINDS.get(one.operation.kind, UNKNOWN_KIND),
            unit=_unit(contents),
            author=people.get(_author(one, contents) or uuid.UUID(int=0), "–"),
            device=devices.get(one.operation.device_id, "–"),
            reason=_reason(one),
        )
        for one, contents in opened
    ]


def clock_words(offset_ms: int) -> str:
    """How far a tablet's clock was off when it sent; "" if hardly."""
    off = timedelta(milliseconds=offset_ms)
    if abs(off) <= CLOCK_OFF:
        return ""
    if off > timedelta():
        return str(_("the tablet's clock was %(time)s ahead", time=span(off)))
    return str(_("the tablet's clock was %(time)s behind", time=span(-off)))


def _choice(chosen: str) -> Choice:
    known = next((choice for choice in Choice if choice.value == chosen), None)
    return known or abort(404)


def _enter(op_id: uuid.UUID, form: DecisionForm) -> Decision:
    by, at = me().by, now()
    return replay(op_id, after=_seen_so_far(form), by=by, at=at, corrections=_corrections(), note=_note(form))


def _seen(op_id: uuid.UUID, form: DecisionForm) -> Decision:
    return accept_review(op_id, after=_seen_so_far(form), by=me().by, at=now(), note=_note(form))


def _keep(op_id: uuid.UUID, form: DecisionForm) -> Decision:
    return take_note(op_id, _note(form), after=_seen_so_far(form), by=me().by, at=now())


def _put_aside(op_id: uuid.UUID, form: DecisionForm) -> Decision:
    return set_aside(op_id, _note(form), after=_seen_so_far(form), by=me().by, at=now())


_ACTS: dict[Choice, Callable[[uuid.UUID, DecisionForm], Decision]] = {
    Choice.ENTER: _enter,
    Choice.SEEN: _seen,
    Choice.NOTE: _keep,
    Choice.SET_ASIDE: _put_aside,
}


def _seen_so_far(form: DecisionForm) -> int:
    return int(form.after.data or 0)


def _note(form: DecisionForm) -> str:
    return str(form["note"].data or "")


def _corrections() -> Corrections:
    """The categories chosen on the form, for issues that have one nobody knows."""
    chosen = {name.removeprefix("category-"): code for name, code in request.form.items() if _is_choice(name, code)}
    try:
        return Corrections.model_validate({"categories": chosen})
    except ValidationError as error:
        raise Refused("correction:unreadable", _("Choose one of the categories in the list.")) from error


def _is_choice(name: str, code: str) -> bool:
    return name.startswith("category-") and code != ""


def _name_apart(form: DecisionForm, choice: Choice) -> None:
    """Several forms with the same fields stand on one page: labels and addresses must find their own."""
    for control in form:
        control.id = f"{choice.value}-{control.id}"


def _page(kept: Kept, refused: Choice | None = None, form: DecisionForm | None = None) -> str:
    [row] = rows_of([kept])
    forms = {choice: FORMS[choice](after=len(kept.decisions)) for choice in rules.CHOICES[kept.standing]}
    if refused in forms and form is not None:
        forms[refused] = form
    for choice, each in forms.items():
        _name_apart(each, choice)
    differing = _differing(kept, row)
    return render_template(
        "office/record.html",
        row=row,
        kept=kept,
        operation=kept.operation,
        said=said_in(row.contents, estate_id(), _when()),
        standing=STANDINGS[kept.standing],
        forms=forms,
        refused=refused,
        choices=CHOICES,
        fixes=_fixes(kept, row.contents),
        category_paths=category_paths(),
        decisions=_told(kept),
        entered=kept.standing in IN_EFFECT,
        clock=clock_words(kept.operation.clock_offset_ms),
        differing=differing and parts_words(differing[1]),
        shown=as_it_was_shown(*differing, _when()) if differing else [],
        when=_when(),
        headline=headline,
        Choice=Choice,
    )


def _differing(kept: Kept, row: Row) -> tuple[StatementText, list[Differing]] | None:
    """The signed summary, and in which parts it is not what the record says, as far as they differ still, if at all."""
    text, body = row.contents.text, row.contents.body
    shown_here = kept.standing not in IN_EFFECT or kept.operation.code == Review.MISQUOTED
    if not shown_here or text is None or row.unit is None or not isinstance(body, VisitHeld):
        return None
    try:
        shown = read_statement(body.statement)
    except Refused:
        return None
    differing = what_differs(text.entity_id, body, shown, row.unit, text.author)
    return (shown, differing) if differing else None


def _fixes(kept: Kept, contents: Contents) -> dict[uuid.UUID, list[Category]]:
    """Issues whose category can be put right, while the record can still be entered."""
    if Choice.ENTER not in rules.CHOICES[kept.standing]:
        return {}
    return unknown_categories(contents.body, estate_id())


def _told(kept: Kept) -> list[dict[str, Any]]:
    """The history of decisions, newest first, ending with the arrival."""
    when, people = _when(), names({one.by_id for one in kept.decisions if one.by_id})
    told = []
    for one in kept.decisions:
        words, tone = OUTCOMES[one.outcome]
        by = people.get(one.by_id, "–") if one.by_id else _("by itself")
        told.append({"title": words, "words": one.note, "meta": f"{by} · {when.moment(one.at)}", "tone": tone})
    arrived = reason_words(kept.operation.code, kept.operation)
    start = {"title": _("Received by the office"), "words": arrived, "tone": "start"}
    return [*told[::-1], start | {"meta": when.moment(kept.operation.received_at)}]


def _reason(kept: Kept) -> str:
    """Why it is for a person to look at now: on arrival, or since it was tried again."""
    last = next((one for one in reversed(kept.decisions) if one.code), None)
    return reason_words(last.code if last else kept.operation.code, kept.operation)


def _author(kept: Kept, contents: Contents) -> uuid.UUID | None:
    return kept.operation.author_id or (contents.text.author if contents.text else None)


def _unit(contents: Contents) -> Unit | None:
    unit = db.session.get(Unit, contents.unit_id) if contents.unit_id else None
    return unit if unit and unit.estate_id == estate_id() else None


def _devices(kept: list[Kept]) -> sa.Select[Any]:
    return sa.select(Device).where(Device.id.in_({one.operation.device_id for one in kept}))


def _when() -> When:
    return When(me().estate.time_zone, now())
