"""What the lines of the statistics are called, in either language."""

import uuid

from babel.dates import get_month_names

from app.core.errors import Words
from app.core.i18n import lazy_, words_in
from app.estates.queries import buildings_of
from app.issues.rules import Move
from app.people.queries import departments, ever_in
from app.reports.counting import Dimension, Key
from app.visits.rules import Category, Method
from app.visits.words import CATEGORIES, METHODS

DIMENSIONS: dict[Dimension, Words] = {
    Dimension.MONTH: lazy_("Month"),
    Dimension.CATEGORY: lazy_("Category"),
    Dimension.METHOD: lazy_("Method"),
    Dimension.BUILDING: lazy_("Building"),
    Dimension.DEPARTMENT: lazy_("Department"),
    Dimension.OFFICER: lazy_("Officer"),
}

REVIEWS: dict[str, Words] = {
    Move.CARRY_ON.value: lazy_("Left on the list for another year"),
    Move.ROUTE.value: lazy_("Taken up again"),
    Move.REFUSE.value: lazy_("Cannot be solved, explained once more"),
}
"""What the year's review made of an issue that was carried over, by the journal's kind."""


class Names:
    """Names of an estate's lines; buildings, departments and staff are looked up once."""

    def __init__(self, estate_id: uuid.UUID) -> None:
        self._buildings = {one.id: one.name for one in buildings_of(estate_id)}
        self._departments = {one.id: one for one in departments(estate_id)}
        self._staff = {one.id: one.name for one in ever_in(estate_id)}

    def of(self, by: Dimension, key: Key, locale: str) -> str:
        """What the line of this key is called."""
        if isinstance(key, Category):
            return words_in(locale, CATEGORIES[key])
        if isinstance(key, Method):
            return words_in(locale, METHODS[key])
        if isinstance(key, int):
            return str(get_month_names("abbreviated", locale=locale)[key])
        if by is Dimension.BUILDING:
            name = self._buildings.get(key)
            return words_in(locale, lazy_("Building %(building)s", building=name) if name else lazy_("In no building"))
        if by is Dimension.OFFICER:
            return self._staff.get(key, "–")
        known = self._departments.get(key)
        return known.name(locale) if known else words_in(locale, lazy_("With no department"))
