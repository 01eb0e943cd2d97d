"""progress notes, photos of the work before and after, and the method beside an issue's measure

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("method", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "progress_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_progress_note_issue_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_progress_note_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_note")),
    )
    op.create_table(
        "work_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Enum("before", "after", name="stage", native_enum=False, length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_work_photo_issue_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_work_photo_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_photo")),
    )
    for table in ("progress_note", "work_photo"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in ("estate_id", "issue_id"):
                batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table("work_photo")
    op.drop_table("progress_note")
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.drop_column("method")
