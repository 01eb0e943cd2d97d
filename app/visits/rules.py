"""Kinds of visits, ratings, outcomes of attempts, and which category each due thing has."""

import enum

from app.agenda.rules import TaskKind
from app.issues.rules import HowAnswered
from app.signatures.rules import SignerRole


class Method(enum.Enum):
    """How owners are visited (R03)."""

    DOOR = "door"
    PHONE = "phone"


class Category(enum.Enum):
    """The policy's categories that this product holds so far (R02), and 事项回访 beside them."""

    SCHEDULED = "scheduled"
    ISSUE_CALLBACK = "issue_callback"


class Rating(enum.Enum):
    """An owner's rating of the service."""

    SATISFIED = "satisfied"
    BASIC = "basic"
    DISSATISFIED = "dissatisfied"
    NONE = "none"


class Relation(enum.Enum):
    """Who answered at the door, seen from the owner."""

    OWNER = "owner"
    SPOUSE = "spouse"
    FAMILY = "family"
    TENANT = "tenant"
    OTHER = "other"


class Outcome(enum.Enum):
    """Why nobody could be visited. A failed attempt is kept and leaves its tasks due."""

    NOBODY_HOME = "nobody_home"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    CHILD_ONLY = "child_only"


class Unsigned(enum.Enum):
    """Why an owner did not sign."""

    REFUSED = "refused"
    CANNOT_WRITE = "cannot_write"


class PlanState(enum.Enum):
    """A proposed plan is a draft until it is handed in, and at work once its chain is complete (V44)."""

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    ACTIVE = "active"


CATEGORY_OF = {
    TaskKind.PLANNED_VISIT: Category.SCHEDULED,
    TaskKind.ISSUE_CALLBACK: Category.ISSUE_CALLBACK,
}
"""Each due thing has its own category, so that one visit can carry several."""


def how_answered(method: Method, relation: Relation, signed: frozenset[SignerRole], marked: bool) -> HowAnswered:
    """How an answer was given: at the door or by phone, by whom, and under whose signatures."""
    by_phone = method is Method.PHONE
    if not by_phone and SignerRole.OWNER not in signed:
        return HowAnswered.WITNESSED if SignerRole.WITNESS in signed else HowAnswered.TOLD
    if relation not in (Relation.OWNER, Relation.TENANT):
        return HowAnswered.PROXY
    if by_phone:
        return HowAnswered.PHONE
    return HowAnswered.MARK if marked else HowAnswered.SIGNED
