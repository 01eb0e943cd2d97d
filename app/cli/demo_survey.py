"""Surveys of the demonstration estate: one that was handed up and assessed, and one that is out now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.core.clock import local_date
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.estates.queries import owners_on, units_with_people
from app.people.models import Department, Staff
from app.people.rules import Role
from app.surveys.actions import Returned
from app.surveys.classifying import needs_no_action
from app.surveys.desk import AtDesk, give_out, note_declined, take_back
from app.surveys.drawing import Drawn, Item, draw_up
from app.surveys.handing_up import hand_up, move_result
from app.surveys.measure_rules import Became
from app.surveys.measures import measures_on
from app.surveys.measuring import collect_report, read_report, report, settle
from app.surveys.meeting import Called, Minutes, Problem, call_meeting, record_meeting, will_come
from app.surveys.models import Survey, SurveySheet
from app.surveys.opinions import opinions_of
from app.surveys.queries import sheets_of
from app.surveys.receipts import Given
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
_PRAISE: dict[str, tuple[str, ...]] = {
    "service": (
        "客服小林很热心，问题都有回音。",
        "物业费账单写得清楚，谢谢。",
        "打电话都有人接，说话客气。",
        "搬家那天前台帮忙协调电梯，很感谢。",
    ),
    "engineering": (
        "维修师傅手艺好，还把地扫干净了。",
        "夜里停水，半小时就来人了。",
        "王师傅上门前先打电话，很准时。",
        "楼道灯坏了第二天就换好了。",
    ),
    "security": ("门岗认得人，孩子放学很放心。", "雨天保安帮老人提东西，谢谢。", "巡逻比去年勤多了。"),
    "environment": ("保洁阿姨每天都把电梯擦干净。", "今年桂花修剪得好看。", "垃圾房没有味道了。"),
    "developer": ("交房时的问题都整改好了。", "窗户返修后不漏了。"),
}
_BEYOND: dict[str, tuple[str, ...]] = {
    "security": ("门口马路晚上停满社会车辆，希望交警来管。", "希望派出所在小区门口设警务点。"),
    "environment": ("希望市政把河边的路灯也装上。", "对面工地灰大，希望城管来管。"),
    "developer": ("希望地铁口离小区近一点。", "希望旁边地块早点建商场。", "希望学区能划到实验小学。"),
}
"""What is said in the survey that is over: praise, and what is beyond the company's reach."""
_DECLINED = ("不愿意填写", "近期不在本市，不参加", "觉得没有必要", "刚搬走，房子在出售")
_SUMMARY = (
    "发放、回收均达标。客服和环境评价较好，地产公司工程部得分最低，其次是工程维修部，都低在维修是否及时。"
    "书面意见以表扬和市政方面的希望为主。建议研讨会先定这两个部门的措施和时限。"
)
_MINUTES = "逐项看了各部门得分。两个部门认可存在的问题，措施和责任人当场定下，两周内落实并书面报告。"
_READ: tuple[tuple[Role, str], ...] = (
    (Role.MANAGER, "情况属实。渗水和上门时间两项请列入研讨会首项。"),
    (Role.PROPERTY_MANAGER, "同意。物业各部门先自查，会上带措施来。"),
    (Role.EXECUTIVE, "已阅。请按部门召开专项研讨会，措施和责任人向业主公开。"),
)
"""Who reads the result in turn, a day after each other, and what they say of it (R32, V50, R33)."""
_MEASURES: tuple[tuple[str, str, str, str, str], ...] = (
    (
        *("developer", "保修期内的维修等待时间长", "增加一支驻场维修队，每周二、周五集中上门"),
        *("驻场维修队两人，报修后 48 小时内上门", "维修队已驻场，八月以来保修报修均在 48 小时内上门。"),
    ),
    (
        *("engineering", "报修后上门不及时，事先没有电话", "接单后一小时内电话约定上门时间"),
        *("前台派单时同步发短信，师傅一小时内致电业主", "已按此执行两周，抽查 20 单均有电话记录。"),
    ),
)
"""Department, its problem, the meeting's first plan, the measure that it settles, what it reports of it."""
_SOME_WORDS = 0.07
"""How many of those who answer write something about a department."""
_HOURS = (time(10, 20), time(15, 10), time(18, 40), time(19, 30))


_SAID = {code: _PRAISE.get(code, ()) + _BEYOND.get(code, ()) for code in _OPINIONS}


class _Course(NamedTuple):
    """How a survey went: of a hundred households so many decline at once; of those that took a sheet so many later.

    `handed`, `back`: so many of a hundred have been reached by now.
    """

    decline: int
    decline_later: int
    handed: int
    back: int
    opinions: Mapping[str, tuple[str, ...]]


_FINISHED, _RUNNING = _Course(4, 5, 100, 100, _SAID), _Course(2, 1, 92, 66, _OPINIONS)


@dataclass
class Surveys:
    """The supervisor, two officers, who reads the result, and what owners say: drawn from one sequence of chance."""

    estate: Estate
    supervisor: Staff
    officers: tuple[Staff, Staff]
    readers: Mapping[Role, Staff]
    heads: Mapping[str, Staff]
    departments: Mapping[str, Department]
    now: datetime

    def play(self, begun: date) -> None:
        """One in the first weeks of the estate's history, which was handed up and read, and one that is out now."""
        chance = Random(f"survey {self.estate.code}")  # noqa: S311 - what owners think, not a secret
        today = local_date(self.now, self.estate.time_zone)
        first = begun + timedelta(days=16)
        over = self._carry_out(first, (4, 18, 30), _FINISHED, chance)
        self._classify(over)
        self._meet(over, self._hand_up(over))
        self._carry_out(today - timedelta(days=12), (3, 16, 30), _RUNNING, chance)

    def _carry_out(self, drawn_on: date, days: tuple[int, int, int], course: _Course, chance: Random) -> Survey:
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
        return survey

    def _classify(self, survey: Survey) -> None:
        """Each opinion is counted as praise, or as one about which nothing can be done, on the day after collecting."""
        db.session.flush()
        at, by = self._at(survey.collect_until + timedelta(days=1), time(14)), By(self.supervisor.id)
        praise = {words for said in _PRAISE.values() for words in said}
        for opinion in opinions_of(survey.id):
            became = Became.PRAISE if opinion.words in praise else Became.NO_ACTION
            needs_no_action(opinion.sheet, opinion.department_id, became, event_id=new_id(), by=by, at=at)

    def _hand_up(self, survey: Survey) -> datetime:
        """Counted on the second day after collecting ended, then read by one after the other; when that was done."""
        at = self._at(survey.collect_until + timedelta(days=2), time(10))
        hand_up(survey, self.estate, _SUMMARY, event_id=new_id(), by=By(self.supervisor.id), at=at)
        for n, (role, note) in enumerate(_READ, start=1):
            db.session.flush()
            review = review_of(survey.id)
            seen = len(review.acts) if review else 0
            by, then = By(self.readers[role].id), at + timedelta(days=n, hours=n)
            roles = frozenset({role})
            move_result(survey, Move.HAND_ON, after=seen, roles=roles, event_id=new_id(), by=by, at=then, note=note)
        return then

    def _meet(self, survey: Survey, read_at: datetime) -> None:
        """The executive calls a meeting; its measures are settled, carried out, reported, collected and read."""
        executive, supervisor = By(self.readers[Role.EXECUTIVE].id), By(self.supervisor.id)
        concerned = [self.departments[code] for code, *_words in _MEASURES]
        meets_at = read_at + timedelta(days=3)
        called = Called(meets_at, "物业二楼会议室", "请带上本部门的初步措施。", concerned)
        meeting = call_meeting(survey, called, event_id=new_id(), by=executive, at=read_at + timedelta(hours=1))
        assert meeting is not None
        db.session.flush()
        leaders = {None: self.readers[Role.PROPERTY_MANAGER]}
        heads = {self.departments[code].id: head for code, head in self.heads.items()} | leaders
        for call in meeting.calls:
            will_come(call, by=By(heads[call.department_id].id), at=read_at + timedelta(days=1))
        problems = [Problem(self.departments[code].id, words, plan) for code, words, plan, *_more in _MEASURES]
        there = [
            self.readers[Role.EXECUTIVE].id,
            self.supervisor.id,
            *(heads[call.department_id].id for call in meeting.calls),
        ]
        minutes = Minutes(
            local_date(meets_at, self.estate.time_zone), self.readers[Role.EXECUTIVE].id, there, "", _MINUTES, problems
        )
        record_meeting(meeting, minutes, event_id=new_id(), by=supervisor, at=meets_at + timedelta(hours=3))
        db.session.flush()
        for measure, (code, *_said, settled, reported) in zip(measures_on(survey.id), _MEASURES, strict=True):
            head = self.heads[code]
            at, by = meets_at + timedelta(days=1), By(head.id)
            due_on = local_date(at, self.estate.time_zone) + timedelta(days=14)
            settle(measure, settled, head, due_on, event_id=new_id(), by=by, at=at)
            report(measure, reported, event_id=new_id(), by=by, at=at + timedelta(days=12))
            collect_report(measure, event_id=new_id(), by=supervisor, at=at + timedelta(days=13))
            read_report(measure, by=executive, at=at + timedelta(days=13, hours=2))

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
        reason, words = chance.choice(_DECLINED), self._answers(survey, unit, course, chance)
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

    def _answers(self, survey: Survey, unit: Unit, course: _Course, chance: Random) -> Returned:
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
            for code, said in course.opinions.items()
            if chance.random() < _SOME_WORDS
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
