"""The link to an owner's copy in the hands of the office: its state, its end with a reason, a new one."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.core.clock import isoformat, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import JournalLine
from app.documents.queries import sign_off_sheet
from app.estates.models import Estate
from app.estates.settings import set_limits
from app.people.rules import Role
from app.signatures.rules import sha256_hex
from app.visits.copies import keep_link
from app.visits.models import CopyLink, Visit
from tests.builders import NOBODY, a_home, a_staff, an_enrol_code, an_estate
from tests.model_tablet import ModelTablet
from tests.office.conftest import Desk

TOKEN = "7k3m9p2q4r6s8t0v1w3x5y7z9a"


@pytest.fixture
def visit_id(desk: Desk) -> str:
    """A visit that arrived with a link to its copy."""
    return desk.visit(copy_token_sha256=sha256_hex(TOKEN.encode()))


def seen(page: str) -> str:
    found = re.search(r'name="new-seen"[^>]*value="([^"]*)"', page)
    assert found, "the form of a new link"
    return found[1]


def make_anew(browser: FlaskClient, visit_id: str, link: str) -> str:
    """The token of a new link, as its page shows it."""
    page = browser.post(f"/visits/{visit_id}/copy", data={"new-event": str(new_id()), "new-seen": link})
    found = re.search(r"/c/([0-9a-z]{26})", page.text)
    assert found, page.text
    return found[1]


def end(browser: FlaskClient, visit_id: str, link: str, reason: str) -> tuple[int, str]:
    sent = {"end-event": str(new_id()), "end-seen": link, "end-reason": reason}
    answer = browser.post(f"/visits/{visit_id}/copy/end", data=sent, follow_redirects=True)
    return answer.status_code, answer.text


def copies_in_the_journal(desk: Desk, visit_id: str) -> list[str]:
    with desk.app.app_context():
        found = sa.select(JournalLine).where(JournalLine.subject_id == uuid.UUID(visit_id)).order_by(JournalLine.seq)
        lines = [line for line in db.session.scalars(found) if "copy" in line.kind]
        assert all(line.data == {} for line in lines)
        return [line.kind for line in lines]


def test_the_page_of_a_visit_tells_until_when_it_opens_and_how_often_it_was(desk: Desk, visit_id: str) -> None:
    browser = desk.browser("supervisor")
    before = browser.get(f"/visits/{visit_id}").text
    for _time in range(2):
        desk.app.test_client().get(f"/c/{TOKEN}")

    after = browser.get(f"/visits/{visit_id}").text

    assert "有效期至" in before
    assert "尚未打开过" in before
    assert "已打开 2 次" in after
    assert TOKEN not in after


def test_it_is_ended_with_a_reason_and_the_journal_says_who(desk: Desk, visit_id: str) -> None:
    browser = desk.browser("supervisor")
    link = seen(browser.get(f"/visits/{visit_id}").text)

    without = end(browser, visit_id, link, "")
    status, page = end(browser, visit_id, link, "业主手机丢失")

    assert without[0] == 422
    assert "有效期至" in without[1]
    assert (status, "业主手机丢失" in page, "已停用" in page) == (200, True, True)
    assert desk.app.test_client().get(f"/c/{TOKEN}").status_code == 410
    assert copies_in_the_journal(desk, visit_id) == ["visit:copy_link_ended"]


def test_a_new_link_is_shown_once_and_takes_the_place_of_the_one_before(desk: Desk, visit_id: str) -> None:
    browser, owner = desk.browser("manager"), desk.app.test_client()
    first = seen(browser.get(f"/visits/{visit_id}").text)

    token = make_anew(browser, visit_id, first)

    assert (owner.get(f"/c/{token}").status_code, owner.get(f"/c/{TOKEN}").status_code) == (200, 410)
    assert token not in browser.get(f"/visits/{visit_id}").text
    with desk.app.app_context():
        kept = [link.token_sha256 for link in db.session.scalars(sa.select(CopyLink).order_by(CopyLink.made_at))]
    assert kept == [sha256_hex(TOKEN.encode()), sha256_hex(token.encode())]
    assert copies_in_the_journal(desk, visit_id) == ["visit:copy_link_made"]


def on_the_tablet(desk: Desk, visit_id: str) -> dict[str, Any]:
    """What the officer's tablet is told of the link that it drew."""
    documents, _last = desk.tablet.pull_all()
    return dict(documents["record", visit_id]["doc"]["copy"])


@pytest.mark.parametrize("act", ["ended", "made anew"])
def test_the_tablet_that_drew_the_link_learns_that_it_opens_no_more(desk: Desk, visit_id: str, act: str) -> None:
    browser = desk.browser("manager")
    link = seen(browser.get(f"/visits/{visit_id}").text)
    before = on_the_tablet(desk, visit_id)

    if act == "ended":
        end(browser, visit_id, link, "业主手机丢失")
    else:
        make_anew(browser, visit_id, link)

    after = on_the_tablet(desk, visit_id)
    assert (before["ended"], after["ended"]) == (False, True)
    assert after["until"] <= isoformat(now()) < before["until"]


def test_a_visit_of_an_old_tablet_gets_its_first_link_in_the_office(desk: Desk) -> None:
    visit_id = desk.visit()
    browser = desk.browser("manager")
    page = browser.get(f"/visits/{visit_id}").text

    token = make_anew(browser, visit_id, seen(page))

    assert "本次走访还没有链接" in page
    documents, _last = desk.tablet.pull_all()
    assert "copy" not in documents["record", visit_id]["doc"]
    assert desk.app.test_client().get(f"/c/{token}").status_code == 200


def test_of_two_at_once_the_second_is_told_and_keeps_what_was_typed(desk: Desk, visit_id: str) -> None:
    browser = desk.browser("supervisor")
    first = seen(browser.get(f"/visits/{visit_id}").text)
    token = make_anew(desk.browser("manager"), visit_id, first)

    status, page = end(browser, visit_id, first, "业主手机丢失")

    assert status == 409
    assert "同事刚刚生成了新的链接" in page
    assert 'value="业主手机丢失"' in page
    assert desk.app.test_client().get(f"/c/{token}").status_code == 200
    assert end(browser, visit_id, seen(page), "业主手机丢失")[0] == 200


def test_who_may_not_keep_copies_sees_the_state_and_no_act(desk: Desk, visit_id: str) -> None:
    browser = desk.browser("officer")
    page = browser.get(f"/visits/{visit_id}").text

    refused = browser.post(f"/visits/{visit_id}/copy/end", data={"end-reason": "x"})

    assert "有效期至" in page
    assert "new-seen" not in page
    assert refused.status_code == 403


def test_of_another_estates_visit_no_link_is_made_or_ended(desk: Desk) -> None:
    with desk.app.app_context():
        estate = an_estate()
        officer = a_staff(estate, Role.OFFICER)
        home, code = a_home(estate), an_enrol_code(officer)
        estate_id, unit_id = estate.id, home.id
        db.session.commit()
    tablet = ModelTablet(desk.app.test_client(), code)
    theirs = tablet.a_visit(estate_id, unit_id)
    tablet.receipts(tablet.freeze(theirs))
    browser = desk.browser("supervisor")

    made = browser.post(f"/visits/{theirs['entity_id']}/copy", data={"new-event": str(new_id()), "new-seen": ""})
    ended = end(browser, theirs["entity_id"], "", "x")

    assert (made.status_code, ended[0]) == (404, 404)
    with desk.app.app_context():
        assert db.session.scalars(sa.select(CopyLink)).all() == []


def test_the_days_of_a_link_are_days_of_the_estates_calendar(desk: Desk, visit_id: str) -> None:
    """Where clocks are put back between, there is an hour more."""
    with desk.app.app_context():
        visit = db.session.get_one(Visit, uuid.UUID(visit_id))
        estate = db.session.get_one(Estate, visit.estate_id)
        estate.time_zone, estate.settings = "Europe/Berlin", estate.settings | {"limits": {"copy_days": 90}}

        keep_link(visit, "0" * 64, estate, at=datetime(2026, 9, 24, 8, tzinfo=UTC))

        [valid_until] = [link.valid_until for link in db.session.new if isinstance(link, CopyLink)]
        assert valid_until == datetime(2026, 12, 23, 9, tzinfo=UTC)


def test_a_copy_and_the_sheet_promise_the_days_that_were_told_when_it_was_signed(desk: Desk, visit_id: str) -> None:
    with desk.app.app_context():
        visit = db.session.get_one(Visit, uuid.UUID(visit_id))
        estate = db.session.get_one(Estate, visit.estate_id)
        until = (visit.started_at.astimezone(ZoneInfo(estate.time_zone)) + timedelta(days=7)).date()
        set_limits(estate, {"objection_days": 3}, seen=0, by=NOBODY, at=now())
        db.session.commit()
        sheet = sign_off_sheet(visit, ("zh",), printed_at=now(), checked_at=str)

    page = desk.app.test_client().get(f"/c/{TOKEN}").text

    assert sheet.estate.objection_days == 7
    assert f"{until.month}月{until.day}日" in page
