"""One visit in WebKit, the engine of iPads: the server is away, and the page dies at every step. `make webkit`."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import blobs
from app.core.db import db
from app.issues.models import Issue
from app.signatures.queries import statement_of
from app.signatures.rules import SignerRole
from app.visits.models import Visit
from tests.journeys.served import Server
from tests.journeys.tablet import WATERPROOFING
from tests.journeys.webkit.tablet import WebKitTablet
from tests.journeys.words import zh

pytestmark = [
    pytest.mark.journey,
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),  # of Selenium in itself
]

LEAK = "主卫天花板渗水"


def test_a_visit_is_held_without_a_server_and_arrives_whole_once(
    app: Flask, server: Server, enrol_code: str, webkit: WebKitTablet, picture: Path
) -> None:
    server.start()
    webkit.enrol(enrol_code)
    webkit.seen("css selector", ".list a", "陈建国")

    server.stop()
    webkit.open()
    webkit.find("陈建国")
    webkit.tap("Knock, start the visit")
    webkit.note_issue(LEAK, WATERPROOFING["zh"], picture)
    webkit.driver.refresh()
    webkit.tap("Done")
    webkit.tap("Hand the tablet to the owner")
    webkit.read_to_the_end()
    webkit.driver.refresh()
    webkit.driver.back()
    webkit.read_to_the_end()
    webkit.tap("Satisfied")
    webkit.ink()
    webkit.tap("Confirm and sign")
    webkit.tap("Hand the tablet back to %(name)s")
    webkit.type_pin()
    webkit.heading("Your signature")
    webkit.ink()
    webkit.tap("Sign and save")
    webkit.heading("Saved on this tablet %(time)s")
    webkit.open()

    server.start()
    webkit.go_to("records")
    webkit.tap("Try now")
    webkit.seen("css selector", "main", zh("Everything is at the office"))

    with app.app_context():
        [visit] = db.session.scalars(sa.select(Visit))
        statement = statement_of(visit.id)
        assert statement is not None
        assert {signature.role for signature in statement.signatures} == {SignerRole.OWNER, SignerRole.OFFICER}
        [photo] = blobs.photos_in(visit.id)
        assert (visit.interviewee_name, visit.complete, photo.arrived_at is not None) == ("陈建国", True, True)
        [raised] = db.session.scalars(sa.select(Issue))
        assert (raised.text, raised.raised_by) == (LEAK, "陈建国")
