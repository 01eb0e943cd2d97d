"""Whether what a statement shows of an issue or a work order called back on was so in the round that was asked about.

Number and words of both never change. What was done, and what the owner was told, the history tells by rounds.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import product

from app.core import journal
from app.core.clock import local_date
from app.core.db import by_id, db
from app.core.journal import JournalLine
from app.estates.models import Estate
from app.issues.models import Deferral, Issue
from app.issues.queries import issues_by_id
from app.issues.rules import Cannot, Move
from app.repairs.models import WorkOrder
from app.repairs.queries import orders_by_id
from app.repairs.rules import Move as OrderMove
from app.signatures.messages import StatementText
from app.visits.quoting import names_a_department

Shown = StatementText.CallbackShown
Told = StatementText.ToldShown

_ENDED_BY = {
    "closed": Move.OWNER_SATISFIED,
    "carried_over": Move.OWNER_AGREED,
    "closed_unsatisfied": Move.CLOSE_UNSATISFIED,
}
_ANSWERS_TO: dict[str, set[str | None]] = {
    "satisfied": {None},
    "dissatisfied": {None},
    "agreed": {"explained", "new_date"},
    "disagreed": {"explained", "new_date"},
    "objected": {*_ENDED_BY},
}
"""What an answer is to: the work that was done, where nothing is told. Nobody agrees to what they were not shown."""
_EXPLAINED_BY = frozenset({Move.CANNOT.value, Move.CANNOT_TOO.value, Move.REFUSE.value})


def misquoted(shown: list[Shown], locale: str, estate: Estate, *, settles: bool) -> list[int]:
    """Which of the callbacks, counted from 1, show what was never so.

    `settles`: their answers are about to be entered, so that what they are about is locked.
    Those on what this estate does not have are left out: their answers are kept and move nothing.
    """
    if not shown:
        return []
    issue_ids = {one.issue_id for one in shown if one.issue_id}
    order_ids = {one.order_id for one in shown if one.order_id}
    if settles:
        db.session.flush()  # they may be about what an operation before this one in its group has done
        issues, orders = issues_by_id(issue_ids), orders_by_id(order_ids)
    else:
        issues, orders = by_id(Issue, issue_ids), by_id(WorkOrder, order_ids)
    wrong = []
    for n, one in enumerate(shown, start=1):
        about = issues.get(one.issue_id) if one.issue_id else orders.get(one.order_id) if one.order_id else None
        if about is not None and about.estate_id == estate.id and not _is_so(one, about, locale, estate):
            wrong.append(n)
    return wrong


def _is_so(shown: Shown, about: Issue | WorkOrder, locale: str, estate: Estate) -> bool:
    words = about.text if isinstance(about, Issue) else _content(about)
    told = shown.told.what if shown.told else None
    if shown.text != words or told not in _ANSWERS_TO.get(shown.answer, set()):
        return False
    if isinstance(about, Issue):
        was_so = _was_done(shown, about) and (shown.told is None or _was_told(shown.told, about, estate))
    else:
        was_so = _was_repaired(shown, about, locale, estate)
    if about.number is not None and shown.number != about.number:  # it has none before its transaction is committed
        was_so = False
    # After a restore what was lost is entered anew, with other numbers, and nobody here knows what it was told.
    return was_so or journal.came_back_as() is not None


def _was_done(shown: Shown, issue: Issue) -> bool:
    """The measure is one of that round, of the issue's own or of the work that it was merged into."""
    counts = shown.told is None
    if shown.measure == _joined(issue.measure, issue.method) and (issue.round == shown.round or not counts):
        return True
    if not counts and not shown.measure:
        return True
    history = journal.history(issue.id)
    own = [line for line in history if line.kind == Move.ACCEPT.value]
    settled = [line for line in own if line.data.get("round", 1) == shown.round or not counts]
    settled += [line for work in _works(history) for line in journal.history(work) if line.kind == Move.ACCEPT.value]
    measures = [line.data["measure"] for line in settled]
    methods = {"", issue.method, *(line.data.get("method", "") for line in [*own, *settled])}
    return shown.measure in {_joined(*both) for both in product(measures, methods)}


def _works(history: Iterable[JournalLine]) -> set[uuid.UUID]:
    """The issues that this one was merged into, or went along with."""
    return {uuid.UUID(line.data[name]) for line in history for name in ("into", "with") if name in line.data}


def _was_told(told: Told, issue: Issue, estate: Estate) -> bool:
    if told.what == "new_date":
        return any(_is_that_date(told, one) for one in issue.deferrals if one.agreed)
    history = journal.history(issue.id)
    if told.what == "explained":
        return (told.words, told.cannot) in set(_explanations(history))
    ended = [line for line in history if line.kind == _ENDED_BY[told.what].value]
    return any(
        told.on == local_date(line.at, estate.time_zone).isoformat()
        and told.words == (str(line.data.get("reason", "")) if told.what == "closed_unsatisfied" else "")
        for line in ended
    )


def _is_that_date(told: Told, deferral: Deferral) -> bool:
    dates = (deferral.from_on.isoformat(), deferral.to_on.isoformat())
    return (told.words, told.from_on, told.to_on) == (deferral.reason, *dates)


def _explanations(history: Iterable[JournalLine]) -> Iterator[tuple[str, str]]:
    """Each explanation with whether that is for now or at all; of work that leads, it is said there."""
    for line in history:
        if line.kind in _EXPLAINED_BY:
            said = [line.data["cannot"]] if "cannot" in line.data else [one.value for one in Cannot]
            yield from ((str(line.data["reason"]), cannot) for cannot in said)


def _was_repaired(shown: Shown, order: WorkOrder, locale: str, estate: Estate) -> bool:
    """What was done in that round, and when; by whom, where that is still to be known."""
    for work, finished_at in _repairs(order, shown.round):
        holder = _holder(shown, work, local_date(finished_at, estate.time_zone).isoformat())
        if holder is not None and (order.round != shown.round or _did_it(holder, order, locale)):
            return True
    return False


def _repairs(order: WorkOrder, round_: int) -> Iterator[tuple[str, datetime]]:
    """What was done in a round, and when: as the order says it of its last one, or the history of any."""
    if order.round == round_ and order.finished_at is not None:
        yield order.work_done, order.finished_at
    for line in journal.history(order.id):
        if line.kind == OrderMove.FINISH.value and line.data.get("round", 1) == round_:
            yield str(line.data["note"]), datetime.fromisoformat(line.data["finished_at"])


def _holder(shown: Shown, work: str, day: str) -> str | None:
    """Who is said to have done this work on this day; nothing if other work or another day is shown."""
    said = shown.measure if shown.done_on else shown.measure.removesuffix(day)  # earlier apps wrote it behind the rest
    said_on = shown.done_on or shown.measure[len(said) :]
    if said_on != day or not said.startswith(work):
        return None
    return said.removeprefix(work).strip(" ·")


def _did_it(holder: str, order: WorkOrder, locale: str) -> bool:
    if order.worker:
        return holder == order.worker
    return names_a_department(holder, order.department, locale) or (order.department is None and not holder)


def _content(order: WorkOrder) -> str:
    return f"{order.place} · {order.content}" if order.place else order.content


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
