"""Logging in and out, and choosing language and estate."""

from flask import Response as Answer
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.core.db import db, only_reading
from app.core.i18n import LOCALES, _, lazy_
from app.core.limits import limiter
from app.office.door import me, office
from app.people.access import anybody, logged_in
from app.people.actions import choose_locale, password_fits
from app.people.queries import as_login, staff_by_login
from app.signatures.rules import sha256_hex

WRONG_FROM_ONE_ADDRESS = "10 per minute; 60 per hour"
"""Wrong passwords from one address, which may be that of a whole office: whoever logs in rightly is not counted."""
WRONG_FOR_ONE_LOGIN = "100 per hour"
"""Wrong passwords for one login, from wherever they come: who has many addresses tries no more than that, and who has
one, which may try less often, locks nobody out."""
_WRONG = 422


class LoginForm(FlaskForm):  # type: ignore[misc]
    """Name and password."""

    login = StringField(lazy_("Login"), validators=[InputRequired(), Length(max=60)])
    password = PasswordField(lazy_("Password"), validators=[InputRequired(), Length(max=200)])


@office.get("/login")
@anybody("nobody is logged in yet")
def login() -> str:
    """The form."""
    return render_template("office/login.html", form=LoginForm(), next=request.args.get("next", ""))


def _login_tried() -> str:
    """The login as it is looked up: blanks and capital letters make no other one of it, nor does its length."""
    return sha256_hex(as_login(request.form.get("login", "")).encode())


def _was_wrong(answer: Answer) -> bool:
    return answer.status_code == _WRONG


@office.post("/login")
@anybody("nobody is logged in yet")
@limiter.limit(WRONG_FROM_ONE_ADDRESS, methods=["POST"], deduct_when=_was_wrong)
@limiter.limit(
    WRONG_FOR_ONE_LOGIN,
    methods=["POST"],
    key_func=_login_tried,
    deduct_when=_was_wrong,
)
def log_in() -> Response | tuple[str, int]:
    """Check name and password; one sentence for every way to be wrong."""
    form = LoginForm()
    with only_reading():  # a password takes its time to check: no writer waits for it meanwhile
        staff = staff_by_login(form.login.data or "")

    if not form.validate() or not password_fits(staff, form.password.data or ""):
        flash(_("Login or password is wrong."), "refusal")
        return render_template("office/login.html", form=form, next=request.form.get("next", "")), _WRONG

    session.clear()
    login_user(staff)
    return redirect(_inside(request.form.get("next", "")))


@office.post("/logout")
@logged_in
def log_out() -> Response:
    """Forget who is at the desk, and let the browser forget the photos and papers that it was shown."""
    logout_user()
    session.clear()
    answer = redirect(url_for("office.login"))
    answer.headers["Clear-Site-Data"] = '"cache"'  # not the storage: a tablet may keep unsent work there
    return answer


@office.post("/language")
@anybody("the login page speaks both languages")
def language() -> Response:
    """Switch the language; remembered with the person, and with the browser before login."""
    locale = request.form.get("locale", "")
    if locale in LOCALES:
        session["locale"] = locale
        if current_user.is_authenticated:
            choose_locale(current_user, locale)
            db.session.commit()
    return redirect(_inside(request.form.get("next", "")))


@office.post("/estate")
@logged_in
def choose_estate() -> Response:
    """Look at another of one's estates; a form that another window still shows is of the one before, and is refused."""
    chosen = request.form.get("estate", "")
    if chosen in {str(estate.id) for estate in me().estates} and chosen != str(me().estate.id):
        session["estate"] = chosen
        session.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)
    return redirect(url_for("office.inbox"))


def _inside(address: str) -> str:
    """An address of our own site, or the first page: a link never leads out through the login."""
    # Browsers leave tabs and line ends out of an address, and what is left of "/\t/" leads elsewhere.
    if address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable():
        return address.rstrip("?")
    return url_for("office.inbox")
