"""Form 9, the monthly visit plan on paper: what was planned for each household, what became of it, who signed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app.agenda.rules import TaskState
from app.approvals.models import Review
from app.approvals.queries import review_of
from app.approvals.rules import Move, Paper, State, chain_of
from app.core.clock import local_date
from app.core.db import db
from app.documents.letterhead import letterhead
from app.documents.sheets import Language, Sheet
from app.estates.models import Estate, Unit
from app.estates.queries import owners_on, units_with_people
from app.visits.models import Plan
from app.visits.progress import PlannedHome, planned_homes, progress
from app.visits.rules import PlanState


@dataclass(frozen=True)
class PlannedVisit:
    """One line. `days_since`: from the last visit to the planned day. `done`: nothing before the plan is at work.
    `rung`: its owner was to be met at the door, and was rung.

    `tried`: why nobody was met, each reason with how often. `instead`: what became of it otherwise, `met`, or it is
    `moved`, `moved_up` or `left` to the plan of the month `to`.
    """

    officer: str
    unit: str
    owners: tuple[str, ...]
    last_met_on: date | None
    days_since: int | None
    due_on: date
    at: str
    purpose: str
    method: str
    carried_from: str
    done: bool | None
    done_on: date | None
    rung: bool
    tried: tuple[tuple[str, int], ...]
    instead: str
    to: str = ""


@dataclass(frozen=True)
class Station:
    """One station of the plan's way: `duty` is draft or a value of `Duty`; who passed it, and when, if somebody has."""

    duty: str
    name: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PlanSheet(Sheet):
    """The whole plan. `state`: a value of `PlanState`, `over` or `lapsed`. `households`: those that did not fall away,
    with those that were taken out when their day was over (`out_late`). `rung`: how many of those done were rung
    instead of visited.
    """

    month: str
    version: int
    state: str
    visits: tuple[PlannedVisit, ...]
    households: int
    out_late: int
    done: int
    rung: int
    stations: tuple[Station, ...]


def plan_number(plan: Plan) -> str:
    """What a plan is called on paper: `JH-2611-2`, its month and version."""
    return f"JH-{plan.month[2:4]}{plan.month[5:]}-{plan.version}"


def plan_sheet(plan: Plan, languages: tuple[Language, ...], *, printed_at: datetime) -> PlanSheet:
    """The plan as it stands, in walking order. For whoever may see owners. Only reads."""
    estate = db.session.get_one(Estate, plan.estate_id)
    homes, today = planned_homes(plan), local_date(printed_at, estate.time_zone)
    counted = progress(plan, homes, estate.time_zone)
    owners = owners_of({home.line.unit_id for home in homes}, today)
    return PlanSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=plan_number(plan),
        printed_at=printed_at,
        month=plan.month,
        version=plan.version,
        state=_state(plan, today),
        visits=tuple(_visit(home, owners.get(home.line.unit_id, ()), plan, estate) for home in homes),
        households=counted.due,
        out_late=counted.out_late,
        done=counted.done,
        rung=counted.rung,
        stations=tuple(_stations(plan, review_of(plan.id), estate)),
    )


def _state(plan: Plan, today: date) -> str:
    """Its state by its name; of a month that has passed `over`, or `lapsed` if the plan was never at work."""
    if plan.month < f"{today:%Y-%m}":
        return "over" if plan.state is PlanState.ACTIVE else "lapsed"
    return plan.state.value


def owners_of(unit_ids: Iterable[object], today: date) -> dict[object, tuple[str, ...]]:
    """Unit → the names of those who own it today."""
    units: list[Unit] = units_with_people(unit_ids)  # type: ignore[arg-type]
    return {unit.id: tuple(held.person.name for held in owners_on(unit, today)) for unit in units}


def _visit(home: PlannedHome, owners: tuple[str, ...], plan: Plan, estate: Estate) -> PlannedVisit:
    line = home.line
    return PlannedVisit(
        officer=line.officer.name,
        unit=line.unit.short,
        owners=owners,
        last_met_on=line.last_met_on,
        days_since=(line.due_on - line.last_met_on).days if line.last_met_on else None,
        due_on=line.due_on,
        at=f"{line.planned_time:%H:%M}" if line.planned_time else "",
        purpose=line.purpose,
        method=line.method.value,
        carried_from=line.carried_from or "",
        done=home.is_done if plan.state is PlanState.ACTIVE else None,
        done_on=local_date(home.met_at, estate.time_zone) if home.met_at else None,
        rung=home.rang_instead,
        tried=tuple(Counter(outcome.value for outcome in home.tries).items()),
        instead=_instead(home, plan),
        to=home.moved_to or home.left_to,
    )


def _instead(home: PlannedHome, plan: Plan) -> str:
    if home.fell_away:
        return "left" if home.left_to else "met"
    if home.state is not TaskState.CANCELLED:
        return ""
    return "moved" if home.moved_to > plan.month else "moved_up"


def _stations(plan: Plan, review: Review | None, estate: Estate) -> Iterable[Station]:
    """Drafted, then the stages of its chain: those of the round it is in, or those that lie ahead."""
    if review is None or review.state not in (State.RUNNING, State.COMPLETE):
        yield Station("draft", plan.made_by.name, plan.made_at)
        for stage in chain_of(Paper.PLAN, estate.profile, estate.settings):
            yield Station(stage.duty.value)
        return
    drafted, *passed = [
        act for act in review.acts if act.round == review.round and act.move in (Move.SUBMIT, Move.HAND_ON)
    ]
    yield Station("draft", drafted.by.name, drafted.at)
    for n, stage in enumerate(review.chain):
        act = passed[n] if n < len(passed) else None
        yield Station(stage.duty.value, act.by.name if act else "", act.at if act else None)
