"""Form 5 on paper: a unit with its owners, tenants and household, what to mind there, and what went before, in short.

Who owned or rented it once is not on it: a new owner's paper says nothing of the seller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core.clock import local_date
from app.core.db import db
from app.documents.history import state_of
from app.documents.letterhead import letterhead
from app.documents.sheets import Bilingual, Language, Sheet
from app.estates.file_rules import warranties
from app.estates.models import Estate, HouseholdMember, Ownership, Tenancy, Unit
from app.estates.queries import owners_on, tenants_on
from app.issues.models import Issue
from app.issues.queries import issues_at
from app.repairs.models import WorkOrder
from app.repairs.queries import orders_at
from app.visits.models import Attempt, Visit
from app.visits.queries import attempts_at, visits_at
from app.visits.words import headline

MOST_PAST = 40
"""How many lines of what went before are printed: the newest."""


@dataclass(frozen=True)
class Party:
    """An owner or tenant of today. `kind`: person or company; of a person `sex` is male, female or "" """

    kind: str
    name: str
    since: date
    phones: tuple[str, ...]
    sex: str
    id_last4: str
    emergency_name: str
    emergency_phone: str
    legal_representative: str
    licence_no: str
    consent_on: date | None


@dataclass(frozen=True)
class Member:
    """Somebody who lives there."""

    name: str
    relation: str
    phone: str
    since: date


@dataclass(frozen=True)
class Covered:
    """Until when the warranty of a part lasts, that day included; nothing while the handover is not known."""

    part: str
    until: date | None
    over: bool
    by_hand: bool


@dataclass(frozen=True)
class Past:
    """One line of what went before. `what`: visit, attempt, issue or order; `result`: a value of theirs, or `state`."""

    at: datetime
    what: str
    number: str
    text: str = ""
    method: str = ""
    categories: tuple[str, ...] = ()
    result: str = ""
    state: Bilingual | None = None


@dataclass(frozen=True, kw_only=True)
class OwnerSheet(Sheet):
    """Every field of the form. `past_in_all`: how many lines of `past` there would be if all were printed."""

    unit: str
    occupancy: str
    area: str
    layout: str
    handover_on: date | None
    remarks: str
    owners: tuple[Party, ...]
    tenants: tuple[Party, ...]
    household: tuple[Member, ...]
    parking: tuple[str, ...]
    plates: tuple[str, ...]
    warranties: tuple[Covered, ...]
    care: tuple[str, ...]
    preferred_contact: str
    do_not_disturb: str
    past: tuple[Past, ...]
    past_in_all: int


def owner_sheet(unit: Unit, languages: tuple[Language, ...], *, printed_at: datetime) -> OwnerSheet:
    """The file of a unit, for whoever may read owners' files. Only reads."""
    estate = db.session.get_one(Estate, unit.estate_id)
    today = local_date(printed_at, estate.time_zone)
    past = _past(unit)
    return OwnerSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=unit.short,
        printed_at=printed_at,
        unit=unit.label(languages[0]),
        occupancy=unit.occupancy.value,
        area=unit.area or "",
        layout=unit.layout or "",
        handover_on=unit.handover_on,
        remarks=unit.remarks,
        owners=tuple(_party(held) for held in owners_on(unit, today)),
        tenants=tuple(_party(held) for held in tenants_on(unit, today)),
        household=tuple(_member(one) for one in unit.household if one.until is None),
        parking=tuple(unit.parking),
        plates=tuple(unit.plates),
        warranties=tuple(
            Covered(one.part.value, one.until, over=one.until is not None and one.until < today, by_hand=one.by_hand)
            for one in warranties(unit.handover_on, unit.warranty)
        ),
        care=tuple(unit.care),
        preferred_contact=unit.preferred_contact or "",
        do_not_disturb=unit.do_not_disturb or "",
        past=tuple(past[:MOST_PAST]),
        past_in_all=len(past),
    )


def _party(held: Ownership | Tenancy) -> Party:
    person = held.person
    return Party(
        kind=person.kind.value,
        name=person.name,
        since=held.since,
        phones=tuple(phone for phone in (person.phone, *person.other_phones) if phone),
        sex=person.sex or "",
        id_last4=person.id_last4 or "",
        emergency_name=person.emergency_name or "",
        emergency_phone=person.emergency_phone or "",
        legal_representative=person.legal_representative or "",
        licence_no=person.licence_no or "",
        consent_on=person.consent_on,
    )


def _member(member: HouseholdMember) -> Member:
    return Member(member.name, member.relation, member.phone or "", member.since)


def _past(unit: Unit) -> list[Past]:
    """Everything that was held, tried, raised and repaired here, newest first, without anybody's name."""
    kinds: tuple[Sequence[Past], ...] = (
        [_visit(visit) for visit in visits_at(unit.id)],
        [_attempt(attempt) for attempt in attempts_at(unit.id)],
        [_issue(issue) for issue in issues_at(unit.id)],
        [_order(order) for order in orders_at(unit.id)],
    )
    return sorted((past for kind in kinds for past in kind), key=lambda past: past.at, reverse=True)


def _visit(visit: Visit) -> Past:
    return Past(
        visit.started_at,
        "visit",
        visit.receipt_number or visit.number,
        method=visit.method.value,
        categories=tuple(visit.categories),
        result=visit.rating.value,
    )


def _attempt(attempt: Attempt) -> Past:
    number = attempt.receipt_number or attempt.number
    return Past(attempt.tried_at, "attempt", number, method=attempt.method.value, result=attempt.outcome.value)


def _issue(issue: Issue) -> Past:
    return Past(issue.raised_at, "issue", issue.number or "", text=headline(issue.text), state=state_of(issue))


def _order(order: WorkOrder) -> Past:
    number = order.number or order.outside_number
    return Past(order.reported_at, "order", number, text=headline(order.content), result=order.state.value)
