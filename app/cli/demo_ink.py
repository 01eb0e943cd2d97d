"""Signatures as if drawn by hand: skeletons of some characters, bent, slanted and timed as a pen would."""

from collections.abc import Iterator
from random import Random
from typing import Any

Dot = tuple[float, float]
Ink = dict[str, Any]

_CANVAS = (760, 250)
_CHARACTER = 150  # CSS pixels
_STEPS = 2  # points between two of a skeleton's dots

_SKELETONS = {
    "王": "20,22 80,19;27,50 74,47;50,22 51,82;12,84 90,78",
    "李": (
        "20,24 80,20;50,6 50,50;48,26 36,40 14,52;52,26 68,40 88,48;"
        "30,58 68,55 52,66;52,66 55,86 48,96 40,90;14,77 88,72"
    ),
    "张": (
        "14,20 40,17 36,33;16,34 38,31;18,34 15,50 40,47 38,72 30,82 22,76;80,12 68,28 54,36;"
        "48,48 94,43;60,14 58,86 70,77;62,48 76,68 94,80"
    ),
    "刘": "28,8 36,18;10,28 58,24;46,28 34,60 10,86;18,36 38,62 58,84;70,26 70,62;90,8 91,84 80,78",
    "陈": (
        "18,14 38,11 27,34 40,44 22,58;17,14 15,94;46,22 92,18;68,6 54,46 92,43;"
        "71,28 71,86 61,78;56,58 46,74;84,58 95,73"
    ),
    "杨": ("8,30 44,27;26,8 26,94;26,32 8,64;28,40 42,56;52,18 86,15 60,38 92,39 86,82 74,90;68,48 48,72;80,48 58,88"),
    "赵": (
        "14,22 52,19;32,8 33,40;6,43 58,39;34,42 34,70;34,57 52,54;22,54 8,88;18,72 50,86 96,90;88,20 60,62;62,24 92,60"
    ),
    "周": (
        "22,14 20,60 8,94;22,14 82,11 83,86 72,93;34,32 70,29;51,20 51,48;"
        "34,49 72,45;38,60 39,82;38,60 68,57 65,80;39,80 66,77"
    ),
    "吴": "28,8 31,34;28,10 74,7 70,32;31,33 70,30;22,50 80,46;8,66 92,61;51,48 40,78 10,96;53,64 68,84 92,92",
    "孙": "12,22 44,19 30,36;30,36 34,78 22,86;8,60 50,48;70,10 70,84 59,77;58,40 50,58;82,36 94,54",
    "马": "24,16 72,13 67,48;34,28 30,50 84,46 78,88 64,92;10,72 68,66",
    "朱": "32,10 20,32;26,32 78,28;8,55 92,50;51,8 50,94;50,54 34,74 12,86;52,54 70,74 92,84",
    "林": "6,30 46,27;26,8 26,92;26,32 6,66;28,40 44,56;52,30 96,26;73,6 73,94;72,32 52,68;75,36 96,66",
    "何": "28,8 8,46;20,34 20,92;36,22 96,17;46,40 47,60;46,40 68,37 65,58;47,59 66,56;83,22 83,88 71,84",
    "高": (
        "50,4 52,14;16,22 88,18;36,32 37,46;36,32 66,30 63,44;38,46 63,44;"
        "20,58 18,94;20,58 84,55 84,90 74,94;38,70 39,86;38,70 66,68 63,84;39,86 64,84"
    ),
    "沈": ("14,14 22,24;8,36 18,46;6,86 24,60;40,26 38,40;40,28 92,24 86,38;62,8 58,52 34,90;64,44 64,84 92,86 94,72"),
    "徐": (
        "30,6 10,34;32,28 8,58;20,48 20,94;64,6 36,40;64,8 96,38;"
        "48,44 84,41;42,60 92,56;66,44 66,90 57,83;52,68 40,84;80,66 92,80"
    ),
    "郑": (
        "16,10 22,22;44,8 36,22;10,30 54,27;8,50 56,46;"
        "32,28 30,60 8,92;34,54 54,80;66,14 88,11 78,36 92,52 74,62;66,14 65,96"
    ),
    "建": ("18,18 70,14 68,44;10,32 84,28;18,46 72,42;16,58 74,54;44,6 44,72;10,76 30,62 18,92;12,84 50,88 94,92"),
    "国": ("16,14 14,88;16,14 84,11 86,90;30,32 68,29;32,50 66,48;28,70 72,67;49,30 49,70;58,56 66,64;14,88 86,86"),
    "明": (
        "12,20 13,70;12,20 38,17 38,68;14,44 37,42;14,68 38,66;"
        "58,14 54,64 42,92;58,14 88,11 88,86 76,90;58,36 86,34;57,56 86,54"
    ),
    "华": "30,8 10,40;22,28 22,52;78,10 54,32;58,8 58,44 88,46 90,34;8,66 94,60;50,48 51,96",
    "军": "14,28 16,16;16,18 86,14 78,28;30,36 70,33;46,24 30,54 72,50;10,74 92,69;52,38 52,98",
    "文": "48,6 56,18;10,32 92,27;68,32 48,66 12,94;28,38 54,70 92,92",
    "平": "18,16 82,13;30,28 38,44;72,24 62,42;8,56 94,51;51,16 51,98",
    "伟": "30,6 8,44;20,34 20,94;38,22 86,19;36,42 90,38;34,60 88,56 82,76 72,74;60,6 60,96",
    "英": (
        "10,20 92,16;34,6 35,34;66,4 64,32;26,44 28,62;26,44 76,41 72,60;6,66 96,61;51,36 46,72 10,96;54,66 72,84 94,94"
    ),
    "芳": "10,18 90,14;34,4 35,30;66,4 64,30;50,34 54,42;12,54 92,49;46,54 78,56 70,92 58,88;48,56 36,80 12,96",
    "红": "28,8 10,34 32,34;34,32 10,62 40,56;8,84 40,74;50,22 92,18;72,20 72,80;44,84 96,78",
    "丽": (
        "8,14 92,10;16,34 15,90;16,34 42,31 43,86 36,84;28,46 32,60;58,34 57,90;58,34 84,31 86,88 78,88;68,46 74,60"
    ),
    "敏": (
        "26,8 8,34;18,24 52,20;16,40 44,37 40,82 12,78 20,40;6,60 52,56;"
        "66,8 54,40;60,32 94,28;84,30 70,68 46,94;60,42 76,74 96,92"
    ),
    "玉": "18,18 82,15;24,48 76,45;50,18 50,84;10,86 92,82;64,58 76,70",
    "志": "10,24 90,20;50,6 50,42;24,44 76,41;22,62 14,80;36,58 38,86 74,86 76,74;52,56 58,68;80,56 90,70",
    "强": (
        "8,18 36,15 33,32;10,32 34,30;12,32 9,48 36,45 34,76 22,80;52,10 53,28;52,10 86,8 82,26;54,28 82,26;"
        "50,40 50,62;50,40 90,37 87,58;50,62 88,58;69,30 69,84;44,88 90,82;80,72 94,90"
    ),
}
_SCRIBBLES = (
    "14,26 62,18 34,44 82,36;40,14 32,60 12,86;34,52 66,48 54,92 40,86;70,58 90,84",
    "18,18 70,14 44,40;12,46 88,40;50,42 46,88 34,82;58,52 78,64 92,88",
    "30,8 12,38;20,30 20,92;40,24 90,20 62,44 88,62 56,92;44,56 92,50",
    "10,22 50,18 32,46 54,52 26,88;62,16 62,90;62,40 90,34;64,66 94,90",
    "22,12 18,84 40,78;22,14 78,10 76,46;24,44 76,40;50,12 50,60;30,64 88,58 60,94",
    "50,6 26,34;20,36 82,32;52,22 50,92;50,40 22,72;54,42 84,74;34,84 74,80",
)
_LATIN = (
    "4,70 16,20 24,80 30,50 38,74 44,46 50,76 58,48 64,74 78,40 96,60",
    "8,40 20,14 26,44 10,86 30,60 42,74 46,50 58,76 64,52 72,76 98,50",
)


def a_signature(name: str, chance: Random) -> Ink:
    """The ink of `name`: canvas, pointer and strokes as evidence holds them."""
    hand = _Hand(chance)
    if name[:1].isascii():
        hand.write([chance.choice(_LATIN) for _word in name.split()], width=1.9)
    else:
        hand.write([_skeleton(character) for character in name[:3]], width=1.0)
    return hand.ink()


def a_mark(chance: Random) -> Ink:
    """The cross of somebody who cannot write."""
    hand = _Hand(chance)
    hand.write(["22,24 78,80;76,20 24,84"], width=0.8)
    return hand.ink()


def _skeleton(character: str) -> str:
    return _SKELETONS.get(character) or _SCRIBBLES[ord(character) % len(_SCRIBBLES)]


class _Hand:
    """One person's hand: slant, size and pace stay the same through a signature."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._slant = chance.uniform(-0.05, 0.22)
        self._size = chance.uniform(0.78, 1.08)
        self._shake = chance.uniform(0.6, 1.8)
        self._pace = chance.uniform(0.8, 1.5)  # ms for a CSS pixel
        self._pointer = chance.choice(("pen", "pen", "pen", "touch"))
        self._time = 0.0
        self._strokes: list[list[list[int]]] = []

    def write(self, skeletons: list[str], width: float) -> None:
        """Write characters from left to right, centred."""
        step = _CHARACTER * self._size * width * 1.02
        left = (_CANVAS[0] - step * len(skeletons)) / 2
        top = (_CANVAS[1] - _CHARACTER * self._size) / 2 + self._chance.uniform(-8, 8)
        for nth, skeleton in enumerate(skeletons):
            for stroke in skeleton.split(";"):
                self._draw([self._place(dot, left + nth * step, top, width) for dot in _dots(stroke)])
            top += self._chance.uniform(-6, 4)

    def ink(self) -> Ink:
        width, height = _CANVAS
        return {
            "canvas": {"width": width, "height": height, "ratio": 200},
            "pointer": self._pointer,
            "strokes": self._strokes,
        }

    def _place(self, dot: Dot, left: float, top: float, width: float) -> Dot:
        x, y = dot[0] / 100, dot[1] / 100
        x += self._slant * (0.5 - y)
        shake = self._shake * _CHARACTER / 100
        return (
            left + x * _CHARACTER * self._size * width + self._chance.gauss(0, shake),
            top + y * _CHARACTER * self._size + self._chance.gauss(0, shake),
        )

    def _draw(self, dots: list[Dot]) -> None:
        """Pen down, along a smooth line through `dots`, pen up."""
        if self._strokes:
            self._time += self._chance.uniform(60, 170)
        points, before = [], dots[0]
        line = list(_smooth(dots))
        for nth, (x, y) in enumerate(line):
            self._time += 4 + self._pace * (abs(x - before[0]) + abs(y - before[1]))
            before = (x, y)
            points.append([round(x * 10), round(y * 10), self._pressure(nth / (len(line) - 1)), round(self._time)])
        if self._strokes == []:
            first = points[0][3]
            points = [[x, y, pressure, ms - first] for x, y, pressure, ms in points]
            self._time -= first
        self._strokes.append(points)

    def _pressure(self, share: float) -> int:
        """Firm in the middle, light where the pen comes down and leaves."""
        if self._pointer == "touch":
            return 500
        return round(min(1000, 380 + 900 * share * (1 - share) + self._chance.uniform(0, 120)))


def _dots(stroke: str) -> list[Dot]:
    dots = []
    for dot in stroke.split(" "):
        x, y = dot.split(",")
        dots.append((float(x), float(y)))
    return dots


def _smooth(dots: list[Dot]) -> Iterator[Dot]:
    """Catmull-Rom through the dots."""
    around = [dots[0], *dots, dots[-1]]
    for nth in range(len(dots) - 1):
        a, b, c, d = around[nth : nth + 4]
        for step in range(_STEPS):
            t = step / _STEPS
            yield _between(a[0], b[0], c[0], d[0], t), _between(a[1], b[1], c[1], d[1], t)
    yield dots[-1]


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
