"""What a kept operation says, as far as it can be read: its frozen bytes are opened anew each time."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, TypeAdapter

from app.core.db import db
from app.core.errors import Refused
from app.signatures.messages import Moment
from app.sync.kinds import kind_of, read_body
from app.sync.messages import OperationText
from app.sync.models import Operation, Upload
from app.sync.opening import open_operation, sent_as
from app.visits.messages import AttemptRecorded, InspectionRecorded, OwnerCorrected, VisitAppended, VisitHeld
from app.visits.models import Visit

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
Body = VisitHeld | AttemptRecorded | VisitAppended | OwnerCorrected | InspectionRecorded


@dataclass(frozen=True)
class Contents:
    """The text of an operation, nothing if it cannot be opened; its body, nothing if that does not hold together."""

    text: OperationText | None = None
    body: BaseModel | None = None

    @property
    def number(self) -> str:
        """The number made on the tablet; "" if there is none to be read."""
        return _string(self._loose.get("number"))

    @property
    def unit_id(self) -> uuid.UUID | None:
        """The unit that it is about, known or not."""
        about = _id(self._loose.get("visit_id")) if self.text and self.text.kind == "visit.append" else None
        if about is None:
            return _id(self._loose.get("unit_id"))
        visit = db.session.get(Visit, about)
        return visit.unit_id if visit else None

    @property
    def took_place_at(self) -> datetime | None:
        """When it was by the tablet's clock, or where that cannot be read, when it was saved there."""
        said = (_moment(self._loose.get(name)) for name in ("started_at", "tried_at", "noticed_at"))
        return next(filter(None, said), self.text.at if self.text else None)

    @property
    def sealed(self) -> list[str]:
        """The sealed names of the photos that it names, in order."""
        if isinstance(self.body, InspectionRecorded):
            return [photo.sealed for photo in self.body.photos]
        if not isinstance(self.body, VisitHeld):
            return []
        raised = [photo.sealed for issue in self.body.issues for photo in issue.photos]
        shown = [photo.sealed for given in self.body.answers for photo in given.photos]
        return raised + shown + [photo.sealed for given in self.body.surveys for photo in given.photos]

    @property
    def _loose(self) -> dict[str, Any]:
        return self.text.body if self.text else {}


def contents_of(operation: Operation) -> Contents:
    """Open an operation again. Never raises: what cannot be read is left out."""
    return contents_in(open_operation(sent_as(operation)).text)


def took_place_at(operation: Operation) -> datetime | None:
    """As in its contents, but nothing else of them is read; nothing if it cannot be opened."""
    return Contents(open_operation(sent_as(operation)).text).took_place_at


def contents_in(text: OperationText | None) -> Contents:
    """What stands in the text of an operation, as far as it can be read."""
    kind = kind_of(text.kind, text.v) if text else None
    if text is None or kind is None:
        return Contents(text)
    try:
        return Contents(text, read_body(kind, text))
    except Refused:
        return Contents(text)


def photos_here(sealed: Iterable[str]) -> dict[str, str]:
    """Sealed name → SHA-256 of the picture, for those whose bytes have all arrived."""
    found = sa.select(Upload.sealed, Upload.sha256).where(Upload.sealed.in_(list(sealed)), Upload.complete.is_(True))
    return {row.sealed: row.sha256 for row in db.session.execute(found)}


def _string(value: object) -> str:
    return value[:40] if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    """A moment that can be kept in every time zone."""
    try:
        return _MOMENT.validate_python(datetime.fromisoformat(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _id(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
