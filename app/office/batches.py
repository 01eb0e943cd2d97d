"""Records of visits handed up: gathered by their officer, read and signed along their chain, archived."""

import json
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp

from app.approvals.models import Review
from app.approvals.queries import review_of, reviews_of
from app.approvals.rules import Duty, Move, Paper, Stage, State
from app.core.clock import local_date, now
from app.core.db import db, only_reading
from app.core.errors import NotAllowed, NotFound, Outdated, Refused, Words
from app.core.i18n import _, current_locale, lazy_
from app.core.ids import new_id
from app.core.limits import limiter
from app.documents import sheets
from app.documents.ink import signature_svg
from app.office.door import estate_id, me, office
from app.office.issues import category_paths
from app.office.listing import first_row, id_asked_for, listing
from app.office.moments import When
from app.office.reviews import DUTIES, PASSES, ReviewForm, SendBackForm, history_of, said_after, way_of
from app.office.words import HOW, RATING_LOOKS, RATINGS, RELATIONS, STATES, TONES, UNSIGNED, headline, role_words
from app.people.access import may
from app.people.actions import password_fits
from app.people.models import Staff
from app.people.queries import staff_who_may
from app.people.rules import Act, Role
from app.signatures.desk import Signing, digest_of, read_ink
from app.signatures.models import DeskSignature
from app.signatures.queries import desk_signature_agrees, desk_signatures_under
from app.visits.batches import gather, move_batch, move_line, put_in, submit_batch, summarise
from app.visits.gathered import (
    GatheredRecord,
    batches_of,
    contents_of,
    counts_of,
    not_handed_up,
    ready_to_hand_up,
    records_in,
    the_batch,
    the_line,
)
from app.visits.models import Batch
from app.visits.rules import LineMove, LineState, Rating

CONSENT: Words = lazy_(
    "I have read the records above. My drawn signature, made after giving my password, stands under them as they are "
    "shown here."
)
LINE_WORDS: dict[LineMove, Words] = {
    LineMove.TAKE_OUT: lazy_("Taken out"),
    LineMove.PUT_IN: lazy_("Put in again"),
    LineMove.REMARK: lazy_("Remark"),
    LineMove.SEND_BACK: lazy_("Sent back"),
    LineMove.MEND: lazy_("Mended by a note from the tablet"),
    LineMove.SETTLE: lazy_("Settled without a note"),
    LineMove.ARCHIVE: lazy_("Archived"),
}


class SubmitForm(ReviewForm):
    """The officer's summary goes up with the records (R14)."""

    note = TextAreaField(lazy_("Summary"), validators=[InputRequired(), Length(max=2000)])


class SignForm(ReviewForm):
    """Opinion, password and ink. `shown`: what the page showed, by its hash."""

    shown = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9a-f]{64}$")])
    ink = HiddenField(validators=[Length(max=400_000)])
    password = PasswordField(lazy_("Your password"), validators=[InputRequired(), Length(max=200)])


@dataclass(frozen=True)
class Drawn:
    """A signature drawn in the office, as pages show it. `agrees`: text, ink and hash, computed anew just now."""

    name: str
    words: str
    at: Any
    ink: Markup
    agrees: bool


@office.get("/batches")
@may(Act.SEE_VISITS)
def batches() -> str:
    """What waits to be handed up, what is under way, and the archive."""
    here, when = me(), When(me().estate.time_zone, now())
    archived = request.args.get("only") == "archived"
    found = batches_of(estate_id(), archived=archived, officer_id=id_asked_for("officer"), start=first_row())
    reviews = reviews_of(batch.id for batch in found[0])
    gatherer = _whose_records()
    return render_template(
        "office/batches.html",
        found=listing(found, "officer", "only"),
        counts=counts_of(batch.id for batch in found[0]),
        where={batch.id: _where(reviews.get(batch.id)) for batch in found[0]},
        waiting=not_handed_up(estate_id()),
        gatherer=gatherer,
        ready=ready_to_hand_up(estate_id(), gatherer.id) if gatherer else [],
        may_gather_all=Role.SUPERVISOR in here.roles,
        LineState=LineState,
        RATINGS=RATINGS,
        RATING_LOOKS=RATING_LOOKS,
        when=when,
    )


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
    return _page(the_batch(estate_id(), batch_id))


@office.post("/batches/<uuid:batch_id>/summary")
@may(Act.GATHER_RECORDS)
def keep_summary(batch_id: uuid.UUID) -> Response:
    """Keep the summary; nothing is handed up yet."""
    shown = the_batch(estate_id(), batch_id)
    _must_be_theirs(shown.officer_id)

    summarise(shown, request.form.get("submit-note", "")[:2000], by=me().by, at=now())
    db.session.commit()

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
def take_record_out(batch_id: uuid.UUID, line_id: uuid.UUID) -> Response:
    """Leave one record out of a batch that is not under way."""
    return _line_moved(batch_id, line_id, LineMove.TAKE_OUT)


@office.post("/batches/<uuid:batch_id>/lines/<uuid:line_id>/<move>")
@may(Act.REVIEW_PAPERS)
def read_record(batch_id: uuid.UUID, line_id: uuid.UUID, move: str) -> Response:
    """Write beside one record, send it back alone, or settle one that was sent back."""
    moves = {one.value: one for one in (LineMove.REMARK, LineMove.SEND_BACK, LineMove.SETTLE)}
    if move not in moves:
        raise NotFound("batch:no_move", _("There is no such page."))
    return _line_moved(batch_id, line_id, moves[move])


def _line_moved(batch_id: uuid.UUID, line_id: uuid.UUID, move: LineMove) -> Response:
    here, line = me(), the_line(the_batch(estate_id(), batch_id), line_id)
    event_id = request.form.get("event", None, type=uuid.UUID) or new_id()
    note = request.form.get("note", "")[:2000]

    move_line(line, move, roles=here.roles, event_id=event_id, by=here.by, at=now(), note=note)
    db.session.commit()

    return redirect(url_for("office.batch", batch_id=batch_id, _anchor=f"record-{line_id}"))


def _moved(moved: Batch, move: Move) -> Response | tuple[str, int]:
    here, form, batch_id = me(), _form(move, _stage(moved)), moved.id
    signing, complaint = _signing(form)
    if not form.validate_on_submit() or complaint:
        return _page(the_batch(estate_id(), batch_id), form, complaint=complaint), 422
    after, said = form.seen, form.note.data or ""

    try:
        if move is Move.SUBMIT:
            submit_batch(moved, said, event_id=form.event_id, by=here.by, at=now())
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
        shown = the_batch(estate_id(), batch_id)
        review = review_of(batch_id)
        others = said_after(review.acts, after) if review else ""
        return _page(shown, form, changed=others or str(outdated.message)), outdated.status
    except Refused as refused:
        if isinstance(refused, NotAllowed):
            raise
        db.session.rollback()
        return _page(the_batch(estate_id(), batch_id), form, complaint=str(refused.message)), refused.status

    flash(_moved_to(the_batch(estate_id(), batch_id), move), "good")
    return redirect(url_for("office.batch", batch_id=batch_id))


def _signing(form: ReviewForm) -> tuple[Signing | None, str]:
    """What was signed in the form, if it is one to sign; or what is wrong with it, in words."""
    if not isinstance(form, SignForm):
        return None, ""
    with only_reading():  # a password takes its time to check: no writer waits for it meanwhile
        staff = db.session.get(Staff, me().id)
    if not password_fits(staff, form.password.data or ""):
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


def _page(shown: Batch, written: ReviewForm | None = None, *, changed: str = "", complaint: str = "") -> str:
    """The batch; with a form that was refused and why, and what others `changed` while it was filled in."""
    here, when = me(), When(me().estate.time_zone, now())
    records, review, stage = records_in(shown), review_of(shown.id), _stage(shown)
    way = way_of(Paper.RECORDS, review)
    digest = digest_of(contents_of(shown, records, review)) if stage and review else ""
    is_gathered = review is None or review.state in (State.DRAFT, State.SENT_BACK)
    is_theirs = here.may(Act.GATHER_RECORDS) and _is_theirs(shown.officer_id)
    return render_template(
        "office/batch.html",
        batch=shown,
        records=records,
        standing=[record for record in records if record.line.state is not LineState.SENT_BACK],
        way=way,
        history=history_of(way.acts, when),
        stage=stage,
        passes=PASSES[stage.duty] if stage else None,
        signs=stage is not None and stage.duty is Duty.SIGN,
        forms=_forms(written, stage, len(way.acts), digest, shown.summary),
        written=written,
        changed=changed,
        complaint=complaint,
        is_gathered=is_gathered,
        is_theirs=is_theirs,
        may_take_back=is_theirs and not is_gathered and not shown.archived_at and stage is None,
        may_settle=Role.SUPERVISOR in here.roles,
        more=ready_to_hand_up(estate_id(), shown.officer_id) if is_gathered and is_theirs else [],
        counts=_counts(records),
        drawn=_drawn(shown, review),
        category_paths=category_paths(),
        consent=CONSENT,
        event=new_id,
        Move=Move,
        LineMove=LineMove,
        LineState=LineState,
        LINE_WORDS=LINE_WORDS,
        when=when,
        headline=headline,
        HOW=HOW,
        RATINGS=RATINGS,
        RATING_LOOKS=RATING_LOOKS,
        RELATIONS=RELATIONS,
        STATES=STATES,
        TONES=TONES,
        UNSIGNED=UNSIGNED,
    )


def _stage(shown: Batch) -> Stage | None:
    """The stage that the batch waits at, if it is for whoever looks."""
    review = review_of(shown.id)
    return review.stage if review and review.stage and review.stage.role in me().roles else None


def _form(move: Move, stage: Stage | None) -> ReviewForm:
    if move is Move.SEND_BACK:
        return SendBackForm(prefix=move.value)
    if move is Move.SUBMIT:
        return SubmitForm(prefix=move.value)
    return SignForm(prefix=move.value) if _is_to_sign(move, stage) else ReviewForm(prefix=move.value)


def _is_to_sign(move: Move, stage: Stage | None) -> bool:
    return move is Move.HAND_ON and stage is not None and stage.duty is Duty.SIGN


def _forms(
    written: ReviewForm | None, stage: Stage | None, seen: int, digest: str, summary: str
) -> dict[Move, ReviewForm]:
    """A form for each move, as of what is seen now; one that was refused keeps what was written, and the ink.

    Ink that was drawn under something else is wiped: nobody's signature moves to what they did not see.
    """
    forms = {move: _form(move, stage) for move in Move}
    if not isinstance(written, SubmitForm):
        forms[Move.SUBMIT].note.data = summary
    for move, anew in list(forms.items()):
        kept = written is not None and anew.note.name == written.note.name and type(anew) is type(written)
        form = forms[move] = written if written is not None and kept else anew
        form.after.data, form.event.data = str(seen), str(new_id())
        if isinstance(form, SignForm):
            if form.shown.data != digest:
                form.ink.data = ""
            form.shown.data = digest
    return forms


def _counts(records: list[GatheredRecord]) -> dict[str, Any]:
    """What the records in a batch come to."""
    standing = [record for record in records if record.line.state is not LineState.SENT_BACK]
    issues = [issue for record in standing for issue in record.issues]
    ratings = Counter(record.visit.rating for record in standing)
    return {
        "records": len(standing),
        "sent_back": len(records) - len(standing),
        "issues": len(issues),
        "answered": sum(bool(issue.answer) for issue in issues),
        "unsigned": sum(record.visit.unsigned is not None for record in standing),
        "ratings": [(rating, ratings[rating]) for rating in Rating if ratings[rating]],
    }


def _drawn(shown: Batch, review: Review | None) -> list[Drawn]:
    """Every signature under the batch, in the order they were drawn."""
    signatures = desk_signatures_under(shown.id)
    acts = [act for act in (review.acts if review else []) if act.id in signatures]
    profile = me().estate.profile
    drawn = []
    for act in acts:
        title = f"{role_words(act.role, profile)}" if act.role else ""
        signed = signatures[act.id]
        drawn.append(Drawn(signed.signer_name, title, signed.signed_at, _ink(signed), desk_signature_agrees(signed)))
    return drawn


def _ink(signed: DeskSignature) -> Markup:
    ink = json.loads(signed.ink)
    shape = sheets.Signature(
        role="",
        signer=signed.signer_name,
        relation="",
        how="signed",
        signed_at=signed.signed_at,
        strokes=tuple(tuple((x, y, pressure, ms) for x, y, pressure, ms in stroke) for stroke in ink["strokes"]),
        canvas=(ink["canvas"]["width"], ink["canvas"]["height"]),
        pointer=ink["pointer"],
    )
    return Markup(signature_svg(shape))  # noqa: S704 - numbers alone, drawn by us


def _where(review: Review | None) -> tuple[str, str, str]:
    """Where a batch is, in words, with tone and icon."""
    if review is None or review.state is State.DRAFT:
        return str(_("Being gathered")), "wait", "pencil"
    if review.state is State.SENT_BACK:
        return str(_("Sent back")), "late", "arrow-back-up"
    if review.stage is None:
        return str(_("Archived")), "good", "archive"
    title = role_words(review.stage.role, me().estate.profile)
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


def _is_theirs(officer_id: uuid.UUID) -> bool:
    return officer_id == me().id or Role.SUPERVISOR in me().roles


def _must_be_theirs(officer_id: uuid.UUID) -> None:
    if not _is_theirs(officer_id):
        raise NotAllowed("batch:not_yours", _("These are the records of somebody else."))


def _chosen() -> list[uuid.UUID]:
    try:
        chosen = [uuid.UUID(visit) for visit in request.form.getlist("visit")]
    except ValueError as error:
        raise Refused("batch:no_record", _("Choose records first.")) from error
    if not chosen:
        raise Refused("batch:no_record", _("Choose records first."))
    return chosen
