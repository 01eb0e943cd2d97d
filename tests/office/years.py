"""A year at the office: its visits of just now, its figures as they are taken away, its carry-over list."""

import csv
import io
import uuid
from datetime import timedelta
from typing import Any

from app.core.clock import isoformat, local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.issues.explaining import cannot_be_solved, owner_was_explained
from app.issues.models import Issue
from app.issues.owners_word import OwnersWord
from app.issues.rules import Answer, Cannot, HowAnswered
from tests.builders import NOBODY
from tests.office.conftest import Desk

ZONE = "Asia/Shanghai"


def this_year() -> int:
    return local_date(now(), ZONE).year


def just_now() -> dict[str, str]:
    """When a visit of this very hour was held."""
    at = isoformat(now() - timedelta(minutes=1))
    return {"started_at": at, "ended_at": at}


def taken(desk: Desk, asked: str = "", who: str = "supervisor") -> dict[str, dict[str, str]]:
    """The statistics as they are taken away, by the words of each line."""
    with desk.browser(who).post(f"/statistics/export/csv{asked}") as answer:
        assert answer.status_code == 200, answer.text
        rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    return {row["分项"]: row for row in rows}


def agreed(issue: Issue, *, at: Any = None) -> None:
    word = OwnersWord.taken_down(Answer.AGREED, HowAnswered.PHONE, "可以等", said_at=at or now())
    owner_was_explained(issue, word, event_id=new_id(), by=NOBODY, at=at or now())


def put_on_the_list(desk: Desk, text: str, cannot: Cannot = Cannot.FOR_NOW) -> str:
    """An issue that cannot be solved; its owner agrees that it is carried over."""
    issue_id = desk.issue(text=text)
    with desk.app.app_context():
        issue = db.session.get_one(Issue, uuid.UUID(issue_id))
        cannot_be_solved(issue, cannot, "须等外墙大修", None, event_id=new_id(), by=NOBODY, at=now())
        agreed(issue)
        db.session.commit()
    return issue_id
