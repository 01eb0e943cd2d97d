"""when a visit began by the office's clock, where its tablet's was behind; of earlier ones the tablet's is believed"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("set_right_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("visit", "set_right_at")
