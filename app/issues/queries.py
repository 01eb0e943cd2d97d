"""What is asked about issues."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVarTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.core import ahead, waits
from app.core.counting import MOST, contains, count_up_to
from app.core.db import by_id, db
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.journal import JournalLine
from app.core.said import Said
from app.core.waits import Wait
from app.estates.models import Unit
from app.estates.queries import PerUnit, code_contains, walked
from app.issues.ageing import Held, in_round, is_held
from app.issues.liability import Covered
from app.issues.models import Category, Issue, OwnerAnswer
from app.issues.rules import ENDED, STEPS, Cannot, Move, State, Urgency
from app.people.models import Department
from app.people.rules import Liable

Ts = TypeVarTuple("Ts")

FEW = 1_000
"""So few issues that contain some words are looked up once; more of them are met soon enough along any list."""
_OFF_THE_LIST = sorted(
    {row.move.value for row in STEPS if row.before is State.CARRIED_OVER and row.after is not State.CARRIED_OVER}
)
OPEN = tuple(state for state in State if state not in ENDED)


def categories(estate_id: uuid.UUID) -> list[Category]:
    """An estate's categories, in the order they are shown."""
    found = sa.select(Category).where(Category.estate_id == estate_id).order_by(Category.position, Category.code)
    return list(db.session.scalars(found))


def categories_by_code(estate_id: uuid.UUID) -> dict[str, Category]:
    """Code → category."""
    return ahead.once(("categories", estate_id), lambda: {one.code: one for one in categories(estate_id)})


def the_issue(estate_id: uuid.UUID, issue_id: uuid.UUID) -> Issue:
    """An issue of this estate. Raises NotFound."""
    issue = db.session.get(Issue, issue_id)
    if issue is None or issue.estate_id != estate_id:
        raise NotFound("issue:unknown", _("This issue is not known in this estate."))
    return issue


def issues_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Issue]:
    """These issues by id, locked in id order until the transaction ends, with those that they are one work with."""
    wanted = set(ids)
    if not wanted:
        return {}
    works = sa.select(Issue.work_id).where(Issue.id.in_(wanted), Issue.work_id.is_not(None))
    found = sa.select(Issue).where(Issue.id.in_(wanted) | Issue.work_id.in_(works)).order_by(Issue.id)
    return {issue.id: issue for issue in db.session.scalars(found.with_for_update()) if issue.id in wanted}


def issues_at(unit_id: uuid.UUID) -> list[Issue]:
    """Every issue of a unit, newest first."""
    found = sa.select(Issue).where(Issue.unit_id == unit_id).order_by(Issue.raised_at.desc(), Issue.id)
    return list(db.session.scalars(found))


def issues_of_visit(visit_id: uuid.UUID) -> list[Issue]:
    """What was raised at a visit, in the order of the record."""
    found = (
        sa.select(Issue)
        .where(Issue.visit_id == visit_id)
        .options(selectinload(Issue.category), selectinload(Issue.department))
        .order_by(Issue.id)
    )
    return list(db.session.scalars(found))


def issues_of_visits(visit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Issue]]:
    """What was raised at each of these visits, in the order of its record; nothing for the others."""
    raised: dict[uuid.UUID, list[Issue]] = defaultdict(list)
    found = sa.select(Issue).where(Issue.visit_id.in_(list(visit_ids))).options(joinedload(Issue.department))
    for issue in db.session.scalars(found.order_by(Issue.id)):
        if issue.visit_id is not None:
            raised[issue.visit_id].append(issue)
    return raised


def issues_of_inspections(inspection_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Issue]:
    """Inspection → the issue that was noticed."""
    found = sa.select(Issue).where(Issue.inspection_id.in_(list(inspection_ids))).options(joinedload(Issue.department))
    return {issue.inspection_id: issue for issue in db.session.scalars(found) if issue.inspection_id}


def open_at(unit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many issues of each of these units are open, those without any left out."""
    counted = sa.select(Issue.unit_id, sa.func.count()).where(Issue.unit_id.in_(list(unit_ids)), Issue.state.in_(OPEN))
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(Issue.unit_id)) if row[0]}


def open_issues_of_unit() -> sa.ScalarSelect[int]:
    """How many issues are open at the unit of the query around it."""
    counted = sa.select(sa.func.count(Issue.id)).where(Issue.unit_id == Unit.id, Issue.state.in_(OPEN))
    return counted.correlate(Unit).scalar_subquery()


def open_issues_by_unit() -> PerUnit:
    """How many issues are open at each unit, to sort units by."""
    counted = sa.select(Issue.unit_id, sa.func.count().label("open")).where(Issue.state.in_(OPEN))
    rows = counted.group_by(Issue.unit_id).subquery("open_issues")
    return PerUnit(rows, sa.func.coalesce(rows.c.open, 0))


def still_open(estate_id: uuid.UUID) -> int:
    """How many issues of an estate no owner has closed yet, and no supervisor verified where there is no owner."""
    count = sa.select(sa.func.count()).select_from(Issue).where(Issue.estate_id == estate_id, Issue.state.in_(OPEN))
    return db.session.scalar(count) or 0


@dataclass(frozen=True)
class Wanted:
    """Which issues somebody wants to see; blank is every one. `only_of`: no other departments than these.

    `since` and `until` bound when they were raised, `until` excluded. `order` is one of ORDERS, downwards with `-`.
    `noticed`: only what was noticed on an inspection. `held`: what is with this holder now, or merged into work that
    is. `liable`: with a department of this company. `carried_at`: what stood on the list of what is carried over at
    that moment, whatever became of it since (R18); `carried_since`: what was put there from then on. `few`: those that
    contain the words, where they are few and looked up already.
    """

    states: tuple[State, ...] = ()
    department_id: uuid.UUID | None = None
    category_id: uuid.UUID | None = None
    urgency: Urgency | None = None
    only_of: frozenset[uuid.UUID] | None = None
    late_at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    noticed: bool = False
    held: Held | None = None
    round: int | None = None
    warranty: Covered | None = None
    liable: Liable | None = None
    carried_at: datetime | None = None
    carried_since: datetime | None = None
    words: str = ""
    few: frozenset[uuid.UUID] | None = None
    order: str = "limit"


_AS_THEY_GO_ON = sa.case(*((Issue.state == state, n) for n, state in enumerate(State)))
ORDERS: dict[str, tuple[sa.ColumnExpressionArgument[Any], ...]] = {
    "limit": (Wait.due_at,),
    "raised": (Issue.raised_at,),
    "number": (Issue.number,),
    "state": (_AS_THEY_GO_ON, Issue.round),
    "department": (Department.name_zh,),
}
"""By what issues can be sorted, and as one walks (`unit`); what has nothing to be sorted by comes last."""
_ALWAYS_THERE = frozenset({"limit", "raised"})


def find_issues(
    estate_id: uuid.UUID, wanted: Wanted, *, start: int = 0, count: int = 50, total: int | None = None, most: int = MOST
) -> tuple[list[tuple[Issue, Wait | None]], int]:
    """Issues with what each waits for, in the order that is wanted; and how many there are, counted up to `most`.

    `total`: how many there are, if that is counted already.
    """
    wanted = _looked_up(estate_id, wanted)
    ids = _ids(estate_id, wanted, start, count)
    is_last = len(ids) < count and (ids or not start)
    if is_last:
        total = start + len(ids)
    elif total is None:
        total = count_up_to(_found(estate_id, replace(wanted, order="")), most)
    return issues_with_waits(ids), total


def issue_ids(estate_id: uuid.UUID, wanted: Wanted, most: int) -> list[uuid.UUID]:
    """The first `most` of the wanted issues, in the order that is wanted."""
    return _ids(estate_id, _looked_up(estate_id, wanted), 0, most)


def issues_with_waits(ids: list[uuid.UUID]) -> list[tuple[Issue, Wait | None]]:
    """These issues in this order, with what lists show of them and what each waits for."""
    found = (
        sa.select(Issue, Wait)
        .outerjoin(Wait, _ITS_WAIT)
        .where(Issue.id.in_(ids))
        .options(
            joinedload(Issue.unit).joinedload(Unit.building),
            joinedload(Issue.building),
            joinedload(Issue.category),
            joinedload(Issue.department),
            joinedload(Issue.responsible),
            joinedload(Issue.officer),
        )
    )
    by_id = {issue.id: (issue, wait) for issue, wait in db.session.execute(found).unique()}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def reasons_with(issue_ids: Iterable[uuid.UUID], words: str) -> dict[uuid.UUID, str]:
    """Issue → what its owner said, where that contains these words; nothing for the others."""
    told = sa.select(OwnerAnswer.issue_id, OwnerAnswer.reason).where(
        OwnerAnswer.issue_id.in_(list(issue_ids)), contains(OwnerAnswer.reason, words)
    )
    return {row[0]: row[1] for row in db.session.execute(told.order_by(OwnerAnswer.answered_at))}


def count_by_state(estate_id: uuid.UUID, wanted: Wanted) -> dict[State, int]:
    """How many of the wanted issues stand in each state."""
    counted = _wanted(sa.select(Issue.state, sa.func.count()), estate_id, replace(wanted, late_at=None))
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(Issue.state))}


def count_by_category(estate_id: uuid.UUID, wanted: Wanted) -> dict[tuple[uuid.UUID, State, Cannot | None], int]:
    """How many of the wanted issues have each category and state, and what was found that cannot be solved."""
    by = (Issue.category_id, Issue.state, Issue.cannot)
    counted = _wanted(sa.select(*by, sa.func.count()), estate_id, replace(wanted, late_at=None))
    return {(row[0], row[1], row[2]): row[3] for row in db.session.execute(counted.group_by(*by))}


def count_issues(estate_id: uuid.UUID, wanted: Wanted) -> int:
    """How many issues are wanted, counted up to MOST."""
    return count_up_to(_found(estate_id, replace(wanted, order="")))


def count_late(estate_id: uuid.UUID, wanted: Wanted) -> int:
    """How many of the wanted issues are late, counted up to MOST; all of an estate's without reading any."""
    if wanted.late_at and replace(wanted, states=(), order="", late_at=None) == Wanted(order=""):
        return waits.count_late(estate_id, "issue", wanted.late_at)
    return count_up_to(_found(estate_id, replace(wanted, states=(), order="")))


_ITS_WAIT = sa.and_(Wait.estate_id == Issue.estate_id, Wait.subject_id == Issue.id)


def _ids(estate_id: uuid.UUID, wanted: Wanted, start: int, count: int) -> list[uuid.UUID]:
    """One page of ids in the order that is wanted.

    By limit, what waits is read along the index of limits as far as the page goes, and what does not wait follows.
    """
    found = _found(estate_id, wanted)
    ids = list(db.session.scalars(found.offset(start).limit(count)))
    if wanted.order.removeprefix("-") != "limit" or wanted.late_at or len(ids) == count:
        return ids
    waiting = start + len(ids) if ids else count_up_to(found, start)
    idle = _found(estate_id, replace(wanted, order="-raised")).where(~sa.exists().where(_ITS_WAIT))
    return ids + list(db.session.scalars(idle.offset(max(start - waiting, 0)).limit(count - len(ids))))


def _found(estate_id: uuid.UUID, wanted: Wanted) -> sa.Select[uuid.UUID]:
    """The ids of the wanted issues, sorted; joined with what is asked for alone, as each join costs the whole list."""
    name, down = wanted.order.removeprefix("-"), wanted.order.startswith("-")
    found = _wanted(sa.select(Issue.id), estate_id, wanted)
    if wanted.late_at or name == "limit":
        found = found.join(Wait, _ITS_WAIT)
    if name == "department":
        found = found.outerjoin(Issue.department)
    if not name:
        return found
    columns = ORDERS.get(name, ())
    if name == "unit":
        units = walked(estate_id)
        found, columns = found.outerjoin(units, units.c.unit_id == Issue.unit_id), (units.c.place,)
    by = [_directed(one, down, may_lack=name not in _ALWAYS_THERE) for one in columns]
    newest = () if name == "raised" else (Issue.raised_at.desc(),)
    return found.order_by(*by, *newest, Issue.id)


def _directed(one: sa.ColumnExpressionArgument[Any], down: bool, *, may_lack: bool) -> Any:
    """Up or down; an index serves only where nobody says where the missing ones go."""
    directed = sa.desc(one) if down else sa.asc(one)
    return directed.nulls_last() if may_lack else directed


def _wanted(selected: sa.Select[*Ts], estate_id: uuid.UUID, wanted: Wanted) -> sa.Select[*Ts]:
    """What is selected of issues, of the wanted ones alone.

    Those whose number, text, answers, measure, owner or unit contains the words are found by a join: a database that
    knows how common words are walks an index in the order of the page then, until it is full.
    """
    found = selected.where(*_conditions(estate_id, wanted))
    if not wanted.words or wanted.few is not None:
        return found
    its_texts = sa.and_(Said.estate_id == estate_id, Said.subject_id == Issue.id)
    named = sa.or_(Issue.unit_id.in_(_units_called(estate_id, wanted.words)), contains(Said.text, wanted.words))
    return found.outerjoin(Said, its_texts).where(named)


def _conditions(estate_id: uuid.UUID, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions = [Issue.estate_id == estate_id]
    if wanted.states:
        conditions.append(Issue.state.in_(wanted.states))
    alike = {
        Issue.department_id: wanted.department_id,
        Issue.category_id: wanted.category_id,
        Issue.urgency: wanted.urgency,
        Issue.warranty: wanted.warranty,
    }
    conditions += [column == value for column, value in alike.items() if value]
    if wanted.only_of is not None:
        conditions.append(Issue.department_id.in_(wanted.only_of))
    if wanted.late_at:
        conditions.append(Wait.due_at < wanted.late_at)
    if wanted.since:
        conditions.append(Issue.raised_at >= wanted.since)
    if wanted.until:
        conditions.append(Issue.raised_at < wanted.until)
    if wanted.noticed:
        conditions.append(Issue.inspection_id.is_not(None))
    if wanted.held:
        conditions.append(is_held(estate_id, wanted.held))
    if wanted.round:
        conditions.append(in_round(wanted.round))
    if wanted.liable:
        of_company = sa.select(Department.id).where(
            Department.estate_id == estate_id, Department.liable == wanted.liable
        )
        conditions.append(Issue.department_id.in_(of_company))
    if wanted.few is not None:
        conditions.append(Issue.id.in_(wanted.few))
    return conditions + _carried_over(estate_id, wanted)


def _carried_over(estate_id: uuid.UUID, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.carried_at:
        conditions.append(Issue.id.in_(_on_the_list(estate_id, wanted.carried_at)))
    if wanted.carried_since:
        put = _put_on_the_list(estate_id).where(JournalLine.at >= wanted.carried_since)
        conditions.append(Issue.id.in_(put))
    return conditions


def _looked_up(estate_id: uuid.UUID, wanted: Wanted) -> Wanted:
    """Where few issues contain the words, those few: a list need not pass all others to find them."""
    if not wanted.words or wanted.few is not None:
        return wanted
    said = sa.select(Said.subject_id).where(Said.estate_id == estate_id, contains(Said.text, wanted.words))
    there = sa.select(Issue.id).where(Issue.unit_id.in_(_units_called(estate_id, wanted.words)))
    found = list(db.session.scalars(sa.union_all(said, there).limit(FEW + 1)))
    return wanted if len(found) > FEW else replace(wanted, few=frozenset(found))


def _put_on_the_list(estate_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    """Issues whose owners agreed that they are carried over."""
    agreed = JournalLine.kind == Move.OWNER_AGREED.value
    return sa.select(JournalLine.subject_id).where(JournalLine.stream == estate_id, agreed)


def _on_the_list(estate_id: uuid.UUID, at: datetime) -> sa.Select[uuid.UUID]:
    """Those that had not been taken up or refused since."""
    later = aliased(JournalLine)
    left = sa.select(later.seq).where(
        *(later.subject_id == JournalLine.subject_id, later.kind.in_(_OFF_THE_LIST)),
        *(later.seq > JournalLine.seq, later.stream == JournalLine.stream, later.at < at),
    )
    return _put_on_the_list(estate_id).where(JournalLine.at < at, ~left.correlate(JournalLine).exists())


def _units_called(estate_id: uuid.UUID, words: str) -> sa.Select[uuid.UUID]:
    return sa.select(Unit.id).join(Unit.building).where(Unit.estate_id == estate_id, code_contains(words))


def issues_shown(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Issue]:
    """These issues by id, with what a list shows of them."""
    unit = joinedload(Issue.unit).joinedload(Unit.building)
    return by_id(Issue, ids, unit, joinedload(Issue.building), joinedload(Issue.officer))
