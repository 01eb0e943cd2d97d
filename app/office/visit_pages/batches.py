"""Records of visits handed up: gathered by their officer, read and signed along their chain, archived."""

import uuid
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.approvals.models import Review
from app.approvals.queries import review_of, reviews_of
from app.approvals.rules import Move, State
from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import NotAllowed, NotFound, Outdated, Refused
from app.core.i18n import _, current_locale, lazy_
from app.core.limits import limiter
from app.office.asked import Asked, Choice, Column, ListOf, Option
from app.office.door import estate_id, me, office
from app.office.exporting import take_away
from app.office.listing import Page, asked_of, id_asked_for
from app.office.moments import When
from app.office.own_password import fits_me
from app.office.reviews import DUTIES, ReviewForm, said_after
from app.office.visit_pages.batch_page import (
    CONSENT,
    Beside,
    BesideForm,
    SignForm,
    SubmitForm,
    batch_page,
    form_for,
    is_theirs,
    stage_of,
)
from app.office.words import RATING_LOOKS, RATINGS, title_of
from app.people.access import may
from app.people.models import Staff
from app.people.queries import staff_who_may
from app.people.rules import Act, Role
from app.signatures.desk import Signing, read_ink
from app.visits.batches import SUMMARISED, gather, move_batch, move_line, put_in, submit_batch, summarise
from app.visits.gathered import (
    batches_by_id,
    batches_of,
    counts_of,
    not_handed_up,
    ready_to_hand_up,
    the_batch,
    the_line,
)
from app.visits.models import Batch
from app.visits.rules import LineMove, LineState


@dataclass(frozen=True)
class Row:
    """A batch as the list shows it."""

    batch: Batch
    counts: dict[LineState, int]
    where: tuple[str, str, str]


def _officers() -> list[Option]:
    today = local_date(now(), me().estate.time_zone)
    return [Option(str(one.id), one.name) for one in staff_who_may(Act.GATHER_RECORDS, estate_id(), today)]


BATCHES: ListOf[Row] = ListOf(
    name="batches",
    title=lazy_("Records handed up"),
    columns=(
        Column("number", lazy_("Number"), lambda row: row.batch.number, sorts=True),
        Column("officer", lazy_("Officer"), lambda row: row.batch.officer.name),
        Column("records", lazy_("Records"), lambda row: row.counts[LineState.IN] + row.counts[LineState.ARCHIVED]),
        Column("mend", lazy_("To mend"), lambda row: row.counts[LineState.SENT_BACK], shown=False),
        Column("where", lazy_("Where it is"), lambda row: str(row.where[0]), width=24),
        Column("summary", lazy_("Summary"), lambda row: row.batch.summary, shown=False, width=46),
        Column("gathered", lazy_("Gathered"), lambda row: row.batch.made_at, sorts=True, width=17),
    ),
    filters=(
        Choice("only", lazy_("Only"), lambda: (Option("archived", lazy_("Archive")),)),
        Choice("officer", lazy_("Officer"), _officers, ids=True),
    ),
    usual=lambda _asked: "-gathered",
)


@office.get("/batches")
@may(Act.SEE_VISITS)
def batches() -> str:
    """What waits to be handed up, what is under way, and the archive."""
    here, when, asked = me(), When(me().estate.time_zone, now()), asked_of(BATCHES)
    found, total = _found(asked, start=asked.start, count=asked.size)
    gatherer = _whose_records()
    return render_template(
        "office/batches.html",
        found=Page(BATCHES, asked, _rows(found), total),
        waiting=not_handed_up(estate_id()),
        gatherer=gatherer,
        ready=ready_to_hand_up(estate_id(), gatherer.id) if gatherer else [],
        may_gather_all=Role.SUPERVISOR in here.roles,
        LineState=LineState,
        RATINGS=RATINGS,
        RATING_LOOKS=RATING_LOOKS,
        when=when,
    )


@office.post("/batches/export/<kind>")
@may(Act.SEE_VISITS)
def export_batches(kind: str) -> Response:
    """What the list shows, on all its pages, as a file to take away."""
    asked = asked_of(BATCHES)

    def ids(most: int) -> list[uuid.UUID]:
        return [batch.id for batch in _found(asked, count=most)[0]]

    def load(some: list[uuid.UUID]) -> list[Row]:
        known = batches_by_id(some)
        return _rows([known[id_] for id_ in some if id_ in known])

    return take_away(BATCHES, asked, ids, load, kind)


def _found(asked: Asked, *, count: int, start: int = 0) -> tuple[list[Batch], int]:
    return batches_of(
        estate_id(),
        archived=asked.get("only") == "archived",
        officer_id=asked.id("officer"),
        order=BATCHES.order_of(asked),
        start=start,
        count=count,
    )


def _rows(found: list[Batch]) -> list[Row]:
    ids = [batch.id for batch in found]
    counts, reviews = counts_of(ids), reviews_of(ids)
    return [Row(batch, counts[batch.id], _where(reviews.get(batch.id))) for batch in found]


@office.post("/batches")
@may(Act.GATHER_RECORDS)
def gather_records() -> Response:
    """Gather the chosen records of one officer."""
    here, at = me(), now()
    officer = _officer(request.form.get("officer", ""))
    _must_be_theirs(officer.id)

    batch = gather(here.estate, officer, _chosen(), by=here.by, at=at)
    db.session.commit()

    return redirect(url_for("office.batch", batch_id=batch.id))


@office.get("/batches/<uuid:batch_id>")
@may(Act.SEE_VISITS)
def batch(batch_id: uuid.UUID) -> str:
    """One batch: where it is on its way, the summary, then record by record."""
    return batch_page(the_batch(estate_id(), batch_id))


@office.post("/batches/<uuid:batch_id>/summary")
@may(Act.GATHER_RECORDS)
def keep_summary(batch_id: uuid.UUID) -> Response | tuple[str, int]:
    """Keep the summary; nothing is handed up yet."""
    shown, form = the_batch(estate_id(), batch_id), SubmitForm(prefix=Move.SUBMIT.value)
    _must_be_theirs(shown.officer_id)

    try:
        summarise(shown, (form.note.data or "")[:2000], by=me().by, at=now(), seen=form.was.data)
        db.session.commit()
    except Outdated as outdated:
        db.session.rollback()
        return batch_page(the_batch(estate_id(), batch_id), form, complaint=str(outdated.message)), outdated.status

    flash(_("The summary is saved. Nothing is handed up yet."), "good")
    return redirect(url_for("office.batch", batch_id=batch_id))


@office.post("/batches/<uuid:batch_id>/put-in")
@may(Act.GATHER_RECORDS)
def put_records_in(batch_id: uuid.UUID) -> Response:
    """More of the officer's records into a batch that is not under way."""
    shown = the_batch(estate_id(), batch_id)
    _must_be_theirs(shown.officer_id)

    added = put_in(shown, _chosen(), by=me().by, at=now())
    db.session.commit()

    flash(_("Put in: %(n)s", n=added), "good")
    return redirect(url_for("office.batch", batch_id=batch_id))


@office.post("/batches/<uuid:batch_id>/submit")
@may(Act.GATHER_RECORDS)
def hand_up(batch_id: uuid.UUID) -> Response | tuple[str, int]:
    """Hand the records up to be read and signed (R14)."""
    shown = the_batch(estate_id(), batch_id)
    _must_be_theirs(shown.officer_id)
    return _moved(shown, Move.SUBMIT)


@office.post("/batches/<uuid:batch_id>/take-back")
@may(Act.GATHER_RECORDS)
def take_back_records(batch_id: uuid.UUID) -> Response | tuple[str, int]:
    """Take the records back before they are archived, to change the batch."""
    shown = the_batch(estate_id(), batch_id)
    _must_be_theirs(shown.officer_id)
    return _moved(shown, Move.TAKE_BACK)


@office.post("/batches/<uuid:batch_id>/review/<move>")
@may(Act.REVIEW_PAPERS)
@limiter.limit("20 per minute; 200 per hour", methods=["POST"])
def review_records(batch_id: uuid.UUID, move: str) -> Response | tuple[str, int]:
    """Sign and pass on, review, archive, or send the whole back; of two who do so at once one is told."""
    moves = {Move.HAND_ON.value: Move.HAND_ON, Move.SEND_BACK.value: Move.SEND_BACK}
    if move not in moves:
        raise NotFound("review:no_move", _("There is no such page."))
    return _moved(the_batch(estate_id(), batch_id), moves[move])


@office.post("/batches/<uuid:batch_id>/lines/<uuid:line_id>/take-out")
@may(Act.GATHER_RECORDS)
def take_record_out(batch_id: uuid.UUID, line_id: uuid.UUID) -> Response | tuple[str, int]:
    """Leave one record out of a batch that is not under way."""
    return _line_moved(batch_id, line_id, LineMove.TAKE_OUT)


@office.post("/batches/<uuid:batch_id>/lines/<uuid:line_id>/<move>")
@may(Act.REVIEW_PAPERS)
def read_record(batch_id: uuid.UUID, line_id: uuid.UUID, move: str) -> Response | tuple[str, int]:
    """Write beside one record, send it back alone, or settle one that was sent back."""
    moves = {one.value: one for one in (LineMove.REMARK, LineMove.SEND_BACK, LineMove.SETTLE)}
    if move not in moves:
        raise NotFound("batch:no_move", _("There is no such page."))
    return _line_moved(batch_id, line_id, moves[move])


def _line_moved(batch_id: uuid.UUID, line_id: uuid.UUID, move: LineMove) -> Response | tuple[str, int]:
    here, form, line = me(), BesideForm(), the_line(the_batch(estate_id(), batch_id), line_id)
    whole, note = form.validate_on_submit(), str(form.note.data or "")
    beside = Beside(line_id, move, note, form.sent_as)
    if not whole:
        flash(str(next(iter(form.errors.values()))[0]), "refusal")
        return batch_page(line.batch, beside=beside), 422

    try:
        move_line(line, move, roles=here.roles, event_id=form.event_id, by=here.by, at=now(), note=note)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        flash(str(refused.message), "refusal")
        return batch_page(the_batch(estate_id(), batch_id), beside=beside), refused.status

    return redirect(url_for("office.batch", batch_id=batch_id, _anchor=f"record-{line_id}"))


def _moved(moved: Batch, move: Move) -> Response | tuple[str, int]:
    here, form, batch_id = me(), form_for(move, stage_of(moved)), moved.id
    signing, complaint = _signing(form)
    if not form.validate_on_submit() or complaint:
        return batch_page(the_batch(estate_id(), batch_id), form, complaint=complaint), 422
    after, said = form.seen, form.note.data or ""

    try:
        if move is Move.SUBMIT:
            seen = form.was.data if isinstance(form, SubmitForm) else None
            submit_batch(moved, said, event_id=form.event_id, by=here.by, at=now(), seen=seen)
        else:
            move_batch(
                moved,
                move,
                after=after,
                roles=here.roles,
                event_id=form.event_id,
                by=here.by,
                at=now(),
                note=said,
                signing=signing,
            )
        db.session.commit()
    except Outdated as outdated:
        db.session.rollback()
        shown, review = the_batch(estate_id(), batch_id), review_of(batch_id)
        if outdated.code == SUMMARISED:
            return batch_page(shown, form, complaint=str(outdated.message)), outdated.status
        others = said_after(review.acts, after) if review else ""
        return batch_page(shown, form, changed=others or str(outdated.message)), outdated.status
    except Refused as refused:
        if isinstance(refused, NotAllowed):
            raise
        db.session.rollback()
        return batch_page(the_batch(estate_id(), batch_id), form, complaint=str(refused.message)), refused.status

    flash(_moved_to(the_batch(estate_id(), batch_id), move), "good")
    return redirect(url_for("office.batch", batch_id=batch_id))


def _signing(form: ReviewForm) -> tuple[Signing | None, str]:
    """What was signed in the form, if it is one to sign; or what is wrong with it, in words."""
    if not isinstance(form, SignForm):
        return None, ""
    if not fits_me(form.password.data or ""):
        return None, str(_("Your password is wrong."))
    try:
        ink = read_ink(form.ink.data or "")
    except Refused as refused:
        return None, str(refused.message)
    return Signing(form.shown.data or "", ink, str(CONSENT), current_locale()), ""


def _moved_to(moved: Batch, move: Move) -> str:
    """What the act has come to."""
    if moved.archived_at:
        return str(_("The records are archived. Nothing in them can be changed any more."))
    if move is Move.SUBMIT:
        return str(_("The records are handed up."))
    if move is Move.SEND_BACK:
        return str(_("The records are sent back. What you wrote stands above them."))
    if move is Move.TAKE_BACK:
        return str(_("The records are yours again."))
    return str(_("Passed on."))


def _where(review: Review | None) -> tuple[str, str, str]:
    """Where a batch is, in words, with tone and icon."""
    if review is None or review.state is State.DRAFT:
        return str(_("Being gathered")), "wait", "pencil"
    if review.state is State.SENT_BACK:
        return str(_("Sent back")), "late", "arrow-back-up"
    if review.stage is None:
        return str(_("Archived")), "good", "archive"
    title = title_of(review.stage.role, me().estate)
    return f"{DUTIES[review.stage.duty]} · {title}", "wait", "hourglass"


def _whose_records() -> Staff | None:
    """Whose records are gathered on the page: one's own, or those of the officer that a supervisor chose."""
    here = me()
    if not here.may(Act.GATHER_RECORDS):
        return None
    chosen = id_asked_for("officer")
    if chosen and chosen != here.id and Role.SUPERVISOR in here.roles:
        return _officer(str(chosen))
    return here.staff if here.may(Act.CARRY_TABLET) else None


def _officer(text: str) -> Staff:
    """Who holds visits in this estate, or has held some."""
    try:
        wanted = uuid.UUID(text)
    except ValueError as error:
        raise Refused("batch:no_officer", _("Choose a visit officer.")) from error
    today = local_date(now(), me().estate.time_zone)
    here = {staff.id: staff for staff in staff_who_may(Act.CARRY_TABLET, estate_id(), today)}
    left = {one.officer.id: one.officer for one in not_handed_up(estate_id())}
    found = here.get(wanted) or left.get(wanted)
    if found is None:
        raise Refused("batch:no_officer", _("Choose a visit officer."))
    return found


def _must_be_theirs(officer_id: uuid.UUID) -> None:
    if not is_theirs(officer_id):
        raise NotAllowed("batch:not_yours", _("These are the records of somebody else."))


def _chosen() -> list[uuid.UUID]:
    try:
        chosen = [uuid.UUID(visit) for visit in request.form.getlist("visit")]
    except ValueError as error:
        raise Refused("batch:no_record", _("Choose records first.")) from error
    if not chosen:
        raise Refused("batch:no_record", _("Choose records first."))
    return chosen
