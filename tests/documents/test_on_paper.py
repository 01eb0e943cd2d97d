"""What is drawn straight into the PDF looks as it does on a screen."""

import subprocess
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from weasyprint import HTML

from app.documents.ink import Ink, drawn, ink_svg
from app.documents.on_paper import InkOnPaper
from app.documents.printing import as_data
from tests.documents.builders import a_signature

BARELY = 40
"""Of 255: how much darker a pixel at an edge can be, as numbers of the two are rounded differently."""


def test_ink_on_paper_runs_as_on_the_screen(tmp_path: Path) -> None:
    signature = a_signature("owner", "陈建国", "owner")
    dot, light, hard, straight = (
        ((600, 2200, 500, 0),),
        ((-400, 2000, 0, 0), (900, 1500, 10, 8), (1500, 2100, 0, 16)),
        ((3000, 200, 1000, 0), (3400, 900, 1000, 8), (3100, 1500, 1000, 16), (3900, 2400, 1000, 24)),
        ((100, 100, 500, 0), (6900, 2400, 500, 8)),
    )
    ink = drawn((*signature.strokes, dot, light, hard, straight), signature.canvas)

    on_screen, on_paper = _picture(ink, tmp_path, "screen"), _picture(ink, tmp_path, "paper")

    assert on_screen.getextrema()[0] < BARELY
    assert ImageChops.difference(on_screen, on_paper).getextrema()[1] < BARELY


def _picture(ink: Ink, folder: Path, of: str) -> Image.Image:
    images: dict[str, Any] = {"ink:1": InkOnPaper(ink)} if of == "paper" else {}
    source = "ink:1" if of == "paper" else as_data("image/svg+xml", ink_svg(ink).encode())
    style = "width: 150mm; height: 50mm; object-fit: contain; object-position: 0 100%"
    HTML(string=f'<img style="{style}" src="{source}">').write_pdf(folder / f"{of}.pdf", cache=images)
    picture = folder / of
    subprocess.run(["pdftoppm", "-gray", "-r", "200", "-singlefile", folder / f"{of}.pdf", picture], check=True)
    return Image.open(picture.with_suffix(".pgm"))
