"""What officers of the demonstration estate noticed on their way, and how far each has come."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Round:
    """What a department does about it, and what the supervisor then finds; "" while nobody has got so far."""

    measure: str
    done: str = ""
    not_right: str = ""
    seen: str = ""


@dataclass(frozen=True)
class Noticed:
    """Where, what, and how it goes on. Steps follow one another at this many hours, counted from `days_ago`."""

    days_ago: int
    hour: str
    by: int
    where: dict[str, Any]
    text: str
    category: str
    photos: int = 0
    rounds: tuple[Round, ...] = field(default=())
    step_hours: int = 20


NOTICED = (
    Noticed(
        days_ago=13,
        hour="10:22",
        by=1,
        where={"place": "地下车库"},
        text="坡道口左侧墙面渗水，地面有积水，车辆容易打滑",
        category="plumbing",
        photos=2,
        rounds=(
            Round("疏通坡道截水沟，抽干积水", "截水沟已疏通，地面已抽干", "下雨后墙根仍有水渍，请查墙面接缝"),
            Round("墙面接缝注浆堵漏", "已注浆两处，并复查截水沟", seen="雨后到现场看过，墙面和地面干燥"),
        ),
    ),
    Noticed(
        days_ago=4,
        hour="15:48",
        by=0,
        where={"building": "3", "entrance": "1", "floor": 2, "place": "电梯厅"},
        text="电梯厅顶棚有水印，墙角涂料起皮",
        category="plumbing",
        photos=1,
        rounds=(Round("检查上层管井并重刷墙角", "管井接头已更换，墙角已重刷"),),
    ),
    Noticed(
        days_ago=1,
        hour="17:05",
        by=0,
        where={"place": "大门"},
        text="人行道闸右侧灯箱不亮，夜间看不清台阶",
        category="light",
    ),
)
