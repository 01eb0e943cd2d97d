"""The first page: what waits for me."""

from flask import render_template

from app.core import waits
from app.core.clock import now
from app.office.door import me, office
from app.people.access import may
from app.people.rules import Act


@office.get("/")
@may(Act.SEE_ESTATE)
def inbox() -> str:
    """Counts, then one list in the order to act."""
    here = me()
    holders = [waits.Holder(staff_id=here.id)]
    holders += [waits.Holder(role=held.role.value, department_id=held.department_id) for held in here.held]
    return render_template("office/inbox.html", waiting=waits.inbox(here.estate.id, holders), now=now())
