"""The words of a printed page, in all languages that the page speaks at once."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from babel.support import NullTranslations, Translations
from markupsafe import Markup, escape

from app.core.errors import Words
from app.core.i18n import lazy_
from app.documents.sheets import Bilingual, Language

TRANSLATIONS = Path(__file__).parents[1] / "translations"
HTML_LANGUAGE: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
DASH = "–"


class Phrase:
    """The same words in each language of a page. In a template the first, which is the page's own, stands bare; each
    other is a `<span>` of the language's class (a class, as elements with `lang` cannot share their style).
    """

    def __init__(self, words: dict[Language, str], values: dict[str, object]) -> None:
        self._words = words
        self._values = values

    def __html__(self) -> str:
        own, *others = (
            (language, escape(words) % self._values_in(language)) for language, words in self._words.items()
        )
        span = Markup('<span class="{}">{}</span>')
        return Markup(" ").join((own[1], *(span.format(language, words) for language, words in others)))

    def __str__(self) -> str:
        """Plain text with all languages, for titles and for whoever has the page read to them."""
        return " / ".join(words % self._values_in(language) for language, words in self._words.items())

    def _values_in(self, language: Language) -> dict[str, object]:
        return {name: or_dash(_part(value, language)) for name, value in self._values.items()}


Speak = Callable[..., Phrase]


def speaker(languages: Iterable[Language]) -> Speak:
    """The `_` of a page: `_("Round %(n)s", n=2)` in each of the page's languages."""

    def _(msgid: str, **values: object) -> Phrase:
        return Phrase({language: _catalogue(language).gettext(msgid) for language in languages}, values)

    return _


def chooser(languages: Iterable[Language]) -> Callable[[Bilingual], Phrase]:
    """Makes words that came in both languages ready for a page."""

    def in_its_languages(words: Bilingual) -> Phrase:
        return Phrase({language: getattr(words, language).replace("%", "%%") for language in languages}, {})

    return in_its_languages


def both(msgid: str, **values: object) -> Bilingual:
    """A message of the catalogue in both languages, whoever may be reading."""
    phrases = {language: Phrase({language: _catalogue(language).gettext(msgid)}, values) for language in HTML_LANGUAGE}
    return Bilingual(zh=str(phrases["zh"]), en=str(phrases["en"]))


def or_dash(value: object) -> object:
    """“–” for nothing."""
    return DASH if value is None or value == "" else value


def _part(value: object, language: Language) -> object:
    return getattr(value, language) if isinstance(value, Bilingual) else value


@lru_cache(maxsize=4)
def _catalogue(language: Language) -> NullTranslations:
    return Translations.load(str(TRANSLATIONS), [language])


SIGNER_ROLES: dict[str, Words] = {
    "owner": lazy_("Owner's signature"),
    "officer": lazy_("Officer's signature"),
    "witness": lazy_("Witness's signature"),
}
SIGNED_HOW: dict[str, Words] = {"signed": lazy_("signed on the screen"), "mark": lazy_("made a mark")}
"""How a signature is told of a paper that somebody brings."""
