"""what follows of a survey: opinions classified, the special meeting, departments' measures"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_opinion",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("became", sa.String(40), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_survey_opinion_by_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_survey_opinion_department_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_survey_opinion_issue_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["survey_sheet.id"], name=op.f("fk_survey_opinion_sheet_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_opinion_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_opinion")),
        sa.UniqueConstraint("sheet_id", "department_id", name=op.f("uq_survey_opinion_sheet_id_department_id")),
    )
    op.create_index(op.f("ix_survey_opinion_issue_id"), "survey_opinion", ["issue_id"], unique=False)
    op.create_index(op.f("ix_survey_opinion_survey_id"), "survey_opinion", ["survey_id"], unique=False)
    op.create_table(
        "survey_meeting",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("meets_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("called_by_id", sa.Uuid(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("chair_id", sa.Uuid(), nullable=True),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("others", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["called_by_id"], ["staff.id"], name=op.f("fk_survey_meeting_called_by_id")),
        sa.ForeignKeyConstraint(["chair_id"], ["staff.id"], name=op.f("fk_survey_meeting_chair_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_meeting_survey_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["staff.id"], name=op.f("fk_survey_meeting_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_meeting")),
        sa.UniqueConstraint("survey_id", name=op.f("uq_survey_meeting_survey_id")),
    )
    op.create_table(
        "survey_call",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_survey_call_department_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["survey_meeting.id"], name=op.f("fk_survey_call_meeting_id")),
        sa.ForeignKeyConstraint(["read_by_id"], ["staff.id"], name=op.f("fk_survey_call_read_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_call")),
        sa.UniqueConstraint("meeting_id", "department_id", name=op.f("uq_survey_call_meeting_id_department_id")),
    )
    op.create_table(
        "survey_measure",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("first_plan", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_by_id", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by_id", sa.Uuid(), nullable=True),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("collected_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["collected_by_id"], ["staff.id"], name=op.f("fk_survey_measure_collected_by_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_survey_measure_department_id")),
        sa.ForeignKeyConstraint(["read_by_id"], ["staff.id"], name=op.f("fk_survey_measure_read_by_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["staff.id"], name=op.f("fk_survey_measure_reported_by_id")),
        sa.ForeignKeyConstraint(["responsible_id"], ["staff.id"], name=op.f("fk_survey_measure_responsible_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_measure_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_measure")),
    )
    op.create_index(op.f("ix_survey_measure_survey_id"), "survey_measure", ["survey_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_survey_measure_survey_id"), table_name="survey_measure")
    op.drop_table("survey_measure")
    op.drop_table("survey_call")
    op.drop_table("survey_meeting")
    op.drop_index(op.f("ix_survey_opinion_survey_id"), table_name="survey_opinion")
    op.drop_index(op.f("ix_survey_opinion_issue_id"), table_name="survey_opinion")
    op.drop_table("survey_opinion")
