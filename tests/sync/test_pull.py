"""State comes down: all of it at first, then what changed, to those whose estate it is; and the digest proves it."""

import base64
import hashlib
import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.core import journal
from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import Doc
from app.estates.models import Estate, Unit
from app.people.models import Staff, StaffRole
from app.people.rules import MAY, Act, Role
from app.sync import views
from app.sync.models import Epoch
from tests.builders import NOBODY, NOW, a_home, a_staff, an_enrol_code, an_estate
from tests.model_tablet import ModelTablet
from tests.world import World

Json = dict[str, Any]
Name = tuple[str, str]


class Shelf:
    """What a tablet holds: it takes pages in as the real one does and computes the digest of what it has."""

    def __init__(self, tablet: ModelTablet) -> None:
        self.tablet, self.cursor = tablet, ""
        self.held: dict[Name, Json] = {}
        self.pages: list[Json] = []

    def pull(self) -> Json:
        """Pull until there is no more; the last page."""
        self.pages = []
        while True:
            page = self.tablet.pull(self.cursor)
            self.pages.append(page)
            self._take(page)
            self.cursor = page["cursor"]
            if not page["more"]:
                return page

    def _take(self, page: Json) -> None:
        self.held = {name: doc for name, doc in self.held.items() if doc["estate"] not in page["revoked"]}
        for change in page["changes"]:
            name = (change["type"], change["id"])
            if change.get("gone"):
                self.held.pop(name, None)
            else:
                self.held[name] = change

    @property
    def changes(self) -> list[Json]:
        return [change for page in self.pages for change in page["changes"]]

    def digest(self) -> Json:
        lines = sorted(f"{type_}:{id_}:{change['v']}\n" for (type_, id_), change in self.held.items())
        return {"count": len(lines), "sha256": hashlib.sha256("".join(lines).encode()).hexdigest()}

    def types(self) -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for type_, _id in self.held:
            counts[type_] += 1
        return dict(counts)


def visit(world: World, **wanted: Any) -> Json:
    operation = world.tablet.a_visit(world.estate_id, world.unit_id, **wanted)
    [receipt] = world.tablet.receipts(world.tablet.freeze(operation))
    return receipt | {"visit_id": operation["entity_id"]}


def another_officer(app: Flask, client: FlaskClient, estate_id: uuid.UUID, *roles: Role) -> ModelTablet:
    with app.app_context():
        code = an_enrol_code(a_staff(db.session.get_one(Estate, estate_id), *(roles or (Role.OFFICER,))))
        db.session.commit()
    return ModelTablet(client, code)


# --- first, then what changed ---


def test_a_new_tablet_gets_all_of_its_estate_and_can_prove_it(app: Flask, world: World) -> None:
    visit(world, issues=[world.tablet.an_issue()])
    shelf = Shelf(world.tablet)

    last = shelf.pull()

    assert shelf.types() == {"estate": 1, "unit": 1, "task": 1, "issue": 1, "record": 1}
    assert last["granted"] == [str(world.estate_id)]
    assert last["revoked"] == []
    assert last["digest"] == shelf.digest()
    with app.app_context():
        assert last["epoch"] == db.session.scalars(sa.select(Epoch.value)).one()


def test_after_that_only_what_changed_comes(world: World) -> None:
    shelf = Shelf(world.tablet)
    shelf.pull()

    receipt = visit(world, task_ids=[str(world.task_id)])
    last = shelf.pull()

    assert sorted(change["type"] for change in shelf.changes) == ["record", "task", "unit"]
    assert max(change["v"] for change in shelf.changes) == receipt["version"]
    assert (last["granted"], last["digest"]) == ([], shelf.digest())


def test_when_nothing_changed_nothing_comes_and_the_cursor_stays(world: World) -> None:
    shelf = Shelf(world.tablet)
    shelf.pull()
    cursor = shelf.cursor

    last = shelf.pull()

    assert (last["changes"], last["granted"], last["cursor"]) == ([], [], cursor)
    assert last["digest"] == shelf.digest()


def test_a_page_that_was_lost_on_the_way_comes_again(world: World) -> None:
    first, again = world.tablet.pull(""), world.tablet.pull("")

    assert (first["changes"], first["granted"]) == (again["changes"], again["granted"])


def test_nonsense_for_a_cursor_begins_anew(world: World) -> None:
    whole = world.tablet.pull("")

    for cursor in ("nonsense", "e30=", "bnVsbA==", "WzFd", "{}", "ÿ", whole["cursor"][:-4]):
        assert world.tablet.pull(cursor)["changes"] == whole["changes"], cursor


@pytest.mark.parametrize("seq", ["1e400", "-1e400", "NaN", "9" * 30, "-1", "true", "1.5", "[" * 2000 + "]" * 2000])
def test_a_cursor_that_is_no_place_in_the_journal_begins_anew(world: World, seq: str) -> None:
    whole = world.tablet.pull("")
    plain = base64.urlsafe_b64decode(whole["cursor"]).decode()
    cursor = base64.urlsafe_b64encode(re.sub(r":\d+}}$", f":{seq}}}}}", plain).encode()).decode()
    assert cursor != whole["cursor"]

    assert world.tablet.pull(cursor)["changes"] == whole["changes"]


# --- paging ---


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 3)


def test_the_head_of_a_page_says_where_the_next_begins(app: Flask, world: World, small_pages: None) -> None:
    with app.app_context():
        for _i in range(4):
            a_home(db.session.get_one(Estate, world.estate_id))
        db.session.commit()
    told, page = [], {"more": True, "cursor": ""}

    while page["more"]:
        answer = world.tablet.pulled(page["cursor"])
        page = answer.json
        told.append((answer.headers.get("Next-Cursor"), page["cursor"] if page["more"] else None))

    assert len(told) > 1
    assert all(in_head == in_page for in_head, in_page in told)


def test_pages_never_split_a_change_and_miss_nothing(app: Flask, world: World, small_pages: None) -> None:
    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        for _i in range(7):
            a_home(estate)
        several = [Doc("unit", unit.id) for unit in db.session.scalars(sa.select(Unit))]
        journal.write(estate.id, "estate:repainted", ("estate", estate.id), by=NOBODY, at=NOW, changes=several)
        db.session.commit()
    for _i in range(4):
        visit(world, issues=[world.tablet.an_issue()])
    shelf = Shelf(world.tablet)

    last = shelf.pull()

    pages_of_version = defaultdict(set)
    for number, page in enumerate(shelf.pages):
        for change in page["changes"]:
            pages_of_version[change["v"]].add(number)
    assert len(shelf.pages) > 3
    assert {len(pages) for pages in pages_of_version.values()} == {1}
    assert shelf.types() == {"estate": 1, "unit": 8, "task": 1, "issue": 4, "record": 4}
    assert last["digest"] == shelf.digest()
    assert [("digest" in page, page["more"]) for page in shelf.pages[:-1]] == [(False, True)] * (len(shelf.pages) - 1)


def test_what_changes_while_pages_are_fetched_is_there_in_the_end(app: Flask, world: World, small_pages: None) -> None:
    for _i in range(4):
        visit(world)
    shelf = Shelf(world.tablet)

    page = world.tablet.pull("")
    shelf._take(page)
    shelf.cursor = page["cursor"]
    visit(world, task_ids=[str(world.task_id)], issues=[world.tablet.an_issue()])
    last = shelf.pull()

    assert last["digest"] == shelf.digest()
    assert shelf.types()["record"] == 5


def test_several_estates_come_page_by_page_too(app: Flask, world: World, small_pages: None) -> None:
    with app.app_context():
        for _i in range(2):
            estate = an_estate()
            a_home(estate)
            a_home(estate)
            add_role(world.officer_id, estate.id)
        db.session.commit()
    shelf = Shelf(world.tablet)

    last = shelf.pull()

    assert shelf.types() == {"estate": 3, "unit": 5, "task": 1}
    assert last["digest"] == shelf.digest()
    assert len({granted for page in shelf.pages for granted in page["granted"]}) == 3


# --- what is gone, what is whose ---


def test_what_is_gone_is_told_to_those_who_had_it_and_to_no_one_else(app: Flask, world: World) -> None:
    shelf, fresh = Shelf(world.tablet), Shelf(world.tablet)
    shelf.pull()
    with app.app_context():
        gone = (Doc("task", world.task_id, gone=True),)
        journal.write(world.estate_id, "task:withdrawn", ("task", world.task_id), by=NOBODY, at=NOW, changes=gone)
        db.session.commit()

    last = shelf.pull()
    fresh.pull()

    [change] = shelf.changes
    assert (change["type"], change["id"], change["gone"]) == ("task", str(world.task_id), True)
    assert "doc" not in change
    assert ("task", str(world.task_id)) not in fresh.held
    assert last["digest"] == shelf.digest() == fresh.digest()
    assert all(not change.get("gone") for change in fresh.changes)


def test_records_come_to_whoever_wrote_them_only(app: Flask, world: World, client: FlaskClient) -> None:
    receipt = visit(world)
    mine, theirs = Shelf(world.tablet), Shelf(another_officer(app, client, world.estate_id))

    for shelf in (mine, theirs):
        assert shelf.pull()["digest"] == shelf.digest()

    assert ("record", receipt["visit_id"]) in mine.held
    assert "record" not in theirs.types()
    assert {**theirs.types(), "record": 1} == mine.types()


@pytest.mark.parametrize("what", ["an inspection", "a note", "nothing readable"])
def test_what_comes_under_anothers_id_is_refused_and_takes_no_record_from_its_author(
    app: Flask, world: World, client: FlaskClient, what: str
) -> None:
    held = visit(world)
    mine, tablet = Shelf(world.tablet), another_officer(app, client, world.estate_id)
    mine.pull()
    before = dict(mine.held)
    operation = {
        "an inspection": tablet.an_inspection(world.estate_id) | {"entity_id": held["visit_id"]},
        "a note": tablet.an_addendum(world.estate_id, {"entity_id": held["visit_id"]})
        | {"entity_id": held["visit_id"]},
        "nothing readable": tablet.an_inspection(world.estate_id) | {"op_id": held["visit_id"], "body": {}},
    }[what]

    [receipt] = tablet.receipts(tablet.freeze(operation))
    last = mine.pull()

    assert (receipt["status"], mine.held) == ("rejected", before)
    assert last["digest"] == mine.digest()


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_only_those_who_carry_a_tablet_get_an_estate(app: Flask, world: World, client: FlaskClient, role: Role) -> None:
    shelf = Shelf(another_officer(app, client, world.estate_id, role))

    last = shelf.pull()

    assert bool(shelf.held) == (role in MAY[Act.CARRY_TABLET])
    assert last["digest"]["count"] == len(shelf.held)


FAR_EAST, FAR_WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"
"""Between them it is always two different days, and one of them is not the day in UTC."""


@pytest.mark.parametrize("zone", [FAR_EAST, FAR_WEST, "Asia/Shanghai"])
@pytest.mark.parametrize(
    ("since", "until", "serves"),
    [(0, None, True), (1, None, False), (-9, 1, True), (-9, 0, False), (0, 0, False), (-9, -1, False)],
)
def test_a_role_counts_from_its_first_day_to_the_day_before_its_end_where_the_estate_stands(
    app: Flask, world: World, zone: str, since: int, until: int | None, serves: bool
) -> None:
    with app.app_context():
        estate, today = an_estate(time_zone=zone), local_date(now(), zone)
        end = None if until is None else today + timedelta(days=until)
        add_role(world.officer_id, estate.id, today + timedelta(days=since), end)
        db.session.commit()
        estate_id = str(estate.id)

    last = Shelf(world.tablet).pull()

    assert (estate_id in last["granted"]) == serves


def test_a_grant_brings_an_estate_whole_and_a_revocation_takes_it_away(app: Flask, world: World) -> None:
    shelf = Shelf(world.tablet)
    shelf.pull()
    before = shelf.digest()
    with app.app_context():
        second = an_estate()
        a_home(second)
        role_id = add_role(world.officer_id, second.id)
        second_id = str(second.id)
        db.session.commit()

    granted = shelf.pull()
    assert granted["granted"] == [second_id]
    assert {change["estate"] for change in shelf.changes} == {second_id}
    assert (shelf.types()["estate"], granted["digest"]) == (2, shelf.digest())

    with app.app_context():
        db.session.get_one(StaffRole, role_id).until = date(2026, 1, 1)
        db.session.commit()
    revoked = shelf.pull()
    assert (revoked["revoked"], revoked["changes"]) == ([second_id], [])
    assert revoked["digest"] == shelf.digest() == before
    assert shelf.pull()["revoked"] == []


def test_nothing_of_another_estate_comes_down(app: Flask, world: World) -> None:
    with app.app_context():
        a_home(an_estate(), "别处的业主")
        db.session.commit()
    shelf = Shelf(world.tablet)

    shelf.pull()

    assert {change["estate"] for change in shelf.changes} == {str(world.estate_id)}
    assert "别处的业主" not in str(shelf.changes)


def test_after_a_restore_everything_comes_again_under_the_new_epoch(app: Flask, world: World) -> None:
    shelf = Shelf(world.tablet)
    shelf.pull()
    with app.app_context():
        db.session.execute(sa.update(Epoch).values(value="after the restore"))
        db.session.commit()

    page = world.tablet.pull(shelf.cursor)

    assert page["epoch"] == "after the restore"
    assert page["granted"] == [str(world.estate_id)]
    assert {(change["type"], change["id"]) for change in page["changes"]} == set(shelf.held)


def test_a_pull_changes_nothing(app: Flask, world: World) -> None:
    def everything() -> Iterator[list[Any]]:
        for table in db.metadata.sorted_tables:
            yield sorted(map(str, db.session.execute(sa.select(table)).all()))

    with app.app_context():
        before = list(everything())
        db.session.rollback()
    Shelf(world.tablet).pull()
    with app.app_context():
        assert list(everything()) == before


# --- who may read ---


@pytest.mark.parametrize("token", ["send_token", "nobody's", ""])
def test_a_pull_needs_the_read_token(world: World, client: FlaskClient, token: str) -> None:
    bearer = world.tablet.enrolled.get(token, token)

    answer = client.get("/sync/pull", headers={"Authorization": f"Bearer {bearer}"} if bearer else {})

    assert (answer.status_code, answer.json["code"]) == (401, "auth:token")


def test_whoever_left_reads_no_more(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        db.session.get_one(Staff, world.officer_id).left_at = NOW
        db.session.commit()

    answer = client.get("/sync/pull", headers={"Authorization": f"Bearer {world.tablet.enrolled['read_token']}"})

    assert (answer.status_code, answer.json["code"]) == (401, "auth:token")


def add_role(
    staff_id: uuid.UUID, estate_id: uuid.UUID, since: date = date(2025, 1, 1), until: date | None = None
) -> uuid.UUID:
    role = StaffRole(id=new_id(), staff_id=staff_id, estate_id=estate_id, role=Role.OFFICER, since=since, until=until)
    db.session.add(role)
    db.session.flush()
    return role.id
