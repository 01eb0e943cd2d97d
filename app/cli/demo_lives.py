"""How the issues of the demonstration estate fare: how soon each step comes, and whether the owner is satisfied."""

from dataclasses import dataclass
from random import Random

from app.cli import demo_ways as ways
from app.cli.demo_ways import Turn
from app.cli.demo_words import (
    BASEMENT_WISH,
    BROKEN_ENTRANCE,
    CEILING_LEAK,
    CLUTTER,
    CORRIDOR_LIGHT,
    DARK_GARAGE,
    ENGLISH_LIFT,
    ENGLISH_REPLY,
    ENGLISH_WISHES,
    FEE_TWICE,
    FLOOR_CRACK,
    INTERCOM,
    MORE_PARKING,
    NIGHT_WORK,
    NO_BALCONY_GLASS,
    NOISY_LIFT,
    OUTER_WALL_LEAK,
    PARKING,
    POTHOLE,
    REPLIES,
    RUDE_GUARD,
    TWO_HOMES_IN_ONE,
    WASTE_SMELL,
    WINDOW_LEAK,
    WISHES,
    Matter,
    Reply,
)
from app.issues.complaint_rules import Grade, Nature
from app.issues.rules import Cannot, Urgency


@dataclass(frozen=True)
class Round:
    """One round of an issue, in hours and days from step to step. None: the issue stays where it is."""

    accepted_after_hours: float | None = 8.0
    promised_days: int = 5
    rectified_after_days: float | None = 4.0
    called_back_after_days: float | None = 1.5
    satisfied: bool = True


@dataclass(frozen=True)
class Life:
    """The rounds of an issue; after the last one told, the owner is satisfied soon. `routed_after_hours`: by hand.

    `turns`: what else people do with it meanwhile.
    """

    rounds: tuple[Round, ...] = ()
    routed_after_hours: float | None = 3.0
    turns: tuple[Turn, ...] = ()

    def round(self, number: int) -> Round:
        """Rounds count from 1."""
        return self.rounds[number - 1] if number <= len(self.rounds) else Round()


@dataclass(frozen=True)
class Scene:
    """A visit that is part of the story on whatever day the demonstration is loaded."""

    home: str
    days_ago: int
    hour: str
    raised: tuple[tuple[Matter, Life], ...] = ()
    replies: tuple[Reply, ...] = ()
    rating: str = "satisfied"
    wishes: str = ""
    signs: str = "signed"


SCENES = (
    # The leak that two repairs did not end: its second callback is late by a day.
    Scene(
        "3-1-1202",
        21,
        "15:42",
        raised=((CEILING_LEAK, Life((Round(16, 9, 8.6, None, False), Round(17, 6, 4.2, None)))),),
        replies=(REPLIES[0],),
        rating="basic",
        wishes=BASEMENT_WISH,
    ),
    Scene(
        "3-1-1202",
        9,
        "14:32",
        raised=((CORRIDOR_LIGHT, Life((Round(19, 7, 6.4, None),))),),
        rating="basic",
    ),
    # Three months of waiting for dry weather: planned visit and callback fall together.
    Scene(
        "3-1-0901",
        93,
        "10:12",
        raised=((OUTER_WALL_LEAK, Life((Round(20, 60, 87.2, None),))),),
        wishes=WISHES[1],
    ),
    # With security, and not accepted in time.
    Scene("2-2-0301", 2, "10:20", raised=((BROKEN_ENTRANCE, Life((Round(None),))),), rating="dissatisfied"),
    # For the supervisor to send on.
    Scene("1-1-1801", 2, "16:55", raised=((POTHOLE, Life(routed_after_hours=None)),), rating="basic"),
    Scene("2-1-0603", 1, "19:24", raised=((NIGHT_WORK, Life(routed_after_hours=None)),), rating="none"),
    Scene("3-2-1201", 1, "11:06", raised=((TWO_HOMES_IN_ONE, Life(routed_after_hours=None)),)),
    # Accepted; one of them should be done by now.
    Scene("2-1-1404", 12, "18:44", raised=((NOISY_LIFT, Life((Round(14, 5, None),))),), rating="basic"),
    Scene("3-2-0701", 4, "15:31", raised=((PARKING, Life((Round(17, 7, None),))),)),
    # Not satisfied, and with the department again.
    Scene(
        "3-2-1801",
        10,
        "16:18",
        raised=((CLUTTER, Life((Round(15, 4, 3.1, None, False), Round(None)))),),
        rating="dissatisfied",
        wishes="希望物业说到做到，不要让业主一遍遍催。",
    ),
    Scene("3-2-1801", 3, "18:40", rating="dissatisfied"),
    # Rectified, and the callback still in time.
    Scene("2-2-0904", 8, "14:50", raised=((DARK_GARAGE, Life((Round(18, 7, 6.2, None),))),)),
    # Ended well.
    Scene("1-2-1002", 33, "10:38", raised=((DARK_GARAGE, Life((Round(5, 4, 3.2, 1.4),))),), wishes=WISHES[5]),
    Scene(
        "3-2-1503",
        8,
        "19:22",
        raised=((ENGLISH_LIFT, Life((Round(4, 1, 0.9, 1.6),))),),
        replies=(ENGLISH_REPLY,),
        wishes=ENGLISH_WISHES[0],
    ),
    Scene("2-2-1602", 14, "19:18", replies=(ENGLISH_REPLY,), wishes=ENGLISH_WISHES[1]),
    Scene("1-1-0501", 18, "09:52", replies=(REPLIES[8],), signs="mark"),
    # Put off: one waits for the supervisor's word, of the other the owner is to be told.
    Scene(
        "2-1-0902",
        6,
        "10:14",
        raised=(
            (
                WINDOW_LEAK,
                Life(
                    (Round(10, 5, None),),
                    turns=(
                        ways.progress(50, "已到现场，窗框左下角排水孔堵塞，胶条老化", pictures=2),
                        ways.ask_for_days(76, 6, "原厂胶条要从厂家调货，最快下周三到"),
                    ),
                ),
            ),
        ),
    ),
    Scene(
        "3-1-0601",
        9,
        "16:02",
        raised=(
            (
                INTERCOM,
                Life(
                    (Round(8, 5, None),),
                    turns=(
                        ways.progress(90, "分机主板损坏，已向厂家下单"),
                        ways.ask_for_days(95, 9, "厂家缺货，主板下月初才能到"),
                        ways.agree(118, "同意；先给业主装一台备用分机"),
                    ),
                ),
            ),
        ),
    ),
    # Two companies, and neither wants it.
    Scene(
        "2-2-1103",
        4,
        "11:20",
        raised=(
            (
                FLOOR_CRACK,
                Life(
                    (Round(None),),
                    turns=(ways.deny(30, "裂缝从回填层起，是交付前的施工还是住户装修造成，双方说法不一"),),
                ),
            ),
        ),
    ),
    # Cannot be solved: to be explained, and carried over to the year's review.
    Scene(
        "1-2-0602",
        7,
        "15:12",
        raised=(
            (
                MORE_PARKING,
                Life(
                    (Round(None),),
                    turns=(ways.cannot(44, Cannot.FOR_NOW, "已无空地，须等规划许可", sends_officer=True),),
                ),
            ),
        ),
    ),
    Scene(
        "1-1-1102",
        40,
        "10:48",
        raised=(
            (
                NO_BALCONY_GLASS,
                Life(
                    (Round(12, 9, None),),
                    turns=(
                        ways.cannot(60, Cannot.AT_ALL, "外立面统一，规划部门不允许封闭阳台"),
                        ways.explained(120, "业主表示理解，希望明年统一改造时一并考虑"),
                    ),
                ),
            ),
        ),
    ),
    # The same lift, raised by a neighbour.
    Scene(
        "2-1-1103",
        8,
        "19:02",
        raised=((NOISY_LIFT, Life((Round(None),), turns=(ways.joins(20, "与 14 层业主反映的是同一部电梯"),))),),
    ),
    # Closed, and objected to a few days later.
    Scene(
        "3-2-0903",
        9,
        "14:36",
        raised=((DARK_GARAGE, Life((Round(3, 2, 0.9, 0.6),), turns=(ways.objects(184, "这两天坡道的灯又灭了两盏"),))),),
    ),
    Scene(
        "1-2-1401",
        20,
        "09:40",
        raised=((CLUTTER, Life((Round(None),), turns=(ways.withdrawn(70, "邻居已自行搬走，业主来电撤回"),))),),
    ),
    # Complaints: graded up and at work; found to be none; well ended and reviewed; waiting for the review.
    Scene(
        "2-2-0702",
        3,
        "17:22",
        raised=(
            (
                RUDE_GUARD,
                Life(
                    (Round(6, 3, None),),
                    turns=(
                        ways.complains(0.1, Nature.ATTITUDE),
                        ways.responds(2, "已致歉，当晚调取监控，两天内给出处理意见"),
                        ways.graver(20, Grade.IMPORTANT, "业主群里已有多位业主转发"),
                    ),
                ),
            ),
        ),
        rating="dissatisfied",
    ),
    Scene(
        "3-2-0502",
        5,
        "10:52",
        raised=(
            (
                WASTE_SMELL,
                Life(
                    (Round(9, 6, None),),
                    turns=(
                        ways.complains(0.1, Nature.ENVIRONMENT),
                        ways.responds(3, "已说明清运时间，并请环境部当天加洗一次"),
                        ways.no_complaint(26, "首次反映，业主同意按一般事项办理"),
                    ),
                ),
            ),
        ),
    ),
    Scene(
        "1-1-0801",
        24,
        "18:26",
        raised=(
            (
                FEE_TWICE,
                Life(
                    (Round(4, 2, 1.4, 1.2),),
                    turns=(
                        ways.complains(0.1, Nature.CHARGES, Grade.IMPORTANT),
                        ways.responds(2, "已致歉，财务当天核对流水"),
                        ways.reviewed(260, "处理及时；财务月底前增加重复扣款自动核对"),
                    ),
                ),
            ),
        ),
    ),
    Scene(
        "3-1-1502",
        8,
        "09:34",
        raised=(
            (
                RUDE_GUARD,
                Life(
                    (Round(3, 2, 0.8, 0.5),),
                    turns=(
                        ways.complains(0.1, Nature.ATTITUDE, Grade.MAJOR),
                        ways.responds(1, "主管当天上门致歉，当班保安停岗学习"),
                    ),
                ),
            ),
        ),
    ),
    Scene("3-1-1102", 6, "14:06", raised=((PARKING, Life((Round(22, 7, None),))),), rating="none", signs="refused"),
)
"""What every demonstration has, beside what chance brings. All are later than the beginning of the history."""


def some_life(matter: Matter, chance: Random) -> Life:
    """How an issue usually fares: most in time, some late, one in seven not well the first time."""
    rounds = [_some_round(matter, chance, satisfied=chance.random() < 0.86)]
    while not rounds[-1].satisfied:
        rounds.append(_some_round(matter, chance, satisfied=chance.random() < 0.88))
    return Life(tuple(rounds), routed_after_hours=chance.uniform(1, 9))


def _some_round(matter: Matter, chance: Random, *, satisfied: bool) -> Round:
    promised = {Urgency.URGENT: (1, 1), Urgency.ORDINARY: (4, 7), Urgency.MAJOR: (9, 15)}[matter.urgency]
    days = chance.randint(*promised)
    late = chance.random() < 0.14
    return Round(
        accepted_after_hours=chance.uniform(30, 60) if chance.random() < 0.12 else chance.uniform(2, 20),
        promised_days=days,
        rectified_after_days=days + chance.uniform(1, 4) if late else days * chance.uniform(0.5, 0.95),
        called_back_after_days=chance.uniform(3.4, 5.5) if chance.random() < 0.1 else chance.uniform(0.6, 2.6),
        satisfied=satisfied,
    )
