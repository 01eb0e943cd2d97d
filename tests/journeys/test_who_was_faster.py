"""One issue in three hands: two desks and a tablet that comes back. One wins, the others are told, all is kept."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, expect

from app.core.db import db
from app.estates.models import Estate
from app.people.rules import Role
from tests.builders import a_staff
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import like, zh

pytestmark = pytest.mark.journey

HOME, LEAK = "1202", "主卫天花板渗水"
AT_THE_DOOR = "墙角仍有水印"
BY_PHONE, BY_PHONE_TOO = "今早又开始滴水", "业主来电：浴室顶上有水滴，要求尽快处理"


@pytest.fixture
def manager(people: People, app: Flask) -> str:
    """A manager beside the supervisor; the login."""
    with app.app_context():
        estate = db.session.scalars(sa.select(Estate)).one()
        login = a_staff(estate, Role.MANAGER, name="顾文博").login
        db.session.commit()
        db.engine.dispose()
    return login


@pytest.fixture
def other_desk(browser: Browser, server: Server) -> Iterator[Office]:
    """A second desk in the office."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield Office(context.new_page(), server.url)
    context.close()


@pytest.mark.clause("R13")
def test_one_of_two_wins_the_other_keeps_their_words_and_a_returning_tablet_loses_nothing(
    server: Server, people: People, manager: str, office: Office, other_desk: Office, carried: Tablet
) -> None:
    tablet = carried
    tablet.hold_visit(HOME, LEAK)
    tablet.send_all()
    it_is_rectified(office, people)
    tablet.send_all()
    tablet.context.set_offline(True)
    the_owner_signs_as_dissatisfied(tablet)

    the_executive_ends_it_and_the_owner_objects(office, other_desk, people, manager)
    the_second_is_told_what_changed_and_keeps_what_they_wrote(other_desk)

    tablet.context.set_offline(False)
    tablet.send_all()
    the_tablet_is_told(tablet)
    what_it_brought_stands_with_the_issue(office)


def it_is_rectified(office: Office, people: People) -> None:
    office.log_in(people.engineer)
    office.open_issue(LEAK)
    office.accept_issue(measure="注浆并重做防水", responsible="王强", days=3)
    office.report_rectified("重新做防水")
    office.stands(zh("Rectified, to be called back"))


def the_owner_signs_as_dissatisfied(tablet: Tablet) -> None:
    tablet.find(HOME)
    expect(tablet.page.get_by_text(zh("Callbacks: %(count)s", count=1))).to_be_visible()
    tablet.knock()
    tablet.answer_callback("Dissatisfied", AT_THE_DOOR)
    tablet.owner_signs()


def the_executive_ends_it_and_the_owner_objects(
    office: Office, other_desk: Office, people: People, manager: str
) -> None:
    """By mistake it is ended as withdrawn. The owner rings twice, and two people take the objection down."""
    office.log_in(people.executive)
    office.open_issue(LEAK)
    office.take_way("Close without satisfaction", "业主电话表示不再追究", choose=("The owner withdrew it",))
    office.stands(zh("Closed without satisfaction"))
    other_desk.log_in(manager)
    other_desk.open_issue(LEAK)
    other_desk.open_way("The owner objects")
    office.log_in(people.supervisor)
    office.open_issue(LEAK)
    office.take_way("The owner objects", BY_PHONE, choose=("told by phone",))
    office.stands(zh("Round %(n)s", n=2))


def the_second_is_told_what_changed_and_keeps_what_they_wrote(desk: Office) -> None:
    desk.fill_way(BY_PHONE_TOO, choose=("told by phone",))
    meanwhile = desk.page.locator("[data-meanwhile]")
    expect(desk.page.locator(".message-late")).to_be_visible()
    expect(meanwhile).to_contain_text("孙丽华")
    expect(meanwhile).to_contain_text(BY_PHONE)
    expect(desk.page.locator("[data-typed]")).to_contain_text(BY_PHONE_TOO)
    desk.stands(zh("Round %(n)s", n=2))


def the_tablet_is_told(tablet: Tablet) -> None:
    record = tablet.page.get_by_test_id("record").and_(tablet.page.locator("[data-state=review]"))
    expect(record).to_have_count(1)
    expect(record).to_contain_text(
        zh("The office has it. One of the issues had moved on meanwhile; the supervisor looks at it.")
    )
    tablet.find(HOME)
    card = tablet.page.locator("li").filter(has_text=LEAK).filter(has_text=zh("Round %(round)s", round=2))
    expect(card).to_contain_text(BY_PHONE)


def what_it_brought_stands_with_the_issue(office: Office) -> None:
    office.open_issue(LEAK)
    kept = office.page.locator(".history-line").filter(has_text=zh("Answer kept: dissatisfied"))
    expect(kept).to_contain_text(AT_THE_DOOR)
    expect(office.page.locator(".inks .ink")).to_have_count(2)
    expect(office.rows_of("records").filter(has_text=HOME)).to_have_count(1)
    office.page.goto(f"{office.url}/visits?only=review")
    expect(office.page.locator("tr[data-row]").filter(has_text=like("Visit %(number)s"))).to_have_count(0)
