"""One's own password: chosen at the first login, and whenever one wants another."""

from flask import Response as Answer
from flask import flash, redirect, render_template, url_for
from flask_login import current_user, login_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from app.core.clock import now
from app.core.db import db, only_reading
from app.core.errors import Refused
from app.core.i18n import _, lazy_
from app.core.limits import limiter
from app.estates.queries import names_in_use
from app.estates.rules import ways_to_type
from app.office.door import me, office
from app.people.access import logged_in
from app.people.actions import choose_password, hash_password, password_fits
from app.people.models import Staff
from app.people.passwords import must_be_hard_to_guess
from app.people.rules import SHORTEST_PASSWORD

_LONGEST = 200
WRONG_OWN = "10 per minute; 60 per hour"
"""Wrong ones typed as the present one: whoever finds a desk open does not guess it there."""
_WRONG = 422


class OwnPasswordForm(FlaskForm):  # type: ignore[misc]
    """The present one, and twice the next."""

    now = PasswordField(lazy_("Your password"), validators=[InputRequired(), Length(max=_LONGEST)])
    new = PasswordField(
        lazy_("The new one"),
        validators=[
            InputRequired(lazy_("This must not be empty.")),
            Length(SHORTEST_PASSWORD, _LONGEST, lazy_("Use 10 characters or more.")),
        ],
    )
    again = PasswordField(
        lazy_("The new one once more"),
        validators=[
            InputRequired(lazy_("This must not be empty.")),
            EqualTo("new", lazy_("This is not the same as the one above.")),
        ],
    )


@office.get("/password")
@logged_in
def own_password() -> str:
    """The form."""
    return _page(OwnPasswordForm(None))


def _whose() -> str:
    return str(current_user.get_id())


def _was_wrong(answer: Answer) -> bool:
    return answer.status_code == _WRONG


@office.post("/password")
@logged_in
@limiter.limit(WRONG_OWN, methods=["POST"], key_func=_whose, deduct_when=_was_wrong)
def choose_own_password() -> Response | tuple[str, int]:
    """Check the present one, and take the next; every other session of theirs ends."""
    form, staff = OwnPasswordForm(), me().staff
    present, known = staff.password_hash, [staff.login, staff.name, *names_in_use()]
    if not form.validate_on_submit():
        return _page(form), _WRONG
    if not fits_me(form.now.data or ""):
        return _page(form, _("Your password is wrong.")), _WRONG
    if form.now.data == form.new.data:
        return _page(form, _("This is the password that you have. Choose another one.")), _WRONG
    try:
        must_be_hard_to_guess(form.new.data or "", ways_to_type(known))
    except Refused as refusal:
        form.new.errors = [str(refusal.message)]
        return _page(form), _WRONG
    hashed = hash_password(form.new.data or "")

    choose_password(me().staff, hashed, instead_of=present, by=me().by, at=now())
    db.session.commit()

    login_user(me().staff)
    flash(_("You have a new password. Wherever else you were logged in, you are not any more."), "good")
    return redirect(url_for("office.inbox"))


def fits_me(password: str) -> bool:
    """Whether this is the password of whoever is at the desk. It takes its time: no writer waits for it meanwhile."""
    db.session.rollback()
    with only_reading():
        fits = password_fits(db.session.get(Staff, me().id), password)
        db.session.rollback()
    return fits


def _page(form: OwnPasswordForm, refusal: str = "") -> str:
    return render_template("office/own_password.html", form=form, refusal=refusal)
