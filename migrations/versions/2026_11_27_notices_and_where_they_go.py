"""where people and departments are told what happened, the notices themselves, and how far the journal was read

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_office",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("mail", sa.JSON(), nullable=False),
        sa.Column("mail_password", sa.Text(), nullable=True),
        sa.Column("password_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_notice_office_estate_id")),
        sa.PrimaryKeyConstraint("estate_id", name=op.f("pk_notice_office")),
    )
    op.create_table(
        "notice_channel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("own_locale", sa.String(length=8), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("shown", sa.String(length=120), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=True),
        sa.Column("muted", sa.JSON(), nullable=False),
        sa.Column("pace", sa.String(length=40), nullable=False),
        sa.Column("digest_at", sa.Time(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_notice_channel_department_id")),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_notice_channel_estate_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_notice_channel_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_channel")),
        sa.UniqueConstraint("estate_id", "department_id", name=op.f("uq_notice_channel_estate_id_department_id")),
        sa.UniqueConstraint("estate_id", "staff_id", name=op.f("uq_notice_channel_estate_id_staff_id")),
    )
    op.create_index(op.f("ix_notice_channel_staff_id"), "notice_channel", ["staff_id"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["notice_channel.id"], name=op.f("fk_notice_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("estate_id", "seq", "channel_id", name=op.f("uq_notice_estate_id_seq_channel_id")),
    )
    op.create_index(op.f("ix_notice_channel_id"), "notice", ["channel_id"])
    op.create_index("ix_notice_estate_state", "notice", ["estate_id", "state"])
    op.create_index("ix_notice_state_due", "notice", ["state", "due_at"])
    op.create_table(
        "notice_cursor",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_notice_cursor_estate_id")),
        sa.PrimaryKeyConstraint("estate_id", name=op.f("pk_notice_cursor")),
    )


def downgrade() -> None:
    for table in ("notice_cursor", "notice", "notice_channel", "notice_office"):
        op.drop_table(table)
