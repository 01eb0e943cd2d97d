"""Long papers: forms of very many lines, asked for here with all that stands on them, made by the press."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from pydantic import TypeAdapter

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.documents import at_the_press, shelf
from app.documents.at_the_press import OPEN, is_theirs, note_end, seen
from app.documents.bundles import KEPT_FOR, named
from app.documents.forms import form_called, lines_of
from app.documents.models import LongPaper, Progress
from app.documents.seal.seals import company_seal
from app.documents.sheets import Sheet
from app.people.models import Staff


def ask_for_paper(
    staff: Staff, estate_id: uuid.UUID, sheet: Sheet, *, survey_id: uuid.UUID | None = None, at: datetime
) -> LongPaper | None:
    """Have this sheet printed by the press; nothing if it lies on the shelf. Asked for twice it is printed once.

    `survey_id`: the survey that it is of, if it is of one.
    """
    mark = shelf.mark_of(sheet, company_seal(sheet.estate.company, at))
    if shelf.take(mark) is not None:
        return None
    mine = sa.select(LongPaper).where(LongPaper.staff_id == staff.id, LongPaper.estate_id == estate_id)
    asked = db.session.scalars(mine.where(LongPaper.mark == mark, LongPaper.state.in_(OPEN))).first()
    if asked is not None:
        return asked
    paper = LongPaper(
        estate_id=estate_id,
        staff_id=staff.id,
        asked_at=at,
        form=type(sheet).__name__,
        number=sheet.number,
        languages=named(sheet.languages),
        survey_id=survey_id,
        lines=lines_of(sheet),
        mark=mark,
        sheet=TypeAdapter(type(sheet)).dump_json(sheet).decode(),
    )
    db.session.add(paper)
    db.session.flush()
    return paper


def the_paper(staff: Staff, estate_id: uuid.UUID, paper_id: uuid.UUID) -> LongPaper:
    """What somebody asked for in this estate. Raises NotFound, for what others asked for too."""
    paper = db.session.get(LongPaper, paper_id)
    if paper is None or not is_theirs(paper, staff, estate_id):
        raise NotFound("paper:unknown", _("This paper is not here. Papers of many pages are kept for seven days."))
    return paper


def papers_of(staff: Staff, estate_id: uuid.UUID) -> list[LongPaper]:
    """What somebody asked for in this estate, newest first."""
    found = sa.select(LongPaper).where(LongPaper.staff_id == staff.id, LongPaper.estate_id == estate_id)
    return list(db.session.scalars(found.order_by(LongPaper.asked_at.desc(), LongPaper.id.desc())))


def sheet_of(paper: LongPaper) -> Sheet:
    """All that stands on a paper that is not printed yet."""
    sheet: Sheet = TypeAdapter(form_called(paper.form)).validate_json(paper.sheet)
    return sheet


def finish(paper: LongPaper, at: datetime) -> None:
    """It lies on the shelf under its mark; what stands on it is kept nowhere else."""
    paper.state, paper.ready_at, paper.sheet = Progress.READY, at, ""
    note_end(paper, KEPT_FOR, at=at)


def give_up(paper: LongPaper, refused: str, letters: str, at: datetime) -> None:
    """It cannot be printed, and never will."""
    paper.state, paper.refused, paper.letters, paper.sheet = Progress.FAILED, refused, letters, ""
    note_end(paper, KEPT_FOR, at=at)


def note_failure(paper: LongPaper, at: datetime) -> None:
    """It is tried again, a few times; what stands on it is kept no longer than that."""
    at_the_press.note_failure(paper)
    if paper.state is Progress.FAILED:
        paper.sheet = ""
        note_end(paper, KEPT_FOR, at=at)


def clear_up(at: datetime) -> int:
    """Forget papers after a week; returns how many. What was printed stays on the shelf as long as others do."""
    old = list(db.session.scalars(sa.select(LongPaper).where(LongPaper.asked_at < at - KEPT_FOR)))
    for paper in old:
        seen(paper)
        db.session.delete(paper)
    return len(old)
