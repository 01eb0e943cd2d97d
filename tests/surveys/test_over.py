"""A survey is over: whom that concerns is kept with it, and who had to collect what is at homes."""

from datetime import timedelta

from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import history
from app.people.rules import Role
from app.surveys.calling_off import withdraw_survey
from app.surveys.handing_up import hand_up, move_result
from app.surveys.issuing import give_rest
from app.surveys.over import how_over, over_since
from app.surveys.rules import Level, SheetState
from app.surveys.sheets import Wanted, find_sheets
from tests.builders import NOW, a_staff, a_survey
from tests.surveys.asked import Asked


def called_off(asked: Asked) -> None:
    assert withdraw_survey(asked.survey, "题目问错了", event_id=new_id(), by=asked.by, at=NOW)
    db.session.commit()


def test_it_is_kept_who_was_to_go_there_who_would_have_read_it_and_whom_it_asked_about(asked: Asked) -> None:
    asked.hand_out(0)
    asked.hand_out(1)

    called_off(asked)

    [off] = over_since(asked.estate.id, NOW)
    assert off == how_over(asked.survey)
    assert (off.reason, off.officers, off.homes) == ("题目问错了", {asked.officer.id: 2}, 2)
    assert off.departments == {asked.repairs.id, asked.works.id}
    assert off.roles == {"supervisor", "front_desk", "manager", "property_manager", "executive"}
    assert over_since(asked.estate.id, NOW + timedelta(seconds=1)) == []


def test_what_was_given_to_another_is_with_whoever_was_to_collect_it_last(asked: Asked) -> None:
    asked.hand_out(0)
    other = a_staff(asked.estate, Role.OFFICER, name="张华")
    give_rest(asked.survey, asked.officer.id, other.id, "休假", event_id=new_id(), by=asked.by, at=NOW)

    called_off(asked)

    assert how_over(asked.survey).officers == {other.id: 1}
    at_homes = Wanted(states=(SheetState.HANDED_OUT,), officer_id=other.id)
    [[shown], _total] = find_sheets(asked.survey, at_homes)
    assert (shown.sheet.id, shown.officer, shown.task) == (asked.sheets[0].id, "张华", None)
    _rows, left = find_sheets(asked.survey, Wanted(officer_id=other.id))
    assert left == 6, "those that were not handed out are with whoever was to go there"


def test_handed_up_while_sheets_are_out_it_is_kept_who_had_to_collect_them_until_it_comes_back(asked: Asked) -> None:
    asked.hand_out(0)
    asked.answer(1, Level.SATISFIED)
    more = {"by": asked.by, "at": NOW}

    hand_up(asked.survey, asked.estate, "维修最慢", "年底前要结果", event_id=new_id(), **more)
    db.session.commit()

    [over] = over_since(asked.estate.id, NOW)
    assert over == how_over(asked.survey)
    assert (over.officers, over.roles, over.departments) == ({asked.officer.id: 1}, frozenset(), frozenset())
    roles = {"after": len(review_of(asked.survey.id).acts), "roles": frozenset({Role.MANAGER})}
    move_result(asked.survey, Move.SEND_BACK, note="漏了一户", event_id=new_id(), **roles, **more)
    db.session.commit()
    assert (over_since(asked.estate.id, NOW), how_over(asked.survey)) == ([], None), "it is collected again"


def test_a_draft_concerned_nobody_yet(asked: Asked) -> None:
    draft = a_survey(asked.estate, asked.supervisor, (asked.repairs, "维修及时"))

    withdraw_survey(draft, "不办了", event_id=new_id(), by=asked.by, at=NOW)
    db.session.commit()

    assert over_since(asked.estate.id, NOW) == []
    assert [line.data for line in history(draft.id)] == [{"reason": "不办了"}]
