"""tablets are told anew what is due about issues whose owners wrote in a survey that they want no callback"""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

ESTATE = sa.table("estate", sa.column("id", sa.Uuid()))
TASK = sa.table(
    "task",
    sa.column("id", sa.Uuid()),
    sa.column("estate_id", sa.Uuid()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("state", sa.String()),
)
OPINION = sa.table("survey_opinion", sa.column("issue_id", sa.Uuid()), sa.column("sheet_id", sa.Uuid()))
SHEET = sa.table("survey_sheet", sa.column("id", sa.Uuid()), sa.column("callback_welcome", sa.Boolean()))
COUNTER = sa.table(
    "counter", sa.column("stream", sa.Uuid()), sa.column("series", sa.String()), sa.column("value", sa.BigInteger())
)
JOURNAL = sa.table(
    "journal",
    sa.column("stream", sa.Uuid()),
    sa.column("seq", sa.BigInteger()),
    sa.column("at", UtcDateTime()),
    sa.column("subject_type", sa.String()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("data", sa.JSON()),
)
FEED = sa.table(
    "feed",
    sa.column("stream", sa.Uuid()),
    sa.column("type", sa.String()),
    sa.column("id", sa.Uuid()),
    sa.column("version", sa.BigInteger()),
)


def upgrade() -> None:
    """A line for each estate, so that what is due there has a newer version."""
    connection, at = op.get_bind(), datetime.now(UTC)
    for estate_id in connection.scalars(sa.select(ESTATE.c.id)).all():
        due = connection.scalars(_unwelcome(estate_id)).all()
        if not due:
            continue
        seq = _take_number(connection, estate_id)
        about = {"subject_type": "estate", "subject_id": estate_id, "kind": "tasks:told_anew"}
        line = {"stream": estate_id, "seq": seq, "at": at, **about, "data": {"tasks": len(due)}}
        connection.execute(sa.insert(JOURNAL), line)
        told = FEED.c.stream == estate_id, FEED.c.type == "task", FEED.c.id.in_(due)
        connection.execute(sa.update(FEED).where(*told).values(version=seq))


def downgrade() -> None:
    """What tablets were told stays told."""


def _unwelcome(estate_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    written = sa.select(OPINION.c.issue_id).join_from(OPINION, SHEET, SHEET.c.id == OPINION.c.sheet_id)
    unwelcome = written.where(OPINION.c.issue_id.is_not(None), SHEET.c.callback_welcome == sa.false())
    due = TASK.c.estate_id == estate_id, TASK.c.state == "due", TASK.c.subject_id.in_(unwelcome)
    return sa.select(TASK.c.id).where(*due)


def _take_number(connection: sa.Connection, stream: uuid.UUID) -> int:
    mine = (COUNTER.c.stream == stream, COUNTER.c.series == "seq")
    last = connection.scalar(sa.select(COUNTER.c.value).where(*mine).with_for_update()) or 0
    connection.execute(sa.update(COUNTER).where(*mine).values(value=last + 1))
    return last + 1
