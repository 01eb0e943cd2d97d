"""A leak in three rounds, across a tablet, a worker's telephone and the office: only the owner's signature ends it."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect

from app.core.db import db
from app.issues.models import Category
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.phone import Phone
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import zh

pytestmark = pytest.mark.journey

HOME, LEAK = "1202", "主卫天花板渗水"
ROUNDS = (("补涂防水一遍", "两天后又滴水"), ("剥除涂层，重做防水", "墙角仍有水印"), ("更换地漏，整面重做防水", ""))
"""What was done in each round, and why that was not enough."""


@pytest.fixture
def unsorted(people: People, app: Flask) -> None:
    """Nobody has settled which department leaks go to: customer service says so each time."""
    with app.app_context():
        db.session.execute(sa.update(Category).values(department_id=None))
        db.session.commit()
        db.engine.dispose()


@pytest.mark.clause("R09")
@pytest.mark.clause("R11")
@pytest.mark.clause("R13")
@pytest.mark.clause("R38")
@pytest.mark.clause("R40")
def test_three_rounds_go_by_before_the_owner_is_satisfied_and_signs(
    server: Server, people: People, unsorted: None, office: Office, phone: Phone, carried: Tablet, picture: Path
) -> None:
    tablet = carried
    server.stop()
    tablet.kill_and_open()
    tablet.hold_visit(HOME, LEAK, photo=picture)
    server.start()
    tablet.send_all()
    customer_service_says_whose_it_is(office, people)

    the_department_does(phone, people, ROUNDS[0][0], photo=picture)
    it_waits_for_its_owner(office, round_=1)
    the_owner_answers_at_the_door(tablet, "Dissatisfied", ROUNDS[0][1])
    it_is_back_at_the_department(office, tablet, round_=2)

    the_department_does(phone, people, ROUNDS[1][0], came_back=ROUNDS[0][1])
    it_waits_for_its_owner(office, round_=2)
    tablet.sync()
    tablet.owner_answers_by_phone(HOME, "Dissatisfied", ROUNDS[1][1])
    tablet.send_all()
    it_is_back_at_the_department(office, tablet, round_=3)

    the_department_does(phone, people, ROUNDS[2][0], came_back=ROUNDS[1][1])
    it_waits_for_its_owner(office, round_=3)
    tablet.send_all()
    server.stop()
    tablet.kill_and_open()
    the_owner_answers_at_the_door(tablet, "Satisfied", send=False)
    server.start()
    tablet.send_all()

    the_signature_has_closed_it(office, tablet)


def customer_service_says_whose_it_is(office: Office, people: People) -> None:
    office.log_in(people.supervisor)
    office.open_issue(LEAK)
    office.stands(zh("Reported up, to be routed"))
    office.route_issue("工程维修部")


def the_department_does(
    phone: Phone, people: People, measure: str, came_back: str = "", photo: Path | None = None
) -> None:
    """Its manager settles the measure; its worker does it, and says so with photos of before and after."""
    phone.log_in(people.engineer)
    expect(phone.card(LEAK).filter(has_text=came_back)).to_be_visible()
    phone.accept(LEAK, measure, "两人一组，闭水 48 小时", responsible="王师傅")
    phone.log_in(people.worker)
    if photo:
        phone.photograph(LEAK, photo)
    phone.say_it_is_rectified(LEAK, f"已完成：{measure}", photo)


def it_waits_for_its_owner(office: Office, round_: int) -> None:
    """The department is done, and that closes nothing."""
    expect(office.rows_of("issues?state=closed")).to_have_count(0)
    office.open_issue(LEAK)
    office.stands(zh("Rectified, to be called back"))
    expect(office.page.get_by_text(zh("Closed by the owner"))).to_have_count(0)
    expect(office.rounds()).to_have_count(round_ - 1)


def the_owner_answers_at_the_door(tablet: Tablet, answer: str, reason: str = "", send: bool = True) -> None:
    if send:
        tablet.sync()
    tablet.find(HOME)
    expect(tablet.page.get_by_text(zh("Callbacks: %(count)s", count=1))).to_be_visible()
    tablet.knock()
    tablet.answer_callback(answer, reason)
    tablet.owner_signs()
    if send:
        tablet.send_all()


def it_is_back_at_the_department(office: Office, tablet: Tablet, round_: int) -> None:
    """All rounds so far stand with their reasons on the issue's page, and before the next knock on the tablet."""
    expect(office.rows_of("issues?state=closed")).to_have_count(0)
    office.open_issue(LEAK)
    office.stands(zh("Round %(n)s", n=round_))
    rounds = office.rounds()
    expect(rounds).to_have_count(round_ - 1)
    tablet.find(HOME)
    card = tablet.page.locator("li").filter(has_text=LEAK).filter(has_text=zh("Round %(round)s", round=round_))
    for nth, (measure, reason) in enumerate(ROUNDS[: round_ - 1]):
        for words in (measure, reason):
            expect(rounds.nth(nth)).to_contain_text(words)
            expect(card).to_contain_text(words)


def the_signature_has_closed_it(office: Office, tablet: Tablet) -> None:
    office.open_issue(LEAK)
    page, rounds = office.page, office.rounds()
    office.stands(zh("Closed by the owner"))
    expect(rounds).to_have_count(3)
    for nth, how in enumerate(("signed by the owner", "told by phone", "signed by the owner")):
        expect(rounds.nth(nth)).to_contain_text(zh(how))
    expect(rounds.first.locator(".photo figcaption .chip")).to_have_text([zh("Before"), zh("After")])
    expect(page.locator(".inks .ink")).to_have_count(3)
    expect(office.rows_of("issues?state=closed").filter(has_text=LEAK)).to_have_count(1)
    tablet.find(HOME)
    expect(tablet.page.locator("li").filter(has_text=LEAK)).not_to_contain_text(zh("Call back"))
