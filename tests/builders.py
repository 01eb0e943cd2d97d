"""Builders: each makes one believable thing and takes only what matters to the test. Call them in an app context."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher

from app.agenda.actions import make_task
from app.agenda.models import Task
from app.agenda.rules import TaskKind
from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.actions import found_estate, move_in, open_unit
from app.estates.models import Estate, Person, Unit
from app.estates.rules import PersonKind, Profile
from app.issues.actions import open_category
from app.issues.models import Category
from app.people.actions import give_role, hire, open_department
from app.people.models import Department, Staff
from app.people.rules import Liable, Role
from app.people.tablets import make_enrol_code
from app.signatures.desk import Signing, digest_of
from app.signatures.messages import Ink
from app.surveys.issuing import issue_survey
from app.surveys.models import Survey, SurveyQuestion, SurveySheet
from app.surveys.queries import sheets_of
from app.surveys.rules import FormKind
from app.visits.amending import AmendmentState
from app.visits.amendments import begin_amendment, drop_in_amendment, move_amendment, submit_amendment
from app.visits.batches import gather, move_batch, submit_batch
from app.visits.briefing import Line, add_item
from app.visits.gathered import contents_of, ready_to_hand_up, records_in
from app.visits.models import Batch, BriefingItem, Plan, PlanAmendment
from app.visits.plans import move_plan, propose_plan, submit_plan
from app.visits.rules import BriefingKind, PlanState
from tests.model_tablet import INK

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
"""Half past two in the afternoon where the test estate stands."""
TODAY = date(2026, 11, 23)
PASSWORD = "a long enough password"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""As good as any to log in with, and a hundred times quicker to verify than a real one."""
NOBODY = By()

_count = iter(range(1, 10**9))


def an_estate(**wanted: object) -> Estate:
    """An estate of profile A in Shanghai's time, with the policy's limits."""
    facts = {
        "code": f"E{next(_count)}",
        "name_zh": "锦绣花园",
        "name_en": "Splendid Garden",
        "company_zh": "锦绣花园物业服务中心",
        "company_en": "Splendid Garden Property Services",
        "phone": "0571-8888 1234",
        "profile": Profile.A,
    }
    estate = found_estate(**(facts | wanted), by=NOBODY, at=NOW)
    db.session.flush()
    return estate


def a_department(
    estate: Estate, name: str = "工程维修部", liable: Liable = Liable.PROPERTY, *, repairs: bool | None = None
) -> Department:
    """A department of the property management company; of repairs, unless said otherwise, if it is called so."""
    code = f"d{next(_count)}"
    repairs = "工程" in name if repairs is None else repairs
    return open_department(estate.id, code, name, f"Department {code}", liable, repairs=repairs, by=NOBODY, at=NOW)


def a_category(estate: Estate, department: Department | None = None, code: str = "") -> Category:
    """A category that routes to `department`, or to nobody."""
    code = code or f"c{next(_count)}"
    return open_category(estate.id, code, "防水", "Waterproofing", department=department, by=NOBODY, at=NOW)


def a_staff(
    estate: Estate, *roles: Role, name: str = "李敏", department: Department | None = None, locale: str = "zh"
) -> Staff:
    """A member of staff with these roles in an estate since last year. Logs in with PASSWORD."""
    staff = hire(f"staff{next(_count)}", name, PASSWORD_HASH, locale=locale, by=NOBODY, at=NOW)
    for role in roles:
        give_role(staff, estate.id, role, department=department, since=date(2025, 1, 1), by=NOBODY, at=NOW)
    return staff


def a_unit(estate: Estate, number: str = "", building: str = "3", entrance: str = "1", floor: int | None = 12) -> Unit:
    """A unit without owners."""
    number = number or f"{next(_count):04}"
    return open_unit(estate, building, entrance, number, floor=floor, by=NOBODY, at=NOW)


def an_owner(unit: Unit, name: str = "陈建国", phone: str = "13812346021", since: date = date(2024, 5, 18)) -> Person:
    """A person who owns a unit."""
    return move_in(unit, name, PersonKind.PERSON, phone=phone, since=since, by=NOBODY, at=NOW)


def a_home(estate: Estate, name: str = "陈建国") -> Unit:
    """A unit with an owner."""
    unit = a_unit(estate)
    an_owner(unit, name)
    return unit


def a_planned_visit(unit: Unit, officer: Staff, due_on: date = TODAY + timedelta(days=3)) -> Task:
    """A visit that is due at a unit."""
    task = make_task(unit, TaskKind.PLANNED_VISIT, assignee_id=officer.id, due_on=due_on, by=NOBODY, at=NOW)
    db.session.flush()
    return task


def a_survey(estate: Estate, made_by: Staff, *questions: tuple[Department, str], **wanted: object) -> Survey:
    """A survey that is drawn up, with these questions, of the next four weeks."""
    facts = {
        "number": f"{TODAY.year}-{next(_count)}",
        "year": TODAY.year,
        "form": FormKind.SATISFACTION,
        "title_zh": "2026 年业主满意度调查",
        "title_en": "Owner satisfaction 2026",
        "purpose_zh": "了解您对物业服务的评价。",
        "purpose_en": "To learn what you think of our service.",
        "key_items_zh": "维修是否及时\n楼道是否清洁",
        "key_items_en": "Are repairs in time\nAre the stairs clean",
        "issue_from": TODAY,
        "issue_until": TODAY + timedelta(days=14),
        "collect_until": TODAY + timedelta(days=28),
    }
    survey = Survey(id=new_id(), estate_id=estate.id, made_by_id=made_by.id, made_at=NOW, **(facts | wanted))
    survey.questions = [
        SurveyQuestion(
            id=new_id(), estate_id=estate.id, place=n, department_id=department.id, text_zh=text, text_en=text
        )
        for n, (department, text) in enumerate(questions, start=1)
    ]
    db.session.add(survey)
    db.session.flush()
    return survey


def a_survey_out(survey: Survey, homes: list[Unit], officer: Staff) -> list[SurveySheet]:
    """Issue it to these homes; their sheets, in the same order."""
    estate = db.session.get_one(Estate, survey.estate_id)
    to = [(unit, officer.id) for unit in homes]
    issue_survey(survey, to, estate, vacant=0, event_id=new_id(), by=By(staff_id=survey.made_by_id), at=NOW)
    db.session.flush()
    return sheets_of(survey.id)


def put_to_work(plan: Plan, *, by: By, at: datetime) -> int:
    """Hand a plan in and let it pass every stage, all by one person; returns how many visits it made."""
    submit_plan(plan, event_id=new_id(), by=by, at=at)
    while plan.state is PlanState.UNDER_REVIEW:
        review = review_of(plan.id)
        seen, roles = len(review.acts), frozenset(Role)
        move_plan(plan, Move.HAND_ON, after=seen, roles=roles, event_id=new_id(), by=by, at=at)
    return len(plan.lines)


def file_amendment(amendment: PlanAmendment, *, by: By, at: datetime) -> None:
    """Hand a change of a plan in and let it pass every stage, all by one person."""
    submit_amendment(amendment, event_id=new_id(), by=by, at=at)
    while amendment.state is AmendmentState.UNDER_REVIEW:
        seen, roles = len(review_of(amendment.id).acts), frozenset(Role)
        move_amendment(amendment, Move.HAND_ON, after=seen, roles=roles, event_id=new_id(), by=by, at=at)


def a_line(estate: Estate, text: str = "夜间巡逻增至每 2 小时一次", **wanted: Any) -> BriefingItem:
    """A line of the briefing: recent work, in the whole estate, from today on, unless said otherwise."""
    kind, by, at = wanted.pop("kind", BriefingKind.WORK), wanted.pop("by", NOBODY), wanted.pop("at", NOW)
    line = Line(**({"text_zh": text, "valid_from": TODAY} | wanted))
    item = add_item(estate, kind, line, by=by, at=at)
    db.session.flush()
    return item


def a_company(unit: Unit, name: str = "恒达贸易有限公司", since: date = date(2024, 5, 18)) -> Person:
    """A company that owns a unit."""
    return move_in(unit, name, PersonKind.COMPANY, phone="057188881234", since=since, by=NOBODY, at=NOW)


def a_new_version(estate: Estate, staff: Staff) -> PlanAmendment:
    """This month's plan at work, amended once: one home is taken out, and that is filed by one person."""
    more = {"by": By(staff_id=staff.id), "at": NOW}
    a_home(estate)
    db.session.flush()
    plan = propose_plan(estate, f"{TODAY:%Y-%m}", today=TODAY, **more)
    put_to_work(plan, **more)
    amendment = begin_amendment(plan, **more)
    drop_in_amendment(amendment, [plan.lines[0].id], "业主出国", **more)
    file_amendment(amendment, **more)
    return amendment


def a_batch(estate: Estate, officer: Staff, *, at: datetime = NOW) -> Batch:
    """All of an officer's records that can be, handed up by the officer; committed, so that the batch has a number."""
    by = By(staff_id=officer.id)
    batch = gather(estate, officer, [visit.id for visit in ready_to_hand_up(estate.id, officer.id)], by=by, at=at)
    submit_batch(batch, "十一月上旬走访，渗水较多", event_id=new_id(), by=by, at=at)
    db.session.commit()
    return batch


def signing_under(batch: Batch) -> Signing:
    """A hand under a batch as it stands now."""
    review = review_of(batch.id)
    shown = digest_of(contents_of(batch, records_in(batch), review))
    return Signing(shown, Ink.model_validate(INK), consent="我已逐条阅读", locale="zh")


def hand_on(batch: Batch, by: Staff, *, at: datetime = NOW, note: str = "", stages: int = 1) -> None:
    """Let a batch pass so many stages, by one person in every function, signed where it must be."""
    for _stage in range(stages):
        move_batch(
            batch,
            Move.HAND_ON,
            after=len(review_of(batch.id).acts),
            roles=frozenset(Role),
            event_id=new_id(),
            by=By(staff_id=by.id),
            at=at,
            note=note,
            signing=signing_under(batch),
        )


def an_enrol_code(staff: Staff) -> str:
    """A one-time code that still works now, by the real clock."""
    return make_enrol_code(staff, by=NOBODY, at=datetime.now(UTC))


def fetch(model: type, key: object) -> object:
    """The row as it stands in the database at this moment."""
    db.session.expire_all()
    return db.session.scalars(sa.select(model).where(model.id == uuid.UUID(str(key)))).one()
