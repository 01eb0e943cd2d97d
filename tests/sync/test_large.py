"""Photos and visits as large as real ones are."""

import gc
import os

from flask import Flask
from joserfc.jwe import CompactEncryption

from app.sync.keys import open_frozen
from tests.sync.conftest import World

MEGABYTE = 1024 * 1024


def test_a_photo_of_a_megabyte_arrives(world: World) -> None:
    photo, frozen = world.tablet.a_photo(os.urandom(MEGABYTE))

    answer = world.tablet.upload(photo["sealed"], frozen)

    assert (answer.status_code, answer.headers["Upload-Complete"]) == (200, "?1")


def test_a_photo_that_was_opened_does_not_wait_in_memory_for_the_collector(context: Flask, world: World) -> None:
    _photo, frozen = world.tablet.a_photo(b"a picture")
    gc.collect()
    gc.disable()
    try:
        open_frozen(frozen.decode(), "doorstep-blob")
        left = [one for one in gc.get_objects() if isinstance(one, CompactEncryption)]
    finally:
        gc.enable()

    assert left == []


def test_a_visit_with_fifty_long_issues_arrives(world: World) -> None:
    issues = [world.tablet.an_issue("业主说了很多" * 200) for _i in range(50)]
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, issues=issues)

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert receipt["status"] == "applied"


def test_a_visit_with_more_issues_and_photos_than_anybody_expects_arrives(world: World) -> None:
    photo, _frozen = world.tablet.a_photo(b"a picture")
    many = [world.tablet.an_issue(photos=[photo] * 120), *(world.tablet.an_issue() for _i in range(120))]
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, issues=many)

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert receipt["status"] == "applied"
