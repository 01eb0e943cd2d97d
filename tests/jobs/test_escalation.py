"""What is overdue goes up: to the manager after a day, to the executive after three, each once."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.core import journal, waits
from app.core.db import db
from app.core.ids import new_id
from app.core.waits import FETCH, Holder
from app.estates.escalation import LEVELS, escalate, hand_over, levels_of
from app.estates.models import Estate
from app.estates.rules import Profile
from app.issues.rules import Move, State
from app.people.models import Staff
from app.people.queries import all_roles
from app.people.rules import Role
from tests.builders import NOW, a_staff, an_estate
from tests.issues.conftest import Ground

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def let_wait(estate: Estate, holder: Holder, due_at: datetime = NOW) -> object:
    """A thing that waits until `due_at`; its id."""
    subject = new_id()
    waits.begin(estate.id, ("issue", subject), "issue:accept", holder, since=NOW - DAY, due_at=due_at)
    db.session.commit()
    return subject


def told(subject: object) -> list[str]:
    """The levels that the journal says were told, in order."""
    return [line.data["level"] for line in journal.history(subject) if line.kind == "wait:escalated"]


def tell(at: datetime) -> int:
    """The job, as the worker runs it."""
    number = escalate(at)
    db.session.commit()
    return number


@pytest.mark.parametrize(
    ("overdue", "levels"),
    [
        (-HOUR, []),
        (timedelta(), []),
        (DAY - timedelta(minutes=1), []),
        (DAY, ["manager"]),
        (3 * DAY - timedelta(minutes=1), ["manager"]),
        (3 * DAY, ["manager", "executive"]),
        (400 * DAY, ["manager", "executive"]),
    ],
)
def test_a_step_is_told_of_when_it_is_so_long_overdue(context: Flask, overdue: timedelta, levels: list[str]) -> None:
    subject = let_wait(an_estate(), Holder(role="department_manager", department_id=new_id()))

    tell(NOW + overdue)

    assert told(subject) == levels


LI, ZHOU = "an officer", "the manager as a person"
A, B = Profile.A, Profile.B


@pytest.mark.parametrize(
    ("profile", "holder", "levels"),
    [
        (A, Role.OFFICER, ["manager", "executive"]),
        (A, Role.DEPARTMENT_MANAGER, ["manager", "executive"]),
        (A, Role.SUPERVISOR, ["manager", "executive"]),
        (A, Role.ADMIN, ["manager", "executive"]),
        # Nobody is told of their own steps, and nobody of those of the ones above.
        (A, Role.MANAGER, ["executive"]),
        (A, Role.EXECUTIVE, []),
        # The other company's property manager answers to both; where there is one company, it is the executive.
        (A, Role.PROPERTY_MANAGER, ["manager", "executive"]),
        (B, Role.PROPERTY_MANAGER, []),
        (B, Role.EXECUTIVE, []),
        (B, Role.MANAGER, ["executive"]),
        (A, LI, ["manager", "executive"]),
        (A, ZHOU, ["executive"]),
        # One that both may do is the manager's too.
        (A, "supervisor and manager", ["executive"]),
    ],
    ids=str,
)
def test_nobody_is_told_of_steps_of_their_own(
    context: Flask, profile: Profile, holder: Role | str, levels: list[str]
) -> None:
    estate = an_estate(profile=profile)
    for role in (Role.MANAGER, Role.EXECUTIVE):
        a_staff(estate, role)
    holders = {
        LI: Holder(staff_id=a_staff(estate, Role.OFFICER).id),
        ZHOU: Holder(staff_id=a_staff(estate, Role.OFFICER, Role.MANAGER).id),
        "supervisor and manager": Holder(role="supervisor", also_role="manager"),
    }
    subject = let_wait(estate, Holder(role=holder.value) if isinstance(holder, Role) else holders[holder])

    tell(NOW + 5 * DAY)

    assert told(subject) == levels


@pytest.mark.parametrize(("profile", "holder"), [(A, Role.EXECUTIVE), (B, Role.EXECUTIVE), (B, Role.PROPERTY_MANAGER)])
def test_a_step_of_a_function_that_nobody_has_is_told_to_the_manager(
    context: Flask, profile: Profile, holder: Role
) -> None:
    estate = an_estate(profile=profile)
    a_staff(estate, Role.MANAGER)
    a_staff(estate, Role.EXECUTIVE).left_at = NOW
    subject = let_wait(estate, Holder(role=holder.value))

    tell(NOW + 5 * DAY)

    assert told(subject) == ["manager"]


def test_each_level_is_told_once_however_often_the_job_runs(context: Flask) -> None:
    subject = let_wait(an_estate(), Holder(role="supervisor"))

    numbers = [tell(NOW + hours * HOUR) for hours in range(0, 24 * 6, 6)]

    assert sum(numbers) == 2
    assert told(subject) == ["manager", "executive"]


def test_the_days_are_settings_of_the_estate(context: Flask) -> None:
    estate = an_estate()
    estate.settings = {"limits": {"escalate_manager_days": 2, "escalate_executive_days": 10}}
    subject = let_wait(estate, Holder(role="supervisor"))

    tell(NOW + 2 * DAY - HOUR)
    early = told(subject)
    tell(NOW + 9 * DAY)
    late = told(subject)

    assert (early, late) == ([], ["manager"])


def test_the_holder_keeps_the_step(ground: Ground) -> None:
    issue = ground.an_issue(State.ROUTED)
    [before] = [(wait.role, wait.department_id, wait.due_at, wait.what) for wait in waits.on(issue.id)]

    tell(NOW + 9 * DAY)

    [wait] = waits.on(issue.id)
    assert (wait.role, wait.department_id, wait.due_at, wait.what) == before
    assert issue.state is State.ROUTED
    assert (wait.manager_told_at, wait.executive_told_at) == (NOW + 9 * DAY, NOW + 9 * DAY)


def test_a_step_that_begins_again_with_another_limit_starts_anew(ground: Ground) -> None:
    issue = ground.an_issue(State.ROUTED)
    tell(NOW + 2 * DAY)
    ground.take(issue, Move.ACCEPT, at=NOW + 2 * DAY)
    ground.take(issue, Move.RECTIFY, at=NOW + 2 * DAY)
    db.session.commit()

    tell(NOW + 3 * DAY)
    meanwhile = told(issue.id)
    tell(NOW + 6 * DAY)

    assert meanwhile == ["manager"]
    assert told(issue.id) == ["manager", "manager"]


def test_the_same_wait_with_a_new_limit_starts_anew_and_with_its_old_one_does_not(context: Flask) -> None:
    estate = an_estate()
    subject = let_wait(estate, Holder(role="supervisor"))
    tell(NOW + DAY)

    let = {"since": NOW, "what": "issue:accept", "holder": Holder(role="officer")}
    waits.begin(estate.id, ("issue", subject), due_at=NOW, **let)
    tell(NOW + DAY)
    same = told(subject)
    waits.begin(estate.id, ("issue", subject), due_at=NOW + 4 * DAY, **let)
    tell(NOW + 5 * DAY)

    assert same == ["manager"]
    assert told(subject) == ["manager", "manager"]


def test_nothing_that_is_done_in_time_is_told(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    ground.take(issue, Move.OWNER_SATISFIED, at=NOW + DAY)
    db.session.commit()

    assert tell(NOW + 30 * DAY) == 0
    assert told(issue.id) == []


def test_what_stands_with_others_is_found_for_whoever_was_told(context: Flask) -> None:
    estate, other = an_estate(), an_estate()
    subject = let_wait(estate, Holder(role="supervisor"))
    let_wait(other, Holder(role="supervisor"))
    own = let_wait(estate, Holder(role="manager"), NOW - 9 * DAY)
    tell(NOW + DAY)

    def sees(role: Role) -> list[object]:
        levels = [level.told_at for level in levels_of(frozenset({role}))]
        found = waits.elsewhere(estate.id, levels, [Holder(staff_id=new_id()), Holder(role=role.value)])
        return [wait.subject_id for wait in db.session.scalars(found)]

    assert sees(Role.MANAGER) == [subject]
    assert sees(Role.EXECUTIVE) == [own]
    assert sees(Role.SUPERVISOR) == []


def test_what_waits_for_somebody_who_left_goes_to_the_supervisor_by_the_same_limit(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    [wait] = waits.on(issue.id)
    due_at = wait.due_at
    assert hand_over(NOW) == 0

    db.session.get_one(Staff, ground.officer.id).left_at = NOW
    db.session.commit()
    moved = [hand_over(NOW + HOUR), hand_over(NOW + 2 * HOUR)]
    db.session.commit()

    [wait] = waits.on(issue.id)
    assert moved == [1, 0]
    assert (wait.staff_id, wait.role, wait.due_at) == (None, Role.SUPERVISOR.value, due_at)
    [line] = [line for line in journal.history(issue.id) if line.kind == "wait:handed_over"]
    assert line.data == {"what": "issue:call_back", "from": str(ground.officer.id)}


def test_what_waits_for_an_officer_who_only_repairs_now_goes_to_the_supervisor(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    [role] = all_roles(ground.officer.id)
    role.role, role.department_id = Role.HANDLER, ground.department.id
    db.session.commit()

    moved = hand_over(NOW)

    [wait] = waits.on(issue.id)
    assert (moved, wait.staff_id, wait.role) == (1, None, Role.SUPERVISOR.value)


def test_what_was_made_for_somebody_who_left_goes_to_nobody(ground: Ground) -> None:
    archive, theirs = new_id(), Holder(staff_id=ground.officer.id)
    waits.begin(ground.estate.id, ("archive", archive), FETCH, theirs, since=NOW, due_at=NOW + DAY)
    db.session.get_one(Staff, ground.officer.id).left_at = NOW
    db.session.commit()

    moved = hand_over(NOW + HOUR)

    [wait] = waits.on(archive)
    assert moved == 0
    assert wait.staff_id == ground.officer.id


def test_the_levels_stand_in_order_and_each_has_its_setting() -> None:
    assert [(level.name, level.role) for level in LEVELS] == [
        ("manager", Role.MANAGER),
        ("executive", Role.EXECUTIVE),
    ]
