"""Time limits: every one of the policy's, its default beside it."""

from dataclasses import asdict
from typing import Any, cast

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from app.core.clock import now
from app.core.i18n import _, lazy_
from app.estates.rules import BOUNDS, Limits, LimitUnit, limits, out_of_order
from app.estates.settings import set_limits
from app.office.door import me, office
from app.office.owner_pages.file_forms import choices
from app.office.setting_pages.setting_form import (
    SettingForm,
    Trouble,
    as_of_now,
    attempt,
    control,
    form_of,
    typed,
    unreadable,
)
from app.office.setting_pages.setting_words import LIMIT_GROUPS, LIMITS, UNITS, YES_NO
from app.people.access import may
from app.people.rules import Act

_DEFAULTS = asdict(Limits())


@office.get("/settings/limits")
@may(Act.SEE_SETTINGS)
def time_limits() -> str:
    """Every limit with its unit, the policy's default, what it may be."""
    return _page(_form())


@office.post("/settings/limits")
@may(Act.CHANGE_SETTINGS)
def change_limits() -> Response | tuple[str, int]:
    """Set them. What runs already keeps the limit it began with."""
    here, form = me(), _form()
    if not _makes_sense(form):
        return _page(form, unreadable()), 422
    wanted = {name: int(value) for name, value in typed(form, BOUNDS).items()}

    trouble = attempt(lambda: set_limits(here.estate, wanted, seen=form.seen_number, by=here.by, at=now()))
    if trouble:
        return _page(form, trouble), trouble.status

    flash(_("Saved. What begins from now on has these limits."), "good")
    return redirect(url_for("office.time_limits"))


def _makes_sense(form: SettingForm) -> bool:
    """Whether each is within its bounds, and none longer than one that must not be shorter; else its field says so."""
    if not form.validate_on_submit():
        return False
    crossed = out_of_order(typed(form, BOUNDS))
    for shorter, longer in crossed:
        field = control(form, shorter)
        field.errors = [*field.errors, _("This must not be longer than “%(limit)s”.", limit=LIMITS[longer])]
    return not crossed


def _page(form: SettingForm, trouble: Trouble | None = None) -> str:
    return render_template(
        "office/settings/limits.html",
        form=as_of_now(form, trouble),
        trouble=trouble,
        groups=LIMIT_GROUPS,
        bounds=BOUNDS,
        units=UNITS,
        said=_said,
        defaults=_DEFAULTS,
        control=control,
    )


def _said(name: str, n: int) -> str:
    """A value without its unit, which stands in another column."""
    return str(YES_NO[n]) if BOUNDS[name].unit is LimitUnit.YES_NO else str(n)


def _form() -> SettingForm:
    return form_of({name: _field(name) for name in BOUNDS}, asdict(limits(me().estate.settings)))


def _field(name: str) -> Any:
    bound = BOUNDS[name]
    if bound.unit is LimitUnit.YES_NO:
        return SelectField(cast(str, LIMITS[name]), coerce=int, choices=choices(YES_NO))
    return IntegerField(
        cast(str, LIMITS[name]),
        validators=[_Needed(), NumberRange(bound.least, bound.most, lazy_("This is not within what is possible."))],
        render_kw={"min": bound.least, "max": bound.most, "inputmode": "numeric", "required": True},
    )


class _Needed(InputRequired):
    """A whole number must stand there; said once, however it is missing."""

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data is None:
            field.errors[:] = []
            raise ValidationError(lazy_("Write a whole number."))
