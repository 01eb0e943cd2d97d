"""The page behind a sheet's QR code tells what was signed under it, and nothing about whom."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.core.chain import head
from app.core.db import db
from app.jobs.closing import close_days
from app.signatures.rules import sha256_hex
from app.visits.models import Visit
from tests.builders import NOW
from tests.sync.conftest import World, world

__all__ = ["world"]


@pytest.fixture
def sheet(world: World) -> str:
    """The fingerprint of a signed sheet that the office has received."""
    visit = world.tablet.a_visit(world.estate_id, world.unit_id)
    world.tablet.receipts(world.tablet.freeze(visit))
    return sha256_hex(visit["body"]["statement"].encode())


def test_a_genuine_sheet_is_told_without_naming_anybody(app: Flask, world: World, sheet: str) -> None:
    with app.app_context():
        close_days(NOW + timedelta(days=300))
        newest = head(world.estate_id).sha256

    page = world.tablet.client.get(f"/verify/{sheet}")

    assert page.status_code == 200
    assert "此编码下确有签署的确认单" in page.text
    assert "属实" not in page.text, "nobody here has seen the paper that bears the code"
    assert newest in page.text
    assert sheet in page.text
    assert "陈建国" not in page.text
    assert not re.search(r"\b1202\b", page.text), "by itself: a fingerprint may hold these figures"


def test_an_unknown_fingerprint_is_told_so(world: World) -> None:
    page = world.tablet.client.get(f"/verify/{'0' * 64}")

    assert page.status_code == 404
    assert "未查到此编码的确认单" in page.text
    assert "办公室没有这份确认单" in page.text
    assert "回到首页" not in page.text, "an owner has no place there"


def test_a_sheet_changed_behind_the_triggers_is_told_as_altered(app: Flask, world: World, sheet: str) -> None:
    with app.app_context():
        for table in ("statement",):
            drop = f"DROP TRIGGER {table}_keeps" + (f" ON {table}" if db.engine.name == "postgresql" else "")
            db.session.execute(db.text(drop))
        db.session.execute(db.text("UPDATE statement SET text = replace(text, 'satisfied', 'dissatisfied')"))
        db.session.commit()
        assert db.session.query(Visit).count() == 1

    page = world.tablet.client.get(f"/verify/{sheet}")

    assert "此确认单不一致" in page.text
