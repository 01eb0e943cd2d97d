"""owner files with history: household, parking, warranty, consent; each field's changes; corrections from the door

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ABOUT = (
    "phone",
    "other_phone",
    "name",
    "emergency",
    "household",
    "tenant",
    "occupancy",
    "care",
    "preferred_contact",
    "do_not_disturb",
    "plates",
    "other",
)


def upgrade() -> None:
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("preferred_contact", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("parking", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("plates", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("warranty", sa.JSON(), nullable=False, server_default="{}"))

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("emergency_name", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("emergency_phone", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("consent_on", sa.Date(), nullable=True))

    op.create_table(
        "household_member",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_household_member_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_member")),
    )
    op.create_index(op.f("ix_household_member_estate_id"), "household_member", ["estate_id"])
    op.create_index(op.f("ix_household_member_unit_id"), "household_member", ["unit_id"])

    op.create_table(
        "owner_file_change",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("subject_type", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("became", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("correction_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_owner_file_change_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_file_change")),
        sa.UniqueConstraint("subject_id", "number", name=op.f("uq_owner_file_change_subject_id_number")),
    )
    op.create_index(op.f("ix_owner_file_change_estate_id"), "owner_file_change", ["estate_id"])
    op.create_index(op.f("ix_owner_file_change_unit_id"), "owner_file_change", ["unit_id"])

    op.create_table(
        "file_correction",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("receipt_number", sa.String(length=20), nullable=True),
        sa.Column("about", sa.Enum(*_ABOUT, name="about", native_enum=False, length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("base", sa.JSON(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "accepted", "changed", "refused", name="standing", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("taken", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_file_correction_author_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff.id"], name=op.f("fk_file_correction_decided_by_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_file_correction_device_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_file_correction_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_file_correction_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_correction")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_file_correction_operation_id")),
    )
    op.create_index(op.f("ix_file_correction_estate_id"), "file_correction", ["estate_id"])
    op.create_index(op.f("ix_file_correction_unit_id"), "file_correction", ["unit_id"])


def downgrade() -> None:
    op.drop_table("file_correction")
    op.drop_table("owner_file_change")
    op.drop_table("household_member")

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("consent_on")
        batch_op.drop_column("emergency_phone")
        batch_op.drop_column("emergency_name")

    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_column("warranty")
        batch_op.drop_column("plates")
        batch_op.drop_column("parking")
        batch_op.drop_column("preferred_contact")
