"""Indexes for long lists: issues by the day they were raised, what is open at a unit, what waits by its limit."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_index("ix_issue_estate_raised", "issue", ["estate_id", "raised_at"])
    op.create_index("ix_issue_unit_state", "issue", ["unit_id", "state"])
    op.create_index("ix_wait_estate_due", "wait", ["estate_id", "due_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_wait_estate_due", "wait")
    op.drop_index("ix_issue_unit_state", "issue")
    op.drop_index("ix_issue_estate_raised", "issue")
