"""The table of a review's moves, and the chains of both profiles."""

import pytest

from app.approvals.rules import (
    AT_A_STAGE,
    CHAINS,
    DRAFTED_BY,
    STEPS,
    Duty,
    Move,
    Paper,
    Stage,
    State,
    chain_of,
    read_chain,
    step,
)
from app.estates.rules import Profile
from app.people.rules import MAY, Act, Role


def test_no_two_rows_say_different_things_about_one_move() -> None:
    for last in (True, False):
        rows = [(row.before, row.move) for row in STEPS if row.last in (None, last)]
        assert len(set(rows)) == len(rows)


def test_every_state_can_be_reached_and_every_one_but_the_last_can_be_left() -> None:
    assert {row.after for row in STEPS} == set(State)
    assert {row.before for row in STEPS} == set(State) - {State.COMPLETE}


def test_only_the_last_stage_completes_a_paper() -> None:
    assert [(row.move, row.last) for row in STEPS if row.after is State.COMPLETE] == [(Move.HAND_ON, True)]


@pytest.mark.parametrize("move", sorted(AT_A_STAGE, key=lambda move: move.value))
def test_a_paper_can_be_sent_back_or_handed_on_at_any_stage(move: Move) -> None:
    assert step(State.RUNNING, move, last=False)
    assert step(State.RUNNING, move, last=True)


@pytest.mark.clause("V44")
@pytest.mark.parametrize("profile", Profile)
def test_a_plan_is_reviewed_by_the_manager_approved_by_the_property_manager_and_filed(profile: Profile) -> None:
    chain = chain_of(Paper.PLAN, profile, {})

    assert [(stage.duty, stage.role) for stage in chain] == [
        (Duty.REVIEW, Role.MANAGER),
        (Duty.APPROVE, Role.PROPERTY_MANAGER),
        (Duty.FILE, Role.SUPERVISOR),
    ]


def test_every_paper_has_a_chain_in_every_profile_whose_stages_somebody_may_sign() -> None:
    assert set(CHAINS) == {(paper, profile) for paper in Paper for profile in Profile}
    assert set(DRAFTED_BY) == set(Paper)
    assert {stage.role for chain in CHAINS.values() for stage in chain} <= MAY[Act.REVIEW_PAPERS]


def test_an_estates_own_chain_goes_before_the_policys() -> None:
    own = (Stage(Duty.APPROVE, Role.EXECUTIVE, 5),)

    assert chain_of(Paper.PLAN, Profile.A, {"chains": {"plan": [stage.plain() for stage in own]}}) == own
    assert read_chain([stage.plain() for stage in CHAINS[Paper.PLAN, Profile.B]]) == CHAINS[Paper.PLAN, Profile.B]
