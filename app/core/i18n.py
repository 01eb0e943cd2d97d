"""Chinese and English: the words of the server and which of the two a person reads."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from babel import Locale
from flask import Flask, g, has_app_context, has_request_context
from flask_babel import Babel, LazyString, force_locale, get_locale, get_translations
from markupsafe import Markup

LOCALES = ("zh", "en")
DEFAULT_LOCALE = "zh"
_PARSED = {locale: Locale.parse(locale) for locale in LOCALES}
_SPOKEN = "spoken"

__all__ = [
    "DEFAULT_LOCALE",
    "LOCALES",
    "Name",
    "_",
    "current_locale",
    "in_a_row",
    "init_app",
    "lazy_",
    "name_of",
    "speaking",
    "words_in",
]


@dataclass(frozen=True)
class Name:
    """What something is called, in both languages."""

    zh: str
    en: str

    def of(self, locale: str) -> str:
        return self.zh if locale == "zh" else self.en


def init_app(app: Flask, locale_of_request: Any) -> None:
    """Let `locale_of_request()` say which language the person at the door reads. Where nobody asks, it is Chinese."""

    def locale() -> str:
        return str(locale_of_request()) if has_request_context() else DEFAULT_LOCALE

    Babel(app, default_locale=DEFAULT_LOCALE, locale_selector=locale)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda english: _spoken().ugettext(english),
        lambda one, many, n: _spoken().ungettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.filters["in_a_row"] = in_a_row
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]  # not by way of an alias that asks for it each time


def _(english: str, **values: object) -> str:
    """These words in the language that is spoken, with the values in their places."""
    words: str = _spoken().ugettext(english)
    return words % values if values else words


def lazy_(english: str, **values: object) -> Any:
    """The same, in the language that is spoken when it is read."""
    return LazyString(_, english, **values)


def current_locale() -> str:
    """`zh` or `en`."""
    locale = get_locale() if has_request_context() else None
    return locale.language if locale and locale.language in LOCALES else DEFAULT_LOCALE


def in_a_row(words: Iterable[Any]) -> str:
    """Names one after the other, set apart as the language that is spoken does it; markup stays markup."""
    told = list(words)
    between = Markup("、") if current_locale() == "zh" else Markup(", ")
    if any(isinstance(one, Markup) for one in told):
        return between.join(told)
    return str(between).join(map(str, told))


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Inside, `_` speaks the given language, whoever's request it is."""
    before = g.pop(_SPOKEN, None) if has_app_context() else None
    try:
        with force_locale(_PARSED.get(locale, _PARSED[DEFAULT_LOCALE])):
            yield
    finally:
        if has_app_context():
            g.pop(_SPOKEN, None)
            if before is not None:
                setattr(g, _SPOKEN, before)


def words_in(locale: str, words: object) -> str:
    """`words`, a lazy translation perhaps, in the given language."""
    with speaking(locale):
        return str(words)


def name_of(called: Callable[[str], str]) -> Name:
    """The name that `called` gives in a locale, in both."""
    return Name(called("zh"), called("en"))


def _spoken() -> Any:
    """The catalogue of the language that is spoken: found once, as finding it for every word took a fifth of a page."""
    if not has_app_context():
        return get_translations()
    catalogue = g.get(_SPOKEN)
    if catalogue is None:
        catalogue = get_translations()
        setattr(g, _SPOKEN, catalogue)
    return catalogue
