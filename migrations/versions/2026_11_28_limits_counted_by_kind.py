"""limits counted by kind, out of the index alone

Revision: 0021, after 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_wait_estate_due", "wait")
    op.create_index("ix_wait_estate_due", "wait", ["estate_id", "due_at", "subject_type"])


def downgrade() -> None:
    op.drop_index("ix_wait_estate_due", "wait")
    op.create_index("ix_wait_estate_due", "wait", ["estate_id", "due_at"])
