"""The columns of a file of work orders, as property systems and paper registers call them."""

import enum
import re
from dataclasses import dataclass

from app.core.errors import Refused
from app.core.i18n import lazy_
from app.estates.roster.cells import text
from app.estates.roster.grid import Grid

_LOOKED_AT = 30
"""Rows from the top among which the headings stand."""


class Field(enum.Enum):
    """What a column holds, in the order of form 8."""

    NUMBER = "number"
    REPORTED_AT = "reported_at"
    REPORTED_BY = "reported_by"
    PHONE = "phone"
    KIND = "kind"
    UNIT = "unit"
    PLACE = "place"
    CONTENT = "content"
    DEPARTMENT = "department"
    DISPATCHED_AT = "dispatched_at"
    ARRIVED_AT = "arrived_at"
    FINISHED_AT = "finished_at"
    WORK_DONE = "work_done"
    FEE = "fee"
    MATERIAL = "material"
    QUANTITY = "quantity"
    UNDER_WARRANTY = "under_warranty"
    LIABLE = "liable"
    WORKER = "worker"


NEEDED = (Field.UNIT, Field.CONTENT, Field.REPORTED_AT)
"""Without these a file is no list of work orders."""

CALLED: dict[Field, tuple[str, ...]] = {
    Field.NUMBER: ("编号", "工单号", "工单编号", "单号", "维修单号", "no", "number", "orderno", "ordernumber"),
    Field.REPORTED_AT: ("报修时间", "报修日期", "登记时间", "登记日期", "reportedat", "reported", "reportedon"),
    Field.REPORTED_BY: ("报修人", "报修人姓名", "业主", "业主姓名", "联系人", "reportedby", "owner", "name"),
    Field.PHONE: ("电话", "联系电话", "手机", "手机号", "联系方式", "phone", "telephone", "mobile"),
    Field.KIND: ("类别", "类型", "维修类别", "维修类型", "维修性质", "收费类型", "kind", "type"),
    Field.UNIT: ("房号", "地址", "单元", "维修地址", "报修地址", "房屋", "房间", "unit", "address", "room"),
    Field.PLACE: ("部位", "维修部位", "报修部位", "位置", "place", "where"),
    Field.CONTENT: (
        "内容",
        "报修内容",
        "维修内容",
        "报修事项",
        "维修项目",
        "故障描述",
        "content",
        "problem",
        "description",
    ),
    Field.DEPARTMENT: ("部门", "责任部门", "派单部门", "派工部门", "维修部门", "department"),
    Field.DISPATCHED_AT: ("派单时间", "派工时间", "派单日期", "派工日期", "接单时间", "dispatchedat", "dispatched"),
    Field.ARRIVED_AT: ("到场时间", "到达时间", "上门时间", "到场日期", "arrivedat", "arrived"),
    Field.FINISHED_AT: (
        "完工时间",
        "完成时间",
        "完工日期",
        "完成日期",
        "竣工时间",
        "finishedat",
        "finished",
        "completed",
    ),
    Field.WORK_DONE: ("维修情况", "处理情况", "完成情况", "维修结果", "处理结果", "workdone", "work", "result"),
    Field.FEE: ("费用", "收费", "收费金额", "金额", "维修费", "维修费用", "费用元", "金额元", "fee", "amount"),
    Field.MATERIAL: ("材料", "用料", "使用材料", "材料名称", "material", "materials"),
    Field.QUANTITY: ("数量", "用量", "材料数量", "quantity"),
    Field.UNDER_WARRANTY: (
        "质保期内",
        "保修期内",
        "是否保修",
        "是否质保",
        "是否在保",
        "保修",
        "质保",
        "underwarranty",
        "warranty",
    ),
    Field.LIABLE: ("责任单位", "责任公司", "责任方", "liable", "liablecompany"),
    Field.WORKER: ("维修人", "维修人员", "维修工", "维修员", "师傅", "worker", "technician"),
}
_BY_NAME = {name: field for field, names in CALLED.items() for name in names}


@dataclass(frozen=True)
class Columns:
    """In which row the headings stand (from 0), which column holds what, and what the others are called."""

    row: int
    of: dict[Field, int]
    headings: dict[Field, str]
    unused: tuple[str, ...]


def find_columns(grid: Grid) -> Columns:
    """The row in which most headings are understood. Raises Refused in words if what is needed is not among them."""
    rows = grid.rows[:_LOOKED_AT]
    best = max((_read(n, row) for n, row in enumerate(rows)), key=lambda one: len(one.of), default=None)
    missing = [field for field in NEEDED if best is None or field not in best.of]
    if best is None or missing:
        names = ", ".join(CALLED[field][0] for field in missing)
        raise Refused(
            "order:no_column",
            lazy_("This file lacks a column that a list of work orders needs: %(names)s.", names=names),
        )
    return best


def _read(n: int, row: tuple[object, ...]) -> Columns:
    of: dict[Field, int] = {}
    headings, unused = {}, []
    for place, value in enumerate(row):
        heading = text(value)  # type: ignore[arg-type]
        field = _BY_NAME.get(_bare(heading))
        if field is not None and field not in of:
            of[field], headings[field] = place, heading
        elif heading:
            unused.append(heading)
    return Columns(n, of, headings, tuple(unused))


def _bare(heading: str) -> str:
    """`报修时间*`, `Reported at`, `金额（元）` → `报修时间`, `reportedat`, `金额元`."""
    return re.sub(r"[\W_]", "", heading.casefold())
