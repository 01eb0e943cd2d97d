"""What stands in the owner files of the demonstration estate beside names and phones, and what waits there."""

from datetime import date, datetime

from app.cli.demo_homes import Home
from app.cli.demo_officers import Officer
from app.core.clock import local_date
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.estates.owner_file import Hand, change_fields, member_joins

_HOUSEHOLDS = {
    "3-1-1202": (("陈一诺", "女儿", ""), ("王桂英", "母亲", "13675710428")),
    "3-1-0901": (("王晓燕", "女儿", "13868021975"),),
    "3-2-1801": (("赵子轩", "儿子", ""),),
}
_PARKED = {
    "3-1-1202": (["B1-032"], ["浙A7K209"]),
    "3-2-1801": (["B1-118", "B1-119"], ["浙A3M552", "浙AD10986"]),
    "3-1-0402": (["B2-007"], ["浙A90T31"]),
}
_BEST = {"3-1-1202": "工作日晚上七点后", "3-2-0701": "周末上午", "3-1-0901": "上午九点到十一点"}
_EMERGENCY = {"3-1-0901": ("王晓燕", "13868021975"), "1-1-0501": ("何建军", "13958110327")}


def fill_in(estate: Estate, homes: dict[str, Home], *, by: By, at: datetime) -> None:
    """Household, parking, times and emergency contacts, as the front desk typed them when the estate began."""
    hand = Hand(by, at, local_date(at, estate.time_zone))
    for code, members in _HOUSEHOLDS.items():
        for name, relation, phone in members:
            member_joins(homes[code].unit, new_id(), name, relation, phone, hand)
    for code, (parking, plates) in _PARKED.items():
        change_fields(homes[code].unit, homes[code].unit, {"parking": parking, "plates": plates}, hand)
    for code, best in _BEST.items():
        change_fields(homes[code].unit, homes[code].unit, {"preferred_contact": best}, hand)
    for code, (name, phone) in _EMERGENCY.items():
        contact = {"emergency_name": name, "emergency_phone": phone, "consent_on": date(2025, 3, 1)}
        change_fields(homes[code].owners[0], homes[code].unit, contact, hand)


def note_corrections(officer: Officer, homes: dict[str, Home], at: datetime) -> None:
    """Two things that an officer learned at the door and the front desk has not decided about."""
    owner = homes["3-1-0402"].owners[0]
    phone = {"person_id": str(owner.id), "base": {"phone": owner.phone}, "remark": "业主换了号码，当面告知"}
    officer.correct(homes["3-1-0402"], "phone", {"phone": "13757182640"}, at, **phone)
    officer.correct(homes["3-2-0701"], "plates", {"plate": "浙A61Q08"}, at)
