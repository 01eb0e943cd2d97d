"""Where the heads of the journal's chains are published: whoever kept one sees whether anything was cut off since."""

import re
from dataclasses import dataclass

from flask import Response, render_template, request

from app.core.chain import ClosedDay, head
from app.core.chain_check import day_in_chain
from app.core.clock import now
from app.core.db import only_reading
from app.core.errors import Words
from app.core.i18n import current_locale, lazy_
from app.core.journal import COMPANY_STREAM
from app.core.limits import limiter
from app.estates.queries import all_estates
from app.people.access import anybody
from app.public.door import public

WHY = "a head names nobody; it is published so that a journal cut short shows"


@dataclass(frozen=True)
class Chain:
    """Whose chain it is, and its last closed day."""

    code: str
    name: Words
    head: ClosedDay | None


@public.get("/verify/journal")
@anybody(WHY)
@limiter.limit("60 per minute")
def heads() -> str:
    """The head of each chain, and whether one that somebody kept is still in it (`?head=`)."""
    kept = re.sub(r"\s", "", request.args.get("head", "")).lower()[:64]
    with only_reading():
        chains = _chains()
        day = day_in_chain(kept) if kept else None
        names = {chain.head.stream: chain.name for chain in chains if chain.head}
        return render_template(
            "public/heads.html",
            chains=chains,
            kept=kept,
            day=day,
            whose=names.get(day.stream) if day else None,
            at=now(),
        )


@public.get("/verify/journal.txt")
@anybody(WHY)
@limiter.limit("60 per minute")
def heads_as_text() -> Response:
    """The same for a program that keeps them elsewhere: code, day and head of each chain, a line each."""
    with only_reading():
        lines = [f"{chain.code} {chain.head.day} {chain.head.sha256}\n" for chain in _chains() if chain.head]
    return Response("".join(lines), mimetype="text/plain")


def _chains() -> list[Chain]:
    """Every estate's by its code, then the company's own."""
    locale = current_locale()
    chains = [Chain(estate.code, estate.name(locale), head(estate.id)) for estate in all_estates()]
    return [*chains, Chain("company", lazy_("The company"), head(COMPANY_STREAM))]
