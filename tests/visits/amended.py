"""A plan at work and an amendment of it just begun, for tests of what becomes of both."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.agenda.actions import settle
from app.agenda.models import Task
from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.people.models import Staff
from app.people.rules import Role
from app.visits.amending import Came
from app.visits.amendments import (
    begin_amendment,
    move_amendment,
    submit_amendment,
    write_in_amendment,
)
from app.visits.models import Plan, PlanAmendment, PlanLine
from app.visits.plans import propose_plan
from app.visits.sheet import Typed, Written
from app.visits.terms import Field
from app.visits.versions import changes_in, lines_of_amendment
from tests.builders import NOW, TODAY, a_home, a_staff, an_estate, put_to_work

MONTH = "2026-11"
LATER = NOW + timedelta(hours=2)


@dataclass(frozen=True)
class AtWork:
    """A plan of three homes at work, its supervisor and two officers, and an amendment just begun."""

    estate: Estate
    supervisor: Staff
    officers: list[Staff]
    plan: Plan
    amendment: PlanAmendment

    @property
    def more(self) -> dict[str, object]:
        return {"by": By(staff_id=self.supervisor.id), "at": LATER}

    def line(self, number: int = 0) -> PlanLine:
        return sorted(self.plan.lines, key=lambda line: line.id)[number]

    def task(self, number: int = 0) -> Task:
        found = sa.select(Task).where(Task.subject_id == self.line(number).id)
        return db.session.scalars(found.execution_options(populate_existing=True)).one()

    def write(self, field: Field, text: str, number: int = 0, seen: str | None = None) -> Written:
        line = self.line(number)
        stands = next((one for one in lines_of_amendment(self.amendment) if one.id == line.id), None)
        saw = (stands.terms if stands else line.terms).value(field) if seen is None else seen
        [answer] = write_in_amendment(self.amendment, [Typed(line.id, field, saw, text)], **self.more)
        return answer

    def hand_in(self, at: datetime = LATER) -> None:
        submit_amendment(self.amendment, event_id=new_id(), **self.more | {"at": at})

    def hand_on(
        self, move: Move = Move.HAND_ON, roles: frozenset[Role] = frozenset(Role), at: datetime = LATER
    ) -> None:
        seen, more = len(review_of(self.amendment.id).acts), self.more | {"at": at}
        move_amendment(self.amendment, move, after=seen, roles=roles, event_id=new_id(), note="请说明原因", **more)

    def file(self, at: datetime = LATER) -> None:
        self.hand_in()
        for _stage in range(3):
            self.hand_on(at=at)
        db.session.commit()

    def visited(self, number: int = 0) -> None:
        """Somebody was there, under the plan as it was."""
        settle(self.task(number), new_id(), by=By(staff_id=self.officers[0].id), at=LATER)
        db.session.flush()


def at_work() -> AtWork:
    """An amendment just begun, committed."""
    estate = an_estate()
    supervisor = a_staff(estate, Role.SUPERVISOR, name="孙丽华")
    officers = [a_staff(estate, Role.OFFICER, name=name) for name in ("李敏", "张伟")]
    for _home in range(3):
        a_home(estate)
    db.session.flush()
    by = By(staff_id=supervisor.id)
    plan = propose_plan(estate, MONTH, today=TODAY, by=by, at=NOW)
    put_to_work(plan, by=by, at=NOW)
    amendment = begin_amendment(plan, by=by, at=LATER)
    db.session.commit()
    return AtWork(estate, supervisor, officers, plan, amendment)


def a_new_home(work: AtWork) -> Unit:
    unit = a_home(work.estate, "新业主")
    db.session.flush()
    return unit


def kinds(thing_id: uuid.UUID) -> list[str]:
    return [line.kind for line in journal.history(thing_id)]


def came(work: AtWork) -> dict[uuid.UUID, Came]:
    return {changed.unit.id: changed.row.came for changed in changes_in(work.amendment)}
