"""Requests as all doors read them: no field holds NUL, which nobody types and no PostgreSQL keeps."""

from collections.abc import Iterable
from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.datastructures.structures import iter_multi_items


class Fields(ImmutableMultiDict[str, Any]):
    """What stands in an address or a form; NUL is read as tablets send it, as the sign for what cannot be shown."""

    def __init__(self, told: Any = None) -> None:
        super().__init__(_without_nul(iter_multi_items(told)) if told is not None else None)


class Asked(Request):
    """A request with such fields."""

    parameter_storage_class = Fields


def _without_nul(told: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(_shown(name), _shown(value) if isinstance(value, str) else value) for name, value in told]


def _shown(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
