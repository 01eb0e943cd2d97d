"""The texts of issues as the database gathers them to be searched: whatever writes them, and whatever is older."""

import runpy
import uuid

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from app.config import ROOT
from app.core.db import db
from app.core.said import Said
from app.issues import queries
from app.issues.models import Issue
from app.issues.queries import Wanted, find_issues, issue_ids
from tests.office.conftest import Desk

LEAK = "主卫天花板渗水"


def found(desk: Desk, words: str, **wanted: object) -> list[uuid.UUID]:
    with desk.app.app_context():
        return issue_ids(desk.estate_id, Wanted(words=words, order="raised", **wanted), 100)


@pytest.fixture
def leaks(desk: Desk) -> list[uuid.UUID]:
    """Two leaks, one of them at its owner again and again; and a dark lamp."""
    desk.issue(text="楼道的灯不亮")
    leaks = [uuid.UUID(desk.issue(text=f"{LEAK}，第 {n} 处")) for n in (1, 2)]
    desk.dissatisfied(str(leaks[1]), "两天后又滴水")
    return leaks


@pytest.mark.parametrize("few", [0, 1, 1_000])
def test_few_and_many_are_found_alike(
    desk: Desk, leaks: list[uuid.UUID], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "FEW", few)

    assert found(desk, "渗水") == leaks
    assert found(desk, "滴水") == leaks[1:]
    assert found(desk, "渗水", round=2) == leaks[1:]
    assert found(desk, "泳池") == []
    with desk.app.app_context():
        assert find_issues(desk.estate_id, Wanted(words="渗水"), count=1)[1] == 2
        where = db.session.get_one(Issue, leaks[0]).unit.short
    assert len(found(desk, where)) == 3


def test_a_text_that_changes_is_found_by_its_new_words_alone(desk: Desk, leaks: list[uuid.UUID]) -> None:
    with desk.app.app_context():
        db.session.execute(sa.update(Issue).where(Issue.id == leaks[0]).values(measure="注浆", text="阳台漏风"))
        db.session.commit()

    assert found(desk, "注浆") == found(desk, "漏风") == leaks[:1]
    assert found(desk, "渗水") == leaks[1:]


def test_an_issue_is_found_once_however_often_its_texts_hold_the_words(desk: Desk, leaks: list[uuid.UUID]) -> None:
    desk.dissatisfied(str(leaks[0]), "还在渗水")
    desk.dissatisfied(str(leaks[0]), "仍旧渗水")

    with desk.app.app_context():
        rows, total = find_issues(desk.estate_id, Wanted(words="渗水", order="raised"))
        [said] = db.session.scalars(sa.select(Said).where(Said.subject_id == leaks[0]))

    assert [issue.id for issue, _wait in rows] == leaks
    assert total == 2
    assert {"还在渗水", "仍旧渗水"} <= set(said.text.splitlines())


def test_words_do_not_run_from_one_text_into_the_next(desk: Desk, leaks: list[uuid.UUID]) -> None:
    with desk.app.app_context():
        db.session.execute(sa.update(Issue).where(Issue.id == leaks[0]).values(answer="今天", measure="明天"))
        db.session.commit()

    assert found(desk, "天明") == []


def test_a_changed_text_keeps_what_was_answered(desk: Desk, leaks: list[uuid.UUID]) -> None:
    with desk.app.app_context():
        db.session.execute(sa.update(Issue).where(Issue.id == leaks[1]).values(text="阳台漏风"))
        db.session.commit()

    assert found(desk, "滴水") == leaks[1:]


def test_what_is_older_is_gathered_by_the_migration(desk: Desk, leaks: list[uuid.UUID]) -> None:
    [file] = (ROOT / "migrations/versions").glob("*_texts_gathered_to_be_searched.py")
    before = all_that_is_said(desk.app)
    with desk.app.app_context():
        flask_migrate.downgrade(revision=runpy.run_path(str(file))["down_revision"])

        flask_migrate.upgrade()

    assert all_that_is_said(desk.app) == before
    desk.issue(text="泳池没有水")
    assert len(found(desk, "泳池")) == 1


def all_that_is_said(app: Flask) -> set[tuple[uuid.UUID, str]]:
    with app.app_context():
        return {(said.subject_id, said.text) for said in db.session.scalars(sa.select(Said))}
