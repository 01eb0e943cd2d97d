"""Words as they are set: those above a signature, and what printed forms are called."""

import pytest
from flask import Flask

from app.core.db import db
from app.documents.letterhead import letterhead
from app.documents.sheets import Bilingual
from app.estates.rules import Profile
from tests.office.conftest import Desk
from tests.office.saved import save, the_estate, told


def test_other_words_above_a_signature_reach_the_tablet_as_a_new_version(app: Flask, desk: Desk) -> None:
    before = desk.visit()
    supervisor = desk.browser("supervisor")

    answer = save(
        supervisor, "/settings/forms", title__zh="业主走回访记录表", consent__zh="同意。{days} 天内可致电 {phone}。"
    )

    assert answer.status_code == 302
    [estate] = [change["doc"] for change in desk.tablet.pull()["changes"] if change["type"] == "estate"]
    assert (estate["title"]["zh"], estate["consent"]["version"]) == ("业主走回访记录表", 2)
    assert estate["consent"]["text"]["zh"] == "同意。7 天内可致电 0571-8888 1234。"
    assert supervisor.get(f"/visits/{before}").status_code == 200
    assert "第 2 版" in supervisor.get("/settings/forms").text


def test_any_form_is_called_as_the_estate_calls_it_and_the_history_says_so(app: Flask, desk: Desk) -> None:
    supervisor = desk.browser("supervisor")

    answer = save(supervisor, "/settings/forms", form__plan__zh="入户走访月计划")

    assert answer.status_code == 302
    with app.app_context():
        paper = letterhead(the_estate(desk), ("zh",))
        assert paper.form("plan") == Bilingual("入户走访月计划", "Monthly visit plan")
        assert paper.form("register").zh == "维修工作单登记表"
    history = supervisor.get("/settings/history?area=form.").text
    for words in ("表单“月度走访计划”的名称（中文）", "模式默认", "入户走访月计划"):
        assert words in history
    save(supervisor, "/settings/forms", form__plan__zh="")
    with app.app_context():
        assert letterhead(the_estate(desk), ("zh",)).form("plan").zh == "月度走访计划"
    assert save(supervisor, "/settings/forms", form__plan__en="x" * 41).status_code == 422


@pytest.mark.clause("R20")
def test_profile_b_has_its_own_name_for_the_register(app: Flask, desk: Desk) -> None:
    with app.app_context():
        the_estate(desk).profile = Profile.B
        db.session.commit()

        assert letterhead(the_estate(desk), ("zh",)).form("register").zh == "工程维修工作单登记表"

    assert "工程维修工作单登记表" in desk.browser("supervisor").get("/settings/forms").text


def test_words_that_leave_open_what_nobody_fills_are_refused_in_their_place(app: Flask, desk: Desk) -> None:
    answer = save(desk.browser("supervisor"), "/settings/forms", consent__zh="致电 {telephone}", title__zh="新名称")

    assert answer.status_code == 422
    assert "花括号内只能写 {phone} 和 {days}" in answer.text
    assert 'value="新名称"' in answer.text
    assert told(app, desk) == []
