"""The `unit` documents: home, people, last visit. A first pull makes thousands, so they come from rows, not objects."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core.clock import local_date
from app.core.db import IdText, db
from app.estates.models import Building, Estate, Ownership, Person, Tenancy, Unit
from app.estates.rules import unit_label
from app.issues.models import Issue
from app.people.models import Staff
from app.visits.models import Attempt, Visit

Doc = dict[str, Any]
Days = dict[uuid.UUID, date]


def units(ids: list[uuid.UUID], at: datetime) -> dict[uuid.UUID, Doc]:
    """Unit → document, as it reads on the day of `at` where its estate stands."""
    zones = {row.id: row.time_zone for row in db.session.execute(sa.select(Estate.id, Estate.time_zone))}
    today = {estate: local_date(at, zone) for estate, zone in zones.items()}
    owners, tenants = _people(Ownership, "owner", ids), _people(Tenancy, "tenant", ids)
    last_visits, attempts = _last_visits(ids, zones), _attempts_since_met(ids)
    docs = {}
    for row in _rows(ids):
        day, id_ = today[row.estate_id], row.text
        people = [doc for since, until, doc in [*owners[id_], *tenants[id_]] if _on(day, since, until)]
        docs[row.id] = _unit(row, people, last_visits.get(id_)) | {"attempts": attempts.get(row.id, 0)}
    return docs


def _rows(ids: list[uuid.UUID]) -> Iterable[sa.Row[Any]]:
    shown = (Unit.entrance, Unit.floor, Unit.number, Unit.area, Unit.handover_on, Unit.occupancy)
    found = sa.select(Unit.id, _text(Unit.id), Unit.estate_id, Building.name, *shown, Unit.care, Unit.do_not_disturb)
    return db.session.execute(found.join(Unit.building).where(Unit.id.in_(ids)))


def _unit(row: sa.Row[Any], people: list[Doc], last: Doc | None) -> Doc:
    doc = {
        "building": row.name,
        "entrance": row.entrance,
        "floor": row.floor,
        "number": row.number,
        "label": {locale: unit_label(row.name, row.entrance, row.number, locale) for locale in ("zh", "en")},
        "area": row.area,
        "handover_on": row.handover_on.isoformat() if row.handover_on else None,
        "occupancy": row.occupancy.value,
        "people": people,
        "care": row.care,
        "do_not_disturb": row.do_not_disturb,
        "last_visit": last,
    }
    return {name: value for name, value in doc.items() if value is not None}


def _people(
    held: type[Ownership] | type[Tenancy], relation: str, ids: list[uuid.UUID]
) -> dict[str, list[tuple[date, date | None, Doc]]]:
    """Unit → from when, until when, and who, in the order in which they came."""
    shown = (Person.name, Person.kind, Person.phone, Person.initials, Person.pinyin)
    found = sa.select(_text(held.unit_id, "unit"), held.since, held.until, _text(Person.id), *shown)
    people = defaultdict(list)
    for row in db.session.execute(found.join(held.person).where(held.unit_id.in_(ids)).order_by(held.since, held.id)):
        doc = {
            "id": row.text,
            "name": row.name,
            "kind": row.kind.value,
            "relation": relation,
            "phone": row.phone,
            "initials": row.initials,
            "pinyin": row.pinyin,
            "since": row.since.isoformat(),
        }
        people[row.unit].append((row.since, row.until, doc))
    return people


def _on(day: date, since: date, until: date | None) -> bool:
    return since <= day and (until is None or until > day)


def _last_visits(ids: list[uuid.UUID], zones: dict[uuid.UUID, str]) -> dict[str, Doc]:
    newest = (
        sa.select(Visit.unit_id, sa.func.max(Visit.started_at).label("at"))
        .where(Visit.unit_id.in_(ids))
        .group_by(Visit.unit_id)
        .subquery()
    )
    shown = (Visit.estate_id, Visit.started_at, Visit.rating, Visit.wishes, Staff.name)
    visits = db.session.execute(
        sa.select(_text(Visit.id), _text(Visit.unit_id, "unit"), *shown)
        .join(newest, sa.and_(newest.c.unit_id == Visit.unit_id, newest.c.at == Visit.started_at))
        .join(Visit.officer)
        .order_by(Visit.id)
    ).all()
    raised = _raised_where(Visit.unit_id.in_(ids))
    return {
        row.unit: {
            "on": local_date(row.started_at, zones[row.estate_id]).isoformat(),
            "officer": row.name,
            "rating": row.rating.value,
            "wishes": row.wishes,
            "answered": raised[row.text][True],
            "routed": raised[row.text][False],
        }
        for row in visits
    }


def _raised_where(condition: sa.ColumnElement[bool]) -> dict[str, dict[bool, int]]:
    """Visit → how many issues were answered on the spot, and how many went on."""
    counts: dict[str, dict[bool, int]] = defaultdict(lambda: {True: 0, False: 0})
    found = sa.select(_text(Issue.visit_id), Issue.answer).join(Visit, Visit.id == Issue.visit_id).where(condition)
    for visit_id, answer in db.session.execute(found):
        counts[visit_id][answer != ""] += 1
    return counts


def _attempts_since_met(ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    met = (
        sa.select(sa.func.max(Visit.started_at))
        .where(Visit.unit_id == Attempt.unit_id)
        .correlate(Attempt)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(Attempt.unit_id, sa.func.count())
        .where(Attempt.unit_id.in_(ids), sa.or_(met.is_(None), Attempt.tried_at > met))
        .group_by(Attempt.unit_id)
    )
    return {row[0]: row[1] for row in rows}


def _text(id_: Any, label: str = "text") -> sa.ColumnElement[str]:
    return sa.type_coerce(id_, IdText()).label(label)
