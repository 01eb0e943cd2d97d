"""What a process that prints does: one sheet, sealed, or why there is none."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.core.errors import Refused
from app.documents import how_far, shelf
from app.documents.seal.seals import CompanySeal
from app.documents.sheets import Sheet


@dataclass(frozen=True)
class Refusal:
    """Why there is no sheet: the code of the refusal, and the letters that no font has."""

    code: str
    letters: str = ""


def print_one(sheet: Sheet, seals: CompanySeal, noted_at: Path | None = None) -> bytes | Refusal:
    """The sealed sheet. Needs no database and no settings. `noted_at`: where it notes how far it is."""
    tell = partial(how_far.note, noted_at) if noted_at else how_far.tell_nobody
    try:
        return shelf.print_and_seal(sheet, seals, tell)
    except Refused as refused:
        letters = refused.detail.get("characters")
        return Refusal(refused.code, "".join(letters) if isinstance(letters, list) else "")
