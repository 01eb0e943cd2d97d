"""The briefing (R05, R06): which days a line holds, where, how it is written anew, and what officers have read."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By, Feed, JournalLine, history
from app.estates.models import Building, Estate
from app.people.rules import Role
from app.sync.documents import documents
from app.visits.briefed import briefing_of, held_for_all, standing_on
from app.visits.briefing import LONGEST, Line, add_item, edit_item, end_item
from app.visits.models import BriefingItem, BriefingVersion
from app.visits.rules import BriefingKind, Validity, validity
from tests.builders import NOBODY, NOW, TODAY, a_company, a_home, a_line, a_staff, a_unit, an_estate

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "ended", "stands"),
    [
        (TODAY, None, False, Validity.NOW),
        (TODAY, TODAY, False, Validity.NOW),
        (TODAY - DAY, TODAY, False, Validity.NOW),
        (TODAY + DAY, None, False, Validity.COMING),
        (TODAY + DAY, TODAY + 3 * DAY, False, Validity.COMING),
        (TODAY - 3 * DAY, TODAY - DAY, False, Validity.OVER),
        (TODAY, None, True, Validity.OVER),
        (TODAY + DAY, None, True, Validity.OVER),
    ],
)
def test_a_line_holds_from_its_first_day_to_the_end_of_its_last(
    valid_from: date, valid_until: date | None, ended: bool, stands: Validity
) -> None:
    assert validity(valid_from, valid_until, TODAY, ended=ended) is stands


@pytest.mark.clause("R06")
def test_what_is_written_stands_in_the_briefing_and_in_the_journal(context: Flask) -> None:
    estate = an_estate()
    supervisor = a_staff(estate, Role.SUPERVISOR)

    item = a_line(estate, " 已更换门禁 ", text_en="New door control", by=By(supervisor.id))
    db.session.commit()

    assert (item.version, item.newest.text("zh"), item.newest.text("en")) == (1, "已更换门禁", "New door control")
    assert (item.newest.by, standing_on(item, TODAY)) == (supervisor, Validity.NOW)
    [line] = history(item.id)
    assert (line.kind, line.staff_id, line.data) == ("briefing:added", supervisor.id, {"version": 1, "kind": "work"})


def test_where_nobody_wrote_english_the_chinese_words_are_shown(context: Flask) -> None:
    item = a_line(an_estate(), "已更换门禁")

    assert item.newest.text("en") == "已更换门禁"


def test_written_anew_it_is_a_new_version_and_the_one_before_is_kept(context: Flask) -> None:
    estate = an_estate()
    item = a_line(estate, "每 4 小时巡逻一次")

    assert edit_item(item, Line("每 2 小时巡逻一次", TODAY), after=1, event_id=new_id(), by=NOBODY, at=NOW)
    db.session.commit()

    [kept] = briefing_of(estate.id)
    assert [version.text_zh for version in kept.versions] == ["每 4 小时巡逻一次", "每 2 小时巡逻一次"]
    assert (kept.version, kept.newest.number) == (2, 2)
    assert [line.kind for line in history(item.id)] == ["briefing:added", "briefing:edited"]


def test_what_says_the_same_as_before_is_no_new_version(context: Flask) -> None:
    item = a_line(an_estate(), "每 2 小时巡逻一次")

    edited = edit_item(item, Line(" 每 2 小时巡逻一次 ", TODAY), after=1, event_id=new_id(), by=NOBODY, at=NOW)

    assert (edited, item.version) == (False, 1)


def test_an_act_sent_twice_happens_once(context: Flask) -> None:
    estate, event, other, last = an_estate(), new_id(), new_id(), new_id()
    line = Line("每 2 小时巡逻一次", TODAY)

    item = add_item(estate, BriefingKind.WORK, line, by=NOBODY, at=NOW, event_id=event)
    assert add_item(estate, BriefingKind.WORK, line, by=NOBODY, at=NOW, event_id=event) is item
    anew = Line("每小时巡逻一次", TODAY)
    edits = [edit_item(item, anew, after=1, event_id=other, by=NOBODY, at=NOW) for _again in range(2)]
    ends = [end_item(item, after=2, event_id=last, by=NOBODY, at=NOW) for _again in range(2)]
    db.session.commit()

    assert (edits, ends) == ([True, True], [True, False])
    assert len(briefing_of(estate.id)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BriefingVersion)) == 2


def test_of_two_who_write_anew_one_is_told(context: Flask) -> None:
    item = a_line(an_estate())
    edit_item(item, Line("每小时巡逻一次", TODAY), after=1, event_id=new_id(), by=NOBODY, at=NOW)

    with pytest.raises(Outdated) as outdated:
        edit_item(item, Line("每 3 小时巡逻一次", TODAY), after=1, event_id=new_id(), by=NOBODY, at=NOW)

    assert (outdated.value.code, item.newest.text_zh) == ("briefing:edited", "每小时巡逻一次")


def test_what_was_ended_is_over_and_leaves_the_tablets(context: Flask) -> None:
    estate = an_estate()
    supervisor = a_staff(estate, Role.SUPERVISOR)
    item = a_line(estate)

    end_item(item, after=1, event_id=new_id(), by=By(supervisor.id), at=NOW)
    db.session.commit()

    assert (standing_on(item, TODAY), item.ended_by) == (Validity.OVER, supervisor)
    assert db.session.get_one(Feed, (estate.id, "briefing", item.id)).gone
    with pytest.raises(Outdated) as outdated:
        edit_item(item, Line("再写", TODAY), after=1, event_id=new_id(), by=NOBODY, at=NOW)
    assert outdated.value.code == "briefing:ended"


def building(estate: Estate, name: str) -> uuid.UUID:
    a_unit(estate, building=name)
    return db.session.scalars(
        sa.select(Building.id).where(Building.estate_id == estate.id, Building.name == name)
    ).one()


@pytest.mark.parametrize(
    ("kind", "wanted", "code"),
    [
        (BriefingKind.WORK, {"text_zh": "  "}, "briefing:no_words"),
        (BriefingKind.WORK, {"text_zh": "长" * (LONGEST + 1)}, "briefing:too_long"),
        (BriefingKind.WORK, {"valid_until": TODAY - DAY}, "briefing:days"),
        (BriefingKind.WORK, {"owner_id": new_id()}, "briefing:not_a_fact"),
        (BriefingKind.FACTS, {"owner_id": new_id()}, "briefing:owner_unknown"),
        (BriefingKind.FACTS, {"owner_id": new_id(), "building_ids": frozenset({new_id()})}, "briefing:two_places"),
        (BriefingKind.WORK, {"building_ids": frozenset({new_id()})}, "briefing:building_unknown"),
    ],
)
def test_what_does_not_hold_together_is_refused_in_words(
    context: Flask, kind: BriefingKind, wanted: dict, code: str
) -> None:
    estate = an_estate()

    with pytest.raises(Refused) as refused:
        add_item(estate, kind, Line(**({"text_zh": "文", "valid_from": TODAY} | wanted)), by=NOBODY, at=NOW)

    assert (refused.value.code, briefing_of(estate.id)) == (code, [])
    assert str(refused.value.message)


def test_another_estates_buildings_and_companies_cannot_be_named(context: Flask) -> None:
    estate, other = an_estate(), an_estate()
    elsewhere, company = building(other, "3"), a_company(a_home(other))
    company_id = company.id

    for wanted in ({"building_ids": frozenset({elsewhere})}, {"owner_id": company_id}):
        with pytest.raises(Refused):
            add_item(estate, BriefingKind.FACTS, Line("文", TODAY, **wanted), by=NOBODY, at=NOW)


@pytest.mark.clause("R05")
def test_a_fact_can_be_about_a_company_that_owns_homes_but_not_about_a_person(context: Flask) -> None:
    estate = an_estate()
    home = a_home(estate)
    company, person = a_company(home), home.ownerships[0].person

    item = a_line(estate, "员工宿舍", kind=BriefingKind.FACTS, owner_id=company.id)

    assert item.newest.owner == company
    with pytest.raises(Refused) as refused:
        a_line(estate, "退休教师", kind=BriefingKind.FACTS, owner_id=person.id)
    assert refused.value.code == "briefing:owner_unknown"


def test_what_holds_in_the_whole_estate_leaves_out_buildings_owners_and_other_days(context: Flask) -> None:
    estate = an_estate()
    company = a_company(a_home(estate))
    for kind, text, wanted in (
        (BriefingKind.WORK, "一", {}),
        (BriefingKind.WORK, "二", {"valid_from": TODAY + DAY}),
        (BriefingKind.WORK, "三", {"valid_from": TODAY - 3 * DAY, "valid_until": TODAY - DAY}),
        (BriefingKind.WORK, "四", {"building_ids": frozenset({building(estate, "3")})}),
        (BriefingKind.FACTS, "五", {"owner_id": company.id}),
        (BriefingKind.MEASURES, "六", {}),
    ):
        a_line(estate, text, kind=kind, **wanted)
    end_item(a_line(estate, "七"), after=1, event_id=new_id(), by=NOBODY, at=NOW)

    held = {kind: [line.text_zh for line in held_for_all(estate.id, kind, TODAY)] for kind in BriefingKind}

    assert held == {BriefingKind.FACTS: [], BriefingKind.WORK: ["一"], BriefingKind.MEASURES: ["六"]}


def test_the_day_is_that_of_the_estates_own_calendar(context: Flask) -> None:
    """At four in the afternoon of UTC it is tomorrow in Shanghai and still today in Lisbon."""
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)

    told = {}
    for zone in ("Asia/Shanghai", "Europe/Lisbon"):
        estate = an_estate(time_zone=zone)
        a_line(estate, valid_from=TODAY + DAY)
        db.session.flush()
        told[zone] = len(documents("estate", [estate.id], late)[estate.id]["news"])

    assert told == {"Asia/Shanghai": 1, "Europe/Lisbon": 0}


def test_every_change_of_the_briefing_writes_its_line(context: Flask) -> None:
    estate = an_estate()
    item = a_line(estate)
    edit_item(item, Line("改", TODAY), after=1, event_id=new_id(), by=NOBODY, at=NOW)
    end_item(item, after=2, event_id=new_id(), by=NOBODY, at=NOW)
    db.session.commit()

    kinds = db.session.scalars(sa.select(JournalLine.kind).where(JournalLine.subject_id == item.id)).all()

    assert sorted(kinds) == ["briefing:added", "briefing:edited", "briefing:ended"]
    assert db.session.scalars(sa.select(BriefingItem)).one().ended_at == NOW
