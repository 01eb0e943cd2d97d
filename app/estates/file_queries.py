"""What is asked about owner files: their history, and the corrections that wait."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.core.db import by_id, db
from app.estates.file_rules import Standing
from app.estates.models import FileChange, FileCorrection, Person, Unit

_WITH_PEOPLE = (
    joinedload(FileCorrection.unit).joinedload(Unit.building),
    joinedload(FileCorrection.person),
    joinedload(FileCorrection.author),
    joinedload(FileCorrection.decided_by),
)


@dataclass(frozen=True)
class Change:
    """One change of a field, its values read; `erased` where they are gone."""

    line: FileChange
    was: Any
    became: Any

    @property
    def erased(self) -> bool:
        return self.line.was is None and self.line.became is None


def read_change(line: FileChange) -> Change:
    """A change with its values as they were written."""
    return Change(line, json.loads(line.was) if line.was else None, json.loads(line.became) if line.became else None)


def file_history(unit: Unit) -> list[Change]:
    """Every change in the file of a unit: of itself, its household and all who own, rent or once did. Newest first."""
    people = {held.person_id for held in unit.ownerships} | {held.person_id for held in unit.tenancies}
    subjects = [unit.id, *people, *(member.id for member in unit.household)]
    found = sa.select(FileChange).where(FileChange.subject_id.in_(subjects)).options(joinedload(FileChange.by))
    return [
        read_change(line) for line in db.session.scalars(found.order_by(FileChange.at.desc(), FileChange.id.desc()))
    ]


def corrections_waiting_at(unit_id: uuid.UUID) -> list[FileCorrection]:
    """What officers noted about the file of a unit and nobody has decided about, oldest first."""
    found = sa.select(FileCorrection).where(FileCorrection.unit_id == unit_id, FileCorrection.state == Standing.WAITING)
    return list(
        db.session.scalars(found.options(*_WITH_PEOPLE).order_by(FileCorrection.received_at, FileCorrection.id))
    )


def corrections_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, FileCorrection]:
    """Corrections by id."""
    return by_id(FileCorrection, ids, *_WITH_PEOPLE)


def people_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Id → name of people in owner files."""
    found = sa.select(Person.id, Person.name).where(Person.id.in_(list(ids)))
    return {row.id: row.name for row in db.session.execute(found)}
