"""What every settings form has: which change its reader saw last, and what is told when somebody was faster."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from app.core.changes import Value, newest
from app.core.clock import now
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _, lazy_
from app.office.door import estate_id, me
from app.office.moments import When
from app.office.setting_pages.setting_words import Told, tell_changes


class SettingForm(FlaskForm):  # type: ignore[misc]
    """`seen`: the number of the estate's last change when the page was made."""

    seen = HiddenField(default="0", validators=[InputRequired(), Regexp(r"^\d{1,9}$")])

    @property
    def seen_number(self) -> int:
        return int(str(self.seen.data))


@dataclass(frozen=True)
class Trouble:
    """Why nothing was set: in words, with what others changed meanwhile."""

    words: str
    changes: list[Told]
    status: int
    code: str = ""


def form_of(fields: Mapping[str, Any], values: Mapping[str, Value], *, sent: bool = True) -> SettingForm:
    """A form with a field for each setting, under its dotted name; filled with `values` unless it was `sent`."""
    kind = type("Form", (SettingForm,), {_attribute(name): field for name, field in fields.items()})
    data = {_attribute(name): value for name, value in values.items()}
    return cast(SettingForm, kind(data=data) if sent else kind(None, data=data))


def _attribute(name: str) -> str:
    return name.replace(".", "__")


def control(form: SettingForm, name: str) -> Any:
    """The field of a setting."""
    return form[_attribute(name)]


def typed(form: SettingForm, names: Mapping[str, Any]) -> dict[str, Value]:
    """What stands in the form, by the settings' names."""
    return {name: control(form, name).data for name in names}


def text(label: Any, longest: int, *, required: bool = True, **more: Any) -> Any:
    """A field for one line of text, without blanks around it."""
    needed = [InputRequired(lazy_("This must not be empty."))] if required else []
    return StringField(
        label,
        validators=[*needed, Length(max=longest)],
        filters=[lambda written: (written or "").strip()],
        render_kw={"maxlength": longest, "autocomplete": "off"},
        **more,
    )


def attempt(act: Callable[[], object]) -> Trouble | None:
    """Do it and commit; or tell why not, having changed nothing."""
    try:
        act()
        db.session.commit()
    except NotFound:
        raise
    except Refused as refusal:
        crossed = [change.id for change in cast(Any, refusal.detail.get("changes", []))]
        told = tell_changes(cast(Any, refusal.detail.get("changes", [])), _when()) if crossed else []
        db.session.rollback()
        return Trouble(str(refusal.message), told, refusal.status, refusal.code)
    return None


def as_of_now(form: SettingForm, trouble: Trouble | None) -> SettingForm:
    """A page that is fresh, or that tells what others changed, has shown the last change; one that is not, has not."""
    if trouble is None or trouble.changes or not form.seen.raw_data:
        form.seen.data = str(newest(estate_id()))
    return form


def unreadable() -> Trouble:
    """What stands in the fields is told beside each of them."""
    return Trouble(_("Nothing was saved: look at what is marked."), [], 422)


def _when() -> When:
    return When(me().estate.time_zone, now())
