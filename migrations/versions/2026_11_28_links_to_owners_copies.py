"""Links under which owners read their copies; of each token only its SHA-256 is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "copy_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_reason", sa.String(length=400), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ended_by_id"], ["staff.id"], name=op.f("fk_copy_link_ended_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_copy_link_made_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_copy_link_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy_link")),
    )
    op.create_index(op.f("ix_copy_link_estate_id"), "copy_link", ["estate_id"])
    op.create_index(op.f("ix_copy_link_visit_id"), "copy_link", ["visit_id"])
    op.create_index(op.f("ix_copy_link_token_sha256"), "copy_link", ["token_sha256"])


def downgrade() -> None:
    op.drop_table("copy_link")
