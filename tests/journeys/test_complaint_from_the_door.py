"""A complaint: one tap at the door, offline; its own record in the office; closed by the owner's signature alone."""

import openpyxl
import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.phone import Phone
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import zh

pytestmark = pytest.mark.journey

HOME, COMPLAINT = "1202", "维修师傅两次约好不来，电话里态度很差"
RESPONSE, MEASURE, OPINION = "已致电道歉，今晚上门", "更换责任师傅，主管陪同上门", "约定时间必须守时，列入考核"


@pytest.mark.clause("V46")
@pytest.mark.clause("R02")
@pytest.mark.clause("R10")
def test_a_complaint_from_the_door_is_closed_by_its_owners_signature_and_by_nothing_else(
    server: Server, people: People, office: Office, phone: Phone, carried: Tablet
) -> None:
    tablet = carried
    server.stop()
    tablet.kill_and_open()
    one_tap_makes_it_a_complaint(tablet)
    server.start()
    tablet.send_all()

    the_office_responds_first(office, people)
    the_department_handles_it(phone, people)
    it_waits_for_its_owner(office)

    tablet.sync()
    tablet.owner_answers_by_phone(HOME, "Satisfied")
    tablet.send_all()
    a_phone_answer_is_kept_and_closes_nothing(office, tablet)
    server.stop()
    tablet.kill_and_open()
    the_owner_signs_at_the_door(tablet)
    server.start()
    tablet.send_all()

    the_manager_reviews_it(office)
    the_register_has_every_column(office, server)


def one_tap_makes_it_a_complaint(tablet: Tablet) -> None:
    tablet.find(HOME)
    tablet.knock()
    tablet.complain(COMPLAINT, nature="Staff attitude", grade="Important complaint", report_up=True)
    expect(tablet.page.get_by_text(zh("Important complaint"))).to_be_visible()
    expect(tablet.page.get_by_text(zh("Reported up"), exact=True)).to_be_visible()
    tablet.hand_over()
    tablet.read_to_the_end()
    expect(tablet.page.locator(".summary")).to_contain_text(COMPLAINT)
    tablet.rate("Dissatisfied")
    tablet.ink()
    tablet.confirm()
    tablet.sign_as_officer_and_save()


def the_office_responds_first(office: Office, people: People) -> None:
    office.log_in(people.supervisor)
    row = office.rows_of("complaints").filter(has_text=COMPLAINT)
    expect(row).to_contain_text(zh("Important complaint"))
    expect(row).to_contain_text(zh("First response to give"))
    row.get_by_role("link", name=COMPLAINT).click()
    expect(office.page.locator(".upward")).to_contain_text(zh("Waits to be taken up"))
    expect(record(office).locator(".card-head h2")).to_contain_text("TS-")
    expect(record(office)).to_contain_text(zh("Staff attitude"))
    office.act_on_complaint("Give the first response", RESPONSE)
    expect(record(office)).to_contain_text(RESPONSE)


def the_department_handles_it(phone: Phone, people: People) -> None:
    phone.log_in(people.engineer)
    phone.accept(COMPLAINT, MEASURE, "今晚 19 点前到", responsible="王师傅")
    phone.log_in(people.worker)
    phone.say_it_is_rectified(COMPLAINT, "已上门致歉并修好")


def it_waits_for_its_owner(office: Office) -> None:
    office.open_issue(COMPLAINT)
    office.stands(zh("Rectified, to be called back"))
    expect(record(office)).to_contain_text(zh("Handled, to be called back"))
    expect(office.rows_of("issues?state=closed")).to_have_count(0)


def a_phone_answer_is_kept_and_closes_nothing(office: Office, tablet: Tablet) -> None:
    office.open_issue(COMPLAINT)
    office.stands(zh("Rectified, to be called back"))
    expect(office.page.locator(".history-line").filter(has_text=zh("Answer kept: satisfied"))).to_have_count(1)
    tablet.find(HOME)
    expect(tablet.page.get_by_text(zh("Callbacks: %(count)s", count=1))).to_be_visible()


def the_owner_signs_at_the_door(tablet: Tablet) -> None:
    tablet.find(HOME)
    tablet.knock()
    tablet.answer_callback("Satisfied")
    tablet.owner_signs()


def the_manager_reviews_it(office: Office) -> None:
    office.open_issue(COMPLAINT)
    office.stands(zh("Closed by the owner"))
    expect(record(office)).to_contain_text(zh("To be reviewed"))
    office.act_on_complaint("Review the complaint", OPINION)
    expect(record(office)).to_contain_text(OPINION)
    expect(record(office)).to_contain_text(zh("signed by the owner"))


def the_register_has_every_column(office: Office, server: Server) -> None:
    """Form 6, one line for the complaint."""
    office.page.goto(f"{office.url}/complaints?standing=all")
    sheet = openpyxl.load_workbook(office.list_taken_away(server.folder)).active
    heads, row = ([cell.value for cell in line] for line in sheet.iter_rows(min_row=4, max_row=5))
    line = dict(zip(heads, row, strict=True))
    told = {
        "Complainant": "陈建国",
        "Content of the complaint": COMPLAINT,
        "Grade": zh("Important complaint"),
        "First response, result": RESPONSE,
        "Handling, result": "已上门致歉并修好",
        "Callback, result": zh("Satisfied"),
        "Review, opinion": OPINION,
    }
    assert {head: line[zh(head)] for head in told} == told


def record(office: Office) -> Locator:
    """Form 6 on the page of the issue."""
    return office.page.locator("section#complaint")
