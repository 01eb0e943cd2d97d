"""Counting what a list holds without counting for long, and finding words in columns of text."""

from typing import Any

import sqlalchemy as sa

from app.core.db import db

MOST = 10_000
"""So many rows are counted; a list that holds more says so."""


def count_up_to(found: sa.Select[Any], most: int = MOST) -> int:
    """How many rows a query finds, at most `most` + 1: more than that are not counted."""
    bounded = found.order_by(None).limit(most + 1).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(bounded)) or 0


def contains(text: Any, words: str) -> sa.ColumnElement[bool]:
    """Whether a text contains these words, wherever and however short; capital or small letters are the same.

    Words without letters that have both, as Chinese ones, are looked for as they are: that is several times faster.
    """
    found = text.contains if words.lower() == words.upper() else text.icontains
    result: sa.ColumnElement[bool] = found(words, autoescape=True)
    return result
