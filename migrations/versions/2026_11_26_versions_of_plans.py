"""what is planned for a household beyond officer and day; amendments of plans at work, and their versions

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plan_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("planned_time", sa.Time(), nullable=True))
        batch_op.add_column(sa.Column("purpose", sa.String(length=200), nullable=False, server_default=""))
        method = sa.Enum("door", "phone", name="method", native_enum=False, length=40)
        batch_op.add_column(sa.Column("method", method, nullable=False, server_default="door"))
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))

    op.create_table(
        "plan_amendment",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "under_review",
                "filed",
                "discarded",
                name="amendmentstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("filed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_plan_amendment_estate_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_plan_amendment_made_by_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_amendment_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_amendment")),
        sa.UniqueConstraint("plan_id", "version", name=op.f("uq_plan_amendment_plan_id_version")),
    )
    with op.batch_alter_table("plan_amendment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_amendment_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_amendment_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "plan_amendment_line",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("amendment_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("becomes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column(
            "came",
            sa.Enum("open", "taken", "fell_away", "said_nothing", name="came", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["plan_amendment.id"], name=op.f("fk_plan_amendment_line_amendment_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_plan_amendment_line_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_amendment_line")),
        sa.UniqueConstraint("amendment_id", "unit_id", name=op.f("uq_plan_amendment_line_amendment_id_unit_id")),
    )
    with op.batch_alter_table("plan_amendment_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_amendment_line_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_amendment_line_unit_id"), ["unit_id"], unique=False)


def downgrade() -> None:
    op.drop_table("plan_amendment_line")
    op.drop_table("plan_amendment")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_column("version")
    with op.batch_alter_table("plan_line", schema=None) as batch_op:
        batch_op.drop_column("method")
        batch_op.drop_column("purpose")
        batch_op.drop_column("planned_time")
