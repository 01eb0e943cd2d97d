"""Several acts at the same moment, each in a session of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from app.core.db import db
from app.core.errors import Refused


def at_the_same_moment(app: Flask, *works: Callable[[], object]) -> list[str]:
    """Run and commit each in a thread, all starting together: `done`, or the code of the refusal; sorted."""
    together = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> str:
        with app.app_context():
            together.wait()
            try:
                work()
                db.session.commit()
            except Refused as refusal:
                return refusal.code
            return "done"

    db.session.rollback()
    with ThreadPoolExecutor(len(works)) as threads:
        return sorted(threads.map(run, works))
