"""What an archive tells of a matter beside the visits: facts, history, photos, in both languages, as canonical JSON."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.core.clock import isoformat
from app.documents.archive.archive_format import Absent
from app.documents.sheets import Bilingual, Sheet
from app.signatures.rules import canonical


@dataclass(frozen=True)
class Fact:
    """One field: what it is, what it says, and as the office keeps it where that is a code or a moment."""

    key: str
    what: Bilingual
    said: Bilingual
    value: str = ""


@dataclass(frozen=True)
class Happened:
    """One line of a history. `day`, `clock`: by the estate's calendar."""

    at: str
    day: str
    clock: str
    what: Bilingual
    detail: Bilingual
    note: str
    who: str
    round: int


@dataclass(frozen=True)
class Shown:
    """A photo. `stage`: what it shows, `raised`, `before` or `after`; `in_record`: of the visit that it came with."""

    sha256: str
    stage: str
    round: int
    at: str
    who: str


@dataclass(frozen=True)
class Matter:
    """One matter. `about`: its first words; `who`: whoever had it in hand; `state`: what became of it.

    `photos` are those that it names, `here` those whose bytes the office holds, `absent` why others are not here.
    `sheet`, if it has a form of its own, is printed and sealed as `paper`.
    """

    type: str
    id: str
    number: str
    at: datetime
    where: Bilingual
    about: Bilingual
    who: str
    state: Bilingual
    facts: tuple[Fact, ...]
    history: tuple[Happened, ...] = ()
    photos: tuple[Shown, ...] = ()
    here: tuple[str, ...] = ()
    absent: tuple[Absent, ...] = ()
    sheet: Sheet | None = None
    paper: str = ""

    def as_json(self) -> bytes:
        """RFC 8785 canonical JSON."""
        return canonical(
            {
                "v": 1,
                "type": self.type,
                "id": self.id,
                "number": self.number,
                "at": isoformat(self.at),
                "where": asdict(self.where),
                "about": asdict(self.about),
                "who": self.who,
                "state": asdict(self.state),
                "facts": [asdict(fact) for fact in self.facts],
                "history": [asdict(line) for line in self.history],
                "photos": [asdict(photo) for photo in self.photos],
            }
        )


@dataclass(frozen=True)
class Facts:
    """Gathers facts in the time of an estate; what says nothing is left out."""

    zone: str

    def moment(self, at: datetime) -> str:
        """`2026-11-28 10:02`."""
        return f"{at.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}"

    def said(self, key: str, what: Bilingual, said: str | int | date | Bilingual | None, value: str = "") -> list[Fact]:
        """A fact in words."""
        if said is None or said == "" or (isinstance(said, Bilingual) and not said.zh):
            return []
        return [Fact(key, what, said if isinstance(said, Bilingual) else same(str(said)), value)]

    def when(self, key: str, what: Bilingual, at: datetime | None) -> list[Fact]:
        """A moment."""
        return [Fact(key, what, same(self.moment(at)), isoformat(at))] if at else []

    def happened(
        self,
        at: datetime,
        what: Bilingual,
        *,
        who: str = "",
        note: str = "",
        detail: Bilingual | None = None,
        round_: int = 1,
    ) -> Happened:
        """A line of a history."""
        local = at.astimezone(ZoneInfo(self.zone))
        day, clock = f"{local:%Y-%m-%d}", f"{local:%H:%M}"
        return Happened(isoformat(at), day, clock, what, detail or same(""), note, who, round_)


def same(words: str) -> Bilingual:
    """What is said in whatever language it was written in."""
    return Bilingual(words, words)


def joined(parts: Iterable[Bilingual]) -> Bilingual:
    """Several words beside each other."""
    told = [part for part in parts if part.zh]
    return Bilingual("、".join(part.zh for part in told), ", ".join(part.en for part in told))


def number_of(number: str | None, id_: uuid.UUID) -> str:
    """The office's number, or the id of what has none."""
    return number or str(id_)
