"""the languages of a long paper, and the survey that it is of; blank for those asked for earlier, kept for a week"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("long_paper", sa.Column("languages", sa.String(8), server_default="", nullable=False))
    op.add_column("long_paper", sa.Column("survey_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("long_paper", "survey_id")
    op.drop_column("long_paper", "languages")
