"""What the page of a batch shows: its way, its records, the form of each act as of what is seen now, the signatures."""

import json
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from markupsafe import Markup
from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired, Length, Regexp

from app.approvals.models import Review
from app.approvals.queries import review_of
from app.approvals.rules import Duty, Move, Paper, Stage, State
from app.core.clock import now
from app.core.errors import Words
from app.core.i18n import in_a_row, lazy_
from app.core.ids import made_at, new_id
from app.office.act_form import OnceForm, TextLines, leave_behind
from app.office.door import estate_id, me
from app.office.issue_pages.issues import category_paths
from app.office.moments import When
from app.office.reviews import PASSES, ReviewForm, SendBackForm, history_of, way_of, words_of
from app.office.visit_pages.answered_to import answered_at
from app.office.visit_pages.signed import drawing
from app.office.words import HOW, RATING_LOOKS, RATINGS, RELATIONS, STATES, TONES, UNSIGNED, headline, title_of
from app.people.rules import Act, Role
from app.signatures.desk import digest_of
from app.signatures.queries import desk_signature_agrees, desk_signatures_under
from app.visits.batches import summary_mark
from app.visits.gathered import GatheredRecord, contents_of, ready_to_hand_up, records_in
from app.visits.models import Batch
from app.visits.rules import LineMove, LineState, Rating
from app.visits.second_eyes import is_for_another, only_read_by_the_officer

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

    note = TextLines(lazy_("Summary"), validators=[InputRequired(), Length(max=2000)])
    was = HiddenField()
    """The mark of the summary that the page showed."""


class SignForm(ReviewForm):
    """Opinion, password and ink. `shown`: what the page showed, by its hash."""

    shown = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9a-f]{64}$")])
    ink = HiddenField(validators=[Length(max=400_000)])
    password = PasswordField(lazy_("Your password"), validators=[InputRequired(), Length(max=200)])


class BesideForm(OnceForm):
    """What somebody writes beside one record."""

    note = TextLines(validators=[Length(max=2000)])


@dataclass(frozen=True)
class Beside:
    """What was written beside a record and was refused. `event_id` was made as its form was shown."""

    line_id: uuid.UUID
    move: LineMove
    note: str
    event_id: uuid.UUID


@dataclass(frozen=True)
class Drawn:
    """A signature drawn in the office, as pages show it. `agrees`: text, ink and hash, computed anew just now."""

    name: str
    words: str
    at: datetime
    ink: Markup
    agrees: bool


def batch_page(
    shown: Batch,
    written: ReviewForm | None = None,
    *,
    changed: str = "",
    complaint: str = "",
    beside: Beside | None = None,
) -> str:
    """The batch; with a form that was refused and why, and what others `changed` while it was filled in."""
    here, when = me(), When(me().estate.time_zone, now())
    records, review, stage = records_in(shown), review_of(shown.id), stage_of(shown)
    way = way_of(Paper.RECORDS, review)
    digest = digest_of(contents_of(shown, records, review)) if stage and review else ""
    is_gathered = review is None or review.state in (State.DRAFT, State.SENT_BACK)
    theirs = here.may(Act.GATHER_RECORDS) and is_theirs(shown.officer_id)
    if beside is not None:
        changed = _done_by_others(records, review, beside)
        _keep_words(beside, records, may_write=stage is not None, may_settle=Role.SUPERVISOR in here.roles)
    return render_template(
        "office/batch.html",
        batch=shown,
        records=records,
        standing=[record for record in records if record.stands],
        way=way,
        history=history_of(way.acts, when),
        stage=stage,
        passes=PASSES[stage.duty] if stage else None,
        signs=stage is not None and stage.duty is Duty.SIGN,
        forms=_forms(written, stage, len(way.acts), digest, shown),
        written=written,
        beside=beside,
        changed=changed,
        complaint=complaint,
        is_gathered=is_gathered,
        is_theirs=theirs,
        may_take_back=theirs and not is_gathered and not shown.archived_at and stage is None,
        may_settle=Role.SUPERVISOR in here.roles,
        more=ready_to_hand_up(estate_id(), shown.officer_id) if is_gathered and theirs else [],
        answered_to=answered_at([record.visit.id for record in records], when),
        counts=_counts(records),
        drawn=_drawn(shown, review),
        is_for_another=left_to_another(shown, review),
        only_read_by_the_officer=only_read_by_the_officer(shown, review),
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


def stage_of(shown: Batch) -> Stage | None:
    """The stage that the batch waits at, if it is for whoever looks."""
    review = review_of(shown.id)
    is_mine = review and review.stage and review.stage.role in me().roles
    return review.stage if review and is_mine and not left_to_another(shown, review) else None


def left_to_another(shown: Batch, review: Review | None) -> bool:
    """Whether whoever looks held these visits, and leaves their records to somebody else."""
    here = me()
    if review is None or review.stage is None or review.stage.role not in here.roles:
        return False
    return is_for_another(shown, review, here.id, When(here.estate.time_zone, now()).today)


def form_for(move: Move, stage: Stage | None) -> ReviewForm:
    """The form of an act: at a stage that is signed, handing on asks for ink and password."""
    if move is Move.SEND_BACK:
        return SendBackForm(prefix=move.value)
    if move is Move.SUBMIT:
        return SubmitForm(prefix=move.value)
    return SignForm(prefix=move.value) if _is_to_sign(move, stage) else ReviewForm(prefix=move.value)


def _is_to_sign(move: Move, stage: Stage | None) -> bool:
    return move is Move.HAND_ON and stage is not None and stage.duty is Duty.SIGN


def _forms(
    written: ReviewForm | None, stage: Stage | None, seen: int, digest: str, shown: Batch
) -> dict[Move, ReviewForm]:
    """A form for each move, as of what is seen now; one that was refused keeps what was written, and the ink.

    Ink that was drawn under something else is wiped: nobody's signature moves to what they did not see.
    """
    forms = {move: form_for(move, stage) for move in Move}
    if not isinstance(written, SubmitForm):
        forms[Move.SUBMIT].note.data = shown.summary
    for move, anew in list(forms.items()):
        kept = written is not None and anew.note.name == written.note.name and type(anew) is type(written)
        form = forms[move] = written if written is not None and kept else anew
        form.after.data, form.event.data = str(seen), str(new_id())
        if isinstance(form, SubmitForm):
            form.was.data = summary_mark(shown)
        if isinstance(form, SignForm):
            if form.shown.data != digest:
                form.ink.data = ""
            form.shown.data = digest
    return forms


def _done_by_others(records: list[GatheredRecord], review: Review | None, beside: Beside) -> str:
    """What others did with the record and with the batch since the form beside the record was shown."""
    since = made_at(beside.event_id)
    if since is None:
        return ""
    lines = [act for one in records if one.line.id == beside.line_id for act in one.acts]
    told = [(act.at, act.by, LINE_WORDS[act.move]) for act in lines]
    told += [(act.at, act.by, words_of(act)) for act in (review.acts if review else [])]
    newer = [f"{by.name}: {words}" for at, by, words in sorted(told, key=lambda one: one[0]) if at >= since]
    return in_a_row(newer)


def _keep_words(beside: Beside, records: list[GatheredRecord], *, may_write: bool, may_settle: bool) -> None:
    """Where the form does not stand at the record any more, what was written in it stands at the page's top."""
    state = next((one.line.state for one in records if one.line.id == beside.line_id), None)
    settles = beside.move is LineMove.SETTLE
    stands = may_settle and state is LineState.SENT_BACK if settles else may_write and state is LineState.IN
    if not stands:
        leave_behind((str(LINE_WORDS[beside.move]), beside.note))


def _counts(records: list[GatheredRecord]) -> dict[str, Any]:
    """What the records in a batch come to."""
    standing = [record for record in records if record.stands]
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
    signatures, estate = desk_signatures_under(shown.id), me().estate
    return [
        Drawn(
            name=signed.signer_name,
            words=str(title_of(act.role, estate)) if act.role else "",
            at=signed.signed_at,
            ink=drawing(json.loads(signed.ink)),
            agrees=desk_signature_agrees(signed),
        )
        for act in (review.acts if review else [])
        if (signed := signatures.get(act.id))
    ]


def is_theirs(officer_id: uuid.UUID) -> bool:
    """Whether whoever looks may hand up this officer's records: their own, or any as supervisor."""
    return officer_id == me().id or Role.SUPERVISOR in me().roles
