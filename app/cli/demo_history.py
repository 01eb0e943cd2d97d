"""Five months of plans, visits and issues in the demonstration estate, each through the product's own actions."""

import heapq
import itertools
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from app.agenda.models import Task
from app.agenda.queries import due_at
from app.agenda.rules import CALLBACKS, TELLINGS, TaskKind
from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.cli import demo_words
from app.cli.demo_briefing import mornings
from app.cli.demo_cast import Cast
from app.cli.demo_homes import SET, Home
from app.cli.demo_inspections import NOTICED, Noticed, Round
from app.cli.demo_lives import SCENES, Life, Scene, some_life
from app.cli.demo_officers import Officer, Talk
from app.cli.demo_photos import a_wall
from app.cli.demo_ways import Turn
from app.cli.demo_words import MATTERS, METHODS, NO_ANSWER_NOTES, NOBODY_NOTES, REPLIES, WISHES, Matter
from app.core.clock import local_date
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.rules import Occupancy, months_before
from app.issues.actions import accept, report_rectified, send_back, verify
from app.issues.complaints import last_day_to_rectify
from app.issues.models import Issue
from app.issues.progress import Stage, note_progress
from app.issues.report_rules import READERS, RESULTS
from app.issues.reported import IssueResult, reports_of, results_of
from app.issues.reporting import read_result, report_result, report_up
from app.issues.routing import route
from app.issues.rules import Answer, State
from app.people.rules import Role
from app.sync.deciding import accept_review
from app.visits.models import Plan, PlanLine
from app.visits.planning import last_day, month_of
from app.visits.plans import drop_lines, give_lines, move_plan, propose_plan, submit_plan
from app.visits.rules import Method, PlanState
from app.visits.specials import Order, order_special

MONTHS = 5
_HOMES_A_MONTH, _HOMES_THIS_MONTH = 45, 58
_LEFT_OVER = {0: 6, 1: 1}
"""Doors of the plan of so many months ago that each officer has not got to."""
_SPECIAL_AT, _ORDERED_DAYS_AGO, _DUE_IN_DAYS, _BEGUN_WITH = "3-2-1", 3, 4, 4
"""The special visit: at which homes, when it was ordered and is due, how many each officer has begun with."""
_IN_THIS_PLAN = ("3-1-0901", "3-1-0402")
"""Homes of the stories that this month's plan names, and that nobody has visited yet."""

Event = Callable[[datetime], None]
T = TypeVar("T")


class History:
    """Plays events in the order of their time until `now`."""

    def __init__(self, cast: Cast, chance: Random, now: datetime) -> None:
        self._cast, self._chance, self._now = cast, chance, now
        self._zone = ZoneInfo(cast.estate.time_zone)
        self._events: list[tuple[datetime, int, Event]] = []
        self._count = itertools.count()
        self._lives: dict[uuid.UUID, tuple[Matter, Life]] = {}
        self._by_unit = {home.unit.id: home for home in cast.homes.values()}
        self._department_codes = {department.id: code for code, department in cast.departments.items()}
        self._matters, self._replies = _Bag(MATTERS, chance), _Bag(REPLIES, chance)
        self._wishes = _Bag(WISHES, chance)
        self._stood_in = ""

    def play(self) -> None:
        """Let it all happen."""
        today = local_date(self._now, self._cast.estate.time_zone)
        for ago in reversed(range(MONTHS)):
            first = months_before(today.replace(day=1), ago)
            # On the very first morning of a month its plan is made at once.
            self._at(min(self._local(first, "08:40"), self._now - timedelta(minutes=50)), self._propose(first))
        for scene in SCENES:
            self._stage(scene, today)
        self._knock_in_vain("3-1-0402", today)
        self._agree_on_a_time("3-1-0402", today)
        self._at(self._local(today - timedelta(days=_ORDERED_DAYS_AGO), "16:20"), self._order_special(today))
        for at, event in mornings(self._cast.estate, self._cast.supervisor, self._cast.officers, today):
            self._at(at, event)
        for noticed in NOTICED:
            self._at(self._local(today - timedelta(days=noticed.days_ago), noticed.hour), self._inspect(noticed))
        while self._events and self._events[0][0] <= self._now:
            at, _nth, event = heapq.heappop(self._events)
            event(at)
        self._report_what_is_late(today)
        for officer in self._cast.officers:
            officer.tell_how_the_tablet_fares()

    # --- plans ---

    def _propose(self, first: date) -> Event:
        """The supervisor has the month proposed, takes out what is too much, and gives each officer their buildings."""
        by = By(self._cast.supervisor.id)

        def propose(at: datetime) -> None:
            today = max(first, local_date(at, self._cast.estate.time_zone))
            plan = propose_plan(self._cast.estate, month_of(first), today=today, by=by, at=at)
            self._at(_soon(at, 9), lambda at: narrow(plan, at))

        def narrow(plan: Plan, at: datetime) -> None:
            drop_lines(plan, self._too_much(plan, first), by=by, at=at)
            self._at(_soon(at, 6), lambda at: share(plan, at))

        def share(plan: Plan, at: datetime) -> None:
            for officer in self._cast.officers:
                lines = [line.id for line in self._lines(plan) if self._officer_of(self._home(line)) is officer]
                give_lines(plan, lines, officer.staff.id, by=by, at=at)
            self._at(_soon(at, 3), lambda at: hand_in(plan, at))

        def hand_in(plan: Plan, at: datetime) -> None:
            submit_plan(plan, event_id=new_id(), by=by, at=at)
            self._at(_soon(at, 4), lambda at: sign(plan, at))

        def sign(plan: Plan, at: datetime) -> None:
            self._hand_on(plan, at)
            if plan.state is PlanState.ACTIVE:
                begin(plan)
            else:
                self._at(_soon(at, 4), lambda at: sign(plan, at))

        def begin(plan: Plan) -> None:
            lines = [line for line in self._lines(plan) if self._home(line).code not in SET]
            for officer in self._cast.officers:
                self._share_out(officer, [line for line in lines if line.officer_id == officer.staff.id], first)

        return propose

    def _hand_on(self, plan: Plan, at: datetime) -> None:
        """Whoever holds the stage that the plan waits at signs it."""
        review = review_of(plan.id)
        assert review is not None
        assert review.stage is not None
        role = review.stage.role
        by = By(self._cast.leaders[role].id)
        roles = frozenset({role})
        move_plan(plan, Move.HAND_ON, after=len(review.acts), roles=roles, event_id=new_id(), by=by, at=at)

    def _too_much(self, plan: Plan, first: date) -> list[uuid.UUID]:
        """What two officers cannot do in a month: some homes see them again, and as many as then fit the first time."""
        lines = self._lines(plan)
        told = [line for line in lines if not self._months_ago(first) and self._home(line).code in _IN_THIS_PLAN]
        others = [line for line in lines if self._home(line).code not in SET]
        ends_now = [line for line in others if line.last_met_on and line.due_on > first]
        ended = [line for line in others if line.last_met_on and line.due_on <= first]
        new = [line for line in others if not line.last_met_on]
        most, most_again = (_HOMES_A_MONTH, 8) if self._months_ago(first) else (_HOMES_THIS_MONTH, 28)
        again = self._some(ends_now, most_again) + self._some(ended, 4)
        fresh = self._some(new, most - len(again))
        kept = {line.id for line in told + again + fresh}
        return [line.id for line in lines if line.id not in kept]

    def _some(self, lines: list[PlanLine], most: int) -> list[PlanLine]:
        return self._chance.sample(lines, min(len(lines), max(most, 0)))

    def _lines(self, plan: Plan) -> list[PlanLine]:
        """As somebody sees them who opens the page anew, in walking order."""
        db.session.flush()
        db.session.expire(plan, ["lines"])
        return sorted(plan.lines, key=lambda line: self._home(line).code)

    def _months_ago(self, first: date) -> int:
        today = local_date(self._now, self._cast.estate.time_zone)
        return (today.year - first.year) * 12 + today.month - first.month

    def _share_out(self, officer: Officer, lines: list[PlanLine], first: date) -> None:
        """Give each line a day: most in time, some late, and some that nobody gets to."""
        days: dict[date, list[Home]] = {}
        lines = sorted(lines, key=lambda line: (line.due_on, self._home(line).code))
        left = lines[len(lines) - _LEFT_OVER.get(self._months_ago(first), 0) :]
        for line in lines:
            day, home = self._day_for(line, officer, first), self._home(line)
            if line not in left:
                days.setdefault(day, []).append(home)
            if line in left or self._chance.random() < 0.2:
                self._fail_before(officer, home, day, first)
        for day, homes in sorted(days.items()):
            hours = officer.hours_on(day, len(homes))
            hours += [
                officer.next_free(hours[-1] if hours else self._local(day, "09:00")) for _home in homes[len(hours) :]
            ]
            for start, home in zip(hours, homes, strict=True):
                self._visit_at(self._who_goes(officer, home, first), home, start)

    def _who_goes(self, officer: Officer, home: Home, first: date) -> Officer:
        """Once, last month, an officer stood in for a colleague: such a visit is for the supervisor to look at."""
        if self._stood_in or self._months_ago(first) != 1:
            return officer
        self._stood_in = home.code
        return next(other for other in self._cast.officers if other is not officer)

    def _day_for(self, line: PlanLine, officer: Officer, first: date) -> date:
        last = last_day(month_of(first))
        if line.last_met_on is None:
            day = first + timedelta(days=self._chance.randint(1, (last - first).days))
        else:
            day = max(line.due_on - timedelta(days=self._chance.randint(0, 6)), first + timedelta(days=1))
            if self._chance.random() < 0.12:
                day = line.due_on + timedelta(days=self._chance.randint(2, 7))
        while not officer.works_on(day):
            day += timedelta(days=1)
        return day

    def _fail_before(self, officer: Officer, home: Home, day: date, first: date) -> None:
        """The door stays shut at the first knock."""
        tried = day - timedelta(days=self._chance.randint(1, 3))
        if tried > first and officer.works_on(tried):
            outcome = self._chance.choice(("nobody_home",) * 6 + ("no_answer",) * 3 + ("refused", "child_only"))
            for start in officer.hours_on(tried, 1):
                self._at(start + timedelta(minutes=3), self._try(officer, home, outcome))

    def _order_special(self, today: date) -> Event:
        """The executive orders a visit about the heating; both officers have begun with it."""
        homes = [
            home
            for code, home in sorted(self._cast.homes.items(), reverse=True)
            if code.startswith(_SPECIAL_AT) and code not in SET and home.unit.occupancy is not Occupancy.VACANT
        ]

        def order(at: datetime) -> None:
            wanted = Order(
                demo_words.SPECIAL.title,
                demo_words.SPECIAL.ask,
                Method.DOOR,
                today + timedelta(days=_DUE_IN_DAYS),
                [home.unit.id for home in homes],
                [officer.staff.id for officer in self._cast.officers],
            )
            executive = self._cast.leaders[Role.EXECUTIVE]
            order_special(wanted, self._cast.estate, event_id=new_id(), by=By(executive.id), at=at)
            for home, officer in self._first_to_go(homes):
                self._visit_at(officer, home, officer.next_free(at + timedelta(hours=1)))

        return order

    def _first_to_go(self, homes: list[Home]) -> list[tuple[Home, Officer]]:
        """Some homes of each officer: those where nothing else stands in the way."""
        going = []
        for officer in self._cast.officers:
            theirs = [home for home in homes if any(task.assignee_id == officer.staff.id for task in _special_at(home))]
            going += [(home, officer) for home in theirs[:_BEGUN_WITH]]
        return going

    # --- at the door ---

    def _visit_at(self, officer: Officer, home: Home, start: datetime, scene: Scene | None = None) -> None:
        end = start + timedelta(seconds=self._chance.randint(11 * 60, 27 * 60))
        self._at(officer.received_at(end), lambda at: self._hold(officer, home, (start, end), at, scene))

    def _hold(
        self, officer: Officer, home: Home, times: tuple[datetime, datetime], at: datetime, scene: Scene | None
    ) -> None:
        due = self._due(home, officer)
        if not due and scene is None:
            return  # another knock has settled it already
        told = self._told(scene) if scene else self._some_talk(at, has_callbacks=bool(_callbacks(due)))
        answers = {issue.id: self._answer(issue) for issue in _callbacks(due)}
        sour = any(answer is Answer.DISSATISFIED for answer, _reason in answers.values())
        rating = "basic" if sour and told.rating == "satisfied" else told.rating
        talk = replace(told, answers=answers, rating=rating)
        if scene is None and home.code not in SET and len(answers) == len(due) and int(home.unit.number) % 3 == 0:
            # Nothing but callbacks are due: a call will do, and nobody notes new matters with photos on the phone.
            talk = replace(talk, by_phone=True, raised=(), whoever_opens=False)
        lives = dict(scene.raised) if scene else {}
        left_open = officer.hold(home, talk, due, times, at)
        while officer.to_be_checked:
            self._have_checked(officer.to_be_checked.pop(), at)
        for issue_id, matter in left_open:
            life = lives.get(matter) or some_life(matter, self._chance)
            self._lives[issue_id] = matter, life
            for turn in life.turns:
                self._at(self._at_work(at + timedelta(hours=turn.hours)), self._take_turn(issue_id, turn))
        for issue_id in [issue_id for issue_id, _matter in left_open] + list(answers):
            self._go_on(issue_id, at)

    def _have_checked(self, op_id: uuid.UUID, at: datetime) -> None:
        """The supervisor looks at it the next morning."""
        next_day = at.astimezone(self._zone).date() + timedelta(days=1)

        def check(at: datetime) -> None:
            accept_review(op_id, after=0, by=By(self._cast.supervisor.id), at=at)

        self._at(self._local(next_day, "09:10"), check)

    def _due(self, home: Home, officer: Officer) -> list[Task]:
        """What this officer settles there; what is to be told waits for whoever tries the demonstration."""
        due = [task for task in due_at(home.unit.id) if task.kind not in TELLINGS]
        tasks = sorted(due, key=lambda task: (task.due_on, task.kind.value, str(task.id)))
        return [task for task in tasks if task.assignee_id == officer.staff.id or home.code == self._stood_in]

    def _told(self, scene: Scene) -> Talk:
        raised = tuple(matter for matter, _life in scene.raised)
        return Talk(scene.rating, scene.wishes, raised, scene.replies, signs=scene.signs, whoever_opens=False)

    def _some_talk(self, at: datetime, *, has_callbacks: bool) -> Talk:
        chance = self._chance
        refused = not has_callbacks and chance.random() < 0.04
        # Of late owners raised more: what is under way is what somebody who looks around wants to see.
        lately = self._now - at < timedelta(days=16)
        raised = tuple(self._matters.next() for _i in range(chance.choice((0, 1, 1) if lately else (0, 0, 0, 0, 1))))
        replies = () if refused else tuple(self._replies.next() for _i in range(chance.choice((0, 0, 0, 0, 1))))
        return Talk(
            rating=chance.choices(("satisfied", "basic", "dissatisfied", "none"), (68, 20, 5, 7))[0],
            wishes=self._wishes.next() if chance.random() < 0.3 else "",
            raised=raised,
            replies=replies,
            signs="refused" if refused else "signed",
        )

    def _answer(self, issue: Issue) -> tuple[Answer, str]:
        matter, life = self._lives[issue.id]
        if life.round(issue.round).satisfied:
            return Answer.SATISFIED, ""
        return Answer.DISSATISFIED, matter.complaint

    def _try(self, officer: Officer, home: Home, outcome: str) -> Event:
        def event(at: datetime) -> None:
            due = self._due(home, officer)
            notes = {"nobody_home": NOBODY_NOTES, "no_answer": NO_ANSWER_NOTES}.get(outcome, ("",))
            if due:
                officer.record_attempt(home, outcome, self._chance.choice(notes), due, at)

        return event

    # --- what becomes of an issue ---

    def _go_on(self, issue_id: uuid.UUID, at: datetime) -> None:
        """Have the next step come at its time, if there is one."""
        issue = db.session.get_one(Issue, issue_id)
        _matter, life = self._lives[issue_id]
        this = life.round(issue.round)
        if issue.state in RESULTS and reports_of(issue.id):
            self._at(self._at_work(at + timedelta(hours=2)), lambda at: self._tell_result(issue, at))
        if issue.state is State.REPORTED and life.routed_after_hours is not None:
            self._at(self._at_work(at + timedelta(hours=life.routed_after_hours)), lambda at: self._route(issue, at))
        elif issue.state is State.ROUTED and this.accepted_after_hours is not None:
            self._at(self._at_work(at + timedelta(hours=this.accepted_after_hours)), lambda at: self._accept(issue, at))
        elif issue.state is State.ACCEPTED and this.rectified_after_days is not None:
            done = at + timedelta(days=this.rectified_after_days)
            self._at(self._at_work(done), lambda at: self._rectify(issue, at))
        elif issue.state is State.RECTIFIED and this.called_back_after_days is not None:
            assert issue.unit is not None, "an owner's"
            home = self._by_unit[issue.unit.id]
            officer = next(each for each in self._cast.officers if each.staff.id == issue.officer_id)
            self._visit_at(officer, home, officer.next_free(at + timedelta(days=this.called_back_after_days)))

    def _take_turn(self, issue_id: uuid.UUID, turn: Turn) -> Event:
        def take(at: datetime) -> None:
            issue = db.session.get_one(Issue, issue_id)
            if issue.state in turn.states:
                turn.deed(self._cast, issue, at)

        return take

    def _route(self, issue: Issue, at: datetime) -> None:
        if issue.state is not State.REPORTED:
            return  # it has gone another way meanwhile
        matter, _life = self._lives[issue.id]
        department = self._cast.departments[matter.department]
        route(issue, department.id, event_id=new_id(), by=By(self._cast.supervisor.id), at=at)
        self._go_on(issue.id, at)

    def _tell_result(self, issue: Issue, at: datetime) -> None:
        """The supervisor tells those above what became of what was reported, who read it the next day."""
        matter, _life = self._lives[issue.id]
        note = "业主回访满意，已办结。" if issue.state is State.CLOSED else f"责任部门已整改：{matter.done}"
        report_result(issue, note, event_id=new_id(), by=By(self._cast.supervisor.id), at=at)
        result = results_of(issue.id)[0]
        for hours, reader in enumerate(READERS[self._cast.estate.profile], start=20):
            self._at(self._at_work(at + timedelta(hours=hours)), self._read(result, reader.role))

    def _read(self, result: IssueResult, role: Role) -> Event:
        by = By(self._cast.leaders[role].id)

        def read(at: datetime) -> None:
            read_result(result, frozenset({role}), by=by, at=at)

        return read

    def _report_what_is_late(self, today: date) -> None:
        """An officer cannot bring a department along, and reports it upward this afternoon."""
        late = (db.session.get_one(Issue, issue_id) for issue_id in self._lives)
        stuck = [issue for issue in late if issue.state is State.ACCEPTED and issue.due_on and issue.due_on < today]
        if stuck:
            at = self._now - timedelta(minutes=75)
            report_up(stuck[0], event_id=new_id(), by=By(stuck[0].officer_id), at=at)

    def _accept(self, issue: Issue, at: datetime) -> None:
        if issue.state is not State.ROUTED:
            return  # it has gone another way meanwhile
        matter, life = self._lives[issue.id]
        code = self._code_of_department(issue)
        due_on = self._in_time(issue, life.round(issue.round).promised_days, at)
        measure = matter.measure if issue.round == 1 else matter.again
        by = By(self._cast.heads[code].id)
        accept(issue, measure, self._cast.hands[code], due_on, method=METHODS[code], event_id=new_id(), by=by, at=at)
        self._photograph(issue, Stage.BEFORE, "已到现场查看", at)
        self._go_on(issue.id, at)

    def _rectify(self, issue: Issue, at: datetime) -> None:
        if issue.state is not State.ACCEPTED:
            return  # it has gone another way meanwhile
        matter, _life = self._lives[issue.id]
        by = By(self._cast.hands[self._code_of_department(issue)].id)
        note = matter.done if issue.round == 1 else matter.done_again
        self._photograph(issue, Stage.AFTER, "", at)
        report_rectified(issue, note, event_id=new_id(), by=by, at=at)
        self._go_on(issue.id, at)

    def _photograph(self, issue: Issue, stage: Stage, note: str, at: datetime) -> None:
        """Whoever does the work takes a picture, of what is damp or was."""
        matter, _life = self._lives[issue.id]
        if matter.photos:
            by = By(self._cast.hands[self._code_of_department(issue)].id)
            note_progress(issue, note, [a_wall(stage is Stage.BEFORE)], stage, event_id=new_id(), by=by, at=at)

    # --- inspections ---

    def _inspect(self, noticed: Noticed) -> Event:
        """An officer notes something on the way; department and supervisor take their turns after it."""

        def inspect(at: datetime) -> None:
            issue = db.session.get_one(Issue, self._cast.officers[noticed.by].inspect(noticed, at))
            turns = [turn for each in noticed.rounds for turn in self._turns(issue, each)]
            for n, turn in enumerate(turns, start=1):
                self._at(at + timedelta(hours=n * noticed.step_hours), turn)

        return inspect

    def _in_time(self, issue: Issue, days: int, at: datetime) -> date:
        """The day after so many days, or the last one that a department can settle."""
        today = local_date(at, self._cast.estate.time_zone)
        return min(today + timedelta(days=days), last_day_to_rectify(issue, today))

    def _turns(self, issue: Issue, this: Round) -> list[Event]:
        """What follows in one round, as far as it goes."""
        supervisor = By(self._cast.supervisor.id)

        def settle(at: datetime) -> None:
            code = self._code_of_department(issue)
            due_on, by = self._in_time(issue, 4, at), By(self._cast.heads[code].id)
            accept(
                issue,
                this.measure,
                self._cast.hands[code],
                due_on,
                method=METHODS[code],
                event_id=new_id(),
                by=by,
                at=at,
            )

        def do(at: datetime) -> None:
            by = By(self._cast.hands[self._code_of_department(issue)].id)
            report_rectified(issue, this.done, event_id=new_id(), by=by, at=at)

        def refuse(at: datetime) -> None:
            send_back(issue, this.not_right, event_id=new_id(), by=supervisor, at=at)

        def find_right(at: datetime) -> None:
            verify(issue, this.seen, event_id=new_id(), by=supervisor, at=at)

        turns = ((this.measure, settle), (this.done, do), (this.not_right, refuse), (this.seen, find_right))
        return [turn for words, turn in turns if words]

    # --- scenes ---

    def _stage(self, scene: Scene, today: date) -> None:
        home = self._cast.homes[scene.home]
        start = self._local(today - timedelta(days=scene.days_ago), scene.hour)
        self._officer_of(home).keep_free_for(start)
        self._visit_at(self._officer_of(home), home, start, scene)

    def _knock_in_vain(self, code: str, today: date) -> None:
        home = self._cast.homes[code]
        for days_ago, hour in ((6, "10:41"), (3, "19:07")):
            at = self._local(today - timedelta(days=days_ago), hour)
            self._at(at, self._try(self._officer_of(home), home, "nobody_home"))

    def _agree_on_a_time(self, code: str, today: date) -> None:
        """Rung yesterday evening, when it did not suit."""
        home, yesterday = self._cast.homes[code], today - timedelta(days=1)
        officer = self._officer_of(home)
        later = [self._local(today, hour) for hour in ("10:30", "15:30", "19:00")]
        again_at = next((each for each in later if each > self._now), self._local(today + timedelta(days=1), "10:30"))

        def agree(at: datetime) -> None:
            officer.record_attempt(home, "rescheduled", "", self._due(home, officer), at, again_at)

        self._at(self._local(yesterday, "19:21"), agree)

    # --- time and place ---

    def _at(self, at: datetime, event: Event) -> None:
        heapq.heappush(self._events, (at, next(self._count), event))

    def _local(self, day: date, hour: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(hour), self._zone)

    def _at_work(self, at: datetime) -> datetime:
        """That moment, or the next morning if the departments have gone home."""
        local = at.astimezone(self._zone)
        if local.time() >= time(17, 50):
            local = self._local(local.date() + timedelta(days=1), "08:30")
        if local.time() <= time(8, 30):
            local = self._local(local.date(), "08:30") + timedelta(minutes=self._chance.randint(2, 130))
        return local

    def _officer_of(self, home: Home) -> Officer:
        """Buildings have an officer who is known there."""
        first, second = self._cast.officers
        return first if home.code.startswith(("3-", "1-2-")) else second

    def _home(self, line: PlanLine) -> Home:
        return self._by_unit[line.unit_id]

    def _code_of_department(self, issue: Issue) -> str:
        assert issue.department_id is not None, "a department has it"
        return self._department_codes[issue.department_id]


class _Bag(Generic[T]):
    """Things in a shuffled order: none comes again before all have come."""

    def __init__(self, things: tuple[T, ...], chance: Random) -> None:
        self._things, self._chance = things, chance
        self._left: list[T] = []

    def next(self) -> T:
        """Take one."""
        if not self._left:
            self._left = self._chance.sample(self._things, len(self._things))
        return self._left.pop()


def _special_at(home: Home) -> list[Task]:
    return [task for task in due_at(home.unit.id) if task.kind is TaskKind.SPECIAL_VISIT]


def _callbacks(tasks: list[Task]) -> list[Issue]:
    subjects = [task.subject_id for task in tasks if task.kind in CALLBACKS and task.subject_id]
    return [db.session.get_one(Issue, subject) for subject in subjects]


def _soon(at: datetime, minutes: int) -> datetime:
    return at + timedelta(minutes=minutes)
