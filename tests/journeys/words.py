"""What stands on the screens in Chinese, looked up by the English words in the code."""

import re
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

PO = Path(__file__).parents[2] / "app/translations/zh/LC_MESSAGES/messages.po"


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    with PO.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def zh(english: str, **values: object) -> str:
    """The Chinese words for an English message, with its values. Raises KeyError for words that are not there."""
    words = _catalogue()[english]
    return words % values if values else words


def said(locale: str, english: str, **values: object) -> str:
    """The words for an English message in `zh` or `en`, with its values."""
    return zh(english, **values) if locale == "zh" else english % values if values else english


def like(english: str, locale: str = "zh") -> re.Pattern[str]:
    """The words with anything in the place of their values."""
    return re.compile(re.sub(r"%\\?\(\w+\\?\)s", ".*", re.escape(said(locale, english))))
