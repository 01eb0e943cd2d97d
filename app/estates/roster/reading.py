"""An uploaded file to grids: what it is follows from its bytes, whatever it is called."""

from pathlib import PurePath

from app.core.errors import Refused, TooLarge
from app.core.i18n import lazy_
from app.estates.roster import delimited
from app.estates.roster.archive import locked
from app.estates.roster.grid import MAX_BYTES, Book, Grid
from app.estates.roster.headings import find_headings
from app.estates.roster.workbook import read_workbook

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"PK\x05\x06",
    b"MZ",
)


def read_sheets(name: str, content: bytes) -> Book:
    """The sheets of an uploaded file called `name`. Raises `Refused` in words for whatever is no readable roster."""
    _refuse_by_size(content)
    _refuse_by_name(name)
    if content.startswith(_ZIP):
        return read_workbook(content)
    _refuse_other_kinds(content)
    if PurePath(name).suffix.lower() == ".xlsx":
        raise Refused(
            "roster:wrong_type",
            lazy_("This file is called .xlsx but is no workbook. Save it as .xlsx in a spreadsheet program."),
        )
    return Book((_read_csv(content),))


def _refuse_by_size(content: bytes) -> None:
    if not content.strip(b"\0 \t\r\n"):
        raise Refused("roster:empty", lazy_("This file is empty."))
    if len(content) > MAX_BYTES:
        raise TooLarge(
            "roster:too_large",
            lazy_("This file is larger than %(limit)s MB.", limit=MAX_BYTES // 1024 // 1024),
        )


def _refuse_by_name(name: str) -> None:
    suffix = PurePath(name).suffix.lower()
    if suffix in {".xls", ".et"}:
        raise _old_workbook()
    if suffix not in {".xlsx", ".csv"}:
        raise Refused("roster:wrong_type", lazy_("A roster is an .xlsx or a .csv file."))


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith(_OLD_OFFICE):
        raise locked() if _ENCRYPTED in content else _old_workbook()
    if content.startswith(_OTHERS):
        raise Refused("roster:wrong_type", lazy_("This is no spreadsheet. A roster is an .xlsx or a .csv file."))
    if content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise Refused(
            "roster:wrong_type",
            lazy_("This is a web page that calls itself a spreadsheet. Open it, and save it as .xlsx."),
        )


def _old_workbook() -> Refused:
    return Refused("roster:old_workbook", lazy_("This is an old kind of workbook. Save it as .xlsx and upload that."))


def _read_csv(content: bytes) -> Grid:
    """The text read with the separator by which most headings are understood."""
    text = delimited.read_text(content)
    grids: list[Grid] = []
    refusals: list[Refused] = []
    for separator in delimited.likely_separators(text):
        try:
            grids.append(delimited.read_grid(text, separator))
        except Refused as refusal:
            refusals.append(refusal)
    if not grids:
        raise refusals[0]
    return max(grids, key=_columns_understood)


def _columns_understood(grid: Grid) -> int:
    headings = find_headings(grid)
    return len(headings.columns) if headings else 0
