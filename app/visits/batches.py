"""Everything that changes a batch of visit records: gathered, handed up, read line by line, archived (R14 to R16, V47).

The caller commits.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.approvals.actions import hold, make_move, submit
from app.approvals.models import Review, ReviewAct
from app.approvals.queries import review_of
from app.approvals.rules import Duty, Move, Paper, State
from app.core import journal, waits
from app.core.clock import days_later, local_date
from app.core.db import db, take_turn
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By, Doc
from app.estates.models import Estate
from app.people.models import Staff
from app.people.queries import names, staff_in
from app.people.rules import Role
from app.signatures.desk import Signing, sign_at_desk
from app.signatures.rules import sha256_hex
from app.visits.gathered import contents_of, ready_to_hand_up, records_in
from app.visits.models import Addendum, Batch, BatchLine, BatchLineAct, Visit
from app.visits.rules import LineMove, LineState, LineStep, Reading, line_step
from app.visits.second_eyes import is_for_another

MOST_LINES = 200
"""In one batch: more than a supervisor reads at one sitting."""
SUMMARISED = "batch:summarised"
"""The code of a refusal: somebody else wrote the summary."""
MEND = "records:mend"
"""What a line that was sent back waits for."""
_VISITS_BY = (Role.OFFICER, Role.FRONT_DESK, Role.SUPERVISOR)


def gather(estate: Estate, officer: Staff, visit_ids: Iterable[uuid.UUID], *, by: By, at: datetime) -> Batch:
    """A new batch of an officer's records, not handed up yet (R14). Raises Refused without one that can be."""
    take_turn(f"records {estate.id} {officer.id}")
    assert by.staff_id is not None, "a batch is gathered by a person"
    batch = Batch(
        id=new_id(), estate_id=estate.id, officer_id=officer.id, officer=officer, made_by_id=by.staff_id, made_at=at
    )
    db.session.add(batch)
    _number(batch, estate, at)
    added = _put_in(batch, visit_ids, by=by, at=at)
    _note(batch, "records:gathered", {"lines": added}, by=by, at=at)
    return batch


def put_in(batch: Batch, visit_ids: Iterable[uuid.UUID], *, by: By, at: datetime) -> int:
    """More of the officer's records into a batch that is not under way; returns how many."""
    _must_be_gathered(batch)
    added = _put_in(batch, visit_ids, by=by, at=at)
    _note(batch, "records:put_in", {"lines": added}, by=by, at=at)
    return added


def summarise(batch: Batch, summary: str, *, by: By, at: datetime, seen: str | None = None) -> None:
    """Keep the officer's summary of a batch that is not under way.

    `seen`: the mark (`summary_mark`) of the summary that whoever writes it has read. Raises Outdated where somebody
    else wrote another meanwhile.
    """
    _must_be_gathered(batch)
    db.session.refresh(batch, ["summary"])
    said = summary.strip().replace("\r\n", "\n")
    if batch.summary == said:
        return
    if seen is not None and seen != summary_mark(batch):
        words = _(
            "%(name)s wrote the summary meanwhile. It stands below; send yours again to let it hold instead.",
            name=_who_summarised(batch),
        )
        raise Outdated(SUMMARISED, words)
    batch.summary = said
    _note(batch, "records:summarised", {}, by=by, at=at)


def summary_mark(batch: Batch) -> str:
    """What stands for the summary as it is now, in a form."""
    return sha256_hex(batch.summary.encode())[:16]


def _who_summarised(batch: Batch) -> str:
    by = [line.staff_id for line in journal.history(batch.id) if line.kind == "records:summarised" and line.staff_id]
    return names(by[-1:]).get(by[-1], "–") if by else "–"


def submit_batch(
    batch: Batch,
    summary: str,
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    note: str = "",
    seen: str | None = None,
) -> bool:
    """Hand a batch up to be read and signed (R14). Returns False if this very event happened before."""
    if journal.happened(event_id):
        return False
    summarise(batch, summary, by=by, at=at, seen=seen)
    if not _lines_in(batch):
        raise Refused("batch:empty", _("There is no record in this batch."))
    if not batch.summary:
        raise Refused("batch:no_summary", _("Write in a few words what the records come to."))
    estate = db.session.get_one(Estate, batch.estate_id)
    return submit(
        Paper.RECORDS, batch.id, estate, event_id=event_id, by=by, at=at, note=note, drafter_id=batch.officer_id
    )


def move_batch(
    batch: Batch,
    move: Move,
    *,
    after: int,
    roles: frozenset[Role],
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    note: str = "",
    signing: Signing | None = None,
) -> bool:
    """Pass a batch on, signed where its chain says so (R15), send it back, take it back; the last stage archives it.

    As `approvals.actions.make_move`. Raises Refused where a signature is missing, Outdated if it was drawn under
    something else than stands here now, NotAllowed where nobody but whoever held the visits would have read them.
    """
    review = _review(batch)
    if move is Move.HAND_ON and not journal.happened(event_id):
        _read_by_another(batch, review, by, at=at)
    if not make_move(review, move, after=after, roles=roles, event_id=event_id, by=by, at=at, note=note):
        return False
    act = review.acts[-1]
    if act.move is Move.HAND_ON and act.duty is Duty.SIGN:
        _sign(batch, review, act, signing, at=at)
    if review.state is State.COMPLETE:
        _archive(batch, act, at=at)
    return True


def move_line(
    line: BatchLine,
    move: LineMove,
    *,
    roles: frozenset[Role],
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    note: str = "",
) -> bool:
    """Take a record out, write beside it, send it back alone, or settle what was sent back.

    Returns False if this very event happened before. Raises Outdated if the line or its batch has moved on,
    NotAllowed if it is not theirs, Refused without words.
    """
    if journal.happened(event_id):
        return False
    review = _held(line.batch)
    db.session.refresh(line, ["state"])
    row = _row(line, move, review)
    role = _in_which_function(line, move, review, roles, by)
    if move is not LineMove.TAKE_OUT and not note.strip():
        raise Refused("batch:words_missing", _("Write down what you mean."))
    if move is LineMove.SEND_BACK and len(_lines_in(line.batch)) == 1:
        raise Refused("batch:last_line", _("This is the only record left in it: send the whole batch back."))
    _take(row, line, role, event_id=event_id, by=by, at=at, note=note.strip())
    return True


def mend(act_id: uuid.UUID, added: Addendum, *, by: By, at: datetime) -> bool:
    """An addendum that says what was missing has arrived; `act_id` is the act that asked for it.

    Returns whether the line still waited for just that: it may have been sent back anew for another reason.
    """
    asked = db.session.get(BatchLineAct, act_id)
    line = db.session.get(BatchLine, asked.line_id) if asked else None
    if asked is None or line is None or line.visit_id != added.visit_id:
        return False
    db.session.flush()
    review = _held(line.batch)
    db.session.refresh(line, ["state"])
    row = line_step(line.state, LineMove.MEND, _reading(review))
    if row is None or asked.number != _count(line):
        return False
    _take(row, line, None, event_id=None, by=by, at=at, addendum_id=added.id)
    return True


def _read_by_another(batch: Batch, review: Review, by: By, *, at: datetime) -> None:
    """Raises NotAllowed where somebody else must read the records of whoever hands them on."""
    today = local_date(at, db.session.get_one(Estate, batch.estate_id).time_zone)
    if is_for_another(batch, review, by.staff_id, today):
        words = _("You held these visits yourself, and nobody else reads them on their way: leave this to a colleague.")
        raise NotAllowed("batch:own_records", words)


def _put_in(batch: Batch, visit_ids: Iterable[uuid.UUID], *, by: By, at: datetime) -> int:
    wanted = set(visit_ids)
    chosen = [visit for visit in ready_to_hand_up(batch.estate_id, batch.officer_id) if visit.id in wanted]
    if not chosen or len(chosen) != len(wanted):
        raise Outdated("batch:not_ready", _("Some of these records cannot be handed up any more. Please choose again."))
    if len(_lines_in(batch)) + len(chosen) > MOST_LINES:
        raise Refused("batch:too_many", _("More than %(most)s records are too many for one batch.", most=MOST_LINES))
    known = {line.visit_id: line for line in db.session.scalars(sa.select(BatchLine).filter_by(batch_id=batch.id))}
    for visit in chosen:
        line = known.get(visit.id)
        if line is None:
            db.session.add(_new_line(batch, visit))
        else:
            row = _row(line, LineMove.PUT_IN, review_of(batch.id))
            _take(row, line, None, event_id=None, by=by, at=at)
    db.session.flush()
    return len(chosen)


def _new_line(batch: Batch, visit: Visit) -> BatchLine:
    return BatchLine(
        id=new_id(), estate_id=batch.estate_id, batch_id=batch.id, batch=batch, visit_id=visit.id, state=LineState.IN
    )


def _sign(batch: Batch, review: Review, act: ReviewAct, signing: Signing | None, *, at: datetime) -> None:
    if signing is None:
        raise Refused("signature:missing", _("Please sign in the field."))
    assert act.duty is not None
    assert act.role is not None
    sign_at_desk(
        contents_of(batch, records_in(batch), review),
        signing,
        estate_id=batch.estate_id,
        subject_id=batch.id,
        act={"duty": act.duty.value, "role": act.role.value, "round": act.round, "opinion": act.note},
        act_id=act.id,
        signer=db.session.get_one(Staff, act.by_id),
        at=at,
    )


def _archive(batch: Batch, act: ReviewAct, *, at: datetime) -> None:
    """From here on neither the records nor the batch change, for the database too (V47)."""
    by, review = By(staff_id=act.by_id), review_of(batch.id)
    for line in _lines_in(batch):
        line.visit.archived_at = at
        _take(_row(line, LineMove.ARCHIVE, review), line, act.role, event_id=None, by=by, at=at)
    batch.archived_at = at


def _take(
    row: LineStep,
    line: BatchLine,
    role: Role | None,
    *,
    event_id: uuid.UUID | None,
    by: By,
    at: datetime,
    note: str = "",
    addendum_id: uuid.UUID | None = None,
) -> None:
    """Write state, act and journal line together; what the line waits for; what the officer's tablet says of it."""
    assert by.staff_id is not None, "a line is moved by people"
    act = BatchLineAct(
        id=new_id(),
        estate_id=line.estate_id,
        line_id=line.id,
        number=_count(line) + 1,
        move=row.move,
        by_id=by.staff_id,
        role=role,
        at=at,
        note=note,
        addendum_id=addendum_id,
    )
    db.session.add(act)
    line.state = row.after
    db.session.flush()
    data = {"batch": str(line.batch_id), "line": str(line.id), "act": act.number}
    changes = (Doc("record", line.visit_id, only_for=line.visit.officer_id),) if _is_told(row) else ()
    subject = ("visit", line.visit_id)
    journal.write(
        line.estate_id, f"record:{row.move.value}", subject, by=by, at=at, data=data, changes=changes, event_id=event_id
    )
    if row.after is LineState.SENT_BACK:
        _let_wait(line, at=at)
    elif row.before is LineState.SENT_BACK:
        waits.end(line.id, MEND)


def _is_told(row: LineStep) -> bool:
    """Whether the officer's tablet says something else from here on."""
    return LineState.SENT_BACK in (row.before, row.after)


def _let_wait(line: BatchLine, *, at: datetime) -> None:
    """For the officer to mend it, or for the supervisor where the officer has left."""
    estate, review = db.session.get_one(Estate, line.estate_id), _review(line.batch)
    here = {staff.id for staff in staff_in(estate.id, _VISITS_BY, local_date(at, estate.time_zone))}
    officer_id = line.visit.officer_id
    holder = waits.Holder(staff_id=officer_id) if officer_id in here else waits.Holder(role=Role.SUPERVISOR.value)
    due_at = days_later(at, review.chain[0].days, estate.time_zone)
    waits.begin(line.estate_id, ("batch_line", line.id), MEND, holder, since=at, due_at=due_at)


def _in_which_function(
    line: BatchLine, move: LineMove, review: Review | None, roles: frozenset[Role], by: By
) -> Role | None:
    """In which function somebody does this with a line. Raises NotAllowed if it is not theirs to do."""
    if move in (LineMove.REMARK, LineMove.SEND_BACK):
        stage = review.stage if review else None
        if stage is not None and stage.role in roles:
            return stage.role
    elif move is LineMove.TAKE_OUT:
        if by.staff_id == line.batch.officer_id or Role.SUPERVISOR in roles:
            return None
    elif move is LineMove.SETTLE and Role.SUPERVISOR in roles:
        return Role.SUPERVISOR
    raise NotAllowed("batch:not_yours", _("This is not yours to decide now."))


def _row(line: BatchLine, move: LineMove, review: Review | None) -> LineStep:
    row = line_step(line.state, move, _reading(review))
    if row is None:
        raise Outdated("batch:line_moved_on", _("Somebody else was faster: look at what has changed."))
    return row


def _reading(review: Review | None) -> Reading:
    """A batch that is complete is read as well: its last act archives its lines."""
    gathered = review is None or review.state in (State.DRAFT, State.SENT_BACK)
    return Reading.GATHERED if gathered else Reading.READ


def _held(batch: Batch) -> Review | None:
    """Its review as it stands now; whoever moves the batch or a line of it at this moment waits until we are done."""
    take_turn(f"records {batch.estate_id} {batch.officer_id}")
    review = review_of(batch.id)
    if review is not None:
        hold(review)
    return review


def _must_be_gathered(batch: Batch) -> None:
    if _reading(_held(batch)) is not Reading.GATHERED:
        raise Outdated(
            "batch:under_review", _("These records are under review: take them back before you change them.")
        )


def _review(batch: Batch) -> Review:
    review = review_of(batch.id)
    if review is None:
        raise Outdated("batch:not_handed_up", _("These records were not handed up yet."))
    return review


def _lines_in(batch: Batch) -> list[BatchLine]:
    found = sa.select(BatchLine).where(BatchLine.batch_id == batch.id, BatchLine.state == LineState.IN)
    return list(db.session.scalars(found))


def _count(line: BatchLine) -> int:
    found = sa.select(sa.func.count()).select_from(BatchLineAct).where(BatchLineAct.line_id == line.id)
    return db.session.scalar(found) or 0


def _number(batch: Batch, estate: Estate, at: datetime) -> None:
    series = f"PY-{local_date(at, estate.time_zone):%y%m}"

    def assign(taken: int) -> None:
        batch.number = f"{series}-{taken:04}"

    journal.take_number(estate.id, series, assign)


def _note(batch: Batch, kind: str, data: dict[str, Any], *, by: By, at: datetime) -> None:
    journal.write(batch.estate_id, kind, ("records", batch.id), by=by, at=at, data=data)
