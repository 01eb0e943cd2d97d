"""Surveys that are over, called off or handed up: who had what to do for each, whom else that concerns."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core.db import db
from app.core.journal import JournalLine
from app.surveys.models import Survey
from app.surveys.queries import surveys_by_id
from app.surveys.rules import COLLECTING, SurveyMove


@dataclass(frozen=True)
class Over:
    """A survey of which nothing more is handed out or collected, as the journal says it; why, if it was called off.

    `officers`: who was to go there → from how many homes they were to collect a sheet. Of one that is called off
    `roles`: in which one takes its sheets, or would have read its result; `departments`: about which it asked.
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


def over_since(estate_id: uuid.UUID, since: datetime) -> list[Over]:
    """Of an estate, the latest first; none that came back since and is collected again."""
    return _read(_LINES.where(JournalLine.stream == estate_id, JournalLine.at >= since))


def how_over(survey: Survey) -> Over | None:
    """One that is over; nothing where nobody had anything to do for it, or while it is collected."""
    return next(iter(_read(_LINES.where(JournalLine.subject_id == survey.id))), None)


_ENDS = SurveyMove.WITHDRAW.value, SurveyMove.HAND_UP.value
_LINES = sa.select(JournalLine).where(JournalLine.kind.in_(_ENDS)).order_by(JournalLine.seq.desc())


def _read(found: sa.Select[JournalLine]) -> list[Over]:
    last: dict[uuid.UUID, JournalLine] = {}
    for line in db.session.scalars(found):
        last.setdefault(line.subject_id, line)
    surveys = surveys_by_id(last)
    return [
        Over(
            surveys[id_],
            line.data.get("reason", ""),
            {uuid.UUID(officer): homes for officer, homes in line.data["officers"].items()},
            frozenset(line.data.get("roles", [])),
            frozenset(uuid.UUID(department) for department in line.data.get("departments", [])),
        )
        for id_, line in last.items()
        if "officers" in line.data and surveys[id_].state not in COLLECTING
    ]
