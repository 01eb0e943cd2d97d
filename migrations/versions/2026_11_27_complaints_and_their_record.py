"""complaints: their own record beside the issue's work

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_STAFF = ("about", "receiver", "responded_by", "handled_by", "reviewed_by")


def upgrade() -> None:
    op.create_table(
        "complaint",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("complainant", sa.String(length=120), nullable=False),
        sa.Column("nature", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("standing", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("counted_from", UtcDateTime(), nullable=False),
        sa.Column("deadline_at", UtcDateTime(), nullable=False),
        sa.Column("responded_by_id", sa.Uuid(), nullable=True),
        sa.Column("responded_at", UtcDateTime(), nullable=True),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("handled_by_id", sa.Uuid(), nullable=True),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.ForeignKeyConstraint([f"{who}_id"], ["staff.id"], name=op.f(f"fk_complaint_{who}_id")) for who in _STAFF),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_complaint_issue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("issue_id", name=op.f("uq_complaint_issue_id")),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index("ix_complaint_estate_received", ["estate_id", "received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_number"), ["number"], unique=False)

    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("complaint_grade", sa.String(length=40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.drop_column("complaint_grade")

    op.drop_table("complaint")
