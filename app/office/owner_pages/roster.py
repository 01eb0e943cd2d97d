"""Import of an owner roster: upload, a preview row by row, and only then taking it over."""

from datetime import date

from flask import Request, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.core.clock import local_date, now
from app.core.db import db
from app.core.i18n import _
from app.estates.roster.comparison import Plan, compare
from app.estates.roster.grid import MAX_BYTES, MAX_ROWS
from app.estates.roster.households import Households, take_together
from app.estates.roster.known import what_is_known
from app.estates.roster.lines import Roster
from app.estates.roster.preview import Verdict, counts, preview_rows
from app.estates.roster.queries import past_imports
from app.estates.roster.reading import read_sheets
from app.estates.roster.sheets import read_roster
from app.estates.roster.takeover import take_over
from app.estates.roster.waiting import WaitingRoster, unconfirmed
from app.office.door import estate_id, me, office
from app.office.file_import import MEGABYTES, previewed, uploaded_file, with_refused
from app.office.moments import When
from app.office.owner_pages.roster_words import FIELDS, VERDICTS, facts_of_new, people_of, told_in_words
from app.people.access import may
from app.people.queries import names
from app.people.rules import Act


@office.get("/roster")
@may(Act.IMPORT_ROSTER)
def roster() -> str:
    """Where a roster is uploaded, what it may look like, and the last ones."""
    past = past_imports(estate_id())
    return render_template(
        "office/roster/upload.html",
        past=past,
        names=names(line.staff_id for line in past if line.staff_id),
        when=When(me().estate.time_zone, now()),
        limit=MAX_BYTES,
        megabytes=MEGABYTES,
        max_rows=MAX_ROWS,
        VERDICTS=VERDICTS,
        Verdict=Verdict,
    )


@office.post("/roster")
@may(Act.IMPORT_ROSTER)
def upload_roster() -> Response:
    """Read a file and keep what was read until it is confirmed."""
    here, at = me(), now()
    name, content = uploaded_file("roster")
    mine, estate_names = (here.estate.id, here.id), (here.estate.name_zh, here.estate.name_en)
    db.session.rollback()  # nothing is held while a large file is read

    told = read_roster(read_sheets(name, content), estate_names)
    key = unconfirmed.keep(WaitingRoster(estate_id=mine[0], staff_id=mine[1], file=name, at=at, roster=told))
    db.session.commit()

    return redirect(url_for("office.roster_preview", key=key))


@office.get("/roster/<string(length=64):key>")
@may(Act.IMPORT_ROSTER)
def roster_preview(key: str) -> str:
    """What each row would do. Nothing is written."""
    when = When(me().estate.time_zone, now())
    kept = unconfirmed.fetch(key, estate_id())
    households, plan = _compared(kept.roster, when.today)
    rows = preview_rows(households, plan)
    return render_template(
        "office/roster/preview.html",
        key=key,
        kept=kept,
        plan=plan,
        shown=plan.digest(),
        counts=counts(rows),
        total=len(rows),
        found=previewed(rows),
        when=when,
        people_of=people_of,
        facts_of_new=lambda row: facts_of_new(row, when),
        told=lambda change: told_in_words(change, when),
        FIELDS=FIELDS,
        VERDICTS=VERDICTS,
        Verdict=Verdict,
    )


@office.post("/roster/<string(length=64):key>")
@may(Act.IMPORT_ROSTER)
def confirm_roster(key: str) -> Response:
    """Take over what the preview showed."""
    here, at = me(), now()
    households = take_together(unconfirmed.fetch(key, estate_id()).roster)

    today = local_date(at, here.estate.time_zone)
    plan = take_over(here.estate, households, shown=request.form.get("shown", ""), today=today, by=here.by, at=at)
    rows = counts(preview_rows(households, plan))
    unconfirmed.forget(key)
    db.session.commit()

    flash(_told_in_the_end(rows), "good")
    return redirect(url_for("office.roster"))


@office.post("/roster/<string(length=64):key>/drop")
@may(Act.IMPORT_ROSTER)
def drop_roster(key: str) -> Response:
    """Throw an uploaded roster away."""
    unconfirmed.fetch(key, estate_id())
    unconfirmed.forget(key)
    db.session.commit()

    flash(_("Nothing was written. The uploaded roster is thrown away."), "good")
    return redirect(url_for("office.roster"))


@office.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> Response:
    """Say it in words; a browser only listens once all it sends was taken."""
    _take_in_vain(request)
    flash(str(_("This file is larger than %(limit)s MB.", limit=_most_megabytes())), "refusal")
    own = request.referrer or ""
    return redirect(own if own.startswith(request.host_url) else url_for("office.inbox"))


def _most_megabytes() -> int:
    """What the form that was sent says of itself: a little less than the request with all that surrounds the file."""
    is_roster = (request.endpoint or "") == "office.upload_roster"
    return (MAX_BYTES if is_roster else request.max_content_length or MAX_BYTES) // 1024 // 1024


def _take_in_vain(sent: Request, most: int = 256 * 1024 * 1024) -> None:
    stream = sent.environ["wsgi.input"]
    left = min(sent.content_length or 0, most)
    while left > 0 and (chunk := stream.read(min(left, 1024 * 1024))):
        left -= len(chunk)


def _compared(told: Roster, today: date) -> tuple[Households, Plan]:
    households = take_together(told)
    return households, compare(households, what_is_known(estate_id(), today), today)


def _told_in_the_end(rows: dict[Verdict, int]) -> str:
    new, changed = rows[Verdict.CREATED], rows[Verdict.CHANGED]
    words = _("Imported. New rows: %(new)s, changed: %(changed)s.", new=new, changed=changed)
    return with_refused(words, rows[Verdict.REFUSED])
