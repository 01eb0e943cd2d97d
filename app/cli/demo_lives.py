"""How the issues of the demonstration estate fare: how soon each step comes, and whether the owner is satisfied."""

from dataclasses import dataclass
from random import Random

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
    NIGHT_WORK,
    NOISY_LIFT,
    OUTER_WALL_LEAK,
    PARKING,
    POTHOLE,
    REPLIES,
    TWO_HOMES_IN_ONE,
    WISHES,
    Matter,
    Reply,
)
from app.issues.rules import Urgency


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
    """The rounds of an issue; after the last one told, the owner is satisfied soon. `routed_after_hours`: by hand."""

    rounds: tuple[Round, ...] = ()
    routed_after_hours: float | None = 3.0

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
