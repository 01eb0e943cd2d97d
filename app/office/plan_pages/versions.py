"""A plan's versions as its page tells them: what each changed, line by line, who approved it and when."""

from dataclasses import dataclass

from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.core.i18n import _
from app.estates.models import Unit
from app.office.moments import When
from app.office.plan_pages.sheet import COLUMNS, Says
from app.office.reviews import words_of
from app.visits.amending import Change, Standing
from app.visits.models import PlanAmendment
from app.visits.versions import Changed, changes_in


@dataclass(frozen=True)
class Told:
    """One household of a version: what was done with it, in words; `fields`: name, from what, to what."""

    change: Change
    unit: Unit
    words: str
    fields: list[tuple[str, str, str]]
    reason: str
    fell: str


@dataclass(frozen=True)
class Version:
    """A version, or what is to be one: how much of each kind changes, all of it, and everybody's signature."""

    amendment: PlanAmendment
    changes: list[Told]
    signed: list[str]

    def count(self, change: Change) -> int:
        """How many households of a kind, those that fell away not counted."""
        return sum(told.change is change and not told.fell for told in self.changes)

    @property
    def added(self) -> int:
        return self.count(Change.ADDED)

    @property
    def dropped(self) -> int:
        return self.count(Change.DROPPED)

    @property
    def changed(self) -> int:
        return self.count(Change.CHANGED)

    @property
    def fell_away(self) -> int:
        return sum(bool(told.fell) for told in self.changes)


def told_version(amendment: PlanAmendment, when: When) -> Version:
    """An amendment in words, filed or not."""
    says, review = Says(amendment.plan, when), review_of(amendment.id)
    passed = [act for act in review.acts if act.round == review.round and act.move is Move.HAND_ON] if review else []
    signed = [f"{words_of(act)}: {act.by.name}, {when.moment(act.at)}" for act in passed]
    return Version(amendment, [_told(one, says) for one in changes_in(amendment)], signed)


def _told(one: Changed, says: Says) -> Told:
    old, new = one.row.old, one.row.new
    fields = []
    if old and new:
        fields = [
            (str(COLUMNS[column]), says.shown(column, old.value(column)), says.shown(column, new.value(column)))
            for column in one.fields
        ]
    terms = new or old
    words = says.terms(terms) if terms and one.change is not Change.CHANGED else ""
    return Told(one.change, one.unit, words, fields, one.row.reason, _fell(one))


def _fell(one: Changed) -> str:
    """Why a change is not, or would not be, in the plan."""
    if not one.fell_away:
        return ""
    if one.fell is Standing.OVER:
        return str(_("Not due any more: falls away."))
    if one.change is Change.ADDED:
        return str(_("Met meanwhile, or no household any more: fell away."))
    return str(_("Visited meanwhile: this change falls away."))
