"""which department of a company does again what an owner was not satisfied with: a setting, no word in its name"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("department", sa.Column("repairs", sa.Boolean(), server_default=sa.false(), nullable=False))
    department = sa.table("department", sa.column("name_zh"), sa.column("name_en"), sa.column("repairs"))
    called = department.c.name_zh.contains("工程") | sa.func.lower(department.c.name_en).contains("engineering")
    op.execute(department.update().where(called).values(repairs=sa.true()))


def downgrade() -> None:
    op.drop_column("department", "repairs")
