"""The sheets of many visits as one file: asked for in the office, made by the press."""

import io
import os
import re
import uuid
import zipfile
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.core.clock import now
from app.core.db import db
from app.documents import bundles, shelf
from app.documents.at_the_press import OPEN
from app.documents.how_far import Tell
from app.documents.models import Bundle, Progress
from app.documents.seal.seals import CompanySeal
from app.documents.sheets import Sheet
from app.documents.shelf import print_and_seal
from app.jobs import press
from app.sync.kept import not_entered
from app.visits.models import Visit
from tests.documents import reading
from tests.documents.test_printing import NO_FONT_DRAWS_IT
from tests.office.conftest import Desk


class OneHand(Executor):
    """Prints here and now, and counts how often."""

    def __init__(self) -> None:
        self.printed = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        self.printed += 1
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **named))
        except Exception as error:  # noqa: BLE001 - as an executor does
            done.set_exception(error)
        return done


def asked_for(browser: FlaskClient, query: str = "", lang: str = "zh") -> str:
    """Ask for the sheets of the visits of a list; the address of the page that tells of the file."""
    answer = browser.post(f"/visits/sheets{query}", data={"lang": lang})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def made(desk: Desk, hand: Executor) -> bool:
    return press.make_next(desk.app, hand, now())


def papers(browser: FlaskClient, address: str) -> dict[str, bytes]:
    """The papers in the file, by their names."""
    with browser.get(f"{address}.zip") as answer, zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        assert answer.headers["Cache-Control"] == "private, no-store"
        return {name: file.read(name) for name in file.namelist()}


def test_the_sheets_of_a_list_come_as_one_file(desk: Desk) -> None:
    wishes = ("多装路灯", "早点修好电梯", "楼道要打扫")
    for wish in wishes:
        desk.visit(wishes=wish)
    browser, hand = desk.browser("supervisor"), OneHand()

    address = asked_for(browser)

    assert "正在打印并加盖电子章" in browser.get(address).get_data(as_text=True)
    assert browser.get(f"{address}.zip").status_code == 404
    assert made(desk, hand)
    assert not made(desk, hand)
    assert "文件已备好" in browser.get(address).get_data(as_text=True)
    read = [reading.text(paper) for paper in papers(browser, address).values()]
    assert [wish for wish in wishes if any(wish in text for text in read)] == list(wishes)
    assert len(read) == 3


def test_whoever_asked_finds_it_in_the_inbox_until_it_is_taken(desk: Desk) -> None:
    desk.visit()
    browser = desk.browser("supervisor")
    address = asked_for(browser)
    before = browser.get("/visits").text
    made(desk, OneHand())
    waiting = browser.get("/").text

    papers(browser, address)

    assert "0 / 1" in before
    assert address in waiting
    assert address not in browser.get("/").text
    assert address not in desk.browser("manager").get("/").text


def test_only_what_is_filtered_is_in_the_file(desk: Desk) -> None:
    desk.visit(wishes="多装路灯", rating="dissatisfied")
    desk.visit(wishes="早点修好电梯", rating="satisfied")
    browser = desk.browser("supervisor")

    address = asked_for(browser, "?rating=dissatisfied")
    made(desk, OneHand())

    [paper] = papers(browser, address).values()
    assert "多装路灯" in reading.text(paper)


def test_a_sheet_is_printed_once_until_something_on_it_changes(desk: Desk) -> None:
    issue = desk.tablet.an_issue(text="主卫渗水")
    visit_id = desk.visit(issues=[issue])
    browser, hand = desk.browser("supervisor"), OneHand()
    alone = browser.get(f"/visits/{visit_id}/sheet.pdf?lang=zh").data

    first = asked_for(browser)
    made(desk, hand)

    assert hand.printed == 0
    assert list(papers(browser, first).values()) == [alone]
    desk.dissatisfied(issue["id"], "两天后又滴水")
    second = asked_for(browser)
    made(desk, hand)
    assert hand.printed == 2  # how the issue went on, and the visit at which the owner said so
    assert all("两天后又滴水" in reading.text(paper) for paper in papers(browser, second).values())


def test_what_cannot_be_printed_is_named_and_the_others_are_there(desk: Desk) -> None:
    desk.visit(wishes="多装路灯")
    other = desk.visit(wishes=f"找{NO_FONT_DRAWS_IT}师傅")
    with desk.app.app_context():
        number = db.session.get_one(Visit, uuid.UUID(other)).number
    browser = desk.browser("supervisor")

    address = asked_for(browser)
    made(desk, OneHand())

    page = browser.get(address).get_data(as_text=True)
    assert number in page
    assert "单上有一个字，服务器上没有字体能印出来" in page
    assert NO_FONT_DRAWS_IT in page
    assert len(papers(browser, address)) == 1


def test_a_file_is_for_whoever_asked_for_it(desk: Desk) -> None:
    desk.visit()
    address = asked_for(desk.browser("supervisor"))
    made(desk, OneHand())

    assert desk.browser("manager").get(address).status_code == 404
    assert desk.browser("manager").get(f"{address}.zip").status_code == 404
    assert desk.browser("handler").post("/visits/sheets").status_code == 403


def test_nothing_is_asked_for_where_nothing_is_found(desk: Desk) -> None:
    answer = desk.browser("supervisor").post("/visits/sheets?q=没有这样的", data={"lang": "zh"})

    assert answer.status_code == 422
    with desk.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Bundle)) == 0


def test_a_press_that_was_stopped_begins_anew_with_what_is_on_the_shelf(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wish in ("多装路灯", "早点修好电梯", "楼道要打扫"):
        desk.visit(wishes=wish)
    browser, hand = desk.browser("supervisor"), OneHand()
    address = asked_for(browser)
    monkeypatch.setattr(press, "_TOLD_EVERY", 0.0)

    press.make_next(desk.app, hand, now(), until_told=lambda _seconds: True)

    assert hand.printed == 3
    assert re.search(r"1 / 3", browser.get(address).get_data(as_text=True))
    assert made(desk, hand)
    assert hand.printed == 5  # one was on the shelf
    assert len(papers(browser, address)) == 3


def test_what_fails_again_and_again_is_given_up_and_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.visit()
    browser = desk.browser("supervisor")
    address = asked_for(browser)
    monkeypatch.setattr(press, "_make_sure", lambda _path: 1 / 0)

    tries = [made(desk, OneHand()) for _ in range(4)]

    assert tries == [True, True, True, False]
    assert "文件没有做成" in browser.get(address).get_data(as_text=True)


def test_files_and_papers_go_when_nobody_needs_them(desk: Desk) -> None:
    desk.visit()
    browser = desk.browser("supervisor")
    address = asked_for(browser)
    made(desk, OneHand())
    with desk.app.app_context():
        [file] = bundles.folder().glob("*.zip")

        assert bundles.clear_up(now()) == shelf.clear_up(now()) == 0
        assert bundles.clear_up(now() + bundles.KEPT_FOR + timedelta(minutes=1)) == 1
        assert shelf.clear_up(now() + shelf.KEPT_FOR + timedelta(minutes=1)) == 1
        db.session.commit()

    assert not file.exists()
    assert browser.get(address).status_code == 404


def test_several_hands_print_what_one_would(desk: Desk) -> None:
    for wish in ("多装路灯", "早点修好电梯"):
        desk.visit(wishes=wish)
    browser = desk.browser("supervisor")
    address = asked_for(browser)

    with press.hands(2) as pool:
        assert made(desk, pool)

    assert len(papers(browser, address)) == 2
    with desk.app.app_context():
        assert db.session.scalars(sa.select(Bundle.state)).one() is Progress.READY


def test_when_somebody_who_prints_dies_others_take_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.visit(wishes="多装路灯")
    browser = desk.browser("supervisor")
    address = asked_for(browser)
    died = desk.app.config["DATA"] + "/died"

    def die_once(sheet: Sheet, seals: CompanySeal, tell: Tell) -> bytes:
        if not os.path.exists(died):
            open(died, "x").close()
            os._exit(1)
        return print_and_seal(sheet, seals, tell)

    def until_made(_seconds: float) -> bool:
        with desk.app.app_context():
            return db.session.scalars(sa.select(Bundle.state)).one() not in OPEN

    monkeypatch.setattr(shelf, "print_and_seal", die_once)

    press.press(desk.app, until_made, not_entered=not_entered)

    assert os.path.exists(died)
    assert len(papers(browser, address)) == 1
