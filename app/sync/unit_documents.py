"""The `unit` documents: home, people, last visit. A first pull makes thousands, so they come from rows, not objects."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core.clock import isoformat, local_date
from app.core.db import IdText, db
from app.estates.file_rules import Standing
from app.estates.models import Building, Estate, FileCorrection, HouseholdMember, Ownership, Person, Tenancy, Unit
from app.estates.rules import unit_label
from app.issues.models import Issue
from app.people.models import Staff
from app.visits.models import MET_AT, Attempt, Visit
from app.visits.rules import DEAD_NUMBER

Doc = dict[str, Any]
Days = dict[uuid.UUID, date]


def units(ids: list[uuid.UUID], at: datetime) -> dict[uuid.UUID, Doc]:
    """Unit → document, as it reads on the day of `at` where its estate stands."""
    zones = {row.id: row.time_zone for row in db.session.execute(sa.select(Estate.id, Estate.time_zone))}
    today = {estate: local_date(at, zone) for estate, zone in zones.items()}
    owners, tenants = _people(Ownership, "owner", ids), _people(Tenancy, "tenant", ids)
    household, waiting = _household(ids), _corrections(ids)
    last_visits, tries, dead = _last_visits(ids, zones), _tries_since_met(ids), _dead_numbers(ids, zones)
    docs = {}
    for row in _rows(ids):
        day, id_ = today[row.estate_id], row.text
        people = [doc for since, until, doc in [*owners[id_], *tenants[id_]] if _on(day, since, until)]
        here = [doc for since, until, doc in household.get(id_, ()) if _on(day, since, until)]
        docs[row.id] = _unit(row, people, last_visits.get(id_)) | _tried(tries[id_], dead[id_])
        docs[row.id] |= {name: told for name, told in (("household", here), ("corrections", waiting.get(id_))) if told}
    return docs


def _tried(tries: list[Doc], dead: list[Doc]) -> Doc:
    """How often nobody was met; how, when, and what is to come of it only where there is something to say."""
    said = {"tries": tries, "dead_numbers": dead}
    return {"attempts": len(tries)} | {name: value for name, value in said.items() if value}


def _rows(ids: list[uuid.UUID]) -> Iterable[sa.Row[Any]]:
    shown = (Unit.entrance, Unit.floor, Unit.number, Unit.area, Unit.handover_on, Unit.occupancy, Unit.warranty)
    found = sa.select(Unit.id, _text(Unit.id), Unit.estate_id, Building.name, *shown, Unit.care, Unit.do_not_disturb)
    found = found.add_columns(Unit.preferred_contact, Unit.plates)
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
        "preferred_contact": row.preferred_contact,
        "plates": row.plates or None,
        "warranty": row.warranty or None,
        "last_visit": last,
    }
    return {name: value for name, value in doc.items() if value is not None}


def _people(
    held: type[Ownership] | type[Tenancy], relation: str, ids: list[uuid.UUID]
) -> dict[str, list[tuple[date, date | None, Doc]]]:
    """Unit → from when, until when, and who, in the order in which they came."""
    shown = (Person.name, Person.kind, Person.phone, Person.other_phones, Person.initials, Person.pinyin)
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
        if row.other_phones:
            doc["other_phones"] = row.other_phones
        people[row.unit].append((row.since, row.until, doc))
    return people


def _household(ids: list[uuid.UUID]) -> dict[str, list[tuple[date, date | None, Doc]]]:
    """Unit → who else lives there: no telephone numbers, an officer at the door needs none."""
    members = defaultdict(list)
    shown = (HouseholdMember.since, HouseholdMember.until, HouseholdMember.name, HouseholdMember.relation)
    found = sa.select(_text(HouseholdMember.unit_id, "unit"), *shown).where(HouseholdMember.unit_id.in_(ids))
    for row in db.session.execute(found.order_by(HouseholdMember.since, HouseholdMember.id)):
        members[row.unit].append((row.since, row.until, {"name": row.name, "relation": row.relation}))
    return members


def _corrections(ids: list[uuid.UUID]) -> dict[str, list[Doc]]:
    """Unit → what officers noted about its file and the office has not decided about."""
    waiting = defaultdict(list)
    shown = (FileCorrection.about, FileCorrection.value, FileCorrection.noted_at, Staff.name)
    found = (
        sa.select(
            _text(FileCorrection.unit_id, "unit"),
            _text(FileCorrection.id),
            _text(FileCorrection.person_id, "person"),
            *shown,
        )
        .join(FileCorrection.author)
        .where(FileCorrection.unit_id.in_(ids), FileCorrection.state == Standing.WAITING)
        .order_by(FileCorrection.received_at, FileCorrection.id)
    )
    for row in db.session.execute(found):
        doc = {
            "id": row.text,
            "about": row.about.value,
            "value": row.value,
            "by": row.name,
            "at": isoformat(row.noted_at),
        }
        waiting[row.unit].append(doc | ({"person": row.person} if row.person else {}))
    return waiting


def _on(day: date, since: date, until: date | None) -> bool:
    return since <= day and (until is None or until > day)


def _last_visits(ids: list[uuid.UUID], zones: dict[uuid.UUID, str]) -> dict[str, Doc]:
    newest = (
        sa.select(Visit.unit_id, sa.func.max(MET_AT).label("at"))
        .where(Visit.unit_id.in_(ids))
        .group_by(Visit.unit_id)
        .subquery()
    )
    shown = (Visit.estate_id, MET_AT.label("met_at"), Visit.rating, Visit.wishes, Staff.name)
    visits = db.session.execute(
        sa.select(_text(Visit.id), _text(Visit.unit_id, "unit"), *shown)
        .join(newest, sa.and_(newest.c.unit_id == Visit.unit_id, newest.c.at == MET_AT))
        .join(Visit.officer)
        .order_by(Visit.id)
    ).all()
    raised = _raised_where(Visit.unit_id.in_(ids))
    return {
        row.unit: {
            "on": local_date(row.met_at, zones[row.estate_id]).isoformat(),
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


def _tries_since_met(ids: list[uuid.UUID]) -> dict[str, list[Doc]]:
    """Unit → each attempt since somebody was last met there, the first one first."""
    met = sa.select(sa.func.max(MET_AT)).where(Visit.unit_id == Attempt.unit_id).correlate(Attempt).scalar_subquery()
    shown = (Attempt.tried_at, Attempt.method, Attempt.outcome, Attempt.task_ids, Attempt.again_at)
    rows = db.session.execute(
        sa.select(_text(Attempt.unit_id, "unit"), *shown)
        .where(Attempt.unit_id.in_(ids), sa.or_(met.is_(None), Attempt.tried_at > met))
        .order_by(Attempt.tried_at, Attempt.id)
    )
    tries: dict[str, list[Doc]] = defaultdict(list)
    for row in rows:
        doc = {
            "at": isoformat(row.tried_at),
            "method": row.method.value,
            "outcome": row.outcome.value,
            "tasks": row.task_ids,
        }
        if row.again_at:
            doc["again_at"] = isoformat(row.again_at)
        tries[row.unit].append(doc)
    return tries


def _dead_numbers(ids: list[uuid.UUID], zones: dict[uuid.UUID, str]) -> dict[str, list[Doc]]:
    """Unit → its people's numbers behind which the last call from there found nobody who belongs to it."""
    shown = (Attempt.estate_id, Attempt.outcome, Attempt.tried_at, Attempt.called_index, Attempt.called_ending)
    rows = db.session.execute(
        sa.select(_text(Attempt.unit_id, "unit"), _text(Attempt.called_id, "person"), *shown)
        .where(Attempt.unit_id.in_(ids), Attempt.called_id.is_not(None))
        .order_by(Attempt.tried_at, Attempt.id)
    )
    last = {(row.unit, row.person, row.called_index, row.called_ending): row for row in rows}
    dead: dict[str, list[Doc]] = defaultdict(list)
    for (unit, person, index, ending), row in last.items():
        if row.outcome in DEAD_NUMBER:
            on = local_date(row.tried_at, zones[row.estate_id]).isoformat()
            found = {"person": person, "index": index, "ending": ending, "outcome": row.outcome.value, "on": on}
            dead[unit].append(found)
    return dead


def _text(id_: Any, label: str = "text") -> sa.ColumnElement[str]:
    return sa.type_coerce(id_, IdText()).label(label)
