"""Settings, from the environment alone."""

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).parents[1]
MEGABYTE = 1024 * 1024

_MUST_BE = {
    "PROXIES": (r"\d+", "a whole number"),
    "LEASE_HOURS": (r"\d+", "a whole number"),
    "WEB_WORKERS": (r"[1-9]\d*", "a whole number from 1 on"),
    "WEB_THREADS": (r"[1-9]\d*", "a whole number from 1 on"),
    "TLS": (r"[01]", "1 or 0"),
    "DEMO": (r"[01]", "1 or 0"),
    "DATABASE_URL": (r"(postgresql(\+psycopg)?|sqlite)://.*", "postgresql://…"),
    "REDIS_URL": (r"(rediss?|memory)://.*", "redis://…"),
    "PUBLIC_URL": (r"https?://.+", "an address with https:// or http://"),
}
_FILES = ("SEAL_CERT", "SEAL_KEY", "SEAL_TSA_CERT")


class SettingError(click.ClickException):
    """A setting that cannot be meant. The message is one line that says which."""


def must_make_sense(environment: Mapping[str, str] = os.environ) -> None:
    """Raise `SettingError` for the first setting that is none of its values; an empty one is not set."""
    given = {name: value for name, value in environment.items() if value}
    for name, (pattern, words) in _MUST_BE.items():
        if name in given and not re.fullmatch(pattern, given[name], re.ASCII):
            shown = "" if name.endswith("_URL") else f"={given[name]}"  # an address may hold a password
            raise SettingError(f"{name}{shown} has to be {words}")
    for name in _FILES:
        if name in given and not Path(given[name]).is_file():
            raise SettingError(f"{name}={given[name]} is no file")


def from_environment() -> dict[str, Any]:
    """The settings of a running server; makes the data folder and its secret at first use."""
    must_make_sense()
    folder = Path(os.environ.get("DOORSTEP_DATA", ROOT / "instance")).resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # owners' data: nobody else's on this machine
    except OSError as error:
        raise SettingError(f"DOORSTEP_DATA={folder} cannot be a folder: {error.strerror}") from error
    database = os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'doorstep.sqlite3'}"
    return settings(
        folder=folder,
        database=database,
        secret=os.environ.get("SECRET_KEY") or _kept_secret(folder / "secret_key"),
        secure_cookies=os.environ.get("TLS") == "1" or os.environ.get("PUBLIC_URL", "").startswith("https://"),
    )


def settings(folder: Path, database: str, secret: str, secure_cookies: bool = False) -> dict[str, Any]:
    """All settings, given the few that differ from place to place."""
    return {
        "DATA": str(folder),
        "BLOBS": str(folder / "blobs"),
        "KEYS": str(folder / "keys"),
        "MIGRATIONS": str(ROOT / "migrations"),
        "SQLALCHEMY_DATABASE_URI": database.replace("postgresql://", "postgresql+psycopg://", 1),
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": database.startswith("postgresql")},
        "SECRET_KEY": secret,
        "LEASE_HOURS": int(os.environ.get("LEASE_HOURS") or 336),
        "MAX_CONTENT_LENGTH": 24 * MEGABYTE,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure_cookies,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "app" / "translations"),
        "PUBLIC_URL": os.environ.get("PUBLIC_URL", ""),
        "PROXIES": int(os.environ.get("PROXIES") or 0),
        "RATELIMIT_STORAGE_URI": os.environ.get("REDIS_URL") or "memory://",
        # While Redis is silent each process counts for itself: nobody is locked out, nobody tries without end.
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "WITHDRAWN_VERSIONS": os.environ.get("WITHDRAWN_VERSIONS", "").replace(",", " ").split(),
    }


def _kept_secret(path: Path) -> str:
    """The secret of this data folder; of several processes that make the first one, all read the same."""
    if not path.exists():
        handle, made = tempfile.mkstemp(dir=path.parent)
        os.write(handle, secrets.token_urlsafe(48).encode())
        os.close(handle)
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        os.unlink(made)
    return path.read_text()
