"""What office and tablets hold at one moment, for the invariants to look at."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.core import blobs
from app.core.blobs import Photo
from app.core.db import db, only_reading
from app.core.journal import Counter, Feed, JournalLine
from app.documents.queries import sign_off_sheet
from app.issues.models import Issue, OwnerAnswer
from app.signatures.models import Signature, Statement
from app.surveys.models import SurveySheet
from app.sync.models import Decision, Epoch, Operation, Upload
from app.sync.rules import IN_EFFECT, Standing, standing
from app.visits.models import Addendum, Attempt, Inspection, Visit
from tests.sync.machine.desk import Memory
from tests.sync.machine.road import Road
from tests.sync.machine.tablet import Json, Name, Person, Row, SyncTablet


@dataclass
class Saved:
    """Something that a tablet called saved. `fate`: what its receipt may say, if its tablet is not withdrawn."""

    tablet: SyncTablet
    author: str
    row: Row
    operation: Json
    fate: frozenset[str]
    photos: list[tuple[Json, bytes]] = field(default_factory=list)


@dataclass
class Seen:
    """The rows of the office's database that matter here."""

    epoch: str
    operations: dict[str, Operation]
    decisions: dict[str, list[Decision]]
    visits: dict[uuid.UUID, Visit]
    attempts: dict[uuid.UUID, Attempt]
    addenda: dict[uuid.UUID, Addendum]
    inspections: dict[uuid.UUID, Inspection]
    issues: dict[uuid.UUID, Issue]
    answers: list[OwnerAnswer]
    sheets: list[SurveySheet]
    lines: dict[uuid.UUID, list[JournalLine]]
    counters: dict[tuple[uuid.UUID, str], int]
    feed: list[Feed]
    photos: list[Photo]
    uploads: dict[str, Upload]
    statements: dict[uuid.UUID, Statement]
    signatures: dict[uuid.UUID, list[Signature]]
    files: Path

    def records(self) -> list[Any]:
        """Whatever officers brought that is entered."""
        entered = (self.visits, self.attempts, self.addenda, self.inspections)
        return [record for kind in entered for record in kind.values()]

    def stands(self, op_id: str, decided: int | None = None) -> Standing:
        """Where an operation stands, or stood after as many decisions."""
        operation, decisions = self.operations[op_id], self.decisions.get(op_id, [])[:decided]
        last = (decisions[-1].outcome, decisions[-1].code) if decisions else (None, "")
        return standing(operation.status, operation.code, *last)

    def is_in_effect(self, op_id: str) -> bool:
        """Whether it was entered, on arrival or since."""
        return self.stands(op_id) in IN_EFFECT


@dataclass
class Scene:
    """Everything an invariant may look at."""

    seen: Seen
    saved: Sequence[Saved]
    tablets: Sequence[SyncTablet]
    road: Road
    told: Memory
    serves: dict[str, set[str]]
    withdrawn: set[str]
    began: datetime
    now: datetime
    highest: dict[tuple[str, str, Name], int]
    """The newest version that each vault (its read token) ever showed of a document in an epoch."""

    def people(self) -> list[tuple[SyncTablet, Person]]:
        return [(tablet, person) for tablet in self.tablets for person in tablet.people]


def look(app: Flask) -> Seen:
    """Read the office's database in one snapshot."""
    with app.app_context(), only_reading():
        lines = defaultdict(list)
        for line in db.session.scalars(sa.select(JournalLine).order_by(JournalLine.stream, JournalLine.seq)):
            lines[line.stream].append(line)
        signatures = defaultdict(list)
        for signature in db.session.scalars(sa.select(Signature).order_by(Signature.position)):
            signatures[signature.statement_id].append(signature)
        decisions = defaultdict(list)
        for decision in db.session.scalars(sa.select(Decision).order_by(Decision.op_id, Decision.number)):
            decisions[str(decision.op_id)].append(decision)
        counters = db.session.scalars(sa.select(Counter))
        return Seen(
            epoch=db.session.scalars(sa.select(Epoch.value)).one(),
            operations={str(one.op_id): one for one in _all(Operation)},
            decisions=dict(decisions),
            visits={one.id: one for one in _all(Visit)},
            attempts={one.id: one for one in _all(Attempt)},
            addenda={one.id: one for one in _all(Addendum)},
            inspections={one.id: one for one in _all(Inspection)},
            issues={one.id: one for one in _all(Issue)},
            answers=_all(OwnerAnswer),
            sheets=_all(SurveySheet),
            lines=dict(lines),
            counters={(one.stream, one.series): one.value for one in counters},
            feed=_all(Feed),
            photos=_all(Photo),
            uploads={one.sealed: one for one in _all(Upload)},
            statements={one.record_id: one for one in _all(Statement)},
            signatures=dict(signatures),
            files=blobs.path_of("0" * 64).parents[2],
        )


def printed_statements(app: Flask, at: datetime) -> dict[uuid.UUID, tuple[str, str]]:
    """For each visit the text that its sheet would be printed from, and the SHA-256 that stands on it."""
    with app.app_context(), app.test_request_context(), only_reading():
        sheets = {visit.id: sign_off_sheet(visit, ("zh",), printed_at=at, checked_at=str) for visit in _all(Visit)}
        return {visit_id: (sheet.statement.text, sheet.verification_url) for visit_id, sheet in sheets.items()}


def _all(model: type[Any]) -> list[Any]:
    return list(db.session.scalars(sa.select(model)))
