"""every receipt of a sheet of a survey is kept: of an earlier handing-out, and of one more while it was out"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("handed_out_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("handed_out_by_id", sa.Uuid(), nullable=True),
        sa.Column("handed_out_visit_id", sa.Uuid(), nullable=True),
        sa.Column("receipt", sa.String(40), nullable=False),
        sa.Column("receipt_name", sa.String(120), nullable=False),
        sa.Column("receipt_relation", sa.String(20), nullable=False),
        sa.Column("agreed_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["handed_out_by_id"], ["staff.id"], name=op.f("fk_survey_receipt_handed_out_by_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["survey_sheet.id"], name=op.f("fk_survey_receipt_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_receipt")),
    )
    op.create_index(op.f("ix_survey_receipt_sheet_id"), "survey_receipt", ["sheet_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_survey_receipt_sheet_id"), table_name="survey_receipt")
    op.drop_table("survey_receipt")
