"""What an estate sets for itself: every change a row, two at once, and what follows from it."""

from dataclasses import asdict, fields
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import journal, waits
from app.core.changes import SettingChange, changes, newest
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.journal import By
from app.estates.actions import CONSENT
from app.estates.models import Estate
from app.estates.rules import BOUNDS, IN_ORDER, Limits, LimitUnit, limits, out_of_bounds, out_of_order
from app.estates.settings import check_consent, set_limits, set_organisation, set_words, values_of
from app.issues.moving import CALL_BACK
from app.issues.rules import State
from app.sync.documents import documents
from tests.at_once import at_the_same_moment
from tests.builders import NOBODY, NOW, a_staff, an_estate
from tests.issues.conftest import Ground, ground

__all__ = ["ground"]

MORE = {"by": NOBODY, "at": NOW}
POLICY = asdict(Limits())


def told(estate: Estate) -> list[tuple[str, object, object]]:
    """Every change of an estate, oldest first: setting, before, after."""
    rows, _total = changes(estate.id)
    return [(row.setting, row.before, row.after) for row in reversed(rows)]


def kinds(estate: Estate) -> list[str]:
    return [line.kind for line in journal.history(estate.id)]


# --- rules ---


def test_every_limit_has_bounds_in_which_the_policys_own_lies() -> None:
    assert set(BOUNDS) == {field.name for field in fields(Limits)}
    assert out_of_bounds(POLICY) == []
    assert out_of_order(POLICY) == []
    assert {bound.unit for bound in BOUNDS.values()} == set(LimitUnit)


@pytest.mark.parametrize("name", BOUNDS)
def test_a_limit_within_its_bounds_is_taken_and_one_beside_them_is_not(name: str) -> None:
    bound = BOUNDS[name]

    verdicts = {
        n: out_of_bounds({**POLICY, name: n}) for n in (bound.least - 1, bound.least, bound.most, bound.most + 1)
    }

    assert verdicts == {bound.least - 1: [name], bound.least: [], bound.most: [], bound.most + 1: [name]}


@pytest.mark.parametrize(("shorter", "longer"), IN_ORDER)
def test_what_is_more_urgent_never_has_more_time(shorter: str, longer: str) -> None:
    assert out_of_order({**POLICY, shorter: POLICY[longer]}) == []
    assert (shorter, longer) in out_of_order({**POLICY, shorter: POLICY[longer] + 1})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (CONSENT["text"]["zh"], None),
        (CONSENT["text"]["en"], None),
        ("我同意。", None),
        ("双括号 {{phone}} 是文字", None),
        ("", "settings:consent"),
        ("字" * 1001, "settings:consent"),
        ("致电 {telephone}", "settings:consent_gap"),
        ("致电 {}", "settings:consent_gap"),
        ("致电 {phone.__class__}", "settings:consent_gap"),
        ("致电 {phone!r}", "settings:consent_gap"),
        ("致电 {phone:>99999}", "settings:consent_gap"),
        ("致电 {phone", "settings:consent_gap"),
    ],
)
def test_only_words_that_can_stand_above_a_signature_are_taken(text: str, code: str | None) -> None:
    try:
        check_consent(text)
        refused = None
    except Refused as refusal:
        refused = refusal.code

    assert refused == code


# --- actions ---


def test_a_change_is_a_row_and_a_line_and_reaches_the_tablets(context: Flask) -> None:
    estate = an_estate()
    staff = a_staff(estate)
    db.session.commit()

    changed = set_limits(estate, {"measure_hours": 48, "objection_days": 7}, seen=0, by=By(staff.id), at=NOW)
    db.session.commit()

    assert changed == ["limit.measure_hours"]
    assert told(estate) == [("limit.measure_hours", 24, 48)]
    assert kinds(estate)[-1] == "estate:settings_changed"
    assert db.session.scalars(sa.select(SettingChange.by_id)).one() == staff.id
    doc = documents("estate", [estate.id], NOW)[estate.id]
    assert doc["answer_days"] == {"urgent": 2, "ordinary": 2, "major": 2}
    feed = db.session.get_one(journal.Feed, {"stream": estate.id, "type": "estate", "id": estate.id})
    assert feed.version == journal.history(estate.id)[-1].seq


def test_nothing_new_writes_nothing(context: Flask) -> None:
    estate = an_estate()
    db.session.commit()
    before = kinds(estate)

    assert set_limits(estate, POLICY, seen=0, **MORE) == []
    db.session.commit()

    assert (told(estate), kinds(estate)) == ([], before)


def test_a_changed_limit_changes_the_next_deadline_and_not_the_one_that_runs(ground: Ground) -> None:
    runs = ground.an_issue(State.RECTIFIED)

    set_limits(ground.estate, {"callback_days": 1}, seen=0, **MORE)
    db.session.commit()
    begins = ground.an_issue(State.RECTIFIED)

    assert [wait.what for wait in waits.on(begins.id)] == [CALL_BACK]
    assert waits.on(runs.id)[0].due_at == NOW + timedelta(days=3)
    assert waits.on(begins.id)[0].due_at == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [({"measure_hours": 0}, "settings:out_of_bounds"), ({"rectify_days_urgent": 9}, "settings:out_of_order")],
)
def test_limits_that_make_no_sense_are_refused_and_change_nothing(
    context: Flask, wanted: dict[str, int], code: str
) -> None:
    estate = an_estate()

    with pytest.raises(Refused) as refusal:
        set_limits(estate, wanted, seen=0, **MORE)

    assert refusal.value.code == code
    assert limits(estate.settings) == Limits()
    assert told(estate) == []


def test_a_title_of_its_own_stands_until_it_is_blank_again(context: Flask) -> None:
    estate = an_estate()

    set_organisation(estate, {"role.manager.zh": "片区经理", "phone": "0571-1"}, seen=0, **MORE)
    assert estate.settings["roles"] == {"manager": {"zh": "片区经理"}}
    set_organisation(estate, {"role.manager.zh": ""}, seen=newest(estate.id), **MORE)

    assert values_of(estate)["role.manager.zh"] == ""
    assert told(estate) == [
        ("role.manager.zh", "", "片区经理"),
        ("phone", "0571-8888 1234", "0571-1"),
        ("role.manager.zh", "片区经理", ""),
    ]


def test_other_words_above_a_signature_are_a_new_version(context: Flask) -> None:
    estate = an_estate()

    set_words(estate, {"consent.zh": "同意，{days} 天内致电 {phone}。", "title.zh": "业主走回访记录表"}, seen=0, **MORE)

    doc = documents("estate", [estate.id], NOW)[estate.id]
    assert doc["consent"]["version"] == 2
    assert doc["consent"]["text"]["zh"] == "同意，7 天内致电 0571-8888 1234。"
    assert doc["title"]["zh"] == "业主走回访记录表"
    assert CONSENT["text"]["zh"].startswith("我已阅读"), "the first version stays what it was"


# --- two at once ---


def test_what_somebody_left_alone_stays_as_others_set_it(context: Flask) -> None:
    estate = an_estate()
    set_limits(estate, {"measure_hours": 48}, seen=0, **MORE)

    set_limits(estate, {"measure_hours": 24, "callback_days": 2}, seen=0, **MORE)

    assert (limits(estate.settings).measure_hours, limits(estate.settings).callback_days) == (48, 2)


def test_the_second_to_change_the_same_is_told_what_the_first_set(context: Flask) -> None:
    estate = an_estate()
    set_limits(estate, {"measure_hours": 48}, seen=0, **MORE)
    set_limits(estate, {"measure_hours": 36}, seen=1, **MORE)

    with pytest.raises(Outdated) as refusal:
        set_limits(estate, {"measure_hours": 12, "callback_days": 2}, seen=0, **MORE)

    assert [(row.setting, row.after) for row in refusal.value.detail["changes"]] == [("limit.measure_hours", 36)]
    assert (limits(estate.settings).measure_hours, limits(estate.settings).callback_days) == (36, 3)
    assert set_limits(estate, {"measure_hours": 12}, seen=2, **MORE) == ["limit.measure_hours"]


def test_two_who_set_the_same_to_the_same_agree(context: Flask) -> None:
    estate = an_estate()
    set_limits(estate, {"measure_hours": 48}, seen=0, **MORE)

    assert set_limits(estate, {"measure_hours": 48}, seen=0, **MORE) == []
    assert len(told(estate)) == 1


def test_at_the_same_moment_one_wins_and_the_rows_are_numbered_without_a_gap(app: Flask) -> None:
    with app.app_context():
        estate = an_estate()
        estate_id = estate.id
        db.session.commit()

        def setting(**wanted: int) -> object:
            return lambda: set_limits(db.session.get_one(Estate, estate_id), wanted, seen=0, **MORE)

        ends = at_the_same_moment(app, setting(measure_hours=36), setting(measure_hours=48), setting(callback_days=2))

        assert ends == ["done", "done", "settings:changed"]
        rows, total = changes(estate_id)
        assert (total, [row.number for row in rows]) == (2, [2, 1])
