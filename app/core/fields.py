"""Requests as all doors read them: fields are words without NUL, and a file stands only where a form asks for one."""

from collections.abc import Iterable
from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.datastructures.structures import iter_multi_items
from werkzeug.formparser import FormDataParser

FILES = frozenset({"file", "photos"})
"""The fields of our forms that hold files."""


class Fields(ImmutableMultiDict[str, Any]):
    """What stands in an address or a form; NUL is read as tablets send it, as the sign for what cannot be shown.

    No person types NUL, and no PostgreSQL keeps it.
    """

    def __init__(self, told: Any = None) -> None:
        super().__init__(_without_nul(iter_multi_items(told)) if told is not None else None)


class Forms(FormDataParser):
    """Reads forms. A file in the place of words is as if it were missing: forms read both alike."""

    def parse(self, *told: Any, **more: Any) -> Any:
        stream, form, files = super().parse(*told, **more)
        sent = list(iter_multi_items(files))
        for name, file in sent:
            if name not in FILES:
                file.close()
        return stream, form, self.cls([(name, file) for name, file in sent if name in FILES])


class Asked(Request):
    """A request with such fields."""

    parameter_storage_class = Fields
    form_data_parser_class = Forms

    @property
    def is_json(self) -> bool:
        """Never for a form: JSON holds numbers and lists where forms hold words. A view that takes it reads it."""
        return False


def _without_nul(told: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(_shown(name), _shown(value) if isinstance(value, str) else value) for name, value in told]


def _shown(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
