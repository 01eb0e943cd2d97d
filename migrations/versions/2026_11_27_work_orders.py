"""work orders with their answers, and the systems that post them

Revision: 0019, after 0018b
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0019"
down_revision = "0018b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "other_system",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("ending", sa.String(length=8), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_system")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_other_system_key_hash")),
    )
    with op.batch_alter_table("other_system", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_other_system_estate_id"), ["estate_id"], unique=False)

    op.create_table(
        "work_order",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column(
            "origin", sa.Enum("desk", "file", "api", name="origin", native_enum=False, length=40), nullable=False
        ),
        sa.Column("origin_key", sa.String(length=120), nullable=True),
        sa.Column("outside_number", sa.String(length=60), nullable=False),
        sa.Column("system_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Enum("free", "chargeable", name="kind", native_enum=False, length=40), nullable=False),
        sa.Column("under_warranty", sa.Boolean(), nullable=False),
        sa.Column(
            "liable", sa.Enum("property", "developer", name="liable", native_enum=False, length=40), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "reported",
                "dispatched",
                "finished",
                "rework",
                "closed",
                "closed_unsatisfied",
                name="state",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("reported_by", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("dispatched_at", UtcDateTime(), nullable=True),
        sa.Column("arrived_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("work_done", sa.Text(), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("material", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.String(length=40), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=True),
        sa.Column("rating", sa.String(length=20), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column(
            "closed_how",
            sa.Enum(
                "signed",
                "mark",
                "phone",
                "witnessed",
                "proxy",
                "told",
                name="howanswered",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["caller_id"], ["staff.id"], name=op.f("fk_work_order_caller_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_work_order_department_id")),
        sa.ForeignKeyConstraint(["system_id"], ["other_system.id"], name=op.f("fk_work_order_system_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_work_order_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint("estate_id", "origin_key", name=op.f("uq_work_order_estate_id_origin_key")),
    )
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.create_index("ix_work_order_estate_state", ["estate_id", "state"], unique=False)
        batch_op.create_index("ix_work_order_estate_reported", ["estate_id", "reported_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_order_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_order_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_order_department_id"), ["department_id"], unique=False)

    op.create_table(
        "work_order_answer",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "answer", sa.Enum("satisfied", "dissatisfied", name="answer", native_enum=False, length=40), nullable=False
        ),
        sa.Column(
            "how",
            sa.Enum(
                "signed",
                "mark",
                "phone",
                "witnessed",
                "proxy",
                "told",
                name="howanswered",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rating", sa.String(length=20), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["work_order.id"], name=op.f("fk_work_order_answer_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order_answer")),
    )
    with op.batch_alter_table("work_order_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_order_answer_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_order_answer_order_id"), ["order_id"], unique=False)

    op.create_table(
        "answer_kept",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("system_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["system_id"], ["other_system.id"], name=op.f("fk_answer_kept_system_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_kept")),
        sa.UniqueConstraint("system_id", "key", name=op.f("uq_answer_kept_system_id_key")),
    )


def downgrade() -> None:
    for table in ("answer_kept", "work_order_answer", "work_order", "other_system"):
        op.drop_table(table)
