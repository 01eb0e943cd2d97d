"""gunicorn's settings: it reads the names in this module."""

import gc
import os
import sys
import threading
from pathlib import Path
from typing import Any

import app.factory  # noqa: F401 - imported once, before the workers are forked: each of them would need seconds for it
from app.cli.address import Address
from app.cli.certificate import certificate_for
from app.cli.machine import end_with_parent
from app.cli.supervisor import STARTED_BY, leave
from app.config import from_environment
from app.core.clock import now
from app.core.errors import Refused

_SETTLED = 20.0
"""Seconds from its start until a worker gets ready to print: before, everybody needs the processors for the start."""

_address = Address.from_environment()

bind = _address.bind
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
timeout = 120
graceful_timeout = 10
keepalive = 5
loglevel = "warning"
proc_name = "doorstep"
control_socket_disable = True
wsgi_app = "app.factory:create_app()"

if _address.tls:
    _certificate = certificate_for(Path(from_environment()["DATA"]) / "tls", now())
    certfile, keyfile = str(_certificate.chain), str(_certificate.key)
    wsgi_app = "app.cli.certificate:application()"


def on_starting(_server: Any) -> None:
    """Never outlive who started us, even if that was killed with -9."""
    end_with_parent()
    if os.getppid() != int(os.environ.get(STARTED_BY, os.getppid())):
        sys.exit("whoever started this server is gone")
    _let_the_collector_pass_by()


def post_worker_init(_worker: Any) -> None:
    """What is there now stays: the collector need not look at it again in the midst of a request."""
    _let_the_collector_pass_by()
    gc.set_threshold(50_000, 20, 20)
    later = threading.Timer(_SETTLED, _get_ready_to_print)
    later.daemon = True
    later.start()


def _let_the_collector_pass_by() -> None:
    """By whatever stands in memory now. Done before the fork, no worker needs to look at what was imported for all."""
    gc.collect()
    gc.freeze()


def _get_ready_to_print() -> None:
    """So that whoever asks this worker for a paper first does not wait for more than the paper."""
    import app.documents.seal.reading  # noqa: PLC0415
    import app.documents.seal.sealing  # noqa: F401, PLC0415
    from app.documents.printing import warm_up  # noqa: PLC0415 - the start should not take the seconds that this does

    try:
        warm_up()
    except Refused:  # no fonts: whoever prints is told so
        return


def worker_exit(_server: Any, worker: Any) -> None:
    """A worker that served has answered its last request here."""
    if worker.booted:
        leave(0)
