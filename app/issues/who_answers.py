"""Who answers for an issue: whoever holds its unit on that day, a tenant for matters of their own use.

After a sale that is the new owner.
"""

import enum
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.core.db import db
from app.estates.models import HouseholdMember, Ownership, Person, Tenancy
from app.issues.models import Issue
from app.issues.rules import HowAnswered


class StandsAs(enum.Enum):
    """What somebody who answers is to the unit."""

    OWNER = "owner"
    TENANT = "tenant"
    HOUSEHOLD = "household"
    ELSE = "else"


OWN_WORD = frozenset({StandsAs.OWNER, StandsAs.TENANT})
"""Who answers for themselves; everybody else answers on behalf of the owner, as by telephone."""


@dataclass(frozen=True)
class SaidBy:
    """Who said what is taken down in the office; `person_id`: of an owner or a tenant."""

    name: str
    standing: StandsAs
    person_id: uuid.UUID | None = None
    relation: str = ""

    def as_given(self, how: HowAnswered) -> HowAnswered:
        """How an answer counts as given that they gave in this way."""
        return how if self.standing in OWN_WORD or how is HowAnswered.WITNESSED else HowAnswered.PROXY


def who_may_answer(unit_id: uuid.UUID | None, day: date) -> list[SaidBy]:
    """Everybody by the owner file who can be spoken with about a unit on a day: owners, tenants, their household."""
    if unit_id is None:
        return []
    people: list[SaidBy] = []
    for kind, standing in ((Ownership, StandsAs.OWNER), (Tenancy, StandsAs.TENANT)):
        found = sa.select(Person).join(kind, kind.person_id == Person.id).order_by(kind.since, kind.id)
        held = found.where(kind.unit_id == unit_id, *_on(kind, day))
        people += [SaidBy(one.name, standing, one.id) for one in db.session.scalars(held)]
    family = sa.select(HouseholdMember).where(HouseholdMember.unit_id == unit_id, *_on(HouseholdMember, day))
    for member in db.session.scalars(family.order_by(HouseholdMember.since, HouseholdMember.id)):
        people.append(SaidBy(member.name, StandsAs.HOUSEHOLD, relation=member.relation))
    return people


def has_left(unit_id: uuid.UUID | None, person_id: uuid.UUID | None, day: date) -> bool:
    """Whether somebody owned or rented a unit once and does so no more on a day.

    A matter of the unit goes on with whoever holds it now; nobody who has left can call it good. Somebody who never
    held it, a child of the owner's, answers on the owner's behalf and has not left.
    """
    if unit_id is None or person_id is None:
        return False
    held = [row for kind in (Ownership, Tenancy) for row in _terms(kind, unit_id, person_id)]
    return bool(held) and not any(since <= day and (until is None or until > day) for since, until in held)


def is_only_the_owners(*, by_owner: bool, rents: bool, owns: bool) -> bool:
    """Whether it is an owner's matter, and only a tenant answers: no tenant calls an owner's matter good."""
    return by_owner and rents and not owns


def is_anothers(
    unit_id: uuid.UUID | None, person_id: uuid.UUID | None, day: date, *, by_owner: bool, says_tenant: bool = False
) -> bool:
    """Whether it is an owner's matter, and this person rents the unit on a day, or says so and stands in no file."""
    if unit_id is None or (person_id is None and not says_tenant):
        return False
    owns, rents = (
        any(since <= day and (until is None or until > day) for since, until in _terms(kind, unit_id, person_id))
        for kind in (Ownership, Tenancy)
    )
    return is_only_the_owners(by_owner=by_owner, rents=rents or says_tenant, owns=owns)


def _terms(
    kind: type[Ownership] | type[Tenancy], unit_id: uuid.UUID, person_id: uuid.UUID | None
) -> list[tuple[date, date | None]]:
    if person_id is None:
        return []
    found = sa.select(kind.since, kind.until).where(kind.unit_id == unit_id, kind.person_id == person_id)
    return [(row.since, row.until) for row in db.session.execute(found)]


def _on(
    kind: type[Ownership] | type[Tenancy] | type[HouseholdMember], day: date
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return kind.since <= day, sa.or_(kind.until.is_(None), kind.until > day)


def are_owners(issue_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these issues that are an owner's matter: no tenant raised them, by the owner file or as they were met.

    Whoever owned the unit once raised it as an owner. Whoever stands in no file raised it for the owner, as a spouse
    does, unless they were met as the tenant. What nobody raised, on an inspection, is no owner's.
    """
    owned, rented = (
        sa.exists().where(kind.unit_id == Issue.unit_id, kind.person_id == Issue.raised_by_id)
        for kind in (Ownership, Tenancy)
    )
    by_tenant = sa.or_(rented, Issue.raised_by_tenant)
    found = sa.select(Issue.id).where(Issue.inspection_id.is_(None), sa.or_(owned, ~by_tenant))
    return set(db.session.scalars(found.where(Issue.id.in_(list(issue_ids)))))
