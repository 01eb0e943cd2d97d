"""The fixtures of these tests: an estate in which issues go round, and a step that is overdue."""

import uuid

import pytest
from flask import Flask

from app.core import waits
from app.core.db import db
from app.core.ids import new_id
from app.core.waits import Holder
from tests.builders import NOW, an_estate
from tests.issues.conftest import ground


@pytest.fixture
def overdue(app: Flask) -> uuid.UUID:
    """The id of something that has waited for the supervisor until now; committed, in no session."""
    with app.app_context():
        subject = new_id()
        holder = Holder(role="supervisor")
        waits.begin(an_estate().id, ("issue", subject), "issue:route", holder, since=NOW, due_at=NOW)
        db.session.commit()
    return subject


__all__ = ["ground", "overdue"]
