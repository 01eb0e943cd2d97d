"""News and measures that stood in an estate's settings become lines of the briefing, and can go back."""

import runpy

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from app.config import ROOT
from app.core.db import db
from app.core.journal import Counter, Feed, JournalLine
from app.estates.models import Estate
from app.visits.briefed import briefing_of
from app.visits.rules import BriefingKind
from tests.builders import a_line, an_estate

NEWS = [{"zh": "已更换门禁", "en": "New door control"}, {"zh": "电梯年检", "en": "Lifts are inspected"}]
MEASURES = [{"zh": "访客停车改到地下二层", "en": "Visitors park on level 2"}]
ESTATE = sa.table("estate", sa.column("id", sa.Uuid()), sa.column("settings", sa.JSON()))


def settings_of(estate_id: object) -> dict:
    return db.session.scalars(sa.select(ESTATE.c.settings).where(ESTATE.c.id == estate_id)).one()


def test_what_stood_in_the_settings_is_kept_as_lines_with_documents(app: Flask) -> None:
    [file] = (ROOT / "migrations/versions").glob("*_briefing_with_versions_and_read_marks.py")
    with app.app_context():
        estate_id = an_estate().id
        an_estate()
        db.session.commit()
        flask_migrate.downgrade(revision=runpy.run_path(str(file))["down_revision"])
        was = settings_of(estate_id)
        told = was | {"news": NEWS, "measures": MEASURES}
        db.session.execute(sa.update(ESTATE).where(ESTATE.c.id == estate_id).values(settings=told))
        db.session.commit()
        before = db.session.get_one(Counter, (estate_id, "seq")).value
        db.session.rollback()

        flask_migrate.upgrade()

        db.session.expire_all()
        items = list(reversed(briefing_of(estate_id)))
        assert [(item.kind, item.newest.text_zh, item.newest.text_en) for item in items] == [
            (BriefingKind.WORK, "已更换门禁", "New door control"),
            (BriefingKind.WORK, "电梯年检", "Lifts are inspected"),
            (BriefingKind.MEASURES, "访客停车改到地下二层", "Visitors park on level 2"),
        ]
        assert all((item.version, item.newest.valid_until, item.newest.by) == (1, None, None) for item in items)
        versions = [db.session.get_one(Feed, (estate_id, "briefing", item.id)).version for item in items]
        assert versions == [before + 1, before + 2, before + 3]
        assert db.session.get_one(Counter, (estate_id, "seq")).value == before + 3
        lines = db.session.scalars(sa.select(JournalLine.kind).where(JournalLine.seq > before)).all()
        assert lines.count("briefing:added") == 3
        assert settings_of(estate_id) == was


def test_going_back_puts_the_lines_into_the_settings_again(app: Flask) -> None:
    [file] = (ROOT / "migrations/versions").glob("*_briefing_with_versions_and_read_marks.py")
    with app.app_context():
        estate = an_estate()
        a_line(estate, "已更换门禁", text_en="New door control")
        db.session.commit()
        estate_id = estate.id
        db.session.rollback()

        flask_migrate.downgrade(revision=runpy.run_path(str(file))["down_revision"])

        assert settings_of(estate_id)["news"] == NEWS[:1]
        db.session.rollback()
        flask_migrate.upgrade()
        assert db.session.get_one(Estate, estate_id).name_en == "Splendid Garden"
        assert [item.newest.text_zh for item in briefing_of(estate_id)] == ["已更换门禁"]
