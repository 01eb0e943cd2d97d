"""Surveys of the demonstration estate: one whose sheets are all back, and one that is out now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.core.clock import local_date
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.estates.queries import owners_on, units_with_people
from app.people.models import Department, Staff
from app.surveys.actions import Given, Returned
from app.surveys.desk import AtDesk, give_out, note_declined, take_back
from app.surveys.drawing import Drawn, Item, draw_up
from app.surveys.models import Survey, SurveySheet
from app.surveys.queries import sheets_of
from app.surveys.rules import Filled, FormKind, Level, Receipt
from app.surveys.usual_questions import usual_items
from app.visits.rules import Relation
from app.visits.survey_homes import Change, send_out

Event = Callable[[datetime], None]

_PURPOSE = "了解您对物业服务的评价和意见，作为改进服务的依据。整改措施将向全体业主公开。"
_PURPOSE_EN = "To learn what you think of our service, so that we improve it. What we do about it is made known to all."
_KEY_ITEMS = "各部门服务的满意程度\n您最希望改进的一件事\n请署名，便于我们就您的意见回访"
_KEY_ITEMS_EN = (
    "How satisfied you are with each department\nThe one thing that you want improved\n"
    "Please sign it, so that we can call back on what you say"
)
_LEVELS = (
    Level.VERY_SATISFIED,
    Level.SATISFIED,
    Level.BASIC,
    Level.DISSATISFIED,
    Level.VERY_DISSATISFIED,
    Level.NONE,
)
_WEIGHTS: dict[str, tuple[int, ...]] = {
    "service": (30, 48, 14, 5, 1, 2),
    "engineering": (14, 42, 25, 13, 4, 2),
    "security": (20, 45, 21, 9, 3, 2),
    "environment": (24, 46, 18, 8, 2, 2),
    "developer": (10, 34, 27, 17, 7, 5),
}
"""How often each level is chosen about a department."""
_OPINIONS: dict[str, tuple[str, ...]] = {
    "service": (
        "电话经常打不通，建议增加一条线路。",
        "客服小林很热心，问题都有回音。",
        "缴费通知希望提前一周发。",
    ),
    "engineering": (
        "报修后三天才来，来之前也没有电话。",
        "2 号电梯最近总是停在六楼，希望彻底检修。",
        "地下车库灯坏了一排，晚上很暗。",
        "维修师傅手艺好，还把地扫干净了。",
    ),
    "security": (
        "外来车辆乱停，占了消防通道。",
        "东门夜里经常没有人值守。",
        "快递员随意进出，希望登记。",
    ),
    "environment": (
        "楼道两三天才拖一次，夏天味道大。",
        "垃圾桶早上溢出来，清运可以早一点。",
        "草坪枯了一片，请补种。",
    ),
    "developer": (
        "外墙渗水修过两次，下雨还是漏。",
        "窗户密封条老化，保修期内一直没换。",
    ),
}
_DECLINED = ("不愿意填写", "近期不在本市，不参加", "觉得没有必要", "刚搬走，房子在出售")
_HOURS = (time(10, 20), time(15, 10), time(18, 40), time(19, 30))


class _Course(NamedTuple):
    """How a survey went: of a hundred households so many decline at once; of those that took a sheet so many later.

    `handed`, `back`: so many of a hundred have been reached by now.
    """

    decline: int
    decline_later: int
    handed: int
    back: int


_FINISHED, _RUNNING = _Course(4, 5, 100, 100), _Course(2, 1, 92, 66)


@dataclass
class Surveys:
    """The supervisor and two officers, and what owners say. Everything is drawn from one sequence of chance."""

    estate: Estate
    supervisor: Staff
    officers: tuple[Staff, Staff]
    departments: Mapping[str, Department]
    now: datetime

    def play(self, begun: date) -> None:
        """One in the first weeks of the estate's history, whose sheets are all back, and one that is out now."""
        chance = Random(f"survey {self.estate.code}")  # noqa: S311 - what owners think, not a secret
        today = local_date(self.now, self.estate.time_zone)
        first = begun + timedelta(days=16)
        self._carry_out(first, (4, 18, 30), _FINISHED, chance)
        self._carry_out(today - timedelta(days=12), (3, 16, 30), _RUNNING, chance)

    def _carry_out(self, drawn_on: date, days: tuple[int, int, int], course: _Course, chance: Random) -> None:
        """Drawn up on a day, issued on the third after it; `days` after it handing out begins and ends, and collecting
        ends.
        """
        at = self._at(drawn_on, time(9, 30))
        begins, ends, back_by = (drawn_on + timedelta(days=n) for n in days)
        survey = self._draw_up(begins, ends, back_by, at)
        out_at = self._at(drawn_on + timedelta(days=2), time(16))
        change = Change(0, new_id(), By(self.supervisor.id), out_at)  # no line of it is written before the commit
        send_out(survey, self.estate, [officer.id for officer in self.officers], change)
        db.session.flush()
        events: list[tuple[datetime, int, Event]] = []
        sheets = sheets_of(survey.id)
        homes = {unit.id: unit for unit in units_with_people(sheet.unit_id for sheet in sheets)}
        for n, sheet in enumerate(sheets):
            events += [(when, n, act) for when, act in self._of_home(sheet, homes[sheet.unit_id], course, chance)]
        for when, _n, act in sorted(events, key=lambda event: event[:2]):
            if when < self.now:
                act(when)

    def _draw_up(self, begins: date, ends: date, back_by: date, at: datetime) -> Survey:
        items = [
            Item(department.id, usual.zh, usual.en)
            for code, department in sorted(self.departments.items())
            for usual in usual_items(code)
        ]
        title = f"{begins.year} 年 {begins.month} 月业主满意度调查"
        drawn = Drawn(
            title_zh=title,
            title_en=f"Owner satisfaction survey, {begins:%B %Y}",
            purpose_zh=_PURPOSE,
            purpose_en=_PURPOSE_EN,
            key_items_zh=_KEY_ITEMS,
            key_items_en=_KEY_ITEMS_EN,
            issue_from=begins,
            issue_until=ends,
            collect_until=back_by,
            items=items,
        )
        by = By(self.supervisor.id)
        return draw_up(self.estate, begins.year, FormKind.SATISFACTION, drawn, event_id=new_id(), by=by, at=at)

    def _of_home(self, sheet: SurveySheet, unit: Unit, course: _Course, chance: Random) -> list[tuple[datetime, Event]]:
        """What happens with a household's sheet, and when."""
        officer = self.officers[chance.random() < 0.5]
        survey = sheet.survey
        span = (survey.issue_until - survey.issue_from).days
        day = survey.issue_from + timedelta(days=chance.randrange(span))
        handed_at = self._at(day, chance.choice(_HOURS)) + timedelta(minutes=chance.randrange(40))
        agreed_at = self._at(min(day + timedelta(days=chance.randint(3, 9)), survey.collect_until), time(19))
        reached, back, fate = (chance.randrange(100) for _n in range(3))
        reason, words = chance.choice(_DECLINED), self._answers(survey, unit, chance)
        if reached >= course.handed:
            return []
        if fate < course.decline:
            return [(handed_at, lambda at: note_declined(sheet, reason, self._desk(officer, at)))]
        owner = next((held.person.name for held in owners_on(unit, day)), "")
        given = Given(Receipt.ON_PAPER, owner or "业主", Relation.OWNER.value, agreed_at)
        handing: Event = lambda at: give_out(sheet, given, officer.id, self.estate, self._desk(officer, at))  # noqa: E731
        if back >= course.back:
            return [(handed_at, handing)]
        if fate < course.decline + course.decline_later:
            return [
                (handed_at, handing),
                (agreed_at, lambda at: note_declined(sheet, reason, self._desk(officer, at))),
            ]
        return [(handed_at, handing), (agreed_at, lambda at: take_back(sheet, words, self._desk(officer, at)))]

    def _answers(self, survey: Survey, unit: Unit, chance: Random) -> Returned:
        """What a household answers: some think better of everything, some worse."""
        codes = {department.id: code for code, department in self.departments.items()}
        better = chance.choice((0, 0, 1, 1, 2))
        levels = {}
        for question in survey.questions:
            weights = list(_WEIGHTS[codes[question.department_id]])
            weights[better] += 25
            levels[str(question.id)] = chance.choices(_LEVELS, weights)[0]
        opinions = {
            str(self.departments[code].id): chance.choice(said)
            for code, said in _OPINIONS.items()
            if chance.random() < 0.14
        }
        owner = next((held.person.name for held in owners_on(unit, survey.issue_from)), "")
        relation = chance.choices((Relation.OWNER, Relation.SPOUSE, Relation.FAMILY), (94, 4, 2))[0]
        signed = bool(owner) and relation is Relation.OWNER and chance.random() < 0.82
        return Returned(
            filled=Filled.ON_PAPER,
            signed=signed,
            signed_name=owner if signed else "",
            relation=relation.value,
            proxy=relation is not Relation.OWNER,
            overall=chance.choices(_LEVELS[:4], (22, 50, 20, 8))[0],
            levels=levels,
            opinions=opinions,
            callback_welcome=chance.choice((True, True, False, None)),
        )

    def _desk(self, officer: Staff, at: datetime) -> AtDesk:
        return AtDesk(new_id(), By(officer.id), at)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, ZoneInfo(self.estate.time_zone))
