"""Whose paper it is: an estate as its printed forms name it."""

from typing import Any

from app.documents.sheets import Bilingual, Language
from app.documents.sheets import Estate as OnPaper
from app.estates.models import Estate
from app.estates.rules import Profile, form_names, limits


def letterhead(estate: Estate, languages: tuple[Language, ...]) -> OnPaper:
    """The estate and its company, as the first of the languages calls them, with telephone and titles of today."""
    title = estate.settings["title"]
    return OnPaper(
        name=estate.name(languages[0]),
        company=estate.company(languages[0]),
        phone=estate.phone,
        time_zone=estate.time_zone,
        title=Bilingual(title["zh"], title["en"]),
        objection_days=limits(estate.settings).objection_days,
        forms=names_of_forms(estate.profile, estate.settings),
    )


def names_of_forms(profile: Profile, settings: dict[str, Any]) -> tuple[tuple[str, Bilingual], ...]:
    """Every form but the visit record, with its printed name."""
    return tuple((form, Bilingual(name["zh"], name["en"])) for form, name in form_names(profile, settings).items())
