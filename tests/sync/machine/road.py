"""The road between tablets and office: what travels on it can be lost, doubled, delayed, cut or damaged."""

import enum
import itertools
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.sync.machine.messages import Answer, Ask, NotReached

PATIENCE = 60  # seconds; nothing that waits here waits as long unless it is broken


class Fault(enum.Enum):
    """What can befall one question."""

    NONE = "none"
    ASK_LOST = "ask lost"
    ANSWER_LOST = "answer lost"
    ANSWER_CUT = "answer cut"
    TWICE = "twice"
    TWICE_AT_ONCE = "twice at once"
    COPY_COMES_LATE = "copy comes late"
    COMES_LATE = "comes late"
    BUSY = "503, not heard"
    GATEWAY = "502, but heard"
    DAMAGED = "damaged"
    CUT = "cut"
    DIES_FIRST = "office dies at its first commit"
    DIES_SECOND = "office dies at its second commit"
    DIES_THIRD = "office dies at its third commit"


class Road:
    """The way to one office.

    `late` is what is still under way; `told` the receipts that ever came for each operation and digest; `whole` the
    photos that the office called complete.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.asked = 0
        self.late: list[Ask] = []
        self.told: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.whole: set[str] = set()

    def carry(self, ask: Ask, fault: Fault = Fault.NONE) -> Answer:
        """The answer as it reaches the tablet. Raises NotReached."""
        return _CARRIERS[fault](self, ask)

    def ask(self, ask: Ask) -> Answer:
        """Ask the office itself."""
        got = self._app.test_client().open(ask.path, method=ask.method, data=ask.body, headers=ask.all_headers)
        answer = Answer(got.status_code, got.text, dict(got.headers))
        self._listen(ask, answer)
        self.asked += 1
        return answer

    def forget(self) -> None:
        """The office was brought back from a backup: what it told since is not known there any more."""
        self.told.clear()
        self.whole.clear()

    def _listen(self, ask: Ask, answer: Answer) -> None:
        if answer.status == 200 and ask.path.endswith("/push"):
            for receipt in answer.json["receipts"]:
                if receipt.get("code") not in ("operation:hash_differs", "operation:digest_differs"):
                    self.told[receipt["op_id"], receipt["digest"]].add(json.dumps(receipt))
        if answer.headers.get("Upload-Complete") == "?1":
            self.whole.add(ask.path.rpartition("/")[2])

    def one_arrives_late(self, which: int) -> Answer:
        """Something that was under way for long reaches the office; nobody waits for its answer."""
        return self.ask(self.late.pop(which % len(self.late)))

    # --- faults ---

    def _ask_lost(self, _ask: Ask) -> Answer:
        raise NotReached

    def _answer_lost(self, ask: Ask) -> Answer:
        self.ask(ask)
        raise NotReached

    def _answer_cut(self, ask: Ask) -> Answer:
        answer = self.ask(ask)
        if not answer.text:
            raise NotReached
        return replace(answer, text=answer.text[: len(answer.text) // 2])

    def _twice(self, ask: Ask) -> Answer:
        self.ask(ask)
        return self.ask(ask)

    def _twice_at_once(self, ask: Ask) -> Answer:
        answers, together = [], threading.Barrier(2)

        def one() -> None:
            together.wait(PATIENCE)
            answers.append(self.ask(ask))

        threads = [threading.Thread(target=one) for _i in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert len(answers) == 2, "one of two copies was not answered"
        return answers[0]

    def _copy_comes_late(self, ask: Ask) -> Answer:
        self.late.append(ask)
        return self.ask(ask)

    def _comes_late(self, ask: Ask) -> Answer:
        self.late.append(ask)
        raise NotReached

    def _busy(self, _ask: Ask) -> Answer:
        return Answer(503, "<html>try later</html>", {})

    def _gateway(self, ask: Ask) -> Answer:
        self.ask(ask)
        return Answer(502, "<html>bad gateway</html>", {})

    def _damaged(self, ask: Ask) -> Answer:
        return self.ask(_damaged(ask))

    def _cut(self, ask: Ask) -> Answer:
        """Only the first bytes of a photo arrive; of anything else nothing that the office could read."""
        if ask.method == "PUT":
            self.ask(replace(ask, body=ask.body[: len(ask.body) // 2]))
        raise NotReached

    def _dies(self, ask: Ask, at_commit: int) -> Answer:
        """The server is gone before this commit; what it committed earlier stays, and so do the files it wrote."""
        try:
            with dying(at_commit):
                return self.ask(ask)
        except Died as death:
            raise NotReached from death


_here = threading.local()
"""What this thread does before it commits, in `before_commit`."""


@event.listens_for(Session, "before_commit", insert=True)
def _before_commit(session: Session) -> None:
    does = getattr(_here, "before_commit", None)
    if does and not session.in_nested_transaction():
        does(session)


class Died(BaseException):
    """The server died at this point: nothing catches it."""


@contextmanager
def dying(at_commit: int) -> Iterator[None]:
    """Die in this thread at its n-th commit."""
    commits = itertools.count(1)

    def before_commit(_session: Session) -> None:
        if next(commits) == at_commit:
            raise Died

    _here.before_commit = before_commit
    try:
        yield
    finally:
        _here.before_commit = None


_CARRIERS: dict[Fault, Callable[[Road, Ask], Answer]] = {
    Fault.NONE: Road.ask,
    Fault.ASK_LOST: Road._ask_lost,
    Fault.ANSWER_LOST: Road._answer_lost,
    Fault.ANSWER_CUT: Road._answer_cut,
    Fault.TWICE: Road._twice,
    Fault.TWICE_AT_ONCE: Road._twice_at_once,
    Fault.COPY_COMES_LATE: Road._copy_comes_late,
    Fault.COMES_LATE: Road._comes_late,
    Fault.BUSY: Road._busy,
    Fault.GATEWAY: Road._gateway,
    Fault.DAMAGED: Road._damaged,
    Fault.CUT: Road._cut,
    Fault.DIES_FIRST: lambda road, ask: road._dies(ask, 1),
    Fault.DIES_SECOND: lambda road, ask: road._dies(ask, 2),
    Fault.DIES_THIRD: lambda road, ask: road._dies(ask, 3),
}


def _damaged(ask: Ask) -> Ask:
    """With some bytes changed under way, in what the office can check against a hash."""
    if ask.method == "PUT":
        return replace(ask, body=bytes([ask.body[0] ^ 1]) + ask.body[1:])
    if not ask.path.endswith("/push"):
        return ask
    message = json.loads(ask.body)
    for sent in message["operations"][-1:]:
        sent["jwe"] = sent["jwe"][:-4] + ("AAAA" if sent["jwe"][-4:] != "AAAA" else "BBBB")
    return ask.saying(message)


class Slow:
    """Work that is held at the brink of its commit until `finish`: everything is written, nothing is to be seen yet."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._at_the_brink, self._go_on = threading.Event(), threading.Event()
        self._result: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,))
        self._thread.start()
        assert self._at_the_brink.wait(PATIENCE), "slow work does not come to its commit"

    def finish(self) -> Any:
        """Let it commit. Gives what the work gives, or raises what it raises."""
        self._go_on.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "slow work does not end"
        if self._error:
            raise self._error
        return self._result

    def _run(self, work: Callable[[], Any]) -> None:
        _here.before_commit = self._wait_once
        try:
            self._result = work()
        except BaseException as error:  # noqa: BLE001 - told to whoever finishes it
            self._error = error
        finally:
            self._at_the_brink.set()

    def _wait_once(self, session: Session) -> None:
        writes = session.info.get("journal")
        if writes and writes.lines and not self._at_the_brink.is_set():
            session.flush()
            self._at_the_brink.set()
            assert self._go_on.wait(PATIENCE), "nobody finishes slow work"


def lets_others_write(app: Flask) -> bool:
    """Whether somebody may write while another's transaction is open: SQLite has one writer at a time."""
    return sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name() == "postgresql"
