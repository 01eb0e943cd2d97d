"""The demonstration estate's briefing: facts, recent work, measures; one for a building, one coming, one over."""

from calendar import month_name
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.cli.demo_officers import Officer
from app.core.db import db
from app.core.journal import By
from app.estates.models import Estate
from app.estates.queries import buildings_of, company_owners
from app.people.models import Staff
from app.visits.briefing import Line, add_item
from app.visits.models import BriefingItem
from app.visits.rules import BriefingKind

Event = Callable[[datetime], None]
_WRITTEN, _READ = time(8, 12), time(8, 36)
_NEW = timedelta(days=16)
"""What was written so lately the first officer has not read yet."""


@dataclass(frozen=True)
class _Told:
    """A line with the day from which it holds, in days from today; `days` is how long."""

    kind: BriefingKind
    zh: str
    en: str
    begins: int
    days: int | None = None
    building: str = ""
    company: bool = False


def mornings(
    estate: Estate, supervisor: Staff, officers: tuple[Officer, ...], today: date
) -> Iterator[tuple[datetime, Event]]:
    """When each line is written, and when the officers read it; the first of them has not read the newest ones."""
    zone = ZoneInfo(estate.time_zone)
    for told in [*_FACTS, *_work(today), *_MEASURES]:
        written: list[BriefingItem] = []
        day = today + timedelta(days=min(told.begins, -1))
        yield datetime.combine(day, _WRITTEN, zone), _writes(estate, told, today, By(supervisor.id), written)
        for minutes, officer in enumerate(officers):
            if minutes or today - day > _NEW:
                at = datetime.combine(day, _READ, zone) + timedelta(minutes=9 * minutes)
                yield at, _reads(officer, written)


def _writes(estate: Estate, told: _Told, today: date, by: By, written: list[BriefingItem]) -> Event:
    def write(at: datetime) -> None:
        item = add_item(estate, told.kind, _line(estate, told, today), by=by, at=at)
        db.session.flush()
        written.append(item)

    return write


def _reads(officer: Officer, written: list[BriefingItem]) -> Event:
    return lambda at: officer.read_briefing(written, at)


def _line(estate: Estate, told: _Told, today: date) -> Line:
    first = today + timedelta(days=told.begins)
    buildings = {building.name: building.id for building in buildings_of(estate.id)}
    company = company_owners(estate.id, today)[0] if told.company else None
    return Line(
        text_zh=f"{company.name}：{told.zh}" if company else told.zh,
        text_en=f"{company.name}: {told.en}" if company else told.en,
        valid_from=first,
        valid_until=first + timedelta(days=told.days - 1) if told.days else None,
        building_ids=frozenset({buildings[told.building]} if told.building else ()),
        owner_id=company.id if company else None,
    )


def _work(today: date) -> list[_Told]:
    """Recent work (R06)."""
    last = (today.month - 2) % 12 + 1
    return [
        _Told(
            BriefingKind.WORK,
            f"{last}月完成地库照明改造，夜间巡逻增至每 2 小时一次",
            f"In {month_name[last]} the garage lighting was renewed; night patrols now come every 2 hours",
            -20,
        ),
        _Told(
            BriefingKind.WORK,
            f"{today.month}月底前完成电梯年检，期间每部停运约 2 小时",
            f"Lifts are inspected by the end of {month_name[today.month]}; each stops for about 2 hours",
            -6,
            40,
        ),
        _Told(
            BriefingKind.WORK,
            "东门新增一组快递柜，24 小时可取",
            "New parcel lockers at the east gate, open day and night",
            -15,
        ),
        _Told(
            BriefingKind.WORK,
            "水箱清洗：下周起分楼栋停水 2 小时，前一天张贴通知",
            "Water tanks are cleaned from next week on: two hours without water per building, posted the day before",
            6,
            14,
        ),
        _Told(
            BriefingKind.WORK,
            "中秋游园活动已结束，感谢业主参与",
            "The mid-autumn party is over; thanks to all who came",
            -70,
            20,
        ),
    ]


_FACTS = [
    _Told(
        BriefingKind.FACTS,
        "物业服务中心 46 人：客服 8、工程 12、秩序 18、环境 8；项目经理郑卫东，24 小时值班电话见封面",
        "The service centre has 46 people: 8 customer service, 12 engineering, 18 security, 8 environment",
        -120,
    ),
    _Told(
        BriefingKind.FACTS,
        "本年度物业费收缴率 94%，公共收益 38 万元，其中 21 万元用于更换门禁和照明",
        "94 % of this year's fees are paid; of 380,000 yuan public income 210,000 went into doors and lighting",
        -25,
    ),
    _Told(
        BriefingKind.FACTS,
        "员工宿舍，行政人员负责对接，工作日 17:30 后有人在家",
        "flats for its staff; its office manager speaks for them; somebody is at home after 17:30",
        -40,
        company=True,
    ),
]

_MEASURES = [
    _Told(
        BriefingKind.MEASURES,
        "访客停车：改由地下二层引导停放，固定车位免费加装地锁",
        "Visitors' cars are led to basement level 2; reserved spaces get a free ground lock",
        -30,
    ),
    _Told(
        BriefingKind.MEASURES,
        "外墙渗水：3 栋北立面分段注浆，地产公司工程部负责，每周五公布进度",
        "Outer wall leaks: building 3, north side, is sealed section by section; progress is posted every Friday",
        -18,
        building="3",
    ),
    _Told(
        BriefingKind.MEASURES,
        "楼道堆物：每周二、五联合社区清理，消防通道零堆放",
        "Things left in corridors are cleared with the community office every Tuesday and Friday",
        -45,
    ),
]
