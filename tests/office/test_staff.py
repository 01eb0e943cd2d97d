"""Staff as the administrator keeps them in the browser, and the password that everybody chooses for themselves."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core import journal
from app.core.clock import local_date, now
from app.core.db import db
from app.estates.models import Estate
from app.office import own_password
from app.people.actions import give_role, leave
from app.people.models import Department, Staff, StaffRole
from app.people.queries import all_roles, staff_by_login
from app.people.rules import Role
from app.people.tablets import user_by_read_token
from tests.builders import NOBODY, NOW, PASSWORD, a_staff, an_estate
from tests.office.conftest import Desk

OWN = "an owl, a kite, a bicycle"
NEW = {"name": "周 敏", "login": "Zhou.Min", "role": "officer"}


def take_on(admin: FlaskClient, **typed: str) -> TestResponse:
    return admin.post("/settings/staff/new", data=NEW | typed)


def password_on(page: TestResponse) -> str:
    (found,) = re.findall(r'data-testid="password">\s*([A-Z0-9-]+)\s*<', page.text)
    return str(found)


def log_in(app: Flask, login: str, password: str) -> FlaskClient:
    browser = app.test_client()
    assert browser.post("/login", data={"login": login, "password": password}).status_code == 302
    return browser


def choose(browser: FlaskClient, present: str, new: str = OWN, again: str = "") -> TestResponse:
    return browser.post("/password", data={"now": present, "new": new, "again": again or new})


def somebody(desk: Desk, who: str) -> Staff:
    return staff_by_login(desk.logins[who])  # type: ignore[return-value]


def page_of(desk: Desk, who: str) -> str:
    with desk.app.app_context():
        return f"/settings/staff/{somebody(desk, who).id}"


def role_of(desk: Desk, who: str) -> str:
    with desk.app.app_context():
        return str(all_roles(somebody(desk, who).id)[0].id)


def is_somebody(browser: FlaskClient) -> bool:
    return browser.get("/notices").status_code == 200


# --- somebody new ---


def test_somebody_new_comes_in_with_a_first_password_and_chooses_their_own(desk: Desk) -> None:
    first = password_on(take_on(desk.browser("admin")))

    browser = log_in(desk.app, "zhou.min", first)
    assert browser.get("/issues").location == "/password"
    assert "初始密码" in browser.get("/password").text
    assert choose(browser, first).location == "/"

    assert browser.get("/plans").status_code == 200
    assert log_in(desk.app, "ZHOU.MIN", OWN).get("/plans").status_code == 200
    with desk.app.app_context():
        new = staff_by_login("zhou.min")
        assert new is not None
        assert [(held.estate_id, held.role) for held in all_roles(new.id)] == [(desk.estate_id, Role.OFFICER)]
        lines = journal.history(new.id)
        assert [line.kind for line in lines] == ["staff:hired", "staff:role_given", "staff:password_set"]
        assert lines[0].staff_id == somebody(desk, "admin").id
        assert "周" not in str([line.data for line in lines])


def test_a_first_password_opens_nothing_but_the_choice_of_another(desk: Desk) -> None:
    first = password_on(take_on(desk.browser("admin"), role="supervisor"))
    browser = log_in(desk.app, "zhou.min", first)

    assert browser.post("/plans", data={"month": "2030-01"}).location == "/password"
    assert choose(browser, first, first).status_code == 422
    assert browser.get("/plans").location == "/password"
    assert browser.post("/logout").location == "/login"


@pytest.mark.parametrize(("locale", "says"), [("zh", "太容易被猜到"), ("en", "guessed too easily")])
def test_no_password_is_chosen_that_is_guessed_from_what_everybody_knows(desk: Desk, locale: str, says: str) -> None:
    first = password_on(take_on(desk.browser("admin")))
    browser = log_in(desk.app, "zhou.min", first)
    browser.post("/language", data={"locale": locale})

    answers = [
        choose(browser, first, new) for new in ("password123", "zhou.min.2026", "周敏20261129周敏", "zhoumin1990!")
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert all(says in answer.text for answer in answers)
    assert browser.get("/plans").location == "/password"


def test_a_handler_is_taken_on_in_a_department_and_nobody_else_is(desk: Desk) -> None:
    admin, department = desk.browser("admin"), str(desk.department_id)

    assert take_on(admin, role="handler").status_code == 422
    assert take_on(admin, role="officer", department=department).status_code == 200
    assert take_on(admin, login="wang", role="handler", department=department).status_code == 200

    with desk.app.app_context():
        assert [all_roles(staff_by_login(login).id)[0].department_id for login in ("zhou.min", "wang")] == [
            None,
            desk.department_id,
        ]


def test_nobody_is_taken_on_into_a_department_that_is_closed(desk: Desk) -> None:
    with desk.app.app_context():
        db.session.get_one(Department, desk.other_department_id).closed_on = local_date(now(), "Asia/Shanghai")
        db.session.commit()

    refused = take_on(desk.browser("admin"), role="handler", department=str(desk.other_department_id))

    assert refused.status_code == 422
    with desk.app.app_context():
        assert staff_by_login("zhou.min") is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"login": "周敏"}, "小写字母"),
        ({"login": "z"}, "小写字母"),
        ({"login": "li min"}, "小写字母"),
        ({"login": ""}, "不能为空"),
        ({"name": "  "}, "请填写姓名"),
        ({"role": ""}, "请选择角色"),
        ({"role": "owner"}, "未保存"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(desk: Desk, typed: dict[str, str], said: str) -> None:
    refused = take_on(desk.browser("admin"), **typed)

    assert refused.status_code == 422
    assert said in refused.text
    kept = {"name": "周 敏", "login": "Zhou.Min"} | typed
    assert all(f'value="{kept[field].strip()}"' in refused.text for field in ("name", "login"))
    with desk.app.app_context():
        assert staff_by_login(typed.get("login", "zhou.min")) is None


def test_one_login_is_one_person_who_may_work_in_two_estates(desk: Desk) -> None:
    with desk.app.app_context():
        elsewhere = a_staff(an_estate(), Role.OFFICER, name="何平")
        login = elsewhere.login
        db.session.commit()
    admin = desk.browser("admin")

    refused = take_on(admin, login=login)
    assert "账号" in refused.text
    assert "何平" not in refused.text, "whoever administers one estate is told nobody of another by their login"
    with desk.app.app_context():
        assert len(all_roles(staff_by_login(login).id)) == 1
    known = take_on(admin, login=login, name="何平", role="supervisor")

    assert known.status_code == 302
    assert "也在本小区工作" in admin.get(known.location).text
    with desk.app.app_context():
        assert {held.estate_id for held in all_roles(staff_by_login(login).id)} >= {desk.estate_id}
    assert log_in(desk.app, login, PASSWORD).get("/plans").status_code == 200


# --- roles ---


def test_a_role_is_given_and_ended_from_one_moment_to_the_next(desk: Desk) -> None:
    admin, officer = desk.browser("admin"), desk.browser("officer")
    assert officer.get("/settings").status_code == 403

    assert admin.post(f"{page_of(desk, 'officer')}/roles", data={"role": "supervisor"}).status_code == 302
    assert officer.get("/settings").status_code == 200
    with desk.app.app_context():
        given = str(all_roles(somebody(desk, "officer").id)[-1].id)
    assert admin.post(f"/settings/staff/roles/{given}/end").status_code == 302

    assert officer.get("/settings").status_code == 403
    assert is_somebody(officer)
    page = admin.get(page_of(desk, "officer")).text
    assert page.index("角色已结束") < page.index("授予角色")
    with desk.app.app_context():
        assert journal.history(somebody(desk, "officer").id)[-1].data["role"] == "supervisor"


def test_what_is_so_already_is_said_and_changes_nothing(desk: Desk) -> None:
    admin, role = desk.browser("admin"), role_of(desk, "officer")

    assert "已有这个角色" in admin.post(f"{page_of(desk, 'officer')}/roles", data={"role": "officer"}).text
    admin.post(f"/settings/staff/roles/{role}/end")
    again = admin.post(f"/settings/staff/roles/{role}/end")

    assert again.status_code == 409
    assert "已经结束" in again.text
    with desk.app.app_context():
        kinds = [line.kind for line in journal.history(somebody(desk, "officer").id)]
        assert kinds.count("staff:role_ended") == 1


def test_whoever_has_no_role_any_more_stands_among_those_who_had_one(desk: Desk) -> None:
    admin = desk.browser("admin")

    admin.post(f"/settings/staff/roles/{role_of(desk, 'officer')}/end")

    page = admin.get("/settings/staff").text
    assert "在本小区已没有角色" in page
    assert page.index(f'"{page_of(desk, "supervisor")}"') < page.index(f'"{page_of(desk, "officer")}"')


def test_a_role_that_begins_later_is_shown_with_its_day(desk: Desk) -> None:
    with desk.app.app_context():
        estate, since = db.session.get_one(Estate, desk.estate_id), local_date(now(), "Asia/Shanghai")
        coming = a_staff(estate, name="孙到岗")
        give_role(coming, estate.id, Role.OFFICER, since=since + timedelta(days=400), by=NOBODY, at=NOW)
        db.session.commit()

    assert re.search(r"孙到岗.*?自 \d{4}年", desk.browser("admin").get("/settings/staff").text, re.DOTALL)


def test_nobody_gives_themselves_a_role(desk: Desk) -> None:
    admin = desk.browser("admin")

    refused = admin.post(f"{page_of(desk, 'admin')}/roles", data={"role": "executive"})

    assert refused.status_code == 403
    with desk.app.app_context():
        assert [held.role for held in all_roles(somebody(desk, "admin").id)] == [Role.ADMIN]


@pytest.mark.parametrize("way", ["end", "leave"])
def test_an_estate_keeps_one_administrator(desk: Desk, way: str) -> None:
    admin = desk.browser("admin")
    address = f"/settings/staff/roles/{role_of(desk, 'admin')}/end"
    address = address if way == "end" else f"{page_of(desk, 'admin')}/leave"

    refused = admin.post(address)
    assert "唯一的管理员" in refused.text
    assert admin.get("/settings/staff/new").status_code == 200
    admin.post(f"{page_of(desk, 'supervisor')}/roles", data={"role": "admin"})

    assert admin.post(address).status_code == 302
    assert admin.get("/settings/staff/new").status_code != 200


# --- passwords ---


def test_a_new_first_password_ends_every_session_and_the_old_one(desk: Desk) -> None:
    admin, officer = desk.browser("admin"), desk.browser("officer")

    first = password_on(admin.post(f"{page_of(desk, 'officer')}/password"))

    assert officer.get("/").location.startswith("/login")
    wrong = desk.app.test_client().post("/login", data={"login": desk.logins["officer"], "password": PASSWORD})
    assert wrong.status_code == 422
    assert log_in(desk.app, desk.logins["officer"], first).get("/").location == "/password"
    with desk.app.app_context():
        assert user_by_read_token(desk.tablet.enrolled["read_token"]) is not None


def test_a_chosen_password_ends_every_session_but_this_one(desk: Desk) -> None:
    here, there = desk.browser("officer"), desk.browser("officer")

    assert choose(here, PASSWORD).status_code == 302

    assert is_somebody(here)
    assert there.get("/").location.startswith("/login")
    assert is_somebody(log_in(desk.app, desk.logins["officer"], OWN))


def test_whoever_is_given_a_first_password_while_they_choose_one_has_the_one_given(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when an administrator shuts out whoever got at a login and is about to take another password for it."""
    admin, officer, hashes = desk.browser("admin"), desk.browser("officer"), own_password.hash_password
    address, given = f"{page_of(desk, 'officer')}/password", []

    def meanwhile(password: str) -> str:
        with ThreadPoolExecutor(1) as elsewhere:
            given.append(password_on(elsewhere.submit(admin.post, address).result()))
        return hashes(password)

    monkeypatch.setattr(own_password, "hash_password", meanwhile)
    choose(officer, PASSWORD)

    assert officer.get("/").location.startswith("/login")
    log_in(desk.app, desk.logins["officer"], given[0])
    with desk.app.app_context():
        assert [line.kind for line in journal.history(somebody(desk, "officer").id)][-1] == "staff:password_handed_out"


@pytest.mark.parametrize(
    ("present", "new", "again", "said"),
    [
        ("wrong", OWN, OWN, "密码不正确"),
        (PASSWORD, "short", "short", "至少 10 个字符"),
        (PASSWORD, OWN, OWN + "!", "不一致"),
        (PASSWORD, PASSWORD, PASSWORD, "请换一个"),
        ("", OWN, OWN, "is-invalid"),
    ],
)
def test_a_password_that_cannot_be_taken_is_refused_in_words(
    desk: Desk, present: str, new: str, again: str, said: str
) -> None:
    browser = desk.browser("officer")

    refused = choose(browser, present, new, again)

    assert refused.status_code == 422
    assert said in refused.text
    assert all(f'value="{typed}"' not in refused.text for typed in (OWN, PASSWORD))
    assert is_somebody(log_in(desk.app, desk.logins["officer"], PASSWORD))


# --- leaving, and coming back ---


def test_whoever_leaves_is_logged_out_everywhere_and_may_come_back(desk: Desk) -> None:
    admin, officer, page = desk.browser("admin"), desk.browser("officer"), page_of(desk, "officer")

    assert admin.post(f"{page}/leave").status_code == 302
    assert officer.get("/").location.startswith("/login")
    assert "离职" in admin.get(page).text
    assert admin.post(f"{page}/roles", data={"role": "supervisor"}).status_code == 409
    assert admin.post(f"{page}/leave").status_code == 409
    with desk.app.app_context():
        assert user_by_read_token(desk.tablet.enrolled["read_token"]) is None

    assert admin.post(f"{page}/return").status_code == 302
    assert is_somebody(desk.browser("officer"))
    assert admin.post(f"{page}/return").status_code == 409
    with desk.app.app_context():
        kinds = [line.kind for line in journal.history(somebody(desk, "officer").id)]
        assert kinds[-2:] == ["staff:left", "staff:came_back"]


def test_a_name_that_was_misspelt_is_mended(desk: Desk) -> None:
    admin, page = desk.browser("admin"), page_of(desk, "officer")

    assert admin.post(f"{page}/name", data={"name": " 李  敏 "}).status_code == 302
    assert admin.post(f"{page}/name", data={"name": " "}).status_code == 422

    with desk.app.app_context():
        assert somebody(desk, "officer").name == "李 敏"


# --- who ---


@pytest.mark.parametrize("act", ["name", "password", "leave", "return"])
def test_whoever_works_in_another_estate_too_is_not_for_one_administrator_alone(desk: Desk, act: str) -> None:
    with desk.app.app_context():
        elsewhere, officer = an_estate(), somebody(desk, "officer")
        db.session.add(StaffRole(staff=officer, estate_id=elsewhere.id, role=Role.EXECUTIVE, since=NOW.date()))
        if act == "return":
            leave(officer, by=NOBODY, at=NOW)
        db.session.commit()
        hashed = officer.password_hash
    admin, page = desk.browser("admin"), page_of(desk, "officer")
    assert "也在别的小区工作" in admin.get(page).text

    refused = admin.post(f"{page}/{act}", data={"name": "别人"})

    assert refused.status_code == 403
    assert "也在别的小区工作" in refused.text
    with desk.app.app_context():
        officer = somebody(desk, "officer")
        assert (officer.password_hash, officer.name) == (hashed, "李敏")
        assert (officer.left_at is None) is (act != "return")


def test_leaders_read_who_works_here_and_change_nothing(desk: Desk) -> None:
    for who, status in (("supervisor", 200), ("manager", 200), ("executive", 200), ("officer", 403)):
        browser = desk.browser(who)
        assert browser.get("/settings/staff").status_code == status
        page = browser.get(page_of(desk, "officer"))
        assert page.status_code == status
        assert "/settings/staff/roles" not in page.text
        assert browser.get("/settings/staff/new").status_code == 403
        assert browser.post(f"{page_of(desk, 'officer')}/leave").status_code == 403


def test_ones_own_page_leads_to_ones_own_password(desk: Desk) -> None:
    admin = desk.browser("admin")

    assert 'href="/password"' in admin.get(page_of(desk, "admin")).text
    assert admin.post(f"{page_of(desk, 'admin')}/password").status_code == 403
    assert is_somebody(log_in(desk.app, desk.logins["admin"], PASSWORD))
