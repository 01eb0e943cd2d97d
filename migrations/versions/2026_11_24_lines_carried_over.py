"""lines of a plan that were carried over from a month in which nobody met them

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plan_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("carried_from", sa.String(length=7), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("plan_line", schema=None) as batch_op:
        batch_op.drop_column("carried_from")
