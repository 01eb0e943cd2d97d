"""Who works in another estate, in whatever role, finds nothing of this one by its id; nor does another department."""

import itertools
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from app.agenda.models import Task
from app.core.blobs import Photo
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By, JournalLine
from app.documents.models import Archive, Bundle, LongPaper
from app.estates.models import Estate, FileCorrection, HouseholdMember, Ownership, Person, Unit
from app.issues.models import Category, Complaint, Issue
from app.issues.progress import WorkPhoto
from app.issues.reported import IssueResult
from app.people.models import Department, Device, Staff, StaffRole
from app.people.queries import staff_by_login
from app.people.rules import Role
from app.people.systems import OtherSystem, let_in
from app.repairs.models import WorkOrder
from app.reports.handing_up import hand_up
from app.reports.models import YearReport
from app.reports.queries import Year
from app.surveys.measures import SurveyCall, SurveyMeasure, SurveyMeeting
from app.surveys.models import Survey, SurveySheet
from app.sync.models import Operation
from app.visits.models import (
    Batch,
    BatchLine,
    BriefingItem,
    Plan,
    PlanAmendment,
    PlanLine,
    SpecialVisit,
    Visit,
)
from tests.builders import (
    NOBODY,
    NOW,
    PASSWORD,
    a_batch,
    a_department,
    a_home,
    a_line,
    a_new_version,
    a_staff,
    a_survey,
    a_survey_out,
    an_estate,
)
from tests.documents.archived import a_visit_with_a_photo, ordered, something_beside_the_visits
from tests.office.conftest import Desk, desk
from tests.office.test_archives_without_visits import a_special_visit, an_order, make_complaint
from tests.office.test_survey_meeting import a_measure

__all__ = ["desk"]

KINDS: dict[str, tuple[type[Any], ...]] = {
    "amendment_id": (PlanAmendment,),
    "archive_id": (Archive,),
    "batch_id": (Batch,),
    "bundle_id": (Bundle,),
    "call_id": (SurveyCall,),
    "called_id": (Survey,),
    "category_id": (Category,),
    "complaint_id": (Complaint,),
    "correction_id": (FileCorrection,),
    "department_id": (Department,),
    "device_id": (Device,),
    "held_id": (Ownership,),
    "issue_id": (Issue,),
    "item_id": (BriefingItem,),
    "line_id": (PlanLine, BatchLine),
    "measure_id": (SurveyMeasure,),
    "meeting_id": (SurveyMeeting,),
    "member_id": (HouseholdMember,),
    "op_id": (Operation,),
    "order_id": (WorkOrder,),
    "paper_id": (LongPaper,),
    "person_id": (Person,),
    "photo_id": (Photo, WorkPhoto),
    "plan_id": (Plan,),
    "report_id": (YearReport,),
    "result_id": (IssueResult,),
    "role_id": (StaffRole,),
    "sheet_id": (SurveySheet,),
    "special_id": (SpecialVisit,),
    "staff_id": (Staff,),
    "survey_id": (Survey,),
    "system_id": (OtherSystem,),
    "task_id": (Task,),
    "unit_id": (Unit,),
    "visit_id": (Visit,),
    "written_id": (SurveySheet,),
}
"""What an id in an address names."""
NOT_MADE_HERE = {LongPaper, FileCorrection, HouseholdMember, IssueResult}
"""Of these nobody has any below: their routes are tried with an id of something else."""
WORDS = {"move": "hand_on", "size": "small", "kind": "csv", "section": "use", "chosen": "enter", "way": "up"}


@pytest.fixture
def all_of_it(desk: Desk) -> dict[type[Any], list[uuid.UUID]]:
    """An estate with something of nearly every kind: where its ids are."""
    a_visit_with_a_photo(desk)
    something_beside_the_visits(desk)
    a_special_visit(desk)
    an_order(desk)
    make_complaint(desk)
    ordered(desk)
    desk.browser("supervisor").post("/visits/sheets", data={"lang": "zh"})
    a_measure(desk)
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        supervisor, officer = (staff_by_login(desk.logins[who]) for who in ("supervisor", "officer"))
        assert supervisor is not None
        assert officer is not None
        a_home(estate)
        a_line(estate)
        a_new_version(estate, supervisor)
        a_batch(estate, officer)
        hand_up(estate, Year(2025, estate.time_zone, NOW), "渗水最多", event_id=new_id(), by=By(supervisor.id))
        let_in(estate.id, "报修系统", by=NOBODY, at=NOW)
        survey = a_survey(estate, supervisor, (db.session.get_one(Department, desk.department_id), "维修及时"))
        a_survey_out(survey, [db.session.get_one(Unit, desk.unit_id)], officer)
        db.session.commit()
        return {
            kind: list(db.session.scalars(sa.select(sa.inspect(kind).primary_key[0])))
            for kinds in KINDS.values()
            for kind in kinds
        }


def lines_kept() -> int | None:
    """How much has happened; nothing that was turned away leaves a line."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(JournalLine))


def addresses(app: Flask, ids: dict[type[Any], list[uuid.UUID]]) -> Iterator[tuple[str, str]]:
    """Method and address of every office route that names something, for one thing of each kind."""
    for rule in app.url_map.iter_rules():
        names = [name for name, place in rule._converters.items() if type(place).__name__ == "UUIDConverter"]
        if not rule.endpoint.startswith("office.") or not names:
            continue
        of_each = [[(ids[kind] or ids[Unit])[0] for kind in KINDS[name]] for name in names]
        for chosen in itertools.product(*of_each):
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                yield method, address(app, rule, dict(zip(names, chosen, strict=True)))


def address(app: Flask, rule: Rule, ids: dict[str, uuid.UUID]) -> str:
    values: dict[str, object] = {name: WORDS.get(name, "a" * 64) for name in rule._converters}
    with app.test_request_context():
        return str(app.url_map.bind("localhost").build(rule.endpoint, values | ids))


def test_nobody_of_another_estate_finds_or_changes_anything_of_this_one_by_its_id(
    desk: Desk, all_of_it: dict[type[Any], list[uuid.UUID]]
) -> None:
    with desk.app.app_context():
        elsewhere = an_estate()
        department = a_department(elsewhere)
        login = a_staff(elsewhere, *Role, name="外人", department=department).login
        db.session.commit()
        lines = lines_kept()
    stranger = desk.app.test_client()
    stranger.post("/login", data={"login": login, "password": PASSWORD})

    told = {}
    for method, path in addresses(desk.app, all_of_it):
        with stranger.open(path, method=method) as answer:
            told[f"{method} {path}"] = answer.status_code

    assert {kind for kind, ids in all_of_it.items() if not ids} == NOT_MADE_HERE
    assert len(told) > 100
    assert {where: status for where, status in told.items() if status != 404} == {}
    with desk.app.app_context():
        assert lines_kept() == lines


def test_nobody_of_another_department_finds_or_changes_what_is_with_this_one(
    desk: Desk, all_of_it: dict[type[Any], list[uuid.UUID]]
) -> None:
    """Nor do they find anything else that is not for departments at all, in whatever role they have in theirs."""
    with desk.app.app_context():
        estate, other = (
            db.session.get_one(Estate, desk.estate_id),
            db.session.get_one(Department, desk.other_department_id),
        )
        roles = (Role.DEPARTMENT_MANAGER, Role.HANDLER)
        login = a_staff(estate, *roles, name="周工", department=other).login
        db.session.commit()
        lines = lines_kept()
    colleague = desk.app.test_client()
    colleague.post("/login", data={"login": login, "password": PASSWORD})

    found = {}
    for method, path in addresses(desk.app, all_of_it):
        with colleague.open(path, method=method) as answer:
            if answer.status_code not in (403, 404):
                found[f"{method} {path}"] = answer.status_code

    assert found == {}
    with desk.app.app_context():
        assert lines_kept() == lines


def test_ids_of_this_estate_in_forms_of_another_reach_nothing_here(
    desk: Desk, all_of_it: dict[type[Any], list[uuid.UUID]]
) -> None:
    """Whoever writes into their own estate names units, people, records and departments of this one."""
    ids = {kind: str(found[0]) for kind, found in all_of_it.items() if found}
    with desk.app.app_context():
        elsewhere = an_estate()
        department = a_department(elsewhere)
        login = a_staff(elsewhere, *Role, name="外人", department=department).login
        home, ours = str(a_home(elsewhere).id), str(staff_by_login(desk.logins["officer"]).id)
        owned = str(db.session.scalars(sa.select(Ownership.id).where(Ownership.unit_id == desk.unit_id)).first())
        building = str(db.session.get_one(Unit, desk.unit_id).building_id)
        db.session.commit()
        there, theirs = elsewhere.id, str(department.id)
        others = sa.select(sa.func.count()).select_from(JournalLine).where(JournalLine.stream != there)
        lines = db.session.scalar(others)
    stranger = desk.app.test_client()
    stranger.post("/login", data={"login": login, "password": PASSWORD})
    plan = stranger.post("/plans", data={"month": f"{NOW.year + 9}-01"}).location
    own = stranger.get(f"/units/{home}").text
    event, day = str(uuid.uuid4()), f"{NOW.year + 9}-01-05"
    sent = [
        ("/issues/route", {"issue": ids[Issue], "department": theirs, "event": event}),
        ("/issues/route", {"issue": ids[Issue], "department": ids[Department], "event": event}),
        ("/batches", {"officer": ours, "visit": ids[Visit]}),
        (f"{plan}/homes", {"unit": ids[Unit]}),
        (f"{plan}/lines", {"line": ids[PlanLine], "act": "drop"}),
        (f"{plan}/lines", {"line": ids[PlanLine], "act": "give", "officer": ours}),
        ("/devices/codes", {"staff": ours}),
        ("/settings/staff/new", {"name": "x", "login": "xy", "role": "handler", "department": ids[Department]}),
        ("/records/looked-at", {"record": ids[Operation]}),
        ("/plans/special/new", {"act": "order", "event": event, "title": "x", "due_on": day, "unit": ids[Unit]}),
        ("/briefing/new", {"event": event, "kind": "work", "text": "x", "buildings": building}),
        (f"/units/{home}/sale", {"sale-event": event, "sale-leaving": owned, "sale-on": day, "sale-name1": "x"}),
        (f"/units/{home}/people", {"new-person-event": ids[Person], "new-person-name": "x"}),
    ]

    answers = [(address, stranger.post(address, data=form).status_code) for address, form in sent]

    assert [answer for answer in answers if answer[1] >= 500] == []
    assert stranger.get(f"/units/{home}").text.count("held/") == own.count("held/")
    with desk.app.app_context():
        written = db.session.scalars(sa.select(JournalLine).where(JournalLine.stream == there))
        named = {line.kind for line in written for id_ in (*ids.values(), ours, owned) if id_ in json.dumps(line.data)}
        assert named == set()
        assert db.session.scalar(others) == lines
