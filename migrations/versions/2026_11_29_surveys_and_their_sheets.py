"""surveys, their questions, and each household's sheet"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("title_zh", sa.String(length=60), nullable=False),
        sa.Column("title_en", sa.String(length=60), nullable=False),
        sa.Column("purpose_zh", sa.Text(), nullable=False),
        sa.Column("purpose_en", sa.Text(), nullable=False),
        sa.Column("key_items_zh", sa.Text(), nullable=False),
        sa.Column("key_items_en", sa.Text(), nullable=False),
        sa.Column("issue_from", sa.Date(), nullable=False),
        sa.Column("issue_until", sa.Date(), nullable=False),
        sa.Column("collect_until", sa.Date(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("vacant", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_survey_estate_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_survey_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("estate_id", "number", name=op.f("uq_survey_estate_id_number")),
    )
    op.create_index(op.f("ix_survey_estate_id"), "survey", ["estate_id"], unique=False)
    op.create_table(
        "survey_question",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("text_zh", sa.String(length=120), nullable=False),
        sa.Column("text_en", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_survey_question_department_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_question_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_question")),
    )
    op.create_index(op.f("ix_survey_question_survey_id"), "survey_question", ["survey_id"], unique=False)
    op.create_table(
        "survey_sheet",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("handed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_out_by_id", sa.Uuid(), nullable=True),
        sa.Column("handed_out_visit_id", sa.Uuid(), nullable=True),
        sa.Column("receipt", sa.String(40), nullable=True),
        sa.Column("receipt_name", sa.String(length=120), nullable=False),
        sa.Column("receipt_relation", sa.String(length=20), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_reason", sa.Text(), nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("collected_by_id", sa.Uuid(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("filled", sa.String(40), nullable=True),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("signed_name", sa.String(length=120), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("proxy", sa.Boolean(), nullable=False),
        sa.Column("callback_welcome", sa.Boolean(), nullable=True),
        sa.Column("overall", sa.String(40), nullable=True),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("opinions", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["collected_by_id"], ["staff.id"], name=op.f("fk_survey_sheet_collected_by_id")),
        sa.ForeignKeyConstraint(["handed_out_by_id"], ["staff.id"], name=op.f("fk_survey_sheet_handed_out_by_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_sheet_survey_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_survey_sheet_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_sheet")),
        sa.UniqueConstraint("survey_id", "unit_id", name=op.f("uq_survey_sheet_survey_id_unit_id")),
    )
    op.create_index("ix_survey_sheet_estate_id_state", "survey_sheet", ["estate_id", "state"], unique=False)
    op.create_index(op.f("ix_survey_sheet_unit_id"), "survey_sheet", ["unit_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_survey_sheet_unit_id"), table_name="survey_sheet")
    op.drop_index("ix_survey_sheet_estate_id_state", table_name="survey_sheet")
    op.drop_table("survey_sheet")
    op.drop_index(op.f("ix_survey_question_survey_id"), table_name="survey_question")
    op.drop_table("survey_question")
    op.drop_index(op.f("ix_survey_estate_id"), table_name="survey")
    op.drop_table("survey")
