"""How far an archive is, that it is there, or that it could not be made: told to whoever ordered it."""

from html import unescape

import pytest
import sqlalchemy as sa

from app.core import waits
from app.core.db import db
from app.core.journal import JournalLine
from app.documents.archive import archives
from app.jobs import archiving
from app.people.queries import staff_by_login
from tests.documents.archived import QuickHand, made, ordered, taken
from tests.office.conftest import Desk


def test_whoever_ordered_it_sees_how_far_it_is_on_every_page_and_finds_it_in_the_inbox(desk: Desk) -> None:
    desk.visit()
    browser, other = desk.browser("supervisor"), desk.browser("manager")
    address = ordered(desk)

    under_way = browser.get("/issues").text
    elsewhere = other.get("/issues").text
    polled = under_way.split('data-hx-get="/made')[1].split('"')[0]
    its_own = browser.get(f"/made{unescape(polled)}", headers={"HX-Current-URL": f"http://localhost{address}?a=1"}).text
    made(desk, QuickHand())
    ready, inbox = browser.get(f"/made{unescape(polled)}").text, browser.get("/").text
    taken(desk, address, "manager")
    still = browser.get("/").text
    taken(desk, address)

    assert address in under_way
    assert "排队等候" in under_way
    assert address not in elsewhere
    assert address not in its_own, "a page tells of itself"
    assert "made-ready" in ready
    assert address in ready
    assert "every 2s" not in ready
    assert "2026-" not in under_way.split('id="made"')[1].split("</div>")[0], "its period stands in words"
    for page in (inbox, still):
        assert address in page
        assert "已为您备好" in page
    assert address not in browser.get("/").text
    assert address not in other.get("/").text


def test_what_could_not_be_made_is_told_until_it_was_seen_and_goes_out_as_a_notice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.visit()
    address = ordered(desk)
    monkeypatch.setattr(archiving, "_make_sure", lambda _path: 1 / 0)
    for _try in range(3):
        made(desk, QuickHand())
    browser = desk.browser("supervisor")
    with desk.app.app_context():
        [line] = db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "archive:failed"))
        [wait] = waits.on(line.subject_id)
        told = (wait.since == line.at, wait.staff_id, wait.due_at - line.at < archives.KEPT_FOR)
        supervisor = staff_by_login(desk.logins["supervisor"])

    before = browser.get("/").text
    browser.get(address)

    assert told == (True, supervisor.id if supervisor else None, True)
    assert "未能生成" in before
    assert address in before
    assert address not in browser.get("/").text
