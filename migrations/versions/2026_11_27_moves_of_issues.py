"""deferrals, explanations, disputes, merged work, and ends of issues without the owner's satisfaction

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deferral",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("told_how", sa.String(length=40), nullable=True),
        sa.Column("told_by_id", sa.Uuid(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_deferral_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff.id"], name=op.f("fk_deferral_decided_by_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_deferral_issue_id")),
        sa.ForeignKeyConstraint(["told_by_id"], ["staff.id"], name=op.f("fk_deferral_told_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deferral")),
    )
    with op.batch_alter_table("deferral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deferral_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deferral_issue_id"), ["issue_id"], unique=False)

    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("cannot", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("explainer_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("claimed_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("ending", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("work_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_issue_work_id"), ["work_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_issue_explainer_id"), "staff", ["explainer_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_issue_claimed_id"), "department", ["claimed_id"], ["id"])
    op.execute("UPDATE issue SET first_due_on = due_on")

    with op.batch_alter_table("owner_answer", schema=None) as batch_op:
        batch_op.alter_column("visit_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.add_column(sa.Column("witness", sa.String(length=120), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("owner_answer", schema=None) as batch_op:
        batch_op.drop_column("witness")
        batch_op.alter_column("visit_id", existing_type=sa.Uuid(), nullable=False)

    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_issue_claimed_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_issue_explainer_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_issue_work_id"))
        for column in ("work_id", "ending", "claimed_id", "explainer_id", "cannot", "first_due_on"):
            batch_op.drop_column(column)

    op.drop_table("deferral")
