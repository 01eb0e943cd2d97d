"""A .csv file as a grid, in whichever encoding and with whichever separator it was saved."""

import codecs
import csv
import io

from app.core.errors import Refused
from app.core.i18n import lazy_
from app.estates.roster.grid import MAX_COLUMNS, MAX_ROWS, Grid, Row, too_many, without_tail

SEPARATORS = (",", ";", "\t", "，", "|")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(content: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 with or without mark, GBK or GB18030. Raises `Refused`."""
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _holds_control_characters(text):
            return text
    raise Refused(
        "roster:unreadable_text",
        lazy_("The text of this file cannot be read. Save it as “CSV UTF-8” or as .xlsx."),
    )


def _encodings(content: bytes) -> list[str]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return [encoding]
    if b"\0" not in content:
        return ["utf-8", "gb18030"]
    # Without a mark the zero half of every comma, digit and line end tells which byte comes first.
    even, odd = content[0:4096:2].count(0), content[1:4096:2].count(0)
    return ["utf-16-le" if odd > even else "utf-16-be"]


def _holds_control_characters(text: str) -> bool:
    return any(ord(sign) < 32 and sign not in "\t\r\n\f\v" for sign in text)


def read_grid(text: str, separator: str) -> Grid:
    """The rows of a text. Raises `Refused` where quotation marks do not match or where there are too many rows."""
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            rows.append(tuple(row))
            if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS:
                break
    except csv.Error as error:
        raise Refused(
            "roster:unreadable_line",
            lazy_(
                "Line %(line)s cannot be read: check its quotation marks, or save the file as .xlsx.",
                line=reader.line_num,
            ),
        ) from error
    grid = Grid("", without_tail(rows))
    if len(grid.rows) > MAX_ROWS or any(len(row) > MAX_COLUMNS for row in grid.rows):
        raise too_many()
    return grid


def likely_separators(text: str) -> list[str]:
    """The separators that occur in the first lines, most frequent first; a comma where there are none."""
    head = text[:20_000]
    told = head.lstrip("\ufeff").lower()
    if told.startswith("sep=") and told[4:5] in SEPARATORS:
        return [told[4]]
    counts = sorted(((head.count(sign), sign) for sign in SEPARATORS), key=lambda pair: -pair[0])
    return [sign for count, sign in counts if count] or [","]
