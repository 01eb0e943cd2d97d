"""Printed sheets, kept by what stands on them: the same sheet is printed and sealed once, whoever asks for it again."""

import hashlib
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from flask import current_app

from app.core.blobs import write_durably
from app.documents.forms import FONTS, TEMPLATES
from app.documents.how_far import HowFar, Step, Tell, tell_nobody
from app.documents.seal.seals import CompanySeal, company_seal
from app.documents.seal.stamps import is_stamped
from app.documents.sheets import Sheet

KEPT_FOR = timedelta(days=30)
"""So long a sheet stays that nobody asks for."""
UNSTAMPED_FOR = timedelta(hours=1)
"""So long one that should bear a time-stamp and has none; then it is printed anew, and the server asked again."""
_TO_BE_STAMPED = "-stamped"
_NOT_YET = "-yet"
_CODE = Path(__file__).parent
_WORDS = _CODE.parent / "translations"


def sealed_sheet(sheet: Sheet, at: datetime) -> bytes:
    """The sheet as a sealed PDF: from the shelf, or printed now, which takes half a second. Raises as `print_sheet`."""
    seals = company_seal(sheet.estate.company, at)
    mark = mark_of(sheet, seals)
    if (kept := take(mark)) is not None:
        return kept
    made = print_and_seal(sheet, seals)
    put(mark, made)
    return made


def print_and_seal(sheet: Sheet, seals: CompanySeal, tell: Tell = tell_nobody) -> bytes:
    """Needs no request, no database and no settings, so that another process can do it; `tell` hears how far it is."""
    from app.documents.printing import print_sheet  # noqa: PLC0415 - seconds that only who prints should spend
    from app.documents.seal.sealing import seal  # noqa: PLC0415

    printed = print_sheet(sheet, tell=tell)
    tell(HowFar(Step.SEALING, printed.pages))
    return seal(printed.pdf, seals, reason=sheet.number)


def mark_of(sheet: Sheet, seals: CompanySeal) -> str:
    """What tells this paper from others, in hex: all that stands on it but the moment of printing, and who seals it."""
    told = hashlib.sha256(_edition().encode())
    told.update(hashlib.sha256(seals.certificate).digest() + seals.stamped_by.encode())
    told.update(f"{type(sheet).__name__} {replace(sheet, printed_at=datetime.min.replace(tzinfo=UTC))!r}".encode())
    return told.hexdigest() + (_TO_BE_STAMPED if seals.stamped_by else "")


def take(mark: str) -> bytes | None:
    """The paper of this mark, if it is on the shelf; it stays for another while."""
    path = _path(mark)
    try:
        paper = path.read_bytes()
        os.utime(path)
    except FileNotFoundError:
        return _taken_without_stamp(path)
    return paper


def put(mark: str, paper: bytes) -> None:
    """Keep a paper under its mark; one without the time-stamp that it should bear only for a while."""
    path = _path(mark)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not mark.endswith(_TO_BE_STAMPED):
        write_durably(path, paper)
    elif is_stamped(paper):
        write_durably(path, paper)
        _missed().unlink(missing_ok=True)
    else:
        write_durably(_without(path), paper)
        _missed().touch()


def stamp_missed_at() -> datetime | None:
    """When a paper was last sealed without the time-stamp that it should bear; nothing if a later one has it."""
    try:
        return datetime.fromtimestamp(_missed().stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def clear_up(at: datetime) -> int:
    """Throw away what nobody has asked for; returns how many papers went."""
    old = [path for path in _folder().glob("*/*") if path.stat().st_mtime < _ends(path, at)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _taken_without_stamp(path: Path) -> bytes | None:
    try:
        return _without(path).read_bytes()
    except FileNotFoundError:
        return None


def _without(path: Path) -> Path:
    return path.with_name(f"{path.name}{_NOT_YET}")


def _ends(path: Path, at: datetime) -> float:
    """What was last asked for before this, in seconds of the clock, goes."""
    return (at - (UNSTAMPED_FOR if path.name.endswith(_NOT_YET) else KEPT_FOR)).timestamp()


def _missed() -> Path:
    return Path(current_app.config["DATA"]) / "no-time-stamp"


def _folder() -> Path:
    return Path(current_app.config["DATA"]) / "printed"


def _path(mark: str) -> Path:
    return _folder() / mark[:2] / mark


@lru_cache(maxsize=1)
def _edition() -> str:
    """How this program prints: its templates, code, words and fonts. Another edition prints everything anew."""
    told = hashlib.sha256(version("weasyprint").encode())
    for folder, pattern in ((TEMPLATES, "*"), (_CODE, "**/*.py"), (_WORDS, "*/*/*.mo"), (FONTS, "*.ttf")):
        for path in sorted(folder.glob(pattern)):
            told.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()
