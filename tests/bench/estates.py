"""Large estates for benchmarks: many units with owners and their last visit, some with a visit due."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.agenda.actions import make_task
from app.agenda.rules import TaskKind
from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import Doc
from app.estates.models import Building, Estate, Ownership, Person, Tenancy, Unit
from app.estates.rules import initials, pinyin
from app.people.models import Staff
from app.people.rules import Role
from app.visits.models import Visit
from app.visits.rules import Method, Rating, Relation
from tests.builders import NOBODY, NOW, TODAY, a_category, a_department, a_staff, an_enrol_code, an_estate
from tests.model_tablet import ModelTablet

WISHES = ("希望物业把地下车库的照明修一修，晚上回家看不清车位；三号楼门口的快递柜也请换个位置。" * 4)[:160]
"""So long that the document of a unit has the size of those that others are measured with, 1.5 kB."""


@dataclass(frozen=True)
class BenchEstate:
    """An estate, the ids of its units and of the visits due there (unit → task), and an enrolled tablet."""

    estate_id: uuid.UUID
    units: Sequence[uuid.UUID]
    tasks: dict[uuid.UUID, uuid.UUID]
    tablet: ModelTablet


def a_large_estate(app: Flask, count: int, due: int) -> BenchEstate:
    """`count` units, each with two owners, a tenant and a last visit; at the first `due` of them a visit is due."""
    with app.app_context():
        estate, officer = an_estate(), None
        department = a_department(estate)
        a_category(estate, department, code="leak")
        a_category(estate, None, code="other")
        officer = a_staff(estate, Role.OFFICER)
        code = an_enrol_code(officer)
        db.session.commit()
        estate_id, officer_id = estate.id, officer.id
    tablet = ModelTablet(app.test_client(), code)
    with app.app_context():
        estate, officer = db.session.get_one(Estate, estate_id), db.session.get_one(Staff, officer_id)
        units = _open_units(estate, count)
        _visit_all_once(estate, units, officer, uuid.UUID(tablet.device_id))
        tasks = _let_be_due(units[:due], officer)
        db.session.commit()
        return BenchEstate(estate_id, units, tasks, tablet)


def _open_units(estate: Estate, count: int) -> list[uuid.UUID]:
    buildings = [new_id() for _building in range(25)]
    named = [{"id": id_, "estate_id": estate.id, "name": f"{n}"} for n, id_ in enumerate(buildings, start=1)]
    db.session.execute(sa.insert(Building), named)
    units = [new_id() for _unit in range(count)]
    db.session.execute(sa.insert(Unit), [_unit(estate, buildings, n, unit) for n, unit in enumerate(units)])
    for n, unit in enumerate(units):
        journal.write(estate.id, "unit:opened", ("unit", unit), by=NOBODY, at=NOW, changes=(Doc("unit", unit),))
        _move_in(estate, unit, n)
    db.session.flush()
    return units


def _unit(estate: Estate, buildings: list[uuid.UUID], n: int, unit: uuid.UUID) -> dict[str, Any]:
    floor, home = divmod(n // len(buildings) % 200, 4)
    return {
        "id": unit,
        "estate_id": estate.id,
        "building_id": buildings[n % len(buildings)],
        "entrance": f"{n // len(buildings) // 200 + 1}",
        "floor": floor + 1,
        "number": f"{floor + 1}0{home + 1}",
        "area": "98.6",
        "handover_on": date(2018, 5, 18),
        "care": ["独居老人"] if n % 20 == 0 else [],
    }


def _move_in(estate: Estate, unit: uuid.UUID, n: int) -> None:
    people = [_person(estate, n, "陈李王张刘赵许吴"[(n + k) % 8] + "建国明华") for k in range(3)]
    db.session.add_all(people)
    for owner in people[:2]:
        db.session.add(Ownership(estate_id=estate.id, unit_id=unit, person_id=owner.id, since=date(2018, 5, 18)))
    db.session.add(Tenancy(estate_id=estate.id, unit_id=unit, person_id=people[2].id, since=date(2024, 5, 18)))


def _person(estate: Estate, n: int, name: str) -> Person:
    return Person(
        id=new_id(),
        estate_id=estate.id,
        name=name,
        initials=initials(name),
        pinyin=pinyin(name),
        phone=f"{13_000_000_000 + n * 7}",
        other_phones=[],
    )


def _visit_all_once(estate: Estate, units: Sequence[uuid.UUID], officer: Staff, device_id: uuid.UUID) -> None:
    """A quarter ago, so that every unit's document tells of it."""
    at = NOW - timedelta(days=90)
    visits = [
        {
            "id": new_id(),
            "estate_id": estate.id,
            "unit_id": unit,
            "number": f"T00-{n:04}",
            "officer_id": officer.id,
            "device_id": device_id,
            "operation_id": new_id(),
            "method": Method.DOOR,
            "categories": ["scheduled"],
            "started_at": at,
            "ended_at": at,
            "received_at": at,
            "interviewee_name": "陈建国",
            "interviewee_relation": Relation.OWNER,
            "script": {},
            "wishes": WISHES,
            "rating": Rating.BASIC,
            "complete": True,
        }
        for n, unit in enumerate(units)
    ]
    db.session.execute(sa.insert(Visit), visits)


def _let_be_due(units: Sequence[uuid.UUID], officer: Staff) -> dict[uuid.UUID, uuid.UUID]:
    tasks = {}
    for unit_id in units:
        unit = db.session.get_one(Unit, unit_id)
        task = make_task(
            unit,
            TaskKind.PLANNED_VISIT,
            assignee_id=officer.id,
            due_on=TODAY + timedelta(days=3),
            by=NOBODY,
            at=NOW,
        )
        tasks[unit_id] = task.id
    return tasks
