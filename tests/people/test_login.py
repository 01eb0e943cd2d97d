"""Coming in, choosing language and estate, and what somebody may see there on this day."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.config import settings
from app.core.clock import local_date, now
from app.core.db import db
from app.factory import create_app
from app.office.login import WRONG_FOR_ONE_LOGIN
from app.office.own_password import WRONG_OWN
from app.people.models import StaffRole
from app.people.queries import staff_by_login
from app.people.rules import Role
from tests.builders import NOW, PASSWORD, a_staff, an_estate

WRONG = "账号或密码不正确。"


@dataclass(frozen=True)
class Someone:
    """A supervisor of one estate who visits owners in another."""

    app: Flask
    login: str
    first: str
    second: str

    def logs_in(self, client: FlaskClient, **form: str) -> Any:
        return client.post("/login", data={"login": self.login, "password": PASSWORD} | form)

    def at_the_desk(self) -> FlaskClient:
        client = self.app.test_client()
        assert self.logs_in(client).status_code == 302
        return client


@pytest.fixture
def someone(app: Flask) -> Someone:
    with app.app_context():
        first = an_estate(code="A1", name_zh="锦绣花园", name_en="Splendid Garden")
        second = an_estate(code="B2", name_zh="翠湖苑", name_en="Green Lake")
        staff = a_staff(first, Role.SUPERVISOR)
        db.session.add(StaffRole(staff=staff, estate_id=second.id, role=Role.OFFICER, since=NOW.date()))
        db.session.commit()
        return Someone(app, staff.login, str(first.id), str(second.id))


def change(someone: Someone, **columns: Any) -> None:
    with someone.app.app_context():
        staff = staff_by_login(someone.login)
        for name, value in columns.items():
            setattr(staff, name, value)
        db.session.commit()


# --- in and out ---


def test_name_and_password_lead_to_the_first_page(someone: Someone, client: FlaskClient) -> None:
    answer = someone.logs_in(client)

    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        {"password": "wrong"},
        {"login": "nobody"},
        {"password": ""},
        {"login": ""},
        {"login": "x" * 61},
        {"login": "a\0b"},
    ],
)
def test_every_way_to_be_wrong_is_told_in_the_same_words(
    someone: Someone, client: FlaskClient, form: dict[str, str]
) -> None:
    answer = someone.logs_in(client, **form)

    assert answer.status_code == 422
    assert WRONG in answer.text
    assert client.get("/").location.startswith("/login")


def test_without_a_login_every_page_leads_to_the_login_and_back(someone: Someone, client: FlaskClient) -> None:
    asked = client.get("/issues?state=routed")

    assert asked.location == "/login?next=/issues?state%3Drouted"
    answer = someone.logs_in(client, next="/issues?state=routed")
    assert answer.location == "/issues?state=routed"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "/\n/evil.example/",
        "/\r\n/evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "\\\\evil.example",
        " //evil.example",
        "",
    ],
)
def test_no_address_leads_out_through_the_login(someone: Someone, client: FlaskClient, address: str) -> None:
    for answer in (
        someone.logs_in(client, next=address),
        client.post("/language", data={"locale": "en", "next": address}),
    ):
        assert (answer.status_code, answer.location) == (302, "/")


def test_logging_out_ends_it(someone: Someone) -> None:
    client = someone.at_the_desk()

    assert client.get("/logout").status_code == 405, "a link in a mail must not log anybody out"
    client.post("/logout")

    assert client.get("/").location.startswith("/login")


def test_whoever_left_is_out_at_once(someone: Someone) -> None:
    client = someone.at_the_desk()
    change(someone, left_at=NOW)

    assert client.get("/").location.startswith("/login")
    assert someone.logs_in(client).status_code == 422


def test_checking_a_password_keeps_no_writer_waiting(someone: Someone, client: FlaskClient) -> None:
    """On SQLite there is one writer at a time, and argon2 takes its time on purpose."""
    begun = []
    with someone.app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _cur, said, *_rest: begun.append(said))

    someone.logs_in(client)

    assert begun
    assert "BEGIN IMMEDIATE" not in begun


# --- language ---


def test_a_language_is_remembered_per_person_from_browser_to_browser(someone: Someone) -> None:
    someone.at_the_desk().post("/language", data={"locale": "en"})

    page = someone.at_the_desk().get("/").text

    assert 'lang="en"' in page
    assert "My inbox" in page


def test_before_anybody_is_logged_in_the_browser_remembers(someone: Someone, client: FlaskClient) -> None:
    client.post("/language", data={"locale": "en", "next": "/login"})

    assert 'lang="en"' in client.get("/login").text
    with someone.app.app_context():
        assert staff_by_login(someone.login).locale == "zh"


@pytest.mark.parametrize(
    ("accepts", "lang"), [("en-GB,en;q=0.9", "en"), ("zh-CN", "zh"), ("fr", "zh"), ("", "zh"), ("fr,en;q=0.5", "en")]
)
def test_at_first_the_browsers_own_language_is_spoken(client: FlaskClient, accepts: str, lang: str) -> None:
    page = client.get("/login", headers={"Accept-Language": accepts}).text

    assert re.search(f'<html[^>]* lang="{lang}', page)


def test_a_language_that_there_is_not_changes_nothing(someone: Someone) -> None:
    client = someone.at_the_desk()

    client.post("/language", data={"locale": "tlh"})

    with someone.app.app_context():
        assert staff_by_login(someone.login).locale == "zh"


# --- estate ---


def test_the_chosen_estate_decides_what_one_is_there(someone: Someone) -> None:
    client = someone.at_the_desk()
    assert 'href="/roster"' in client.get("/").text

    client.post("/estate", data={"estate": someone.second})

    page = client.get("/").text
    assert "翠湖苑" in page
    assert 'href="/roster"' not in page
    assert client.get("/roster").status_code == 403


def test_an_estate_that_is_not_ones_own_is_not_chosen(someone: Someone) -> None:
    client = someone.at_the_desk()
    with someone.app.app_context():
        foreign = str(an_estate(code="C3", name_zh="别处").id)
        db.session.commit()

    for estate in (foreign, "nonsense", ""):
        client.post("/estate", data={"estate": estate})
        assert "锦绣花园" in client.get("/").text


def test_a_form_of_the_estate_that_was_looked_at_before_writes_nothing_into_the_other(
    app: Flask, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two windows: the first still shows the form of one estate when the other is chosen in the second."""
    client = someone.at_the_desk()
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    order = {"content": "水槽漏水", "unit": "3-1-1202", "reported_by": "陈建国", "reported_at": "2026-11-27T09:30"}
    shown = {"csrf_token": token_on(client, "/orders/new")}

    client.post("/estate", data=shown | {"estate": someone.first})
    in_the_same = client.post("/orders/new", data=order | shown)
    client.post("/estate", data=shown | {"estate": someone.second})
    in_the_other = client.post("/orders/new", data=order | shown)
    shown_there = client.post("/orders/new", data=order | {"csrf_token": token_on(client, "/orders/new")})

    assert [in_the_same.status_code, in_the_other.status_code, shown_there.status_code] == [422, 400, 422]


def token_on(client: FlaskClient, page: str) -> str:
    """By what a form of this page is known as shown in this browser."""
    return str(re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)[0])


def test_a_form_of_an_estate_where_ones_role_has_ended_writes_nothing_into_the_next(someone: Someone) -> None:
    client = someone.at_the_desk()
    client.post("/estate", data={"estate": someone.second})
    with someone.app.app_context():
        staff = staff_by_login(someone.login)
        [role] = [held for held in staff.roles if held.role is Role.OFFICER]
        role.until = local_date(now(), "Asia/Shanghai")
        db.session.commit()

    late = client.post("/devices/codes", headers={"Referer": "http://localhost/devices"})

    assert late.status_code == 302
    assert "您在刚才查看的小区的职务已结束" in client.get("/").text
    assert "锦绣花园" in client.get("/").text


def test_the_estate_that_one_looks_at_stays_when_a_role_in_another_begins(someone: Someone) -> None:
    client = someone.at_the_desk()
    assert "锦绣花园" in client.get("/").text
    with someone.app.app_context():
        sooner = an_estate(code="A0", name_zh="新小区")
        db.session.add(
            StaffRole(staff=staff_by_login(someone.login), estate_id=sooner.id, role=Role.OFFICER, since=NOW.date())
        )
        db.session.commit()

    assert 'class="side-estate"' not in client.get("/").text
    assert "<summary>锦绣花园" in client.get("/").text


def test_without_any_role_there_is_nothing_to_see(someone: Someone) -> None:
    client = someone.at_the_desk()
    with someone.app.app_context():
        staff = staff_by_login(someone.login)
        for role in staff.roles:
            role.until = local_date(now(), "Asia/Shanghai")
        db.session.commit()

    assert client.get("/").status_code == 403


@pytest.mark.parametrize(("days", "allowed"), [(-1, True), (0, True), (1, False)])
def test_a_role_opens_its_pages_from_its_first_day(someone: Someone, days: int, allowed: bool) -> None:
    client = someone.at_the_desk()
    with someone.app.app_context():
        staff = staff_by_login(someone.login)
        [role] = [held for held in staff.roles if held.role is Role.SUPERVISOR]
        role.since = local_date(now(), "Asia/Shanghai") + timedelta(days=days)
        db.session.commit()

    client.post("/estate", data={"estate": someone.first})

    assert client.get("/roster").status_code == (200 if allowed else 403)


# --- as it runs for real ---


@pytest.fixture
def for_real(database_url: str, tmp_path: Path) -> Iterator[FlaskClient]:
    """A browser at a server with the settings of a running one: form tokens and rate limits are on."""
    config = settings(tmp_path, database_url, secret="only for tests", secure_cookies=True)
    app = create_app(config | {"RATELIMIT_ENABLED": True})
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("address", ["/login", "/language", "/logout", "/estate", "/plans"])
def test_a_form_without_its_token_is_refused(for_real: FlaskClient, address: str) -> None:
    assert for_real.post(address, data={"login": "a", "password": "b"}).status_code == 400


def test_with_its_token_it_is_taken(for_real: FlaskClient) -> None:
    page = for_real.get("/login", base_url="https://localhost").text
    [token] = set(re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page))
    form = {"login": "nobody", "password": "wrong", "csrf_token": token}

    answer = for_real.post(
        "/login", data=form, base_url="https://localhost", headers={"Referer": "https://localhost/login"}
    )

    assert answer.status_code == 422


def test_tablets_bring_no_cookies_and_need_no_form_token(for_real: FlaskClient) -> None:
    assert for_real.post("/sync/enrol", json={}).status_code == 400
    assert for_real.post("/sync/enrol", json={}).json["code"] == "message:unreadable"
    assert for_real.post("/sync/push", json={}).json["code"] == "auth:token"


def test_the_session_cookie_is_for_this_site_over_https_and_not_for_scripts(for_real: FlaskClient) -> None:
    answer = for_real.get("/login", base_url="https://localhost")

    [cookie] = answer.headers.getlist("Set-Cookie")
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_whoever_finds_a_desk_open_does_not_guess_its_password(database_url: str, tmp_path: Path) -> None:
    config = settings(tmp_path, database_url, secret="only for tests")
    app = create_app(config | {"RATELIMIT_ENABLED": True, "WTF_CSRF_ENABLED": False})
    limit = int(WRONG_OWN.split()[0])
    with app.app_context():
        estate = an_estate()
        logins = [a_staff(estate, Role.SUPERVISOR).login for _person in range(2)]
        db.session.commit()
    desks = [app.test_client() for _login in logins]
    for desk, login in zip(desks, logins, strict=True):
        desk.post("/login", data={"login": login, "password": PASSWORD})

    def tried(desk: FlaskClient, present: str) -> int:
        new = "an owl, a kite, a bicycle"
        return desk.post("/password", data={"now": present, "new": new, "again": new}).status_code

    assert [tried(desks[0], "wrong") for _n in range(limit + 1)] == [422] * limit + [429]
    assert [tried(desks[0], PASSWORD), tried(desks[1], PASSWORD)] == [429, 302], "the other desk is another one's"
    with app.app_context():
        db.engine.dispose()


def test_one_login_is_not_tried_from_many_addresses(database_url: str, tmp_path: Path) -> None:
    """Capital letters and blanks make no other login of it; who logs in rightly is not counted."""
    config = settings(tmp_path, database_url, secret="only for tests")
    app = create_app(config | {"RATELIMIT_ENABLED": True, "WTF_CSRF_ENABLED": False})
    limit = int(WRONG_FOR_ONE_LOGIN.split()[0])
    with app.app_context():
        login = a_staff(an_estate(), Role.SUPERVISOR).login
        db.session.commit()
    client = app.test_client()

    def tried(number: int, **form: str) -> int:
        address = f"10.0.{number // 250}.{number % 250 + 1}"
        return client.post("/login", data=form, environ_overrides={"REMOTE_ADDR": address}).status_code

    rightly = [tried(n, login=login, password=PASSWORD) for n in range(3)]
    written = itertools.cycle([login, login.upper(), f" {login} "])
    wrongly = [tried(n, login=next(written)) for n in range(limit + 2)]

    assert rightly == [302] * 3
    assert wrongly == [422] * limit + [429] * 2
    assert tried(251, login="somebody else") == 422
    with app.app_context():
        db.engine.dispose()


def test_whoever_logs_in_rightly_is_not_counted_and_too_many_tries_say_how_long_to_wait(
    database_url: str, tmp_path: Path
) -> None:
    """A whole office may stand behind one address, and begin its day in the same minute."""
    config = settings(tmp_path, database_url, secret="only for tests")
    app = create_app(config | {"RATELIMIT_ENABLED": True, "WTF_CSRF_ENABLED": False})
    with app.app_context():
        login = a_staff(an_estate(), Role.SUPERVISOR).login
        db.session.commit()

    def tried(**form: str) -> TestResponse:
        return app.test_client().post("/login", data=form, headers={"Accept-Language": "en"})

    rightly = [tried(login=login, password=PASSWORD).status_code for _each in range(12)]
    for _each in range(10):
        tried(login=login)
    refused = tried(login=login)

    assert rightly == [302] * 12
    assert refused.status_code == 429
    assert re.findall(r"Please wait (\d+) min", refused.text) == ["1"]
    with app.app_context():
        db.engine.dispose()


def test_logging_out_lets_the_browser_forget_what_it_was_shown_and_nothing_that_waits(someone: Someone) -> None:
    """Photos are kept for a day by a browser; what a tablet has not sent lies in its storage."""
    answer = someone.at_the_desk().post("/logout")

    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_passwords_cannot_be_found_by_trying(database_url: str, tmp_path: Path) -> None:
    config = settings(tmp_path, database_url, secret="only for tests")
    app = create_app(config | {"RATELIMIT_ENABLED": True, "WTF_CSRF_ENABLED": False})
    client = app.test_client()

    # Without a password none is checked, but the try counts all the same.
    statuses = [client.post("/login", data={"login": "nobody"}).status_code for _try in range(12)]

    assert statuses == [422] * 10 + [429] * 2
    assert client.get("/login").status_code == 200
    with app.app_context():
        db.engine.dispose()
