"""Notices by the clock: the journal is read, and what is due is sent, each step committed here before the next."""

import random
from datetime import datetime

from flask import current_app

from app.core.db import db
from app.estates.queries import all_estates
from app.notices.sending import forget_old, note_outcome, send, take_next
from app.notices.telling import tell_next

MOST_MESSAGES = 30
"""How many messages one run sends, so that other jobs wait for minutes at most; the next run sends on."""


def send_notices(at: datetime) -> int:
    """Tell what happened since the last time. Returns how many messages were tried.

    It can be killed anywhere: what was not marked as sent is sent again, what was marked is not.
    """
    read_the_journal(at)
    tried = 0
    while tried < MOST_MESSAGES and send_one(at):
        tried += 1
    forget_old(at=at)
    db.session.commit()
    return tried


def read_the_journal(at: datetime) -> None:
    """Every estate's lines after its cursor become notices; notices and cursor are committed together."""
    for estate in all_estates():
        more = True
        while more:
            more = tell_next(estate, at=at)
            db.session.commit()


def send_one(at: datetime) -> bool:
    """Take what is due at one channel, send it, note what came of it. Returns whether anything was due."""
    parcel = take_next(at=at, base=current_app.config["PUBLIC_URL"])
    db.session.commit()
    if parcel is None:
        return False

    trouble = send(parcel)  # no transaction is open meanwhile

    note_outcome(parcel, trouble, at=at, jitter=random.random())  # noqa: S311 - spreads load, guards nothing
    db.session.commit()
    return True
