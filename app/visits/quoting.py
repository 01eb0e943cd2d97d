"""Whether the names and words that a statement quotes were ever the office's for that very thing.

A tablet that was offline shows a name from before it was changed: shown is shown. But no other thing's name, and none
that nobody ever gave it: the record would not be what its owner saw.
"""

import uuid
from collections.abc import Iterable
from itertools import product

from app.core import ahead, journal
from app.core.changes import ever
from app.core.db import db
from app.estates.models import Estate, Unit
from app.estates.rules import limits
from app.issues.models import Category
from app.issues.queries import categories_by_code
from app.people.models import Department, Staff
from app.people.queries import departments
from app.signatures.messages import StatementText
from app.visits.messages import IssuePutRight, IssueRaised, NotSigned

Shown = StatementText


def names_the_estate(shown: Shown, estate: Estate) -> bool:
    """Whether name, company and telephone are, or were, the estate's own."""
    of = shown.locale
    quoted = {f"name_{of}": shown.estate.name, f"company_{of}": shown.estate.company, "phone": shown.estate.phone}
    return all(
        words == getattr(estate, field) or words in ever(estate.id, field, None) or _lost()
        for field, words in quoted.items()
    )


def names_the_unit(shown: Shown, unit: Unit) -> bool:
    """Whether it is this unit's label, in the statement's language. No unit is ever called otherwise."""
    return shown.unit.label == unit.label(shown.locale)


def names_the_officer(shown: Shown, officer_id: uuid.UUID) -> bool:
    """Whether it is, or was, the name of whoever wrote the record."""
    officer = ahead.once(("author", officer_id), lambda: db.session.get(Staff, officer_id))
    if officer is None or officer.name == shown.officer.name:
        return officer is not None
    return shown.officer.name in officer.earlier_names or _lost()


def names_the_category(shown: Shown.IssueShown, raised: IssueRaised, locale: str, estate_id: uuid.UUID) -> bool:
    """Whether it is, or was, the name of the issue's category; what a person put right was held against it before."""
    known = categories_by_code(estate_id)
    category = known.get(raised.category)
    if category is None or isinstance(raised, IssuePutRight) or shown.category == category.name(locale):
        return True
    if shown.category in ever(estate_id, f"category.{category.code}.name_{locale}", None):
        return True
    return _lost() and shown.category not in {one.name(locale) for one in known.values()}


def names_the_department(shown: Shown.IssueShown, raised: IssueRaised, locale: str, estate_id: uuid.UUID) -> bool:
    """Whether it is one that the category's matters go to, or ever went to; nobody is named where none does."""
    known = categories_by_code(estate_id)
    category = known.get(raised.category)
    if category is None or isinstance(raised, IssuePutRight) or not shown.department:
        return True
    if raised.answered:
        return False
    path = [category, *([known[category.parent_code]] if category.parent_code in known else [])]
    of_now = [one for each in path for one in (each.department, each.warranty_department) if one is not None]
    if shown.department in {one.name(locale) for one in of_now}:
        return True
    all_here = departments(estate_id)
    ids = {id_ for each in path for id_ in _went_to(each)}
    if shown.department in _names_ever([one for one in all_here if str(one.id) in ids], locale):
        return True
    return _lost() and shown.department not in {one.name(locale) for one in all_here}


def names_a_department(words: str, department: Department | None, locale: str) -> bool:
    """Whether it is, or was, this department's name."""
    return department is not None and words in _names_ever([department], locale)


def quotes_the_consent(shown: Shown, estate: Estate) -> bool:
    """Whether the words above the signature are those of their version, filled as they were at some time.

    The present version has the present words; an earlier one has any that were changed since, or never.
    """
    consent, locale = estate.settings["consent"], shown.locale
    worded = [consent["text"][locale]]
    if shown.consent.version < consent["version"]:
        worded = ever(estate.id, f"consent.{locale}", worded[0])
    days = limits(estate.settings).objection_days
    if shown.consent.text in (words.format(phone=estate.phone, days=days) for words in worded):
        return True
    filled = product(worded, ever(estate.id, "phone", estate.phone), ever(estate.id, "limit.objection_days", days))
    return shown.consent.text in {words.format(phone=phone, days=until) for words, phone, until in filled}


def consent_is_newer(shown: Shown, estate: Estate) -> bool:
    """Whether it is a version that this office does not know: it came back from a backup since."""
    return bool(shown.consent.version > estate.settings["consent"]["version"])


def tells_what_is_witnessed(shown: Shown, unsigned: NotSigned) -> bool:
    """Whether the words that a witness signs under name the officer, the owner, and why the owner did not sign."""
    words = shown.unsigned.words if shown.unsigned else ""
    return all(part in words for part in (shown.officer.name, shown.interviewee.name, unsigned.note))


def _went_to(category: Category) -> set[object]:
    """The ids of the departments that a category's matters go or went to, as the history writes them."""
    fields = {"department": category.department_id, "warranty_department": category.warranty_department_id}
    named = (ever(category.estate_id, f"category.{category.code}.{name}", now) for name, now in fields.items())
    return {str(id_) for each in named for id_ in each if id_ is not None}


def _names_ever(known: Iterable[Department], locale: str) -> set[object]:
    named = (ever(one.estate_id, f"department.{one.code}.name_{locale}", one.name(locale)) for one in known)
    return {name for each in named for name in each}


def _lost() -> bool:
    """Whether what a tablet was told can have gone with a backup's loss: then nobody knows better than the tablet."""
    return journal.came_back_as() is not None
