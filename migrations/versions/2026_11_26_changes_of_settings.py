"""changes of settings: what was set from what to what; departments and categories that end

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "estate_setting_change",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("setting", sa.String(length=120), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estate_setting_change")),
        sa.UniqueConstraint("estate_id", "number", name=op.f("uq_estate_setting_change_estate_id_number")),
    )
    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opened_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retired_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.drop_column("retired_on")
    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.drop_column("closed_on")
        batch_op.drop_column("opened_on")
    op.drop_table("estate_setting_change")
