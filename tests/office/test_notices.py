"""My notices, a department's channel, and the settings of notices: what people see, set, and are refused."""

import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.issues.models import Issue
from app.issues.routing import transfer
from app.jobs.notices import send_notices
from app.notices.models import Notice, NoticeChannel, NoticeOffice
from app.notices.rules import Event, Pace, State
from app.notices.words import PATHS
from tests.office.conftest import Desk
from tests.receivers import MailReceiver, WebReceiver, a_mail_receiver, a_web_receiver

MINE = {"seen": "0", "pace": "at_once", "digest_at": "08:00", "quiet_from": "", "quiet_until": "", "on_work": "y"}
SETTINGS = {"seen": "0", "service.webhook": "y", "service.email": "y", "mail.security": "insecure"}


@pytest.fixture
def web(desk: Desk) -> Iterator[WebReceiver]:
    """A web service that the estate allows."""
    with a_web_receiver() as receiver:
        let(desk, hosts=receiver.host)
        yield receiver


@pytest.fixture
def mail() -> Iterator[MailReceiver]:
    """A mail server."""
    with a_mail_receiver() as receiver:
        yield receiver


def let(desk: Desk, **changes: str) -> None:
    """Let the administrator set what is allowed."""
    sent = SETTINGS | {name.replace("__", "."): value for name, value in changes.items()}
    answer = desk.browser("admin").post("/settings/notices", data=named(sent))
    assert answer.status_code == 302, answer.text


def named(fields: dict[str, str]) -> dict[str, str]:
    """Settings under the names of their fields."""
    return {name.replace(".", "__"): value for name, value in fields.items()}


def channels(desk: Desk) -> list[NoticeChannel]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(NoticeChannel)))


def set_mine(browser: FlaskClient, **changes: str) -> Any:
    return browser.post("/notices", data=MINE | changes)


def test_everybody_sets_where_they_are_told_and_nobody_ever_reads_it_again(desk: Desk, web: WebReceiver) -> None:
    browser = desk.browser("department_manager")

    answer = set_mine(
        browser, address=web.address, pace="daily", digest_at="17:30", quiet_from="22:00", quiet_until="07:00"
    )

    page = browser.get("/notices").text
    with desk.app.app_context():
        [channel] = channels(desk)
        kept = (channel.pace, f"{channel.digest_at:%H:%M}", f"{channel.quiet_until:%H:%M}", channel.wants(Event.BACK))
    assert answer.status_code == 302
    assert kept == (Pace.DAILY, "17:30", "07:00", False)
    assert "自有网络服务（JSON）" in page
    assert "a-secret-word" not in page
    assert "/hook" not in page


def test_each_role_is_offered_the_events_that_can_concern_it(desk: Desk) -> None:
    manager, officer = (desk.browser(who).get("/notices").text for who in ("department_manager", "officer"))

    assert 'name="on_work"' in manager
    assert 'name="on_call_back"' not in manager
    assert 'name="on_call_back"' in officer
    assert 'name="on_work"' not in officer


def test_a_test_message_arrives_and_the_page_says_so(desk: Desk, web: WebReceiver) -> None:
    browser = desk.browser("english")
    set_mine(browser, address=web.address)

    page = browser.post("/notices/test", follow_redirects=True).text

    assert web.titles == ["[Splendid Garden] Test message"]
    assert "The service has taken the test message." in page


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (503, "The service answered with error 503."),
        (401, "The service does not know the key or password."),
        (404, "There is nothing at this address."),
    ],
)
def test_a_test_message_that_does_not_arrive_says_why(desk: Desk, web: WebReceiver, status: int, words: str) -> None:
    browser = desk.browser("english")
    set_mine(browser, address=web.address)
    web.answers[:] = [status]

    page = browser.post("/notices/test", follow_redirects=True).text

    assert f"The test message did not arrive. {words}" in page


def test_nothing_can_be_tested_without_an_address(desk: Desk) -> None:
    page = desk.browser("english").post("/notices/test", follow_redirects=True).text

    assert "Write an address first." in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("http://169.254.169.254/latest", "This address cannot be read"),
        ("json://127.0.0.1:1/x", "Messages to this server are not allowed."),
        ("li@example.com", "No mail server has been set up yet."),
        ("feishu://f123-abc-456-def/", "This service is not allowed here."),
    ],
)
def test_a_refused_address_changes_nothing_and_stays_in_the_field(
    desk: Desk, web: WebReceiver, typed: str, words: str
) -> None:
    answer = set_mine(desk.browser("english"), address=typed)

    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{typed}"' in answer.text
    with desk.app.app_context():
        assert channels(desk) == []


def test_mail_reaches_people_through_the_server_that_the_administrator_set(
    desk: Desk, web: WebReceiver, mail: MailReceiver
) -> None:
    let(desk, mail__host="127.0.0.1", mail__port=str(mail.port), mail__sender="doorstep@example.com", hosts=web.host)
    browser = desk.browser("english")
    set_mine(browser, address="sun@example.com")

    page = browser.post("/notices/test", follow_redirects=True).text

    assert [to for to, _subject, _text in mail.got] == ["sun@example.com"]
    assert "s***@example.com" in page
    assert "sun@example.com" not in page


def test_an_address_can_be_taken_away(desk: Desk, web: WebReceiver) -> None:
    browser = desk.browser("english")
    set_mine(browser, address=web.address)

    page = browser.post("/notices/remove", data={"seen": "1"}, follow_redirects=True).text

    assert "nothing is sent there any more" in page
    with desk.app.app_context():
        assert [channel.sealed for channel in channels(desk)] == [None]


def test_of_two_administrators_the_slower_is_told_and_keeps_what_was_typed(desk: Desk, web: WebReceiver) -> None:
    page = f"/settings/notices/{desk.department_id}"
    desk.browser("admin").post(page, data=MINE | {"address": web.address, "locale": "zh"})

    answer = desk.browser("english").post(page, data=MINE | {"pace": "daily", "digest_at": "06:45", "locale": "zh"})

    assert answer.status_code == 409
    assert "Somebody else changed this meanwhile" in answer.text
    assert 'value="06:45"' in answer.text
    again = desk.browser("english").post(page, data=MINE | {"pace": "daily", "locale": "zh", "seen": "1"})
    assert again.status_code == 302


def test_what_did_not_get_through_is_shown_with_its_reason_and_sent_again(desk: Desk, web: WebReceiver) -> None:
    admin = desk.browser("admin")
    admin.post(f"/settings/notices/{desk.other_department_id}", data=MINE | {"address": web.address, "locale": "zh"})
    issue_id = desk.issue()
    web.answers[:] = [503]
    with desk.app.app_context():
        send_to_other(desk, issue_id)
        send_notices(now())

    page = desk.browser("english").get("/settings/notices").text
    assert "The service answered with error 503." in page
    assert "A new issue for the department" in page

    with desk.app.app_context():
        failed = db.session.scalars(sa.select(Notice.id).where(Notice.state == State.FAILED)).one()
    answer = admin.post("/settings/notices/again", data={"notice": str(failed)})
    with desk.app.app_context():
        send_notices(now())
        assert db.session.get_one(Notice, failed).state is State.SENT
    assert answer.status_code == 302
    assert "everything arrived" in desk.browser("english").get("/settings/notices").text
    assert len(web.got) == 1


def send_to_other(desk: Desk, issue_id: str) -> None:
    """Transfer an issue to the other department."""
    issue = db.session.get_one(Issue, uuid.UUID(issue_id))
    more = {"event_id": new_id(), "by": By(), "at": now()}
    transfer(issue, desk.other_department_id, "属保卫部", away_from=desk.department_id, **more)
    db.session.commit()


@pytest.mark.parametrize("who", ["officer", "department_manager", "handler"])
def test_only_who_changes_settings_changes_those_of_notices(desk: Desk, who: str) -> None:
    browser = desk.browser(who)

    answers = [
        browser.get("/settings/notices"),
        browser.post("/settings/notices", data=SETTINGS),
        browser.post("/settings/notices/again"),
        browser.post(f"/settings/notices/{desk.department_id}", data=MINE),
        browser.post(f"/settings/notices/{desk.department_id}/test"),
    ]

    assert {answer.status_code for answer in answers} == {403}


def test_leaders_read_the_settings_and_cannot_change_them(desk: Desk) -> None:
    browser = desk.browser("manager")

    assert browser.get("/settings/notices").status_code == 200
    assert browser.get(f"/settings/notices/{desk.department_id}").status_code == 200
    assert browser.post("/settings/notices", data=SETTINGS).status_code == 403


def test_the_mail_password_is_never_shown_again_and_stays_when_the_field_is_empty(
    desk: Desk, mail: MailReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = {"mail__host": "127.0.0.1", "mail__port": str(mail.port), "mail__sender": "a@example.com"}
    let(desk, **server, mail__user="me", password="a mail password")
    with desk.app.app_context():
        sealed = db.session.get_one(NoticeOffice, desk.estate_id).mail_password

    let(desk, **server, mail__user="somebody", seen="100")

    pages = [desk.browser("english").get(page).text for page in ("/settings/notices", "/settings/history")]
    with desk.app.app_context():
        assert db.session.get_one(NoticeOffice, desk.estate_id).mail_password == sealed
    assert "Mail server: login" in pages[1]
    assert not [page for page in [*pages, caplog.text] if "a mail password" in page]


def test_a_server_that_makes_no_sense_is_refused_in_words(desk: Desk) -> None:
    answer = desk.browser("english").post("/settings/notices", data=named(SETTINGS | {"hosts": "http://x/y"}))

    assert answer.status_code == 422
    assert "“http://x/y” is no server" in answer.text
    assert "http://x/y</textarea>" in answer.text


def test_every_link_of_a_notice_leads_to_a_page(app: Flask) -> None:
    thing = "01a209cf-e0e7-73ba-8384-79c2e3fbee46"
    paths = app.url_map.bind("localhost")

    found = {kind: paths.match("/" + path.format(thing), method="GET")[0] for kind, path in PATHS.items()}

    assert found == {
        "issue": "office.issue",
        "complaint": "office.complaint",
        "plan": "office.plan",
        "plan_amendment": "office.amendment",
        "records": "office.batch",
        "operation": "office.record",
        "order": "office.order",
        "archive": "office.archive",
        "bundle": "office.bundle",
        "long_paper": "office.long_paper",
        "year_report": "office.year_report",
        "survey": "office.survey",
        "survey_meeting": "office.meeting_of_survey",
        "survey_call": "office.call_of_survey",
        "survey_measure": "office.survey_measure",
        "survey_report": "office.survey_result",
    }
