"""when a household is to be tried again, which of its numbers was dialled, and whether a note was left at the door

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("again_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("called_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("called_index", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("called_ending", sa.String(length=4), nullable=True))
        batch_op.add_column(sa.Column("left_note", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_foreign_key(batch_op.f("fk_attempt_called_id"), "person", ["called_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_attempt_called_id"), type_="foreignkey")
        for column in ("left_note", "called_ending", "called_index", "called_id", "again_at"):
            batch_op.drop_column(column)
