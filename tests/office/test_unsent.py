"""Unsent work as a file: whatever way a record comes, it happens once, and a bad file changes nothing."""

import io
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.core.blobs import Photo
from app.core.clock import now
from app.core.db import db
from app.core.journal import JournalLine
from app.estates.models import Estate
from app.people.models import Device
from app.people.rules import Role
from app.people.tablets import revoke
from app.sync import handed_over
from app.sync.models import Operation, Upload
from app.visits.models import Addendum, Attempt, Visit
from tests.builders import NOBODY, a_home, a_staff, an_enrol_code, an_estate
from tests.model_tablet import ModelTablet
from tests.office.conftest import Desk, a_jpeg

MADE_AT = "2026-11-23T06:50:00.000Z"


def a_file(*lines: dict[str, Any], head: dict[str, Any] | None = None, end: dict[str, Any] | None = None) -> bytes:
    """A file as a tablet writes it."""
    counts = {"operations": sum("operation" in line for line in lines), "blobs": sum("blob" in line for line in lines)}
    first = {"format": "doorstep/unsent", "v": 2, "made_at": MADE_AT} | (head or {})
    return b"".join(json.dumps(line).encode() + b"\n" for line in (first, *lines, {"end": counts | (end or {})}))


def of(tablet: ModelTablet, frozen: dict[str, Any]) -> dict[str, Any]:
    return {"operation": frozen | {"device": tablet.device_id}}


def photo_of(tablet: ModelTablet, frozen: dict[str, Any], photo: dict[str, Any], content: bytes) -> dict[str, Any]:
    line = {"sealed": photo["sealed"], "op_id": frozen["op_id"], "device": tablet.device_id, "jwe": content.decode()}
    return {"blob": line}


def upload(browser: FlaskClient, content: bytes) -> Any:
    """The page that follows the upload."""
    data = {"file": (io.BytesIO(content), "doorstep-T01.doorstep")}
    return browser.post("/devices/unsent", data=data, follow_redirects=True, headers=COMING_FROM)


COMING_FROM = {"Referer": "http://localhost/devices/unsent"}


def take_in(browser: FlaskClient, content: bytes) -> Any:
    """Upload, look, confirm; the page that follows."""
    page = upload(browser, content)
    form = re.search(r'action="(/devices/unsent/[0-9a-f]{64})"', page.text)
    assert form is not None, page.text
    return browser.post(form[1], follow_redirects=True)


def count(app: Flask, kind: Any) -> int:
    with app.app_context():
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0)


def a_visit_with_a_photo(desk: Desk) -> tuple[dict[str, Any], dict[str, Any]]:
    """A frozen visit and the frozen photo it names, as lines of a file."""
    photo, content = desk.tablet.a_photo(a_jpeg(20, 10))
    issue = desk.tablet.an_issue(photos=[photo])
    visit = desk.tablet.freeze(desk.tablet.a_visit(desk.estate_id, desk.unit_id, issues=[issue]))
    return of(desk.tablet, visit), photo_of(desk.tablet, visit, photo, content)


def test_a_file_shows_first_what_it_holds(desk: Desk) -> None:
    visit, photo = a_visit_with_a_photo(desk)

    page = upload(desk.browser("supervisor"), a_file(visit, photo))

    assert "新记录：1，新照片：1" in page.text
    assert "T01" in page.text
    assert "李敏" in page.text
    assert count(desk.app, Operation) == 0


def test_what_a_file_holds_is_entered_as_if_it_had_been_sent(desk: Desk) -> None:
    visit, photo = a_visit_with_a_photo(desk)

    page = take_in(desk.browser("supervisor"), a_file(visit, photo))

    assert "已录入：1" in page.text
    with desk.app.app_context():
        held = db.session.scalars(sa.select(Visit)).one()
        assert (held.complete, str(held.device_id)) == (True, desk.tablet.device_id)
        assert db.session.scalars(sa.select(Photo)).one().arrived_at is not None
        line = db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "device:file_taken_in")).one()
        assert line.staff_id is not None
        assert line.data["operations"] == 1


def test_the_same_file_twice_and_the_tablet_after_all_enter_each_record_once(desk: Desk) -> None:
    visit, photo = a_visit_with_a_photo(desk)
    browser = desk.browser("supervisor")
    take_in(browser, a_file(visit, photo))
    frozen = {key: visit["operation"][key] for key in ("op_id", "op_seq", "digest", "jwe")}
    with desk.app.app_context():
        told = db.session.get_one(Operation, uuid.UUID(frozen["op_id"])).receipt

    second = upload(browser, a_file(visit, photo))
    answer = desk.tablet.push(frozen)

    assert "全部内容办公室已经有了" in second.text
    assert told in answer.text, "byte for byte"
    assert (count(desk.app, Visit), count(desk.app, Operation), count(desk.app, Upload)) == (1, 1, 1)


def test_an_addendum_that_waited_follows_the_visit_that_a_file_brings(desk: Desk) -> None:
    visit = desk.tablet.a_visit(desk.estate_id, desk.unit_id)
    note = desk.tablet.freeze(desk.tablet.an_addendum(desk.estate_id, visit))
    [waiting] = desk.tablet.receipts(note)

    take_in(desk.browser("supervisor"), a_file(of(desk.tablet, desk.tablet.freeze(visit))))

    assert waiting["code"] == "visit:not_here"
    assert (count(desk.app, Visit), count(desk.app, Addendum)) == (1, 1)


def test_a_photo_that_was_half_sent_is_completed_by_the_file(desk: Desk) -> None:
    visit, photo = a_visit_with_a_photo(desk)
    content = photo["blob"]["jwe"].encode()
    desk.tablet.upload(photo["blob"]["sealed"], content[:100], length=len(content))

    take_in(desk.browser("supervisor"), a_file(visit, photo))

    assert desk.tablet.ask_upload(photo["blob"]["sealed"]).headers["Upload-Complete"] == "?1"


def test_a_photo_with_other_bytes_is_left_out_and_the_record_waits_for_it(desk: Desk) -> None:
    visit, photo = a_visit_with_a_photo(desk)
    photo["blob"]["jwe"] = photo["blob"]["jwe"][:-4] + "AAAA"

    page = take_in(desk.browser("supervisor"), a_file(visit, photo))

    assert "照片：0" in page.text
    with desk.app.app_context():
        assert not db.session.scalars(sa.select(Visit)).one().complete


def test_work_of_a_withdrawn_tablet_is_for_a_person_to_look_at(desk: Desk) -> None:
    visit, photo = a_visit_with_a_photo(desk)
    with desk.app.app_context():
        revoke(db.session.get_one(Device, uuid.UUID(desk.tablet.device_id)), by=NOBODY, at=now())
        db.session.commit()

    page = take_in(desk.browser("supervisor"), a_file(visit, photo))

    assert "待查看：1" in page.text
    with desk.app.app_context():
        assert db.session.scalars(sa.select(Operation)).one().status == "review"


def test_a_record_of_a_tablet_that_is_not_ours_is_left_out(desk: Desk) -> None:
    visit, _photo = a_visit_with_a_photo(desk)
    visit["operation"]["device"] = str(uuid.uuid4())

    page = upload(desk.browser("supervisor"), a_file(visit))

    assert "不属于我们的平板" in page.text
    assert count(desk.app, Operation) == 0


def test_a_record_of_another_estate_is_left_for_its_own_office(desk: Desk) -> None:
    with desk.app.app_context():
        estate = an_estate()
        home, officer = a_home(estate), a_staff(estate, Role.OFFICER)
        code, ids = an_enrol_code(officer), (estate.id, home.id)
        db.session.commit()
    tablet = ModelTablet(desk.app.test_client(), code)
    theirs = tablet.freeze(tablet.a_visit(*ids))
    mine, _photo = a_visit_with_a_photo(desk)

    take_in(desk.browser("supervisor"), a_file(of(tablet, theirs), mine))

    with desk.app.app_context():
        assert [operation.estate_id for operation in db.session.scalars(sa.select(Operation))] == [desk.estate_id]


def test_a_forged_visit_does_not_pass_for_the_tablets_own(desk: Desk) -> None:
    """Whoever knows the office's public key can encrypt to it; the tablet's seal under the signatures they have not."""
    with desk.app.app_context():
        other = ModelTablet(desk.app.test_client(), _code_for_a_colleague(desk))
    forged = other.freeze(other.a_visit(desk.estate_id, desk.unit_id))

    take_in(desk.browser("supervisor"), a_file(of(desk.tablet, forged)))

    assert count(desk.app, Visit) == 0
    with desk.app.app_context():
        assert db.session.scalars(sa.select(Operation.status)).one() == "rejected"


BAD = {
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "nothing": b"",
    "another JSON": b'{"some": "thing"}\n{"end": {"operations": 0, "blobs": 0}}\n',
    "a list": b"[]\n",
    "a later version": a_file(head={"v": 3}),
    "an end that counts more": a_file(end={"operations": 2}),
    "no end": a_file().splitlines()[0] + b"\n",
    "a line cut off": a_file()[:-8],
    "a record that is none": a_file({"operation": {"op_id": "x"}}),
    "a line that is nothing": a_file({"what": 1}),
    "deep nesting": a_file().splitlines()[0] + b"\n" + b"[" * 100_000,
}


@pytest.mark.parametrize("what", BAD, ids=lambda what: what.replace(" ", "_"))
def test_a_bad_file_is_refused_in_words_and_changes_nothing(desk: Desk, what: str) -> None:
    page = upload(desk.browser("supervisor"), BAD[what])

    assert "什么都没有改动" in page.text
    assert count(desk.app, Operation) == 0
    assert list(Path(desk.app.config["BLOBS"], "handed_over").iterdir()) == []


def test_a_cut_off_file_takes_nothing_of_what_it_still_holds(desk: Desk) -> None:
    visit, photo = a_visit_with_a_photo(desk)
    whole = a_file(visit, photo)

    page = upload(desk.browser("supervisor"), whole[: len(whole) // 2])

    assert "这个文件不完整" in page.text
    assert count(desk.app, Operation) == 0


def test_a_file_that_is_too_large_is_refused_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    visit, photo = a_visit_with_a_photo(desk)
    monkeypatch.setattr(handed_over, "LARGEST_FILE", 500)

    page = upload(desk.browser("supervisor"), a_file(visit, photo))

    assert "MB" in page.text
    assert count(desk.app, Operation) == 0


def test_a_file_larger_than_other_forms_may_be_is_read(desk: Desk) -> None:
    visit, _photo = a_visit_with_a_photo(desk)
    desk.app.config["MAX_CONTENT_LENGTH"] = 1000

    page = upload(desk.browser("supervisor"), a_file(visit))

    assert "新记录：1" in page.text


def test_photos_of_many_visits_have_room_in_a_file(desk: Desk) -> None:
    _visit, photo = a_visit_with_a_photo(desk)
    large = {"blob": photo["blob"] | {"jwe": "A" * 1_400_000}}

    with desk.app.app_context():
        key = handed_over.keep(io.BytesIO(a_file(*[large] * 50)), at=now())

    assert len(key) == 64


def test_no_file_and_one_that_is_gone_are_said(desk: Desk) -> None:
    browser = desk.browser("supervisor")

    none = browser.post("/devices/unsent", data={}, follow_redirects=True, headers=COMING_FROM)
    gone = browser.get(f"/devices/unsent/{'a' * 64}")

    assert "请先选择文件" in none.text
    assert (gone.status_code, "这个文件已经不在了" in gone.text) == (404, True)


def test_a_file_that_is_thrown_away_leaves_nothing(desk: Desk) -> None:
    visit, _photo = a_visit_with_a_photo(desk)
    browser = desk.browser("supervisor")
    key = re.search(r"/devices/unsent/([0-9a-f]{64})", upload(browser, a_file(visit)).text)
    assert key is not None

    browser.post(f"/devices/unsent/{key[1]}/drop")

    assert browser.get(f"/devices/unsent/{key[1]}").status_code == 404
    assert count(desk.app, Operation) == 0


def test_only_who_answers_for_it_takes_a_file_in(desk: Desk) -> None:
    assert desk.browser("officer").get("/devices/unsent").status_code == 403
    assert desk.browser("officer").post("/devices/unsent").status_code == 403
    assert count(desk.app, Attempt) == 0


def _code_for_a_colleague(desk: Desk) -> str:
    code = an_enrol_code(a_staff(db.session.get_one(Estate, desk.estate_id), Role.OFFICER, name="张华"))
    db.session.commit()
    return code


def test_a_colleague_who_is_done_first_takes_nothing_away_from_whoever_takes_in_the_same_file(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = desk.tablet.freeze(desk.tablet.a_visit(desk.estate_id, desk.unit_id))
    noted = handed_over._note

    def noted_when_the_colleague_is_done(file: Any, key: str, *args: Any, **more: Any) -> None:
        noted(file, key, *args, **more)
        handed_over.drop(key)

    monkeypatch.setattr(handed_over, "_note", noted_when_the_colleague_is_done)
    with app.app_context():
        key = handed_over.keep(io.BytesIO(a_file(of(desk.tablet, visit))), at=now())
        taken = handed_over.take_over(key, uuid.UUID(str(desk.estate_id)), by=NOBODY, at=now())

    assert taken == {"applied": 1}
    assert count(app, Visit) == 1
