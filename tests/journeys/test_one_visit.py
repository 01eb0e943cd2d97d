"""One visit from plan to closed issue, with the server really stopped while the officer is at the door."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from app.core.clock import local_date, now
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import like, zh

pytestmark = pytest.mark.journey

LEAK = "主卫天花板渗水"
INVOICE = "物业费发票怎么开"


@pytest.mark.clause("R04")
@pytest.mark.clause("R06")
@pytest.mark.clause("R07")
@pytest.mark.clause("R13")
def test_a_leak_is_followed_until_its_owner_is_satisfied_and_signs(
    server: Server, people: People, office: Office, tablet: Tablet, picture: Path
) -> None:
    server.start()
    office.log_in(people.supervisor)
    office.put_this_months_plan_to_work()
    tablet.enrol(office.enrol_code_for("李敏"))
    expect(tablet.page.get_by_text("陈建国")).to_be_visible()

    server.stop()
    tablet.kill_and_open()
    expect(tablet.page.get_by_role("heading", name=zh("Today's visits"))).to_be_visible()
    the_home_is_found_by_number_name_and_initials(tablet)
    a_visit_is_held(tablet, picture)
    the_record_stands_on_this_tablet_only(tablet)

    server.start()
    tablet.sync()
    the_record_is_complete(tablet)

    the_department_says_it_is_rectified(office, people, "重新做防水")
    the_owner_answers(tablet, "Dissatisfied", "墙角仍有水印")
    the_department_says_it_is_rectified(office, people, "剥除涂层，重做防水两遍")
    the_owner_answers(tablet, "Satisfied")

    office.log_in(people.supervisor)
    office.open_issue(LEAK)
    expect(office.page.get_by_text(zh("Closed by the owner")).first).to_be_visible()
    the_sheet_prints_what_was_signed(office)


def the_home_is_found_by_number_name_and_initials(tablet: Tablet) -> None:
    for words in ("1202", "陈建", "cjg"):
        tablet.find(words)
        expect(tablet.page.get_by_text("陈建国").first).to_be_visible()


def a_visit_is_held(tablet: Tablet, picture: Path) -> None:
    tablet.knock()
    tablet.tick_opening_words()
    tablet.note_issue(INVOICE, answer="公众号自助开票，当场演示")
    tablet.note_issue(LEAK, photo=picture)
    the_way_back_leads_to_no_issue_that_was_done_with(tablet)
    tablet.turn()
    expect(tablet.page.get_by_text(LEAK)).to_be_visible()
    tablet.turn()

    tablet.hand_over()
    tablet.read_to_the_end()
    expect(tablet.page.get_by_text(LEAK)).to_be_visible()
    tablet.rate("Satisfied")
    tablet.ink()
    tablet.confirm()
    tablet.sign_as_officer_and_save()


def the_way_back_leads_to_no_issue_that_was_done_with(tablet: Tablet) -> None:
    tablet.page.go_back()
    expect(tablet.page).to_have_url(re.compile("#/unit/"))
    tablet.page.go_forward()
    expect(tablet.page).to_have_url(re.compile("#/visit/[^/]+$"))
    expect(tablet.page.get_by_text(LEAK)).to_be_in_viewport()


def the_record_stands_on_this_tablet_only(tablet: Tablet) -> None:
    tablet.go_to("records")
    expect(tablet.page.get_by_text(zh("To be sent")).first).to_be_visible()


def the_record_is_complete(tablet: Tablet) -> None:
    expect(tablet.page.get_by_text(re.compile(r"HF-\d{4}-0001"))).to_be_visible()
    expect(tablet.page.get_by_text(zh("Complete"), exact=True)).to_be_visible()


def the_department_says_it_is_rectified(office: Office, people: People, note: str) -> None:
    office.log_in(people.engineer)
    office.open_issue(LEAK)
    office.accept_issue(measure="注浆并重做防水", responsible="王强", days=3)
    office.report_rectified(note)


def the_owner_answers(tablet: Tablet, answer: str, reason: str = "") -> None:
    tablet.sync()
    tablet.find("1202")
    expect(tablet.page.get_by_text(zh("Callbacks: %(count)s", count=1))).to_be_visible()
    tablet.knock()
    tablet.answer_callback(answer, reason)
    tablet.hand_over()
    tablet.read_to_the_end()
    tablet.rate("Satisfied")
    tablet.ink()
    tablet.confirm()
    tablet.sign_as_officer_and_save()
    tablet.sync()
    expect(tablet.page.get_by_text(zh("To be sent"))).to_have_count(0)


def the_sheet_prints_what_was_signed(office: Office) -> None:
    office.page.get_by_role("link", name=like("Visit %(number)s")).first.click()
    with office.page.expect_download() as printed:
        office.page.get_by_role("link", name=zh("Sign-off sheet (PDF)")).first.click()
    sheet = PdfReader(io.BytesIO(Path(printed.value.path()).read_bytes()))
    text = "".join(page.extract_text() for page in sheet.pages)

    assert len(sheet.pages) >= 1
    for words in (LEAK, INVOICE, "陈建国", "李敏", "Officer"):
        assert words in text, words
    assert str((local_date(now(), "Asia/Shanghai") + timedelta(days=1)).day) in text
