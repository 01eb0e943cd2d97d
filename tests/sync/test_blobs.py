"""Photos come up piece by piece, are checked against their name, and complete the record that names them."""

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.core import arriving, blobs, journal
from app.core.blobs import Blob
from app.core.clock import now
from app.core.db import db
from app.jobs.due import JOBS
from app.people.models import Device
from app.people.tablets import revoke
from app.sync import uploads
from app.sync.keys import freeze
from app.sync.models import Upload
from app.visits.models import Visit
from tests.builders import NOBODY, NOW
from tests.model_tablet import ModelTablet
from tests.world import World

PICTURE = b"\xff\xd8 a photo of the ceiling " * 40
Json = dict[str, Any]


def a_record(world: World, *photos: Json) -> Json:
    """The receipt of a visit whose issue names these photos."""
    issues = [world.tablet.an_issue(photos=list(photos))]
    operation = world.tablet.a_visit(world.estate_id, world.unit_id, issues=issues)
    [receipt] = world.tablet.receipts(world.tablet.freeze(operation))
    return receipt


def the_visit(app: Flask) -> Visit:
    with app.app_context():
        return db.session.scalars(sa.select(Visit)).one()


def told(app: Flask) -> list[str]:
    """What the journal says of the visit."""
    with app.app_context():
        return [line.kind for line in journal.history(db.session.scalars(sa.select(Visit.id)).one())]


# --- piece by piece ---


def test_a_photo_comes_whole_and_is_kept_as_the_picture_it_is(app: Flask, world: World) -> None:
    photo, frozen = world.tablet.a_photo(PICTURE)

    answer = world.tablet.upload(photo["sealed"], frozen)

    assert answer.status_code == 200
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Complete"]) == (str(len(frozen)), "?1")
    with app.app_context():
        assert blobs.read(photo["sha256"]) == PICTURE


def test_an_upload_is_taken_up_where_it_was_cut_off(app: Flask, world: World) -> None:
    tablet = world.tablet
    photo, frozen = tablet.a_photo(PICTURE)
    sealed, half = photo["sealed"], len(frozen) // 2

    assert tablet.ask_upload(sealed).status_code == 404
    tablet.upload(sealed, frozen[:half], length=len(frozen))
    asked = tablet.ask_upload(sealed)
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Complete"]) == (str(half), "?0")
    rest = tablet.upload(sealed, frozen[half:], offset=half)

    assert rest.headers["Upload-Complete"] == "?1"
    with app.app_context():
        assert blobs.held(photo["sha256"])


@pytest.mark.parametrize("wrong", [-100, 100])
def test_a_piece_at_the_wrong_place_is_told_the_right_one(world: World, wrong: int) -> None:
    tablet = world.tablet
    photo, frozen = tablet.a_photo(PICTURE)
    half = len(frozen) // 2
    tablet.upload(photo["sealed"], frozen[:half], length=len(frozen))

    refused = tablet.upload(photo["sealed"], frozen[half + wrong :], offset=half + wrong)

    assert (refused.status_code, refused.json["code"]) == (409, "blob:offset_differs")
    assert refused.headers["Upload-Offset"] == str(half)
    assert tablet.upload(photo["sealed"], frozen[half:], offset=half).headers["Upload-Complete"] == "?1"


def test_bytes_that_reached_the_disk_but_not_the_database_are_written_over(app: Flask, world: World) -> None:
    """As after a server that was killed between the two."""
    tablet = world.tablet
    photo, frozen = tablet.a_photo(PICTURE)
    tablet.upload(photo["sealed"], frozen[:100], length=len(frozen))
    with app.app_context():
        arriving.append(photo["sealed"], 100, b"never heard of")

    assert tablet.upload(photo["sealed"], frozen[100:], offset=100).headers["Upload-Complete"] == "?1"


def test_a_photo_that_is_here_already_need_not_come_again(world: World) -> None:
    photo, frozen = world.tablet.a_photo(PICTURE)
    world.tablet.upload(photo["sealed"], frozen)

    again = world.tablet.upload(photo["sealed"], frozen)

    assert (again.status_code, again.headers["Upload-Complete"]) == (200, "?1")


# --- what is cleared away ---


def clear_up(at: datetime) -> None:
    """The job that does it."""
    [job] = [job for job in JOBS if job.name == "clear_up"]
    job.run(at)


def test_a_photo_that_came_whole_leaves_nothing_behind_of_its_parts(app: Flask, world: World) -> None:
    tablet = world.tablet
    photo, frozen = tablet.a_photo(PICTURE)
    tablet.upload(photo["sealed"], frozen[:100], length=len(frozen))

    tablet.upload(photo["sealed"], frozen[100:], offset=100)

    with app.app_context():
        assert arriving.held(photo["sealed"]) == 0
        assert blobs.read(photo["sha256"]) == PICTURE


def test_a_part_that_nobody_continued_goes_and_its_tablet_begins_anew(app: Flask, world: World) -> None:
    tablet = world.tablet
    photo, frozen = tablet.a_photo(PICTURE)
    receipt = a_record(world, photo)
    tablet.upload(photo["sealed"], frozen[:100], length=len(frozen))

    with app.app_context():
        clear_up(now() + arriving.WAITS_FOR + timedelta(minutes=1))
    late = tablet.upload(photo["sealed"], frozen[100:], offset=100)

    assert (late.status_code, late.json["code"], late.headers["Upload-Offset"]) == (409, "blob:offset_differs", "0")
    assert tablet.ask_upload(photo["sealed"]).headers["Upload-Offset"] == "0"
    assert tablet.upload(photo["sealed"], frozen).headers["Upload-Complete"] == "?1"
    assert (receipt["missing"], the_visit(app).complete) == ([photo["sealed"]], True)


def test_a_part_waits_for_its_tablet_since_it_was_last_continued(app: Flask, world: World) -> None:
    tablet = world.tablet
    photo, frozen = tablet.a_photo(PICTURE)
    tablet.upload(photo["sealed"], frozen[:100], length=len(frozen))
    with app.app_context():
        [part] = (Path(app.config["BLOBS"]) / "arriving").iterdir()
    os.utime(part, (0, 0))  # begun in 1970
    tablet.upload(photo["sealed"], frozen[100:200], offset=100, length=len(frozen))

    with app.app_context():
        clear_up(now() + arriving.WAITS_FOR - timedelta(minutes=1))

    assert tablet.upload(photo["sealed"], frozen[200:], offset=200).headers["Upload-Complete"] == "?1"


# --- what is not taken ---


def test_bytes_that_are_not_what_their_name_says_are_dropped_and_may_come_anew(app: Flask, world: World) -> None:
    tablet = world.tablet
    photo, frozen = tablet.a_photo(PICTURE)
    damaged = frozen[:-1] + b"!"

    refused = tablet.upload(photo["sealed"], damaged)

    assert (refused.status_code, refused.json["code"]) == (422, "blob:hash_differs")
    assert tablet.ask_upload(photo["sealed"]).status_code == 404
    with app.app_context():
        assert arriving.held(photo["sealed"]) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Blob)) == 0
    assert tablet.upload(photo["sealed"], frozen).headers["Upload-Complete"] == "?1"


def test_a_photo_that_came_whole_meanwhile_is_not_dropped_for_the_damaged_part_before_it(
    app: Flask, world: World, on_postgresql: bool
) -> None:
    """Somebody takes a file of unsent work in: a part that came over the network may be damaged, and comes anew."""
    photo, frozen = world.tablet.a_photo(PICTURE)
    sealed, half = photo["sealed"], len(frozen) // 2
    world.tablet.upload(sealed, frozen[:half], length=len(frozen))

    with app.app_context():
        part = uploads.upload_of(sealed)
        assert not part.complete
        if not on_postgresql:
            db.session.commit()  # SQLite lets nobody write over what another reads meanwhile
        comes_whole = threading.Thread(
            target=world.tablet.upload, args=(sealed, frozen[half:]), kwargs={"offset": half}
        )
        comes_whole.start()
        comes_whole.join()
        uploads.forget(sealed)
        db.session.commit()

    assert world.tablet.ask_upload(sealed).headers["Upload-Complete"] == "?1"


@pytest.mark.parametrize("kind", ["not frozen", "frozen as an operation", "frozen for another server"])
def test_what_cannot_be_opened_here_is_dropped(app: Flask, world: World, kind: str) -> None:
    stranger = world.tablet.enrolled["server_key"] | world.tablet.public_key()
    content = {
        "not frozen": PICTURE,
        "frozen as an operation": freeze(PICTURE, "doorstep-op", world.tablet.enrolled["server_key"]).encode(),
        "frozen for another server": freeze(PICTURE, "doorstep-blob", stranger).encode(),
    }[kind]
    sealed = hashlib.sha256(content).hexdigest()

    refused = world.tablet.upload(sealed, content)

    assert (refused.status_code, refused.json["code"]) == (422, "blob:unreadable")
    assert world.tablet.ask_upload(sealed).status_code == 404


@pytest.mark.parametrize("length", [uploads.LARGEST + 1, -1, 0])
def test_a_photo_of_an_impossible_size_is_refused_before_it_comes(world: World, length: int) -> None:
    headers = {"Upload-Offset": "0", "Upload-Length": str(length)} | world.tablet._sends()

    refused = world.tablet.client.put(f"/sync/blobs/{'a' * 64}", data=b"first bytes", headers=headers)

    assert (refused.status_code, refused.json["code"]) == (413, "blob:too_large")
    assert world.tablet.ask_upload("a" * 64).status_code == 404


def test_more_than_was_announced_is_refused(world: World) -> None:
    photo, frozen = world.tablet.a_photo(PICTURE)

    refused = world.tablet.upload(photo["sealed"], frozen, length=len(frozen) - 1)

    assert (refused.status_code, refused.json["code"]) == (422, "blob:length_differs")


def test_a_photo_that_began_under_another_length_begins_anew(world: World) -> None:
    photo, frozen = world.tablet.a_photo(PICTURE)
    sealed = photo["sealed"]
    world.tablet.upload(sealed, frozen[:10], length=11)

    refused = world.tablet.upload(sealed, frozen[10:], offset=10)
    again = world.tablet.upload(sealed, frozen)

    assert (refused.status_code, refused.json["code"]) == (422, "blob:length_differs")
    assert (again.status_code, again.headers["Upload-Complete"]) == (200, "?1")


@pytest.mark.parametrize("name", ["photo.jpg", "A" * 64, "a" * 63, "a" * 65, "%2e%2e", "..%2f..%2fkeys", "a" * 500])
def test_a_name_that_is_no_hash_is_not_found(app: Flask, world: World, name: str) -> None:
    answer = world.tablet.upload(name, b"bytes")

    assert answer.status_code == 404
    assert world.tablet.ask_upload(name).status_code == 404
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Upload)) == 0


@pytest.mark.parametrize("token", ["read_token", "nobody's"])
def test_photos_need_the_send_token(world: World, client: FlaskClient, token: str) -> None:
    photo, frozen = world.tablet.a_photo(PICTURE)
    headers = {"Authorization": f"Bearer {world.tablet.enrolled.get(token, token)}"}

    for answer in (
        client.put(f"/sync/blobs/{photo['sealed']}", data=frozen, headers=headers),
        client.head(f"/sync/blobs/{photo['sealed']}", headers=headers),
    ):
        assert answer.status_code == 401


def test_a_revoked_tablet_may_still_bring_its_photos(app: Flask, world: World) -> None:
    photo, frozen = world.tablet.a_photo(PICTURE)
    with app.app_context():
        revoke(db.session.scalars(sa.select(Device)).one(), by=NOBODY, at=NOW)
        db.session.commit()

    assert world.tablet.upload(photo["sealed"], frozen).headers["Upload-Complete"] == "?1"


# --- photo and record, whichever comes first ---


def test_a_photo_that_comes_after_its_record_completes_it(app: Flask, world: World) -> None:
    photo, frozen = world.tablet.a_photo(PICTURE)

    receipt = a_record(world, photo)
    assert receipt["missing"] == [photo["sealed"]]
    assert not the_visit(app).complete
    world.tablet.upload(photo["sealed"], frozen)

    assert the_visit(app).complete
    assert told(app) == ["visit:held", "visit:complete"]


def test_a_photo_that_comes_before_its_record_is_not_asked_for(app: Flask, world: World) -> None:
    photo, frozen = world.tablet.a_photo(PICTURE)
    world.tablet.upload(photo["sealed"], frozen)

    receipt = a_record(world, photo)

    assert receipt["missing"] == []
    assert the_visit(app).complete
    assert told(app) == ["visit:held"]


def test_a_record_is_complete_with_its_last_photo_only(app: Flask, world: World) -> None:
    (first, first_bytes), (second, second_bytes) = (world.tablet.a_photo(PICTURE + tail) for tail in (b"1", b"2"))

    receipt = a_record(world, first, second)
    world.tablet.upload(second["sealed"], second_bytes)
    after_one = the_visit(app).complete
    world.tablet.upload(first["sealed"], first_bytes)

    assert receipt["missing"] == [first["sealed"], second["sealed"]]
    assert (after_one, the_visit(app).complete) == (False, True)
    assert told(app) == ["visit:held", "visit:photo_arrived", "visit:complete"]


def test_another_picture_under_the_announced_name_does_not_complete_a_record(app: Flask, world: World) -> None:
    """The owner saw one picture; the tablet sends another one under the name that the record gave."""
    shown, _its_bytes = world.tablet.a_photo(PICTURE)
    other, other_bytes = world.tablet.a_photo(b"another picture")

    a_record(world, shown | {"sealed": other["sealed"]})
    world.tablet.upload(other["sealed"], other_bytes)

    assert not the_visit(app).complete
    assert told(app) == ["visit:held"]


def test_the_same_picture_named_by_two_records_completes_both(app: Flask, world: World) -> None:
    photo, frozen = world.tablet.a_photo(PICTURE)
    for _i in range(2):
        a_record(world, photo)

    world.tablet.upload(photo["sealed"], frozen)

    with app.app_context():
        assert list(db.session.scalars(sa.select(Visit.complete))) == [True, True]


# --- at the same moment ---


def at_the_same_moment(app: Flask, *works: Any) -> list[Any]:
    """Run each with a client of its own, all starting together."""
    together = threading.Barrier(len(works))

    def run(work: Any) -> Any:
        client = app.test_client()
        together.wait()
        return work(client)

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def uploading(tablet: ModelTablet, sealed: str, frozen: bytes) -> Any:
    headers = {"Upload-Offset": "0", "Upload-Length": str(len(frozen))} | tablet._sends()
    return lambda client: client.put(f"/sync/blobs/{sealed}", data=frozen, headers=headers)


def test_photos_and_their_record_at_the_same_moment_leave_it_complete(app: Flask, world: World) -> None:
    for turn in range(4):
        photos = [world.tablet.a_photo(PICTURE + bytes([turn, n])) for n in range(3)]
        issues = [world.tablet.an_issue(photos=[photo for photo, _frozen in photos])]
        visit = world.tablet.freeze(world.tablet.a_visit(world.estate_id, world.unit_id, issues=issues))

        answers = at_the_same_moment(
            app,
            lambda client, visit=visit: world.tablet.push(visit, client=client),
            *(uploading(world.tablet, photo["sealed"], frozen) for photo, frozen in photos),
        )

        assert [answer.status_code for answer in answers] == [200] * 4
        with app.app_context():
            assert not db.session.scalars(sa.select(Visit.id).where(Visit.complete.is_(False))).all()


def test_the_same_photo_twice_at_the_same_moment_is_taken_once(app: Flask, world: World) -> None:
    photo, frozen = world.tablet.a_photo(PICTURE)
    put = uploading(world.tablet, photo["sealed"], frozen)

    answers = at_the_same_moment(app, put, put, put)

    assert {answer.status_code for answer in answers} == {200}
    with app.app_context():
        assert blobs.read(photo["sha256"]) == PICTURE
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Blob)) == 1


def test_the_record_of_what_was_kept_without_effect_says_so_when_its_photo_comes(app: Flask, world: World) -> None:
    named, frozen = world.tablet.a_photo(PICTURE)
    leak = world.tablet.an_issue(category="no longer known", photos=[named])
    world.tablet.receipts(world.tablet.freeze(world.tablet.a_visit(world.estate_id, world.unit_id, issues=[leak])))
    before, last = world.tablet.pull_all()

    world.tablet.upload(named["sealed"], frozen)

    changed, _last = world.tablet.pull_all(last["cursor"])
    assert [change["doc"]["missing"] for name, change in before.items() if name[0] == "record"] == [[named["sealed"]]]
    assert [change["doc"]["missing"] for name, change in changed.items() if name[0] == "record"] == [[]]
