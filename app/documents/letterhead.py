"""Whose paper it is: an estate as its printed forms name it."""

from app.documents.sheets import Bilingual, Language
from app.documents.sheets import Estate as OnPaper
from app.estates.models import Estate
from app.estates.rules import limits


def letterhead(estate: Estate, languages: tuple[Language, ...]) -> OnPaper:
    """The estate with its company, as the first of the languages calls it, telephone and titles of today."""
    title = estate.settings["title"]
    return OnPaper(
        name=estate.name(languages[0]),
        company=estate.company(languages[0]),
        phone=estate.phone,
        time_zone=estate.time_zone,
        title=Bilingual(title["zh"], title["en"]),
        objection_days=limits(estate.settings).objection_days,
    )
