"""Work orders of the demonstration estate, each somewhere on its way; the last ones wait to be called back on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.agenda.queries import due_about
from app.cli.demo_homes import Home
from app.cli.demo_officers import Officer, Talk
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.issues.rules import Answer, Ending
from app.people.models import Department, Staff
from app.repairs.actions import (
    Done,
    Reported,
    arrive,
    close_unsatisfied,
    dispatch,
    finish,
    how_often_heard,
    report_order,
)
from app.repairs.models import WorkOrder
from app.repairs.moving import CALLBACK_KINDS
from app.repairs.rules import Kind


@dataclass(frozen=True)
class Repair:
    """What broke how many hours ago, and how far it has come: hours after the report, none where it has not."""

    home: int
    hours_ago: int
    kind: Kind
    place: str
    content: str
    department: str = ""
    worker: str = ""
    arrived: float = 0
    finished: float = 0
    work: str = ""
    fee_cents: int = 0
    material: str = ""
    quantity: str = ""
    ended: str = ""
    said: str = ""
    """What the owner said to it on the telephone within the last hour; why, where they were not satisfied."""
    satisfied: bool = True


REPAIRS = (
    Repair(20, 3, Kind.FREE, "主卫", "马桶水箱一直流水，关不住"),
    Repair(47, 1, Kind.CHARGEABLE, "客厅", "顶灯不亮，想请师傅上门换灯"),
    Repair(75, 26, Kind.FREE, "阳台", "推拉门轨道变形，门推不动", "developer", "陈师傅"),
    Repair(101, 30, Kind.CHARGEABLE, "厨房", "水槽下水堵塞", "engineering", "王师傅", arrived=27),
    Repair(
        *(133, 50, Kind.FREE, "次卧", "窗框渗水，下雨天窗台积水", "developer", "陈师傅"),
        *(5, 23, "窗框四周重新打胶，做淋水试验", 0, "耐候胶", "3 支"),
    ),
    Repair(
        *(164, 31, Kind.CHARGEABLE, "厨房", "燃气灶上方油烟机不工作", "engineering", "王师傅"),
        *(4, 6, "更换电机启动电容", 12000, "电容 450V", "1 只"),
    ),
    Repair(
        *(201, 74, Kind.FREE, "入户门", "门锁锁舌卡住，反锁不了", "developer", "陈师傅"),
        *(3, 4, "调整锁扣板，更换锁芯", 0, "锁芯", "1 套"),
    ),
    Repair(
        *(88, 46, Kind.CHARGEABLE, "卫生间", "浴霸有一组灯不亮", "engineering", "王师傅"),
        *(6, 8, "更换灯泡两只，检查线路", 6000, "浴霸灯泡", "2 只"),
        said="都亮了，师傅来得挺快",
    ),
    Repair(
        *(152, 44, Kind.FREE, "厨房", "烟道止逆阀串味，做饭时有别家油烟", "developer", "陈师傅"),
        *(5, 9, "更换止逆阀，接口打胶", 0, "止逆阀", "1 只"),
        said="晚上做饭还是有油烟味",
        satisfied=False,
    ),
    Repair(
        240, 190, Kind.CHARGEABLE, "卫生间", "要求加装扶手", "engineering", ended="业主已另请装修公司安装，撤回报修"
    ),
)


def play(
    homes: dict[str, Home],
    staff: dict[str, Staff],
    departments: dict[str, Department],
    officer: Officer,
    at: datetime,
) -> None:
    """Let each repair come as far as it has by now; `officer` has rung about some."""
    known = [home for home in homes.values() if home.owners]
    desk, executive = By(staff["frontdesk"].id), By(staff["executive"].id)
    worker = {"engineering": By(staff["handler"].id), "developer": By(staff["handler4"].id)}
    for repair in REPAIRS:
        home = known[repair.home % len(known)]
        owner, begun = home.owners[0], at - timedelta(hours=repair.hours_ago)
        told = Reported(
            repair.kind, repair.content, begun, home.representative or owner.name, owner.phone, repair.place
        )
        order = report_order(home.unit, told, by=desk, at=begun)
        officer.numbers.note(str(order.id), begun, "WX")
        if repair.department:
            sent = begun + timedelta(minutes=40)
            department = departments[repair.department]
            dispatch(order, department, worker=repair.worker, event_id=new_id(), by=desk, at=sent)
        if repair.arrived:
            there = begun + timedelta(hours=repair.arrived)
            arrive(order, event_id=new_id(), by=worker[repair.department], at=there)
        if repair.finished:
            moment = begun + timedelta(hours=repair.finished)
            done = Done(repair.work, moment, repair.fee_cents, repair.material, repair.quantity)
            finish(order, done, event_id=new_id(), by=worker[repair.department], at=moment)
        if repair.ended:
            later = begun + timedelta(days=2)
            heard = how_often_heard(order)
            close_unsatisfied(
                order,
                Ending.WITHDRAWN,
                repair.ended,
                tries=0,
                heard=heard,
                event_id=new_id(),
                by=executive,
                at=later,
            )
    _ring(homes, officer, at)


def _ring(homes: dict[str, Home], officer: Officer, at: datetime) -> None:
    """The owners say what they think of the repair, one after another."""
    calls = [repair for repair in REPAIRS if repair.said]
    for n, repair in enumerate(calls):
        order = db.session.scalars(sa.select(WorkOrder).where(WorkOrder.content == repair.content)).one()
        [task] = [task for kind in CALLBACK_KINDS.values() for task in due_about(order.id, kind)]
        answer = Answer.SATISFIED if repair.satisfied else Answer.DISSATISFIED
        talk = Talk(
            rating="satisfied" if repair.satisfied else "dissatisfied",
            answers={order.id: (answer, repair.said)},
            whoever_opens=False,
            by_phone=True,
        )
        begun = at - timedelta(minutes=20 * (len(calls) - n))
        officer.hold(homes[order.unit.short], talk, [task], (begun, begun + timedelta(minutes=6)), at)
