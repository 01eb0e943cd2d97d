"""who was told of an overdue wait, who else sees it, how old its matter is; when jobs ran; reports upward, results

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("wait", schema=None) as batch_op:
        batch_op.add_column(sa.Column("also_role", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("manager_told_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("executive_told_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("round", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("raised_at", UtcDateTime(), nullable=True))
    # What was reported up stands with the manager too.
    op.execute("UPDATE wait SET also_role = 'manager' WHERE what = 'issue:route' AND role = 'supervisor'")
    for column in ("round", "raised_at"):
        of_issue = f"SELECT issue.{column} FROM issue WHERE issue.id = wait.subject_id"  # noqa: S608
        op.execute(f"UPDATE wait SET {column} = ({of_issue}) WHERE subject_type = 'issue'")  # noqa: S608
    op.create_table(
        "job_run",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("ran_at", UtcDateTime(), nullable=True),
        sa.Column("failed_at", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_run")),
    )
    op.create_table(
        "issue_report",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("taken_up_at", UtcDateTime(), nullable=True),
        sa.Column("taken_up_by_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_report_issue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_report")),
    )
    with op.batch_alter_table("issue_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_report_issue_id"), ["issue_id"], unique=False)
    op.create_table(
        "issue_result",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_issue_result_by_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_result_issue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_result")),
    )
    with op.batch_alter_table("issue_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_result_issue_id"), ["issue_id"], unique=False)
    op.create_table(
        "issue_result_reading",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["result_id"], ["issue_result.id"], name=op.f("fk_issue_result_reading_result_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_issue_result_reading_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_result_reading")),
        sa.UniqueConstraint("result_id", "staff_id", name=op.f("uq_issue_result_reading_result_id_staff_id")),
    )


def downgrade() -> None:
    op.drop_table("issue_result_reading")
    op.drop_table("issue_result")
    op.drop_table("issue_report")
    op.drop_table("job_run")
    with op.batch_alter_table("wait", schema=None) as batch_op:
        for column in ("raised_at", "round", "executive_told_at", "manager_told_at", "also_role"):
            batch_op.drop_column(column)
