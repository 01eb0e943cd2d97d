"""Who is content with what: nobody in an owner's stead, and no officer with a complaint about themselves."""

import runpy
import uuid
from datetime import date

import flask_migrate
import pytest
from flask import Flask

from app.config import ROOT
from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.estates.actions import move_in
from app.estates.models import Ownership, Unit
from app.estates.rules import PersonKind
from app.issues.complaining import Matter, open_complaint
from app.issues.complaint_rules import Grade, Nature
from app.issues.models import Issue
from app.issues.rules import State
from tests.builders import NOBODY, NOW, fetch
from tests.visits.at_the_door import Json, an_issue, owner_says, said, standing
from tests.visits.kept import the_only
from tests.world import World

# --- whose complaint it is ---


@pytest.mark.clause("V46")
def test_nobody_takes_down_that_an_owner_is_content_with_a_complaint_about_themselves(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world, "accepted", "rectified")
    with app.app_context():
        issue = fetch(Issue, issue_id)
        matter = Matter(Nature.ATTITUDE, Grade.ORDINARY, issue.officer_id)
        open_complaint(issue, matter, event_id=new_id(), by=NOBODY, at=now())
        db.session.commit()

    receipt = owner_says(world, issue_id, "satisfied", task_id=str(new_id()))

    assert (receipt["status"], receipt["code"]) == ("review", "visit:about_officer")
    assert standing(app, issue_id) == (State.RECTIFIED, 1)
    assert said(app, issue_id) == [("satisfied", "signed", "", False)]


# --- a tenant ---

TENANT = {"name": "王芳", "relation": "tenant"}
RAISED_BY = [
    ({"name": "陈建国", "relation": "owner"}, False),
    ({"name": "林静", "relation": "spouse"}, False),
    ({"name": "周明", "relation": "other"}, False),
    (TENANT, True),
]


@pytest.mark.parametrize("known", [True, False], ids=["in the file", "in no file"])
@pytest.mark.parametrize(("acts", "answer"), [(("accepted", "rectified"), "satisfied"), (("cannot",), "agreed")])
def test_no_tenant_is_content_in_an_owners_stead(
    app: Flask, world: World, known: bool, acts: tuple[str, ...], answer: str
) -> None:
    issue_id = an_issue(app, world, *acts)
    with app.app_context():
        fetch(Issue, issue_id).raised_by_id = the_only(Ownership).person_id
        tenant = a_tenant(db.session.get_one(Unit, world.unit_id)) if known else {}
        db.session.commit()
    before = standing(app, issue_id)
    met = TENANT | tenant

    task = {"task_id": str(new_id())} if answer == "satisfied" else {}
    receipt = owner_says(world, issue_id, answer, interviewee=met, **task)

    assert (receipt["status"], receipt["code"]) == ("review", "visit:tenant_answered")
    assert standing(app, issue_id) == before


def a_tenant(unit: Unit) -> Json:
    since = date(2025, 3, 1)
    tenant = move_in(unit, "王芳", PersonKind.PERSON, phone="", since=since, by=NOBODY, at=NOW, tenant=True)
    return {"person_id": str(tenant.id)}


@pytest.mark.parametrize(("raised_by", "closes"), RAISED_BY, ids=["owner", "spouse", "other", "tenant"])
def test_a_tenant_calls_good_only_what_a_tenant_raised_though_neither_stands_in_the_owner_file(
    app: Flask, world: World, raised_by: Json, closes: bool
) -> None:
    issue_id = an_issue(app, world, "accepted", "rectified", raised_by=raised_by)
    told = told_to_the_tablet(world, issue_id)

    receipt = owner_says(world, issue_id, "satisfied", task_id=str(new_id()), interviewee=TENANT)

    assert told.get("by_owner", False) is not closes
    expected = ("applied", State.CLOSED) if closes else ("review", State.RECTIFIED)
    assert (receipt["status"], standing(app, issue_id)[0]) == expected


@pytest.mark.parametrize("closes", [True, False], ids=["who rents", "who owned it"])
def test_whoever_stands_in_the_owner_file_raised_it_as_what_they_are_there(
    app: Flask, world: World, closes: bool
) -> None:
    issue_id = an_issue(app, world, "accepted", "rectified", raised_by=TENANT | {"relation": "other"})
    with app.app_context():
        unit = db.session.get_one(Unit, world.unit_id)
        tenant = uuid.UUID(a_tenant(unit)["person_id"])
        issue = fetch(Issue, issue_id)
        issue.raised_by_id = tenant if closes else the_only(Ownership).person_id
        issue.raised_by_tenant = not closes
        db.session.commit()

    owner_says(world, issue_id, "satisfied", task_id=str(new_id()), interviewee=TENANT)

    assert standing(app, issue_id)[0] is (State.CLOSED if closes else State.RECTIFIED)


def test_what_a_visit_with_a_tenant_raised_is_theirs_since_before_it_was_kept_with_the_issue(
    app: Flask, world: World
) -> None:
    [file] = (ROOT / "migrations/versions").glob("*_issues_that_a_tenant_raised.py")
    of = {who["relation"]: an_issue(app, world, raised_by=who) for who, _closes in RAISED_BY}
    with app.app_context():
        flask_migrate.downgrade(revision=runpy.run_path(str(file))["down_revision"])
        flask_migrate.upgrade()

        assert [who for who, issue_id in of.items() if fetch(Issue, issue_id).raised_by_tenant] == ["tenant"]


def test_a_tablet_knows_beforehand_whose_matter_it_is_and_for_how_long_it_cannot_be_solved(
    app: Flask, world: World
) -> None:
    """So that it can say so before anything is asked."""
    owners, tenants = an_issue(app, world, "cannot"), an_issue(app, world, raised_by=TENANT)

    docs = [told_to_the_tablet(world, issue_id) for issue_id in (owners, tenants)]

    assert [(doc.get("by_owner"), doc.get("cannot")) for doc in docs] == [(True, "for_now"), (None, None)]


def told_to_the_tablet(world: World, issue_id: str) -> Json:
    changes, _page = world.tablet.pull_all()
    return dict(changes["issue", issue_id]["doc"])
