"""Supervisors at the office's own pages: they decide about records that were kept, and take in files of unsent work."""

import io
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.core.db import db
from app.sync import handed_over
from app.sync.contents import contents_of
from app.sync.deciding import Kept
from app.sync.kept import Wanted, find_kept
from app.sync.models import Operation
from app.sync.rules import CHOICES, Choice
from app.visits.messages import VisitHeld
from tests.sync.machine.road import PATIENCE, Died, dying
from tests.sync.machine.tablet import UnsentFile

DONE, OVERTAKEN, REFUSED = 302, 409, 422
OUTCOMES = {Choice.ENTER: "applied", Choice.SEEN: "seen", Choice.NOTE: "noted", Choice.SET_ASIDE: "set_aside"}
HANDS = ["one", "one", "again", "a colleague", "two at once", "dies"]
"""Who decides: one, the same twice on the same page, a colleague on a page as old, two at once; or the server dies."""


@dataclass(frozen=True)
class Memory:
    """What supervisors were told is done: operation and number → outcome; records and photos that a file brought."""

    decided: dict[tuple[str, int], str] = field(default_factory=dict)
    brought: frozenset[str] = frozenset()
    photos: frozenset[str] = frozenset()


class Desk:
    """The desks of a few estates, two supervisors at each."""

    def __init__(self, app: Flask, browsers: dict[str, list[FlaskClient]]) -> None:
        self._app, self._browsers = app, browsers
        self.told = Memory()
        self.happened: Counter[str] = Counter()
        self.acts = 0

    # --- records to check ---

    def decide(self, estate: str, which: int, choice: Choice, hands: str, *, corrected: bool = False) -> None:
        """Somebody decides about one of the records that were kept, as far as that is open there."""
        found = self._nth_kept(estate, which, choice)
        if found is None:
            return
        op_id, after, right = found
        form = {"after": str(after), "note": "已与业主电话核实"} | (right if corrected else {})
        answers = self._post_by(hands, self._browsers[estate], f"/records/{op_id}/{choice.value}", form)

        assert set(answers) <= {DONE, OVERTAKEN, REFUSED}, f"a decision was answered {answers}"
        assert answers.count(DONE) <= 1, "2: two were told that they decided about the same"
        if DONE in answers:
            self.told = Memory(
                self.told.decided | {(op_id, after + 1): OUTCOMES[choice]}, self.told.brought, self.told.photos
            )
        self.happened.update(f"{choice.value}{', corrected' * corrected}: {answer}" for answer in answers)
        self.acts += 1

    def _nth_kept(self, estate: str, which: int, choice: Choice) -> tuple[str, int, dict[str, str]] | None:
        """A record about which this choice is open: its id, how often it was decided, its corrections."""
        with self._app.app_context():
            every = [find_kept(uuid.UUID(estate), Wanted(decided=decided), count=1000)[0] for decided in (False, True)]
            kept = [one for some in every for one in some if choice in CHOICES[one.standing]]
            one = kept[which % len(kept)] if kept else None
            return (str(one.operation.op_id), len(one.decisions), _corrections(one)) if one else None

    def _post_by(self, hands: str, browsers: list[FlaskClient], path: str, form: dict[str, str]) -> list[int]:
        one, colleague = browsers
        answers: list[int] = []

        def post(browser: FlaskClient) -> None:
            answers.append(browser.post(path, data=form).status_code)

        if hands == "two at once":
            _at_once(lambda: post(one), lambda: post(colleague))
        elif hands == "dies":
            with suppress(Died), dying(1):
                post(one)
        else:
            post(one)
        if hands in ("again", "a colleague"):
            post(one if hands == "again" else colleague)
        return answers

    # --- files of unsent work ---

    def take_in(self, estate: str, file: UnsentFile, *, dies_at: int = 0, twice_at_once: bool = False) -> None:
        """Somebody uploads a file, looks at what it holds, and confirms; the server may die at its n-th commit."""
        one, colleague = self._browsers[estate]
        page = self._upload(one, file.content)
        if twice_at_once:
            self._upload(colleague, file.content)
        self._must_count_what_is_new(estate, file, page)
        answers: list[int] = []

        def confirm(browser: FlaskClient) -> None:
            answers.append(browser.post(page).status_code)

        if twice_at_once:
            _at_once(lambda: confirm(one), lambda: confirm(colleague))
        elif dies_at:
            with suppress(Died), dying(dies_at):
                confirm(one)
        else:
            confirm(one)
        # Of two who confirm at once the later one may find the file taken in and thrown away.
        assert set(answers) <= ({DONE, 404} if twice_at_once else {DONE}), f"a file was answered {answers}"
        if DONE in answers:
            self._remember(estate, file)
        self.happened.update(f"file: {answer}" for answer in answers)
        self.acts += 1

    def refuse_cut_off(self, estate: str, file: UnsentFile) -> None:
        """A file that lost its end is told apart at once."""
        form = {"file": (io.BytesIO(file.content[:-10]), "unsent.doorstep")}
        answer = self._browsers[estate][0].post("/devices/unsent", data=form)
        assert "/devices/unsent/" not in answer.headers.get("Location", ""), "5: half a file was taken for a whole one"
        self.acts += 1

    def _upload(self, browser: FlaskClient, content: bytes) -> str:
        """The address of the page that shows what the file holds."""
        answer = browser.post("/devices/unsent", data={"file": (io.BytesIO(content), "unsent.doorstep")})
        assert answer.status_code == DONE, answer.text
        return answer.headers["Location"]

    def _must_count_what_is_new(self, estate: str, file: UnsentFile, page: str) -> None:
        with self._app.app_context():
            found = handed_over.survey(page.rpartition("/")[2], uuid.UUID(estate))
            mine = [op_id for op_id in file.of(estate) if db.session.get(Operation, uuid.UUID(op_id)) is None]
            assert found.new == len(mine), f"2: the file was said to bring {found.new} new records, not {len(mine)}"
        self.happened["file: new records"] += len(mine)
        self.happened["file: known records"] += len(file.of(estate)) - len(mine)

    def _remember(self, estate: str, file: UnsentFile) -> None:
        told, away = self.told, file.estates.keys() - set(file.of(estate))
        photos = {sealed for sealed, op_id in file.photos.items() if op_id not in away}
        self.told = Memory(told.decided, told.brought | set(file.of(estate)), told.photos | photos)


def _corrections(kept: Kept) -> dict[str, str]:
    """Every issue of a record put under another category than the officer chose."""
    body = contents_of(kept.operation).body
    return {f"category-{issue.id}": "leak" for issue in body.issues} if isinstance(body, VisitHeld) else {}


def _at_once(*acts: Callable[[], Any]) -> None:
    together = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        together.wait(PATIENCE)
        act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "one of two at once does not end"
