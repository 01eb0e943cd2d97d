"""what waits to be explained or told to an owner becomes a task of whoever it waits for

Revision: 0024, after 0023
"""

import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime
from app.core.ids import new_id

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

EXPLANATION, NEW_DATE = "issue_explanation", "new_date"
VISITORS = ("officer", "front_desk", "supervisor")

ESTATE = sa.table("estate", sa.column("id", sa.Uuid()), sa.column("time_zone", sa.String()))
ISSUE = sa.table("issue", sa.column("id", sa.Uuid()), sa.column("unit_id", sa.Uuid()), sa.column("round", sa.Integer()))
DEFERRAL = sa.table("deferral", sa.column("id", sa.Uuid()), sa.column("issue_id", sa.Uuid()))
WAIT = sa.table(
    "wait",
    sa.column("id", sa.Uuid()),
    sa.column("estate_id", sa.Uuid()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("what", sa.String()),
    sa.column("staff_id", sa.Uuid()),
    sa.column("due_at", UtcDateTime()),
)
STAFF_ROLE = sa.table(
    "staff_role",
    sa.column("staff_id", sa.Uuid()),
    sa.column("estate_id", sa.Uuid()),
    sa.column("role", sa.String()),
    sa.column("until", sa.Date()),
)
TASK = sa.table(
    "task",
    sa.column("id", sa.Uuid()),
    sa.column("estate_id", sa.Uuid()),
    sa.column("unit_id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("state", sa.String()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("round", sa.Integer()),
    sa.column("assignee_id", sa.Uuid()),
    sa.column("due_on", sa.Date()),
    sa.column("made_at", UtcDateTime()),
)
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
    sa.column("gone", sa.Boolean()),
)


def upgrade() -> None:
    connection, at = op.get_bind(), datetime.now(UTC)
    for estate in connection.execute(sa.select(ESTATE)).all():
        waiting = [(EXPLANATION, row) for row in connection.execute(_to_explain(estate.id))]
        waiting += [(NEW_DATE, row) for row in connection.execute(_to_tell(estate.id))]
        first = _take_numbers(connection, estate.id, len(waiting)) if waiting else 0
        for seq, (kind, row) in enumerate(waiting, start=first):
            task_id, due_on = new_id(), row.due_at.astimezone(ZoneInfo(estate.time_zone)).date()
            task = {"id": task_id, "estate_id": estate.id, "unit_id": row.unit_id, "kind": kind, "state": "due"}
            task |= {"subject_id": row.issue_id, "round": row.round, "assignee_id": row.staff_id}
            connection.execute(sa.insert(TASK), task | {"due_on": due_on, "made_at": at})
            about = {"subject_type": "task", "subject_id": task_id, "kind": "task:made"}
            data = {"task": kind, "unit": str(row.unit_id), "due_on": due_on.isoformat()}
            connection.execute(sa.insert(JOURNAL), {"stream": estate.id, "seq": seq, "at": at, **about, "data": data})
            document = {"type": "task", "id": task_id, "version": seq, "gone": False}
            connection.execute(sa.insert(FEED), {"stream": estate.id, **document})


def downgrade() -> None:
    """Tablets that hold them fetch nothing of them any more; the visit asks for what waits all the same."""
    connection = op.get_bind()
    of_these = TASK.c.kind.in_([EXPLANATION, NEW_DATE])
    made = sa.select(TASK.c.id).where(of_these)
    connection.execute(sa.update(FEED).where(FEED.c.type == "task", FEED.c.id.in_(made)).values(gone=True))
    connection.execute(sa.delete(TASK).where(of_these))


def _to_explain(estate_id: uuid.UUID) -> sa.Select:
    """Of issues to be explained, those for which somebody was sent who visits."""
    visits = sa.exists().where(
        STAFF_ROLE.c.staff_id == WAIT.c.staff_id,
        STAFF_ROLE.c.estate_id == WAIT.c.estate_id,
        STAFF_ROLE.c.role.in_(VISITORS),
        STAFF_ROLE.c.until.is_(None),
    )
    found = sa.select(ISSUE.c.id.label("issue_id"), ISSUE.c.unit_id, ISSUE.c.round, WAIT.c.staff_id, WAIT.c.due_at)
    found = found.join_from(WAIT, ISSUE, ISSUE.c.id == WAIT.c.subject_id)
    mine = (WAIT.c.estate_id == estate_id, WAIT.c.what == "issue:explain", ISSUE.c.unit_id.is_not(None))
    return found.where(*mine, visits).order_by(WAIT.c.id)


def _to_tell(estate_id: uuid.UUID) -> sa.Select:
    """New dates that owners do not know yet."""
    found = sa.select(ISSUE.c.id.label("issue_id"), ISSUE.c.unit_id, ISSUE.c.round, WAIT.c.staff_id, WAIT.c.due_at)
    found = found.join_from(WAIT, DEFERRAL, DEFERRAL.c.id == WAIT.c.subject_id)
    found = found.join(ISSUE, ISSUE.c.id == DEFERRAL.c.issue_id)
    mine = (WAIT.c.estate_id == estate_id, WAIT.c.what == "deferral:tell", ISSUE.c.unit_id.is_not(None))
    return found.where(*mine, WAIT.c.staff_id.is_not(None)).order_by(WAIT.c.id)


def _take_numbers(connection: sa.Connection, stream: uuid.UUID, count: int) -> int:
    """Take the next `count` numbers of a stream; the first of them."""
    mine = (COUNTER.c.stream == stream, COUNTER.c.series == "seq")
    last = connection.scalar(sa.select(COUNTER.c.value).where(*mine).with_for_update()) or 0
    connection.execute(sa.update(COUNTER).where(*mine).values(value=last + count))
    return last + 1
