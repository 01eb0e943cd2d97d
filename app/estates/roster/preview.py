"""Row by row what would happen to a roster, and how often each."""

import enum
from collections import Counter
from dataclasses import dataclass

from app.estates.roster.comparison import Change, Plan, Standing
from app.estates.roster.households import Households
from app.estates.roster.lines import At, RosterLine
from app.estates.roster.words import Reason
from app.estates.rules import unit_code


class Verdict(enum.Enum):
    """What becomes of a row, in the order in which a preview shows them: trouble first."""

    REFUSED = "refused"
    CHANGED = "changed"
    CREATED = "created"
    UNCHANGED = "unchanged"
    PASSED_OVER = "passed_over"


@dataclass(frozen=True)
class PreviewRow:
    """One row of the file. `reasons` say why it is refused or passed over, or what else there is to know."""

    at: At
    verdict: Verdict
    unit: str = ""
    line: RosterLine | None = None
    changes: tuple[Change, ...] = ()
    reasons: tuple[Reason, ...] = ()


def preview_rows(households: Households, plan: Plan) -> list[PreviewRow]:
    """Every row of the sheets that were read, each once: trouble first, then as in the file."""
    refused = [PreviewRow(line.at, Verdict.REFUSED, _unit(line), line, reasons=line.problems) for line in plan.refused]
    passed = [PreviewRow(row.at, Verdict.PASSED_OVER, reasons=(row.why,)) for row in households.passed_over]
    standing = [
        PreviewRow(row.line.at, _verdict(row), row.unit, row.line, row.changes, row.notes) for row in plan.standing
    ]
    order = list(Verdict)
    return sorted((*refused, *standing, *passed), key=lambda row: (order.index(row.verdict), row.at))


def counts(rows: list[PreviewRow]) -> dict[Verdict, int]:
    """Verdict → rows; their sum is the number of rows in the file."""
    counted = Counter(row.verdict for row in rows)
    return {verdict: counted[verdict] for verdict in Verdict}


def _verdict(row: Standing) -> Verdict:
    if row.unit_id is None:
        return Verdict.CREATED
    return Verdict.CHANGED if row.changes else Verdict.UNCHANGED


def _unit(line: RosterLine) -> str:
    return unit_code(line.building, line.entrance, line.number)
