"""What waited to be checked when an archive was made is not in it, and everybody is told so."""

import json
from pathlib import Path

from app.core.clock import now
from app.documents.archive.archives import waiting_within
from app.documents.archive.periods import month_of
from app.signatures.rules import sha256_hex
from tests.builders import NOW, TODAY
from tests.documents.archived import QuickHand, files_in, made, ordered, taken, zipped
from tests.documents.test_archive_check import verified
from tests.office.conftest import Desk
from tests.office.test_records import refused

NEXT_DAY = {"started_at": "2026-11-24T06:32:00.000Z", "ended_at": "2026-11-24T06:47:00.000Z"}
LONG_AGO = {"started_at": "2026-09-01T06:32:00.000Z", "ended_at": "2026-09-01T06:47:00.000Z"}


def nobody_can_read(desk: Desk) -> None:
    """A record that was damaged before it was sent."""
    frozen = desk.tablet.freeze(desk.tablet.a_visit(desk.estate_id, desk.unit_id))
    jwe = frozen["jwe"][:-8] + "AAAAAAAA"
    [receipt] = desk.tablet.receipts(frozen | {"jwe": jwe, "digest": sha256_hex(jwe.encode())})
    assert receipt["status"] == "rejected"


def test_what_was_not_entered_is_said_in_the_archive_and_before_it_is_ordered(desk: Desk, tmp_path: Path) -> None:
    desk.visit()
    supervisor, before = desk.browser("supervisor"), desk.browser("supervisor").get("/batches/archives").text
    refused(desk)
    refused(desk, **NEXT_DAY)
    refused(desk, **LONG_AGO)
    nobody_can_read(desk)
    asked = supervisor.get("/batches/archives").text
    address = ordered(desk)
    made(desk, QuickHand())

    files = files_in(taken(desk, address))
    told, page = verified(zipped(files, tmp_path / "a.zip")).output, supervisor.get(address).text

    assert json.loads(files["manifest.json"])["waiting"] == {"of_period": 2, "unread": 1}
    assert 'not-here absent"' in files["index.html"].decode()
    for text in (files["index.html"].decode(), files["README.txt"].decode(), page):
        assert "尚未录入的：2 份" in text
        assert "无法读出日期、尚未录入的记录：1 份" in text
        assert "后续进展" in text
    for path in ("index-en.html", "README.txt"):
        assert "under “Records to check”: 2." in files[path].decode()
    assert "2 records of the period had not been entered when it was made, and 1 of which nobody can read" in told
    assert "现有 4 份" in asked
    assert all("message message-wait" in text for text in (asked, page))
    assert "message-wait" not in before
    assert "9月1日至11月24日" in asked.replace(" ", "").replace("2026年", "")
    assert "待核实记录”中等待录入" not in before


def test_where_nothing_waited_only_the_moment_is_said(desk: Desk, tmp_path: Path) -> None:
    desk.visit()
    address = ordered(desk)
    made(desk, QuickHand())

    files = files_in(taken(desk, address))

    assert json.loads(files["manifest.json"])["waiting"] == {"of_period": 0, "unread": 0}
    assert "生成于" in files["index.html"].decode()
    assert 'not-here absent"' not in files["index.html"].decode(), "nothing to be alarmed about"
    assert "尚未录入" not in files["index.html"].decode() + files["README.txt"].decode()
    assert "Waiting" not in verified(zipped(files, tmp_path / "a.zip")).output


def test_what_is_entered_but_asks_for_a_look_is_in_it_and_not_counted(desk: Desk) -> None:
    issue_id = desk.issue()
    task_id, round_ = desk.rectified(issue_id)
    answer = {"task_id": task_id, "issue_id": issue_id, "round": round_, "answer": "satisfied", "reason": ""}
    for _answered in range(2):  # the second answer moves nothing any more: it is entered, for a person to look at
        desk.visit(task_ids=[task_id], answers=[answer])

    assert "/records/" in desk.browser("supervisor").get("/").text
    address = ordered(desk)
    made(desk, QuickHand())

    manifest = json.loads(files_in(taken(desk, address))["manifest.json"])
    assert (len(manifest["records"]), manifest["waiting"]) == (3, {"of_period": 0, "unread": 0})


def test_a_record_of_a_day_that_no_calendar_holds_stops_nobody(desk: Desk) -> None:
    visit = desk.tablet.a_visit(desk.estate_id, desk.unit_id)
    visit["body"]["started_at"] = "9999-12-31T23:59:59-12:00"
    [receipt] = desk.tablet.receipts(desk.tablet.freeze(visit))
    assert receipt["status"] == "rejected"
    desk.visit()

    page = desk.browser("supervisor").get("/batches/archives")

    assert page.status_code == 200
    assert "11月23日" in page.text, "the day on which it was saved"


def test_a_period_counts_from_midnight_to_midnight_where_the_estate_stands() -> None:
    days = month_of(TODAY)
    begin, end = days.moments("Asia/Shanghai")

    counted = waiting_within(days, "Asia/Shanghai", [begin, end, NOW, None, now().replace(year=1999)])

    assert (counted.of_period, counted.unread) == (2, 1)
