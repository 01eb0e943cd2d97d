"""A paper's way through its chain, as pages show it: who has signed, whose turn it is, what comes then."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import flash
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length, Regexp

from app.approvals.actions import WAITS
from app.approvals.models import Review, ReviewAct
from app.approvals.queries import review_of
from app.approvals.rules import DRAFTED_BY, Chain, Duty, Move, Paper, State, chain_of
from app.core import waits
from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import NotAllowed, Outdated, Refused, Words
from app.core.i18n import in_a_row, lazy_
from app.core.ids import new_id
from app.estates.rules import counts_as
from app.office.act_form import OnceForm, TextLines
from app.office.door import me
from app.office.issue_pages.issue_history import Told
from app.office.moments import When
from app.office.words import title_of
from app.people.queries import roles_held

DUTIES: dict[Duty, Words] = {
    Duty.REVIEW: lazy_("Review"),
    Duty.SIGN: lazy_("Review and sign"),
    Duty.APPROVE: lazy_("Approve"),
    Duty.FILE: lazy_("File"),
    Duty.ARCHIVE: lazy_("Archive"),
    Duty.ASSESS: lazy_("Assess"),
}
DONE: dict[Duty, Words] = {
    Duty.REVIEW: lazy_("Reviewed"),
    Duty.SIGN: lazy_("Reviewed and signed"),
    Duty.APPROVE: lazy_("Approved"),
    Duty.FILE: lazy_("Filed"),
    Duty.ARCHIVE: lazy_("Archived"),
    Duty.ASSESS: lazy_("Assessed"),
}
PASSES: dict[Duty, tuple[Words, str]] = {
    Duty.REVIEW: (lazy_("Reviewed, pass it on"), "signature"),
    Duty.SIGN: (lazy_("Sign and pass it on"), "writing-sign"),
    Duty.APPROVE: (lazy_("Approve"), "check"),
    Duty.FILE: (lazy_("File and put to work"), "archive"),
    Duty.ARCHIVE: (lazy_("Archive"), "archive"),
    Duty.ASSESS: (lazy_("Assessed, it is the basis of next year"), "signature"),
}
"""The words and the icon of the act at a stage."""

DRAFTING: dict[Paper, tuple[Words, Words]] = {
    Paper.PLAN: (lazy_("Draft"), lazy_("Drafted")),
    Paper.RECORDS: (lazy_("Gather"), lazy_("Handed up")),
    Paper.AMENDMENT: (lazy_("Draft"), lazy_("Drafted")),
    Paper.YEAR: (lazy_("Count"), lazy_("Handed up")),
    Paper.SURVEY: (lazy_("Count"), lazy_("Handed up")),
}
"""The first station of a paper's way: while it is there, and once it has left."""

MOVES: dict[Move, Words] = {
    Move.SUBMIT: lazy_("Handed in"),
    Move.SEND_BACK: lazy_("Sent back"),
    Move.TAKE_BACK: lazy_("Taken back"),
}
_TONES = {Move.SEND_BACK: "bad", Move.HAND_ON: "ok"}


class ReviewForm(OnceForm):
    """What somebody writes beside an act. `after`: how much they have seen."""

    after = HiddenField(default="0", validators=[InputRequired(), Regexp(r"^\d{1,6}$")])
    note = TextLines(lazy_("Opinion"), validators=[Length(max=2000)])

    @property
    def seen(self) -> int:
        return int(str(self.after.data))


class SendBackForm(ReviewForm):
    """Why it goes back."""

    note = TextLines(lazy_("Why it goes back"), validators=[InputRequired(), Length(max=2000)])


def form_for(move: Move) -> ReviewForm:
    """The form of a move along a chain."""
    return SendBackForm(prefix=move.value) if move is Move.SEND_BACK else ReviewForm(prefix=move.value)


def forms_of(written: ReviewForm | None, seen: int) -> dict[Move, ReviewForm]:
    """A form for each move, as of what is seen now; one that was refused keeps what was written."""
    forms = {move: form_for(move) for move in Move}
    for move, form in forms.items():
        if written is not None and form.note.name == written.note.name:
            forms[move] = written
        forms[move].after.data, forms[move].event.data = str(seen), str(new_id())
    return forms


def walk(
    paper: Paper,
    subject_id: uuid.UUID,
    move: Move,
    act: Callable[[ReviewForm], object],
    page: Callable[[ReviewForm, str], str],
) -> tuple[str, int] | None:
    """Move a paper along its chain as its form says; nothing to answer once that is done.

    Refused, it answers with the `page` as it stands then, with the form and with what others changed meanwhile, if
    somebody was faster. Raises NotAllowed.
    """
    form = form_for(move)
    if not form.validate_on_submit():
        return page(form, ""), 422
    after = form.seen

    try:
        act(form)
        db.session.commit()
    except Outdated as outdated:
        db.session.rollback()
        others = said_after(way_of(paper, review_of(subject_id)).acts, after)
        return page(form, others or str(outdated.message)), outdated.status
    except NotAllowed:
        raise
    except Refused as refused:
        db.session.rollback()
        flash(str(refused.message), "refusal")
        return page(form, ""), refused.status
    return None


@dataclass(frozen=True)
class Station:
    """One station of the way. `act`: how it was left this round; `is_here`: the paper waits here now; `vacant`: it is
    still to be passed, and nobody in the estate can.
    """

    words: Words
    title: Words
    act: ReviewAct | None
    is_here: bool
    vacant: bool = False


@dataclass(frozen=True)
class Way:
    """A paper's way: its stations, every act so far, and until when the station that has it may take."""

    stations: list[Station]
    acts: list[ReviewAct]
    due_at: datetime | None
    reason: ReviewAct | None
    """The act that sent it back, while that is what is to be mended."""


def way_of(paper: Paper, review: Review | None) -> Way:
    """The way of a paper of the estate that is looked at; of one that was never handed in, the way that lies ahead."""
    estate = me().estate
    if review is None or review.state not in (State.RUNNING, State.COMPLETE):
        return _way_ahead(paper, review)
    signed = [act for act in review.acts if act.round == review.round and act.move in (Move.SUBMIT, Move.HAND_ON)]
    drafted = Station(DRAFTING[paper][1], title_of(DRAFTED_BY[paper], estate), signed[0], is_here=False)
    here = review.passed if review.state is State.RUNNING else None
    return Way([drafted, *_stages(review.chain, signed[1:], here)], list(review.acts), _due_at(review), None)


def words_of(act: ReviewAct) -> Words:
    """What somebody did, in a word."""
    return DONE[act.duty] if act.duty and act.move is Move.HAND_ON else MOVES[act.move]


def history_of(acts: Sequence[ReviewAct], when: When) -> list[Told]:
    """Every act, newest first."""
    return [
        Told(str(words_of(act)), act.note, f"{act.by.name} · {when.moment(act.at)}", _TONES.get(act.move, ""))
        for act in reversed(acts)
    ]


def said_after(acts: Sequence[ReviewAct], after: int) -> str:
    """What others did since somebody last looked: `顾文博：已批阅`."""
    return in_a_row(f"{act.by.name}: {words_of(act)}" for act in acts if act.number > after)


def _way_ahead(paper: Paper, review: Review | None) -> Way:
    estate, acts = me().estate, list(review.acts) if review else []
    drafting = Station(DRAFTING[paper][0], title_of(DRAFTED_BY[paper], estate), None, is_here=True)
    reason = acts[-1] if review and review.state is State.SENT_BACK else None
    ahead = _stages(chain_of(paper, estate.profile, estate.settings), [], None)
    return Way([drafting, *ahead], acts, None, reason)


def _stages(chain: Chain, signed: list[ReviewAct], here: int | None) -> list[Station]:
    by, estate = dict(enumerate(signed)), me().estate
    held = roles_held(estate.id, local_date(now(), estate.time_zone))
    there = counts_as(estate.profile, held)
    return [
        Station(
            DUTIES[stage.duty],
            title_of(stage.role, estate),
            by.get(n),
            n == here,
            vacant=n not in by and stage.role not in there,
        )
        for n, stage in enumerate(chain)
    ]


def _due_at(review: Review) -> datetime | None:
    waiting = {wait.what: wait.due_at for wait in waits.on(review.subject_id)}
    return waiting.get(WAITS[review.stage.duty]) if review.stage else None
