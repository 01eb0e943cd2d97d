"""The demonstration estate: a 小区 with its people, five months of visits, and this month's plan at work."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask

from app.cli import demo_orders
from app.cli.demo_batches import Desks
from app.cli.demo_cast import Cast
from app.cli.demo_complaints import complain
from app.cli.demo_files import fill_in, note_corrections
from app.cli.demo_history import MONTHS, History
from app.cli.demo_homes import settle_in
from app.cli.demo_names import Names
from app.cli.demo_officers import Numbers, Officer
from app.cli.demo_survey import Surveys
from app.cli.usual_tree import open_usual_tree
from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import lazy_
from app.core.journal import By
from app.estates.actions import found_estate
from app.estates.models import Estate
from app.estates.rules import Profile, months_before
from app.people.actions import give_role, hash_password, hire
from app.people.models import Department, Staff
from app.people.rules import Role

PASSWORD = "doorstep"  # noqa: S105 - it is printed for everybody to try
ZONE = "Asia/Shanghai"
_SEED = 20261127


class _Person(NamedTuple):
    """Somebody who works here: title in words, roles, and the department of roles that have one."""

    login: str
    name: str
    title: str
    roles: tuple[Role, ...]
    department: str = ""
    shown: bool = True


_STAFF = (
    _Person("officer", "李敏", "回访人员 visit officer", (Role.OFFICER,)),
    _Person("officer2", "张华", "回访人员 visit officer", (Role.OFFICER,)),
    _Person("frontdesk", "林小红", "前台 front desk", (Role.FRONT_DESK,)),
    _Person("supervisor", "孙丽华", "营销客服主管 supervisor", (Role.SUPERVISOR,)),
    _Person("manager", "顾文博", "部门经理 manager", (Role.MANAGER, Role.DEPARTMENT_MANAGER), "service"),
    _Person("property", "郑卫东", "物业经理 property manager", (Role.PROPERTY_MANAGER,)),
    _Person("executive", "方振华", "分管领导 executive", (Role.EXECUTIVE,)),
    _Person("engineering", "王强", "工程维修部经理 head of Engineering", (Role.DEPARTMENT_MANAGER,), "engineering"),
    _Person("security", "赵勇", "秩序维护部经理 head of Security", (Role.DEPARTMENT_MANAGER,), "security"),
    _Person("environment", "何秀兰", "环境部经理 head of Environment", (Role.DEPARTMENT_MANAGER,), "environment"),
    _Person("developer", "周建平", "地产公司工程部经理 head of Developer's", (Role.DEPARTMENT_MANAGER,), "developer"),
    _Person("handler", "王师傅", "维修师傅 handler", (Role.HANDLER,), "engineering"),
    _Person("handler2", "刘队长", "秩序维护队长 handler", (Role.HANDLER,), "security", shown=False),
    _Person("handler3", "吴桂英", "保洁领班 handler", (Role.HANDLER,), "environment", shown=False),
    _Person("handler4", "陈师傅", "地产工程师傅 handler", (Role.HANDLER,), "developer", shown=False),
    _Person("admin", "管理员", "系统管理员 admin", (Role.ADMIN,)),
)

LOGINS: list[tuple[str, str, str]] = [
    (f"{person.title} · {person.name}", person.login, PASSWORD) for person in _STAFF if person.shown
]
"""Role title, login, password."""


def load(app: Flask) -> None:
    """Load the demonstration estate, in one transaction; then let its records be handed up and read.

    Raises Refused when anybody is in the database already.
    """
    hashed, at = password_hash(), now()
    with app.app_context():
        estate = load_at(at, hashed)
        db.session.commit()
        hand_records_up(estate, at)


def password_hash() -> str:
    """The hash of the one password: made once, for it is slow on purpose."""
    return hash_password(PASSWORD)


def load_at(at: datetime, hashed: str) -> Estate:
    """The same as of a moment; the caller commits."""
    if db.session.scalar(sa.select(sa.func.count()).select_from(Staff)):
        raise Refused("demo:not_empty", lazy_("The database is not empty."))
    today = local_date(at, ZONE)
    chance = Random(f"{_SEED} {today}")  # noqa: S311 - a believable estate, not a secret one
    begun = months_before(today.replace(day=1), MONTHS - 1)
    opened = datetime.combine(begun - timedelta(days=12), time(9), ZoneInfo(ZONE))

    estate = _found(by=By(), at=opened)
    tree = open_usual_tree(estate, by=By(), at=opened)
    staff = _hire(estate, tree.departments, hashed, begun, at=opened)
    homes = settle_in(estate, chance, Names(chance), today, by=By(staff["admin"].id), at=opened + timedelta(hours=3))
    fill_in(estate, homes, by=By(staff["frontdesk"].id), at=opened + timedelta(hours=6))
    numbers = Numbers(ZONE)
    officers = (
        Officer(staff["officer"], estate, tree.categories, numbers, chance, day_off=2),
        Officer(staff["officer2"], estate, tree.categories, numbers, chance, day_off=3),
    )
    for days, officer in enumerate(officers, start=2):
        officer.take_tablet(by=By(staff["supervisor"].id), at=opened + timedelta(days=days))

    heads = {code: staff[login] for code, login in _HEADS.items()}
    hands = {code: staff[login] for code, login in _HANDS.items()}
    leaders = {role: staff[login] for role, login in _LEADERS.items()}
    cast = Cast(estate, homes, officers, staff["supervisor"], leaders, heads, hands, tree.departments)
    History(cast, chance, at).play()
    note_corrections(officers[0], homes, at)
    complain(estate, staff["frontdesk"], staff["supervisor"], at)
    officers[1].add_to_a_visit_to_come("业主来电补充：厨房窗台也有渗水，请一并查看", at)
    demo_orders.play(homes, staff, tree.departments, officers[1], at)
    visitors = staff["officer"], staff["officer2"]
    Surveys(estate, staff["supervisor"], visitors, leaders, heads, tree.departments, at).play(begun)
    return estate


def hand_records_up(estate: Estate, at: datetime) -> None:
    """Batches of the records of a loaded estate; each step is committed."""
    staff = {person.login: person for person in db.session.scalars(sa.select(Staff))}
    readers = {role: staff[login] for role, login in _READERS.items()}
    Desks(estate, [staff["officer"], staff["officer2"]], readers, at).play(MONTHS - 1)


_LEADERS = {
    Role.MANAGER: "manager",
    Role.PROPERTY_MANAGER: "property",
    Role.SUPERVISOR: "supervisor",
    Role.EXECUTIVE: "executive",
}
_READERS = {Role.SUPERVISOR: "supervisor", Role.MANAGER: "manager", Role.EXECUTIVE: "executive"}
_HEADS = {
    "service": "manager",
    "engineering": "engineering",
    "security": "security",
    "environment": "environment",
    "developer": "developer",
}
_HANDS = {
    "service": "manager",
    "engineering": "handler",
    "security": "handler2",
    "environment": "handler3",
    "developer": "handler4",
}


def _found(*, by: By, at: datetime) -> Estate:
    return found_estate(
        code="JXHY",
        name_zh="锦绣花园",
        name_en="Splendid Garden",
        company_zh="锦绣花园物业服务中心",
        company_en="Splendid Garden Property Services",
        phone="0571-8888 1234",
        profile=Profile.A,
        time_zone=ZONE,
        by=by,
        at=at,
    )


def _hire(
    estate: Estate, departments: dict[str, Department], hashed: str, since: date, *, at: datetime
) -> dict[str, Staff]:
    staff = {}
    for person in _STAFF:
        hired = staff[person.login] = hire(person.login, person.name, hashed, by=By(), at=at)
        for role in person.roles:
            department = departments[person.department] if _has_department(role, person) else None
            give_role(hired, estate.id, role, department=department, since=since - timedelta(days=200), by=By(), at=at)
    return staff


def _has_department(role: Role, person: _Person) -> bool:
    return bool(person.department) and role in (Role.DEPARTMENT_MANAGER, Role.HANDLER)
