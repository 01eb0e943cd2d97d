"""An archive with a matter of every kind in it, its journal closed; made once, for printing takes its time."""

import json
from typing import Any

from app.approvals.rules import Move
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.people.models import Staff
from app.people.queries import staff_by_login
from app.people.rules import Role
from app.reports.handing_up import hand_up, move_report
from app.reports.queries import Year
from app.visits.rules import Method
from app.visits.specials import Order, order_special
from tests.builders import NOW, TODAY, a_new_version
from tests.documents.archived import (
    Files,
    close_the_journal,
    made,
    ordered,
    something_beside_the_visits,
    taken,
    until_today,
)
from tests.office.orders_entered import enter as enter_order
from tests.office.test_batches import Desks
from tests.office.test_calls import rings
from tests.office.test_complaints import make as make_complaint

_made: list[bytes] = []


def whole_archive(desks: Desks) -> bytes:
    """Two records that everybody has read, so that they are archived, and something of every other kind."""
    if not _made:
        _let_everything_happen(desks)
        close_the_journal(desks.desk)
        address = ordered(desks.desk, **until_today())
        made(desks.desk)
        _made.append(taken(desks.desk, address))
    return _made[0]


def _let_everything_happen(desks: Desks) -> None:
    desk = desks.desk
    desks.passed_by("supervisor", "manager")
    desks.act("executive", "review/hand_on", "已阅")
    desks.act("supervisor", "review/hand_on")
    something_beside_the_visits(desk)
    make_complaint(desk)
    rings(desk, at=NOW, note="无人接听，晚上再打")
    enter_order(desk, desk.browser("supervisor"), reported_at="2026-11-20T09:30")
    with desk.app.app_context():
        estate, supervisor = db.session.get_one(Estate, desk.estate_id), staff_by_login(desk.logins["supervisor"])
        officer = staff_by_login(desk.logins["officer"])
        assert supervisor is not None
        assert officer is not None
        a_new_version(estate, supervisor)
        wanted = Order("暖气打压前逐户确认", "阀门是否打开", Method.DOOR, TODAY, [desk.unit_id], [officer.id])
        order_special(wanted, estate, event_id=new_id(), by=By(supervisor.id), at=NOW)
        _the_year_before(estate, supervisor)
        db.session.commit()


def _the_year_before(estate: Estate, supervisor: Staff) -> None:
    """It is counted, handed up, and assessed."""
    by = By(supervisor.id)
    report = hand_up(estate, Year(TODAY.year - 1, estate.time_zone, NOW), "全年走访平稳", event_id=new_id(), by=by)
    for after, opinion in ((1, "请重点看外墙"), (2, "明年大修外墙")):
        more = {"roles": frozenset(Role), "event_id": new_id(), "by": by, "at": NOW}
        move_report(report, Move.HAND_ON, after=after, note=opinion, **more)


def with_manifest(files: Files, /, **said: Any) -> Files:
    """The same files under a manifest that says something else."""
    manifest = json.loads(files["manifest.json"]) | said
    return files | {"manifest.json": json.dumps(manifest).encode()}
