"""What is signed, received or noted never changes: the database itself refuses, whoever asks."""

import re
import shutil
import uuid
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from app.approvals.actions import submit
from app.approvals.queries import review_of
from app.approvals.rules import Move, Paper
from app.config import ROOT, settings
from app.core.db import Base, db
from app.core.ids import new_id
from app.core.immutable import IMMUTABLE
from app.core.journal import By
from app.core.pictures import Picture
from app.estates.models import Unit
from app.estates.owner_file import Hand, change_fields
from app.estates.queries import all_estates
from app.estates.settings import set_limits
from app.factory import create_app
from app.issues.models import Issue
from app.issues.owners_word import OwnersWord
from app.issues.progress import note_progress
from app.issues.reported import results_of
from app.issues.reporting import read_result, report_result, report_up
from app.issues.rules import Answer, HowAnswered, State
from app.jobs.closing import close_days
from app.people.models import Staff
from app.people.queries import departments
from app.people.rules import Role
from app.people.systems import let_in
from app.repairs.actions import Reported, report_order
from app.repairs.answering import take_owners_answer
from app.repairs.rules import Kind
from app.reports.handing_up import hand_up, move_report
from app.reports.queries import Year
from app.surveys.actions import Returned, collect, decline, hand_out
from app.surveys.classifying import needs_no_action
from app.surveys.handing_up import hand_up as hand_up_survey
from app.surveys.handing_up import move_result
from app.surveys.measure_rules import Became
from app.surveys.meeting import Called, Minutes, Problem, call_meeting, record_meeting
from app.surveys.receipts import Given
from app.surveys.rules import Filled, Level, Receipt
from app.sync.deciding import set_aside
from tests.builders import NOBODY, NOW, TODAY, a_batch, a_line, a_new_version, a_survey, a_survey_out, hand_on
from tests.visits.kept import an_attempt
from tests.world import World

BATCH = '''"""rebuild every table that never changes

Revision: {revision}, after {before}
"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    for table in {tables}:
        with op.batch_alter_table(table, recreate=recreate) as batch:
            batch.add_column(sa.Column("added_later", sa.Integer(), nullable=True))
'''


@pytest.fixture
def after_a_visit(app: Flask, world: World) -> Flask:
    """An application with at least one row in each table that never changes."""
    tablet = world.tablet
    photo, frozen = tablet.a_photo(b"\xff\xd8 a photo of the ceiling " * 40)
    tablet.upload(photo["sealed"], frozen)
    solved = tablet.an_issue(answered=True, answer="当场处理", promised_on=None, photos=[photo])
    visit = tablet.a_visit(world.estate_id, world.unit_id, issues=[solved])
    unknown = tablet.a_visit(world.estate_id, world.unit_id) | {"kind": "visit.sing"}
    tried, noticed = an_attempt(world), tablet.an_inspection(world.estate_id)
    added = tablet.an_addendum(world.estate_id, visit)
    with app.app_context():
        line_id = a_line(all_estates()[0]).id
        db.session.commit()
    read = tablet.a_reading(world.estate_id, (line_id, 1))
    *_applied, held = tablet.receipts(*map(tablet.freeze, (visit, added, tried, read, noticed, unknown)))
    with app.app_context():
        set_aside(uuid.UUID(held["op_id"]), "试用", after=0, by=NOBODY, at=NOW)
        officer = db.session.scalars(sa.select(Staff)).first()
        submit(Paper.PLAN, new_id(), all_estates()[0], event_id=new_id(), by=By(officer.id), at=NOW)
        home = db.session.get_one(Unit, world.unit_id)
        change_fields(home, home, {"area": "128.6", "layout": "3 室 2 厅"}, Hand(By(officer.id), NOW, TODAY))
        hand_on(a_batch(all_estates()[0], officer), officer, stages=4)
        is_open = db.session.scalars(sa.select(Issue).where(Issue.state == State.ROUTED)).first()
        picture = Picture(b"a picture", 4, 3)
        note_progress(is_open, "已断水", [picture], event_id=new_id(), by=By(officer.id), at=NOW)
        set_limits(all_estates()[0], {"measure_hours": 12}, seen=0, by=NOBODY, at=NOW)
        a_new_version(all_estates()[0], officer)
        a_result_that_was_read(officer)
        an_order_that_was_answered(home, officer)
        a_year_that_was_assessed(officer)
        a_survey_that_was_answered(home, officer)
        _system, key = let_in(home.estate_id, "物业管理系统", by=NOBODY, at=NOW)
        address = home.short
        db.session.commit()
        close_days(NOW + timedelta(days=1))
    posted = {"order_number": "1", "kind": "free", "unit": address, "content": "门锁坏了", "reported_by": "陈建国"}
    more = {
        "json": posted | {"reported_at": "2026-11-20T09:30:00+08:00"},
        "headers": {"Authorization": f"Bearer {key}"},
    }
    assert app.test_client().post("/api/v1/work-orders", **more).status_code == 201
    return app


def a_result_that_was_read(officer: Staff) -> None:
    """What came of an issue, told upward and read there."""
    routed = sa.select(Issue).where(Issue.state == State.ROUTED)
    issue, more = db.session.scalars(routed).first(), {"by": By(officer.id), "at": NOW}
    report_up(issue, event_id=new_id(), **more)
    report_result(issue, "已处理", event_id=new_id(), **more)
    read_result(results_of(issue.id)[0], frozenset({Role.EXECUTIVE}), **more)


def an_order_that_was_answered(home: Unit, officer: Staff) -> None:
    """A work order in its second round, with what the owner said about the first."""
    more = {"by": By(officer.id), "at": NOW}
    order = report_order(home, Reported(Kind.FREE, "窗框漏水", NOW, "陈建国"), **more)
    word = OwnersWord(Answer.DISSATISFIED, HowAnswered.PHONE, NOW, visit_id=new_id())
    take_owners_answer(order, word, round_=1, rating="none", event_id=new_id(), **more)


def a_year_that_was_assessed(officer: Staff) -> None:
    """A year's statistics that passed every stage."""
    estate = all_estates()[0]
    year, by = Year(2025, estate.time_zone, NOW), By(officer.id)
    report = hand_up(estate, year, "渗水最多", event_id=new_id(), by=by)
    for after in (1, 2):
        more = {"roles": frozenset(Role), "event_id": new_id(), "by": by, "at": NOW}
        move_report(report, Move.HAND_ON, after=after, **more)


def a_survey_that_was_answered(home: Unit, officer: Staff) -> None:
    """A survey of one home whose sheet was handed out twice and came back with an opinion; everybody has read it, and
    its meeting was held.
    """
    estate, department = all_estates()[0], departments(home.estate_id)[0]
    survey = a_survey(estate, officer, (department, "维修及时"))
    sheet, more = a_survey_out(survey, [home], officer)[0], {"by": By(officer.id), "at": NOW}
    opinions = {str(department.id): "很热心"}
    returned = Returned(Filled.ON_PAPER, True, "陈建国", "owner", False, Level.SATISFIED, opinions=opinions)
    for given in (Given(Receipt.SIGNED, "陈建国", "owner"), Given(Receipt.ON_PAPER, "王秀兰", "spouse")):
        to_collect = {"collector_id": officer.id, "collect_on": TODAY, "event_id": new_id()}
        hand_out(sheet, given, visit_id=new_id(), when=NOW, **to_collect, **more)
        decline(sheet, "没空", event_id=new_id(), when=NOW, **more)
    collect(sheet, returned, event_id=new_id(), when=NOW, **more)
    needs_no_action(sheet, department.id, Became.PRAISE, event_id=new_id(), **more)
    hand_up_survey(survey, estate, "维修较慢", event_id=new_id(), **more)
    called = Called(NOW + timedelta(days=1), "会议室", "", [department])
    meeting = call_meeting(survey, called, event_id=new_id(), **more)
    minutes = Minutes(TODAY, officer.id, [officer.id], "", "逐项讨论", [Problem(department.id, "来得慢", "")])
    record_meeting(meeting, minutes, event_id=new_id(), **(more | {"at": called.meets_at}))
    while survey.read_at is None:
        moved = {"after": len(review_of(survey.id).acts), "roles": frozenset(Role), "event_id": new_id()}
        move_result(survey, Move.HAND_ON, **moved, **more)


def rows(table: str) -> int:
    return db.session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()


def columns(table: str) -> list[str]:
    return [column["name"] for column in sa.inspect(db.session.connection()).get_columns(table)]


def refuses(statement: str) -> bool:
    """Whether the database refuses a statement because the table never changes."""
    try:
        with db.session.begin_nested():
            db.session.execute(sa.text(statement))
    except sa.exc.DBAPIError as refusal:
        return "never changes" in str(refusal)
    return False


def test_no_column_of_no_row_can_be_changed(after_a_visit: Flask) -> None:
    with after_a_visit.app_context():
        assert [table for table in IMMUTABLE if not rows(table)] == [], (
            "let the fixture make a row, or nothing is tested"
        )

        every = [(table, name) for table in IMMUTABLE for name in columns(table)]
        changeable = [(table, name) for table, name in every if not refuses(f"UPDATE {table} SET {name} = {name}")]

    assert changeable == []


def test_no_row_can_be_deleted_or_put_in_the_place_of_another(after_a_visit: Flask) -> None:
    with after_a_visit.app_context():
        before = {table: rows(table) for table in IMMUTABLE}

        replaced = "REPLACE INTO {0} SELECT * FROM {0}"
        emptied = replaced if db.engine.dialect.name == "sqlite" else "TRUNCATE {0} CASCADE"
        tried = [words.format(table) for table in IMMUTABLE for words in ("DELETE FROM {0}", emptied)]

        assert [statement for statement in tried if not refuses(statement)] == []
        assert {table: rows(table) for table in IMMUTABLE} == before


def test_the_list_covers_every_table_that_must_never_change() -> None:
    """A model says so in its own description, and the design names four of them."""
    promised = {
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if re.search("never change", mapper.class_.__doc__ or "", re.IGNORECASE)
    }

    assert promised >= {"journal", "statement", "signature", "operation"}
    assert promised == set(IMMUTABLE), "name the table in app/core/immutable.py and say it in its model"


def test_the_triggers_are_made_again_after_a_batch_migration(after_a_visit: Flask, tmp_path: Path) -> None:
    """On SQLite a batch migration builds a table anew and drops its triggers with the old one."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder)
    newest = max(re.findall(r'^revision = "(\w+)"', _all_texts(folder), re.MULTILINE))
    later = BATCH.format(revision="later", before=newest, tables=sorted(IMMUTABLE))
    (folder / "versions" / "2099_01_01_rebuild.py").write_text(later)
    url = after_a_visit.config["SQLALCHEMY_DATABASE_URI"]
    app = create_app(settings(tmp_path, url, secret="only for tests") | {"MIGRATIONS": str(folder)})

    with app.app_context():
        flask_migrate.upgrade()
        for table in IMMUTABLE:
            assert "added_later" in columns(table)
            assert rows(table) > 0
            assert refuses(f"UPDATE {table} SET added_later = 1"), table
            assert refuses(f"DELETE FROM {table}"), table
        db.session.remove()
        db.engine.dispose()


def _all_texts(folder: Path) -> str:
    return "\n".join(path.read_text() for path in (folder / "versions").glob("*.py"))
