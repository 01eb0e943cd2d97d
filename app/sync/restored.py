"""After the database came back from a backup: a new epoch, by which tablets notice and send again what they keep.

Nothing else is needed: a receipt that the backup still knows is told again byte for byte, and what it lost happens once
more. Tablets keep a record for 30 days after the office had all of it (`DAYS_KEPT` in static/tablet/records.js), so a
backup must not be older than that.
"""

import uuid
from datetime import datetime

import sqlalchemy as sa

from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import COMPANY_STREAM, RESTORED, By
from app.sync.models import Epoch


def begin_new_epoch(*, at: datetime) -> uuid.UUID:
    """Every tablet starts over at its next contact. The caller commits."""
    row = db.session.scalars(sa.select(Epoch).with_for_update()).one()
    before, epoch = row.value, new_id()
    row.value = str(epoch)
    journal.write(COMPANY_STREAM, RESTORED, ("epoch", epoch), by=By(), at=at, data={"before": before})
    return epoch
