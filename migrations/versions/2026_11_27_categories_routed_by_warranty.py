"""categories routed by warranty: part, department within it, and what decided for each issue

Revision: 0018b, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0018b"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warranty_part", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("warranty_department_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_category_warranty_department_id"), "department", ["warranty_department_id"], ["id"]
        )

    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warranty", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("warranty_part", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("warranty_until", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.drop_column("warranty_until")
        batch_op.drop_column("warranty_part")
        batch_op.drop_column("warranty")

    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_category_warranty_department_id"), type_="foreignkey")
        batch_op.drop_column("warranty_department_id")
        batch_op.drop_column("warranty_part")
