"""batches of records: handed up, read line by line, signed at a desk, archived

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("archived_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_batch_estate_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_batch_made_by_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["staff.id"], name=op.f("fk_batch_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_batch_officer_id"), ["officer_id"], unique=False)

    op.create_table(
        "desk_signature",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("signer_name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("ink", sa.Text(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_desk_signature_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_signature")),
        sa.UniqueConstraint("act_id", name=op.f("uq_desk_signature_act_id")),
    )
    with op.batch_alter_table("desk_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_signature_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_signature_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_signature_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "batch_line",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("in", "out", "sent_back", "mended", "archived", name="linestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_line_batch_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_batch_line_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_line")),
        sa.UniqueConstraint("batch_id", "visit_id", name=op.f("uq_batch_line_batch_id_visit_id")),
    )
    with op.batch_alter_table("batch_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_line_estate_id"), ["estate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_batch_line_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            "uq_batch_line_visit_id_in",
            ["visit_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('in', 'sent_back', 'archived')"),
            postgresql_where=sa.text("state IN ('in', 'sent_back', 'archived')"),
        )

    op.create_table(
        "batch_line_act",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "move",
            sa.Enum(
                "take_out",
                "put_in",
                "remark",
                "send_back",
                "mend",
                "settle",
                "archive",
                name="linemove",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "officer",
                "front_desk",
                "supervisor",
                "manager",
                "property_manager",
                "executive",
                "department_manager",
                "handler",
                "admin",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("addendum_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["addendum_id"], ["visit_addendum.id"], name=op.f("fk_batch_line_act_addendum_id")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_batch_line_act_by_id")),
        sa.ForeignKeyConstraint(["line_id"], ["batch_line.id"], name=op.f("fk_batch_line_act_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_line_act")),
        sa.UniqueConstraint("line_id", "number", name=op.f("uq_batch_line_act_line_id_number")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.add_column(sa.Column("drafter_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_review_drafter_id"), "staff", ["drafter_id"], ["id"])

    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("archived_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_column("archived_at")

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_constraint("fk_review_drafter_id", type_="foreignkey")
        batch_op.drop_column("drafter_id")

    op.drop_table("batch_line_act")
    op.drop_table("batch_line")
    op.drop_table("desk_signature")
    op.drop_table("batch")
