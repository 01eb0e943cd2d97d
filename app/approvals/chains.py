"""Everything that changes the chain of a kind of paper. A review that is under way keeps the chain it began with."""

from datetime import datetime

from app.approvals.rules import Chain, ChainRule, Paper, broken_rule
from app.core.errors import Refused, Words
from app.core.i18n import lazy_
from app.core.journal import By
from app.estates.models import Estate
from app.estates.settings import keep

WHY: dict[ChainRule, Words] = {
    ChainRule.NOT_EMPTY: lazy_("A chain has at least one stage, and at most eight."),
    ChainRule.KNOWN_DUTIES: lazy_(
        "A plan is reviewed, approved, filed; records are signed, reviewed, archived; a year is reviewed and assessed."
    ),
    ChainRule.READERS_ONLY: lazy_(
        "A stage is the supervisor's, the manager's, the property manager's or the executive's."
    ),
    ChainRule.DAYS: lazy_("Each stage takes between 1 and 30 days."),
    ChainRule.ENDS: lazy_("The last stage, and only that, files a plan, archives records or assesses a year."),
    ChainRule.SIGNED: lazy_("Records are signed before they are archived."),
    ChainRule.SECOND_EYES: lazy_("Somebody else than who drafted it must see it."),
}
"""What a rule asks for, in words."""


def set_chain(estate: Estate, paper: Paper, chain: Chain | None, *, seen: int, by: By, at: datetime) -> list[str]:
    """The chain that papers take from now on; None: the policy's. Raises Refused if it breaks a rule, or Outdated."""
    broken = broken_rule(paper, chain) if chain is not None else None
    if broken:
        raise Refused(f"chain:{broken.value}", WHY[broken])
    stages = [stage.plain() for stage in chain] if chain is not None else None
    return keep(estate, {f"chain.{paper.value}": stages}, seen=seen, by=by, at=at)
