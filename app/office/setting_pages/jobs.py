"""Whether what runs by itself does run: when each job last did, for whoever keeps the server."""

from flask import render_template

from app.core.chain import last_days
from app.core.clock import now
from app.core.errors import Words
from app.core.i18n import lazy_
from app.jobs.queries import health
from app.office.door import me, office
from app.office.moments import When, span
from app.people.access import may
from app.people.rules import Act

NAMES: dict[str, Words] = {
    "hand_over": lazy_("Hand over what waits for somebody who left"),
    "take_over_tasks": lazy_("Hand over what is due by somebody who left"),
    "let_plans_lapse": lazy_("Ask nobody any more for a plan whose month is over"),
    "escalate": lazy_("Tell manager and executive what is overdue"),
    "notices": lazy_("Send notices"),
    "clear_up": lazy_("Clear away printed papers that nobody needs any more, and photos that never came whole"),
    "close_days": lazy_("Close yesterday's journal"),
}


@office.get("/settings/jobs")
@may(Act.SEE_JOBS)
def jobs() -> str:
    """Every job, how often it runs, when it last did."""
    at = now()
    return render_template(
        "office/settings/jobs.html",
        jobs=health(at),
        names=NAMES,
        closed=last_days(me().estate.id, 7),
        span=span,
        when=When(me().estate.time_zone, at),
    )
