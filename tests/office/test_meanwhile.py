"""Somebody was faster: the others are told what changed since their form was shown, and keep what they typed."""

import re
import sqlite3
import uuid
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.core.clock import now
from app.core.ids import new_id
from app.issues.rules import State
from app.office.issue_pages import department_work
from app.people.queries import staff_by_login
from tests.office.conftest import IN_TIME, Desk
from tests.office.orders_entered import act, dispatched
from tests.office.test_issue_ways import state_of

WORDS = "剥除涂层后重做两遍防水"


def acceptance(desk: Desk, **wanted: str) -> dict[str, str]:
    """What a department's manager fills in; the form was shown now."""
    with desk.app.app_context():
        worker = staff_by_login(desk.logins["handler"])
        assert worker is not None
        form = {"measure": WORDS, "method": "闭水试验", "due_on": IN_TIME.isoformat(), "responsible": str(worker.id)}
    return form | {"event": str(new_id())} | wanted


def event_shown(page: str, act: str) -> str:
    """The event in the form of an act on a page."""
    found = re.search(rf'action="[^"]*/{act}".*?name="event"[^>]*value="([^"]+)"', page, re.DOTALL)
    assert found, act
    return found[1]


def transfer(browser: FlaskClient, desk: Desk, issue_id: str, **wanted: str) -> tuple[int, str]:
    form = {"department": str(desk.other_department_id), "away_from": str(desk.department_id), "event": str(new_id())}
    form["reason"] = "门禁归保卫部"
    answer = browser.post(f"/issues/{issue_id}/transfer", data=form | wanted)
    return answer.status_code, answer.text


def test_the_second_of_two_is_told_who_did_what_and_keeps_what_they_typed(desk: Desk) -> None:
    issue_id = desk.issue()
    form = acceptance(desk)
    assert transfer(desk.browser("supervisor"), desk, issue_id)[0] == 302
    transfer_back = {"department": str(desk.department_id), "away_from": str(desk.other_department_id)}
    assert transfer(desk.browser("manager"), desk, issue_id, **transfer_back)[0] == 302
    desk.browser("department_manager").post(f"/issues/{issue_id}/accept", data=acceptance(desk, measure="补涂"))

    late = desk.browser("department_manager").post(f"/issues/{issue_id}/accept", data=form)

    told = late.text.split("data-meanwhile")[1].split("</section>")[0]
    assert late.status_code == 409
    assert "这个事项已有新进展，请重新查看。" in late.text
    assert [words in told for words in ("孙主管", "周经理", "补涂", "业主提出")] == [True, True, True, False]
    assert WORDS in late.text.split("data-typed")[1]
    assert state_of(desk, issue_id) is State.ACCEPTED


def a_busy_database() -> sqlite3.OperationalError:
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
    return busy


@pytest.mark.parametrize("why", [psycopg.errors.DeadlockDetected("deadlock detected"), a_busy_database()])
def test_whom_the_database_turned_away_for_another_is_told_so_and_keeps_what_they_typed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, why: Exception
) -> None:
    issue_id = desk.issue()
    monkeypatch.setattr(department_work, "accept", turned_away(why))

    answer = desk.browser("department_manager").post(f"/issues/{issue_id}/accept", data=acceptance(desk))

    assert answer.status_code == 409
    assert "没有任何改动，请再试一次。" in answer.text
    assert WORDS in answer.text, "the form as it was filled in"
    assert state_of(desk, issue_id) is State.ROUTED


def test_a_database_that_is_gone_is_no_colleague(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_id = desk.issue()
    monkeypatch.setattr(department_work, "accept", turned_away(psycopg.OperationalError("the server closed it")))
    desk.app.config["PROPAGATE_EXCEPTIONS"] = False

    answer = desk.browser("department_manager").post(f"/issues/{issue_id}/accept", data=acceptance(desk))

    assert answer.status_code == 500


def turned_away(why: Exception) -> Callable[..., bool]:
    """An act that the database does not do."""

    def act(*_args: object, **_more: object) -> bool:
        raise sa.exc.OperationalError("UPDATE issue", {}, why)

    return act


@pytest.mark.parametrize("sent", [{}, {"HX-Request": "true"}], ids=["page", "background"])
def test_at_a_departments_telephone_the_second_reads_what_the_first_settled(desk: Desk, sent: dict[str, str]) -> None:
    issue_id = desk.issue()
    form = acceptance(desk)
    manager = desk.browser("department_manager")
    manager.post(f"/desk/{issue_id}/accept", data=acceptance(desk, measure="补涂"))

    late = manager.post(f"/desk/{issue_id}/accept", data=form, headers=sent)

    told = late.text.split("data-meanwhile")[1].split("</section>")[0]
    assert late.status_code == 409
    assert ("王强" in told, "补涂" in told, "业主提出" in told) == (True, True, False)
    # Sent in the background, the words still stand where they were typed.
    assert (WORDS in late.text) is (not sent)


@pytest.mark.parametrize(("who", "act"), [("department_manager", "accept"), ("handler", "rectified")])
def test_whoever_opens_an_act_that_is_gone_reads_who_did_what_since_their_list_was_shown(
    desk: Desk, who: str, act: str
) -> None:
    issue_id = desk.issue()
    manager, seen = desk.browser("department_manager"), new_id()
    manager.post(f"/desk/{issue_id}/accept", data=acceptance(desk, measure="涂两遍"))
    manager.post(f"/desk/{issue_id}/rectified", data={"event": str(new_id()), "note": "已补涂"})

    told = {
        shown: desk.browser(who)
        .get(f"/desk/{issue_id}/{act}?seen={shown}", follow_redirects=True)
        .text.split("data-meanwhile")[1]
        .split("</section>")[0]
        for shown in (seen, "")
    }

    assert [words in told[seen] for words in ("王强", "涂两遍", "已补涂", "业主提出")] == [True, True, True, False]
    # Of a page that nobody knows: what brought it to where it stands.
    assert [words in told[""] for words in ("王强", "涂两遍", "已补涂")] == [True, False, True]


@pytest.mark.parametrize(
    ("who", "words"), [("department_manager", "现由保卫部负责"), ("other_manager", "不归你的部门")]
)
def test_whose_department_had_it_reads_who_has_it_now(desk: Desk, who: str, words: str) -> None:
    issue_id = desk.issue()
    if who == "department_manager":
        assert transfer(desk.browser("supervisor"), desk, issue_id)[0] == 302

    gone = desk.browser(who).get(f"/desk/{issue_id}/accept?seen={new_id()}")

    assert (gone.status_code, words in gone.text) == (404, True)


def test_at_a_work_order_the_second_reads_who_was_faster_and_keeps_what_they_typed(desk: Desk) -> None:
    order = dispatched(desk)
    moment = now().astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=1)
    words = {"work_done": "更换水槽下水软管并试水", "finished_at": f"{moment:%Y-%m-%dT%H:%M}", "fee": "60"}
    shown = {"event": str(new_id())}
    act(desk.browser("handler"), order, "finish", **(words | {"work_done": "已换软管"}))

    late = desk.browser("supervisor").post(f"/orders/{order.id}/finish", data=words | shown)

    told = late.text.split("data-meanwhile")[1].split("</section>")[0]
    assert late.status_code == 409
    assert ("王师傅" in told, "已换软管" in told, "派工至" in told) == (True, True, False)
    assert words["work_done"] in late.text.split("data-typed")[1]


def test_two_who_choose_the_same_department_are_told_apart(desk: Desk) -> None:
    issue_id = desk.issue()
    assert transfer(desk.browser("manager"), desk, issue_id)[0] == 302

    status, page = transfer(desk.browser("supervisor"), desk, issue_id)

    assert status == 409
    assert "已有人转派了该事项。" in page


def test_what_is_still_open_stands_open_with_the_words_and_can_be_sent_at_once(desk: Desk) -> None:
    issue_id = desk.issue()
    supervisor = desk.browser("supervisor")
    shown = supervisor.get(f"/issues/{issue_id}").text
    [category] = re.findall(r'<option selected value="([^"]+)">防水', shown)
    form = {"category": category, "urgency": "ordinary", "note": WORDS, "event": str(new_id())}

    refused = supervisor.post(f"/issues/{issue_id}/classify", data=form)
    event = event_shown(refused.text, "classify")
    sent_again = supervisor.post(f"/issues/{issue_id}/classify", data=form | {"urgency": "urgent", "event": event})

    assert refused.status_code == 422
    assert re.search(r'class="act card act-open"\s+id="classify"', refused.text)
    assert WORDS in refused.text
    assert "data-typed" not in refused.text
    assert event != form["event"]
    assert sent_again.status_code == 302


@pytest.mark.parametrize("event", [str(uuid.UUID(int=(1 << 128) - 1)), "ffffffff-ffff-7fff-bfff-ffffffffffff"])
def test_an_event_that_nobody_can_have_made_is_answered_in_words(desk: Desk, event: str) -> None:
    issue_id = desk.issue()
    supervisor = desk.browser("supervisor")
    transfer(supervisor, desk, issue_id)

    status, page = transfer(supervisor, desk, issue_id, event=event)

    assert status == 409
    assert "data-meanwhile" not in page


def test_an_issue_out_of_sight_is_not_shown_by_a_refusal(desk: Desk) -> None:
    issue_id = desk.issue(text="门禁坏了")

    answer = desk.browser("other_manager").post(f"/issues/{issue_id}/accept", data=acceptance(desk))

    assert answer.status_code in (302, 404)
    assert "门禁坏了" not in answer.text
