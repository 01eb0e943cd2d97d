"""What people read in an archive, without a server and without our software: an index in each language, a README."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.core.errors import Words
from app.core.i18n import _, lazy_, speaking
from app.documents.archive.archive_format import MANIFEST, SEAL, SIGNATURE, SUMS, TABLETS, Absent, File, Kind, Waiting
from app.documents.archive.archived import Listed
from app.documents.archive.matter import Matter
from app.documents.archive.matters import MATTERS, MatterKind
from app.documents.archive.periods import Days
from app.documents.forms import ROOT
from app.documents.sheets import Bilingual
from app.documents.words import HTML_LANGUAGE
from app.estates.models import Estate

TEMPLATES = ROOT / "templates" / "archive"
INDEX: dict[str, str] = {"zh": "index.html", "en": "index-en.html"}
README = "README.txt"
KINDS: dict[str, MatterKind] = {kind.type: kind for kind in MATTERS}
_ENDINGS = {"zh": ".html", "en": "-en.html"}
_OTHER = {"zh": "en", "en": "zh"}

WHY_ABSENT: dict[str, Words] = {
    "photo:on_its_way": lazy_("This photo is still on the tablet."),
    "photo:lost": lazy_("This photo is not on the server any more."),
    "photo:altered": lazy_("What the server holds under this name is another picture."),
    "document:statement_differs": lazy_("The text of this sheet is not the one that was signed."),
    "document:glyph_missing": lazy_("No font on the server can draw a letter that stands on it."),
    "document:part_missing": lazy_("Part of this sheet could not be printed. Nothing was produced."),
}
"""Why something that a record names is not in its archive."""


@dataclass(frozen=True)
class Entry:
    """A record with its files, as an index shows it."""

    listed: Listed
    day: date
    clock: str
    files: Sequence[File]

    def of(self, *kinds: str) -> list[File]:
        """Its files of these kinds."""
        return [file for file in self.files if file.kind.value in kinds]


@dataclass(frozen=True)
class MatterListed:
    """A matter as a list shows it, and where its files lie: `told` its JSON, `pages` by locale, if it has any.

    `number`: "" where it has none.
    """

    type: str
    number: str
    at: datetime
    where: Bilingual
    about: Bilingual
    who: str
    state: Bilingual
    told: str
    pages: dict[str, str]
    photos: tuple[str, ...]
    paper: str


def listed_as(
    kind: MatterKind, matter: Matter, folder: str, photos: dict[str, str], *, is_printed: bool
) -> MatterListed:
    """`photos`: where each lies, by its SHA-256."""
    return MatterListed(
        type=kind.type,
        number=matter.number if matter.number != matter.id else "",
        at=matter.at,
        where=matter.where,
        about=matter.about,
        who=matter.who,
        state=matter.state,
        told=f"{folder}/{kind.type}.json",
        pages={locale: f"{folder}/{page_name(kind, locale)}" for locale in INDEX} if kind.has_page else {},
        photos=tuple(dict.fromkeys(photos[one.sha256] for one in matter.photos if one.sha256 in photos)),
        paper=f"{folder}/{matter.paper}" if is_printed else "",
    )


def list_name(type_: str, locale: str) -> str:
    """The list of all matters of a kind."""
    return f"{KINDS[type_].folder}{_ENDINGS[locale]}"


def page_name(kind: MatterKind, locale: str) -> str:
    """The page of one matter, in its folder."""
    return f"{kind.type}{_ENDINGS[locale]}"


@dataclass(frozen=True)
class Pages:
    """The pages of one archive. Index and README say when it was made and what had not been entered then.

    All others tell nothing of that, so that unchanged records make the same page.
    """

    estate: Estate
    days: Days
    made_at: datetime
    waiting: Waiting

    def index(
        self,
        locale: str,
        listed: Iterable[Listed],
        matters: Sequence[MatterListed],
        files: Sequence[File],
        absent: Sequence[Absent],
    ) -> Iterator[bytes]:
        """The first page in a language, piece by piece."""
        by_record: dict[str, list[File]] = {}
        general: list[File] = []
        for file in files:
            (by_record.setdefault(file.of, []) if file.of else general).append(file)
        zone = ZoneInfo(self.estate.time_zone)
        entries = [_entry(one, zone, by_record.pop(one.number, [])) for one in listed]
        batches = [file for some in by_record.values() for file in some if file.kind is Kind.DESK_SIGNATURE]
        counts = Counter(matter.type for matter in matters)
        return self._rendered(
            "index.html",
            locale,
            other=INDEX[_OTHER[locale]],
            months=[(_month(month, locale), list(some)) for month, some in groupby(entries, _first_of_month)],
            total=len(entries),
            archived=sum(entry.listed.is_archived for entry in entries),
            photos=sum(file.kind is Kind.PHOTO for file in files),
            lists=[(KINDS[type_].title, list_name(type_, locale), n) for type_, n in counts.items()],
            batches=[(number, list(some)) for number, some in groupby(batches, lambda file: file.of)],
            general=[file for file in general if file.kind is not Kind.PAGE],
            absent=absent,
            not_in_it=self._not_in_it,
            WHY_ABSENT=WHY_ABSENT,
            readme=README,
            manifest=MANIFEST,
            signature=SIGNATURE,
            sums=SUMS,
            seal=SEAL,
        )

    def matters(self, locale: str, type_: str, matters: Iterable[MatterListed]) -> Iterator[bytes]:
        """All matters of a kind in a language, piece by piece."""
        mine = [matter for matter in matters if matter.type == type_]
        zone = ZoneInfo(self.estate.time_zone)

        def month_of(matter: MatterListed) -> date:
            return matter.at.astimezone(zone).date().replace(day=1)

        return self._rendered(
            "matters.html",
            locale,
            other=list_name(type_, _OTHER[locale]),
            index=INDEX[locale],
            kind=KINDS[type_],
            months=[(_month(month, locale), list(some)) for month, some in groupby(mine, month_of)],
            total=len(mine),
            places=any(matter.where.zh for matter in mine),
            zone=zone,
        )

    def readme(self) -> bytes:
        """What is in it and what is not, and how to verify it with tools that every machine has, in both languages."""
        return "\n\n".join(map(self._readme_in, ("zh", "en"))).encode() + b"\n"

    def _readme_in(self, locale: str) -> str:
        estate, period = self.estate.name(locale), _period(self.days, locale)
        with speaking(locale):
            title = _("Archive of owner visits: %(estate)s, %(period)s", estate=estate, period=period)
            steps = (_step(words, command) for words, command in _STEPS)
            contents = "\n".join(f"  {name:<20}{words}" for name, words in _CONTENTS)
            parts = (
                title + "\n" + "=" * 72,
                str(_OPEN),
                str(_CONTENT) + "\n" + contents,
                "\n".join((str(_NOT_IN_IT), *(f"  {words}" for words in self._not_in_it()))),
                str(_VERIFY),
                *steps,
                str(_BY_PROGRAM),
                str(_PERSONAL),
            )
            return "\n\n".join(parts)

    def _not_in_it(self) -> list[str]:
        """What no archive of that moment could hold, in the language that is spoken."""
        moment = f"{self.made_at.astimezone(ZoneInfo(self.estate.time_zone)):%Y-%m-%d %H:%M}"
        words = _("It was made at %(moment)s. What came or went on after that is not in it.", moment=moment)
        return [words, *waiting_words(self.waiting)]

    def _rendered(self, template: str, locale: str, **said: object) -> Iterator[bytes]:
        given = {"estate": self.estate, "period": _period(self.days, locale)} | said
        with speaking(locale):
            yield from _rendered(template, locale, given)


def matter_page(locale: str, kind: MatterKind, matter: Matter, photos: dict[str, str], paper: str) -> bytes:
    """One matter with its history, in a language. `photos`: where each lies, by its SHA-256; `paper`: beside it."""
    given = {
        "paper": paper,
        "other": page_name(kind, _OTHER[locale]),
        "index": f"../../{INDEX[locale]}",
        "list": f"../../{list_name(kind.type, locale)}",
        "kind": kind,
        "matter": matter,
        "photos": {one.sha256: f"../../{photos[one.sha256]}" for one in matter.photos if one.sha256 in photos},
    }
    with speaking(locale):
        return b"".join(_rendered("matter.html", locale, given))


def _rendered(template: str, locale: str, given: dict[str, object]) -> Iterator[bytes]:
    common = {"_": _, "locale": locale, "html_language": HTML_LANGUAGE["en" if locale == "en" else "zh"]}
    pieces = _templates().get_template(template).stream(common | given)
    pieces.enable_buffering(200)
    for piece in pieces:
        yield piece.encode()


def waiting_words(waiting: Waiting) -> list[str]:
    """What waited for a person, and is not in the archive, in the language that is spoken; nothing if nothing did."""
    told = []
    if waiting.of_period:
        told.append(
            _(
                "Records of these days that still waited in the office, under “Records to check”: %(n)s.",
                n=waiting.of_period,
            )
        )
    if waiting.unread:
        told.append(_("Records that waited there and of which nobody can read the day: %(n)s.", n=waiting.unread))
    return told


def _step(words: Words, command: str) -> str:
    return f"{words}\n\n    {command}"


_OPEN = lazy_(
    "Open index.html in any browser: it names every record and leads to its papers. No software of ours is needed."
)
_CONTENT = lazy_("What is in it:")
_CONTENTS: tuple[tuple[str, Words], ...] = (
    (
        "records/",
        lazy_("for each visit: sign-off sheet, visit record, the signed text, the strokes of each signature, photos"),
    ),
    ("attempts/", lazy_("each try that met nobody: when, by whom, about what, why")),
    ("inspections/", lazy_("what was noticed on routine inspections, with its photos")),
    ("issues/", lazy_("each issue with everything that was done about it, and the departments' photos of the work")),
    ("complaints/", lazy_("the record of each complaint")),
    ("calls/", lazy_("the summary of each month's phone callbacks")),
    ("orders/", lazy_("the register of each month's work orders")),
    ("plans/", lazy_("each month's plan, with whoever approved it and every change of it")),
    ("specials/", lazy_("special visits: who ordered them, and what became of each home")),
    ("batches/", lazy_("what supervisor and manager did, wrote and signed when they read the records")),
    ("surveys/", lazy_("each survey: who signed for a sheet of it, who issued it and who read its result")),
    ("sheets/", lazy_("each sheet of a survey as its owner answered it")),
    ("years/", lazy_("the statistics of a year, with what was said of them")),
    ("journal/", lazy_("every line of the days that were closed in the period, and the closed days that chain them")),
    (TABLETS, lazy_("the public keys of the tablets on which was signed")),
    (SEAL, lazy_("the certificate of the company's seal")),
    (SUMS, lazy_("the SHA-256 of every file")),
    (MANIFEST, lazy_("what every file is and belongs to, with size and SHA-256, and what is absent and why")),
    (SIGNATURE, lazy_("the company's signature under the manifest (CMS)")),
)
_NOT_IN_IT = lazy_("What is not in it:")
_VERIFY = lazy_(
    "To verify it, unpack it, go to its folder and run these commands. Each says in its own words whether it agrees."
)
_STEPS: tuple[tuple[Words, str], ...] = (
    (
        lazy_("1. Whose certificate is it? Compare the fingerprint with the one that the company told you."),
        f"openssl x509 -in {SEAL} -noout -subject -fingerprint -sha256",
    ),
    (
        lazy_("2. Is the manifest as the company signed it?"),
        f"openssl cms -verify -binary -inform DER -in {SIGNATURE} -content {MANIFEST} -CAfile {SEAL} -out /dev/null",
    ),
    (
        lazy_(
            "3. Is the list of hashes the one that the manifest names? It prints the line if it is, and nothing if not."
        ),
        f'grep -o "$(sha256sum {SUMS} | cut -d" " -f1)" {MANIFEST}',
    ),
    (
        lazy_("4. Is every file as it was? It prints nothing if they all are."),
        f"sha256sum --quiet --strict --check {SUMS}",
    ),
)
_BY_PROGRAM = lazy_(
    "“doorstep verify-archive FILE --trust CERTIFICATE” does all of this at once, without a server, and examines every "
    "seal, signature and photo, and the chain of the journal. It names exactly what does not agree."
)
_PERSONAL = lazy_("It holds personal data of owners: keep it where only those can read it who may.")


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader([TEMPLATES, TEMPLATES.parent / "documents"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _entry(listed: Listed, zone: ZoneInfo, files: list[File]) -> Entry:
    local = listed.started_at.astimezone(zone)
    return Entry(listed, local.date(), f"{local:%H:%M}", files)


def _first_of_month(entry: Entry) -> date:
    return entry.day.replace(day=1)


def _month(month: date, locale: str) -> str:
    return str(format_date(month, "y年M月" if locale == "zh" else "MMMM y", locale=locale))


def _period(days: Days, locale: str) -> str:
    pattern = "y年M月d日" if locale == "zh" else "d MMM y"
    first, last = (
        format_date(day, pattern, locale="zh" if locale == "zh" else "en_GB") for day in (days.first, days.last)
    )
    return first if first == last else f"{first} – {last}"
