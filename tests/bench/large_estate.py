"""An estate of 5,000 units and 20,000 issues, written in bulk with the journal and feed rows of the product."""

import itertools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.cli.usual_tree import open_usual_tree
from app.core.clock import local_date, now
from app.core.db import Base, db
from app.core.ids import new_id
from app.core.journal import Counter, Feed, JournalLine
from app.estates.models import Building, Estate, Ownership, Person, Unit
from app.estates.rules import Occupancy, PersonKind, initials, pinyin
from app.issues.models import Category, Issue
from app.issues.rules import State, Urgency
from app.people.models import Device, Staff
from app.people.rules import Role
from app.sync.models import Operation
from app.visits.models import Plan, PlanLine, Visit
from app.visits.rules import Method, PlanState, Rating, Relation
from tests.builders import NOBODY, a_staff, an_enrol_code, an_estate

UNITS = 5_000
ISSUES = 20_000
OFFICERS = 5
ROUNDS_HELD = 3
"""Every unit was visited so many times, a quarter of a year apart."""
BUSY_UNIT_ISSUES = 60
"""At the first unit somebody never lets go."""
ZONE = "Asia/Shanghai"

_TEXTS = (
    "主卫天花板渗水，雨天更明显，涂层起皮",
    "地下车库 B2 层灯不亮，晚上看不清路",
    "楼道堆放杂物，物业说过一次又堆回来了",
    "电梯运行时有异响，特别是早高峰",
    "访客车辆占用固定车位，保安没有登记",
    "阳台推拉门关不严，冬天漏风",
    "物业费发票怎么开，能不能开电子的",
    "单元门禁失灵，快递员随便进出",
)
_MEASURES = ("注浆并重做防水", "更换灯具并检查线路", "清理并张贴告知", "调整导轨，更换滑块", "")
_STATES = (State.ROUTED, State.ACCEPTED, State.RECTIFIED, State.ACCEPTED, State.ROUTED)


@dataclass(frozen=True)
class Large:
    """What a benchmark needs to know of it."""

    estate_id: uuid.UUID
    officer_login: str
    enrol_code: str
    busy_unit: uuid.UUID
    quiet_units: list[uuid.UUID]
    """Where nothing but this month's visit is due."""


@dataclass
class _Books:
    """Rows by table, and what happened, in order; written at once."""

    estate_id: uuid.UUID
    rows: dict[type[Base], list[dict[str, Any]]] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    feed: dict[tuple[str, uuid.UUID], dict[str, Any]] = field(default_factory=dict)
    seq: int = 0

    def add(self, model: type[Base], **values: Any) -> uuid.UUID:
        """A row; its id, new if none is given."""
        values.setdefault("id", new_id())
        self.rows.setdefault(model, []).append(values)
        key: uuid.UUID = values["id"]
        return key

    def note(
        self,
        kind: str,
        subject: tuple[str, uuid.UUID],
        at: datetime,
        docs: Iterable[tuple[str, uuid.UUID]],
        **more: Any,
    ) -> None:
        """A line of the journal, and the documents it touches. `only_for` in `more` is whose a record is."""
        self.seq += 1
        only_for = more.pop("only_for", None)
        self.lines.append(
            {
                "stream": self.estate_id,
                "seq": self.seq,
                "at": at,
                "subject_type": subject[0],
                "subject_id": subject[1],
                "kind": kind,
                "data": more,
            }
        )
        for type_, key in docs:
            self.feed[type_, key] = {
                "stream": self.estate_id,
                "type": type_,
                "id": key,
                "version": self.seq,
                "gone": False,
                "only_for": only_for if type_ == "record" else None,
            }

    def write(self) -> None:
        """All of it, in one transaction that the caller commits."""
        for model, rows in self.rows.items():
            db.session.execute(sa.insert(model), rows)
        db.session.execute(sa.insert(JournalLine), self.lines)
        db.session.execute(sa.insert(Feed), list(self.feed.values()))
        counter = sa.update(Counter).where(Counter.stream == self.estate_id, Counter.series == "seq")
        db.session.execute(counter.values(value=self.seq))


def make_large_estate(units: int = UNITS, issues: int = ISSUES) -> Large:
    """Write the estate into a fresh migrated database; the caller commits. Dates count back from today."""
    at = now()
    estate = an_estate(time_zone=ZONE)
    categories = _leaves(estate, at)
    officers = [
        a_staff(estate, Role.OFFICER, name=name) for name in ("李敏", "张华", "王芳", "赵军", "孙丽")[:OFFICERS]
    ]
    supervisor = a_staff(estate, Role.SUPERVISOR, name="周丽华")
    device = _an_old_tablet(at)
    code = an_enrol_code(officers[0])
    db.session.commit()

    books = _Books(estate.id, seq=_last_seq(estate.id))
    writer = _Writer(books, estate, officers, supervisor, categories, device, at)
    writer.write(units, issues)
    books.write()
    quiet = [unit for unit in writer.units[1:] if unit not in writer.called_back]
    return Large(estate.id, officers[0].login, code, writer.units[0], quiet)


class _Writer:
    """Units with their owners, three rounds of visits with the issues raised at them, and this month's plan."""

    def __init__(
        self,
        books: _Books,
        estate: Estate,
        officers: list[Staff],
        supervisor: Staff,
        categories: list[Category],
        device: Device,
        at: datetime,
    ) -> None:
        self.books, self.estate, self.officers, self.supervisor = books, estate, officers, supervisor
        self.categories, self.device, self.at = categories, device, at
        self.today = local_date(at, ZONE)
        self.units: list[uuid.UUID] = []
        self.called_back: set[uuid.UUID] = set()
        self._owners: dict[uuid.UUID, tuple[uuid.UUID, str]] = {}
        self._buildings: dict[str, uuid.UUID] = {}
        self._number = itertools.count(1)

    def write(self, units: int, issues: int) -> None:
        for n in range(units):
            self._unit(n)
        raised = self._shares(units, issues)
        for held in range(ROUNDS_HELD):
            self._round(held, raised)
        self._plan_of_this_month()

    def _unit(self, n: int) -> None:
        """Buildings of two entrances, 25 floors and four doors a floor."""
        building, rest = divmod(n, 200)
        entrance, rest = divmod(rest, 100)
        floor, door = rest // 4 + 1, rest % 4 + 1
        unit = self.books.add(
            Unit,
            estate_id=self.estate.id,
            building_id=self._building(str(building + 1)),
            entrance=str(entrance + 1),
            floor=floor,
            number=f"{floor:02}{door:02}",
            area=f"{72 + n % 70}.{n % 10}",
            handover_on=date(2021, 5, 18) + timedelta(days=n % 900),
            occupancy=(Occupancy.OWNER, Occupancy.OWNER, Occupancy.LET, Occupancy.OWNER)[n % 4],
            care=["独居老人"] if n % 40 == 0 else [],
            do_not_disturb="12:00–14:00" if n % 15 == 0 else None,
            remarks="",
        )
        self.units.append(unit)
        self.books.note("unit:opened", ("unit", unit), self._days_ago(700), [("unit", unit)])
        for k in range(2 if n % 3 == 0 else 1):
            name = _name(n + 2_000 * k)
            person = self.books.add(
                Person,
                estate_id=self.estate.id,
                kind=PersonKind.PERSON,
                name=name,
                initials=initials(name),
                pinyin=pinyin(name),
                phone=f"1{(3_800_000_000 + n * 7_919 + k):010}",
                other_phones=[],
            )
            self.books.add(
                Ownership, estate_id=self.estate.id, unit_id=unit, person_id=person, since=date(2021, 5, 18), until=None
            )
            self.books.note("unit:owned", ("unit", unit), self._days_ago(700), [("unit", unit)])
            self._owners.setdefault(unit, (person, name))

    def _building(self, name: str) -> uuid.UUID:
        if name not in self._buildings:
            self._buildings[name] = self.books.add(Building, estate_id=self.estate.id, name=name)
        return self._buildings[name]

    @staticmethod
    def _shares(units: int, issues: int) -> list[int]:
        """How many issues each unit raised in all."""
        rest = issues - min(BUSY_UNIT_ISSUES, issues)
        each, over = divmod(rest, max(units - 1, 1))
        return [issues - rest, *(each + (n < over) for n in range(units - 1))]

    def _round(self, held: int, raised: list[int]) -> None:
        """One quarter's visits at all units, the newest last."""
        for n, unit in enumerate(self.units):
            at = self._days_ago(270 - 90 * held - n % 80)
            officer = self.officers[n % len(self.officers)]
            visit = self._visit(n, unit, officer, at)
            self._task(TaskKind.PLANNED_VISIT, unit, officer, at, visit=visit)
            share = raised[n] * (held + 1) // ROUNDS_HELD - raised[n] * held // ROUNDS_HELD
            for k in range(share):
                self._issue(n * 7 + k, unit, officer, visit, at, last=held == ROUNDS_HELD - 1)

    def _visit(self, n: int, unit: uuid.UUID, officer: Staff, at: datetime) -> uuid.UUID:
        number = next(self._number)
        person, name = self._owners[unit]
        op_id, visit = new_id(), new_id()
        self.books.rows.setdefault(Operation, []).append(
            {
                "op_id": op_id,
                "device_id": self.device.id,
                "op_seq": number,
                "digest": f"{number:064x}",
                "frozen": b"frozen",
                "kind": "visit.hold",
                "v": 1,
                "author_id": officer.id,
                "estate_id": self.estate.id,
                "entity_id": visit,
                "status": "applied",
                "receipt": "{}",
                "received_at": at,
            }
        )
        self.books.add(
            Visit,
            id=visit,
            estate_id=self.estate.id,
            unit_id=unit,
            number=f"{self.device.code}-{number:04}",
            receipt_number=f"HF-{at:%y%m}-{number:05}",
            officer_id=officer.id,
            device_id=self.device.id,
            operation_id=op_id,
            method=Method.DOOR,
            categories=["scheduled"],
            started_at=at,
            ended_at=at + timedelta(minutes=12),
            received_at=at + timedelta(minutes=13),
            interviewee_name=name,
            interviewee_relation=Relation.OWNER,
            interviewee_id=person,
            script={"introduced": True, "purpose": True, "recent_work": True, "measures": True},
            wishes="希望周末下午联系" if n % 3 else "",
            rating=(Rating.SATISFIED, Rating.BASIC, Rating.SATISFIED, Rating.DISSATISFIED)[n % 4],
            unsigned=None,
            unsigned_note="",
            complete=True,
            review="",
        )
        docs = [("record", visit), ("unit", unit)]
        self.books.note("visit:held", ("visit", visit), at, docs, unit=str(unit), only_for=officer.id)
        return visit

    def _issue(self, n: int, unit: uuid.UUID, officer: Staff, visit: uuid.UUID, at: datetime, *, last: bool) -> None:
        """Half were answered on the spot; of the newest some are still open, all others were called back on."""
        open_ = last and n % 10 < 3
        state = _STATES[n % len(_STATES)] if open_ else State.CLOSED
        answered = not open_ and n % 2 == 0
        category = self.categories[n % len(self.categories)]
        measured = not answered and state is not State.ROUTED
        rectified = measured and state is not State.ACCEPTED
        person, name = self._owners[unit]
        issue = self.books.add(
            Issue,
            estate_id=self.estate.id,
            unit_id=unit,
            visit_id=visit,
            number=f"WT-{at:%y%m}-{next(self._number):05}",
            text=_TEXTS[n % len(_TEXTS)],
            category_id=category.id,
            urgency=(Urgency.ORDINARY, Urgency.ORDINARY, Urgency.URGENT)[n % 3],
            state=state,
            round=1 + (n % 11 == 0),
            raised_by_id=person,
            raised_by=name,
            raised_at=at,
            officer_id=officer.id,
            answer="当场演示并说明" if answered else "",
            promised_on=None if answered else local_date(at, ZONE) + timedelta(days=3),
            department_id=None if answered else category.department_id,
            measure=_MEASURES[n % len(_MEASURES)] if measured else "",
            responsible_id=None,
            due_on=local_date(at, ZONE) + timedelta(days=9) if measured else None,
            rectified_at=at + timedelta(days=6) if rectified else None,
            rectified_note="已处理，现场拍照" if rectified else "",
            closed_at=at + timedelta(days=8) if state is State.CLOSED else None,
        )
        self._history(issue, unit, at, answered=answered, state=state, officer=officer)

    def _history(
        self, issue: uuid.UUID, unit: uuid.UUID, at: datetime, *, answered: bool, state: State, officer: Staff
    ) -> None:
        if answered:
            kinds = ["issue:recorded", "issue:answered", "issue:owner_satisfied"]
        else:
            kinds = ["issue:recorded", "issue:routed", "issue:accepted", "issue:rectified", "issue:owner_satisfied"]
            kinds = kinds[: {State.ROUTED: 2, State.ACCEPTED: 3, State.RECTIFIED: 4}.get(state, 5)]
        docs = [("issue", issue), ("unit", unit)]
        for day, kind in enumerate(kinds):
            self.books.note(kind, ("issue", issue), at + timedelta(days=2 * day), docs, round=1, note="")
        if "issue:rectified" in kinds:
            done = new_id() if state is State.CLOSED else None
            if not done:
                self.called_back.add(unit)
            self._task(TaskKind.ISSUE_CALLBACK, unit, officer, at + timedelta(days=8), visit=done, subject=issue)

    def _task(
        self,
        kind: TaskKind,
        unit: uuid.UUID,
        officer: Staff,
        at: datetime,
        *,
        visit: uuid.UUID | None = None,
        subject: uuid.UUID | None = None,
        plan: uuid.UUID | None = None,
    ) -> None:
        task = self.books.add(
            Task,
            estate_id=self.estate.id,
            unit_id=unit,
            kind=kind,
            state=TaskState.DONE if visit else TaskState.DUE,
            subject_id=subject,
            round=1 if kind is TaskKind.ISSUE_CALLBACK else 0,
            plan_id=plan,
            assignee_id=officer.id,
            due_on=local_date(at, ZONE),
            made_at=at - timedelta(days=5),
            done_at=at if visit else None,
            visit_id=visit,
        )
        self.books.note("task:made", ("task", task), at - timedelta(days=5), [("task", task)])
        if visit:
            self.books.note("task:done", ("task", task), at, [("task", task)])

    def _plan_of_this_month(self) -> None:
        """A third of all units is due, shared among the officers."""
        plan = self.books.add(
            Plan,
            estate_id=self.estate.id,
            month=f"{self.today:%Y-%m}",
            state=PlanState.ACTIVE,
            made_by_id=self.supervisor.id,
            made_at=self._days_ago(5),
            active_at=self._days_ago(4),
        )
        for n, unit in list(enumerate(self.units))[::3]:
            officer = self.officers[n % len(self.officers)]
            due = self.today + timedelta(days=n % 20 - 4)
            line = self.books.add(
                PlanLine,
                estate_id=self.estate.id,
                plan_id=plan,
                unit_id=unit,
                officer_id=officer.id,
                due_on=due,
                last_met_on=None,
            )
            at = datetime.combine(due, time(10), ZoneInfo(ZONE))
            self._task(TaskKind.PLANNED_VISIT, unit, officer, at, subject=line, plan=plan)

    def _days_ago(self, days: int) -> datetime:
        return self.at - timedelta(days=days)


def _name(n: int) -> str:
    family = "陈李王张刘赵许吴周孙郑冯韩杨朱秦何吕施曹"[n % 20]
    return family + "建明志国丽玉春海文永"[n // 20 % 10] + "国华强敏芳平军洋磊涛静秀"[n // 200 % 12]


def _leaves(estate: Estate, at: datetime) -> list[Category]:
    """The demonstration's tree of categories; those without children."""
    open_usual_tree(estate, by=NOBODY, at=at)
    all_ = db.session.scalars(sa.select(Category).where(Category.estate_id == estate.id)).all()
    parents = {category.parent_code for category in all_}
    return [category for category in all_ if category.code not in parents]


def _an_old_tablet(at: datetime) -> Device:
    """The one on which all past visits were held."""
    device = Device(
        id=new_id(), code="T90", key={}, send_token_hash="0" * 64, enrolled_at=at, reported={}, app_version="old"
    )
    db.session.add(device)
    db.session.flush()
    return device


def _last_seq(estate_id: uuid.UUID) -> int:
    found = sa.select(Counter.value).where(Counter.stream == estate_id, Counter.series == "seq")
    return int(db.session.scalars(found).one())
