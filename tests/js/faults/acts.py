"""What people of the office do meanwhile, as the tablet's tests name it. The caller commits."""

import io
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.agenda.actions import make_task
from app.agenda.models import Task
from app.agenda.rules import TaskKind
from app.core import journal
from app.core.clock import local_date
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import Doc
from app.estates.models import Estate, Unit
from app.issues.actions import accept, report_rectified
from app.issues.models import Category, Issue
from app.issues.rules import State
from app.people.actions import give_role
from app.people.models import Department, Device, Staff, StaffRole
from app.people.rules import Role
from app.people.tablets import revoke
from app.sync import handed_over
from tests.builders import NOBODY, a_category, a_department, a_home, a_planned_visit, a_staff, an_enrol_code, an_estate

SINCE = date(2025, 1, 1)


def found_estate(units: int, officers: int) -> dict[str, Any]:
    """An estate where a visit is due at every unit; its officers share the units in turn."""
    estate = an_estate()
    department = a_department(estate)
    a_category(estate, department, code="leak")
    people = [a_staff(estate, Role.OFFICER, name=f"李敏{n}") for n in range(officers)]
    worker = a_staff(estate, Role.DEPARTMENT_MANAGER, department=department)
    homes = [a_home(estate) for _each in range(units)]
    tasks = [a_planned_visit(home, people[n % officers]) for n, home in enumerate(homes)]
    return {
        "estate": str(estate.id),
        "officers": [{"id": str(person.id), "name": person.name, "code": an_enrol_code(person)} for person in people],
        "worker": str(worker.id),
        "units": [str(home.id) for home in homes],
        "tasks": [str(task.id) for task in tasks],
    }


def enrol_code(officer: str) -> dict[str, Any]:
    """A code for one more tablet of the same person."""
    return {"code": an_enrol_code(db.session.get_one(Staff, uuid.UUID(officer)))}


def plan_visit(unit: str, officer: str) -> dict[str, Any]:
    """One more visit is due there."""
    home, person = db.session.get_one(Unit, uuid.UUID(unit)), db.session.get_one(Staff, uuid.UUID(officer))
    due_on = datetime.now(UTC).date() + timedelta(days=3)
    task = make_task(
        home, TaskKind.PLANNED_VISIT, assignee_id=person.id, due_on=due_on, by=NOBODY, at=datetime.now(UTC)
    )
    db.session.flush()
    return {"task": str(task.id)}


def reassign(task: str, officer: str) -> dict[str, Any]:
    """What is due is given to a colleague."""
    row = db.session.get_one(Task, uuid.UUID(task), with_for_update=True)
    row.assignee_id = uuid.UUID(officer)
    _told(row.estate_id, "task:reassigned", ("task", row.id))
    return {}


def describe(unit: str, care: str) -> dict[str, Any]:
    """Somebody writes a note on a home."""
    home = db.session.get_one(Unit, uuid.UUID(unit), with_for_update=True)
    home.care = [care]
    _told(home.estate_id, "unit:described", ("unit", home.id))
    return {}


def remove_task(task: str) -> dict[str, Any]:
    """What was due vanishes from the tablets, as if it had never been."""
    row = db.session.get_one(Task, uuid.UUID(task))
    subject = ("task", row.id)
    journal.write(
        row.estate_id,
        "task:cancelled",
        subject,
        by=NOBODY,
        at=datetime.now(UTC),
        changes=(Doc("task", row.id, gone=True),),
    )
    db.session.delete(row)
    return {}


def work_on_issues(estate: str, worker: str) -> dict[str, Any]:
    """The department takes up what waits for it and reports it done: callbacks fall due."""
    by_department = db.session.get_one(Staff, uuid.UUID(worker))
    waiting = sa.select(Issue).where(Issue.estate_id == uuid.UUID(estate), Issue.state == State.ROUTED)
    issues = list(db.session.scalars(waiting.order_by(Issue.id)))
    at, soon = datetime.now(UTC), datetime.now(UTC).date() + timedelta(days=2)
    for issue in issues:
        accept(issue, "防水重做", by_department, soon, event_id=new_id(), by=NOBODY, at=at)
        report_rectified(issue, "已重做防水", event_id=new_id(), by=NOBODY, at=at)
    return {"moved": [str(issue.id) for issue in issues]}


def end_role(officer: str, estate: str) -> dict[str, Any]:
    """From today on this person carries no tablet there."""
    held = sa.update(StaffRole).where(
        StaffRole.staff_id == uuid.UUID(officer), StaffRole.estate_id == uuid.UUID(estate)
    )
    zone = db.session.get_one(Estate, uuid.UUID(estate)).time_zone
    db.session.execute(held.values(until=local_date(datetime.now(UTC), zone)))
    return {}


def give_role_again(officer: str, estate: str) -> dict[str, Any]:
    """They work there again."""
    person = db.session.get_one(Staff, uuid.UUID(officer))
    give_role(person, uuid.UUID(estate), Role.OFFICER, since=SINCE, by=NOBODY, at=datetime.now(UTC))
    return {}


def withdraw(device: str) -> dict[str, Any]:
    """A tablet is lost."""
    revoke(db.session.get_one(Device, uuid.UUID(device)), by=NOBODY, at=datetime.now(UTC))
    return {}


def close_category(estate: str, code: str) -> dict[str, Any]:
    """Issues of this kind are taken no more, under its old name: records that raise one are refused."""
    place = uuid.UUID(estate)
    category = db.session.scalars(sa.select(Category).where(Category.estate_id == place, Category.code == code)).first()
    if category is None:
        return {}
    category.code = f"closed-{new_id().hex}"
    under_it = db.session.scalars(sa.select(Issue.id).where(Issue.category_id == category.id))
    _told(place, "category:closed", ("estate", place), *(Doc("issue", issue) for issue in under_it))
    return {}


def open_category(estate: str, code: str) -> dict[str, Any]:
    """A kind of matter, for the first time or again; nothing happens while it is open."""
    place = db.session.get_one(Estate, uuid.UUID(estate))
    if db.session.scalars(sa.select(Category).where(Category.estate_id == place.id, Category.code == code)).first():
        return {}
    department = db.session.scalars(sa.select(Department).where(Department.estate_id == place.id)).first()
    a_category(place, department, code=code)
    return {}


def _told(estate: uuid.UUID, kind: str, subject: tuple[str, uuid.UUID], *changes: Doc) -> None:
    journal.write(estate, kind, subject, by=NOBODY, at=datetime.now(UTC), changes=(Doc(*subject), *changes))


def take_in_file(estate: str, text: str) -> dict[str, Any]:
    """Somebody brings what a tablet saved to a file."""
    key = handed_over.keep(io.BytesIO(text.encode()), at=datetime.now(UTC))
    return {"taken": dict(handed_over.take_over(key, uuid.UUID(estate), by=NOBODY, at=datetime.now(UTC)))}


ACTS = {
    act.__name__: act
    for act in (
        found_estate,
        enrol_code,
        plan_visit,
        reassign,
        describe,
        remove_task,
        work_on_issues,
        end_role,
        give_role_again,
        withdraw,
        close_category,
        open_category,
        take_in_file,
    )
}
