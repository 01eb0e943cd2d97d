"""A survey's sheets at a desk: listed, handed out, put off, declined, copied from paper; once answered they stay."""

import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from app.agenda.queries import due_about
from app.agenda.rules import OF_SURVEYS, TaskKind
from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By, history
from app.estates.models import Estate
from app.office.moments import When
from app.people.models import Department
from app.people.queries import staff_by_login
from app.surveys.calling_off import withdraw_survey
from app.surveys.models import SurveySheet
from app.surveys.queries import the_sheet, the_survey
from app.surveys.receipts import Given, note_late_receipt
from app.surveys.rules import Filled, Level, Receipt, SheetState
from tests.builders import a_survey, a_survey_out, a_unit, an_owner
from tests.office.conftest import Desk
from tests.office.filled_in import filled_in
from tests.office.told import left_over, told


def today() -> date:
    return local_date(now(), "Asia/Shanghai")


@dataclass
class Out:
    """A survey that is out with two homes: the officer at a desk, the first home's sheet before them."""

    desk: Desk
    browser: FlaskClient
    survey_id: uuid.UUID
    sheet_id: uuid.UUID
    question: str
    department: str
    officer: str

    @property
    def list(self) -> str:
        return f"/surveys/{self.survey_id}/sheets"

    @property
    def address(self) -> str:
        return f"{self.list}/{self.sheet_id}"

    def send(self, act: str, **fields: str) -> TestResponse:
        """A form of the sheet's page; its fields begin with its name."""
        name = {"hand-out": "hand", "agree": "again", "decline": "decline"}[act]
        form = {key: value for key, value in filled_in(self.browser.get(self.address).text).items() if name in key}
        typed = {f"{name}-{field}": value for field, value in fields.items()}
        return self.browser.post(f"{self.address}/{act}", data={**form, **typed})

    def hand_out(self, **change: str) -> TestResponse:
        agreed = f"{today() + timedelta(days=3)}T19:00"
        usual = {"name": "陈建国", "relation": "owner", "receipt": "on_paper", "agreed_at": agreed}
        return self.send("hand-out", **{**usual, "collector": self.officer, **change})

    def typed(self, **change: str) -> dict[str, object]:
        """The form of answers, filled in."""
        said = {
            "filled": "on_paper",
            "relation": "owner",
            "signed": "yes",
            "signed_name": "陈建国",
            "overall": "satisfied",
            "callback": "yes",
            f"level-{self.question}": "dissatisfied",
            f"opinion-{self.department}": "来得太慢\r\n要等三天",
        }
        return {**filled_in(self.browser.get(f"{self.address}/answers").text), **said, **change}

    def take_back(self, act: str = "keep", **change: str) -> TestResponse:
        """Copied, looked at once more, and kept."""
        shown = self.browser.post(f"{self.address}/answers", data={**self.typed(**change), "act": "check"})
        if shown.status_code != 200:
            return shown
        return self.browser.post(f"{self.address}/answers", data={**filled_in(shown.text), "act": act})

    def sheet(self) -> SurveySheet:
        return the_sheet(self.desk.estate_id, self.sheet_id)


@pytest.fixture
def out(desk: Desk) -> Out:
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        supervisor, officer = (staff_by_login(desk.logins[who]) for who in ("supervisor", "officer"))
        assert supervisor is not None
        assert officer is not None
        homes = [a_unit(estate, number, building="7", floor=int(number[:2])) for number in ("0401", "0301")]
        for home in homes:
            an_owner(home)
        department = db.session.get_one(Department, desk.department_id)
        days = {"issue_from": today(), "issue_until": today(), "collect_until": today() + timedelta(days=9)}
        survey = a_survey(estate, supervisor, (department, "维修及时"), (department, "维修质量"), **days)
        sheet = a_survey_out(survey, homes, officer)[0]
        ids = survey.id, sheet.id, str(survey.questions[0].id), str(department.id), str(officer.id)
        db.session.commit()
        return Out(desk, desk.browser("officer"), *ids)


# --- handing out ---


@pytest.mark.clause("R24")
def test_before_its_days_no_sheet_is_copied_and_nobody_asked(out: Out) -> None:
    typed = out.typed()
    with out.desk.app.app_context():
        out.sheet().survey.issue_from = today() + timedelta(days=1)
        db.session.commit()

    assert "发放开始" in out.browser.get(out.address).text
    assert out.browser.get(f"{out.address}/answers").status_code == 302
    assert out.browser.post(f"{out.address}/answers", data={**typed, "act": "keep"}).status_code == 422
    with out.desk.app.app_context():
        assert out.sheet().state is SheetState.TO_HAND_OUT


@pytest.mark.clause("R24", "R28")
def test_who_comes_to_the_desk_takes_the_sheet_against_a_receipt_and_agrees_on_a_time(out: Out) -> None:
    answer = out.hand_out()

    assert answer.status_code == 302, told(answer)
    with out.desk.app.app_context():
        sheet = out.sheet()
        assert (sheet.state, sheet.receipt, sheet.receipt_name) == (SheetState.HANDED_OUT, Receipt.ON_PAPER, "陈建国")
        due = due_about(sheet.id, *OF_SURVEYS)
        assert [(task.kind, task.due_on) for task in due] == [(TaskKind.SURVEY_COLLECT, today() + timedelta(days=3))]
    page = Markup(out.browser.get(out.address).text).striptags()
    assert "纸上签收" in page
    assert "19:00" in page


def test_without_a_name_or_with_a_time_that_is_over_nothing_is_handed_out(out: Out) -> None:
    nameless = out.hand_out(name="")
    for year in ("0001", "9999"):
        assert out.hand_out(agreed_at=f"{year}-01-01T00:00").status_code == 422
    past = out.hand_out(agreed_at=f"{today() - timedelta(days=1)}T19:00")

    assert (nameless.status_code, past.status_code) == (422, 422)
    assert "已经过去" in told(past)
    assert filled_in(past.text)["hand-name"] == ["陈建国"]
    with out.desk.app.app_context():
        assert out.sheet().state is SheetState.TO_HAND_OUT


def test_before_its_days_no_sheet_is_handed_out(out: Out) -> None:
    with out.desk.app.app_context():
        the_survey(out.desk.estate_id, out.survey_id).issue_from = today() + timedelta(days=2)
        db.session.commit()

    answer = out.hand_out()

    assert answer.status_code == 422
    assert "还没到发放日期" in told(answer)


def test_not_filled_in_yet_it_is_collected_another_time(out: Out) -> None:
    out.hand_out()
    later = today() + timedelta(days=6)

    answer = out.send("agree", agreed_at=f"{later}T09:30", collector=out.officer)

    assert answer.status_code == 302, told(answer)
    with out.desk.app.app_context():
        assert [task.due_on for task in due_about(out.sheet_id, *OF_SURVEYS)] == [later]


def test_who_does_not_take_part_is_noted_and_may_think_better_of_it(out: Out) -> None:
    assert out.send("decline", reason="").status_code == 422

    assert out.send("decline", reason="没有时间").status_code == 302

    assert "没有时间" in out.browser.get(out.address).text
    assert out.hand_out().status_code == 302


def test_the_supervisor_sends_an_officer_once_more_to_who_declined_and_wishes_it(out: Out) -> None:
    out.send("decline", reason="没有时间")
    browser = out.desk.browser("supervisor")
    asked = {"once_more-reason": "来电说愿意参加", "once_more-officer": out.officer, "once_more-due_on": str(today())}

    def send(**more: str) -> TestResponse:
        form = filled_in(browser.get(out.address).text)
        return browser.post(f"{out.address}/again", data={**form, **asked, **more})

    offered = filled_in(browser.get(out.address).text)
    assert (offered["once_more-officer"], offered["once_more-due_on"]) == (
        [out.officer],
        [str(today() + timedelta(days=9))],
    )
    assert "再次派人上门" not in out.browser.get(out.address).text
    assert out.browser.post(f"{out.address}/again", data=asked).status_code == 403
    refused = send(**{"once_more-due_on": str(today() - timedelta(days=1))})
    assert (refused.status_code, send(**{"once_more-reason": ""}).status_code) == (422, 422)
    assert filled_in(refused.text)["once_more-reason"] == ["来电说愿意参加"]
    answer = send()

    assert answer.status_code == 302, told(answer)
    page = Markup(browser.get(out.address).text).striptags()
    assert "不参加" in page
    assert "应住户要求再次上门征询" in page
    assert "再次派人上门…" not in page
    with out.desk.app.app_context():
        [task] = due_about(out.sheet_id, *OF_SURVEYS)
        assert (task.kind, str(task.assignee_id), task.due_on) == (TaskKind.SURVEY_HAND_OUT, out.officer, today())
    assert out.send("decline", reason="还是没有时间").status_code == 302
    with out.desk.app.app_context():
        assert due_about(out.sheet_id, *OF_SURVEYS) == []


# --- taking back ---


@pytest.mark.clause("R29", "R30")
def test_the_page_of_the_home_leads_to_its_sheets(out: Out) -> None:
    with out.desk.app.app_context():
        sheet = db.session.get_one(SurveySheet, out.sheet_id)
        home, number = f"/units/{sheet.unit_id}", sheet.number

    page = out.browser.get(home).text

    assert f'href="{out.address}"' in page
    assert number in page
    assert "待发放" in page


def test_a_survey_is_found_by_its_number(out: Out) -> None:
    with out.desk.app.app_context():
        number = the_survey(out.desk.estate_id, out.survey_id).number

    assert f'href="/surveys/{out.survey_id}"' in out.browser.get(f"/search?q={number}").text
    assert f'href="/surveys/{out.survey_id}"' not in out.browser.get("/search?q=1999-7").text


def test_all_in_all_is_asked_once(out: Out) -> None:
    page = out.browser.get(f"{out.address}/answers").text

    assert page.count("总体评价") == 1


def test_a_sheet_is_found_by_the_number_that_stands_on_it(out: Out) -> None:
    with out.desk.app.app_context():
        number = db.session.get_one(SurveySheet, out.sheet_id).number
    survey = number.rpartition("-")[0]

    def finds(words: str) -> bool:
        return f'href="{out.address}"' in out.browser.get(f"/search?q={words}").text

    assert [finds(words) for words in (number, f"DC-{number}", f"qs-{number}", f"{survey}-")] == [True] * 4
    assert not finds(survey), "all of its sheets would be found"
    assert f'href="/surveys/{out.survey_id}"' in out.browser.get(f"/search?q=DC-{survey}").text
    assert f'href="{out.address}"' in out.browser.get(f"{out.list}?q={number}").text
    assert not re.search(r'href="/surveys/[^"]+/sheets/', out.desk.browser("handler").get(f"/search?q={number}").text)


def test_what_a_survey_that_is_over_asked_for_in_vain_is_due_no_more(out: Out) -> None:
    with out.desk.app.app_context():
        survey = the_survey(out.desk.estate_id, out.survey_id)
        withdraw_survey(survey, "改到明年", event_id=new_id(), by=By(survey.made_by_id), at=now())
        db.session.commit()
        home = f"/units/{db.session.get_one(SurveySheet, out.sheet_id).unit_id}"

    for page in (home, out.address, out.list):
        assert "未发放" in out.browser.get(page).text
    listed = out.browser.get(out.list).text
    assert [words in listed for words in ("待发放", "late=yes")] == [False, False], "nothing of it is to be done"


def test_a_sheet_is_copied_looked_at_once_more_and_then_stays(out: Out) -> None:
    shown = out.browser.post(f"{out.address}/answers", data={**out.typed(), "act": "check"})
    assert shown.status_code == 200
    said = Markup(shown.text).striptags()
    assert "未填题数 1" in said
    with out.desk.app.app_context():
        assert out.sheet().state is SheetState.TO_HAND_OUT, "looking keeps nothing"

    answer = out.browser.post(f"{out.address}/answers", data={**filled_in(shown.text), "act": "keep"})

    assert answer.status_code == 302, told(answer)
    with out.desk.app.app_context():
        sheet = out.sheet()
        assert (sheet.state, sheet.filled, sheet.signed_name) == (SheetState.COLLECTED, Filled.ON_PAPER, "陈建国")
        assert sheet.levels == {out.question: Level.DISSATISFIED.value}
        assert sheet.opinions == {out.department: "来得太慢\n要等三天"}
        assert (sheet.overall, sheet.proxy, sheet.callback_welcome) == (Level.SATISFIED, False, True)
        assert due_about(sheet.id, *OF_SURVEYS) == []
        assert [line.kind for line in history(sheet.id)] == ["sheet:collected"]
    page = out.browser.get(out.address).text
    assert "来得太慢" in page
    assert f"{out.address}/answers" not in page
    assert out.browser.get(f"{out.address}/answers").location == out.address


def test_what_was_due_says_that_a_desk_has_seen_to_it_and_leads_to_the_sheet(out: Out) -> None:
    with out.desk.app.app_context():
        [task] = due_about(out.sheet_id, *OF_SURVEYS)
        address = f"/plans/due/{task.id}"
    assert address in out.browser.get(out.address).text

    out.take_back()

    page = out.browser.get(address).text
    assert out.address in page
    assert "已在前台办理" in page


def test_whoever_wants_to_change_something_first_finds_it_as_it_was_typed(out: Out) -> None:
    again = out.take_back(act="change")

    assert again.status_code == 200
    form = filled_in(again.text)
    assert (form["signed_name"], form[f"level-{out.question}"]) == (["陈建国"], ["dissatisfied"])
    with out.desk.app.app_context():
        assert out.sheet().state is SheetState.TO_HAND_OUT


@pytest.mark.parametrize("change", [{"relation": "family"}, {"signed_name": "张三"}])
def test_who_is_no_owner_answers_on_the_owners_behalf(out: Out, change: dict[str, str]) -> None:
    assert out.take_back(**change).status_code == 302

    with out.desk.app.app_context():
        assert out.sheet().proxy
    assert "代填" in out.browser.get(out.address).text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"signed_name": ""}, "署的是谁的名字"),
        ({"filled": "by_phone"}, "电话询问的没有署名"),
        ({"relation": ""}, ""),
        ({"signed": ""}, ""),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(out: Out, change: dict[str, str], why: str) -> None:
    answer = out.take_back(**change)

    assert answer.status_code == 422
    assert why in told(answer)
    assert filled_in(answer.text)[f"level-{out.question}"] == ["dissatisfied"]
    with out.desk.app.app_context():
        assert out.sheet().state is SheetState.TO_HAND_OUT


def test_a_sheet_on_which_nothing_stands_is_not_taken_as_an_answer(out: Out) -> None:
    blank = {f"level-{out.question}": "", f"opinion-{out.department}": "", "overall": ""}

    answer = out.take_back(**blank)

    assert answer.status_code == 422
    assert "不参加" in told(answer)


def test_the_second_of_two_desks_is_told_and_can_copy_what_they_typed(out: Out) -> None:
    typed = out.typed(**{f"opinion-{out.department}": "第二份"})
    assert out.take_back().status_code == 302

    late = out.browser.post(f"{out.address}/answers", data={**typed, "act": "keep"})

    assert late.status_code == 409
    assert "第二份" in left_over(late)
    with out.desk.app.app_context():
        assert out.sheet().opinions == {out.department: "来得太慢\n要等三天"}


def test_kept_twice_by_the_same_form_it_is_kept_once(out: Out) -> None:
    form = {**out.typed(), "act": "keep"}

    first, again = (out.browser.post(f"{out.address}/answers", data=form) for _n in range(2))

    assert (first.status_code, again.status_code) == (302, 302)
    with out.desk.app.app_context():
        assert [line.kind for line in history(out.sheet_id)] == ["sheet:collected"]


def test_of_a_survey_that_was_withdrawn_no_sheet_changes(out: Out) -> None:
    typed = {**out.typed(), "act": "keep"}
    with out.desk.app.app_context():
        survey = the_survey(out.desk.estate_id, out.survey_id)
        withdraw_survey(survey, "有误", event_id=new_id(), by=By(survey.made_by_id), at=now())
        db.session.commit()

    late = out.browser.post(f"{out.address}/answers", data=typed)

    assert late.status_code == 409
    with out.desk.app.app_context():
        assert out.sheet().state is SheetState.TO_HAND_OUT


# --- the list ---


def test_the_list_is_filtered_searched_and_taken_away(out: Out) -> None:
    assert out.take_back().status_code == 302

    def units(query: str) -> list[str]:
        page = Markup(out.browser.get(f"{out.list}?{query}").text).striptags()
        return [number for number in ("7-1-0401", "7-1-0301") if number in page]

    assert units("") == ["7-1-0401", "7-1-0301"]
    assert units("state=collected") == ["7-1-0401"]
    assert units(f"officer={out.officer}&state=to_hand_out") == ["7-1-0301"]
    assert units("q=0301") == ["7-1-0301"]
    assert units("late=yes") == []
    with out.browser.post(f"{out.list}/export/xlsx?state=collected") as answer:
        book = load_workbook(BytesIO(answer.data)).active
    head, row = ([cell.value for cell in line] for line in list(book.rows)[3:5])
    assert dict(zip(head, row, strict=True))["署名"] == "是"
    for column in ("unit", "-state", "officer", "due", "handed_out", "-collected"):
        assert out.browser.get(f"{out.list}?sort={column}").status_code == 200


def test_whoever_thought_better_of_it_stands_in_the_list_without_why_not(out: Out) -> None:
    def taken_away() -> str:
        with out.browser.post(f"{out.list}/export/csv?columns=declined") as answer:
            return answer.get_data(as_text=True)

    out.send("decline", reason="没有时间")
    assert "没有时间" in taken_away()

    assert out.take_back().status_code == 302

    assert "没有时间" not in taken_away()


def test_leaders_read_sheets_but_do_not_take_them_and_departments_see_none(out: Out) -> None:
    for who, sees, takes in (("manager", 200, 403), ("executive", 200, 403), ("handler", 403, 403)):
        browser = out.desk.browser(who)
        assert browser.get(out.list).status_code == browser.get(out.address).status_code == sees
        assert browser.get(f"{out.address}/answers").status_code == takes
        assert browser.post(f"{out.address}/decline", data={}).status_code == takes


def test_a_sheet_is_not_found_under_another_survey(out: Out) -> None:
    with out.desk.app.app_context():
        survey = the_survey(out.desk.estate_id, out.survey_id)
        other = a_survey(db.session.get_one(Estate, out.desk.estate_id), survey.made_by).id
        db.session.commit()

    assert out.browser.get(f"/surveys/{other}/sheets/{out.sheet_id}").status_code == 404


def test_in_english_a_sheet_is_told_in_words(out: Out) -> None:
    out.take_back()
    browser = out.desk.browser("english")

    page = Markup(browser.get(out.address).text).striptags()

    assert "Dissatisfied" in page
    assert "by the owner on paper" in page
    assert "on_paper" not in page


def test_the_list_says_who_took_a_sheet_whose_receipt_came_after_its_answers(out: Out) -> None:
    visit_id, before = uuid.UUID(out.desk.visit()), now() - timedelta(days=2)
    out.browser.post(f"{out.address}/answers", data={**out.typed(), "act": "keep"})
    with out.desk.app.app_context():
        sheet, taken = out.sheet(), Given(Receipt.SIGNED, "陈建国", "owner", now())
        more = {"event_id": new_id(), "by": By(uuid.UUID(out.officer)), "at": now(), "when": before}
        assert note_late_receipt(sheet, taken, visit_id=visit_id, **more)
        db.session.commit()

    with out.browser.post(f"{out.list}/export/xlsx?state=collected") as answer:
        head, line = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))[-2:]

    said = dict(zip(head, line, strict=True))
    assert (said["领取人"], said["签收"]) == ("陈建国", "平板上签收")
    assert said["已发放"].date() == local_date(before, "Asia/Shanghai")
    assert "平板上签收" in out.browser.get(out.address).text
    with out.desk.app.app_context():
        home = f"/units/{out.sheet().unit_id}"
        taken_on = When("Asia/Shanghai", now()).moment(before)
    assert f'data-label="已发放">{taken_on}<' in out.browser.get(home).text
