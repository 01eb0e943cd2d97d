"""What a plan says of one household (form 9): who goes there, on which day and at what time, what for, how."""

import enum
import uuid
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from app.visits.rules import Method

LONGEST_PURPOSE = 200


class Field(enum.Enum):
    """A column of the plan that is written in."""

    OFFICER = "officer"
    DAY = "day"
    TIME = "time"
    PURPOSE = "purpose"
    METHOD = "method"


@dataclass(frozen=True)
class Terms:
    """What is planned for one household."""

    officer_id: uuid.UUID
    due_on: date
    planned_time: time | None = None
    purpose: str = ""
    method: Method = Method.DOOR

    def plain(self) -> dict[str, Any]:
        """As journal and amendments keep it: a short text for each field, blank for nothing."""
        return {
            Field.OFFICER.value: str(self.officer_id),
            Field.DAY.value: self.due_on.isoformat(),
            Field.TIME.value: f"{self.planned_time:%H:%M}" if self.planned_time else "",
            Field.PURPOSE.value: self.purpose,
            Field.METHOD.value: self.method.value,
        }

    @classmethod
    def read(cls, plain: dict[str, Any]) -> "Terms":
        """The terms that `plain` wrote."""
        kept = plain[Field.TIME.value]
        return cls(
            uuid.UUID(plain[Field.OFFICER.value]),
            date.fromisoformat(plain[Field.DAY.value]),
            time.fromisoformat(kept) if kept else None,
            plain[Field.PURPOSE.value],
            Method(plain[Field.METHOD.value]),
        )

    def value(self, field: Field) -> str:
        """One field as `plain` writes it."""
        return str(self.plain()[field.value])

    def having(self, field: Field, value: str) -> "Terms":
        """The same but for one field, its value as `plain` writes it."""
        return Terms.read(self.plain() | {field.value: value})

    def given_to(self, officer_id: uuid.UUID) -> "Terms":
        """The same, by another officer."""
        return replace(self, officer_id=officer_id)


def differing(old: Terms, new: Terms) -> list[Field]:
    """The fields in which two terms differ, in the order of the columns."""
    return [field for field in Field if old.value(field) != new.value(field)]
