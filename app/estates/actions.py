"""Everything that changes estates, units and owners. The caller commits."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By, Doc
from app.estates.models import Building, Estate, Ownership, Person, Tenancy, Unit
from app.estates.rules import Occupancy, PersonKind, Profile, initials, pinyin

CONSENT = {
    "version": 1,
    "text": {
        "zh": "我已阅读以上内容，内容属实。我同意以屏幕签字方式确认本次走访记录。签字后内容不再更改；"
        "如有异议，可在 {days} 天内致电 {phone}。签字只用于确认以上内容。",
        "en": "I have read the above and it is true. I agree to confirm this visit record by signing on the screen. "
        "Once signed, its content does not change; if I object, I can call {phone} within {days} days. "
        "My signature is used to confirm the above and for nothing else.",
    },
}
"""Version 1 of the words above a signature; `{phone}` and `{days}` are the estate's."""

TITLES = {
    Profile.A: {"zh": "业主回访记录表", "en": "Owner visit record"},
    Profile.B: {"zh": "客户回访记录表", "en": "Customer visit record"},
}
"""The printed title of a visit record, by profile; a setting of the estate."""


def found_estate(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    company_zh: str,
    company_en: str,
    phone: str,
    profile: Profile,
    time_zone: str = "Asia/Shanghai",
    by: By,
    at: datetime,
) -> Estate:
    """A new estate with its profile's settings."""
    estate = Estate(
        id=new_id(),
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        company_zh=company_zh,
        company_en=company_en,
        phone=phone,
        profile=profile,
        time_zone=time_zone,
        settings={"title": TITLES[profile], "consent": CONSENT},
    )
    db.session.add(estate)
    note_estate(estate, "estate:founded", by=by, at=at)
    return estate


def note_estate(estate: Estate, kind: str, *, by: By, at: datetime, data: dict[str, Any] | None = None) -> None:
    """Write that something of the estate itself changed, so that tablets learn of it."""
    changes = (Doc("estate", estate.id),)
    journal.write(estate.id, kind, ("estate", estate.id), by=by, at=at, data=data, changes=changes)


def open_unit(
    estate: Estate,
    building: str,
    entrance: str,
    number: str,
    *,
    by: By,
    at: datetime,
    floor: int | None = None,
    area: str | None = None,
    handover_on: date | None = None,
    occupancy: Occupancy = Occupancy.OWNER,
) -> Unit:
    """A new unit, in a building that is made if it is not known yet."""
    unit = Unit(
        id=new_id(),
        estate_id=estate.id,
        building=_building(estate, building),
        entrance=entrance,
        floor=floor,
        number=number,
        area=area,
        handover_on=handover_on,
        occupancy=occupancy,
        care=[],
    )
    db.session.add(unit)
    db.session.flush()
    note_unit(unit, "unit:opened", by=by, at=at)
    return unit


def move_in(
    unit: Unit,
    name: str,
    kind: PersonKind,
    *,
    phone: str,
    since: date,
    by: By,
    at: datetime,
    tenant: bool = False,
) -> Person:
    """Somebody new owns (or rents) a unit from a day on."""
    person = Person(
        id=new_id(),
        estate_id=unit.estate_id,
        kind=kind,
        name=name,
        initials=initials(name),
        pinyin=pinyin(name),
        phone=phone,
        other_phones=[],
    )
    db.session.add(person)
    held = Tenancy if tenant else Ownership
    db.session.add(held(estate_id=unit.estate_id, unit=unit, person=person, since=since))
    db.session.flush()
    note_unit(unit, "unit:tenant_moved_in" if tenant else "unit:owned", by=by, at=at)
    return person


def note_unit(unit: Unit, kind: str, *, by: By, at: datetime) -> None:
    """Write that something of a unit changed, so that tablets learn of it."""
    changes = (Doc("unit", unit.id),)
    journal.write(unit.estate_id, kind, ("unit", unit.id), by=by, at=at, changes=changes)


def _building(estate: Estate, name: str) -> Building:
    found = sa.select(Building).where(Building.estate_id == estate.id, Building.name == name)
    building = db.session.scalars(found).first()
    if building is None:
        building = Building(id=new_id(), estate_id=estate.id, name=name)
        db.session.add(building)
        db.session.flush()
    return building
