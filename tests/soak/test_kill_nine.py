"""The server is killed with −9 during pushes, again and again: nothing acknowledged is lost, nothing happens twice."""

import http.client
import os
import random
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.core.clock import now
from tests.soak.server import KillableServer
from tests.sync.machine import invariants, world
from tests.sync.machine.desk import Memory
from tests.sync.machine.messages import Answer, Ask, NotReached, gone_through
from tests.sync.machine.road import Road
from tests.sync.machine.scene import Saved, Scene, look
from tests.sync.machine.tablet import SyncTablet
from tests.sync.machine.world import Talked, World, a_world

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("KILLS", "5"))
SEED = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(2**32))
GOOD = frozenset({"applied", "review"})
MOST = 6
"""Records that a tablet holds unsent before its officer rests."""
PATIENCE = 120  # seconds


class Wire(Road):
    """The road as it really is: a connection for each question, which breaks when the server dies."""

    def __init__(self, app: Flask, port: int) -> None:
        super().__init__(app)
        self._port, self._lock = port, threading.Lock()

    def ask(self, ask: Ask) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            line.request(ask.method, ask.path, ask.body or None, ask.all_headers)
            got = line.getresponse()
            answer = Answer(got.status, got.read().decode(), dict(got.headers))
        except (OSError, http.client.HTTPException) as broken:
            raise NotReached from broken
        finally:
            line.close()
        with self._lock:
            self._listen(ask, answer)
        return answer


class Day:
    """One tablet at work in a thread: it saves, sends, and sends again what it has handed in already."""

    def __init__(
        self, tablet: SyncTablet, road: Wire, chance: random.Random, sent: threading.Semaphore, open_: threading.Event
    ) -> None:
        self.tablet, self.road, self.saved, self.error = tablet, road, list[Saved](), ""
        self._chance, self._sent, self._open, self._over = chance, sent, open_, threading.Event()
        self.thread = threading.Thread(target=self._work)

    def end(self) -> None:
        self._over.set()

    def save(self) -> None:
        person = self.tablet.people[0]
        talked = Talked(matters=(False, True)[: self._chance.randrange(3)], photos=self._chance.randrange(2))
        operation, photos = world.visit(self.tablet, person, self._chance.randrange(9), talked)
        row = self.tablet.save(person, operation, photos)
        self.saved.append(Saved(self.tablet, person.staff_id, row, operation, GOOD, photos))

    def go_round(self) -> list[Exception]:
        """A round over the real wire."""

        def carry(ask: Ask) -> Answer:
            self._sent.release()
            return self.road.ask(ask)

        return gone_through(self.tablet.round(), carry)

    def _work(self) -> None:
        try:
            while not self._over.is_set():
                if len(self.tablet.unsent()) < MOST:
                    self.save()
                for row in self._chance.sample(sorted(self.tablet.rows), k=1):
                    self.tablet.rows[row].state = "here"  # as if its receipt had never come
                    self.tablet.rows[row].receipt = None
                self.go_round()
                assert self._open.wait(PATIENCE), "the office does not open again"
        except Exception as error:  # noqa: BLE001 - told to the test
            self.error = repr(error)


@pytest.fixture
def of(app: Flask, tmp_path: Path) -> World:
    """Two estates, three officers and their tablets."""
    return a_world(app, tmp_path)


@pytest.fixture
def server(of: World, tmp_path: Path, database_url: str) -> Iterator[KillableServer]:
    """The server on that database, running."""
    server = KillableServer(tmp_path, database_url)
    server.start()
    yield server
    server.kill()


def test_killed_at_any_moment_the_server_loses_and_doubles_nothing(of: World, server: KillableServer) -> None:
    chance, began, begun = random.Random(SEED), now(), time.monotonic()
    open_ = threading.Event()
    open_.set()
    sent, road = threading.Semaphore(0), Wire(of.app, server.port)
    tablets = [SyncTablet(f"tablet {n}", [people[0].anew()], now) for n, people in enumerate(of.carriers)]
    days = [Day(tablet, road, random.Random(f"{SEED}/{n}"), sent, open_) for n, tablet in enumerate(tablets)]
    for day in days:
        assert day.go_round() == []

    for day in days:
        day.thread.start()
    for kill in range(KILLS):
        for _question in range(chance.randrange(6, 45)):
            assert sent.acquire(timeout=PATIENCE), "nobody sends any more"
        if kill % 2:
            server.kill_worker()
        else:
            open_.clear()
            server.kill()
            server.start()
            open_.set()
    for day in days:
        day.end()
    for day in days:
        day.thread.join(PATIENCE)

    assert [day.error for day in days] == ["", "", ""]
    for day in days:
        assert day.go_round() == []
    scene = _scene(of, road, tablets, days, began)
    for holds in invariants.AT_ANY_MOMENT.values():
        holds(scene)
    invariants.at_rest_everything_has_arrived(scene)
    assert len(scene.saved) >= KILLS, "too little was sent to say anything"
    assert {str(one.operation_id) for one in scene.seen.visits.values()} == {one.row.op_id for one in scene.saved}
    assert {operation.status for operation in scene.seen.operations.values()} <= GOOD
    took = timedelta(seconds=round(time.monotonic() - begun))
    receipts, photos = len(road.told), len(road.whole)
    print(f"\nseed {SEED}, kills {KILLS}, visits {len(scene.saved)}, receipts {receipts}, photos {photos}, in {took}")


def _scene(of: World, road: Wire, tablets: list[SyncTablet], days: list[Day], began: datetime) -> Scene:
    return Scene(
        seen=look(of.app),
        saved=[saved for day in days for saved in day.saved],
        tablets=tablets,
        road=road,
        told=Memory(),
        serves=of.serves,
        withdrawn=set(),
        began=began,
        now=now() + timedelta(milliseconds=1),
        highest={},
    )
