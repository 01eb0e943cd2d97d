"""The office door: its blueprint, who may enter, which estate they look at, how refusals are answered."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.core import waits
from app.core.clock import now
from app.core.db import db, stood_in_the_way
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.i18n import _, current_locale
from app.core.journal import By
from app.core.rates import percent
from app.core.waits import Holder
from app.estates.models import Estate
from app.estates.queries import estates_by_id, roles_at
from app.estates.rules import counts_as
from app.issues.department import Pile, Whose, count_work
from app.office.act_form import left_over, shown_again, takes_lines
from app.people.access import access_of
from app.people.models import Staff, StaffRole
from app.people.rules import Act, Role, allowed
from app.sync.kept import count_undecided

office = Blueprint("office", __name__)
office.add_app_template_global(percent)
office.add_app_template_test(takes_lines, "lines")


_WITH_A_FIRST_PASSWORD = {"office.own_password", "office.choose_own_password", "office.log_out"}
"""What is open to whoever came in with a password that somebody else knows."""


@dataclass(frozen=True)
class Me:
    """Who is at the desk: the person, the estate they look at and what they are there."""

    staff: Staff
    estate: Estate
    estates: list[Estate]
    held: list[StaffRole]

    @property
    def id(self) -> uuid.UUID:
        return self.staff.id

    @property
    def name(self) -> str:
        return self.staff.name

    @property
    def locale(self) -> str:
        return self.staff.locale

    @property
    def roles(self) -> frozenset[Role]:
        """What they are here, as the estate's profile counts it."""
        return counts_as(self.estate.profile, (held.role for held in self.held))

    @property
    def titled(self) -> list[Role]:
        """The roles that they were given, in the order in which they are named."""
        return sorted({held.role for held in self.held}, key=lambda role: role.value)

    @property
    def departments(self) -> frozenset[uuid.UUID]:
        return frozenset(held.department_id for held in self.held if held.department_id)

    def may(self, act: Act) -> bool:
        return allowed(act, self.roles)

    def roles_about(self, department_id: uuid.UUID | None) -> frozenset[Role]:
        """What they are for a matter that is with a department: their roles in others do not count there."""
        here = (held.role for held in self.held if held.department_id in (None, department_id))
        return counts_as(self.estate.profile, here)

    @property
    def holders(self) -> list[Holder]:
        """As whom something can wait for them: as themselves, and in each of their roles."""
        roles = [
            Holder(role=role.value, department_id=held.department_id)
            for held in self.held
            for role in sorted(counts_as(self.estate.profile, {held.role}), key=lambda role: role.value)
        ]
        return [Holder(staff_id=self.id), *roles]

    @property
    def by(self) -> By:
        return By(staff_id=self.staff.id)


def me() -> Me:
    """Who is at the desk. Only inside a view that is not open to anybody."""
    return cast(Me, g.me)


def estate_id() -> uuid.UUID:
    """The estate that whoever is at the desk looks at: every office query is scoped to it."""
    return me().estate.id


def must_be_theirs(department_id: uuid.UUID | None) -> None:
    """Raises NotAllowed where somebody may do what they asked for, but not to what is with this department."""
    access = access_of(current_app.view_functions[request.endpoint or ""])
    if access is not None and access.act is not None and not allowed(access.act, me().roles_about(department_id)):
        raise NotAllowed("access:other_department", _("Your role in this department does not include this."))


def is_htmx() -> bool:
    """Whether only a part of the page was asked for."""
    return request.headers.get("HX-Request") == "true"


@office.before_request
def _let_in() -> AnyResponse | None:
    access = access_of(current_app.view_functions[request.endpoint or ""])
    if access is None:
        abort(500, "a route without a permission")
    if access.who == "anybody":
        return None
    if not current_user.is_authenticated:
        return redirect(url_for("office.login", next=request.full_path if request.method == "GET" else None))
    g.me = _who_is_here()
    if access.act is not None and not g.me.may(access.act):
        raise NotAllowed("access:not_yours", _("Your role in this estate does not include this."))
    if not g.me.staff.password_chosen and request.endpoint not in _WITH_A_FIRST_PASSWORD:
        return redirect(url_for("office.own_password"))
    return None


def _who_is_here() -> Me:
    staff = cast(Staff, current_user._get_current_object())
    held = roles_at(staff.id, now())
    estates = estates_by_id({role.estate_id for role in held})
    if not estates:
        raise NotAllowed("access:no_estate", _("You have no role in any estate. Ask the administrator."))
    chosen = session.setdefault("estate", str(estates[0].id))
    estate = next((estate for estate in estates if str(estate.id) == chosen), estates[0])
    if str(estate.id) != chosen:
        session["estate"] = str(estate.id)
        if request.method == "POST":  # its form is of the estate that they looked at until now
            raise Outdated(
                "access:other_estate", _("Your role in the estate that you looked at has ended. This is another one.")
            )
    return Me(staff, estate, estates, [role for role in held if role.estate_id == estate.id])


@office.errorhandler(Refused)
def _refused(refusal: Refused) -> Any:
    current_app.logger.info("refused %s %s %s", request.path, refusal.code, refusal.detail)
    if is_htmx():
        page = render_template("office/parts/refusal.html", message=refusal.message)
        return make_response(page, refusal.status)
    if again := shown_again(refusal):
        return again
    if request.method == "POST" and request.referrer and refusal.status != NotAllowed.status:
        flash(str(refusal.message), "refusal")
        return redirect(_own(request.referrer))
    return render_template("errors/refused.html", message=refusal.message), refusal.status


@office.errorhandler(sa.exc.OperationalError)
def _not_done(error: sa.exc.OperationalError) -> Any:
    """Of two who act on the same at one moment the database may turn one away, who acts again."""
    if not stood_in_the_way(error):
        raise error
    db.session.rollback()
    current_app.logger.warning("%s met another transaction: %s", request.path, error.orig)
    words = _("Somebody else was at the same at this very moment: nothing was changed. Please try again.")
    return _refused(Outdated("access:busy", words))


def _own(address: str) -> str:
    """The address if it is one of ours, else the first page."""
    return address if address.startswith(request.host_url) else url_for("office.inbox")


@office.app_context_processor
def _page_context() -> dict[str, Any]:
    here = g.get("me")
    return {
        "me": here,
        "estate": here.estate if here else None,
        "estates": here.estates if here else [],
        "nav": navigation(here) if here else [],
        "locale": current_locale(),
        "this_page": _this_page,
        "Act": Act,
        "left_over": left_over,
    }


def _this_page() -> str:
    """Where one stands, to come back to: of a form that was refused, the page that it stood on."""
    if request.method == "GET":
        return request.full_path
    stood_on = urlsplit(_own(request.referrer or ""))
    return f"{stood_on.path}?{stood_on.query}"


def navigation(here: Me) -> list[dict[str, Any]]:
    """The side bar's entries for whoever is here: those pages whose permission they have."""
    entries = [
        ("office.inbox", Act.SEE_ESTATE, _("My inbox"), "inbox"),
        ("office.plans", Act.SEE_PLAN, _("Plans"), "calendar"),
        ("office.briefing", Act.SEE_BRIEFING, _("Briefing"), "speakerphone"),
        ("office.visits", Act.SEE_VISITS, _("Visits"), "door-enter"),
        ("office.batches", Act.SEE_VISITS, _("Records handed up"), "files"),
        ("office.issues", Act.SEE_ISSUES, _("Issues"), "checklist"),
        ("office.complaints", Act.SEE_COMPLAINTS, _("Complaints"), "message-report"),
        ("office.orders", Act.SEE_ORDERS, _("Work orders"), "tool"),
        ("office.surveys", Act.SEE_SURVEYS, _("Surveys"), "forms"),
        ("office.survey_measures", Act.ANSWER_MEASURE, _("Survey measures"), "clipboard-list"),
        ("office.statistics", Act.SEE_STATISTICS, _("Statistics"), "chart-bar"),
        ("office.units", Act.SEE_OWNERS, _("Owners"), "home"),
        ("office.roster", Act.IMPORT_ROSTER, _("Import roster"), "table-import"),
        ("office.records", Act.DECIDE_RECORDS, _("Records to check"), "clipboard-check"),
        ("office.devices", Act.SEE_TABLETS, _("Tablets"), "devices"),
        ("office.notices", Act.SEE_ESTATE, _("My notices"), "bell"),
        ("office.settings", Act.SEE_SETTINGS, _("Settings"), "settings"),
    ]
    waiting, late = _waiting(here)
    counts = {"office.inbox": {"count": waiting, "hot": bool(late)}}
    if here.may(Act.DECIDE_RECORDS):
        counts["office.records"] = {"count": count_undecided(here.estate.id), "hot": False}
    shown = [entry for entry in entries if entry[0] in current_app.view_functions and here.may(entry[1])]
    current = _stands_under(url_for(endpoint) for endpoint, *_entry in shown)
    return [
        {
            "url": url_for(endpoint),
            "label": label,
            "icon": icon,
            "current": url_for(endpoint) == current,
            **counts.get(endpoint, {}),
        }
        for endpoint, _act, label, icon in shown
    ]


def _waiting(here: Me) -> tuple[int, int]:
    """How much waits for whoever is here, and how much of it is late; for a worker what waits for their department."""
    if here.roles != {Role.HANDLER}:
        by_act = waiting_by_act().values()
        return sum(number for number, _late in by_act), sum(late for _number, late in by_act)
    at = now()
    whose = Whose(here.estate.id, here.departments, here.id, at=at, soon=at, fresh=at)
    counted = count_work(whose)
    return counted.all_of_it, counted.piles[Pile.LATE]


def waiting_by_act() -> dict[str, tuple[int, int]]:
    """What is to be done by whoever is here → how much of it waits, and how much is late; counted once for a page."""
    if "waiting" not in g:
        g.waiting = waits.counts(estate_id(), me().holders, now())
    return cast(dict[str, tuple[int, int]], g.waiting)


def _stands_under(addresses: Iterable[str]) -> str:
    """Which of these is the page shown, or the nearest through which it is reached; "" for none."""
    above = (one for one in addresses if request.path == one or (one != "/" and request.path.startswith(one)))
    return max(above, key=len, default="")


def answer_file(content: bytes, media_type: str, name: str) -> Response:
    """A download that browsers neither sniff nor show in place of a page of ours."""
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
