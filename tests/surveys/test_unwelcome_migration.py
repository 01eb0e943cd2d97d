"""Callbacks that were due before tablets learned that their owners wanted none are told anew; all others stay."""

import runpy

import flask_migrate
import sqlalchemy as sa

from app.agenda.models import Task
from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS
from app.config import ROOT
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import Counter, Feed, JournalLine
from app.issues.actions import accept, report_rectified
from app.issues.rules import Urgency
from app.surveys.classifying import Matter, becomes_issue
from tests.builders import NOBODY, NOW, TODAY
from tests.surveys.followed import SLOW, Followed


def a_callback(followed: Followed, n: int, welcome: bool | None) -> Task:
    """Due on what a household wrote."""
    more = {"event_id": new_id(), "by": NOBODY, "at": NOW}
    sheet = followed.comes_back(n, {followed.repairs: SLOW}, callback_welcome=welcome)
    matter = Matter(followed.category, Urgency.ORDINARY, followed.repairs.id, None)
    issue = becomes_issue(sheet, followed.repairs.id, matter, **more)
    accept(issue, "增派人手", followed.worker, TODAY, **(more | {"event_id": new_id()}))
    report_rectified(issue, "已增派", **(more | {"event_id": new_id()}))
    [callback] = due_about(issue.id, *CALLBACKS)
    return callback


def test_only_what_is_due_about_unwelcome_callbacks_has_a_newer_version(followed: Followed) -> None:
    unwelcome, other = a_callback(followed, 0, welcome=False).id, a_callback(followed, 1, welcome=None).id
    estate_id = followed.estate.id
    db.session.commit()
    [file] = (ROOT / "migrations/versions").glob("*_callbacks_that_owners_did_not_welcome.py")
    flask_migrate.downgrade(revision=runpy.run_path(str(file))["down_revision"])
    before = db.session.get_one(Counter, (estate_id, "seq")).value
    db.session.rollback()

    flask_migrate.upgrade()

    db.session.expire_all()
    versions = {id_: db.session.get_one(Feed, (estate_id, "task", id_)).version for id_ in (unwelcome, other)}
    assert (versions[unwelcome], versions[other] <= before) == (before + 1, True)
    lines = db.session.scalars(sa.select(JournalLine).where(JournalLine.seq > before)).all()
    assert [(line.kind, line.data) for line in lines] == [("tasks:told_anew", {"tasks": 1})]
    assert db.session.get_one(Counter, (estate_id, "seq")).value == before + 1
