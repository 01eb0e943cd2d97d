"""Paper of a plan: form 9, and blank visit records for when a tablet is broken, whose code leads back to their line."""

import uuid
from datetime import date

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.agenda.queries import due_about
from app.agenda.rules import TaskKind
from app.core.clock import now
from app.core.limits import limiter
from app.documents.sheets_of.blank_records import blank_records
from app.documents.sheets_of.plan_sheet import plan_sheet
from app.office.door import estate_id, office
from app.office.listing import id_asked_for
from app.office.printed import OFTEN, answer_sheet, languages_asked_for
from app.people.access import may
from app.people.rules import Act
from app.public.door import reached_at
from app.visits.queries import the_plan, the_plan_line


@office.get("/plans/<uuid:plan_id>/plan.pdf")
@may(Act.SEE_PLAN)
@limiter.limit(OFTEN)
def printed_plan(plan_id: uuid.UUID) -> Response:
    """Form 9: the plan as it stands now."""
    at = now()
    return answer_sheet(plan_sheet(the_plan(estate_id(), plan_id), languages_asked_for(), printed_at=at), at)


@office.get("/plans/<uuid:plan_id>/blank.pdf")
@may(Act.SEE_PLAN)
@limiter.limit(OFTEN)
def blank_visit_records(plan_id: uuid.UUID) -> Response:
    """A blank visit record for each home that is still due, of an officer or a day if the address names one."""
    at = now()
    sheet = blank_records(
        the_plan(estate_id(), plan_id),
        languages_asked_for(),
        officer_id=id_asked_for("officer"),
        day=_day_asked_for(),
        opens=lambda line_id: reached_at() + url_for("office.plan_line", line_id=line_id).removeprefix("/"),
        printed_at=at,
    )
    return answer_sheet(sheet, at)


@office.get("/plans/lines/<uuid:line_id>")
@may(Act.SEE_PLAN)
def plan_line(line_id: uuid.UUID) -> AnyResponse:
    """Where the code on a blank record leads: what is due of its line, or else its plan."""
    line = the_plan_line(estate_id(), line_id)
    due = next(iter(due_about(line.id, TaskKind.PLANNED_VISIT)), None)
    if due is None:
        return redirect(url_for("office.plan", plan_id=line.plan_id))
    return redirect(url_for("office.due", task_id=due.id))


def _day_asked_for() -> date | None:
    """The day in the address; none if it is missing or no day."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
