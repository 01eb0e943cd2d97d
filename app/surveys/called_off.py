"""Surveys that were called off: whom that concerns, and how many homes have a sheet that nobody collects any more."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core.db import db
from app.core.journal import JournalLine
from app.surveys.models import Survey
from app.surveys.queries import surveys_by_id
from app.surveys.rules import SurveyMove


@dataclass(frozen=True)
class CalledOff:
    """A survey that was out, and why it is called off, as the journal says it.

    `officers`: who was to go there → from how many homes they were to collect a sheet; `roles`: in which one takes its
    sheets, or reads its result; `departments`: about which it asked.
    """

    survey: Survey
    reason: str
    officers: dict[uuid.UUID, int]
    roles: frozenset[str]
    departments: frozenset[uuid.UUID]

    @property
    def homes(self) -> int:
        """How many homes have a sheet of it that nobody collects any more."""
        return sum(self.officers.values())


def called_off_since(estate_id: uuid.UUID, since: datetime) -> list[CalledOff]:
    """Of an estate, the latest first."""
    return _read(_LINES.where(JournalLine.stream == estate_id, JournalLine.at >= since))


def how_called_off(survey: Survey) -> CalledOff | None:
    """One that was out and is called off; nothing where it never went out, or was called off before this was kept."""
    return next(iter(_read(_LINES.where(JournalLine.subject_id == survey.id))), None)


_LINES = sa.select(JournalLine).where(JournalLine.kind == SurveyMove.WITHDRAW.value).order_by(JournalLine.seq.desc())


def _read(found: sa.Select[JournalLine]) -> list[CalledOff]:
    lines = [line for line in db.session.scalars(found) if "officers" in line.data]
    surveys = surveys_by_id(line.subject_id for line in lines)
    return [
        CalledOff(
            surveys[line.subject_id],
            line.data["reason"],
            {uuid.UUID(id_): homes for id_, homes in line.data["officers"].items()},
            frozenset(line.data["roles"]),
            frozenset(uuid.UUID(id_) for id_ in line.data["departments"]),
        )
        for line in lines
    ]
