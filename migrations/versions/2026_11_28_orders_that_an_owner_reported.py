"""which owner reported a work order, known by the name in the owner file: no tenant calls it good in their stead"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work_order", sa.Column("owner_id", sa.Uuid(), nullable=True))
    order = sa.table("work_order", sa.column("unit_id"), sa.column("reported_by"), sa.column("owner_id"))
    held = sa.table("ownership", sa.column("unit_id"), sa.column("person_id"), sa.column("since"))
    person = sa.table("person", sa.column("id"), sa.column("name"))
    owner = (
        sa.select(held.c.person_id)
        .join(person, person.c.id == held.c.person_id)
        .where(held.c.unit_id == order.c.unit_id, person.c.name == order.c.reported_by)
        .order_by(held.c.since.desc())
        .limit(1)
        .correlate(order)
        .scalar_subquery()
    )
    op.execute(order.update().values(owner_id=owner))


def downgrade() -> None:
    op.drop_column("work_order", "owner_id")
