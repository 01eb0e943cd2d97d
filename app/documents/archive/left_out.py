"""What the journal in an archive tells of and the archive itself does not hold, so that nothing is left out unseen."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.documents.archive.archive_format import Manifest

_Data = dict[str, Any]


@dataclass(frozen=True)
class _Line:
    """A line of the journal as an archive carries it."""

    seq: int
    at: datetime
    kind: str
    subject_type: str
    subject_id: str
    data: _Data


@dataclass(frozen=True)
class _Whole:
    """What lines are compared with: the period's first midnight and that after it, its months, the visits in it."""

    begin: datetime
    end: datetime
    months: tuple[str, str]
    visits: frozenset[str]


@dataclass(frozen=True)
class Shown:
    """Lines about a `subject`, of one `kind` or of any (""), show that a matter of `type` belongs to the period.

    A row stands here only where the choice of matters (`MATTERS`, `visits_within`) makes it certain: what a later line,
    of a day that is not closed yet, could undo shows nothing. `id_of`: whose it is, where that is not the subject.
    """

    subject: str
    kind: str
    type: str
    words: str
    belongs: Callable[[_Line, _Whole], bool]
    id_of: Callable[[_Line], str] = lambda line: line.subject_id


def _happened_in_it(line: _Line, whole: _Whole) -> bool:
    return whole.begin <= line.at < whole.end


def _took_place_in_it(line: _Line, whole: _Whole) -> bool:
    """By the tablet's clock, whenever it came. Lines that older versions wrote do not say when that was."""
    said = line.data.get("took_place_at")
    return isinstance(said, str) and whole.begin <= datetime.fromisoformat(said) < whole.end


def _month_is_in_it(line: _Line, whole: _Whole) -> bool:
    return whole.months[0] <= str(line.data.get("month", "")) <= whole.months[1]


def _visit_is_in_it(line: _Line, whole: _Whole) -> bool:
    return line.subject_id in whole.visits


SHOWN: tuple[Shown, ...] = (
    Shown("visit", "visit:held", "record", "a visit", _took_place_in_it),
    Shown("attempt", "attempt:recorded", "attempt", "a try that met nobody", _took_place_in_it),
    Shown("inspection", "inspection:recorded", "inspection", "a routine inspection", _took_place_in_it),
    Shown("issue", "", "issue", "an issue", _happened_in_it),
    Shown("complaint", "", "complaint", "a complaint", _happened_in_it),
    Shown("special_visit", "special:ordered", "special", "a special visit", _happened_in_it),
    Shown("survey", "survey:issued", "survey", "a survey", _happened_in_it),
    Shown("survey", "survey:read", "result", "a survey's result", _happened_in_it),
    Shown("survey", "survey:read", "letter", "a survey's open letter", _happened_in_it),
    Shown("survey_meeting", "meeting:recorded", "meeting", "a survey's special meeting", _happened_in_it),
    Shown("survey_sheet", "sheet:collected", "sheet", "a survey's sheet", _happened_in_it),
    Shown("year_report", "", "year", "a year's statistics", _happened_in_it),
    Shown("plan", "plan:put_to_work", "plan", "a month's plan", _month_is_in_it),
    Shown(
        "visit",
        "record:archive",
        "batch",
        "a batch of records",
        _visit_is_in_it,
        lambda line: str(line.data.get("batch", "")),
    ),
)


@dataclass
class LeftOut:
    """Looks at each line in turn. `missing`: what it tells of and is not there, in words; `told_of`: what is."""

    manifest: Manifest
    missing: dict[tuple[str, str], str] = field(default_factory=dict)
    told_of: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        period, self._zone = self.manifest.period, ZoneInfo(self.manifest.estate.time_zone)
        visits = frozenset(record.id for record in self.manifest.records)
        self._here = {("record", visit) for visit in visits}
        self._here |= {(entry.type, entry.id) for entry in self.manifest.entries}
        self._whole = _Whole(
            begin=datetime.combine(period.first, time(), self._zone),
            end=datetime.combine(period.last + timedelta(days=1), time(), self._zone),
            months=(f"{period.first:%Y-%m}", f"{period.last:%Y-%m}"),
            visits=visits,
        )

    def look_at(self, raw: bytes) -> None:
        """A line as it was hashed; nothing stands for one that could not be read any more."""
        if not raw:
            return
        line = _read(raw)
        for row in SHOWN:
            if line.subject_type == row.subject and row.kind in ("", line.kind) and row.belongs(line, self._whole):
                self._must_be_here(row, line)

    def _must_be_here(self, row: Shown, line: _Line) -> None:
        matter = (row.type, row.id_of(line))
        if matter in self._here:
            self.told_of.add(matter)
            return
        day = line.at.astimezone(self._zone).date()
        words = f"line {line.seq} of {day} ({line.kind}) tells of {row.words} that is not in the archive: {matter[1]}"
        self.missing.setdefault(matter, words)


def _read(raw: bytes) -> _Line:
    row = json.loads(raw)
    data = row["data"] if isinstance(row.get("data"), dict) else {}
    at = datetime.fromisoformat(row["at"])
    return _Line(row["seq"], at, row["kind"], row["subject_type"], row["subject_id"], data)
