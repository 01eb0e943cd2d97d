"""Surveys at a desk: drawn up, changed, issued after a look at the homes, followed, given over, withdrawn."""

import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from markupsafe import Markup
from werkzeug.test import TestResponse

from app.agenda.models import Task
from app.agenda.rules import OF_SURVEYS, TaskState
from app.core.clock import local_date, now
from app.core.db import db
from app.core.journal import history
from app.estates.models import Estate, Unit
from app.estates.rules import Occupancy
from app.people.queries import staff_by_login
from app.people.rules import Role
from app.surveys.models import Survey, SurveySheet
from app.surveys.queries import surveys_of, the_survey
from app.surveys.rules import FormKind, SurveyState
from tests.builders import a_staff, a_unit, an_owner
from tests.office.conftest import Desk
from tests.office.filled_in import filled_in
from tests.office.told import left_over, told

NEW = "/surveys/new"


def today() -> date:
    return local_date(now(), "Asia/Shanghai")


@dataclass
class Making:
    """The supervisor at a desk, an officer, and another one."""

    desk: Desk
    browser: FlaskClient
    officer: str
    colleague: str

    def form(self, address: str = NEW) -> dict[str, list[str]]:
        """A form of the page as it stands: every field with what is in it."""
        return filled_in(self.browser.get(address).text)

    def draw_up(self, address: str = NEW, **change: object) -> TestResponse:
        return self.browser.post(address, data={**self.form(address), "act": "save", **change})

    def drawn_up(self, **change: object) -> str:
        """Where a survey that was drawn up stands."""
        answer = self.draw_up(**change)
        assert answer.status_code == 302, told(answer)
        return str(answer.location)

    def issued(self, **change: object) -> str:
        """Where a survey stands that is out with all households."""
        address = self.drawn_up(issue_from=today().isoformat(), **change)
        answer = self.issue(address)
        assert answer.status_code == 302, told(answer)
        return address

    def issue(self, address: str, officers: tuple[str, ...] = (), act: str = "issue") -> TestResponse:
        """Look at the shares of these officers, then issue."""
        chosen = list(officers or (self.officer, self.colleague))
        form = filled_in(self.browser.get(f"{address}/issue").text)
        shown = filled_in(self.browser.post(f"{address}/issue", data={**form, "officer": chosen, "act": "show"}).text)
        return self.browser.post(f"{address}/issue", data={**shown, "officer": chosen, "act": act})

    def survey(self, address: str) -> Survey:
        return the_survey(self.desk.estate_id, uuid.UUID(address.rsplit("/", 1)[1]))

    def due(self) -> list[tuple[str, uuid.UUID, TaskState]]:
        with self.desk.app.app_context():
            found = sa.select(Task).where(Task.kind.in_(OF_SURVEYS)).join(Task.unit).order_by(Unit.number)
            return [(task.unit.number, task.assignee_id, task.state) for task in db.session.scalars(found)]


@pytest.fixture
def making(desk: Desk) -> Making:
    """Four households in building 7 beside the desk's own one, one of them vacant."""
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        for number in ("0401", "0301", "0201"):
            an_owner(a_unit(estate, number, building="7", floor=int(number[:2])))
        vacant = a_unit(estate, "0101", building="7", floor=1)
        vacant.occupancy = Occupancy.VACANT
        colleague = a_staff(estate, Role.OFFICER, name="张华")
        officer = staff_by_login(desk.logins["officer"])
        assert officer is not None
        db.session.commit()
        return Making(desk, desk.browser("supervisor"), str(officer.id), str(colleague.id))


# --- drawing up ---


@pytest.mark.clause("R23")
def test_a_survey_is_drawn_up_from_the_usual_items_and_nobody_has_it_yet(making: Making) -> None:
    shown = making.browser.get("/surveys").text
    assert "还没有满意度调查" in shown

    address = making.drawn_up()

    with making.desk.app.app_context():
        survey = making.survey(address)
        assert (survey.number, survey.state) == (f"{today().year}-1", SurveyState.DRAFT)
        assert survey.form is FormKind.SATISFACTION
        assert len({question.department_id for question in survey.questions}) == 2
        assert [line.kind for line in history(survey.id)] == ["survey:drawn_up"]
    assert making.due() == []
    assert survey.title_zh in making.browser.get("/surveys").text


def test_the_second_of_a_year_is_numbered_on_and_may_be_as_the_first(making: Making) -> None:
    first = making.drawn_up(title_zh=f"{today().year} 年夏季调查", purpose_zh="看看效果")
    id_ = first.rsplit("/", 1)[1]

    second = making.draw_up(f"{NEW}?earlier={id_}").location

    with making.desk.app.app_context():
        survey = making.survey(second)
        assert (survey.number, survey.purpose_zh) == (f"{today().year}-2", "看看效果")
        assert [one.text_zh for one in survey.questions] == [one.text_zh for one in making.survey(first).questions]


def test_the_opinion_form_asks_once_about_each_chosen_department(making: Making) -> None:
    form = making.form(f"{NEW}?form=opinion")
    department = str(making.desk.department_id)

    answer = making.browser.post(NEW, data={**form, "ask": [department], "act": "save"})

    with making.desk.app.app_context():
        survey = making.survey(answer.location)
        assert survey.form is FormKind.OPINION
        assert [(str(one.department_id), one.text_zh) for one in survey.questions] == [
            (department, "对工程维修部的总体评价")
        ]


def test_rows_are_put_in_moved_and_taken_out_before_anything_is_kept(making: Making) -> None:
    department = str(making.desk.department_id)
    zh = f"zh-{department}"

    def after(form: dict[str, list[str]], act: str) -> dict[str, list[str]]:
        return filled_in(making.browser.post(NEW, data={**form, "act": f"{act}-{department}"}).text)

    first, second, *rest = making.form()[zh]
    form = after(making.form(), "up-1")
    assert form[zh][:2] == [second, first]
    form = after(form, "out-0")
    assert form[zh] == [first, *rest]
    form = after(form, "add-0")
    assert form[zh] == [first, *rest, ""]
    form[zh][-1] = "电梯是否平稳"
    form = after(form, f"down-{len(form[zh]) - 1}")
    assert form[zh][-1] == "电梯是否平稳"
    with making.desk.app.app_context():
        assert surveys_of(making.desk.estate_id) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"issue_until": (today() + timedelta(days=1)).isoformat()}, "发放还没开始就结束了"),
        ({"collect_until": (today() + timedelta(days=8)).isoformat()}, "回收比发放先结束"),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_typed_stays(making: Making, change: dict[str, str], why: str) -> None:
    answer = making.draw_up(title_zh="夏季满意度调查", **change)

    assert answer.status_code == 422
    assert why in told(answer)
    assert filled_in(answer.text)["title_zh"] == ["夏季满意度调查"]
    with making.desk.app.app_context():
        assert surveys_of(making.desk.estate_id) == []


def test_days_that_are_far_off_or_none_are_answered_in_words(making: Making) -> None:
    for days in (("0001-01-01", "0001-01-02", "9999-12-31"), ("", "", ""), ("9999-12-30", "9999-12-31", "9999-12-31")):
        change = dict(zip(("issue_from", "issue_until", "collect_until"), days, strict=True))
        answer = making.draw_up(**change)
        assert answer.status_code in (302, 422)
        if answer.location:
            for page in (answer.location, f"{answer.location}/issue", "/surveys", "/"):
                assert making.browser.get(page).status_code == 200


def test_an_item_without_its_chinese_words_is_not_taken(making: Making) -> None:
    department = making.desk.department_id
    answer = making.draw_up(**{f"zh-{department}": ["维修", ""], f"en-{department}": ["Repairs", "Lifts"]})

    assert answer.status_code == 422
    assert "中文" in told(answer)


def test_drawn_up_twice_by_the_same_form_it_is_one(making: Making) -> None:
    form = {**making.form(), "act": "save"}

    first, again = making.browser.post(NEW, data=form), making.browser.post(NEW, data=form)
    other = making.browser.post(NEW, data={**form, "title_zh": "另一个"})

    assert first.location == again.location
    assert other.status_code == 409
    with making.desk.app.app_context():
        assert len(surveys_of(making.desk.estate_id)) == 1


def test_whoever_changes_an_older_version_is_told_who_was_faster(making: Making) -> None:
    address = making.drawn_up()
    first, second = making.form(f"{address}/edit"), making.form(f"{address}/edit")

    saved = making.browser.post(f"{address}/edit", data={**first, "act": "save", "title_zh": "春季调查"})
    late = making.browser.post(f"{address}/edit", data={**second, "act": "save", "title_zh": "秋季调查"})

    assert (saved.status_code, late.status_code) == (302, 409)
    assert "孙主管" in told(late)
    assert filled_in(late.text)["title_zh"] == ["秋季调查"]
    with making.desk.app.app_context():
        assert making.survey(address).title_zh == "春季调查"
    again = making.browser.post(f"{address}/edit", data={**filled_in(late.text), "act": "save"})
    assert again.status_code == 302


def test_what_went_out_meanwhile_is_not_changed_and_what_was_written_can_be_copied(making: Making) -> None:
    address = making.drawn_up(issue_from=today().isoformat())
    form = making.form(f"{address}/edit")
    making.issue(address)

    late = making.browser.post(f"{address}/edit", data={**form, "act": "save", "title_zh": "秋季调查"})

    assert late.status_code == 409
    assert "秋季调查" in left_over(late)
    assert making.browser.get(f"{address}/edit").location == address


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
    assert {state for _number, _taker, state in making.due()} == {TaskState.CANCELLED}
    assert "题目有误" in making.browser.get(address).text


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
