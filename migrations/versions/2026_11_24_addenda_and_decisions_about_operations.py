"""addenda to visits, and decisions about operations

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_addendum",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("receipt_number", sa.String(length=20), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_visit_addendum_author_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_visit_addendum_device_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_addendum_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_addendum")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_visit_addendum_operation_id")),
    )
    with op.batch_alter_table("visit_addendum", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_addendum_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_addendum_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "operation_decision",
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("applied", "seen", "noted", "set_aside", "refused", name="outcome", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_operation_decision_by_id")),
        sa.ForeignKeyConstraint(["op_id"], ["operation.op_id"], name=op.f("fk_operation_decision_op_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation_decision")),
        sa.UniqueConstraint("op_id", "number", name=op.f("uq_operation_decision_op_id_number")),
    )
    with op.batch_alter_table("operation_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operation_decision_estate_id"), ["estate_id"], unique=False)


def downgrade() -> None:
    op.drop_table("operation_decision")
    op.drop_table("visit_addendum")
