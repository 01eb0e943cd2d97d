"""A survey at the door: handed out offline against the owner's signature, and later filled in and signed."""

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Locator, expect

from app.core.db import db
from app.estates.models import Estate, Unit
from app.people.models import Department, Staff
from app.surveys.models import SurveySheet
from app.surveys.rules import Filled, Receipt, SheetState
from tests.builders import a_survey, a_survey_out
from tests.journeys.axe import IN_THE_HAND, Inspector
from tests.journeys.conftest import People
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import like

pytestmark = pytest.mark.journey

IN_TIME, CLEAN, SLOW = "维修是否及时", "楼道是否清洁", "来得太慢"


@pytest.fixture
def surveyed(app: Flask, people: People) -> None:
    """A survey with two questions is out with two homes; the server is not started yet."""
    with app.app_context():
        estate = db.session.scalars(sa.select(Estate)).one()
        officer = db.session.scalars(sa.select(Staff).where(Staff.login == people.officer)).one()
        department = db.session.scalars(sa.select(Department)).one()
        survey = a_survey(estate, officer, (department, IN_TIME), (department, CLEAN))
        homes = db.session.scalars(sa.select(Unit).where(Unit.number.in_(("1202", "1102"))))
        a_survey_out(survey, list(homes), officer)
        db.session.commit()
        db.engine.dispose()


@pytest.mark.clause("R24")
@pytest.mark.clause("R29")
def test_a_sheet_is_handed_out_offline_and_filled_in_when_it_is_collected(
    app: Flask, server: Server, people: People, surveyed: None, carried: Tablet
) -> None:
    tablet, hand = carried, Inspector(carried, IN_THE_HAND)
    tablet.page.emulate_media(reduced_motion="reduce")

    server.stop()
    tablet.kill_and_open()
    it_is_handed_out(tablet, hand)
    it_is_to_be_collected_though_nobody_knows_yet(tablet, hand)

    server.start()
    tablet.send_all()
    tablet.go_to("me")
    tablet.page.get_by_role("radio", name="English").click()
    tablet.locale = "en"
    it_is_filled_in(tablet, hand)
    tablet.send_all()

    with app.app_context():
        sheet = db.session.scalars(sa.select(SurveySheet).where(SurveySheet.state == SheetState.COLLECTED)).one()
        assert (sheet.receipt, sheet.receipt_name) == (Receipt.SIGNED, "陈建国")
        assert (sheet.filled, sheet.signed, sheet.signed_name) == (Filled.ON_SCREEN, True, "陈建国")
        assert sorted(sheet.levels.values()) == ["dissatisfied", "none"]
        assert list(sheet.opinions.values()) == [SLOW]
        assert sheet.callback_welcome is True
    assert hand.found == [], "nothing on these screens stands in anybody's way"


def it_is_handed_out(tablet: Tablet, hand: Inspector[Tablet]) -> None:
    page, say = tablet.page, tablet.say
    tablet.find("1202")
    expect(page.get_by_test_id("due")).to_contain_text(say("Survey to hand out"))
    tablet.knock()
    sheet = page.get_by_test_id("sheet")
    sheet.locator("[data-way=handed_out]").click()
    tablet.page.get_by_role("checkbox", name=say("Explained what it is for")).click()
    page.get_by_role("checkbox", name=say("Presented the key items")).click()
    done = page.get_by_role("link", name=say("Done"), exact=True)
    done.click()
    expect(page.get_by_role("alert").filter(has_text=say("Agree with the owner when it is collected."))).to_be_visible()
    page.get_by_test_id("proposal").first.click()
    hand.look("a sheet that is handed out")
    done.click()
    expect(sheet.get_by_test_id("became")).to_contain_text(say("Handed out"))
    hand.look("a visit with a survey")
    tablet.hand_over()
    hand.look("what an owner reads of a sheet that they take")
    expect(page.get_by_test_id("survey-said")).to_contain_text(IN_TIME)
    owner_and_officer_sign(tablet)


def it_is_to_be_collected_though_nobody_knows_yet(tablet: Tablet, hand: Inspector[Tablet]) -> None:
    tablet.find("1202")
    due = tablet.page.get_by_test_id("due")
    expect(due).to_contain_text(tablet.say("Survey to collect"))
    expect(due).to_contain_text(tablet.say("Agreed here, to be sent"))
    hand.look("a sheet that was handed out offline")


def it_is_filled_in(tablet: Tablet, hand: Inspector[Tablet]) -> None:
    page, say = tablet.page, tablet.say
    tablet.find("1202")
    expect(page.get_by_test_id("due").filter(has_text=say("Survey to collect"))).to_be_visible()
    expect(page.get_by_text(say("Agreed here, to be sent"))).to_have_count(0)
    tablet.knock()
    it_bears_a_name(tablet, hand)
    page.get_by_test_id("sheet").locator("[data-way=on_screen]").click()
    level(page.get_by_role("radiogroup", name=IN_TIME), say("Dissatisfied")).click()
    level(page.get_by_role("radiogroup", name=CLEAN), say("No opinion")).click()
    page.get_by_role("textbox").fill(SLOW)
    level(page.get_by_role("radiogroup", name=say("All in all")), say("Mostly satisfied")).click()
    level(page.get_by_role("radiogroup", name=say("May we call back about it?")), say("Yes")).click()
    hand.look("a sheet that is filled in")
    page.get_by_role("link", name=say("Done"), exact=True).click()
    expect(page.get_by_test_id("became")).to_contain_text(say("%(done)s of %(all)s answered", done=2, all=2))
    tablet.hand_over()
    read = page.get_by_test_id("survey-said")
    expect(read).to_contain_text(SLOW)
    expect(read).to_contain_text(say("Dissatisfied"))
    expect(read).to_contain_text("it can be changed")
    hand.look("what an owner reads of their answers")
    owner_and_officer_sign(tablet)


def it_bears_a_name(tablet: Tablet, hand: Inspector[Tablet]) -> None:
    """Whose, where it is not that of whoever gives it back; then it is filled in on the screen all the same."""
    page, say = tablet.page, tablet.say
    page.get_by_test_id("sheet").locator("[data-way=on_paper]").click()
    page.get_by_role("radio", name=say("With a name")).click()
    names = page.get_by_role("radiogroup", name=say("Name on the sheet"))
    expect(names.get_by_role("radio", checked=True)).to_contain_text("陈建国")
    page.get_by_role("textbox", name=say("Name on the sheet")).fill("李芳")
    page.get_by_role("link", name=say("Done"), exact=True).click()
    expect(page.get_by_role("alert").filter(has_text=say("Say whose name it is."))).to_be_visible()
    level(page.get_by_role("radiogroup", name=say("Whose name is it?")), say("Spouse")).click()
    expect(page.get_by_test_id("on-behalf")).to_be_visible()
    page.get_by_role("link", name=say("Done"), exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="Copy what stands on it")).to_be_visible()
    hand.look("a sheet of paper that bears a name")
    page.get_by_role("checkbox", name=say("The sheet is blank")).click()
    page.get_by_role("link", name=say("Done"), exact=True).click()
    expect(page.get_by_test_id("became")).to_contain_text(say("Came back blank"))


def level(group: Locator, words: str) -> Locator:
    return group.get_by_role("radio", name=words, exact=True)


def owner_and_officer_sign(tablet: Tablet) -> None:
    tablet.read_to_the_end()
    tablet.rate("Satisfied")
    tablet.ink()
    tablet.confirm()
    tablet.sign_as_officer_and_save()
    expect(
        tablet.page.get_by_role("heading", name=like("Saved on this tablet %(time)s", tablet.locale))
    ).to_be_visible()
