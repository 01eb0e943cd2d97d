"""Surveys at a desk: drawn up, changed while nobody has them."""

from datetime import timedelta

import pytest

from app.core.journal import history
from app.surveys.queries import surveys_of
from app.surveys.rules import FormKind, SurveyState
from tests.office.conftest import Desk
from tests.office.filled_in import filled_in
from tests.office.making import NEW, Making, making_in, today
from tests.office.told import left_over, told


@pytest.fixture
def making(desk: Desk) -> Making:
    return making_in(desk)


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
