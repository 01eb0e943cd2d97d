"""reviews of papers: a plan's way through its chain

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("paper", sa.Enum("plan", name="paper", native_enum=False, length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "running", "sent_back", "complete", name="state", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_review_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_review_subject_id")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_estate_id"), ["estate_id"], unique=False)

    op.create_table(
        "review_act",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "move",
            sa.Enum("submit", "hand_on", "send_back", "take_back", name="move", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "duty", sa.Enum("review", "approve", "file", name="duty", native_enum=False, length=40), nullable=True
        ),
        sa.Column(
            "role",
            sa.Enum(
                "officer",
                "front_desk",
                "supervisor",
                "manager",
                "property_manager",
                "executive",
                "department_manager",
                "handler",
                "admin",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_review_act_by_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_act_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_act")),
        sa.UniqueConstraint("review_id", "number", name=op.f("uq_review_act_review_id_number")),
    )


def downgrade() -> None:
    op.drop_table("review_act")
    op.drop_table("review")
