"""all texts of an issue and of its answers in one row: words are found by a join, in the order of the list"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_COLUMNS = ("number", "text", "raised_by", "place", "answer", "measure", "rectified_note")


def upgrade() -> None:
    op.drop_table("said")
    op.create_table(
        "said",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("estate_id", "subject_id", name=op.f("pk_said")),
        sqlite_with_rowid=False,
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    line_break, aggregate = ("chr(10)", "string_agg") if is_postgresql else ("char(10)", "group_concat")
    texts = f"||{line_break}||".join(f"coalesce({column}, '')" for column in _COLUMNS)
    reasons = f"SELECT {aggregate}(reason, {line_break}) FROM owner_answer WHERE issue_id = issue.id"  # noqa: S608
    op.execute(
        f"INSERT INTO said SELECT estate_id, id, {texts}||{line_break}||coalesce(({reasons}), '') "  # noqa: S608
        "FROM issue ORDER BY estate_id, id"
    )


def downgrade() -> None:
    op.drop_table("said")
    op.create_table(
        "said",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("estate_id", "subject_id", "source_id", name=op.f("pk_said")),
        sqlite_with_rowid=False,
    )
    line_break = "chr(10)" if op.get_bind().dialect.name == "postgresql" else "char(10)"
    texts = f"||{line_break}||".join(f"coalesce({column}, '')" for column in _COLUMNS)
    op.execute(f"INSERT INTO said SELECT estate_id, id, id, {texts} FROM issue ORDER BY estate_id, id")  # noqa: S608
    op.execute("INSERT INTO said SELECT estate_id, issue_id, id, reason FROM owner_answer WHERE reason <> ''")
