"""People at their desks: logged in once by whoever builds an estate, and again at a browser of each further test."""

from collections.abc import Mapping

from flask import Flask
from flask.testing import FlaskClient

from tests.builders import PASSWORD


def logged_in(app: Flask, logins: Mapping[str, str]) -> dict[str, FlaskClient]:
    """A browser for each of these people, at which they have logged in."""
    browsers = {who: app.test_client() for who in logins}
    for who, login in logins.items():
        browsers[who].post("/login", data={"login": login, "password": PASSWORD})
    return browsers


def cookies_of(browsers: Mapping[str, FlaskClient]) -> dict[str, str]:
    """By what the server knows each of them again."""
    found = {who: browser.get_cookie("session") for who, browser in browsers.items()}
    return {who: cookie.value for who, cookie in found.items() if cookie is not None}


def known_again(app: Flask, cookies: Mapping[str, str]) -> dict[str, FlaskClient]:
    """The same people at browsers of another test."""
    browsers = {who: app.test_client() for who in cookies}
    for who, cookie in cookies.items():
        browsers[who].set_cookie("session", cookie)
    return browsers
