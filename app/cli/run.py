"""`doorstep run`: the whole product, started and stopped together."""

import fcntl
import os
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click
import sqlalchemy as sa
from flask import Flask

from app.cli.address import EVERYWHERE, Address, AddressError
from app.cli.certificate import AUTHORITY_PATH, Certificate, CertificateError, certificate_for
from app.cli.load_demo import Login, demo_logins, load_if_empty
from app.cli.migrate import bring_up_to_date
from app.cli.supervisor import leave, run_together
from app.cli.take_up import take_up_whatever_can_be
from app.config import must_make_sense
from app.core.clock import now
from app.factory import create_app
from app.sync import right_keys

START_LIMIT = 120  # seconds
SERVER = (sys.executable, "-m", "gunicorn", "--config", "python:app.cli.server")
WORKER = (sys.executable, "-m", "app.cli", "work")
PRESS = (sys.executable, "-m", "app.cli", "press")


@click.command()
def run() -> None:
    """Migrate, load the demonstration estate into an empty database, and serve until told to stop."""
    must_make_sense()
    try:
        address = Address.from_environment()
        address.must_be_free()
        os.environ.setdefault("PUBLIC_URL", address.urls[-1])  # links in notices begin with it
        app = prepared_app()
        certificate = certificate_for(Path(app.config["DATA"]) / "tls", now()) if address.tls else None
    except (AddressError, CertificateError) as reason:
        raise click.ClickException(str(reason)) from reason
    except sa.exc.OperationalError as reason:
        raise click.ClickException(f"the database cannot be used: {reason.orig}") from reason

    def welcome(all_alive: Callable[[], bool]) -> None:
        if _answers(address, all_alive):
            click.echo(welcome_text(address, certificate, demo_logins(app)))

    leave(run_together([SERVER, WORKER, PRESS], welcome))


def prepared_app() -> Flask:
    """The program on a migrated database: what waited for it is taken up, an empty one gets the demonstration."""
    app = create_app()
    with _alone_in(Path(app.config["DATA"])):
        bring_up_to_date(app)
        must_have_the_keys(app)
        take_up_whatever_can_be(app)
        if os.environ.get("DEMO") != "0":
            load_if_empty(app)
    return app


def must_have_the_keys(app: Flask) -> None:
    """Beside another server's database, or one from a backup, with a data folder of its own it could open no record."""
    with app.app_context():
        if right_keys.are_missing():
            raise click.ClickException(
                f"what the tablets of this database send cannot be opened with the keys in {app.config['KEYS']}: "
                "share the data folder of the servers that have it, or bring keys/ back from the backup"
            )


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Of several servers that start on one data folder, one prepares it; the others wait, and find it prepared."""
    with (folder / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _answers(address: Address, all_alive: Callable[[], bool]) -> bool:
    """Wait until the server says that it is ready; False when it ended instead."""
    give_up = time.monotonic() + START_LIMIT
    while all_alive() and time.monotonic() < give_up:
        if _is_ready(address):
            return True
        time.sleep(0.05)
    return False


def _is_ready(address: Address) -> bool:
    host = "localhost" if address.host in EVERYWHERE else address.host
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # it is ourselves we ask
    url = Address(host, address.port, address.tls).urls[0]
    try:
        with urlopen(f"{url}/healthz", timeout=5, context=context) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def welcome_text(address: Address, certificate: Certificate | None, logins: list[Login]) -> str:
    """What is printed once the server is ready: where, who may log in, and how tablets come to trust it."""
    lines = ["", f"Doorstep is ready: {'  '.join(address.urls)}"]
    if logins:
        lines += ["", "Demo logins (login, password, role):"]
        lines += [f"  {login:<14}{password:<18}{role}" for role, login, password in logins]
    if certificate and certificate.authority:
        lines += [
            "",
            f"A tablet trusts this server once it has installed {address.urls[-1]}{AUTHORITY_PATH}",
            "  Android: open it past the warning; Settings, Security, Install a certificate, CA certificate",
            "  iPad: open it in Safari; Settings, Profile Downloaded; then About, Certificate Trust Settings",
            f"  SHA-256 {certificate.fingerprint}",
        ]
    return "\n".join([*lines, "", "Stop it with Ctrl-C."])
