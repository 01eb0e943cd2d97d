"""A signature as vectors: one smoothed path per stroke, never a picture of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.documents.sheets import Stroke

INK = (0x1D, 0x2A, 0x2F)
_WIDTH = 2.6  # CSS pixels of the canvas, at middle pressure
_MARGIN = 10.0
_CLOSEST = 0.5  # of the canvas: a small signature is not blown up beyond twice its size

Dot = tuple[float, float]
_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Ink:
    """
    What a pen drew, in CSS pixels of its canvas: the view (left, top, width, height), and each line with its width.

    The view is the ink with a margin, at least half the canvas wide and high. Points outside the canvas are
    drawn at its edge. A stroke is a little broader where the pen was pressed harder.
    """

    view: _Box
    lines: tuple[tuple[list[Dot], float], ...]


def drawn(strokes: Sequence[Stroke], canvas: tuple[int, int]) -> Ink:
    """Strokes on a canvas, its width and height in CSS pixels; at least one of them has a point."""
    lines = tuple((_dots(stroke, canvas), _width(stroke)) for stroke in strokes if stroke)
    return Ink(_view([dot for dots, _ in lines for dot in dots], canvas), lines)


def ink_svg(ink: Ink) -> str:
    """The drawing for a browser."""
    left, top, width, height = map(_short, ink.view)
    paths = "".join(f'<path d="{_svg_path(dots)}" stroke-width="{_short(broad)}"/>' for dots, broad in ink.lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{left} {top} {width} {height}"><g fill="none" '
        f'stroke="#{bytes(INK).hex()}" stroke-linecap="round" stroke-linejoin="round">{paths}</g></svg>'
    )


def _dots(stroke: Stroke, canvas: tuple[int, int]) -> list[Dot]:
    """In CSS pixels, inside the canvas, without the pen standing still."""
    width, height = canvas
    dots: list[Dot] = []
    for x, y, _pressure, _ms in stroke:
        dot = (min(max(x / 10, 0.0), float(width)), min(max(y / 10, 0.0), float(height)))
        if not dots or dot != dots[-1]:
            dots.append(dot)
    return dots


def _width(stroke: Stroke) -> float:
    pressure = sum(min(max(point[2], 0), 1000) for point in stroke) / len(stroke) / 1000
    return _WIDTH * (0.75 + 0.5 * pressure)


def _svg_path(dots: list[Dot]) -> str:
    """Quadratic curves from middle to middle, each bent by the point between.

    After the first curve only the middles are named (T): each next bend mirrors the one before in the middle between
    them, which is the next point itself. Tenths of a pixel have middles of two decimals, so nothing is rounded.
    """
    (x, y), *others = dots
    if not others:
        return f"M{_short(x)} {_short(y)}h0.01"
    parts = [f"M{_short(x)} {_short(y)}"]
    bend = "Q{} {} ".format(*map(_short, others[0]))
    for to_x, to_y in middles(others):
        parts.append(f"{bend}{_short(to_x)} {_short(to_y)}")
        bend = "T"
    last_x, last_y = others[-1]
    parts.append(f"L{_short(last_x)} {_short(last_y)}")
    return "".join(parts)


def middles(dots: list[Dot]) -> Iterator[Dot]:
    """Where a line passes: halfway between each two of its dots; in between it is bent by the dot itself."""
    return (((x1 + x2) / 2, (y1 + y2) / 2) for (x1, y1), (x2, y2) in pairwise(dots))


def _view(dots: list[Dot], canvas: tuple[int, int]) -> _Box:
    xs, ys = [x for x, _ in dots], [y for _, y in dots]
    left, width = _span(min(xs), max(xs), canvas[0])
    top, height = _span(min(ys), max(ys), canvas[1])
    return left, top, width, height


def _span(low: float, high: float, whole: int) -> tuple[float, float]:
    """Start and length of the view along one side."""
    length = max(high - low + 2 * _MARGIN, whole * _CLOSEST)
    return (low + high - length) / 2, length


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
