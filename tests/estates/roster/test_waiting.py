"""A roster waits a day for its confirmation, in its own estate, and is gone without trace afterwards."""

from datetime import timedelta

import pytest

from app.core import blobs
from app.core.db import db
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.previews import KEPT_FOR
from app.estates.roster.waiting import WaitingRoster, unconfirmed
from tests.builders import NOW
from tests.estates.roster.builders import the_roster, under_headings

pytestmark = pytest.mark.usefixtures("context")


def test_a_roster_comes_back_as_it_was_read() -> None:
    kept = a_waiting_roster()

    assert unconfirmed.fetch(unconfirmed.keep(kept), kept.estate_id) == kept


def test_it_does_not_wait_in_another_estate() -> None:
    key = unconfirmed.keep(a_waiting_roster())

    with pytest.raises(NotFound):
        unconfirmed.fetch(key, new_id())


def test_it_is_thrown_away_after_a_day_by_whoever_uploads_next() -> None:
    old = a_waiting_roster()
    key = unconfirmed.keep(old)
    db.session.flush()

    unconfirmed.keep(a_waiting_roster(at=NOW + KEPT_FOR + timedelta(minutes=1)))

    assert not blobs.path_of(key).exists()
    with pytest.raises(NotFound):
        unconfirmed.fetch(key, old.estate_id)


def test_one_whose_bytes_are_gone_is_not_there() -> None:
    kept = a_waiting_roster()
    key = unconfirmed.keep(kept)
    blobs.path_of(key).unlink()

    with pytest.raises(NotFound):
        unconfirmed.fetch(key, kept.estate_id)


def test_photos_are_never_thrown_away_as_rosters() -> None:
    key = blobs.keep(b"a photo", "image/jpeg", at=NOW - KEPT_FOR * 9)

    unconfirmed.forget(key)
    unconfirmed.keep(a_waiting_roster())

    assert blobs.path_of(key).exists()


def a_waiting_roster(at=NOW) -> WaitingRoster:
    roster = the_roster(
        under_headings(["3栋", "1单元", 1202.0, "陈建国、李敏", 13812345678.0], ["合计", "", "", "", "1户"])
    )
    return WaitingRoster(estate_id=new_id(), staff_id=new_id(), file="业主.xlsx", at=at, roster=roster)
