"""An archive of a small estate as somebody has taken it away, and ways to alter it on its way."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.core.pictures import Picture
from app.issues.models import Issue
from app.issues.progress import Stage, note_progress
from app.jobs import archiving
from app.jobs.closing import close_days
from app.people.queries import staff_by_login
from app.sync.kept import not_entered
from tests.builders import NOW
from tests.office.conftest import Desk, a_jpeg
from tests.office.test_bundles import OneHand
from tests.visits.kept import an_attempt

Files = dict[str, bytes]
Alter = Callable[[Files], None]


class QuickHand(OneHand):
    """Prints nothing: for what is not about papers."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        return super().submit(lambda: b"%PDF-")


def close_the_journal(desk: Desk) -> None:
    """As the job does once the day is over."""
    with desk.app.app_context():
        close_days(now() + timedelta(days=2))


def a_visit_with_a_photo(desk: Desk, *, sent: bool = True) -> str:
    """The id of a visit at which a leak was shown."""
    named, frozen = desk.tablet.a_photo(a_jpeg())
    visit_id = desk.visit(issues=[desk.tablet.an_issue(text="主卫天花板渗水", photos=[named])])
    if sent:
        desk.tablet.upload(named["sealed"], frozen)
    return visit_id


def the_work_shown(desk: Desk, issue_id: str) -> bytes:
    """Its department rectifies an issue and shows it; the photo."""
    photo = a_jpeg(60, 30)
    with desk.app.app_context():
        issue, worker = db.session.get_one(Issue, uuid.UUID(issue_id)), staff_by_login(desk.logins["handler"])
        shown, by = Picture(photo, 60, 30), By(worker.id if worker else None)
        note_progress(issue, "已注浆，闭水两天", [shown], Stage.AFTER, event_id=new_id(), by=by, at=now())
        db.session.commit()
    return photo


def something_beside_the_visits(desk: Desk) -> None:
    """A try that met nobody, something noticed on an inspection, with its photo, and the department's work on that."""
    desk.bring_in(an_attempt(desk, note="敲门无人应"))  # type: ignore[arg-type] - a desk has all that is asked of a world
    named, frozen = desk.tablet.a_photo(a_jpeg(30, 30))
    inspection = desk.tablet.an_inspection(desk.estate_id, photos=[named])
    desk.bring_in(inspection)
    desk.tablet.upload(named["sealed"], frozen)
    the_work_shown(desk, str(inspection["body"]["issue_id"]))


def days_around() -> dict[str, str]:
    """The form's fields for the days before and after the visits of a model tablet."""
    first, last = (local_date(NOW + timedelta(days=days), "Asia/Shanghai") for days in (-1, 1))
    return {"period": "days", "first": first.isoformat(), "last": last.isoformat(), "lang": "zh"}


def until_today() -> dict[str, str]:
    """The form's fields for all days from the model tablets' month on."""
    return days_around() | {"first": f"{NOW:%Y-%m}-01", "last": local_date(now(), "Asia/Shanghai").isoformat()}


def ordered(desk: Desk, who: str = "supervisor", **days: str) -> str:
    """Order an archive; the address of its page."""
    answer = desk.browser(who).post("/batches/archives", data=days_around() | days)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def made(desk: Desk, hand: OneHand | None = None) -> bool:
    return archiving.make_next_archive(desk.app, hand or OneHand(), now(), not_entered)


def taken(desk: Desk, address: str, who: str = "supervisor") -> bytes:
    with desk.browser(who).post(f"{address}.zip") as answer:
        assert answer.status_code == 200
        return bytes(answer.data)


def files_in(archive: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(files: Files, to: Path) -> Path:
    """A zip file of these files."""
    with zipfile.ZipFile(to, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return to


def unpacked(files: Files, to: Path) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_bytes(content)
    return to


def one(files: Files, ending: str) -> str:
    """The first path that ends so."""
    return next(path for path in sorted(files) if path.endswith(ending))


def in_manifest(files: Files, path: str, **said: object) -> None:
    """Let the manifest say something else of a file."""
    manifest = json.loads(files["manifest.json"])
    [entry] = [one for one in manifest["files"] if one["path"] == path]
    entry.update(said)
    files["manifest.json"] = json.dumps(manifest).encode()
