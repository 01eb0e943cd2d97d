"""Apprise: reads addresses, and carries one message to one of them. Nothing secret reaches a log."""

import logging
import re
from typing import Any

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat

REFUSED, UNREACHABLE = "refused", "unreachable"
"""Why a message did not get through; `http:401` where a service answered so."""

PATIENCE = 20
"""Seconds after which a service is waited for no longer."""

_ASSET = AppriseAsset(
    app_id="Doorstep", app_desc="Doorstep", app_url="", async_mode=False, secure_logging=True, http_redirects=False
)
_SAID = logging.getLogger("apprise")
_ANSWER = re.compile(r"error=(\d{3})\b")


def _keep_secrets_out_of_logs() -> None:
    """What Apprise and the libraries under it log may name addresses with their keys: it is heard here alone."""
    _SAID.propagate = False
    _SAID.setLevel(logging.WARNING)
    _SAID.addHandler(logging.NullHandler())
    logging.getLogger("urllib3").setLevel(logging.ERROR)


_keep_secrets_out_of_logs()


def understood(address: str | dict[str, Any]) -> NotifyBase | None:
    """The address as Apprise reads it; None if it cannot."""
    found: NotifyBase | None = Apprise.instantiate(address, asset=_ASSET)
    return found


def carry(address: str | dict[str, Any], title: str, body: str) -> str:
    """Send it, which takes seconds at most: stands outside transactions. Returns why it failed, blank if it did not."""
    receiver = understood(address)
    if receiver is None:
        return REFUSED
    sender = Apprise(asset=_ASSET)
    sender.add(receiver)
    with sender.notify(body=body, title=title, body_format=NotifyFormat.TEXT, timeout=PATIENCE) as result:
        return "" if result else _reason(" ".join(entry.message for entry in result.logs()))


def _reason(said: str) -> str:
    """A short code out of what Apprise said, and nothing else of it."""
    if answer := _ANSWER.search(said):
        return f"http:{answer[1]}"
    return UNREACHABLE if "connection error" in said.lower() else REFUSED
