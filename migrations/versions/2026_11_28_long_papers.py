"""long papers: forms of very many lines that the press prints"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "long_paper",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("number", sa.String(80), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(80), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("refused", sa.String(80), nullable=False),
        sa.Column("letters", sa.Text(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_long_paper")),
    )
    op.create_index(op.f("ix_long_paper_estate_id"), "long_paper", ["estate_id"])
    op.create_index(op.f("ix_long_paper_staff_id"), "long_paper", ["staff_id"])


def downgrade() -> None:
    op.drop_table("long_paper")
