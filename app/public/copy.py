"""An owner's copy behind its link (form 11): what was signed, and beside it how each issue stands today.

Nobody logs in: whoever holds the link reads it. So nothing about it stays in a browser, a search engine, another site
or our log, and an address that the office does not know tells the same whether it was guessed or has not arrived yet.
"""

import dataclasses
import logging
import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask, Response, make_response, render_template, request

from app.core.clock import local_date, now
from app.core.db import db, writing
from app.core.errors import NotFound
from app.core.i18n import LOCALES, current_locale, speaking
from app.core.limits import limiter
from app.documents.history import state_of
from app.documents.queries import sign_off_sheet as gather
from app.documents.sheets import Bilingual, Language
from app.documents.shelf import sealed_sheet
from app.documents.words import SIGNED_HOW, SIGNER_ROLES
from app.estates.models import Estate
from app.estates.queries import days_to_object
from app.estates.rules import limits
from app.issues.queries import issues_shown
from app.issues.rules import State
from app.people.access import anybody
from app.public.door import public, where_it_is_checked
from app.signatures.messages import StatementText
from app.signatures.models import Statement
from app.signatures.queries import statement_of
from app.visits.copies import COPIES, LinkState, count_opening, link_by_token, link_state, still_lives_there
from app.visits.models import CopyLink, Visit

_TOKEN = re.compile(rf"{COPIES}[^\s/?\"']+")


@dataclass(frozen=True)
class Today:
    """How an issue stands now: its words as they were signed, its number, its state; no name of anybody's."""

    text: str
    number: str
    state: Bilingual
    settled: bool


def init_app(app: Flask) -> None:
    """No token is ever written into the log, not even where a copy fails to be shown."""
    app.logger.addFilter(_without_tokens)


@public.get(f"{COPIES}<token>")
@anybody("an owner holds the link to their own copy; its token cannot be guessed, ends by its date and can be ended")
@limiter.limit("60 per minute")
def copy(token: str) -> Response:
    """The copy, in the language in which it was signed or in the one asked for; where there is none, why not."""
    at = now()
    try:
        link = link_by_token(token)
    except NotFound as unknown:
        return _none(404, "unknown", message=str(unknown.message))
    if link_state(link, at) is not LinkState.OPEN:
        return _closed(link, at)

    page = _page(link, token, at)
    if request.method == "GET":
        _count(link.id, at)
    return _private(make_response(page))


@public.get(f"{COPIES}<token>/sheet.pdf")
@anybody("whoever reads an owner's copy may keep it as a sealed paper")
@limiter.limit("6 per minute")
def copy_sheet(token: str) -> Response:
    """The sealed sheet, without the office's history of it."""
    at = now()
    link = link_by_token(token)
    if link_state(link, at) is not LinkState.OPEN:
        return _closed(link, at)
    language = cast(Language, _language(_statement(link.visit)))
    sheet = gather(link.visit, (language,), printed_at=at, checked_at=where_it_is_checked)
    db.session.rollback()  # no transaction stays open while we print

    sealed = sealed_sheet(dataclasses.replace(sheet, progress=()), at)

    response = Response(sealed, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=f"{sheet.number}.pdf")
    return _private(response)


def _page(link: CopyLink, token: str, at: datetime) -> str:
    visit = link.visit
    statement = _statement(visit)
    text = StatementText.model_validate_json(statement.text)
    estate = db.session.get_one(Estate, visit.estate_id)
    zone = ZoneInfo(estate.time_zone)
    with speaking(_language(statement)):
        return render_template(
            "public/copy.html",
            token=token,
            text=text,
            statement=statement,
            visit=visit,
            estate=estate,
            today=_today(visit, text) if still_lives_there(visit, at) else [],
            object_until=text.visit.date + timedelta(days=days_to_object(estate, visit.started_at)),
            objection_days=limits(estate.settings).objection_days,
            until=local_date(link.valid_until, estate.time_zone),
            roles=SIGNER_ROLES,
            ways=SIGNED_HOW,
            day=_day,
            iso_day=lambda day: _day(date.fromisoformat(day)) if day else "–",
            moment=lambda moment: f"{_day(local_date(moment, estate.time_zone))} {moment.astimezone(zone):%H:%M}",
            clock=lambda moment: f"{moment.astimezone(zone):%H:%M}",
            now=at.astimezone(zone),
            other="en" if current_locale() == "zh" else "zh",
        )


def _today(visit: Visit, text: StatementText) -> list[Today]:
    """The issues of the copy as they are now: those called back on, then those raised; only this unit's."""
    words = {shown.issue_id: shown.text for shown in text.callbacks if shown.issue_id}
    words |= {shown.id: shown.text for shown in text.issues}
    issues = issues_shown(list(words))
    return [
        Today(
            words[issue_id], issues[issue_id].number or "", state_of(issues[issue_id]), _settled(issues[issue_id].state)
        )
        for issue_id in words
        if issue_id in issues and issues[issue_id].unit_id == visit.unit_id
    ]


def _settled(state: State) -> bool:
    return state is State.CLOSED


def _statement(visit: Visit) -> Statement:
    statement = statement_of(visit.id)
    assert statement is not None, "a visit is kept with its statement"
    return statement


def _language(statement: Statement) -> str:
    """The one that is asked for, else the one in which the owner read it."""
    asked = request.args.get("lang", "")
    return asked if asked in LOCALES else statement.locale


def _day(day: date) -> str:
    locale = current_locale()
    return str(format_date(day, "full", locale="zh" if locale == "zh" else "en_GB"))


def _count(link_id: uuid.UUID, at: datetime) -> None:
    db.session.rollback()
    with writing():
        count_opening(link_id, at)
        db.session.commit()


def _closed(link: CopyLink, at: datetime) -> Response:
    """Whoever holds the token of a link that opens no more is told whom to ask for a new one."""
    estate = db.session.get_one(Estate, link.estate_id)
    over = local_date(link.valid_until, estate.time_zone) if link_state(link, at) is LinkState.OVER else None
    with speaking(_language(_statement(link.visit))):
        return _none(410, "closed", estate=estate, over=_day(over) if over else "")


def _none(status: int, why: str, **more: object) -> Response:
    asked = request.args.get("lang", "")
    with speaking(asked if asked in LOCALES else current_locale()):
        page = render_template("public/no_copy.html", why=why, **more)
    return _private(make_response(page, status))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _without_tokens(record: logging.LogRecord) -> bool:
    said = record.getMessage()
    if COPIES in said:
        record.msg, record.args = _TOKEN.sub(f"{COPIES}…", said), ()
    return True
