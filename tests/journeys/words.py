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


def like(english: str) -> re.Pattern[str]:
    """The Chinese words with anything in the place of their values."""
    return re.compile(re.sub(r"%\\?\(\w+\\?\)s", ".*", re.escape(zh(english))))
