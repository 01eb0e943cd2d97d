"""A month's plan from its draft to an officer's tablet, each signature at its own desk, in both profiles."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from app.config import settings
from app.core.db import db
from app.estates.rules import Profile
from app.factory import create_app
from app.people.rules import Role
from tests.builders import a_category, a_staff, a_unit, an_estate, an_owner
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import zh

pytestmark = pytest.mark.journey


@dataclass(frozen=True)
class Leaders:
    """Login names of those who sign a plan."""

    supervisor: str
    manager: str
    property_manager: str


@pytest.fixture(params=Profile, ids=lambda profile: profile.name)
def leaders(server: Server, database_url: str, request: pytest.FixtureRequest) -> Leaders:
    """Two homes, an officer, and three people who each have one role."""
    app = create_app(settings(folder=server.folder, database=database_url, secret="only for journeys"))
    with app.app_context():
        estate = an_estate(profile=request.param)
        a_category(estate, None, code="other")
        for floor, name in ((12, "陈建国"), (9, "刘洋")):
            an_owner(a_unit(estate, f"{floor:02}02", floor=floor), name)
        a_staff(estate, Role.OFFICER, name="李敏")
        signers = Leaders(
            supervisor=a_staff(estate, Role.SUPERVISOR, name="孙丽华").login,
            manager=a_staff(estate, Role.MANAGER, name="顾文博").login,
            property_manager=a_staff(estate, Role.PROPERTY_MANAGER, name="郑卫东").login,
        )
        db.session.commit()
        db.engine.dispose()
    return signers


@pytest.mark.clause("V44")
@pytest.mark.clause("R41")
def test_a_plan_is_sent_back_mended_approved_filed_and_reaches_the_tablet(
    server: Server, leaders: Leaders, office: Office, tablet: Tablet
) -> None:
    server.start()
    office.log_in(leaders.supervisor)
    tablet.enrol(office.enrol_code_for("李敏"))
    office.propose_this_month()
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
