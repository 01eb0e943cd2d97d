"""What a process that prints does: one sheet, sealed, or why there is none."""

from dataclasses import dataclass

from app.core.errors import Refused
from app.documents import shelf
from app.documents.seal.seals import CompanySeal
from app.documents.sheets import Sheet


@dataclass(frozen=True)
class Refusal:
    """Why there is no sheet: the code of the refusal, and the letters that no font has."""

    code: str
    letters: str = ""


def print_one(sheet: Sheet, seals: CompanySeal) -> bytes | Refusal:
    """The sealed sheet. Needs no database and no settings."""
    try:
        return shelf.print_and_seal(sheet, seals)
    except Refused as refused:
        letters = refused.detail.get("characters")
        return Refusal(refused.code, "".join(letters) if isinstance(letters, list) else "")
