"""The owner calls it solved and does not sign: a neighbour reads what was said, to its end, and signs that."""

import pytest
from playwright.sync_api import expect

from tests.journeys.tablet import Tablet
from tests.journeys.words import zh

pytestmark = pytest.mark.journey


def test_a_witness_is_led_to_the_end_of_what_they_witness_and_signs_there(carried: Tablet) -> None:
    tablet, page = carried, carried.page
    tablet.find("1202")
    tablet.knock()
    tablet.note_issue("阳台推拉门关不严，" * 200, answer="当场调好了滑轮")
    tablet.hand_over()
    tablet.read_to_the_end()
    page.get_by_role("button", name=zh("Not signing …")).click()
    page.get_by_role("button", name=zh("I do not want to sign")).click()
    page.get_by_role("button", name=zh("I never sign on a screen")).click()
    page.get_by_role("button", name=zh("Finish without a signature")).click()

    expect(page.get_by_role("heading", name=zh("A witness, please"))).to_be_visible()
    page.get_by_role("button", name=zh("Read on")).click()
    tablet.read_to_the_end()
    page.get_by_label(zh("Name of the witness")).fill("吴阿姨")
    page.get_by_role("radio", name=zh("Neighbour")).click()
    tablet.ink()
    page.get_by_role("button", name=zh("Sign as a witness")).click()
    tablet.sign_as_officer_and_save()

    tablet.send_all()
    expect(page.get_by_text(zh("complete")).first).to_be_visible()
