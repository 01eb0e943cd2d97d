"""An index of an estate's issues by state holds what a list is sorted by, so that it is sorted without their rows."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_issue_sorted", "issue", ["estate_id", "state", "unit_id", "raised_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_issue_sorted", table_name="issue")
