"""The rules of a chain, row by row; and that a changed chain rules what comes and not what is under way."""

import pytest
from flask import Flask

from app.approvals.actions import make_move, submit
from app.approvals.chains import WHY, set_chain
from app.approvals.queries import review_of, under_way
from app.approvals.rules import (
    AS_THE,
    CHAINS,
    DUTIES_OF,
    MOST_DAYS,
    MOST_STAGES,
    Chain,
    ChainRule,
    Duty,
    Move,
    Paper,
    Stage,
    broken_rule,
    chain_of,
)
from app.core.changes import changes
from app.core.db import db
from app.core.errors import Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.rules import Profile
from app.estates.settings import set_limits
from app.people.rules import Role
from tests.builders import NOBODY, NOW, a_staff, an_estate

MORE = {"by": NOBODY, "at": NOW}
REVIEW, APPROVE = Stage(Duty.REVIEW, Role.MANAGER, 3), Stage(Duty.APPROVE, Role.PROPERTY_MANAGER, 3)
FILE = Stage(Duty.FILE, Role.SUPERVISOR, 3)
SIGN, ARCHIVE = Stage(Duty.SIGN, Role.MANAGER, 3), Stage(Duty.ARCHIVE, Role.SUPERVISOR, 3)
READ = Stage(Duty.REVIEW, Role.EXECUTIVE, 3)


@pytest.mark.parametrize(
    ("paper", "chain", "rule"),
    [
        (Paper.PLAN, (REVIEW, APPROVE, FILE), None),
        (Paper.PLAN, (APPROVE, FILE), None),
        (Paper.PLAN, (Stage(Duty.FILE, Role.MANAGER, 1),), None),
        (Paper.PLAN, (), ChainRule.NOT_EMPTY),
        (Paper.PLAN, (*[REVIEW] * MOST_STAGES, FILE), ChainRule.NOT_EMPTY),
        (Paper.PLAN, (SIGN, FILE), ChainRule.KNOWN_DUTIES),
        (Paper.PLAN, (REVIEW, ARCHIVE), ChainRule.KNOWN_DUTIES),
        (Paper.PLAN, (Stage(Duty.REVIEW, Role.OFFICER, 3), FILE), ChainRule.READERS_ONLY),
        (Paper.PLAN, (Stage(Duty.REVIEW, Role.ADMIN, 3), FILE), ChainRule.READERS_ONLY),
        (Paper.PLAN, (Stage(Duty.REVIEW, Role.MANAGER, 0), FILE), ChainRule.DAYS),
        (Paper.PLAN, (Stage(Duty.REVIEW, Role.MANAGER, MOST_DAYS + 1), FILE), ChainRule.DAYS),
        (Paper.PLAN, (REVIEW, APPROVE), ChainRule.ENDS),
        (Paper.PLAN, (FILE, APPROVE), ChainRule.ENDS),
        (Paper.PLAN, (REVIEW, FILE, FILE), ChainRule.ENDS),
        (Paper.PLAN, (FILE,), ChainRule.SECOND_EYES),
        (Paper.RECORDS, (SIGN, SIGN, READ, ARCHIVE), None),
        (Paper.RECORDS, (READ, SIGN, ARCHIVE), None),
        (Paper.RECORDS, (SIGN, ARCHIVE), None),
        (Paper.RECORDS, (), ChainRule.NOT_EMPTY),
        (Paper.RECORDS, (READ, ARCHIVE), ChainRule.SIGNED),
        (Paper.RECORDS, (ARCHIVE, SIGN), ChainRule.ENDS),
        (Paper.RECORDS, (SIGN, READ), ChainRule.ENDS),
        (Paper.RECORDS, (SIGN, FILE), ChainRule.KNOWN_DUTIES),
        (Paper.RECORDS, (SIGN, APPROVE, ARCHIVE), ChainRule.KNOWN_DUTIES),
    ],
)
def test_a_chain_keeps_to_every_rule_or_is_told_the_first_it_breaks(
    paper: Paper, chain: Chain, rule: ChainRule | None
) -> None:
    assert broken_rule(paper, chain) is rule


def test_the_policys_own_chains_keep_to_the_rules_and_every_rule_has_words() -> None:
    own = {key: chain for key, chain in CHAINS.items() if key[0] not in AS_THE}

    assert [key for key, chain in own.items() if broken_rule(key[0], chain)] == []
    assert set(WHY) == set(ChainRule)
    assert set(DUTIES_OF) == set(Paper) - set(AS_THE)


def test_a_chain_that_breaks_a_rule_is_refused_and_changes_nothing(context: Flask) -> None:
    estate = an_estate()

    with pytest.raises(Refused) as refusal:
        set_chain(estate, Paper.RECORDS, (READ, ARCHIVE), seen=0, **MORE)

    assert refusal.value.code == "chain:signed"
    assert (estate.settings.get("chains"), changes(estate.id)[1]) == (None, 0)


@pytest.mark.parametrize("profile", Profile)
def test_a_changed_chain_rules_the_next_paper_and_not_the_one_under_way(context: Flask, profile: Profile) -> None:
    estate = an_estate(profile=profile)
    by = By(a_staff(estate, Role.MANAGER).id)
    old, new = new_id(), new_id()
    submit(Paper.PLAN, old, estate, event_id=new_id(), by=by, at=NOW)

    set_chain(estate, Paper.PLAN, (Stage(Duty.APPROVE, Role.EXECUTIVE, 5), FILE), seen=0, **MORE)
    submit(Paper.PLAN, new, estate, event_id=new_id(), by=by, at=NOW)
    db.session.commit()

    assert under_way(estate.id, Paper.PLAN) == 2
    assert [stage.duty for stage in review_of(old).chain] == [Duty.REVIEW, Duty.APPROVE, Duty.FILE]
    assert [stage.duty for stage in review_of(new).chain] == [Duty.APPROVE, Duty.FILE]
    everybody = {"roles": frozenset(Role), "event_id": new_id(), "by": by, "at": NOW}
    assert make_move(review_of(old), Move.HAND_ON, after=1, **everybody)
    assert review_of(old).stage.role is Role.PROPERTY_MANAGER


def test_back_to_the_policys_chain(context: Flask) -> None:
    estate = an_estate()
    set_chain(estate, Paper.PLAN, (APPROVE, FILE), seen=0, **MORE)

    set_chain(estate, Paper.PLAN, None, seen=1, **MORE)

    assert chain_of(Paper.PLAN, estate.profile, estate.settings) == CHAINS[Paper.PLAN, estate.profile]
    own = [stage.plain() for stage in (APPROVE, FILE)]
    rows, _total = changes(estate.id, "chain.")
    assert [(row.before, row.after) for row in rows] == [(own, None), (None, own)]


def test_the_policys_chain_takes_the_days_that_the_estate_gives(context: Flask) -> None:
    estate = an_estate()

    set_limits(estate, {"sign_days": 1, "review_days": 5}, seen=0, **MORE)

    chain = chain_of(Paper.RECORDS, estate.profile, estate.settings)
    assert [(stage.duty, stage.days) for stage in chain] == [
        (Duty.SIGN, 1),
        (Duty.SIGN, 1),
        (Duty.REVIEW, 5),
        (Duty.ARCHIVE, 5),
    ]
