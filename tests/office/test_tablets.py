"""How the tablets fare: worst first, in words that say what to do."""

import re
import uuid
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.core import assets
from app.core.clock import isoformat, now
from app.core.db import db
from app.estates.models import Estate
from app.people.models import Device, StaffRole
from app.people.rules import Role
from app.people.tablets import note_wiped, revoke
from tests.builders import NOBODY, TODAY, a_staff, an_enrol_code
from tests.model_tablet import ModelTablet
from tests.office.conftest import Desk

WELL = {"unsent": 0, "photos": 0, "drafts": 0, "persisted": True, "usage": 1, "quota": 100, "clock_ahead_ms": 0}


def page(desk: Desk, who: str = "supervisor") -> str:
    return " ".join(desk.browser(who).get("/devices").text.split())


def another_tablet(desk: Desk, name: str = "张华") -> ModelTablet:
    with desk.app.app_context():
        colleague = a_staff(db.session.get_one(Estate, desk.estate_id), Role.OFFICER, name=name)
        code = an_enrol_code(colleague)
        db.session.commit()
    return ModelTablet(desk.app.test_client(), code)


def told(desk: Desk, tablet: ModelTablet, ago: timedelta = timedelta(), **words: Any) -> None:
    """What a tablet said of itself, so long ago."""
    with desk.app.app_context():
        device = db.session.get_one(Device, uuid.UUID(tablet.device_id))
        device.last_seen_at, device.reported = now() - ago, WELL | words
        device.app_version = assets.tree()
        db.session.commit()


def test_a_tablet_that_is_well_says_so_quietly(desk: Desk) -> None:
    told(desk, desk.tablet)

    shown = page(desk)

    assert "今天" in shown
    assert "最新版本" in shown
    assert "受保护" in shown
    assert "chip-late" not in shown
    assert "chip-wait" not in shown


def test_each_thing_that_is_wrong_is_said_in_words(desk: Desk) -> None:
    since = isoformat(now() - timedelta(days=2))
    told(
        desk,
        desk.tablet,
        timedelta(days=12),
        unsent=3,
        oldest_at=since,
        photos=7,
        drafts=1,
        persisted=False,
        wiped=True,
        usage=90,
        clock_ahead_ms=-2 * 3600 * 1000,
    )
    with desk.app.app_context():
        db.session.get_one(Device, uuid.UUID(desk.tablet.device_id)).app_version = "0123456789abcdef"
        db.session.commit()

    shown = page(desk)

    for words in (
        "12 天前",
        "后锁定",
        "3 条记录",
        "照片：7",
        "进行中的走访：1",
        "存储被清空过",
        "未受保护",
        "存储已用 90 %",
        "版本较旧",
        "时钟慢 2 小时",
    ):
        assert words in shown, words


def test_a_tablet_silent_for_longer_than_it_may_is_locked(desk: Desk) -> None:
    told(desk, desk.tablet, timedelta(days=15))

    assert "已锁定，联系上才能解锁" in page(desk)


def test_the_worst_tablet_comes_first(desk: Desk) -> None:
    second, third = another_tablet(desk), another_tablet(desk, "周敏")
    told(desk, desk.tablet)
    told(desk, second, timedelta(days=1, hours=2))
    told(desk, third, timedelta(days=5))

    codes = re.findall(r'<b class="num">(T\d\d)</b>', page(desk))

    assert codes == ["T03", "T02", "T01"]


def test_a_withdrawn_tablet_is_followed_until_it_is_empty(desk: Desk) -> None:
    told(desk, desk.tablet, timedelta(hours=1), drafts=2)
    browser = desk.browser("supervisor")

    browser.post(f"/devices/{desk.tablet.device_id}/revoke")
    unknowing = page(desk)
    told(desk, desk.tablet, -timedelta(seconds=1), unsent=1)
    handing_in = page(desk)
    with desk.app.app_context():
        note_wiped(db.session.get_one(Device, uuid.UUID(desk.tablet.device_id)), 2, at=now())
        db.session.commit()
    empty = page(desk)

    assert "还没收到停用通知" in unknowing
    assert "正在交记录" in handing_in
    assert "已交齐并清空" in empty
    assert "丢弃草稿：2" in empty
    assert "/revoke" not in empty


def test_two_people_on_one_tablet_are_one_row(desk: Desk) -> None:
    with desk.app.app_context():
        colleague = a_staff(db.session.get_one(Estate, desk.estate_id), Role.OFFICER, name="张华")
        code = an_enrol_code(colleague)
        db.session.commit()
    key = {"code": code, "key": desk.tablet.public_key(), "app_version": "model"}
    desk.app.test_client().post("/sync/enrol", json=key)

    shown = page(desk)

    assert "T01、T02" in shown
    assert re.search(r"李敏、张华|张华、李敏", shown)
    assert shown.count("data-row") == 1


def test_records_that_wait_for_a_person_are_counted_at_their_tablet(desk: Desk) -> None:
    told(desk, desk.tablet)
    with desk.app.app_context():
        revoke(db.session.get_one(Device, uuid.UUID(desk.tablet.device_id)), by=NOBODY, at=now())
        db.session.commit()
    visit = desk.tablet.freeze(desk.tablet.a_visit(desk.estate_id, desk.unit_id))
    desk.tablet.push(visit)

    shown = page(desk)
    assert "待核实：1" in shown
    assert "停用后交来的记录：1" in shown


def test_the_tablet_of_one_who_works_elsewhere_now_does_not_vanish(desk: Desk) -> None:
    with desk.app.app_context():
        role = db.session.scalars(sa.select(StaffRole).where(StaffRole.role == Role.OFFICER)).one()
        role.until = TODAY - timedelta(days=30)
        db.session.commit()

    assert "T01" in page(desk)


def test_who_may_only_look_sees_no_way_to_enrol_or_withdraw(desk: Desk) -> None:
    with desk.app.app_context():
        manager = a_staff(db.session.get_one(Estate, desk.estate_id), Role.MANAGER, name="何经理")
        desk.logins["manager"] = manager.login
        db.session.commit()

    shown = page(desk, "manager")

    assert "T01" in shown
    assert "/revoke" not in shown
    assert "/devices/codes" not in shown
    assert desk.browser("manager").post(f"/devices/{desk.tablet.device_id}/revoke").status_code == 403
    assert desk.browser("officer").get("/devices").status_code == 403


def test_in_english_nothing_is_left_in_chinese_but_names(desk: Desk) -> None:
    told(desk, desk.tablet, timedelta(days=4), unsent=1, photos=1)

    shown = page(desk, "english")

    assert "4 d ago" in shown
    assert "Records: 1" in shown
