"""Long papers at the press: each is printed by one hand, beside whatever the others print meanwhile."""

import os
import uuid
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from flask import Flask

from app.core.db import db, only_reading
from app.documents import how_far, shelf
from app.documents.at_the_press import waiting
from app.documents.long_papers import finish, give_up, note_failure, sheet_of
from app.documents.models import LongPaper
from app.documents.seal.seals import company_seal
from app.jobs.hand import Refusal, print_one
from app.jobs.turn import turn_at


@dataclass
class _Printing:
    """`turn`: our lock of this paper, to be given back."""

    mark: str
    paper: Future[bytes | Refusal]
    turn: ExitStack


class LongPapers:
    """The long papers that somebody prints just now for one press. Look again and again: nothing else moves them on."""

    def __init__(self, app: Flask, pool: Executor, clock: Callable[[], datetime]) -> None:
        self._app, self._pool, self._clock = app, pool, clock
        self._printing: dict[uuid.UUID, _Printing] = {}
        self._most = len(os.sched_getaffinity(0))

    def __enter__(self) -> "LongPapers":
        return self

    def __exit__(self, *_raised: object) -> None:
        """Let go of what is being printed: it waits again."""
        for printing in self._printing.values():
            printing.turn.close()
        self._printing.clear()

    @property
    def in_hand(self) -> int:
        """How many are being printed."""
        return len(self._printing)

    def look(self) -> None:
        """Put on the shelf what is printed, hand out what waits. Raises BrokenExecutor when nobody prints any more."""
        with self._app.app_context():
            for paper_id in [one for one, printing in self._printing.items() if printing.paper.done()]:
                self._take_in(paper_id, self._printing.pop(paper_id))
            for paper_id in self._waiting()[: self._most - self.in_hand]:
                self._hand_out(paper_id)

    def _waiting(self) -> list[uuid.UUID]:
        with only_reading():
            others = [paper_id for paper_id in waiting(LongPaper) if paper_id not in self._printing]
            db.session.rollback()
        return others

    def _hand_out(self, paper_id: uuid.UUID) -> None:
        with ExitStack() as turn:
            if not turn.enter_context(turn_at(f"paper {paper_id}")) or paper_id not in self._waiting():
                return  # another press prints it, or has
            with only_reading():
                paper = db.session.get_one(LongPaper, paper_id)
                sheet, mark = sheet_of(paper), paper.mark
                db.session.rollback()
            how_far.forget(paper_id)  # of a press that ended in the middle of it
            seals, noted_at = company_seal(sheet.estate.company, self._clock()), how_far.place(paper_id)
            printing = self._pool.submit(print_one, sheet, seals, noted_at)
            self._printing[paper_id] = _Printing(mark, printing, turn.pop_all())

    def _take_in(self, paper_id: uuid.UUID, printing: _Printing) -> None:
        """Whatever became of it, it is noted."""
        with printing.turn:
            how_far.forget(paper_id)
            paper = db.session.get(LongPaper, paper_id)
            if paper is None:
                return
            try:
                made = printing.paper.result()
                if isinstance(made, Refusal):
                    give_up(paper, made.code, made.letters, self._clock())
                else:
                    shelf.put(printing.mark, made)
                    finish(paper, self._clock())
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                self._app.logger.exception("paper %s could not be printed", paper_id)
                note_failure(db.session.get_one(LongPaper, paper_id), self._clock())
                db.session.commit()
                if isinstance(error, BrokenExecutor):
                    raise
