"""who answered in the office, of issues and of work orders; and why a work order ended without satisfaction

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("owner_answer", "work_order_answer"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("said_by", sa.String(length=120), server_default="", nullable=False))
            batch_op.add_column(sa.Column("said_by_id", sa.Uuid(), nullable=True))
            batch_op.create_foreign_key(batch_op.f(f"fk_{table}_said_by_id"), "person", ["said_by_id"], ["id"])
    with op.batch_alter_table("work_order_answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("witness", sa.String(length=120), server_default="", nullable=False))
        batch_op.alter_column("visit_id", existing_type=sa.Uuid(), nullable=True)
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ending", sa.String(length=40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.drop_column("ending")
    with op.batch_alter_table("work_order_answer", schema=None) as batch_op:
        batch_op.alter_column("visit_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("witness")
    for table in ("owner_answer", "work_order_answer"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_said_by_id"), type_="foreignkey")
            batch_op.drop_column("said_by_id")
            batch_op.drop_column("said_by")
