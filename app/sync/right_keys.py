"""Whether this data folder holds the keys that the tablets of this database encrypt to."""

import sqlalchemy as sa

from app.core.db import db
from app.people.models import Device
from app.sync.keys import has_a_key, open_frozen
from app.sync.models import Operation
from app.sync.rules import APPLIED, REVIEW


def are_missing() -> bool:
    """Whether the newest record that was entered cannot be opened here, or there are tablets, but no key at all."""
    entered = Operation.status.in_((APPLIED, REVIEW))
    newest = sa.select(Operation.frozen).where(entered).order_by(Operation.received_at.desc()).limit(1)
    frozen = db.session.scalar(newest)
    if frozen is None:
        return not has_a_key() and db.session.scalar(sa.select(Device.id).limit(1)) is not None
    try:
        open_frozen(frozen.decode(), "doorstep-op")
    except ValueError:
        return True
    return False
