"""Counting what a list holds without counting for long, and finding words in columns of text."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

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
    if words.lower() == words.upper():
        return _Holds(text, sa.literal(words), text.contains(words, autoescape=True))
    result: sa.ColumnElement[bool] = text.icontains(words, autoescape=True)
    return result


class _Holds(FunctionElement[bool]):
    """A text, the words looked for in it, and the usual comparison; SQLite has one that is a quarter faster."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(_Holds)
def _as_like(element: _Holds, compiler: SQLCompiler, **how: Any) -> str:
    return f"({compiler.process(list(element.clauses)[2], **how)})"


@compiles(_Holds, "sqlite")
def _as_instr(element: _Holds, compiler: SQLCompiler, **how: Any) -> str:
    text, words, _like = element.clauses
    return f"(instr({compiler.process(text, **how)}, {compiler.process(words, **how)}) > 0)"
