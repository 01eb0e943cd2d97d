"""What somebody typed as an address: read, held against what the estate allows, made ready to send to."""

import re
from dataclasses import dataclass
from typing import Any

from apprise.utils.parse import is_email

from app.core.errors import Refused
from app.core.i18n import _
from app.notices.models import NoticeOffice
from app.notices.post import understood
from app.notices.rules import ALLOWED_AT_FIRST, EMAIL, SERVICES, Security, Service, service_of

LONGEST = 500
_USUAL_PORTS = {None, 80, 443}


@dataclass(frozen=True)
class Mail:
    """The mail server that an estate sends through."""

    host: str
    port: int
    security: Security
    user: str
    password: str
    sender: str


@dataclass(frozen=True)
class Allowed:
    """What an estate allows."""

    services: frozenset[str]
    hosts: frozenset[str]
    has_mail: bool


@dataclass(frozen=True)
class Address:
    """Where notices go: by which service, the address itself, and as much of it as may be shown."""

    service: Service
    url: str
    shown: str


def allowed_in(office: NoticeOffice | None) -> Allowed:
    """What an estate allows; before anybody chose, the services whose address names no machine."""
    if office is None:
        return Allowed(frozenset(ALLOWED_AT_FIRST), frozenset(), has_mail=False)
    return Allowed(frozenset(office.services), frozenset(office.hosts), has_mail=bool(office.mail))


def read_address(typed: str, allowed: Allowed) -> Address:
    """An e-mail address, an address as a service shows it, or an Apprise address. Raises Refused with what to do."""
    typed = typed.strip()
    address = _mail_address(typed) if "://" not in typed else _apprise_address(typed)
    must_be_allowed(address.service, address.url, allowed)
    return address


def must_be_allowed(service: Service, url: str, allowed: Allowed) -> None:
    """Raises Refused for a service, or for a machine, that the estate does not allow (any more)."""
    if service.code not in allowed.services:
        raise Refused("notices:service_not_allowed", _("This service is not allowed here. Ask the administrator."))
    if service.code == EMAIL and not allowed.has_mail:
        raise Refused("notices:no_mail", _("No mail server has been set up yet. Ask the administrator."))
    if service.own_host and not allowed.hosts & _names_of_host(url):
        raise Refused("notices:host_not_allowed", _("Messages to this server are not allowed. Ask the administrator."))


def for_apprise(service: Service, url: str, mail: Mail | None) -> str | dict[str, Any]:
    """The address as Apprise takes it; mail goes through the estate's server."""
    if service.code != EMAIL or mail is None:
        return url
    login = {"user": mail.user, "password": mail.password} if mail.user else {}
    return {
        "schema": "mailto" if mail.security is Security.PLAIN else "mailtos",
        "host": mail.host,
        "smtp_host": mail.host,
        "port": mail.port,
        "secure_mode": mail.security.value,
        "from_addr": mail.sender,
        "targets": [url],
        "format": "text",
        **login,
    }


def _mail_address(typed: str) -> Address:
    read = is_email(typed)  # type: ignore[no-untyped-call]
    if not read or read["full_email"] != typed:
        raise _unreadable()
    return Address(service_of(EMAIL), typed, f"{typed[0]}***@{read['domain']}")


def _apprise_address(typed: str) -> Address:
    for service in SERVICES:
        if service.native and (found := re.fullmatch(service.native[0], typed)):
            return Address(service, service.native[1].format(found[1]), "")
    scheme = typed.partition("://")[0].lower()
    service_found = next((row for row in SERVICES if scheme in row.schemes), None)
    # What stands behind a question mark could turn an address into another: redirects, files, hosts.
    if service_found is None or not re.fullmatch(r"[!-~]+", typed) or re.search(r"[?#\\]|%3f", typed, re.IGNORECASE):
        raise _unreadable()
    receiver = understood(typed)
    if receiver is None:
        raise _unreadable()
    return Address(service_found, typed, str(receiver.host) if service_found.own_host else "")


def _names_of_host(url: str) -> set[str]:
    """How an allowed machine may be written that this address speaks to: with its port, or without a usual one."""
    receiver = understood(url)
    if receiver is None:
        return set()
    host, port = str(receiver.host).lower(), receiver.port
    return {f"{host}:{port}"} | ({host} if port in _USUAL_PORTS else set())


def _unreadable() -> Refused:
    words = _("This address cannot be read: write an e-mail address, or the address that the robot's page shows.")
    return Refused("notices:address_unreadable", words)
