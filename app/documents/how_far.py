"""How far the printing of a long paper is: noted in a file by whoever prints it, read by whoever waits for it.

No share of the whole is told: how many pages there will be is not known before the last of them is laid out.
"""

import enum
import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flask import current_app


class Step(enum.StrEnum):
    """What is being done, in this order; where signs must be spelled out it begins again."""

    PREPARING = "preparing"
    LAYING_OUT = "laying_out"
    DRAWING = "drawing"
    SEALING = "sealing"


@dataclass(frozen=True)
class HowFar:
    """`pages`: the one that is being laid out, from then on how many there are; 0 before."""

    step: Step
    pages: int = 0


Tell = Callable[[HowFar], None]


def tell_nobody(_how_far: HowFar) -> None:
    """For what is printed so soon that nobody asks."""


def place(paper_id: uuid.UUID) -> Path:
    """Where it is noted of a paper."""
    return Path(current_app.config["DATA"]) / "printing" / str(paper_id)


def note(where: Path, how_far: HowFar) -> None:
    """Note it. A paper is printed all the same where that cannot be written."""
    with suppress(OSError):
        where.parent.mkdir(parents=True, exist_ok=True)
        unfinished = where.with_suffix(".part")
        unfinished.write_text(f"{how_far.step.value} {how_far.pages}")
        os.replace(unfinished, where)


def read(paper_id: uuid.UUID) -> HowFar | None:
    """How far a paper is; nothing where nobody prints it yet, or any more."""
    try:
        step, pages = place(paper_id).read_text().split()
    except FileNotFoundError:
        return None
    return HowFar(Step(step), int(pages))


def forget(paper_id: uuid.UUID) -> None:
    """It is printed, or begun anew."""
    place(paper_id).unlink(missing_ok=True)
