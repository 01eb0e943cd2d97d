"""Whether whoever was met stands in the owner file as what they were called at the door."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import sqlalchemy as sa

from app.core import ahead
from app.core.clock import local_date
from app.core.db import db
from app.estates.models import Estate, Ownership, Person, Tenancy
from app.estates.rules import PersonKind
from app.visits.models import Visit
from app.visits.rules import Relation

HELD_BY: dict[Relation, type[Ownership] | type[Tenancy]] = {Relation.OWNER: Ownership, Relation.TENANT: Tenancy}


@dataclass(frozen=True)
class Met:
    """Who was met where and when, and as what, by the officer's word; `person_id` if they were chosen from the file."""

    unit_id: uuid.UUID
    at: datetime
    name: str
    relation: Relation
    person_id: uuid.UUID | None


@dataclass(frozen=True)
class _Holder:
    person_id: uuid.UUID
    name: str
    kind: PersonKind
    since: date
    until: date | None

    def had_it(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def is_met_in(self, met: Met) -> bool:
        """A company speaks through somebody who stands in no file."""
        return self.kind is PersonKind.COMPANY or met.person_id == self.person_id or met.name == self.name


def met_at(visit: Visit) -> Met:
    """Whoever was met at a visit."""
    return Met(visit.unit_id, visit.met_at, visit.interviewee_name, visit.interviewee_relation, visit.interviewee_id)


def stands_in_no_file(visit: Visit) -> bool:
    """Whether an owner or a tenant, as the officer wrote, is none by the owner file on the day of the visit.

    What others are to the owner the file need not know.
    """
    met = met_at(visit)
    if met.relation not in HELD_BY:
        return False
    zone = db.session.get_one(Estate, visit.estate_id).time_zone
    return not any(holder.is_met_in(met) for holder in _on_that_day(met, _holders([met]), zone))


def are_others(met: Iterable[Met], zone: str) -> list[bool]:
    """Of each, whether the owner file knows who owns or rents that unit on that day, and they are none of these.

    Where it knows nobody the officer's word stands: nothing can be held against it.
    """
    all_met = list(met)
    holders = _holders(all_met)
    found = []
    for one in all_met:
        there = _on_that_day(one, holders, zone)
        found.append(bool(there) and not any(holder.is_met_in(one) for holder in there))
    return found


def owns_it(met: Met, zone: str) -> bool:
    """Whether the owner file names somebody of that name as an owner on that day; whom it does not know it does not."""
    there = _on_that_day(met, _holders([met]), zone)
    return met.relation is Relation.OWNER and any(holder.name == met.name for holder in there)


def foresee_holders(units: Iterable[tuple[Relation, uuid.UUID]]) -> None:
    """Read ahead, in bulk, who owns or rents these units: it is asked of whoever was met there, as what they were."""
    wanted = {key for key in units if key[0] in HELD_BY}
    found = _read(wanted)
    for key in wanted:
        ahead.once(("holders", *key), partial(found.__getitem__, key))


_Held = tuple[Relation, uuid.UUID]
_Holders = dict[_Held, list[_Holder]]


def _on_that_day(met: Met, holders: _Holders, zone: str) -> list[_Holder]:
    day = local_date(met.at, zone)
    return [holder for holder in holders.get((met.relation, met.unit_id), []) if holder.had_it(day)]


def _holders(met: Iterable[Met]) -> _Holders:
    """Owners and tenants of these units, whenever they were."""
    wanted = {(one.relation, one.unit_id) for one in met if one.relation in HELD_BY}
    if not ahead.is_on():
        return _read(wanted)
    return {key: ahead.once(("holders", *key), partial(_of_one, key)) for key in wanted}


def _of_one(key: _Held) -> list[_Holder]:
    return _read({key})[key]


def _read(wanted: Collection[_Held]) -> _Holders:
    found: _Holders = {key: [] for key in wanted}
    for relation, held_by in HELD_BY.items():
        units = [unit_id for as_what, unit_id in wanted if as_what is relation]
        if not units:
            continue
        rows = (
            sa.select(held_by.unit_id, Person.id, Person.name, Person.kind, held_by.since, held_by.until)
            .join(Person, Person.id == held_by.person_id)
            .where(held_by.unit_id.in_(units))
        )
        for unit_id, person_id, name, kind, since, until in db.session.execute(rows):
            found[relation, unit_id].append(_Holder(person_id, name, kind, since, until))
    return found
