"""The index of an estate's issues by state holds what a list is sorted by, so that it is sorted without their rows."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NAME = "ix_issue_estate_state"


def upgrade() -> None:
    _index("estate_id", "state", "unit_id", "raised_at", "id")


def downgrade() -> None:
    _index("estate_id", "state")


def _index(*columns: str) -> None:
    op.drop_index(NAME, table_name="issue")
    op.create_index(NAME, "issue", list(columns))
