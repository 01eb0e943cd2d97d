"""A signature as vectors: one smoothed path per stroke, never a picture of it."""

from collections.abc import Sequence
from itertools import pairwise

from app.documents.sheets import Signature, Stroke

INK = "#1d2a2f"
_WIDTH = 2.6  # CSS pixels of the canvas, at middle pressure
_MARGIN = 10.0
_CLOSEST = 0.5  # of the canvas: a small signature is not blown up beyond twice its size

_Dot = tuple[float, float]
_Box = tuple[float, float, float, float]


def ink_svg(drawn: Sequence[Stroke], canvas: tuple[int, int]) -> str:
    """
    Strokes on a canvas (width and height in CSS pixels) as an SVG drawing.

    The view is the ink with a margin, at least half the canvas wide and high. Points outside the canvas are
    drawn at its edge. A stroke is a little broader where the pen was pressed harder.
    """
    strokes = [(_dots(stroke, canvas), _width(stroke)) for stroke in drawn if stroke]
    left, top, width, height = _view([dot for dots, _ in strokes for dot in dots], canvas)
    paths = "".join(f'<path d="{_path(dots)}" stroke-width="{_short(broad)}"/>' for dots, broad in strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_short(width)}" height="{_short(height)}" '
        f'viewBox="{_short(left)} {_short(top)} {_short(width)} {_short(height)}">'
        f'<g fill="none" stroke="{INK}" stroke-linecap="round" stroke-linejoin="round">{paths}</g></svg>'
    )


def signature_svg(signature: Signature) -> str:
    """The ink of a signature on a sheet."""
    return ink_svg(signature.strokes, signature.canvas)


def _dots(stroke: Stroke, canvas: tuple[int, int]) -> list[_Dot]:
    """In CSS pixels, inside the canvas, without the pen standing still."""
    width, height = canvas
    dots: list[_Dot] = []
    for x, y, _pressure, _ms in stroke:
        dot = (min(max(x / 10, 0.0), float(width)), min(max(y / 10, 0.0), float(height)))
        if not dots or dot != dots[-1]:
            dots.append(dot)
    return dots


def _width(stroke: Stroke) -> float:
    pressure = sum(min(max(point[2], 0), 1000) for point in stroke) / len(stroke) / 1000
    return _WIDTH * (0.75 + 0.5 * pressure)


def _path(dots: list[_Dot]) -> str:
    """Quadratic curves from middle to middle, each bent by the point between.

    After the first curve only the middles are named (T): each next bend mirrors the one before in the middle between
    them, which is the next point itself. Tenths of a pixel have middles of two decimals, so nothing is rounded.
    """
    (x, y), *others = dots
    if not others:
        return f"M{_short(x)} {_short(y)}h0.01"
    parts = [f"M{_short(x)} {_short(y)}"]
    bend = "Q{} {} ".format(*map(_short, others[0]))
    for (x1, y1), (x2, y2) in pairwise(others):
        parts.append(f"{bend}{_short((x1 + x2) / 2)} {_short((y1 + y2) / 2)}")
        bend = "T"
    last_x, last_y = others[-1]
    parts.append(f"L{_short(last_x)} {_short(last_y)}")
    return "".join(parts)


def _view(dots: list[_Dot], canvas: tuple[int, int]) -> _Box:
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
