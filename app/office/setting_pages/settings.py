"""The estate's organisation: its profile with what follows from it, its names, the titles of its roles."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from app.approvals.rules import DUTIES_OF, chain_of
from app.core.changes import changes
from app.core.clock import local_date, now
from app.core.errors import Outdated, Words
from app.core.i18n import _, lazy_
from app.estates.rules import LIABLE, Profile
from app.estates.settings import LONGEST, LONGEST_ROLE, set_organisation, values_of
from app.issues.departments import change_profile, ends_with, open_with, routed_there
from app.issues.models import Issue
from app.office.door import estate_id, me, office
from app.office.listing import first_row, listing
from app.office.moments import When
from app.office.setting_pages.setting_form import (
    SettingForm,
    Trouble,
    as_of_now,
    attempt,
    form_of,
    text,
    typed,
    unreadable,
)
from app.office.setting_pages.setting_words import (
    AREAS,
    COMPANIES,
    FACTS,
    PAPERS,
    PROFILES,
    called,
    chain_words,
    tell_changes,
)
from app.office.words import ASK_FOR_PLANS, LEADS, headline, role_meant
from app.people.access import may
from app.people.models import Department
from app.people.queries import departments
from app.people.rules import Act, Liable, Role
from app.visits.time_zone import is_settled, set_time_zone

_TITLED = (
    Role.OFFICER,
    Role.FRONT_DESK,
    Role.SUPERVISOR,
    Role.MANAGER,
    Role.PROPERTY_MANAGER,
    Role.EXECUTIVE,
    Role.DEPARTMENT_MANAGER,
    Role.HANDLER,
)


_LONGEST_ZONE = 40


class ProfileForm(SettingForm):
    """Another profile, said in words: it changes how the whole estate works."""

    profile = HiddenField(validators=[InputRequired()])
    sure = BooleanField(
        lazy_("Yes, from now on this estate works by the other profile"),
        validators=[InputRequired(lazy_("Say that you are sure."))],
    )


@dataclass(frozen=True)
class Side:
    """What follows from one profile in this estate."""

    profile: Profile
    words: Words
    titles: dict[Role, Words]
    chains: list[tuple[Words, str]]
    companies: list[tuple[Words, list[Department]]]
    asks_for_plans: Words
    leads: Words
    is_ours: bool


@office.get("/settings")
@may(Act.SEE_SETTINGS)
def settings() -> str:
    """The organisation."""
    return _page()


@office.post("/settings/organisation")
@may(Act.CHANGE_SETTINGS)
def change_organisation() -> Response | tuple[str, int]:
    """Names, telephone, titles of roles."""
    here, form = me(), _form()
    if not form.validate_on_submit():
        return _page(form, unreadable()), 422
    wanted, at = typed(form, _fields()), now()
    zone = wanted.pop("time_zone", here.estate.time_zone)

    def set_all() -> None:
        set_time_zone(here.estate, zone, seen=form.seen_number, by=here.by, at=at)
        set_organisation(here.estate, wanted, seen=form.seen_number, by=here.by, at=at)

    trouble = attempt(set_all)
    if trouble:
        return _page(form, trouble), trouble.status

    flash(_("Saved. Tablets learn of it at their next sync."), "good")
    return redirect(url_for("office.settings"))


@office.post("/settings/profile")
@may(Act.CHANGE_SETTINGS)
def change_the_profile() -> Response | tuple[str, int]:
    """The other profile, once nothing is left open with a department that would end."""
    here, form, at = me(), ProfileForm(prefix="profile"), now()
    other = _other(here.estate.profile)
    if form.profile.data != other.value:
        raise Outdated("profile:changed", _("Somebody else has changed the profile already."))
    if not form.validate_on_submit():
        return _page(profile_form=form, trouble=unreadable()), 422
    today = local_date(at, here.estate.time_zone)

    trouble = attempt(
        lambda: change_profile(here.estate, other, seen=form.seen_number, today=today, by=here.by, at=at),
    )
    if trouble:
        return _page(profile_form=form, trouble=trouble), trouble.status

    flash(_("This estate works by profile %(profile)s now.", profile=PROFILES[other]), "good")
    return redirect(url_for("office.settings"))


@office.get("/settings/history")
@may(Act.SEE_SETTINGS)
def settings_history() -> str:
    """Every change of a setting, newest first."""
    found = listing((changes(estate_id(), _area(), start=first_row())), "area")
    when = When(me().estate.time_zone, now())
    return render_template(
        "office/settings/history.html", found=found, told=tell_changes(found.rows, when), areas=AREAS, area=_area()
    )


def _area() -> str:
    return request.args.get("area", "")[:40]


def _page(
    form: SettingForm | None = None, trouble: Trouble | None = None, profile_form: ProfileForm | None = None
) -> str:
    estate = me().estate
    other = _other(estate.profile)
    ending = ends_with(estate, other)
    confirm = profile_form or ProfileForm(None, prefix="profile")
    confirm.profile.data = other.value
    return render_template(
        "office/settings/organisation.html",
        form=as_of_now(form or _form(sent=False), trouble),
        confirm=as_of_now(confirm, trouble),
        opened=profile_form is not None,
        trouble=trouble,
        sides=[_side(profile) for profile in Profile],
        other=PROFILES[other],
        titled=_TITLED,
        facts=list(LONGEST),
        when=When(estate.time_zone, now()),
        zones=sorted(available_timezones()),
        ending=ending,
        leaving=routed_there(department.id for department in ending),
        in_the_way=_in_the_way(ending),
        headline=headline,
        called=called,
    )


def _in_the_way(ending: list[Department]) -> list[Issue]:
    return open_with(department.id for department in ending)


def _form(*, sent: bool = True) -> SettingForm:
    return form_of(_fields(), values_of(me().estate), sent=sent)


def _fields() -> dict[str, Any]:
    facts = {name: text(FACTS[name], longest) for name, longest in LONGEST.items()}
    titles = {
        f"role.{role.value}.{locale}": text(role_meant(role, me().estate.profile), LONGEST_ROLE, required=False)
        for role in _TITLED
        for locale in ("zh", "en")
    }
    zone = {} if is_settled(me().estate.id) else {"time_zone": text(FACTS["time_zone"], _LONGEST_ZONE)}
    return facts | zone | titles


def _side(profile: Profile) -> Side:
    estate = me().estate
    known = [one for one in departments(estate.id) if one.closed_on is None]
    return Side(
        profile=profile,
        words=PROFILES[profile],
        titles={role: role_meant(role, profile) for role in _TITLED},
        chains=[
            (PAPERS[paper], chain_words(chain_of(paper, profile, estate.settings), profile)) for paper in DUTIES_OF
        ],
        companies=[
            (COMPANIES[liable], [one for one in known if one.liable is liable])
            for liable in Liable
            if liable in LIABLE[profile]
        ],
        asks_for_plans=ASK_FOR_PLANS[profile],
        leads=LEADS[profile],
        is_ours=profile is estate.profile,
    )


def _other(profile: Profile) -> Profile:
    return next(one for one in Profile if one is not profile)
