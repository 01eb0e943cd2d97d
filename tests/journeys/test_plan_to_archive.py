"""From the draft of a plan to archived records, each person at their own desk, a tablet without network between."""

from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import expect

from app.core.db import db
from app.estates.rules import Profile
from app.people.rules import Role
from tests.builders import PASSWORD, a_category, a_staff, a_unit, an_estate, an_owner
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import zh

pytestmark = pytest.mark.journey


@dataclass(frozen=True)
class Leaders:
    """Login names of those who sign plans and records, and of the officer."""

    officer: str
    supervisor: str
    manager: str
    property_manager: str
    executive: str


@pytest.fixture(params=Profile, ids=lambda profile: profile.name)
def leaders(app: Flask, request: pytest.FixtureRequest) -> Leaders:
    """Three homes, an officer, and four people who each have one role."""
    with app.app_context():
        estate = an_estate(profile=request.param)
        a_category(estate, None, code="other")
        for floor, name in ((12, "陈建国"), (10, "王芳"), (9, "刘洋")):
            an_owner(a_unit(estate, f"{floor:02}02", floor=floor), name)
        signers = Leaders(
            officer=a_staff(estate, Role.OFFICER, name="李敏").login,
            supervisor=a_staff(estate, Role.SUPERVISOR, name="孙丽华").login,
            manager=a_staff(estate, Role.MANAGER, name="顾文博").login,
            property_manager=a_staff(estate, Role.PROPERTY_MANAGER, name="郑卫东").login,
            executive=a_staff(estate, Role.EXECUTIVE, name="方振华").login,
        )
        db.session.commit()
        db.engine.dispose()
    return signers


@pytest.mark.clause("V44")
@pytest.mark.clause("R41")
@pytest.mark.clause("R14")
@pytest.mark.clause("R15")
@pytest.mark.clause("R16")
@pytest.mark.clause("V47")
def test_a_plan_is_approved_visited_offline_and_its_records_are_signed_and_archived(
    server: Server, leaders: Leaders, office: Office, tablet: Tablet
) -> None:
    server.start()
    office.log_in(leaders.supervisor)
    tablet.enrol(office.enrol_code_for("李敏"))
    chosen, whole_entrance = office.page.locator("input[name=line]:checked"), office.page.locator("input[data-all]")
    office.propose_this_month()
    with office.before_scripts(office.page.url):
        whole_entrance.check()
    expect(chosen).to_have_count(3)
    whole_entrance.uncheck()
    expect(chosen).to_have_count(0)
    office.act("Hand in")

    office.log_in(leaders.manager)
    office.open_first_in_inbox()
    office.act("Reviewed, pass it on", note="同意")
    office.log_in(leaders.property_manager)
    office.open_first_in_inbox()
    office.act("Send back", opened_by="Send back…", note="0902 户刚签过字，先不去")
    tablet.sync()
    tablet.go_to("today")
    expect(tablet.page.get_by_role("heading", name=zh("Today's visits"))).to_be_visible()
    expect(tablet.page.get_by_text("陈建国")).to_have_count(0)

    office.log_in(leaders.supervisor)
    office.open_first_in_inbox()
    expect(office.page.get_by_text("郑卫东退回：0902 户刚签过字，先不去")).to_be_visible()
    office.take_out("0902")
    office.act("Hand in")
    for who, words in (
        (leaders.manager, "Reviewed, pass it on"),
        (leaders.property_manager, "Approve"),
        (leaders.supervisor, "File and put to work"),
    ):
        office.log_in(who)
        office.open_first_in_inbox()
        office.act(words)

    office.sees_the_visits_on_their_way()
    tablet.sync()
    tablet.go_to("today")
    expect(tablet.page.get_by_text("陈建国")).to_be_visible()
    expect(tablet.page.get_by_text("刘洋")).to_have_count(0)

    server.stop()
    tablet.hold_visit("1202", "主卫天花板渗水")
    tablet.hold_visit("1002", "门禁卡刷不开")
    server.start()
    tablet.sync()
    expect(tablet.page.locator("[data-testid=record][data-state=complete]")).to_have_count(2)

    office.log_in(leaders.officer)
    office.gather_records()
    office.act("Hand up", note="两户，一户渗水")
    office.log_in(leaders.supervisor)
    office.open_records_in_inbox()
    office.send_record_back("1202", "请写明渗水从何时开始")
    office.sign_records("已阅，门禁请尽快", PASSWORD)
    tablet.sync()
    tablet.mend("1202", "业主说从国庆后开始")
    tablet.sync()
    expect(tablet.page.locator("[data-testid=record][data-state=complete]")).to_have_count(3)
    expect(tablet.page.get_by_test_id("mend")).to_have_count(0)
    office.log_in(leaders.manager)
    office.open_records_in_inbox()
    office.sign_records("同意", PASSWORD)
    office.log_in(leaders.executive)
    office.open_records_in_inbox()
    office.act("Reviewed, pass it on", note="已阅")
    office.log_in(leaders.supervisor)
    office.open_records_in_inbox()
    office.act("Archive")

    expect(
        office.page.get_by_text(zh("The records are archived. Nothing in them can be changed any more."))
    ).to_be_visible()
    expect(office.page.locator("figure.ink")).to_have_count(2)
    office.log_in(leaders.officer)
    office.gather_records()
    expect(office.page.get_by_text("业主说从国庆后开始")).to_be_visible()
    expect(office.page.get_by_text("门禁卡刷不开")).to_have_count(0)
