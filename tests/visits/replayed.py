"""A plan as the journal alone tells it: unit → what is planned there."""

import uuid
from typing import Any

from app.core import journal
from app.visits.models import Plan


def replayed(plan: Plan) -> dict[uuid.UUID, dict[str, Any]]:
    """Every line about a plan, from its proposal on, one after the other."""
    homes: dict[str, dict[str, Any]] = {}
    for line in journal.history(plan.id):
        data = line.data
        if line.kind == "plan:proposed":
            homes = dict(data["homes"])
        elif line.kind == "plan:home_added":
            homes[data["unit"]] = data["terms"]
        elif line.kind == "plan:lines_given":
            for unit in data["units"]:
                homes[unit] = homes[unit] | {"officer": data["officer"]}
        elif line.kind == "plan:lines_dropped":
            homes = {unit: terms for unit, terms in homes.items() if unit not in data["units"]}
        elif line.kind == "plan:cells_written":
            for cell in data["cells"]:
                assert homes[cell["unit"]][cell["field"]] == cell["from"]
                homes[cell["unit"]] = homes[cell["unit"]] | {cell["field"]: cell["to"]}
        elif line.kind == "plan:amended":
            homes = {unit: terms for unit, terms in homes.items() if unit not in data["dropped"]} | data["homes"]
    return {uuid.UUID(unit): terms for unit, terms in homes.items()}


def as_it_stands(plan: Plan) -> dict[uuid.UUID, dict[str, Any]]:
    """The same from the plan itself."""
    return {line.unit_id: line.terms.plain() for line in plan.lines}
