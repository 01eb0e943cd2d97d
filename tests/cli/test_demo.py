"""The demonstration estate: what a newcomer finds in it, made by the product's own actions."""

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.agenda.rules import OF_SURVEYS, TaskKind, TaskState
from app.approvals.queries import review_of
from app.cli import demo
from app.config import settings
from app.core import blobs
from app.core.blobs import Photo
from app.core.db import db
from app.core.errors import Refused
from app.core.journal import JournalLine
from app.core.waits import Wait
from app.estates.models import Building, Estate, FileCorrection, Ownership, Person, Unit
from app.estates.rules import Occupancy, PersonKind
from app.factory import create_app
from app.issues.complaint_rules import Standing
from app.issues.models import Category, Complaint, Issue, OwnerAnswer
from app.issues.reported import IssueReport, IssueResult
from app.issues.rules import Answer, State
from app.people.actions import password_fits
from app.people.models import Department, Staff, StaffRole
from app.people.queries import staff_by_login
from app.people.rules import Role
from app.repairs.models import WorkOrder, WorkOrderAnswer
from app.repairs.rules import State as OrderState
from app.signatures.models import DeskSignature, Signature, Statement
from app.signatures.queries import desk_signature_agrees, still_agrees
from app.signatures.rules import FIRST_IN_CHAIN
from app.surveys.measure_rules import MeasureState
from app.surveys.measures import measures_on
from app.surveys.models import Survey
from app.surveys.opinions import opinions_of, unclassified
from app.surveys.progress import counts_of
from app.surveys.rules import SurveyState
from app.sync.keeping import DECIDE as DECIDE_RECORD
from app.sync.models import Operation
from app.visits.calls import calls_between
from app.visits.models import Attempt, Batch, BatchLine, BriefingReading, Inspection, SpecialVisit, Visit
from app.visits.queries import plan_of
from app.visits.rules import LineState, Outcome, PlanState, Rating
from tests.conftest import SHARED_SERVER
from tests.postgres import Postgres

pytestmark = pytest.mark.long

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
"""Half past five in the afternoon where the estate stands."""
JPEG = b"\xff\xd8\xff"


@pytest.fixture(scope="module")
def loaded(
    migrated: str, on_postgresql: bool, worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The demonstration, loaded once for all tests of this file."""
    folder = tmp_path_factory.mktemp("demo")
    app = create_app(settings(folder, _database(migrated, on_postgresql, worker, folder), secret="only for tests"))
    with app.app_context():
        estate = demo.load_at(NOW, demo.password_hash())
        db.session.commit()
        demo.hand_records_up(estate, NOW)
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def asking(loaded: Flask) -> Iterator[None]:
    with loaded.app_context():
        yield
        db.session.rollback()


def test_the_estate_has_360_units_in_three_buildings() -> None:
    by_building = dict(rows(sa.select(Building.name, sa.func.count()).join(Unit.building).group_by(Building.name)))

    assert by_building == {"1": 72, "2": 144, "3": 144}
    assert everything(sa.select(Unit.area).where(Unit.area.is_(None))) == []


def test_some_homes_stand_empty_and_some_are_let() -> None:
    found = Counter(everything(sa.select(Unit.occupancy)))

    assert 0.05 < found[Occupancy.VACANT] / 360 < 0.09
    assert 0.1 < found[Occupancy.LET] / 360 < 0.14


def test_owners_are_as_in_life_couples_companies_and_people_with_two_homes() -> None:
    owners = rows(sa.select(Ownership.unit_id, Ownership.person_id).where(Ownership.until.is_(None)))
    homes, people = Counter(unit for unit, _who in owners), Counter(person for _unit, person in owners)

    assert max(homes.values()) == max(people.values()) == 2
    assert len(homes) == 360
    assert count(sa.select(Person).where(Person.kind == PersonKind.COMPANY)) >= 3
    names = "".join(everything(sa.select(Person.name)))
    assert {"玥", "喆", "珺", "犇"} <= set(names)


def test_no_telephone_number_could_be_somebodys() -> None:
    phones = everything(sa.select(Person.phone))

    assert all(re.fullmatch(r"1\d{2}0000\d{4}", phone) for phone in phones)
    assert len(set(phones)) == len(phones)


def test_every_role_of_the_policy_can_log_in() -> None:
    logins = [login for _title, login, _password in demo.LOGINS]
    held = rows(sa.select(Staff.login, StaffRole.role).join(StaffRole).where(Staff.login.in_(logins)))

    assert {role for _login, role in held} == set(Role)
    assert {login for login, _role in held} == set(logins)
    assert all(password_fits(staff_by_login(login), password) for _title, login, password in demo.LOGINS[:2])


def test_every_category_but_other_has_a_department_with_somebody_to_accept() -> None:
    homeless = everything(sa.select(Category.code).where(Category.department_id.is_(None)))
    heads = everything(sa.select(StaffRole.department_id).where(StaffRole.role == Role.DEPARTMENT_MANAGER))

    assert homeless == ["other"]
    assert set(everything(sa.select(Department.id))) == set(heads)


def test_about_three_homes_in_five_were_visited_within_five_months() -> None:
    households = count(sa.select(Unit).where(Unit.occupancy != Occupancy.VACANT))
    visited = everything(sa.select(Visit.unit_id).distinct())
    times = everything(sa.select(Visit.started_at))

    assert 0.52 < len(visited) / households < 0.68
    assert NOW - timedelta(days=155) < min(times) < max(times) < NOW


def test_issues_stand_in_every_state_that_waits_for_somebody() -> None:
    found = Counter(rows(sa.select(Issue.state, Issue.round)))
    states = Counter(everything(sa.select(Issue.state)))

    usual = {State.REPORTED, State.ROUTED, State.ACCEPTED, State.RECTIFIED, State.CLOSED, State.VERIFIED}
    assert usual <= set(states)
    # An issue never rests in the two states that a visit itself passes through.
    assert not {State.RECORDED, State.ANSWERED} & set(states)
    assert found[State.ROUTED, 2] >= 1
    assert found[State.RECTIFIED, 2] >= 1
    assert states[State.CLOSED] > sum(states.values()) / 2


def test_issues_have_gone_every_other_way_and_complaints_stand_at_every_stage() -> None:
    states = set(everything(sa.select(Issue.state)))
    stages = set(everything(sa.select(Complaint.standing)))
    objected = everything(sa.select(JournalLine.seq).where(JournalLine.kind == "issue:owner_objected"))

    assert {State.DISPUTED, State.DEFERRED, State.MERGED, State.EXPLAINED} <= states
    assert {State.CARRIED_OVER, State.CLOSED_UNSATISFIED} <= states
    assert {Standing.RECEIVED, Standing.RESPONDED, Standing.TURNED_BACK, Standing.REVIEWED} <= stages
    assert objected


def test_work_orders_stand_in_every_state_and_some_owners_have_answered() -> None:
    states = set(db.session.scalars(sa.select(WorkOrder.state)))
    answers = db.session.scalars(sa.select(WorkOrderAnswer).order_by(WorkOrderAnswer.answered_at)).all()

    assert states == set(OrderState)
    assert [(one.answer, one.moved, one.order.state) for one in answers] == [
        (Answer.SATISFIED, True, OrderState.CLOSED),
        (Answer.DISSATISFIED, True, OrderState.REWORK),
    ]


def test_what_was_noticed_on_inspections_is_verified_to_be_seen_to_and_with_its_department() -> None:
    found = rows(
        sa.select(Issue.state, Issue.round, Issue.place)
        .where(Issue.inspection_id.is_not(None))
        .order_by(Issue.raised_at)
    )

    assert [tuple(row) for row in found] == [
        (State.VERIFIED, 2, "地下车库"),
        (State.RECTIFIED, 1, "电梯厅"),
        (State.ROUTED, 1, "大门"),
    ]
    assert "issue:verify" in everything(sa.select(Wait.what))


def test_some_of_what_waits_is_late_and_most_is_not() -> None:
    waits = everything(sa.select(Wait))
    late = [wait for wait in waits if wait.due_at < NOW]

    about_issues = {"issue:route", "issue:accept", "issue:rectify", "issue:call_back"}
    others = {"review:sign", "records:mend", "order:call_back", "deferral:tell", "issue:agree_deferral"}
    others |= {"complaint:review", "issue:decide_liability"}
    assert {wait.what for wait in late} == about_issues | others
    assert len(late) < len(waits) / 2


def test_owners_judge_honestly() -> None:
    ratings = Counter(everything(sa.select(Visit.rating)))
    unsigned = everything(sa.select(Visit.unsigned).where(Visit.unsigned.is_not(None)))

    assert set(ratings) == set(Rating)
    assert 0.5 < ratings[Rating.SATISFIED] / sum(ratings.values()) < 0.85
    assert len(unsigned) >= 2
    assert count(sa.select(Visit).where(Visit.wishes != "")) > 20
    assert count(sa.select(Attempt)) > 10


def test_this_months_plan_is_at_work_and_both_officers_have_a_days_list() -> None:
    plan = plan_of(everything(sa.select(Estate.id))[0], "2026-11")
    due = Counter(rows(sa.select(Staff.login, Task.kind).join(Task.assignee).where(Task.state == TaskState.DUE)))

    assert plan is not None
    assert plan.state is PlanState.ACTIVE
    assert due["officer", TaskKind.PLANNED_VISIT] >= 4
    assert due["officer2", TaskKind.PLANNED_VISIT] >= 4
    assert due["officer", TaskKind.ISSUE_CALLBACK] >= 2
    assert due["officer", TaskKind.ISSUE_EXPLANATION] == due["officer", TaskKind.NEW_DATE] == 1


def test_a_special_visit_is_under_way_and_both_officers_have_begun_with_it() -> None:
    [special] = everything(sa.select(SpecialVisit))
    states = Counter(
        rows(sa.select(Staff.login, Task.state).join(Task.assignee).where(Task.kind == TaskKind.SPECIAL_VISIT))
    )

    assert special.withdrawn_at is None
    assert all(states[login, TaskState.DUE] >= 3 for login in ("officer", "officer2"))
    assert all(states[login, TaskState.DONE] >= 1 for login in ("officer", "officer2"))
    assert any(categories == ["special"] for categories in everything(sa.select(Visit.categories)))


def test_every_signature_is_true() -> None:
    statements = everything(sa.select(Statement))

    assert len(statements) == count(sa.select(Visit))
    assert all(still_agrees(statement) for statement in statements)


def test_the_signatures_of_a_tablet_form_one_chain() -> None:
    signatures = everything(sa.select(Signature))
    following = {signature.previous: signature for signature in signatures if signature.previous != FIRST_IN_CHAIN}
    first = [signature for signature in signatures if signature.previous == FIRST_IN_CHAIN]

    lengths = [1 + sum(1 for _one in _after(head, following)) for head in first]

    assert len(first) == 2
    assert sum(lengths) == len(signatures)


def test_every_record_came_as_an_operation_with_a_receipt() -> None:
    statuses = Counter(everything(sa.select(Operation.status)))

    assert set(statuses) == {"applied", "review"}
    kinds = (Visit, Attempt, BriefingReading, FileCorrection, Inspection)
    to_come = 1
    assert sum(statuses.values()) == sum(count(sa.select(kind)) for kind in kinds) + to_come
    assert everything(sa.select(Operation.op_id).where(Operation.receipt == "")) == []


def test_one_record_waits_to_be_checked() -> None:
    assert count(sa.select(Wait).where(Wait.what == DECIDE_RECORD)) == 1
    assert "visit:not_here" in everything(sa.select(Operation.code))


def test_two_corrections_from_the_door_wait_for_the_front_desk() -> None:
    waiting = rows(sa.select(Wait.role).join(FileCorrection, FileCorrection.id == Wait.subject_id))

    assert [role for (role,) in waiting] == ["front_desk", "front_desk"]


def test_every_photo_arrived_through_the_tablets_upload() -> None:
    photos = everything(sa.select(Photo))

    assert len(photos) >= 3
    assert all(photo.arrived_at and blobs.read(photo.sha256).startswith(JPEG) for photo in photos)
    assert everything(sa.select(Visit.id).where(Visit.complete.is_(False))) == []


def test_what_owners_signed_quotes_the_numbers_that_issues_have() -> None:
    numbers = {str(issue_id): number for issue_id, number in rows(sa.select(Issue.id, Issue.number))}
    texts = everything(sa.select(Statement.text).where(Statement.text.contains("WT-")))

    quoted = [re.search(r'"issue_id":"([^"]+)","measure":"[^"]*","number":"([^"]+)"', text) for text in texts]

    assert len(quoted) > 20
    assert all(found and numbers[found[1]] == found[2] for found in quoted)


def test_the_journal_tells_everything_in_the_order_it_happened() -> None:
    """What became of records in batches, of work orders and of surveys is written in a second round."""
    lines = db.session.scalars(sa.select(JournalLine).order_by(JournalLine.stream, JournalLine.seq)).all()

    by_turns = [(line.stream, line.at) for line in lines if not written_later(line)]
    assert by_turns == sorted(by_turns)
    assert max(line.at for line in lines) <= NOW


def written_later(line: JournalLine) -> bool:
    later = {"order_callback", "service_callback", *(kind.value for kind in OF_SURVEYS)}
    rounds = ("record", "order", "survey", "sheet", "opinion", "meeting", "measure")
    return line.kind.startswith(rounds) or line.data.get("task") in later


def test_one_survey_was_read_to_the_end_of_its_chain_and_one_is_out_with_its_rates_on_their_way() -> None:
    out, over = everything(sa.select(Survey).order_by(Survey.issued_at.desc()))
    counted = counts_of([out.id, over.id])

    assert (out.state, over.state) == (SurveyState.OUT, SurveyState.READ)
    assert out.issue_from < NOW.date() < out.issue_until
    assert over.collect_until < over.counted_at.date() < over.read_at.date() <= NOW.date()
    assert [act.note for act in review_of(over.id).acts if act.note][-1].startswith("已阅")
    assert counted[over.id].left == 0
    assert 80 * counted[over.id].issued < 100 * counted[over.id].collected
    assert counted[out.id].households > counted[out.id].issued > counted[out.id].collected > 20
    assert len(opinions_of(over.id)) > 50
    assert unclassified(over.id) == 0
    assert {one.state for one in measures_on(over.id)} == {MeasureState.COLLECTED}
    assert all(one.read_at for one in measures_on(over.id))


def test_a_second_loading_is_refused(loaded: Flask) -> None:
    visits = count(sa.select(Visit))
    db.session.rollback()

    with pytest.raises(Refused, match="demo:not_empty"):
        demo.load(loaded)

    assert count(sa.select(Visit)) == visits


def _after(signature: Signature, following: dict[str, Signature]) -> Iterator[Signature]:
    while signature := following.get(signature.evidence_sha256):
        yield signature


def everything(asked: sa.Select) -> list:
    return list(db.session.scalars(asked))


def rows(asked: sa.Select) -> list[tuple]:
    return [tuple(row) for row in db.session.execute(asked)]


def count(asked: sa.Select) -> int:
    return len(everything(asked))


def _database(migrated: str, on_postgresql: bool, worker: str, folder: Path) -> str:
    if not on_postgresql:
        return f"sqlite:///{shutil.copy(migrated, folder / 'demo.sqlite3')}"
    server, name = Postgres.at(os.environ[SHARED_SERVER]), f"demo_{worker}"
    server.drop_database(name)
    return server.create_database(name, template=migrated)


def test_the_records_of_earlier_months_are_archived_and_those_of_late_are_being_read() -> None:
    batches = db.session.scalars(sa.select(Batch).order_by(Batch.made_at)).all()
    under_way = [batch for batch in batches if batch.archived_at is None]
    states = dict(rows(sa.select(BatchLine.state, sa.func.count()).group_by(BatchLine.state)))

    assert len(batches) > 6
    assert [review_of(batch.id).stage.role for batch in under_way] == [Role.MANAGER, Role.SUPERVISOR]
    assert states[LineState.SENT_BACK] == 1
    assert states[LineState.ARCHIVED] > 100
    assert all(desk_signature_agrees(signed) for signed in db.session.scalars(sa.select(DeskSignature)))


def test_callbacks_were_made_by_phone_too_and_a_time_was_agreed() -> None:
    made = calls_between(db.session.scalars(sa.select(Estate)).one(), NOW - timedelta(days=155), NOW)
    agreed = [call for call in made if not call.reached and call.record.outcome is Outcome.RESCHEDULED]

    assert sum(call.reached for call in made) >= 3
    assert all(call.number for call in made if not call.reached)
    assert [(call.record.again_at > NOW, call.categories) for call in agreed] == [(True, ["scheduled"])]


def test_nobody_is_asked_about_one_thing_day_after_day() -> None:
    """Whoever is rung is an owner: what a tenant answers to a callback leaves it due."""
    asked = Counter(answer.issue_id for answer in everything(sa.select(OwnerAnswer)))

    assert max(asked.values()) <= 5


def test_results_of_what_was_reported_were_told_and_read_and_one_report_waits() -> None:
    results = everything(sa.select(IssueResult))
    waiting = everything(sa.select(IssueReport).where(IssueReport.taken_up_at.is_(None)))

    assert len(results) >= 3
    assert any(len(result.readings) == 2 for result in results)
    assert [report for report in waiting if report.issue.state is State.ACCEPTED]
