"""what staff were called before: tablets that were offline show it still"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("earlier_names", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("staff", "earlier_names")
