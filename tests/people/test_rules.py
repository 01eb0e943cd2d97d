"""Who may do what: one table, and nobody may do anything by being somebody else elsewhere."""

import pytest

from app.people.rules import MAY, Act, Role, allowed

O, F, S, M, P, E, D, H, A = Role  # noqa: E741 - officer to administrator, in their order

EXPECTED: dict[Act, set[Role]] = {
    Act.SEE_ESTATE: set(Role),
    Act.SEE_ISSUES: set(Role),
    Act.SEE_OWNERS: {O, F, S, M, P, E, A},
    Act.EDIT_OWNER_FILE: {F, S, A},
    Act.SEE_VISITS: {O, F, S, M, P, E, A},
    Act.KEEP_COPIES: {F, S, M},
    Act.SEE_PLAN: {O, F, S, M, P, E, A},
    Act.IMPORT_ROSTER: {S, A},
    Act.MAKE_PLAN: {S},
    Act.ORDER_SPECIAL: {S, E},
    Act.ADJUST_VISITS: {E},
    Act.SEE_BRIEFING: {O, F, S, M, P, E, A},
    Act.WRITE_BRIEFING: {S},
    Act.REVIEW_PAPERS: {S, M, P, E},
    Act.GATHER_RECORDS: {O, F, S},
    Act.KEEP_ARCHIVES: {S, M, P},
    Act.ROUTE_ISSUE: {S, M},
    Act.CLASSIFY_ISSUE: {S, M},
    Act.REPORT_ISSUE: {O, F},
    Act.COORDINATE_ISSUE: {S, M},
    Act.READ_RESULT: {E, P},
    Act.SEE_AGEING: {S, M, P, E, D},
    Act.SEE_STATISTICS: {S, M, P, E},
    Act.HAND_UP_YEAR: {S},
    Act.SEE_SURVEYS: {O, F, S, M, P, E, A},
    Act.MAKE_SURVEY: {S},
    Act.TAKE_SHEETS: {O, F, S},
    Act.CLASSIFY_OPINIONS: {S, M},
    Act.CALL_MEETING: {E},
    Act.SEE_MEETING: {S, M, P, E, D, H},
    Act.WRITE_MINUTES: {S, E},
    Act.ANSWER_MEASURE: {D},
    Act.READ_MEASURE: {E},
    Act.COLLECT_MEASURE: {S, M},
    Act.SEE_JOBS: {A},
    Act.ACCEPT_ISSUE: {D},
    Act.REPORT_RECTIFIED: {D, H},
    Act.NOTE_PROGRESS: {O, F, S, M, D, H},
    Act.VERIFY_ISSUE: {S},
    Act.ASK_TO_DEFER: {D},
    Act.AGREE_DEFERRAL: {S, M},
    Act.CANNOT_SOLVE: {S, M, D},
    Act.EXPLAIN_ISSUE: {O, F, S, M},
    Act.REVIEW_CARRIED_OVER: {M, E},
    Act.CLOSE_UNSATISFIED: {E},
    Act.DISPUTE_LIABILITY: {D},
    Act.DECIDE_LIABILITY: {M, E},
    Act.MERGE_ISSUES: {S, M},
    Act.SEE_COMPLAINTS: {O, F, S, M, P, E, A},
    Act.TAKE_COMPLAINT: {O, F, S, M},
    Act.GRADE_COMPLAINT: {S, M},
    Act.LOWER_COMPLAINT: {M},
    Act.REVIEW_COMPLAINT: {M, E},
    Act.SEE_ORDERS: set(Role),
    Act.KEEP_ORDERS: {O, F, S},
    Act.DO_ORDER: {F, S, D, H},
    Act.TRANSFER_ORDER: {S, M},
    Act.END_ORDER: {E},
    Act.LET_IN_SYSTEMS: {A},
    Act.KEEP_STAFF: {A},
    Act.ENROL_TABLET: {S, A},
    Act.CARRY_TABLET: {O, F, S},
    Act.DECIDE_RECORDS: {S, M, A},
    Act.SEE_TABLETS: {S, M, A},
    Act.TAKE_IN_UNSENT: {S, A},
    Act.SEE_SETTINGS: {S, M, P, E, A},
    Act.CHANGE_SETTINGS: {S, A},
}
"""The table once more, on purpose: to let somebody do something takes two hands."""


@pytest.mark.parametrize("act", Act, ids=lambda act: act.value)
@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_each_role_may_do_what_the_table_says(act: Act, role: Role) -> None:
    assert allowed(act, frozenset({role})) == (role in EXPECTED[act])


def test_every_act_is_somebodys() -> None:
    assert set(MAY) == set(Act)
    assert [act for act in Act if not MAY[act]] == []


@pytest.mark.parametrize("act", Act, ids=lambda act: act.value)
def test_without_a_role_nothing_is_allowed_and_several_roles_add_up(act: Act) -> None:
    assert not allowed(act, frozenset())
    assert allowed(act, frozenset(Role))


@pytest.mark.clause("R41")
def test_only_the_supervisor_makes_plans() -> None:
    assert MAY[Act.MAKE_PLAN] == {Role.SUPERVISOR}


@pytest.mark.clause("R38")
def test_only_the_department_answers_for_its_measure() -> None:
    assert MAY[Act.ACCEPT_ISSUE] == {Role.DEPARTMENT_MANAGER}
