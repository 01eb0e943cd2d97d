"""Nothing is left out of an archive unseen: what its own journal tells of is in it, and nothing else is missed."""

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core.clock import isoformat, local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.documents.archive.archive_check import verify_archive
from app.documents.archive.archive_format import Manifest
from app.documents.archive.left_out import LeftOut
from app.jobs import archiving
from app.sync.kept import not_entered
from tests.builders import NOW
from tests.documents.archived import (
    QuickHand,
    close_the_journal,
    days_around,
    files_in,
    made,
    one,
    ordered,
    something_beside_the_visits,
    taken,
    until_today,
    zipped,
)
from tests.documents.test_archive_check import verified
from tests.documents.whole_archive import whole_archive, with_manifest
from tests.office.conftest import Desk, desk
from tests.office.test_batches import Desks, desks, gathered
from tests.visits.kept import an_attempt

__all__ = ["desk", "desks", "gathered"]

VECTORS = Path(__file__).parents[1] / "vectors"


def test_a_whole_archive_holds_all_that_its_journal_tells_of(desks: Desks, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(whole_archive(desks))

    found, told = verify_archive(tmp_path / "a.zip", []), verified(tmp_path / "a.zip")

    assert found.wrong == []
    beside = Counter(found.matters)
    del beside["calls"], beside["register"]  # lists of a month: no line is about one
    del beside["attempt"]
    assert found.told_of is not None
    assert found.told_of >= beside.total() + 2
    assert f"Complete   {found.told_of} visits and matters that these lines tell of are in it" in told.output


@pytest.mark.parametrize("type_", ["attempt", "inspection", "issue", "complaint", "plan", "special", "batch", "year"])
def test_a_matter_that_is_not_there_is_missed(desks: Desks, tmp_path: Path, type_: str) -> None:
    files = files_in(whole_archive(desks))
    manifest = json.loads(files["manifest.json"])
    gone = next(entry for entry in manifest["entries"] if entry["type"] == type_)
    less = with_manifest(
        files,
        entries=[entry for entry in manifest["entries"] if entry != gone],
        files=[file for file in manifest["files"] if file["of"] != gone["number"]],
    )

    wrong = verify_archive(zipped(less, tmp_path / "a.zip"), []).wrong

    missed = [words for words in wrong if words.endswith(f"that is not in the archive: {gone['id']}")]
    assert len(missed) == 1, wrong
    assert missed[0].startswith("journal/lines.jsonl: line ")


def test_a_visit_that_is_not_there_is_missed(desks: Desks, tmp_path: Path) -> None:
    files = files_in(whole_archive(desks))
    gone, *others = json.loads(files["manifest.json"])["records"]

    wrong = verify_archive(zipped(with_manifest(files, records=others), tmp_path / "a.zip"), []).wrong

    assert [words for words in wrong if f"tells of a visit that is not in the archive: {gone['id']}" in words]


def test_an_issue_that_the_office_itself_leaves_out_is_missed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made and signed by the company as any other: nothing but its journal tells that an issue is not in it."""
    something_beside_the_visits(desk)
    close_the_journal(desk)
    whole = taken(desk, _made(desk))
    [issue] = [entry for entry in json.loads(files_in(whole)["manifest.json"])["entries"] if entry["type"] == "issue"]
    fewer = [replace(kind, within=lambda _estate, _days: []) if kind.type == "issue" else kind for kind in _kinds()]
    monkeypatch.setattr(archiving, "MATTERS", tuple(fewer))
    (tmp_path / "whole.zip").write_bytes(whole)
    (tmp_path / "less.zip").write_bytes(taken(desk, _made(desk)))

    before, found = verify_archive(tmp_path / "whole.zip", []), verify_archive(tmp_path / "less.zip", [])

    assert before.wrong == []
    [words] = found.wrong
    assert words.endswith(f"(issue:recorded) tells of an issue that is not in the archive: {issue['id']}")
    told = verified(tmp_path / "less.zip")
    assert (told.exit_code, words in told.output.splitlines()[-1]) == (1, True)


def test_what_went_on_in_a_period_is_in_it_though_it_was_raised_before(desk: Desk, tmp_path: Path) -> None:
    at = now()
    something_beside_the_visits(desk)  # days ago by the tablet's clock; it arrives, and is routed, today
    desk.bring_in(an_attempt(desk, tried_at=isoformat(at)))  # type: ignore[arg-type] - a desk has all that is asked
    close_the_journal(desk)
    today = local_date(at, "Asia/Shanghai").isoformat()
    address = ordered(desk, first=today, last=today)
    made(desk)

    found = verify_archive(zipped(files_in(taken(desk, address)), tmp_path / "a.zip"), [])

    assert (found.wrong, found.told_of, found.matters) == ([], 2, {"attempt": 1, "issue": 1})


def test_a_journal_that_is_not_in_the_manifest_is_missed(desk: Desk, tmp_path: Path) -> None:
    something_beside_the_visits(desk)
    files = files_in(taken(desk, _made(desk)))
    kept = [file for file in json.loads(files["manifest.json"])["files"] if not file["path"].startswith("journal/")]
    less = {path: content for path, content in files.items() if not path.startswith("journal/")}

    wrong = verify_archive(zipped(with_manifest(less, files=kept), tmp_path / "a.zip"), []).wrong

    assert {"journal/lines.jsonl: not in the manifest", "journal/days.jsonl: not in the manifest"} <= set(wrong)


def test_what_comes_while_an_archive_is_made_is_not_missed_in_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was chosen before; the day is over meanwhile, and its journal closed with what came last."""
    monkeypatch.setattr(archiving, "_TOLD_EVERY", 0.0)

    def meanwhile() -> None:
        desk.bring_in(desk.tablet.an_inspection(desk.estate_id))
        db.session.rollback()  # a request of its own would have ended it
        close_the_journal(desk)

    desk.visit()
    first = ordered(desk, **until_today())
    archiving.make_next_archive(desk.app, QuickHand(), now(), not_entered, meanwhile=meanwhile)
    second = _made(desk, QuickHand())

    found, later = (
        verify_archive(zipped(files_in(taken(desk, address)), tmp_path / "a.zip"), []) for address in (first, second)
    )

    assert (found.days, found.told_of) == (0, 0)
    assert not any("not in the archive" in words for words in found.wrong)
    assert later.told_of == 3


FIRST_DAY = NOW - timedelta(days=1)
"""Of `days_around`."""
BEFORE, AFTER = FIRST_DAY - timedelta(days=1), NOW + timedelta(days=2)


@pytest.mark.parametrize(
    ("subject", "kind", "at", "data", "missed"),
    [
        ("issue", "issue:routed", NOW, {}, True),
        ("issue", "wait:escalated", NOW, {}, True),
        ("issue", "issue:routed", BEFORE, {}, False),
        ("issue", "issue:routed", AFTER, {}, False),
        ("issue", "issue:routed", NOW, ["no canonical form", "{}"], True),
        ("issue_report", "wait:escalated", NOW, {}, False),
        ("complaint", "complaint:reviewed", NOW, {}, True),
        ("visit", "visit:held", AFTER, {"took_place_at": isoformat(NOW)}, True),
        ("visit", "visit:held", NOW, {"took_place_at": isoformat(BEFORE)}, False),
        ("visit", "visit:held", NOW, {"took_place_at": isoformat(AFTER)}, False),
        ("visit", "visit:held", NOW, {"unit": "of an older version"}, False),
        ("visit", "visit:appended", NOW, {}, False),
        ("visit", "record:archive", NOW, {"batch": str(new_id())}, False),
        ("attempt", "attempt:recorded", NOW, {"took_place_at": isoformat(FIRST_DAY)}, True),
        ("inspection", "inspection:recorded", NOW, {"took_place_at": isoformat(BEFORE)}, False),
        ("special_visit", "special:ordered", NOW, {"homes": 1}, True),
        ("special_visit", "special:put_off", NOW, {"due_on": "2026-11-23"}, False),
        ("plan", "plan:proposed", NOW, {"month": "2026-11"}, False),
        ("plan", "plan:submit", NOW, {"round": 1}, False),
        ("plan", "plan:put_to_work", BEFORE, {"month": "2026-11"}, True),
        ("plan", "plan:put_to_work", NOW, {"month": "2026-12"}, False),
        ("survey", "survey:issued", NOW, {"homes": 2}, True),
        ("survey", "survey:handed_up", NOW, {}, False),
        ("survey", "survey:read", NOW, {}, True),
        ("survey", "survey:read", AFTER, {}, False),
        ("survey_meeting", "meeting:recorded", NOW, {}, True),
        ("survey_meeting", "meeting:called", NOW, {}, False),
        ("survey_sheet", "sheet:collected", NOW, {}, True),
        ("survey_sheet", "sheet:collected", BEFORE, {}, False),
        ("survey_sheet", "sheet:declined", NOW, {}, False),
        ("records", "records:archive", NOW, {"round": 1}, False),
        ("task", "task:made", NOW, {}, False),
    ],
)
def test_only_what_is_certain_is_missed(subject: str, kind: str, at: datetime, data: Any, missed: bool) -> None:
    """A line of the period is not enough: what it is about may belong to another, or be undone on an open day."""
    line = {"seq": 1, "at": at.isoformat(), "kind": kind, "subject_type": subject, "subject_id": "x", "data": data}
    looking = LeftOut(_an_empty_manifest())

    looking.look_at(json.dumps(line).encode())
    looking.look_at(b"")

    assert bool(looking.missing) == missed
    assert looking.told_of == set()


def test_an_archive_of_the_second_format_is_verified_as_ever_and_said_not_to_be_compared(tmp_path: Path) -> None:
    """Made by the program when what went in was chosen before its journal was read."""
    file = VECTORS / "archive-v2.zip"
    files = files_in(file.read_bytes())
    tampered = zipped(files | {one(files, "attempt.json"): b"{}"}, tmp_path / "a.zip")

    whole, altered = verified(file), verify_archive(tampered, [])

    assert (whole.exit_code, whole.output.splitlines()[-1][:7]) == (0, "Whole: ")
    assert "Complete   not compared" in whole.output
    assert altered.wrong == [f"{one(files, 'attempt.json')}: changed"]


def _made(desk: Desk, hand: QuickHand | None = None) -> str:
    address = ordered(desk, **until_today())
    made(desk, hand)
    return address


def _kinds() -> Any:
    return archiving.MATTERS


def _an_empty_manifest() -> Manifest:
    days, whose = days_around(), ("id", "code", "name_zh", "name_en", "company_zh", "company_en")
    return Manifest.model_validate(
        {
            "format": "doorstep/archive",
            "v": 3,
            "estate": dict.fromkeys(whose, "x") | {"time_zone": "Asia/Shanghai"},
            "period": {"first": days["first"], "last": days["last"]},
            "made_at": NOW,
            "languages": ["zh"],
            "records": [],
            "files": [],
            "absent": [],
        }
    )
