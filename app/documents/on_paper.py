"""Drawings that WeasyPrint takes for its own images: lines of the PDF at once, in a tenth of the time of SVG or PNG."""

from itertools import groupby
from typing import Any

import segno

from app.documents.ink import INK, Dot, Ink, middles

_ROUND = 1  # PDF's number for round ends and corners


class InkOnPaper:
    """What a pen drew, along the same curves as on a screen."""

    def __init__(self, ink: Ink) -> None:
        self.ink = ink

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, float]:
        """Width and height in CSS pixels, and their ratio."""
        _left, _top, width, height = self.ink.view
        return width, height, width / height

    def draw(self, stream: Any, width: float, height: float, _style: object) -> None:
        """Onto the stream of a page, `width` times `height` CSS pixels large."""
        left, top, seen_width, seen_height = self.ink.view
        right, down = width / seen_width, height / seen_height
        stream.transform(a=right, d=down, e=-left * right, f=-top * down)
        stream.set_alpha(1, stroke=True)
        stream.set_color_rgb(*(part / 255 for part in INK), stroke=True)
        stream.set_line_cap(_ROUND)
        stream.set_line_join(_ROUND)
        for dots, broad in self.ink.lines:
            stream.set_line_width(broad)
            stream.stream.append(_path(dots).encode())
            stream.stroke()


class CodeOnPaper:
    """A QR code that says `text`, without the quiet zone: the page leaves room around it."""

    def __init__(self, text: str) -> None:
        self.code = segno.make(text, error="m", micro=False)
        self._side = self.code.symbol_size(border=0)[0]

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, float]:
        """Width and height in modules, and their ratio."""
        return self._side, self._side, 1

    def draw(self, stream: Any, width: float, height: float, _style: object) -> None:
        """Black, onto the stream of a page, `width` times `height` CSS pixels large: one area, so without seams."""
        stream.transform(a=width / self._side, d=height / self._side)
        stream.set_color_rgb(0, 0, 0)
        for y, row in enumerate(self.code.matrix):
            x = 0
            for dark, modules in groupby(row):
                length = len(list(modules))
                if dark:
                    stream.rectangle(x, y, length, 1)
                x += length
        stream.fill()


def _path(dots: list[Dot]) -> str:
    """A line in the PDF's words. Its curves are cubic: both bends lie two thirds of the way to the quadratic one's."""
    (x, y), *others = dots
    if not others:
        return f"{x:.2f} {y:.2f} m {x + 0.01:.2f} {y:.2f} l"
    parts = [f"{x:.2f} {y:.2f} m"]
    for (bend_x, bend_y), (to_x, to_y) in zip(others, middles(others), strict=False):
        parts.append(
            f"{(x + 2 * bend_x) / 3:.3f} {(y + 2 * bend_y) / 3:.3f} "
            f"{(to_x + 2 * bend_x) / 3:.3f} {(to_y + 2 * bend_y) / 3:.3f} {to_x:.2f} {to_y:.2f} c"
        )
        x, y = to_x, to_y
    last_x, last_y = others[-1]
    parts.append(f"{last_x:.2f} {last_y:.2f} l")
    return "\n".join(parts)
