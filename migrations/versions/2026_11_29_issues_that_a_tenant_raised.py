"""whether a tenant raised an issue; of earlier ones, whether its visit met one"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("issue", sa.Column("raised_by_tenant", sa.Boolean(), server_default=sa.false(), nullable=False))
    issue = sa.table("issue", sa.column("visit_id"), sa.column("raised_by_tenant"))
    visit = sa.table("visit", sa.column("id"), sa.column("interviewee_relation"))
    met_tenant = sa.select(visit.c.id).where(visit.c.interviewee_relation == "tenant")
    op.execute(issue.update().where(issue.c.visit_id.in_(met_tenant)).values(raised_by_tenant=sa.true()))


def downgrade() -> None:
    op.drop_column("issue", "raised_by_tenant")
