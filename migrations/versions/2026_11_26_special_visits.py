"""special visits: ordered at any time, with what they are about

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "special_visit",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("method", sa.Enum("door", "phone", name="method", native_enum=False, length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("required_by_id", sa.Uuid(), nullable=True),
        sa.Column("ordered_by_id", sa.Uuid(), nullable=False),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_special_visit_estate_id")),
        sa.ForeignKeyConstraint(["ordered_by_id"], ["staff.id"], name=op.f("fk_special_visit_ordered_by_id")),
        sa.ForeignKeyConstraint(["required_by_id"], ["staff.id"], name=op.f("fk_special_visit_required_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_visit")),
    )
    with op.batch_alter_table("special_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_special_visit_estate_id"), ["estate_id"], unique=False)


def downgrade() -> None:
    op.drop_table("special_visit")
