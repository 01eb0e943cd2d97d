"""What is asked about imports that were made."""

import uuid

import sqlalchemy as sa

from app.core.db import db
from app.core.journal import JournalLine


def past_imports(estate_id: uuid.UUID, count: int = 5) -> list[JournalLine]:
    """The last rosters that were taken over, newest first; `data["rows"]` is verdict → rows."""
    found = (
        sa.select(JournalLine)
        .where(JournalLine.stream == estate_id, JournalLine.kind == "roster:imported")
        .order_by(JournalLine.seq.desc())
        .limit(count)
    )
    return list(db.session.scalars(found))
