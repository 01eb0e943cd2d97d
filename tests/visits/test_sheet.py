"""A draft edited cell by cell, as it is typed or pasted; what is refused, and what somebody else wrote meanwhile."""

import uuid
from dataclasses import dataclass
from datetime import date, time

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import journal
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.people.models import Staff
from app.people.rules import Role
from app.visits.models import Plan, PlanLine
from app.visits.plans import drop_lines, give_lines, propose_plan, submit_plan
from app.visits.rules import Method
from app.visits.sheet import Fate, Typed, Written, add_homes, ground_of, who_wrote, write_cells
from app.visits.terms import Field, Terms
from app.visits.typed import Ground, officers_called, read
from tests.at_once import at_the_same_moment
from tests.builders import NOW, TODAY, a_home, a_staff, a_unit, an_estate, an_owner, put_to_work
from tests.visits.replayed import as_it_stands, replayed

MONTH = "2026-11"
LI, ZHANG, OTHER_LI = (uuid.UUID(int=n) for n in (1, 2, 3))
OFFICERS = [(LI, "李敏", "limin"), (ZHANG, "张伟", "zhangwei")]
GROUND = Ground(MONTH, TODAY, officers_called(OFFICERS))


@dataclass(frozen=True)
class Draft:
    """A draft of three homes, its supervisor and two officers."""

    estate: Estate
    supervisor: Staff
    officers: list[Staff]
    plan: Plan

    @property
    def more(self) -> dict[str, object]:
        return {"by": By(staff_id=self.supervisor.id), "at": NOW}

    def typed(self, field: Field, text: str, line: int = 0, seen: str | None = None) -> Typed:
        """Typed into a line's cell by somebody who saw what stands there, or something else."""
        one = sorted(self.plan.lines, key=lambda line: line.id)[line]
        return Typed(one.id, field, one.terms.value(field) if seen is None else seen, text)

    def write(self, *typed: Typed) -> list[Written]:
        return write_cells(self.plan, typed, **self.more)

    def line(self, number: int = 0) -> PlanLine:
        return sorted(self.plan.lines, key=lambda line: line.id)[number]


@pytest.fixture
def draft(context: Flask) -> Draft:
    estate = an_estate()
    supervisor = a_staff(estate, Role.SUPERVISOR, name="孙丽华")
    officers = [a_staff(estate, Role.OFFICER, name=name) for name in ("李敏", "张伟")]
    for _home in range(3):
        a_home(estate)
    db.session.flush()
    plan = propose_plan(estate, MONTH, today=TODAY, by=By(staff_id=supervisor.id), at=NOW)
    db.session.commit()
    return Draft(estate, supervisor, officers, plan)


def kinds(thing_id: uuid.UUID) -> list[str]:
    return [line.kind for line in journal.history(thing_id)]


# --- what can be typed ---


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (Field.OFFICER, "张伟", str(ZHANG)),
        (Field.OFFICER, "  ZhangWei ", str(ZHANG)),
        (Field.DAY, "2026-11-25", "2026-11-25"),
        (Field.DAY, "2026/11/25", "2026-11-25"),
        (Field.DAY, "2026年11月25日", "2026-11-25"),
        (Field.DAY, "20261125", "2026-11-25"),
        (Field.DAY, "11-25", "2026-11-25"),
        (Field.DAY, "11/25", "2026-11-25"),
        (Field.DAY, "１１月２５日", "2026-11-25"),
        (Field.DAY, "25", "2026-11-25"),
        (Field.DAY, "25日", "2026-11-25"),
        (Field.DAY, "25 Nov 2026", "2026-11-25"),
        (Field.DAY, "46351", "2026-11-25"),  # as a spreadsheet keeps it
        (Field.TIME, "", ""),
        (Field.TIME, "9:30", "09:30"),
        (Field.TIME, "14：30", "14:30"),
        (Field.TIME, "14:30:00", "14:30"),
        (Field.TIME, "下午2点半", "14:30"),
        (Field.TIME, "2:30 PM", "14:30"),
        (Field.TIME, "15点", "15:00"),
        (Field.TIME, "9", "09:00"),
        (Field.PURPOSE, " 渗水\n复查 ", "渗水 复查"),
        (Field.PURPOSE, "", ""),
        (Field.METHOD, "电话", "phone"),
        (Field.METHOD, "By phone", "phone"),
        (Field.METHOD, "上门面谈", "door"),
    ],
)
def test_a_cell_is_read_as_people_write_it(field: Field, text: str, value: str) -> None:
    assert read(field, text, GROUND) == value


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        (Field.OFFICER, "", "cell:officer_missing"),
        (Field.OFFICER, "王五", "cell:officer_unknown"),
        (Field.DAY, "", "cell:day_missing"),
        (Field.DAY, "2026-11", "cell:day_missing"),
        (Field.DAY, "明天", "cell:day_unreadable"),
        (Field.DAY, "31", "cell:day_unreadable"),
        (Field.DAY, "2026-12-01", "cell:day_outside"),
        (Field.DAY, "2025-11-25", "cell:day_outside"),
        (Field.DAY, "11-22", "cell:day_over"),
        (Field.TIME, "25:00", "cell:time_unreadable"),
        (Field.TIME, "早上", "cell:time_unreadable"),
        (Field.PURPOSE, "长" * 201, "cell:purpose_long"),
        (Field.METHOD, "", "cell:method_unknown"),
        (Field.METHOD, "写信", "cell:method_unknown"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(context: Flask, field: Field, text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(field, text, GROUND)

    assert refusal.value.code == code
    assert str(refusal.value.message)


def test_two_officers_of_one_name_are_told_apart(context: Flask) -> None:
    ground = Ground(MONTH, TODAY, officers_called([*OFFICERS, (OTHER_LI, "李敏", "limin2")]))

    with pytest.raises(Refused) as refusal:
        read(Field.OFFICER, "李敏", ground)

    assert refusal.value.code == "cell:officer_ambiguous"
    assert read(Field.OFFICER, "李敏 (limin2)", ground) == str(OTHER_LI)


def test_terms_are_kept_as_plain_texts_and_read_back() -> None:
    terms = Terms(LI, date(2026, 11, 25), time(14, 30), "复查", Method.PHONE)

    assert Terms.read(terms.plain()) == terms
    assert [terms.having(field, terms.value(field)) for field in Field] == [terms] * len(Field)


# --- what becomes of it ---


@pytest.mark.clause("R41")
@pytest.mark.clause("V44")
def test_many_cells_are_written_at_once_each_with_its_own_answer(draft: Draft) -> None:
    zhang = draft.officers[1]

    answers = draft.write(
        draft.typed(Field.OFFICER, "张伟"),
        draft.typed(Field.DAY, "26"),
        draft.typed(Field.TIME, "14:30"),
        draft.typed(Field.PURPOSE, "渗水复查"),
        draft.typed(Field.METHOD, "电话"),
        draft.typed(Field.DAY, "12-03", line=1),
    )
    db.session.commit()

    assert [answer.fate for answer in answers] == [Fate.SAVED] * 5 + [Fate.REFUSED]
    assert draft.line().terms == Terms(zhang.id, date(2026, 11, 26), time(14, 30), "渗水复查", Method.PHONE)
    assert "2026-12-03" in str(answers[-1].message)
    assert draft.line(1).terms.value(Field.DAY) == answers[-1].value
    assert kinds(draft.plan.id) == ["plan:proposed", "plan:cells_written"]


def test_writing_what_stands_there_already_notes_nothing(draft: Draft) -> None:
    [answer] = draft.write(draft.typed(Field.DAY, draft.line().due_on.isoformat()))
    db.session.commit()

    assert answer.fate is Fate.SAVED
    assert kinds(draft.plan.id) == ["plan:proposed"]


def test_a_cell_that_somebody_else_wrote_in_meanwhile_is_left_alone(draft: Draft) -> None:
    mine = draft.typed(Field.PURPOSE, "我的")
    draft.write(draft.typed(Field.PURPOSE, "他的"))
    beside = draft.typed(Field.METHOD, "电话")

    overtaken, saved = draft.write(mine, beside)
    db.session.commit()

    assert (overtaken.fate, overtaken.value) == (Fate.OVERTAKEN, "他的")
    assert saved.fate is Fate.SAVED, "another cell of the same line is another matter"
    assert draft.line().purpose == "他的"
    assert who_wrote(draft.plan.id, draft.line().unit_id, Field.PURPOSE) == draft.supervisor.id
    again = Typed(mine.line_id, mine.field, overtaken.value, "我的")
    assert draft.write(again)[0].fate is Fate.SAVED


def test_two_who_typed_the_same_agree(draft: Draft) -> None:
    mine = draft.typed(Field.PURPOSE, "一样")
    draft.write(draft.typed(Field.PURPOSE, "一样"))

    assert draft.write(mine)[0].fate is Fate.SAVED


def test_a_line_that_was_taken_out_meanwhile_is_refused_in_words(draft: Draft) -> None:
    mine = draft.typed(Field.PURPOSE, "我的")
    drop_lines(draft.plan, [draft.line().id], **draft.more)

    [answer] = draft.write(mine)

    assert answer.fate is Fate.REFUSED
    assert "已不在计划中" in str(answer.message)


@pytest.mark.parametrize("state", ["plan:under_review", "plan:at_work"])
def test_only_a_draft_is_written_in(draft: Draft, state: str) -> None:
    if state == "plan:at_work":
        put_to_work(draft.plan, **draft.more)
    else:
        submit_plan(draft.plan, event_id=new_id(), **draft.more)
    unit = a_home(draft.estate)

    for change in (
        lambda: draft.write(draft.typed(Field.PURPOSE, "晚了")),
        lambda: add_homes(draft.plan, [unit], **draft.more),
    ):
        with pytest.raises(Outdated) as refusal:
            change()
        assert refusal.value.code == state
    assert draft.line().purpose == ""


def test_of_two_who_write_into_one_cell_at_once_one_is_told(app: Flask, draft: Draft) -> None:
    plan_id, more, told = draft.plan.id, draft.more, []

    def write(text: str) -> None:
        typed = Typed(line_id, Field.PURPOSE, "", text)
        told.extend(write_cells(db.session.get_one(Plan, plan_id), [typed], **more))

    line_id = draft.line().id
    at_the_same_moment(app, lambda: write("甲"), lambda: write("乙"))

    saved, overtaken = sorted(told, key=lambda answer: answer.fate is Fate.OVERTAKEN)
    assert (saved.fate, overtaken.fate) == (Fate.SAVED, Fate.OVERTAKEN)
    assert overtaken.value == saved.value == db.session.get_one(PlanLine, line_id, populate_existing=True).purpose


# --- by hand ---


def test_a_home_is_added_by_hand_to_the_officer_of_its_floor(draft: Draft) -> None:
    give_lines(draft.plan, [line.id for line in draft.plan.lines], draft.officers[1].id, **draft.more)
    neighbour = a_unit(draft.estate, "1299")
    an_owner(neighbour, "赵磊")
    db.session.flush()

    [line] = add_homes(draft.plan, [neighbour], **draft.more)
    db.session.commit()

    assert (line.officer_id, line.due_on) == (draft.officers[1].id, date(2026, 11, 30))
    assert len(draft.plan.lines) == 4


@pytest.mark.parametrize("what", ["plan:home_there", "plan:no_household"])
def test_what_stands_there_or_is_no_household_is_not_added(draft: Draft, what: str) -> None:
    unit = draft.line().unit if what == "plan:home_there" else a_unit(draft.estate)
    db.session.flush()

    with pytest.raises(Refused) as refusal:
        add_homes(draft.plan, [unit], **draft.more)

    assert refusal.value.code == what
    assert len(draft.plan.lines) == 3


def test_the_journal_replayed_is_the_draft_as_it_stands(draft: Draft) -> None:
    home = a_home(draft.estate, "赵磊")
    db.session.flush()
    draft.write(draft.typed(Field.OFFICER, "张伟"), draft.typed(Field.DAY, "28", line=1))
    draft.write(draft.typed(Field.PURPOSE, "年前走访", line=1))
    add_homes(draft.plan, [home], **draft.more)
    give_lines(draft.plan, [draft.line(2).id, draft.line(3).id], draft.officers[0].id, **draft.more)
    drop_lines(draft.plan, [draft.line().id], **draft.more)
    db.session.commit()

    assert replayed(draft.plan) == as_it_stands(draft.plan)
    assert len(draft.plan.lines) == 3


def test_cells_of_another_plan_are_not_reached(draft: Draft) -> None:
    a_home(draft.estate, "赵磊")
    db.session.flush()
    other = propose_plan(draft.estate, "2026-12", today=TODAY, **draft.more)
    [theirs] = other.lines

    [answer] = draft.write(Typed(theirs.id, Field.PURPOSE, "", "越界"))

    assert answer.fate is Fate.REFUSED
    assert db.session.scalar(sa.select(PlanLine.purpose).where(PlanLine.id == theirs.id)) == ""


def test_officers_are_read_as_they_are_today(draft: Draft) -> None:
    former: Unit | Staff = a_staff(draft.estate, Role.OFFICER, name="旧人")
    former.roles[0].until = TODAY
    db.session.flush()

    assert "旧人" not in [officer.name for officer in ground_of(draft.plan, NOW).officers]
