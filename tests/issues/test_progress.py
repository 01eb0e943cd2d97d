"""Notes and photos of the work: kept with their line in the history, once, and never moving anything."""

import io

import pytest
import sqlalchemy as sa
from PIL import Image

from app.core import blobs, journal, waits
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.core.pictures import Picture, made_anew
from app.issues.progress import MOST_PHOTOS, ProgressNote, Stage, note_progress, work_photos
from app.issues.rules import ENDED, State
from tests.builders import NOBODY, NOW
from tests.issues.conftest import Ground, kinds, replayed

MORE = {"by": NOBODY, "at": NOW}
OPEN = [state for state in State if state not in ENDED]


def a_picture(width: int = 40, height: int = 30) -> Picture:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (90, 120, 110)).save(file, "JPEG")
    made = made_anew(file.getvalue(), 2000)
    assert made is not None
    return made


def notes() -> list[str]:
    return list(db.session.scalars(sa.select(ProgressNote.text)))


def test_words_and_photos_stand_in_the_history_with_who_brought_them(ground: Ground) -> None:
    issue, by = ground.an_issue(State.ACCEPTED), By(staff_id=ground.manager.id)

    note_progress(issue, " 已断水 ", [a_picture(), a_picture(20, 20)], Stage.BEFORE, event_id=new_id(), by=by, at=NOW)
    db.session.commit()

    photos, line = work_photos(issue.id), journal.history(issue.id)[-1]
    assert notes() == ["已断水"]
    assert [(photo.stage, photo.width, photo.round) for photo in photos] == [
        (Stage.BEFORE, 40, 1),
        (Stage.BEFORE, 20, 1),
    ]
    assert all(blobs.held(photo.sha256) for photo in photos)
    assert (line.kind, line.staff_id) == ("issue:progressed", ground.manager.id)
    assert line.data == {
        "round": 1,
        "note": "已断水",
        "stage": "before",
        "photos": [str(photo.id) for photo in photos],
    }


@pytest.mark.clause("R40")
@pytest.mark.parametrize("state", OPEN, ids=lambda state: state.value)
def test_whatever_a_department_notes_moves_nothing_and_closes_nothing(ground: Ground, state: State) -> None:
    issue = ground.an_issue(state)
    before = issue.state, issue.round, [(wait.what, wait.due_at) for wait in waits.on(issue.id)]

    note_progress(issue, "做好了，业主说满意", [a_picture()], Stage.AFTER, event_id=new_id(), **MORE)
    db.session.commit()

    assert (issue.state, issue.round, [(wait.what, wait.due_at) for wait in waits.on(issue.id)]) == before
    assert replayed(issue) == (issue.state, issue.round)


def test_what_is_sent_twice_from_a_stairwell_is_kept_once(ground: Ground) -> None:
    issue, event = ground.an_issue(State.ACCEPTED), new_id()

    first = note_progress(issue, "已断水", [a_picture()], event_id=event, **MORE)
    db.session.commit()
    again = note_progress(issue, "已断水", [a_picture()], event_id=event, **MORE)
    db.session.commit()

    assert (first, again) == (True, False)
    assert (len(notes()), len(work_photos(issue.id)), kinds(issue).count("issue:progressed")) == (1, 1, 1)


@pytest.mark.parametrize("state", sorted(ENDED, key=lambda state: state.value), ids=lambda state: state.value)
def test_nothing_is_added_once_it_has_ended(ground: Ground, state: State) -> None:
    issue = ground.an_issue(state)

    with pytest.raises(Outdated) as refusal:
        note_progress(issue, "还有一句", event_id=new_id(), **MORE)

    assert refusal.value.code == "issue:ended"


@pytest.mark.parametrize(
    ("words", "photos", "code"), [("  ", 0, "issue:nothing_noted"), ("", MOST_PHOTOS + 1, "photo:too_many")]
)
def test_nothing_at_all_and_too_much_at_once_are_refused(ground: Ground, words: str, photos: int, code: str) -> None:
    issue = ground.an_issue(State.ACCEPTED)

    with pytest.raises(Refused) as refusal:
        note_progress(issue, words, [a_picture()] * photos, event_id=new_id(), **MORE)
    db.session.rollback()

    assert refusal.value.code == code
    assert work_photos(issue.id) == []
