"""What an estate allows to carry notices, and the mail server it sends through. The caller commits."""

import re
from datetime import datetime

from app.core import journal
from app.core.changes import Value, begin_setting, note_changes, weigh
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.core.journal import By
from app.estates.models import Estate
from app.notices.addresses import Allowed, Mail, must_be_allowed, read_address
from app.notices.models import NoticeOffice
from app.notices.queries import office_of
from app.notices.rules import ALLOWED_AT_FIRST, EMAIL, SERVICES, Security, service_of
from app.notices.sealing import seal, unseal

LONGEST_LIST = 200
"""How many servers can be named."""


def set_office(
    estate: Estate,
    services: list[str],
    hosts: str,
    mail: dict[str, Value],
    password: str,
    *,
    seen: int,
    by: By,
    at: datetime,
) -> None:
    """Which services and machines are allowed, and the mail server; a blank password leaves the one there is.

    Raises Outdated if others set the same meanwhile; Refused for a machine or server that makes no sense.
    """
    begin_setting(estate.id)
    office = office_of(estate.id) or NoticeOffice(
        estate_id=estate.id, services=list(ALLOWED_AT_FIRST), hosts=[], mail={}, password_number=0
    )
    mail = _checked_mail(mail)
    number = office.password_number + bool(password)
    wanted = _settings(_known_services(services), _read_hosts(hosts), mail, number)
    now = _settings(office.services, office.hosts, office.mail, office.password_number)
    changed = weigh(estate.id, now, wanted, seen=seen)
    if not changed:
        return
    for setting, (_before, after) in changed.items():
        _set(office, setting.removeprefix("notices."), after)
    if password:
        office.mail_password = seal(password, estate.id)
    if not mail:
        office.mail, office.mail_password = {}, None
    db.session.add(office)
    settings = note_changes(estate.id, changed, by=by, at=at)
    data = {"settings": settings}
    journal.write(estate.id, "estate:settings_changed", ("estate", estate.id), by=by, at=at, data=data)


def mail_of(office: NoticeOffice | None) -> Mail | None:
    """The mail server of an estate with its password; None if there is none, or if its key is lost."""
    if office is None or not office.mail:
        return None
    password = unseal(office.mail_password, office.estate_id) if office.mail_password else ""
    if password is None:
        return None
    kept = office.mail
    return Mail(kept["host"], kept["port"], Security(kept["security"]), kept["user"], password, kept["sender"])


def _settings(services: list[str], hosts: list[str], mail: dict[str, Value], number: int) -> dict[str, Value]:
    named = {f"notices.{name}": mail.get(name) for name in ("host", "port", "security", "user", "sender")}
    return {"notices.services": services, "notices.hosts": hosts, **named, "notices.password": number}


def _set(office: NoticeOffice, name: str, value: Value) -> None:
    match name:
        case "services":
            office.services = value
        case "hosts":
            office.hosts = value
        case "password":
            office.password_number = value
        case _:
            office.mail = office.mail | {name: value}


def _known_services(codes: list[str]) -> list[str]:
    return [row.code for row in SERVICES if row.code in codes]


def _read_hosts(typed: str) -> list[str]:
    """Machines, one a line: `hooks.example.com`, `10.0.0.5:8080`."""
    hosts = list(dict.fromkeys(line.strip().lower() for line in typed.splitlines() if line.strip()))
    for host in hosts:
        if not _is_host(host) or len(hosts) > LONGEST_LIST:
            words = _("“%(host)s” is no server: write its name or address, and :port if it has its own.", host=host)
            raise Refused("notices:no_host", words)
    return hosts


def _is_host(host: str) -> bool:
    return re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:\d{1,5})?", host) is not None


def _checked_mail(mail: dict[str, Value]) -> dict[str, Value]:
    """Nothing at all without a server; else all of it."""
    host, sender = str(mail.get("host") or "").strip().lower(), str(mail.get("sender") or "").strip()
    if not host:
        return {}
    if ":" in host or not _is_host(host):
        raise Refused("notices:no_mail_host", _("The mail server's name makes no sense."))
    address = read_address(sender, Allowed(frozenset({EMAIL}), frozenset(), has_mail=True))
    must_be_allowed(service_of(EMAIL), address.url, Allowed(frozenset({EMAIL}), frozenset(), has_mail=True))
    return {
        "host": host,
        "port": int(mail.get("port") or 0) or 587,
        "security": Security(mail["security"]).value,
        "user": str(mail.get("user") or "").strip(),
        "sender": address.url,
    }
