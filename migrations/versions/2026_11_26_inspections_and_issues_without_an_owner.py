"""inspections, and issues that nobody owns

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspection",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("receipt_number", sa.String(length=20), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("building", sa.String(length=20), nullable=False),
        sa.Column("entrance", sa.String(length=20), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("noticed_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_inspection_device_id")),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_inspection_estate_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["staff.id"], name=op.f("fk_inspection_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_inspection_operation_id")),
    )
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.create_index("ix_inspection_estate_noticed", ["estate_id", "noticed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_inspection_officer_id"), ["officer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inspection_receipt_number"), ["receipt_number"], unique=False)

    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.alter_column("unit_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.alter_column("visit_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.add_column(sa.Column("inspection_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("building_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("entrance", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("floor", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("place", sa.String(length=120), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_issue_inspection_id"), ["inspection_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_issue_building_id"), "building", ["building_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_issue_building_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_issue_inspection_id"))
        batch_op.drop_column("place")
        batch_op.drop_column("floor")
        batch_op.drop_column("entrance")
        batch_op.drop_column("building_id")
        batch_op.drop_column("inspection_id")
        batch_op.alter_column("visit_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.alter_column("unit_id", existing_type=sa.Uuid(), nullable=False)

    op.drop_table("inspection")
