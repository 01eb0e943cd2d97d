"""Archives of a period (V47): ordered here, made by the press meanwhile, taken away by whoever may."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from flask import redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import NotFound, Refused, Words
from app.core.i18n import _, current_locale, lazy_
from app.core.journal import JournalLine
from app.core.limits import limiter
from app.documents.archive import archives as kept
from app.documents.archive import periods
from app.documents.archive.archive_format import Waiting
from app.documents.archive.archive_pages import WHY_ABSENT, waiting_words
from app.documents.archive.archives import KEPT_FOR, SHOWN
from app.documents.archive.matters import MATTERS, months_to_archive
from app.documents.archive.periods import Days, Held
from app.documents.at_the_press import OPEN
from app.documents.models import Archive, Progress
from app.office.asked import day_in
from app.office.door import estate_id, me, office
from app.office.made import has_it
from app.office.moments import When, period_words
from app.people.access import may
from app.people.queries import names
from app.people.rules import Act
from app.public.door import reached_at
from app.sync.kept import not_entered

OTHER_DAYS = "days"
"""Chosen where the period is none of those offered."""


@dataclass(frozen=True)
class Offered:
    """Periods of one kind, newest first."""

    title: Words
    periods: list[Held]


@office.get("/batches/archives")
@may(Act.KEEP_ARCHIVES)
def archives() -> str:
    """The archives that are kept, and the form with which one orders another."""
    return _page()


@office.post("/batches/archives")
@may(Act.KEEP_ARCHIVES)
@limiter.limit("10 per minute")
def order_archive() -> Response | tuple[str, int]:
    """Have the records of a period made into one file."""
    here, at = me(), now()
    try:
        days = _days_asked_for()
        ordered = kept.order_archive(
            here.estate,
            days,
            languages=request.form.get("lang", "both"),
            base=reached_at(),
            staff=here.staff,
            by=here.by,
            at=at,
        )
    except Refused as refusal:
        db.session.rollback()
        return _page(refusal.message), refusal.status
    db.session.commit()
    return redirect(url_for("office.archive", archive_id=ordered.id))


@office.get("/batches/archives/<uuid:archive_id>")
@may(Act.KEEP_ARCHIVES)
def archive(archive_id: uuid.UUID) -> str:
    """How far an archive is; what is not in it; who ordered it and who took it."""
    shown = kept.the_archive(estate_id(), archive_id)
    if shown.state is Progress.FAILED and shown.staff_id == me().id:
        has_it(shown)
    lines = kept.takings([shown.id])
    return render_template(
        "office/archive.html",
        archive=shown,
        period=_said(shown),
        history=[line for line in lines if line.kind != "archive:made"],
        matters=_matters(lines),
        made_of=_made(lines),
        names=names({line.staff_id for line in lines if line.staff_id}),
        ends_at=shown.asked_at + KEPT_FOR,
        is_open=shown.state in OPEN,
        Progress=Progress,
        WHY_ABSENT=WHY_ABSENT,
        most_shown=SHOWN,
        when=_when(),
    )


@office.post("/batches/archives/<uuid:archive_id>.zip")
@may(Act.KEEP_ARCHIVES)
@limiter.limit("10 per minute")
def take_archive(archive_id: uuid.UUID) -> Response:
    """The file, once it is made. The journal says who took it."""
    shown = kept.the_archive(estate_id(), archive_id)
    file = kept.file_of(shown.id)
    if shown.state is not Progress.READY or not file.exists():
        raise NotFound("archive:not_ready", _("This archive is not made yet."))
    name = f"{me().estate.code}-{shown.first_on.isoformat()}-{shown.last_on.isoformat()}.zip"
    kept.note_taken(shown, by=me().by, at=now())
    db.session.commit()

    response = send_file(file, "application/zip", as_attachment=True, download_name=name, max_age=0)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@dataclass(frozen=True)
class MadeOf:
    """When what is in an archive was chosen, and what had not been entered then, in words."""

    chosen_at: datetime
    not_in_it: list[str]


def _made(lines: list[JournalLine]) -> MadeOf | None:
    made = next((line for line in lines if line.kind == "archive:made" and "chosen_at" in line.data), None)
    if made is None:
        return None
    words = waiting_words(Waiting.model_validate(made.data["waiting"]))
    return MadeOf(datetime.fromisoformat(made.data["chosen_at"]), words)


@dataclass(frozen=True)
class ToCheck:
    """Records that can be in no archive, because nobody has entered them yet: how many, and of which days."""

    count: int
    first: date | None
    last: date | None


def _to_check() -> ToCheck:
    estate = me().estate
    moments = list(not_entered(estate.id))
    days = sorted(local_date(at, estate.time_zone) for at in moments if at)
    return ToCheck(len(moments), days[0] if days else None, days[-1] if days else None)


def _matters(lines: list[JournalLine]) -> list[tuple[Words, int]]:
    """How many matters of each kind are in it beside the records."""
    made = next((line for line in lines if line.kind == "archive:made"), None)
    counted = made.data.get("matters", {}) if made else {}
    return [(kind.title, counted[kind.type]) for kind in MATTERS if kind.type in counted]


def _page(refused: Words | None = None) -> str:
    here, when = me(), _when()
    found = kept.archives_of(estate_id())
    taken: dict[uuid.UUID, int] = {}
    for line in kept.takings(one.id for one in found):
        taken[line.subject_id] = taken.get(line.subject_id, 0) + (line.kind == "archive:taken")
    offered = _offered()
    return render_template(
        "office/archives.html",
        archives=[(one, _said(one)) for one in found],
        taken=taken,
        names=names({one.staff_id for one in found}),
        offered=offered,
        to_check=_to_check(),
        may_decide=here.may(Act.DECIDE_RECORDS),
        chosen=request.form.get("period") or _usual(offered, when.today),
        first=request.form.get("first", ""),
        last=request.form.get("last", ""),
        lang=request.form.get("lang", "both"),
        refused=refused,
        estate_name=here.estate.name(current_locale()),
        OTHER_DAYS=OTHER_DAYS,
        Progress=Progress,
        words=_period,
        when=when,
    )


def _offered() -> list[Offered]:
    """The months, quarters and years of which anything can be archived."""
    months = months_to_archive(me().estate, _when().today)
    return [
        Offered(lazy_("Months"), periods.counted(map(periods.month_of, months), months)),
        Offered(lazy_("Quarters"), periods.counted(map(periods.quarter_of, months), months)),
        Offered(lazy_("Years"), periods.counted(map(periods.year_of, months), months)),
    ]


def _usual(offered: list[Offered], today: date) -> str:
    """The last month that is over, or else the first that is offered."""
    months = [held.days for held in offered[0].periods]
    over = [days for days in months if days.last < today]
    return _value((over or months)[0]) if months else OTHER_DAYS


def _value(days: Days) -> str:
    return f"{days.first.isoformat()}..{days.last.isoformat()}"


def _days_asked_for() -> Days:
    """The period of the form. Refuses `archive:days` for days that are none."""
    asked = request.form.get("period", OTHER_DAYS)
    first, last = (
        (request.form.get("first", ""), request.form.get("last", ""))
        if asked == OTHER_DAYS
        else (asked.partition("..")[0], asked.partition("..")[2])
    )
    days = day_in(first), day_in(last)
    if days[0] is None or days[1] is None:
        raise Refused("archive:days", _("Choose the first and the last day of the period."))
    return Days(days[0], days[1])


def _period(days: Days) -> str:
    return period_words(days, _when())


def _said(one: Archive) -> str:
    return _period(Days(one.first_on, one.last_on))


def _when() -> When:
    return When(me().estate.time_zone, now())
