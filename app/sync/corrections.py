"""What a person may put right in an operation before it is entered: only what its owner did not sign."""

import uuid
from typing import Annotated

from pydantic import BaseModel, Field

from app.core.errors import Refused
from app.core.i18n import _
from app.issues.models import Category
from app.issues.queries import categories_by_code
from app.signatures.actions import read_statement
from app.signatures.messages import Message, StatementText
from app.visits.messages import InspectionRecorded, IssuePutRight, VisitHeld


class Corrections(Message):
    """Issue → the known category that it gets in place of one that the office does not know."""

    categories: dict[uuid.UUID, Annotated[str, Field(max_length=40)]] = Field(default_factory=dict)


NOTHING = Corrections()


def corrected(body: BaseModel, corrections: Corrections, estate_id: uuid.UUID) -> BaseModel:
    """The body with what was put right. Raises Refused where the record would say something else than was signed."""
    if not corrections.categories:
        return body
    if isinstance(body, InspectionRecorded) and corrections.categories.keys() == {body.issue_id}:
        return _recategorised(body, corrections.categories[body.issue_id], categories_by_code(estate_id))
    if not isinstance(body, VisitHeld) or not corrections.categories.keys() <= {issue.id for issue in body.issues}:
        raise Refused("correction:not_in_record", _("This record has nothing of the kind that could be put right."))
    known, signed = categories_by_code(estate_id), read_statement(body.statement)
    issues = []
    for issue in body.issues:
        code = corrections.categories.get(issue.id)
        if code is not None:
            _must_fit(issue.category, code, known, signed, issue.id)
        issues.append(IssuePutRight(**dict(issue) | {"category": code}) if code is not None else issue)
    return body.model_copy(update={"issues": issues})


def unknown_categories(body: BaseModel | None, estate_id: uuid.UUID) -> dict[uuid.UUID, list[Category]]:
    """Issue whose category the office does not know → those that it may get without leaving what was signed."""
    known = categories_by_code(estate_id)
    if isinstance(body, InspectionRecorded):
        return {} if body.category in known else {body.issue_id: list(known.values())}
    if not isinstance(body, VisitHeld):
        return {}
    unknown = [issue for issue in body.issues if issue.category not in known]
    if not unknown:
        return {}
    try:
        signed = read_statement(body.statement)
    except Refused:
        return {issue.id: [] for issue in unknown}
    return {issue.id: [one for one in known.values() if fits(one, known, signed, issue.id)] for issue in unknown}


def fits(category: Category, known: dict[str, Category], signed: StatementText, issue_id: uuid.UUID) -> bool:
    """Whether category and department of an issue are still what its owner read and signed."""
    shown = next((one for one in signed.issues if one.id == issue_id), None)
    if shown is None or shown.category not in ("", category.name(signed.locale)):
        return False
    above = known.get(category.parent_code or "")
    department = category.department or (above.department if above else None)
    if shown.answered or not shown.department:
        return True
    return department is not None and department.name(signed.locale) == shown.department


def _recategorised(body: InspectionRecorded, code: str, known: dict[str, Category]) -> InspectionRecorded:
    """Nobody signed it: any category may take the place of one that the office does not know."""
    _must_be_needed(body.category, code, known)
    return body.model_copy(update={"category": code})


def _must_be_needed(was: str, code: str, known: dict[str, Category]) -> Category:
    category = known.get(code)
    if category is None:
        raise Refused("issue:category_unknown", _("This category is not known in this estate."))
    if was in known:
        raise Refused("correction:not_needed", _("The office knows this category: there is nothing to put right."))
    return category


def _must_fit(was: str, code: str, known: dict[str, Category], signed: StatementText, issue_id: uuid.UUID) -> None:
    category = _must_be_needed(was, code, known)
    if not fits(category, known, signed, issue_id):
        raise Refused(
            "correction:differs_from_signed",
            _("The owner signed another category or department: the record would no longer be what was signed."),
        )
