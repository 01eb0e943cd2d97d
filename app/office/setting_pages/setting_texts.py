"""Forms and words: what printed forms are called, and what stands above a signature."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired, ValidationError

from app.core.clock import now
from app.core.errors import Refused
from app.core.i18n import _, current_locale, lazy_
from app.estates.actions import TITLES
from app.estates.rules import form_names
from app.estates.settings import LONGEST_TITLE, check_consent, set_words, values_of
from app.office.act_form import TextLines
from app.office.door import me, office
from app.office.setting_pages.setting_form import (
    SettingForm,
    Trouble,
    as_of_now,
    attempt,
    control,
    form_of,
    text,
    typed,
    unreadable,
)
from app.people.access import may
from app.people.rules import Act

_NAMES = {
    "zh": [*(title["zh"] for title in TITLES.values()), "业主走回访记录表"],
    "en": [*(title["en"] for title in TITLES.values()), "Owner visit and callback record"],
}
"""One record, three names (policy, section 2)."""


@office.get("/settings/forms")
@may(Act.SEE_SETTINGS)
def form_words() -> str:
    """The words that owners read on paper."""
    return _page(_form())


@office.post("/settings/forms")
@may(Act.CHANGE_SETTINGS)
def change_form_words() -> Response | tuple[str, int]:
    """Set them. What was signed keeps the words that stood above it."""
    here, form = me(), _form()
    if not form.validate_on_submit():
        return _page(form, unreadable()), 422
    wanted = typed(form, _fields())

    trouble = attempt(lambda: set_words(here.estate, wanted, seen=form.seen_number, by=here.by, at=now()))
    if trouble:
        return _page(form, trouble), trouble.status

    flash(_("Saved. Tablets learn of it at their next sync."), "good")
    return redirect(url_for("office.form_words"))


def _page(form: SettingForm, trouble: Trouble | None = None) -> str:
    return render_template(
        "office/settings/forms.html",
        form=as_of_now(form, trouble),
        trouble=trouble,
        version=me().estate.settings["consent"]["version"],
        names=_NAMES,
        others=form_names(me().estate.profile, {}),
        control=control,
    )


def _form() -> SettingForm:
    return form_of(_fields(), values_of(me().estate))


def _fields() -> dict[str, Any]:
    chinese, english, locale_here = lazy_("In Chinese"), lazy_("In English"), current_locale()
    return {
        "title.zh": text(chinese, LONGEST_TITLE),
        "title.en": text(english, LONGEST_TITLE),
        **{
            f"form.{form}.{language}": text(name[locale_here], LONGEST_TITLE, required=False)
            for form, name in form_names(me().estate.profile, {}).items()
            for language in ("zh", "en")
        },
        "consent.zh": _words(chinese),
        "consent.en": _words(english),
    }


def _words(label: Any) -> Any:
    def stands_above_a_signature(_form: Any, field: Any) -> None:
        try:
            check_consent(field.data or "")
        except Refused as refusal:
            raise ValidationError(str(refusal.message)) from refusal

    needed = InputRequired(lazy_("This must not be empty."))
    return TextLines(
        label,
        validators=[needed, stands_above_a_signature],
        filters=[lambda written: (written or "").replace("\r\n", "\n").strip()],
        render_kw={"rows": 6, "maxlength": 1000},
    )
