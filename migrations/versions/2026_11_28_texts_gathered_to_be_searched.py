"""the texts of an issue gathered in one narrow row, to be searched

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
    columns = ("number", "text", "raised_by", "place", "answer", "measure", "rectified_note")
    texts = f"||{line_break}||".join(f"coalesce({column}, '')" for column in columns)
    op.execute(f"INSERT INTO said SELECT estate_id, id, id, {texts} FROM issue ORDER BY estate_id, id")  # noqa: S608
    op.execute("INSERT INTO said SELECT estate_id, issue_id, id, reason FROM owner_answer WHERE reason <> ''")


def downgrade() -> None:
    for source in ("issue", "owner_answer"):
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER IF EXISTS {source}_said ON {source}")
            op.execute(f"DROP TRIGGER IF EXISTS {source}_said_anew ON {source}")
            op.execute(f"DROP FUNCTION IF EXISTS {source}_is_said()")
        else:
            op.execute(f"DROP TRIGGER IF EXISTS {source}_said")
            op.execute(f"DROP TRIGGER IF EXISTS {source}_said_anew")
    op.drop_table("said")
