"""A list to take away: all its pages as CSV or XLSX, in the reader's language, and the journal says who took it."""

import csv
import io
import re
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

from flask import abort, send_file
from werkzeug.wrappers import Response
from xlsxwriter import Workbook

from app.core.clock import now
from app.core.db import db, only_reading
from app.core.i18n import _, current_locale
from app.office.asked import Asked, Column, ListOf, Row, Value
from app.office.door import me
from app.office.listing import is_for_me
from app.office.moments import When
from app.people.actions import note_list_taken

Ids = Callable[[int], list[uuid.UUID]]
Load = Callable[[list[uuid.UUID]], Iterable[Row]]

MOST_ROWS = 50_000
_CHUNK = 500
_HEAD_ROW = 4
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet calculate instead of show; where Chinese is typed, wide signs do as well."""


def take_away(list_: ListOf[Row], asked: Asked, ids: Ids, load: Load[Row], kind: str) -> Response:
    """What a list shows as it is asked, on all its pages, up to MOST_ROWS, as `csv` or `xlsx`; 404 for another kind.

    `ids` finds the rows, in their order, up to a number; `load` brings some of them with what the columns read.
    The file is written to disk before it is sent: one that fails is answered in words, and memory stays small.
    """
    if kind not in _WRITERS:
        abort(404)
    columns = [column for column in list_.columns if is_for_me(column)]
    db.session.rollback()  # a file takes its time to write: nobody who writes waits for it meanwhile
    with only_reading():
        found = ids(MOST_ROWS + 1)
        rows = found[:MOST_ROWS]
        cut = len(found) > len(rows)
        told = _told(list_, asked, len(rows), cut)
        file = _WRITERS[kind](columns, _in_chunks(rows, load), told, cut)
        db.session.rollback()

    filters = {name: value for name, value in asked.chosen.items() if name != "q"}
    note_list_taken(
        me().staff,
        me().estate.id,
        list_.name,
        {"format": kind, "rows": len(rows), "cut": cut, "filters": filters, "by_words": bool(asked.words)},
        by=me().by,
        at=now(),
    )
    db.session.commit()

    name = f"{list_.title}-{_when().today.isoformat()}.{kind}"
    response = send_file(file, mimetype=_MEDIA[kind], as_attachment=True, download_name=name, max_age=0)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _in_chunks(ids: list[uuid.UUID], load: Load[Row]) -> Iterator[Row]:
    """The rows in their order, some at a time, so that memory holds no more than those."""
    left = iter(ids)
    while some := list(islice(left, _CHUNK)):
        yield from load(some)


def _told(list_: ListOf[Any], asked: Asked, count: int, cut: bool) -> list[str]:
    """What stands above the rows: which list, which filters, who took it when, and whether it is whole."""
    filters = " · ".join(list_.say(asked)) or str(_("No filter: everything the list holds"))
    by = _("Rows: %(n)s · taken by %(name)s, %(moment)s", n=count, name=me().name, moment=f"{_local(now()):%F %R}")
    if cut:
        by = " · ".join((_("Only the first %(n)s rows: filter to have the others.", n=MOST_ROWS), by))
    return [f"{list_.title} · {me().estate.name(current_locale())}", filters, by]


def _csv(columns: list[Column[Row]], rows: Iterator[Row], told: list[str], cut: bool) -> IO[bytes]:
    """UTF-8 with the mark that spreadsheet programs look for; one that is cut says so in its last line."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    out = csv.writer(text)
    out.writerow([str(column.title) for column in columns])
    for row in rows:
        out.writerow([_plain(column.value(row)) for column in columns])
    if cut:
        out.writerow([_plain(told[-1])])
    text.detach()  # the file stays open
    file.seek(0)
    return file


def _plain(value: Value) -> str:
    """As text; what would be taken for a formula is marked as text."""
    if isinstance(value, datetime):
        return f"{_local(value):%F %R}"
    if isinstance(value, date):
        return value.isoformat()
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULAS) else text


def _xlsx(columns: list[Column[Row]], rows: Iterator[Row], told: list[str], _cut: bool) -> IO[bytes]:
    """Days and numbers as themselves, text as text; the head stays in sight.

    Every row is on disk before the next one is made.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    with Workbook(file, {"constant_memory": True}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.freeze_panes(_HEAD_ROW, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
        for line, words in enumerate(told):
            sheet.write_string(line, 0, _text(words), bold if line == 0 else None)
        for place, column in enumerate(columns):
            sheet.write_string(_HEAD_ROW - 1, place, _text(str(column.title)), bold)
        sheet.autofilter(_HEAD_ROW - 1, 0, _HEAD_ROW - 1, len(columns) - 1)
        _write(book, sheet, columns, rows)
    file.seek(0)
    return file


def _write(book: Any, sheet: Any, columns: list[Column[Row]], rows: Iterator[Row]) -> None:
    """The rows below the head: of very many most of the time goes by here."""
    text, number, moment = sheet.write_string, sheet.write_number, sheet.write_datetime
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    minutes, days = (book.add_format({"num_format": f}) for f in ("yyyy-mm-dd hh:mm", "yyyy-mm-dd"))
    values, local = [column.value for column in columns], _when().local
    for line, row in enumerate(rows, start=_HEAD_ROW):
        for place, value_of in enumerate(values):
            value = value_of(row)
            if isinstance(value, str):
                if value:
                    text(line, place, _text(value), wrapped if len(value) > _LONG else None)
            elif isinstance(value, datetime):
                moment(line, place, local(value).replace(tzinfo=None), minutes)
            elif isinstance(value, date):
                moment(line, place, value, days)
            elif value is not None:
                number(line, place, value)


def _text(words: str) -> str:
    """What a cell can hold of it."""
    return _CONTROL.sub("", words)[:_MOST_IN_A_CELL]


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MOST_IN_A_CELL = 32_767
_LONG = 30
_WRITERS: dict[str, Callable[..., IO[bytes]]] = {"csv": _csv, "xlsx": _xlsx}


def _local(at: datetime) -> datetime:
    return _when().local(at)


def _when() -> When:
    return When(me().estate.time_zone, now())
