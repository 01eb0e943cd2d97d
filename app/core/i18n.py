"""Chinese and English: the words of the server and which of the two a person reads."""

from contextlib import AbstractContextManager
from typing import Any

from flask import Flask, has_request_context
from flask_babel import Babel, force_locale, get_locale, gettext, lazy_gettext

LOCALES = ("zh", "en")
DEFAULT_LOCALE = "zh"

_ = gettext
lazy_ = lazy_gettext

__all__ = ["DEFAULT_LOCALE", "LOCALES", "_", "current_locale", "init_app", "lazy_", "speaking", "words_in"]


def init_app(app: Flask, locale_of_request: Any) -> None:
    """Let `locale_of_request()` say which language the person at the door reads. Where nobody asks, it is Chinese."""

    def locale() -> str:
        return str(locale_of_request()) if has_request_context() else DEFAULT_LOCALE

    Babel(app, default_locale=DEFAULT_LOCALE, locale_selector=locale)


def current_locale() -> str:
    """`zh` or `en`."""
    locale = get_locale() if has_request_context() else None
    return locale.language if locale and locale.language in LOCALES else DEFAULT_LOCALE


def speaking(locale: str) -> AbstractContextManager[None]:
    """Inside, `_` speaks the given language, whoever's request it is."""
    return force_locale(locale if locale in LOCALES else DEFAULT_LOCALE)  # type: ignore[no-any-return]


def words_in(locale: str, words: object) -> str:
    """`words`, a lazy translation perhaps, in the given language."""
    with speaking(locale):
        return str(words)
