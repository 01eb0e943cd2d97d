"""Forms of very many lines: nobody waits for them, the press prints them, whoever asked takes them away."""

import uuid
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.documents import forms, how_far, long_papers, shelf
from app.documents.forms import is_long
from app.documents.how_far import HowFar, Step
from app.documents.long_papers import ask_for_paper, sheet_of
from app.documents.models import Bundle, LongPaper, Progress
from app.documents.sheets import Sheet
from app.documents.sheets_of.plan_sheet import PlanSheet
from app.jobs import press
from app.jobs.long_papers import LongPapers
from app.people.queries import staff_by_login
from app.sync.kept import not_entered
from tests.documents.builders import a_sheet
from tests.documents.form_builders import a_calls_sheet, a_plan_sheet, a_register, some_blank_records
from tests.documents.test_printing import NO_FONT_DRAWS_IT
from tests.office.conftest import Desk
from tests.office.test_bundles import OneHand, asked_for
from tests.office.test_papers import must_be_sealed, the_plan_at_work


class BusyHand(OneHand):
    """Prints only when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[tuple[Future[Any], Any]] = []

    def submit(self, fn: Any, /, *args: Any, **named: Any) -> Future[Any]:
        self.printed += 1
        future: Future[Any] = Future()
        self._waiting.append((future, lambda: fn(*args, **named)))
        return future

    def print_all(self) -> None:
        for future, work in self._waiting:
            future.set_result(work())
        self._waiting.clear()


@pytest.fixture
def long_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan of one line is long."""
    row = replace(forms.FORMS[PlanSheet], at_once=0)
    monkeypatch.setitem(forms.FORMS, PlanSheet, row)


def ask(browser: FlaskClient, plan: str, lang: str = "zh") -> str:
    """The address of the page that tells of the paper."""
    answer = browser.get(f"{plan}/plan.pdf?lang={lang}")
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def look(desk: Desk, papers: LongPapers) -> None:
    """Hand out what waits, take in what is printed."""
    papers.look()
    papers.look()


@pytest.mark.usefixtures("long_plans")
def test_a_long_plan_is_printed_by_the_press_and_lies_there_for_whoever_asked(desk: Desk) -> None:
    plan, browser = the_plan_at_work(desk), desk.browser("supervisor")

    address = ask(browser, plan)

    assert "正在打印并加盖电子章" in browser.get(address).text
    assert browser.get(f"{address}.pdf").status_code == 404
    with LongPapers(desk.app, OneHand(), now) as papers:
        look(desk, papers)
    inbox = browser.get("/").text
    assert address in inbox
    shown = inbox.split(address)[1].split("</td>")[0]
    assert "月度走访计划" in shown
    today = local_date(now(), "Asia/Shanghai")
    assert f"{today.year}年{today.month}月" in shown, "by its name and month, not by a number"
    assert "JH-" not in shown
    assert address not in desk.browser("manager").get("/").text
    assert "这份表已打印好" in browser.get(address).text
    assert "月度走访计划" in must_be_sealed(desk, browser.get(f"{address}.pdf"))
    assert address not in browser.get("/").text, "it is taken"
    assert "月度走访计划" in must_be_sealed(desk, browser.get(f"{plan}/plan.pdf?lang=zh")), "now it is on the shelf"
    assert desk.browser("manager").get(address).status_code == 404
    assert desk.browser("manager").get(f"{address}.pdf").status_code == 404
    with desk.app.app_context():
        assert db.session.scalars(sa.select(LongPaper.sheet)).one() == "", "what stands on it is kept once"


@pytest.mark.usefixtures("long_plans")
def test_whoever_waits_sees_each_step_and_the_page_that_is_laid_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, browser, hand = the_plan_at_work(desk), desk.browser("supervisor"), BusyHand()
    address, pages, strips = ask(browser, plan), [], []
    note = how_far.note

    def noted_and_looked_at(where: Path, far: HowFar) -> None:
        note(where, far)
        pages.append(browser.get(address).text)
        strips.append(browser.get("/issues").text)

    monkeypatch.setattr(how_far, "note", noted_and_looked_at)
    with LongPapers(desk.app, hand, now) as papers:
        papers.look()
        before = browser.get(address).text
        hand.print_all()
        look(desk, papers)

    assert "正在排队等候打印" in before
    said = ("正在准备内容", "正在排第 1 页", "正在绘制 1 页", "正在为 1 页加盖电子章")
    for seen in (pages, strips):
        assert [words for page in seen for words in said if words in page] == list(said)
    assert "第 4 步" not in browser.get(address).text
    with desk.app.app_context():
        assert list(how_far.place(new_id()).parent.iterdir()) == [], "it is noted while it is printed"


@pytest.mark.usefixtures("long_plans")
def test_what_a_press_noted_that_ended_is_forgotten_when_the_paper_is_begun_anew(desk: Desk) -> None:
    plan, browser = the_plan_at_work(desk), desk.browser("supervisor")
    address = ask(browser, plan)
    with desk.app.app_context():
        how_far.note(how_far.place(uuid.UUID(address.rsplit("/")[-1])), HowFar(Step.LAYING_OUT, 37))
    left = browser.get(address).text

    with LongPapers(desk.app, BusyHand(), now) as papers:
        papers.look()
        begun_anew = browser.get(address).text

    assert "正在排第 37 页" in left
    assert "正在排队等候打印" in begun_anew


@pytest.mark.usefixtures("long_plans")
def test_a_paper_asked_for_twice_is_printed_once_and_by_one_press(desk: Desk) -> None:
    plan, browser, hand = the_plan_at_work(desk), desk.browser("supervisor"), BusyHand()

    first, again = ask(browser, plan), ask(browser, plan)
    with LongPapers(desk.app, hand, now) as papers, LongPapers(desk.app, hand, now) as other:
        look(desk, papers)
        look(desk, other)
        hand.print_all()
        look(desk, papers)

    assert first == again
    assert hand.printed == 1
    must_be_sealed(desk, browser.get(f"{first}.pdf"))


@pytest.mark.usefixtures("long_plans")
def test_a_paper_is_begun_anew_when_the_press_ends(desk: Desk) -> None:
    plan, browser, hand = the_plan_at_work(desk), desk.browser("supervisor"), BusyHand()
    address = ask(browser, plan)

    with LongPapers(desk.app, hand, now) as papers:
        papers.look()
    with LongPapers(desk.app, OneHand(), now) as papers:
        look(desk, papers)

    assert hand.printed == 1
    must_be_sealed(desk, browser.get(f"{address}.pdf"))


@pytest.mark.usefixtures("long_plans")
def test_the_press_prints_long_papers_and_files_of_sheets(desk: Desk) -> None:
    plan, browser = the_plan_at_work(desk), desk.browser("supervisor")
    desk.visit()
    paper, file = ask(browser, plan), asked_for(browser)

    def until_made(_seconds: float) -> bool:
        with desk.app.app_context():
            states = [db.session.scalars(sa.select(kind.state)).one() for kind in (LongPaper, Bundle)]
        assert Progress.FAILED not in states
        return states == [Progress.READY, Progress.READY]

    press.press(desk.app, until_made, not_entered=not_entered)

    must_be_sealed(desk, browser.get(f"{paper}.pdf"))
    with browser.get(f"{file}.zip") as answer:
        assert answer.status_code == 200


def test_what_cannot_be_printed_says_why(desk: Desk) -> None:
    with desk.app.test_request_context():
        staff = staff_by_login(desk.logins["supervisor"])
        assert staff is not None
        sheet = a_register(filters=(f"找{NO_FONT_DRAWS_IT}师傅",))
        paper = ask_for_paper(staff, desk.estate_id, sheet, at=now())
        assert paper is not None
        address = f"/papers/{paper.id}"
        db.session.commit()

    with LongPapers(desk.app, OneHand(), now) as papers:
        look(desk, papers)

    page = desk.browser("supervisor").get(address).text
    assert "服务器上没有字体能印出来" in page
    assert NO_FONT_DRAWS_IT in page


@pytest.mark.usefixtures("long_plans")
def test_what_fails_again_and_again_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = desk.browser("supervisor")
    address = ask(browser, the_plan_at_work(desk))
    monkeypatch.setattr(shelf, "put", lambda _mark, _paper: 1 / 0)
    hand = OneHand()

    with LongPapers(desk.app, hand, now) as papers:
        for _ in range(6):
            look(desk, papers)

    assert hand.printed == 3
    assert "这份表没有打印成" in browser.get(address).text
    with desk.app.app_context():
        assert db.session.scalars(sa.select(LongPaper.sheet)).one() == "", "what stood on it is not kept for nothing"


@pytest.mark.usefixtures("long_plans")
def test_papers_are_forgotten_after_a_week(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    address = ask(browser, the_plan_at_work(desk))

    with desk.app.app_context():
        assert long_papers.clear_up(now()) == 0
        assert long_papers.clear_up(now() + long_papers.KEPT_FOR + timedelta(minutes=1)) == 1
        db.session.commit()

    assert browser.get(address).status_code == 404


@pytest.mark.parametrize(
    ("make", "at_once"), [(a_plan_sheet, 40), (a_calls_sheet, 30), (a_register, 20), (some_blank_records, 6)]
)
def test_a_form_of_many_lines_is_long_and_is_kept_whole_until_it_is_printed(
    desk: Desk, make: Any, at_once: int
) -> None:
    short, long = make(at_once), make(at_once + 1)

    with desk.app.app_context():
        staff = staff_by_login(desk.logins["supervisor"])
        assert staff is not None
        paper = ask_for_paper(staff, desk.estate_id, long, at=now())
        assert paper is not None
        kept = sheet_of(paper)

    assert (is_long(short), is_long(long), is_long(a_sheet())) == (False, True, False)
    assert kept == long


@pytest.mark.parametrize("kind", [kind for kind, form in forms.FORMS.items() if form.lines])
def test_every_form_that_can_be_long_has_its_page_and_a_name_on_every_other_page(desk: Desk, kind: type[Sheet]) -> None:
    browser = desk.browser("supervisor")
    with desk.app.app_context():
        staff = staff_by_login(desk.logins["supervisor"])
        assert staff is not None
        more = {"asked_at": now(), "number": "2026-1", "lines": 100, "mark": "0" * 64, "sheet": "{}"}
        paper = LongPaper(estate_id=desk.estate_id, staff_id=staff.id, form=kind.__name__, **more)
        db.session.add(paper)
        db.session.commit()
        address = f"/papers/{paper.id}"

    assert browser.get(address).status_code == 200
    assert address in browser.get("/notices").text


def test_a_long_paper_of_a_survey_says_of_which(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    with desk.app.app_context():
        staff = staff_by_login(desk.logins["supervisor"])
        assert staff is not None
        more = {"asked_at": now(), "number": "MYD-2026-1", "lines": 100, "mark": "0" * 64, "sheet": "{}"}
        paper = LongPaper(estate_id=desk.estate_id, staff_id=staff.id, form="AnalysisSheet", **more)
        db.session.add(paper)
        db.session.commit()
        address = f"/papers/{paper.id}"

    assert "2026-1 · " in browser.get(address).text
