"""Who is liable, by the date on which a matter was raised, not by memory (R01, R21): the rule, and where it sends."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.core.db import db
from app.core.ids import new_id
from app.estates.file_rules import Part
from app.estates.rules import Profile
from app.issues.actions import open_category
from app.issues.liability import Covered, covered, warranty_until
from app.issues.models import Category, Issue
from app.issues.queries import Wanted, issue_ids
from app.issues.routing import classify, send_on
from app.issues.rules import State, Urgency
from app.people.models import Department
from app.people.rules import Liable
from tests.builders import NOBODY, NOW, a_department, a_home
from tests.issues.conftest import Ground

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "warranty.json").read_text("utf-8"))["rows"]
MORE = {"by": NOBODY, "at": NOW}
HANDED_OVER = date(2023, 11, 23)


@pytest.mark.parametrize("row", VECTORS, ids=" ".join)
@pytest.mark.clause("R01")
@pytest.mark.clause("R21")
def test_the_date_decides_and_nothing_else(row: list[str]) -> None:
    profile, part, handover, by_hand, raised, expected = row
    of_part = Part(part) if part else None
    handed_over = date.fromisoformat(handover) if handover else None

    until = warranty_until(of_part, handed_over, {part: by_hand} if by_hand else {}) if of_part else None
    found = covered(Profile[profile], of_part, until, date.fromisoformat(raised))

    assert (found.value if found else "") == expected


def a_part(ground: Ground, within: Department, part: Part = Part.WATERPROOFING, **wanted: object) -> Category:
    """A category of a part: within its warranty with the developer, after it with the property company."""
    more = {"department": ground.department, "warranty": (part, within)} | wanted
    return open_category(ground.estate.id, f"w{new_id()}", "渗漏", "Leaks", **more, **MORE)


def raised_at(ground: Ground, category: Category, at: datetime, handed_over: date | None = HANDED_OVER) -> Issue:
    """An issue that an owner raised at a moment, of a unit handed over on a day."""
    ground.unit.handover_on = handed_over
    issue = ground.an_issue()
    issue.category, issue.category_id, issue.raised_at = category, category.id, at
    return issue


def developer(ground: Ground) -> Department:
    return a_department(ground.estate, "地产公司工程部", Liable.DEVELOPER)


@pytest.mark.parametrize(
    ("at", "is_developer", "warranty"),
    [
        # The last day ends where the estate stands, eight hours before it does in UTC.
        (datetime(2028, 11, 23, 15, 59, tzinfo=UTC), True, Covered.WITHIN),
        (datetime(2028, 11, 23, 16, 0, tzinfo=UTC), False, Covered.AFTER),
    ],
)
@pytest.mark.clause("R01")
@pytest.mark.clause("R21")
def test_within_the_warranty_it_goes_to_the_developer_after_it_to_the_property_company(
    ground: Ground, at: datetime, is_developer: bool, warranty: Covered
) -> None:
    within = developer(ground)
    issue = raised_at(ground, a_part(ground, within), at)

    send_on(issue, event_id=new_id(), **MORE)
    db.session.commit()

    assert issue.state is State.ROUTED
    assert issue.department_id == (within if is_developer else ground.department).id
    assert (issue.warranty, issue.warranty_part) == (warranty, Part.WATERPROOFING)
    assert issue.warranty_until == date(2028, 11, 23)


@pytest.mark.clause("R21")
def test_without_a_handover_date_it_goes_to_its_category_and_says_that_liability_is_unknown(ground: Ground) -> None:
    issue = raised_at(ground, a_part(ground, developer(ground)), NOW, handed_over=None)

    send_on(issue, event_id=new_id(), **MORE)
    db.session.commit()

    assert (issue.department_id, issue.warranty) == (ground.department.id, Covered.UNKNOWN)
    assert issue.warranty_until is None


def test_in_profile_b_it_always_goes_to_the_property_company(ground: Ground) -> None:
    issue = raised_at(ground, a_part(ground, developer(ground)), NOW)
    ground.estate.profile = Profile.B

    send_on(issue, event_id=new_id(), **MORE)
    db.session.commit()

    assert (issue.department_id, issue.warranty) == (ground.department.id, None)


def test_a_category_has_the_warranty_of_its_group_unless_it_names_its_own(ground: Ground) -> None:
    within, other = developer(ground), a_department(ground.estate, "地产客服部", Liable.DEVELOPER)
    group = a_part(ground, within)
    inside = open_category(ground.estate.id, "in", "卫生间", "Bathroom", parent_code=group.code, **MORE)
    own = a_part(ground, other, Part.PIPES, parent_code=group.code)
    inherits, names = raised_at(ground, inside, NOW), raised_at(ground, own, NOW)

    for issue in (inherits, names):
        send_on(issue, event_id=new_id(), **MORE)
    db.session.commit()

    assert (inherits.department_id, inherits.warranty_part) == (within.id, Part.WATERPROOFING)
    assert (names.department_id, names.warranty) == (ground.department.id, Covered.AFTER)


def test_where_the_liable_department_is_closed_it_goes_to_that_of_its_category(ground: Ground) -> None:
    within = developer(ground)
    issue = raised_at(ground, a_part(ground, within), NOW)
    within.closed_on = NOW.date()
    db.session.flush()

    send_on(issue, event_id=new_id(), **MORE)
    db.session.commit()

    assert (issue.department_id, issue.warranty) == (ground.department.id, Covered.WITHIN)


@pytest.mark.clause("R21")
def test_classified_anew_it_goes_to_whoever_is_liable_for_the_new_category(ground: Ground) -> None:
    within = developer(ground)
    category = a_part(ground, within)
    issue = ground.an_issue(State.ROUTED)
    ground.unit.handover_on = HANDED_OVER

    classify(issue, category, Urgency.ORDINARY, note="看过现场", event_id=new_id(), **MORE)
    db.session.commit()

    assert (issue.department_id, issue.warranty) == (within.id, Covered.WITHIN)


@pytest.mark.clause("R01")
def test_what_was_raised_within_the_warranty_and_whose_company_has_it_can_be_asked_for(ground: Ground) -> None:
    category = a_part(ground, developer(ground))
    covered_one = raised_at(ground, category, NOW)
    send_on(covered_one, event_id=new_id(), **MORE)
    plain = ground.an_issue(State.ROUTED)
    a_home(ground.estate)
    db.session.commit()

    def found(**wanted: object) -> set[object]:
        return set(issue_ids(ground.estate.id, Wanted(**wanted), 10))  # type: ignore[arg-type]

    assert found(warranty=Covered.WITHIN) == {covered_one.id}
    assert found(warranty=Covered.AFTER) == set()
    assert found(liable=Liable.DEVELOPER) == {covered_one.id}
    assert found(liable=Liable.PROPERTY) == {plain.id}
