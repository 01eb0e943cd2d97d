"""The items that owners are usually asked about each department: what a new survey begins with."""

from typing import NamedTuple


class Usual(NamedTuple):
    """An item in both languages."""

    zh: str
    en: str


_BY_CODE: dict[str, tuple[Usual, ...]] = {
    "service": (
        Usual("客服人员的礼貌和态度", "Courtesy of customer service"),
        Usual("来电、来访的答复是否及时", "Calls and visits are answered in time"),
        Usual("反映的问题有跟进、有回访", "What was raised is followed up and called back on"),
        Usual("收费清楚、票据齐全", "Fees are clear, receipts are given"),
    ),
    "engineering": (
        Usual("报修后上门是否及时", "Repairs come in time"),
        Usual("维修质量", "Quality of repairs"),
        Usual("电梯运行", "Lifts"),
        Usual("公共照明和公共设施的维护", "Lighting and shared facilities"),
    ),
    "security": (
        Usual("门岗和人员进出管理", "Gates, and who comes in"),
        Usual("小区巡逻和夜间安全", "Patrols, and safety at night"),
        Usual("车辆停放秩序", "Order of parking"),
        Usual("秩序维护人员的态度", "Conduct of the security staff"),
    ),
    "environment": (
        Usual("楼道和大堂清洁", "Stairs and lobbies are clean"),
        Usual("垃圾清运", "Waste is taken away"),
        Usual("绿化养护", "Greenery"),
        Usual("消杀防疫", "Pest control"),
    ),
    "developer": (
        Usual("房屋质量", "Quality of the home"),
        Usual("保修期内维修是否及时", "Repairs under warranty come in time"),
        Usual("保修维修质量", "Quality of repairs under warranty"),
    ),
}
_OF_ANY = (
    Usual("服务态度", "Conduct"),
    Usual("处理是否及时", "In time"),
    Usual("工作质量", "Quality of the work"),
)


def usual_items(code: str) -> tuple[Usual, ...]:
    """The items about a department with this code; an estate's own department is asked about as any is."""
    return _BY_CODE.get(code, _OF_ANY)


def on_the_whole(name_zh: str, name_en: str) -> Usual:
    """The one item about a department on the opinion form (form 4)."""
    return Usual(f"对{name_zh}的总体评价", f"{name_en} on the whole")
