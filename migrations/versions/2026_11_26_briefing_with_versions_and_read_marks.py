"""the briefing as lines with versions and read-marks; news and measures of the settings move into it

Revision: 0012, after 0011
"""

import uuid
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime
from app.core.ids import new_id

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = {"news": "work", "measures": "measures"}
"""The name in an estate's settings → the kind of a line."""

ESTATE = sa.table(
    "estate", sa.column("id", sa.Uuid()), sa.column("time_zone", sa.String()), sa.column("settings", sa.JSON())
)
ITEM = sa.table(
    "briefing_item",
    sa.column("id", sa.Uuid()),
    sa.column("estate_id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("version", sa.Integer()),
    sa.column("ended_at", UtcDateTime()),
)
VERSION = sa.table(
    "briefing_version",
    sa.column("id", sa.Uuid()),
    sa.column("estate_id", sa.Uuid()),
    sa.column("item_id", sa.Uuid()),
    sa.column("number", sa.Integer()),
    sa.column("text_zh", sa.Text()),
    sa.column("text_en", sa.Text()),
    sa.column("building_ids", sa.JSON()),
    sa.column("valid_from", sa.Date()),
    sa.column("at", UtcDateTime()),
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
    op.create_table(
        "briefing_item",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("facts", "work", "measures", name="briefingkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["ended_by_id"], ["staff.id"], name=op.f("fk_briefing_item_ended_by_id")),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_briefing_item_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_item")),
    )
    op.create_table(
        "briefing_version",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("building_ids", sa.JSON(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_briefing_version_by_id")),
        sa.ForeignKeyConstraint(["item_id"], ["briefing_item.id"], name=op.f("fk_briefing_version_item_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_briefing_version_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_version")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_briefing_version_item_id_number")),
    )
    op.create_table(
        "briefing_reading",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_briefing_reading_device_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_briefing_reading_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_reading")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_briefing_reading_operation_id")),
    )
    op.create_table(
        "briefing_mark",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["briefing_item.id"], name=op.f("fk_briefing_mark_item_id")),
        sa.ForeignKeyConstraint(["reading_id"], ["briefing_reading.id"], name=op.f("fk_briefing_mark_reading_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_briefing_mark_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_mark")),
        sa.UniqueConstraint("item_id", "version", "staff_id", name=op.f("uq_briefing_mark_item_id_version_staff_id")),
    )
    for table in ("briefing_item", "briefing_version", "briefing_reading", "briefing_mark"):
        op.create_index(op.f(f"ix_{table}_estate_id"), table, ["estate_id"], unique=False)
    op.create_index(op.f("ix_briefing_mark_reading_id"), "briefing_mark", ["reading_id"], unique=False)
    _move_settings(op.get_bind(), datetime.now(UTC))


def downgrade() -> None:
    _put_back_settings(op.get_bind())
    for table in ("briefing_mark", "briefing_reading", "briefing_version", "briefing_item"):
        op.drop_table(table)


def _move_settings(connection: sa.Connection, at: datetime) -> None:
    """Each line of news and each measure becomes a line of the briefing that holds from today on, and a document."""
    for estate in connection.execute(sa.select(ESTATE)).all():
        told = [(kind, words) for name, kind in KINDS.items() for words in estate.settings.get(name, [])]
        kept = {name: value for name, value in estate.settings.items() if name not in KINDS}
        connection.execute(sa.update(ESTATE).where(ESTATE.c.id == estate.id).values(settings=kept))
        today = at.astimezone(ZoneInfo(estate.time_zone)).date()
        for seq, (kind, words) in enumerate(told, start=_seq(connection, estate.id, len(told)) + 1):
            item_id = new_id()
            row = {"estate_id": estate.id, "kind": kind, "version": 1}
            connection.execute(sa.insert(ITEM), {"id": item_id, **row})
            version = {"item_id": item_id, "number": 1, "text_zh": words["zh"], "text_en": words["en"]}
            when = {"building_ids": [], "valid_from": today, "at": at}
            connection.execute(sa.insert(VERSION), {"id": new_id(), "estate_id": estate.id, **version, **when})
            _tell(connection, estate.id, item_id, kind, seq, at)


def _seq(connection: sa.Connection, stream: uuid.UUID, count: int) -> int:
    """Take the next `count` numbers of a stream; the last before them."""
    mine = (COUNTER.c.stream == stream, COUNTER.c.series == "seq")
    last = connection.scalar(sa.select(COUNTER.c.value).where(*mine).with_for_update()) or 0
    connection.execute(sa.update(COUNTER).where(*mine).values(value=last + count))
    return last


def _tell(connection: sa.Connection, stream: uuid.UUID, item_id: uuid.UUID, kind: str, seq: int, at: datetime) -> None:
    about = {"subject_type": "briefing", "subject_id": item_id, "kind": "briefing:added"}
    data = {"version": 1, "kind": kind}
    connection.execute(sa.insert(JOURNAL), {"stream": stream, "seq": seq, "at": at, **about, "data": data})
    document = {"type": "briefing", "id": item_id, "version": seq, "gone": False}
    connection.execute(sa.insert(FEED), {"stream": stream, **document})


def _put_back_settings(connection: sa.Connection) -> None:
    """News and measures of the whole estate that were not ended, as they are written now."""
    newest = sa.and_(VERSION.c.item_id == ITEM.c.id, VERSION.c.number == ITEM.c.version)
    found = sa.select(ITEM.c.kind, VERSION).join(VERSION, newest).where(ITEM.c.ended_at.is_(None))
    for estate in connection.execute(sa.select(ESTATE)).all():
        settings: dict[str, Any] = dict(estate.settings)
        rows = connection.execute(found.where(ITEM.c.estate_id == estate.id).order_by(ITEM.c.id)).all()
        for name, kind in KINDS.items():
            lines = [row for row in rows if row.kind == kind and not row.building_ids]
            if lines:
                settings[name] = [{"zh": row.text_zh, "en": row.text_en or row.text_zh} for row in lines]
        connection.execute(sa.update(ESTATE).where(ESTATE.c.id == estate.id).values(settings=settings))
    readings = sa.table("briefing_reading", sa.column("id", sa.Uuid()))
    of_readings = sa.and_(FEED.c.type == "record", FEED.c.id.in_(sa.select(readings.c.id)))
    connection.execute(sa.delete(FEED).where(sa.or_(FEED.c.type == "briefing", of_readings)))
