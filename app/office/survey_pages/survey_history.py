"""What happened to a survey, in words."""

import uuid
from collections.abc import Sequence
from typing import Any

from app.core.i18n import _
from app.core.journal import JournalLine
from app.office.issue_pages.issue_history import Told
from app.office.moments import When
from app.people.queries import names


def history_of_survey(lines: Sequence[JournalLine], when: When) -> list[Told]:
    """Newest first."""
    known = people_in(lines)
    told = []
    for line in reversed(lines):
        by = known.get(line.staff_id, "–") if line.staff_id else _("by itself")
        told += [
            Told(said.title, line.data.get("reason", ""), f"{by} · {when.moment(line.at)}", said.tone)
            for said in told_of(line, known)
        ]
    return told


def people_in(lines: Sequence[JournalLine]) -> dict[uuid.UUID, str]:
    """Who acted, and who gave or was given something."""
    given = {uuid.UUID(line.data[key]) for line in lines for key in ("assignee", "from") if line.data.get(key)}
    return names(given | {line.staff_id for line in lines if line.staff_id})


def told_of(line: JournalLine, known: dict[uuid.UUID, str]) -> list[Told]:
    """What happened; nothing for what other pages tell."""
    homes: Any = line.data.get("homes", 0)
    said: dict[str, Told] = {
        "survey:drawn_up": Told(_("Drawn up: %(n)s items", n=line.data.get("questions", 0)), tone="start"),
        "survey:edited": Told(_("Changed: %(n)s items", n=line.data.get("questions", 0))),
        "survey:issued": Told(_("Went out to %(n)s households", n=homes)),
        "survey:homes_added": Told(_("Went out to %(n)s more households", n=homes)),
        "survey:given": Told(
            _(
                "%(n)s homes from %(giver)s to %(taker)s",
                n=homes,
                giver=_name(line, "from", known),
                taker=_name(line, "assignee", known),
            )
        ),
        "survey:withdrawn": Told(_("Called off"), tone="bad"),
        "survey:handed_up": Told(_("Result counted and handed up")),
        "survey:came_back": Told(_("Result sent back"), tone="bad"),
        "survey:read": Told(_("Result assessed"), tone="ok"),
    }
    return [said[line.kind]] if line.kind in said else []


def _name(line: JournalLine, key: str, known: dict[uuid.UUID, str]) -> str:
    return known.get(uuid.UUID(line.data[key]), "–") if line.data.get(key) else "–"
