"""What the office does meanwhile: plans, work on issues, roles, tablets withdrawn. Each is one transaction."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.agenda.actions import cancel, make_task
from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import NotAllowed, Outdated
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.issues.actions import accept, make_move, open_category, report_rectified
from app.issues.models import Category, Issue
from app.issues.routing import route
from app.issues.rules import Move, State
from app.people.actions import give_role
from app.people.models import Department, Device, Staff, StaffRole
from app.people.rules import Role
from app.people.tablets import revoke
from app.surveys.calling_off import withdraw_survey
from app.surveys.issuing import issue_survey
from app.surveys.models import Survey
from app.surveys.rules import SurveyState
from app.sync.models import Epoch
from tests.builders import a_home, a_survey

BY = By()
NEW_KIND = "damp"
"""A category that tablets know before the office does."""


class Office:
    """The office of a few estates. `serves` says who carries a tablet where, `served` who ever did.

    `ever_opened`: whether the category NEW_KIND was known at any time, a backup brought back since or not.
    """

    def __init__(self, app: Flask, serves: dict[str, set[str]]) -> None:
        self._app = app
        self.serves, self.served = serves, serves
        self.withdrawn: set[str] = set()
        self.ever_opened = False
        self.acts = 0

    # --- agenda ---

    def plan_visit(self, estate: str, home: int, officer: str) -> None:
        """A visit falls due at a home."""
        with self._act():
            unit = _nth(sa.select(Unit).where(Unit.estate_id == uuid.UUID(estate)).order_by(Unit.id), home)
            due_on = _today(estate) + timedelta(days=5)
            make_task(unit, TaskKind.PLANNED_VISIT, assignee_id=uuid.UUID(officer), due_on=due_on, by=BY, at=now())

    def reassign(self, which: int, officer: str) -> None:
        """What is due is taken from whoever had it, and given to another officer."""
        with self._act():
            task = _nth(sa.select(Task).where(Task.state == TaskState.DUE).order_by(Task.id), which)
            if task is None:
                return
            cancel(task, by=BY, at=now())
            make_task(
                task.unit,
                task.kind,
                assignee_id=uuid.UUID(officer),
                due_on=task.due_on,
                subject_id=task.subject_id,
                round_=task.round,
                plan_id=task.plan_id,
                by=BY,
                at=now(),
            )

    def issue_survey(self, estate: str, officer: str) -> None:
        """A survey goes out to every home there, unless one is out already."""
        with self._act():
            here, officer_id = db.session.get_one(Estate, uuid.UUID(estate)), uuid.UUID(officer)
            if db.session.scalars(_out(estate)).first() is None:
                asked = db.session.scalars(sa.select(Department).where(Department.estate_id == here.id)).first()
                today = _today(estate)
                dates = {"issue_from": today, "issue_until": today + timedelta(days=7)}
                made_by = db.session.get_one(Staff, officer_id)
                survey = a_survey(here, made_by, (asked, "维修及时"), (asked, "上门有礼"), **dates)
                homes = db.session.scalars(sa.select(Unit).where(Unit.estate_id == here.id).order_by(Unit.id))
                to = [(home, officer_id) for home in homes]
                issue_survey(survey, to, here, vacant=0, event_id=new_id(), by=BY, at=now())

    def withdraw_survey(self, estate: str) -> None:
        """The survey that is out there is called off, if one is."""
        with self._act():
            survey = db.session.scalars(_out(estate)).first()
            if survey is not None:
                withdraw_survey(survey, "日期冲突", event_id=new_id(), by=BY, at=now())

    def open_category(self) -> None:
        """In every estate owners may from now on raise matters of the kind `NEW_KIND`."""
        with self._act():
            known = set(db.session.scalars(sa.select(Category.estate_id).where(Category.code == NEW_KIND)))
            for estate in db.session.scalars(sa.select(Estate.id).where(Estate.id.not_in(known))):
                open_category(estate, NEW_KIND, "防水", "Waterproofing", by=BY, at=now())
        self.ever_opened = True

    def open_home(self, estate: str) -> None:
        """A home is handed over to its first owner."""
        with self._act():
            a_home(db.session.get_one(Estate, uuid.UUID(estate)), "新业主")

    # --- issues ---

    def take_issue_on(self, which: int, steps: int) -> None:
        """Whoever holds an issue does the next thing to it, and the next; as fast hands do, each twice."""
        with self._act():
            issue = _nth(sa.select(Issue).where(Issue.state.in_(_NEXT)).order_by(Issue.id), which)
            while issue is not None and steps and issue.state in _NEXT:
                event_id, do, steps = new_id(), _NEXT[issue.state], steps - 1
                for _hand in range(2):
                    do(issue, event_id, now())

    def close_without_owner(self, which: int) -> bool:
        """A department tries to close an issue, or to skip a step. Returns whether that succeeded."""
        with self._act():
            issue = _nth(sa.select(Issue).order_by(Issue.id), which)
            if issue is None:
                return False
            moves = (Move.OWNER_SATISFIED, Move.RECTIFY if issue.state is not State.ACCEPTED else Move.ACCEPT)
            return max(self._succeeds(issue, move) for move in moves)

    def _succeeds(self, issue: Issue, move: Move) -> bool:
        try:
            return make_move(issue, move, event_id=new_id(), by=BY, at=now())
        except (NotAllowed, Outdated):
            return False

    # --- people and tablets ---

    def grant(self, staff: str, estate: str) -> None:
        """An officer begins to serve an estate."""
        if estate in self.serves[staff]:
            return
        with self._act():
            person = db.session.get_one(Staff, uuid.UUID(staff))
            give_role(person, uuid.UUID(estate), Role.OFFICER, since=_today(estate), by=BY, at=now())
        self.serves = self.serves | {staff: self.serves[staff] | {estate}}
        self.served = self.served | {staff: self.served[staff] | {estate}}

    def end(self, staff: str, estate: str) -> None:
        """From today on an officer serves an estate no more."""
        with self._act():
            held = sa.update(StaffRole).where(
                StaffRole.staff_id == uuid.UUID(staff), StaffRole.estate_id == uuid.UUID(estate)
            )
            db.session.execute(held.values(until=_today(estate)))
        self.serves = self.serves | {staff: self.serves[staff] - {estate}}

    def withdraw(self, device: str) -> None:
        """A tablet is lost."""
        with self._act():
            row = db.session.get_one(Device, uuid.UUID(device))
            revoke(row, by=BY, at=now())
            db.session.flush()
            gone = db.session.scalars(sa.select(Device.id).where(Device.revoked_at.is_not(None)))
            self.withdrawn = {str(one) for one in gone}

    # --- disasters ---

    def memory(self) -> tuple[dict[str, set[str]], dict[str, set[str]], set[str]]:
        """What it has decided, as it goes into a backup."""
        return self.serves, self.served, self.withdrawn

    def remember(self, memory: tuple[dict[str, set[str]], dict[str, set[str]], set[str]]) -> None:
        """What it had decided when the backup was taken."""
        self.serves, self.served, self.withdrawn = memory

    def begin_new_epoch(self) -> None:
        """What whoever brings back a backup does."""
        with self._act():
            db.session.execute(sa.update(Epoch).values(value=str(uuid.uuid4())))

    @contextmanager
    def _act(self) -> Iterator[None]:
        with self._app.app_context():
            yield
            db.session.commit()
        self.acts += 1


def _accept(issue: Issue, event_id: uuid.UUID, at: datetime) -> None:
    someone = db.session.scalars(sa.select(Staff).order_by(Staff.login)).first()
    accept(
        issue, "重做防水", someone, local_date(at, "Asia/Shanghai") + timedelta(days=3), event_id=event_id, by=BY, at=at
    )


def _rectify(issue: Issue, event_id: uuid.UUID, at: datetime) -> None:
    report_rectified(issue, "已重做", event_id=event_id, by=BY, at=at)


def _route(issue: Issue, event_id: uuid.UUID, at: datetime) -> None:
    found = sa.select(Department.id).where(Department.estate_id == issue.estate_id).order_by(Department.id)
    route(issue, db.session.scalars(found).first(), event_id=event_id, by=BY, at=at)


_NEXT = {
    State.REPORTED: _route,
    State.ROUTED: _accept,
    State.ACCEPTED: _rectify,
}


def _out(estate: str) -> sa.Select[tuple[Survey]]:
    return sa.select(Survey).where(Survey.estate_id == uuid.UUID(estate), Survey.state == SurveyState.OUT)


def _nth(found: Any, which: int) -> Any:
    rows = list(db.session.scalars(found))
    return rows[which % len(rows)] if rows else None


def _today(estate: str) -> date:
    return local_date(datetime.now(UTC), db.session.get_one(Estate, uuid.UUID(estate)).time_zone)
