"""Surveys at a desk: issued after a look at the homes, followed, given over, withdrawn."""

import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from markupsafe import Markup
from werkzeug.test import TestResponse

from app.agenda.rules import TaskState
from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.people.models import Department
from app.surveys.actions import hand_out
from app.surveys.meeting import Called, call_meeting
from app.surveys.models import SurveySheet
from app.surveys.moving import move
from app.surveys.queries import sheets_of
from app.surveys.receipts import Given
from app.surveys.rules import Receipt, SurveyMove, SurveyState
from app.surveys.tasks import call_off_tasks
from tests.builders import a_unit, an_owner
from tests.office.a_survey_back import Back, a_survey_back, staff, survey_in
from tests.office.conftest import Desk
from tests.office.filled_in import filled_in
from tests.office.making import NEW, Making, making_in, today
from tests.office.told import told


@pytest.fixture
def making(desk: Desk) -> Making:
    return making_in(desk)


# --- issuing ---


@pytest.mark.clause("R25", "V51")
def test_it_is_issued_to_every_household_after_a_look_at_the_officers_shares(making: Making) -> None:
    address = making.drawn_up(issue_from=today().isoformat())
    preview = Markup(making.browser.get(f"{address}/issue").text).striptags()
    assert "发给 4 户" in preview
    assert making.due() == []

    answer = making.issue(address)

    assert answer.status_code == 302
    with making.desk.app.app_context():
        survey = making.survey(address)
        assert (survey.state, survey.households, survey.vacant) == (SurveyState.OUT, 4, 1)
    takers = {str(taker) for _number, taker, _state in making.due()}
    assert takers == {making.officer, making.colleague}
    assert "0101" not in {number for number, _taker, _state in making.due()}


def test_other_officers_than_those_shown_are_shown_first(making: Making) -> None:
    address = making.drawn_up(issue_from=today().isoformat())
    form = filled_in(making.browser.get(f"{address}/issue").text)

    answer = making.browser.post(f"{address}/issue", data={**form, "officer": making.officer, "act": "issue"})

    assert answer.status_code == 409
    assert making.due() == []


@pytest.mark.clause("R23")
def test_after_handing_out_was_to_begin_it_is_not_issued_but_given_other_days(making: Making) -> None:
    address = making.drawn_up(issue_from=(today() - timedelta(days=1)).isoformat())

    answer = making.issue(address)

    assert answer.status_code == 422
    assert "请重新确定" in told(answer)
    assert making.due() == []


def test_a_draft_that_was_changed_since_it_was_looked_at_is_not_issued(making: Making) -> None:
    address = making.drawn_up(issue_from=today().isoformat())
    form = filled_in(making.browser.get(f"{address}/issue").text)
    edit = making.form(f"{address}/edit")
    making.browser.post(f"{address}/edit", data={**edit, "act": "save", "title_zh": "春季调查"})

    answer = making.browser.post(f"{address}/issue", data={**form, "act": "issue"})

    assert answer.status_code == 409
    assert making.due() == []


def test_issued_twice_by_the_same_form_it_goes_out_once(making: Making) -> None:
    address = making.drawn_up(issue_from=today().isoformat())
    form = {**filled_in(making.browser.get(f"{address}/issue").text), "act": "issue"}

    first = making.browser.post(f"{address}/issue", data=form)
    again = making.browser.post(f"{address}/issue", data=form)

    assert (first.status_code, again.status_code) == (302, 302)
    assert len(making.due()) == 4


# --- while it is out ---


def test_its_page_says_how_far_it_is_with_what_it_was_counted_from(making: Making) -> None:
    address = making.issued()

    said = Markup(making.browser.get(address).text).striptags()

    assert re.search(r"发放率\s*0 / 4\s*0\.0 %", said)
    assert re.search(r"回收率\s*0 / 0\s*–", said)
    assert "张华" in said


def test_what_an_officer_has_left_goes_to_another(making: Making) -> None:
    address = making.issued()
    page = making.browser.get(address).text
    form = {name: value for name, value in filled_in(page).items() if name.startswith("give-")}
    giver, taker = making.officer, making.colleague

    answer = making.browser.post(
        f"{address}/give",
        data={**form, "give-giver": giver, "give-taker": taker, "give-reason": "李敏请假"},
    )
    again = making.browser.post(
        f"{address}/give",
        data={**form, "give-giver": taker, "give-taker": giver, "give-reason": "换回来"},
    )

    assert (answer.status_code, again.status_code) == (302, 409)
    assert {str(to) for _number, to, _state in making.due()} == {taker}
    assert "李敏请假" in making.browser.get(address).text


@pytest.mark.clause("R25")
def test_who_became_a_household_since_gets_a_sheet_too(making: Making) -> None:
    address = making.issued()
    with making.desk.app.app_context():
        an_owner(a_unit(db.session.get_one(Estate, making.desk.estate_id), "0501", building="7", floor=5))
        db.session.commit()
    page = making.browser.get(address).text
    assert "7-1-0501" in Markup(page).striptags()
    form = {name: value for name, value in filled_in(page).items() if name.startswith("add-")}

    answer = making.browser.post(f"{address}/homes", data={**form, "officer": [making.colleague]})

    assert answer.status_code == 302
    with making.desk.app.app_context():
        survey = making.survey(address)
        numbers = db.session.scalars(sa.select(SurveySheet.number).where(SurveySheet.survey_id == survey.id))
        assert survey.households == 5
        assert f"{survey.number}-0005" in set(numbers)
    assert len(making.due()) == 5


def test_sent_back_it_is_followed_as_one_that_runs(making: Making) -> None:
    address = making.issued()
    with making.desk.app.app_context():
        survey = making.survey(address)
        by = By(survey.made_by_id)
        call_off_tasks(survey, by=by, at=now())
        for what in (SurveyMove.HAND_UP, SurveyMove.COME_BACK):
            move(survey, what, event_id=new_id(), by=by, at=now())
        an_owner(a_unit(db.session.get_one(Estate, making.desk.estate_id), "0501", building="7", floor=5))
        db.session.commit()

    def sent(what: str, to: str, **fields: object) -> TestResponse:
        page = filled_in(making.browser.get(address).text)
        form = {name: value for name, value in page.items() if name.startswith(what)}
        return making.browser.post(f"{address}/{to}", data={**form, **fields})

    given = sent(
        "give-", "give", **{"give-giver": making.officer, "give-taker": making.colleague, "give-reason": "请假"}
    )
    added = sent("add-", "homes", officer=[making.colleague])

    assert (given.status_code, added.status_code) == (302, 302)
    takers = [str(taker) for _number, taker, state in making.due() if state is TaskState.DUE]
    assert takers == [making.colleague] * 5


def test_withdrawn_with_a_reason_nothing_of_it_is_due_any_more(making: Making) -> None:
    address = making.issued()
    form = {
        name: value
        for name, value in filled_in(making.browser.get(address).text).items()
        if name.startswith("withdraw-")
    }

    silent = making.browser.post(f"{address}/withdraw", data={**form, "withdraw-reason": ""})
    answer = making.browser.post(f"{address}/withdraw", data={**form, "withdraw-reason": "题目有误"})

    assert (silent.status_code, answer.status_code) == (422, 302)
    assert re.search(rf'href="{address}"[^>]*aria-current="[^"]+"', silent.text), "one still stands on its page"
    assert {state for _number, _taker, state in making.due()} == {TaskState.CANCELLED}
    assert "题目有误" in making.browser.get(address).text


def test_called_off_first_pages_say_what_is_to_be_done_about_sheets_at_homes(making: Making) -> None:
    """To whoever collects them, to whoever would have read the result; a department does not see the survey."""
    desk, address = making.desk, making.drawn_up(issue_from=today().isoformat())
    making.issue(address, officers=(making.officer,))
    with desk.app.app_context():
        officer, sheet = By(uuid.UUID(making.officer)), sheets_of(making.survey(address).id)[0]
        given = Given(Receipt.SIGNED, "陈建国", "owner", now() + timedelta(days=3))
        more = {"collector_id": officer.staff_id, "collect_on": today(), "at": now(), "when": now()}
        hand_out(sheet, given, event_id=new_id(), by=officer, **more)
        number = sheet.unit.short
        db.session.commit()
    form = {k: v for k, v in filled_in(making.browser.get(address).text).items() if k.startswith("withdraw-")}
    before = desk.browser("executive").get("/").text

    making.browser.post(f"{address}/withdraw", data={**form, "withdraw-reason": "题目有误"})

    assert "已撤回" not in before
    for who in ("officer", "executive", "supervisor"):
        page = desk.browser(who).get("/").text
        said = Markup(page).striptags()
        assert "不再发放和回收。 原因：题目有误 手里还有调查表的住户：1 户" in said
        [there] = re.findall(rf'href="({address}/sheets[^"]*)"', page)
        assert number in desk.browser(who).get(Markup(there).unescape()).text
    assert "手里还有调查表的住户：1 户" in making.browser.get(address).text
    department = desk.browser("department_manager").get("/").text
    assert "涉及贵部门的调查" in department
    assert address not in department
    assert "已撤回" not in desk.browser("admin").get("/").text


def test_one_whose_result_came_back_can_be_called_off_unless_a_meeting_is_called_on_it(desk: Desk) -> None:
    back = a_survey_back(desk, SurveyMove.HAND_UP, SurveyMove.COME_BACK)
    address, browser = f"/surveys/{back.survey_id}", desk.browser("supervisor")
    form = filled_in(browser.get(address).text)

    with desk.app.app_context():
        _call_a_meeting(desk, back)
    shown = browser.get(address).text

    assert form["withdraw-event"]
    assert not [name for name in filled_in(shown) if name.startswith("withdraw-")]
    assert "已召集专项研讨会" in shown


def _call_a_meeting(desk: Desk, back: Back) -> None:
    """While its result was handed up; then that came back once more."""
    survey, by = survey_in(back), By(staff(desk, "executive").id)
    more = {"by": by, "at": now()}
    move(survey, SurveyMove.HAND_UP, event_id=new_id(), **more)
    departments = [db.session.get_one(Department, desk.department_id)]
    call_meeting(survey, Called(now() + timedelta(days=1), "会议室", "", departments), event_id=new_id(), **more)
    move(survey, SurveyMove.COME_BACK, event_id=new_id(), **more)
    db.session.commit()


# --- who may, and in which language ---


def test_only_the_supervisor_makes_surveys_and_departments_do_not_see_them(making: Making) -> None:
    address = making.issued()
    for who, sees in (("officer", 200), ("manager", 200), ("executive", 200), ("handler", 403)):
        browser = making.desk.browser(who)
        assert browser.get(address).status_code == sees
        assert browser.get(NEW).status_code == 403
        assert browser.post(f"{address}/withdraw", data={}).status_code == 403


def test_in_english_nothing_is_said_in_codes(making: Making) -> None:
    address = making.issued()
    browser = making.desk.browser("english")

    pages = [Markup(browser.get(path).text).striptags() for path in ("/surveys", address, f"{address}/sheets", NEW)]

    for page in pages:
        assert not re.search(r"survey:|sheet:|to_hand_out|very_satisfied|Decimal|None\b", page)
    assert "Out with the owners" in pages[0]
    assert "handed out ÷ households" in pages[1]


@pytest.mark.clause("V48")
def test_the_supervisor_is_told_late_in_the_year_that_no_survey_went_out_and_when_one_is_over(
    making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.surveys.progress._FIRST_MONTH", 1)
    owed = f"{today().year} 年还没有发出"
    assert owed in making.browser.get("/").text
    assert owed not in making.desk.browser("officer").get("/").text

    address = making.issued()
    assert owed not in making.browser.get("/").text
    with making.desk.app.app_context():
        survey = making.survey(address)
        survey.issue_until = survey.collect_until = today() - timedelta(days=1)
        db.session.commit()

    assert "回收时间已过" in making.browser.get("/").text
