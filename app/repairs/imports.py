"""A file of work orders compared with what is known, line by line, and taken over as it was shown."""

import enum
import hashlib
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from app.core import journal
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import Outdated, Refused, Words
from app.core.i18n import _, lazy_
from app.core.ids import derived_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.estates.rules import LIABLE
from app.people.models import Department
from app.people.queries import open_departments
from app.repairs.actions import Done, Reported, arrive, dispatch, finish, report_order
from app.repairs.addresses import Addresses, addresses_of
from app.repairs.lines import OrderFile, OrderLine, Wrong
from app.repairs.models import WorkOrder
from app.repairs.queries import keys_known
from app.repairs.routing import callers, engineering_of
from app.repairs.rules import CLOCKS_DIFFER, Kind, Origin, State, in_order


class Verdict(enum.Enum):
    """What becomes of a line, in the order in which a preview shows them: trouble first."""

    REFUSED = "refused"
    GOES_ON = "goes_on"
    NEW = "new"
    KNOWN = "known"


WORDS: dict[str, Words] = {
    "order:cell_blank": lazy_("“%(heading)s” is blank"),
    "order:cell_long": lazy_("“%(heading)s” is longer than %(value)s characters"),
    "order:cell_error": lazy_("“%(heading)s” holds no value but an error: %(value)s"),
    "order:cell_unreadable": lazy_("“%(heading)s” cannot be read: %(value)s"),
    "order:cell_unknown": lazy_("“%(heading)s” holds a word that is not known: %(value)s"),
    "order:repeated": lazy_("The same work order stands in row %(value)s already"),
    "order:known_otherwise": lazy_("This order is known with other content: %(value)s"),
    "order:work_missing": lazy_("It is finished, but what was done is blank"),
    "order:free": lazy_("A repair that is free under warranty has no fee"),
    "order:in_the_future": lazy_("A time lies in the future"),
    "order:times_in_disorder": lazy_("The times do not follow each other: reported, dispatched, arrived, finished"),
    "order:department_unknown": lazy_("This department is not known here: %(value)s"),
    "order:no_department": lazy_("No department is known that could have been sent"),
    "order:liable_unknown": lazy_("This estate has no developer that is liable"),
    "order:nobody_calls": lazy_("Nobody in this estate can call back on the owner"),
}


@dataclass(frozen=True)
class Judged:
    """One line, what becomes of it, and why; `said` are refusals that have their words already."""

    line: OrderLine
    verdict: Verdict
    unit_id: uuid.UUID | None = None
    known: WorkOrder | None = None
    wrong: tuple[Wrong, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def reasons(self) -> list[str]:
        """Why it is refused, in the reader's language."""
        told = [str(WORDS[one.code]) % {"heading": one.heading, "value": one.value} for one in self.wrong]
        return [*told, *self.said]

    @property
    def finishes(self) -> bool:
        """Whether a callback comes of it."""
        finished = self.line.finished_at is not None
        return finished and self.verdict in (Verdict.NEW, Verdict.GOES_ON)


@dataclass(frozen=True)
class _Ground:
    """What lines are judged by."""

    estate: Estate
    at: datetime
    addresses: Addresses
    departments: list[Department]
    known: dict[str, WorkOrder]
    can_call: bool


def judge(file: OrderFile, estate: Estate, at: datetime) -> list[Judged]:
    """Every line, trouble first, then as in the file. Nothing is written."""
    ground = _Ground(
        estate,
        at,
        addresses_of(estate),
        open_departments(estate.id),
        keys_known(estate.id, {line.key for line in file.lines}),
        bool(callers(estate.id, local_date(at, estate.time_zone))),
    )
    judged = [_judge(line, ground) for line in file.lines]
    order = list(Verdict)
    return sorted(judged, key=lambda one: (order.index(one.verdict), one.line.row))


def counts(judged: list[Judged]) -> dict[Verdict, int]:
    """Verdict → lines; their sum is the number of lines in the file."""
    counted = Counter(one.verdict for one in judged)
    return {verdict: counted[verdict] for verdict in Verdict}


def digest(judged: list[Judged]) -> str:
    """What a preview showed: whoever confirms it confirms exactly this."""
    told = "\n".join(f"{one.line.row} {one.verdict.value} {one.unit_id}" for one in judged)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def take_over(file: OrderFile, estate: Estate, *, shown: str, by: By, at: datetime) -> list[Judged]:
    """Write what the preview showed, all of it or nothing. Raises Outdated if it would be something else by now."""
    judged = judge(file, estate, at)
    if digest(judged) != shown:
        raise Outdated("order:preview_changed", _("Something has changed since the preview: look at it again."))
    for one in judged:
        if one.verdict in (Verdict.NEW, Verdict.GOES_ON):
            try:
                _take(one, estate, by=by, at=at)
            except Refused as refused:
                words = _("Row %(row)s: %(why)s Nothing was imported.", row=one.line.row, why=refused.message)
                raise Refused(refused.code, words) from refused
    rows = {verdict.value: n for verdict, n in counts(judged).items()}
    journal.write(estate.id, "orders:imported", ("estate", estate.id), by=by, at=at, data={"rows": rows})
    return judged


def _judge(line: OrderLine, ground: _Ground) -> Judged:
    if line.wrong:
        return Judged(line, Verdict.REFUSED, wrong=line.wrong)
    try:
        unit_id = ground.addresses.unit_id(line.unit)
    except Refused as refused:
        return Judged(line, Verdict.REFUSED, said=(str(refused.message),))
    known = ground.known.get(line.key)
    wrong = _contradicts(line, unit_id, known) if known else None
    wrong = wrong or _wrong_with(line, ground)
    if wrong:
        return Judged(line, Verdict.REFUSED, unit_id, known, (wrong,))
    if known is None:
        return Judged(line, Verdict.NEW, unit_id)
    return Judged(line, Verdict.GOES_ON if _says_more(line, known) else Verdict.KNOWN, unit_id, known)


def _contradicts(line: OrderLine, unit_id: uuid.UUID, known: WorkOrder) -> Wrong | None:
    """Another home or another matter under the same number."""
    if unit_id != known.unit_id:
        return Wrong("order:known_otherwise", value=known.unit.short)
    if line.content.strip() != known.content:
        return Wrong("order:known_otherwise", value=known.content[:40])
    return None


def _wrong_with(line: OrderLine, ground: _Ground) -> Wrong | None:
    moments = (line.reported_at, line.dispatched_at, line.arrived_at, line.finished_at)
    checks = (
        (line.finished_at and not line.work_done, Wrong("order:work_missing")),
        (line.fee_cents and line.kind is Kind.FREE, Wrong("order:free")),
        (any(moment > ground.at + CLOCKS_DIFFER for moment in moments if moment), Wrong("order:in_the_future")),
        (not in_order(*moments), Wrong("order:times_in_disorder")),
        (line.liable and line.liable not in LIABLE[ground.estate.profile], Wrong("order:liable_unknown")),
        (
            line.department and _department_called(line.department, ground.departments) is None,
            Wrong("order:department_unknown", value=line.department),
        ),
        (_was_sent(line) and not ground.departments, Wrong("order:no_department")),
        (line.finished_at and not ground.can_call, Wrong("order:nobody_calls")),
    )
    return next((wrong for is_so, wrong in checks if is_so), None)


def _says_more(line: OrderLine, known: WorkOrder) -> bool:
    if known.state is State.REPORTED:
        return _was_sent(line)
    if known.state is not State.DISPATCHED:
        return False
    return line.finished_at is not None or (line.arrived_at is not None and known.arrived_at is None)


def _was_sent(line: OrderLine) -> bool:
    return any((line.dispatched_at, line.arrived_at, line.finished_at))


def _department_called(named: str, known: list[Department]) -> Department | None:
    wanted = named.casefold()
    return next((one for one in known if wanted in (one.name_zh.casefold(), one.name_en.casefold(), one.code)), None)


def _take(one: Judged, estate: Estate, *, by: By, at: datetime) -> None:
    """A new order, or the next steps of a known one."""
    line = one.line
    order = one.known or _report(one, by=by, at=at)
    sent_at = line.dispatched_at or line.arrived_at or line.finished_at
    event = {name: derived_id(order.id, "file", name) for name in ("dispatched", "arrived", "finished")}
    if order.state is State.REPORTED and sent_at:
        known = open_departments(estate.id)
        department = _department_called(line.department, known) if line.department else engineering_of(order)
        dispatch(
            order,
            department or known[0],
            worker=line.worker,
            dispatched_at=sent_at,
            event_id=event["dispatched"],
            by=by,
            at=at,
        )
    if order.state is State.DISPATCHED and line.arrived_at and order.arrived_at is None:
        arrive(order, arrived_at=line.arrived_at, event_id=event["arrived"], by=by, at=at)
    if order.state is State.DISPATCHED and line.finished_at:
        done = Done(line.work_done, line.finished_at, line.fee_cents, line.material, line.quantity, line.worker)
        finish(order, done, event_id=event["finished"], by=by, at=at)


def _report(one: Judged, *, by: By, at: datetime) -> WorkOrder:
    line, unit = one.line, db.session.get_one(Unit, one.unit_id)
    assert line.reported_at is not None
    assert line.kind is not None
    told = Reported(
        kind=line.kind,
        content=line.content,
        reported_at=line.reported_at,
        reported_by=line.reported_by,
        phone=line.phone,
        place=line.place,
        under_warranty=line.under_warranty,
        liable=line.liable,
        origin=Origin.FILE,
        origin_key=line.key,
        outside_number=line.number,
    )
    return report_order(unit, told, by=by, at=at)
