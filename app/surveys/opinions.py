"""Opinions on collected sheets, each classified once (R32): what became of it, and how its issue stands."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app.core.db import Kept, db
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.models import Unit
from app.issues.became import Became as IssueBecame
from app.issues.became import became
from app.issues.models import Issue
from app.issues.rules import WORKED_ON, State
from app.people.models import Staff
from app.surveys.measure_rules import Became
from app.surveys.models import AS_NUMBERED, Survey, SurveySheet
from app.surveys.rules import SheetState


class SurveyOpinion(Kept):
    """What became of an opinion on a sheet about one department, by whom and when. It never changes.

    `issue_id`: the issue that it became; of one that the household had raised already, that one.
    """

    __tablename__ = "survey_opinion"
    __table_args__ = (sa.UniqueConstraint("sheet_id", "department_id"),)

    estate_id: Mapped[uuid.UUID]
    survey_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("survey.id"), index=True)
    sheet_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("survey_sheet.id"))
    department_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("department.id"))
    became: Mapped[Became]
    issue_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    at: Mapped[datetime]
    issue: Mapped[Issue | None] = relationship()
    sheet: Mapped[SurveySheet] = relationship()
    by: Mapped[Staff | None] = relationship()


@dataclass(frozen=True)
class Opinion:
    """What a household wrote about one department; what became of it, once somebody has classified it."""

    sheet: SurveySheet
    department_id: uuid.UUID
    words: str
    classified: SurveyOpinion | None

    @property
    def key(self) -> str:
        """As a form names it."""
        return f"{self.sheet.id}/{self.department_id}"

    @property
    def issue(self) -> Issue | None:
        return self.classified.issue if self.classified else None


@dataclass(frozen=True)
class Gathered:
    """How much was said about one department, and what became of it. An issue is counted once.

    `satisfied`: closed by their owners. `cannot`: to be explained to the owner or carried over, as they cannot be
    solved (R36, R37). `ended`: without satisfaction, counted apart. `open`: all others.
    """

    department_id: uuid.UUID | None
    opinions: int
    classified: int
    praise: int
    no_action: int
    issues: int
    open: int
    satisfied: int
    cannot: int
    ended: int

    @property
    def waiting(self) -> int:
        return self.opinions - self.classified


def opinions_of(survey_id: uuid.UUID) -> list[Opinion]:
    """Every opinion on a survey's collected sheets, in the order of their numbers."""
    known = _classified(survey_id)
    found = (
        sa.select(SurveySheet)
        .where(SurveySheet.survey_id == survey_id, SurveySheet.state == SheetState.COLLECTED)
        .options(joinedload(SurveySheet.unit).joinedload(Unit.building))
        .order_by(*AS_NUMBERED)
    )
    return [
        Opinion(sheet, uuid.UUID(id_), words, known.get((sheet.id, uuid.UUID(id_))))
        for sheet in db.session.scalars(found)
        for id_, words in sheet.opinions.items()
    ]


def the_opinion(survey_id: uuid.UUID, sheet_id: uuid.UUID, department_id: uuid.UUID) -> Opinion:
    """One of them. Raises NotFound."""
    sheet = db.session.get(SurveySheet, sheet_id)
    words = sheet.opinions.get(str(department_id)) if sheet and sheet.survey_id == survey_id else None
    if sheet is None or not words or sheet.state is not SheetState.COLLECTED:
        raise NotFound("opinion:unknown", _("This opinion is not known in this survey."))
    return Opinion(sheet, department_id, words, classified_as(sheet_id, department_id))


def classified_as(sheet_id: uuid.UUID, department_id: uuid.UUID) -> SurveyOpinion | None:
    """What became of an opinion, if somebody has classified it."""
    found = sa.select(SurveyOpinion).where(
        SurveyOpinion.sheet_id == sheet_id, SurveyOpinion.department_id == department_id
    )
    return db.session.scalars(found).first()


def unclassified(survey_id: uuid.UUID) -> int:
    """How many opinions of a survey nobody has classified yet."""
    return len(left_to_classify(survey_id))


def left_to_classify(survey_id: uuid.UUID) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Sheet and department of each opinion that nobody has classified, in the order of the sheets' numbers."""
    found = sa.select(SurveyOpinion.sheet_id, SurveyOpinion.department_id)
    known = {(sheet_id, id_) for sheet_id, id_ in db.session.execute(found.where(SurveyOpinion.survey_id == survey_id))}
    return [one for one in _written(survey_id) if one not in known]


def is_any_left(survey_id: uuid.UUID) -> bool:
    """Whether somebody has still to classify an opinion of a survey.

    Asked after each of very many: a sheet of which nothing is classified mostly says it, without reading any.
    """
    is_touched = sa.exists().where(SurveyOpinion.sheet_id == SurveySheet.id)
    found = sa.select(SurveySheet.id).where(*_with_opinions(survey_id), ~is_touched).limit(1)
    return db.session.scalar(found) is not None or unclassified(survey_id) > 0


def departments_written_to(survey_id: uuid.UUID) -> set[uuid.UUID]:
    """Those about which something stands on a collected sheet."""
    return {department_id for _sheet_id, department_id in _written(survey_id)}


def gathered(opinions: Iterable[Opinion]) -> list[Gathered]:
    """By department (R32), those about which most was said first."""
    of_each: dict[uuid.UUID, list[Opinion]] = defaultdict(list)
    for one in opinions:
        of_each[one.department_id].append(one)
    rows = [counted(those, department_id) for department_id, those in of_each.items()]
    return sorted(rows, key=lambda row: (-row.opinions, str(row.department_id)))


def counted(opinions: Iterable[Opinion], department_id: uuid.UUID | None = None) -> Gathered:
    """Of these opinions; a total is counted from the opinions themselves."""
    those = list(opinions)
    return _counted(len(those), [one.classified for one in those if one.classified], department_id)


def counted_in_all(survey_id: uuid.UUID) -> Gathered:
    """All opinions of a survey, together."""
    return _counted(len(_written(survey_id)), list(_classified(survey_id).values()), None)


def _counted(written: int, known: list[SurveyOpinion], department_id: uuid.UUID | None) -> Gathered:
    issues = list({one.issue.id: one.issue for one in known if one.issue}.values())
    ways = [became(issue.state, issue.cannot) for issue in issues]
    explained = sum(issue.state is State.EXPLAINED for issue in issues)
    return Gathered(
        department_id,
        opinions=written,
        classified=len(known),
        praise=sum(one.became is Became.PRAISE for one in known),
        no_action=sum(one.became is Became.NO_ACTION for one in known),
        issues=len(issues),
        open=ways.count(IssueBecame.OPEN) - explained,
        satisfied=ways.count(IssueBecame.CLOSED),
        cannot=sum(way in _CANNOT for way in ways) + explained,
        ended=ways.count(IssueBecame.ENDED),
    )


_CANNOT = (IssueBecame.FOR_NOW, IssueBecame.AT_ALL)


@dataclass(frozen=True)
class Source:
    """From which survey an issue comes: the sheet on which its owner wrote it."""

    survey: Survey
    sheet: SurveySheet


def source_of(issue: Issue) -> Source | None:
    """The sheet that an issue was written on, if it was."""
    sheet = _sheets_behind([issue.id]).get(issue.id)
    return Source(sheet.survey, sheet) if sheet else None


def call_unwelcome(issue_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these issues that were written on a sheet whose owner wants no callback; they are asked all the same."""
    return {issue_id for issue_id, sheet in _sheets_behind(issue_ids).items() if sheet.callback_welcome is False}


def _sheets_behind(issue_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, SurveySheet]:
    """Issue → the first sheet that it was written on; what was raised at a visit comes from there."""
    ids = list(issue_ids)
    if not ids:
        return {}
    found = (
        sa.select(SurveyOpinion)
        .join(Issue, SurveyOpinion.issue_id == Issue.id)
        .where(Issue.id.in_(ids), Issue.visit_id.is_(None), Issue.inspection_id.is_(None))
        .options(joinedload(SurveyOpinion.sheet).joinedload(SurveySheet.survey))
        .order_by(SurveyOpinion.at.desc())
    )
    return {one.issue_id: one.sheet for one in db.session.scalars(found) if one.issue_id}


def issues_of(survey_id: uuid.UUID, department_id: uuid.UUID) -> list[Issue]:
    """Issues that opinions of a survey became and that are with a department now, those raised first in front."""
    found = (
        sa.select(Issue)
        .where(
            Issue.id.in_(sa.select(SurveyOpinion.issue_id).where(SurveyOpinion.survey_id == survey_id)),
            Issue.department_id == department_id,
        )
        .options(joinedload(Issue.unit).joinedload(Unit.building))
        .order_by(Issue.raised_at, Issue.id)
    )
    return list(db.session.scalars(found))


def could_join(opinion: Opinion, most: int = 40) -> list[Issue]:
    """Issues under way that an opinion may be about: the household's own first, then the department's, the newest."""
    found = (
        sa.select(Issue)
        .where(
            Issue.estate_id == opinion.sheet.estate_id,
            Issue.state.in_(WORKED_ON) | sa.and_(Issue.unit_id == opinion.sheet.unit_id, Issue.state.in_(_ITS_OWN)),
            Issue.inspection_id.is_(None),
        )
        .order_by(
            sa.case(
                (Issue.unit_id == opinion.sheet.unit_id, 0), (Issue.department_id == opinion.department_id, 1), else_=2
            ),
            Issue.raised_at.desc(),
            Issue.id,
        )
        .options(joinedload(Issue.unit).joinedload(Unit.building))
    )
    return list(db.session.scalars(found.limit(most)))


def issue_numbered(estate_id: uuid.UUID, number: str) -> Issue | None:
    """The issue of an estate that bears this number, as somebody typed it."""
    found = sa.select(Issue).where(Issue.estate_id == estate_id, Issue.number == number.strip().upper())
    return db.session.scalars(found).first()


_ITS_OWN = WORKED_ON | {State.MERGED, State.RECTIFIED, State.EXPLAINED}
"""States in which a household's own issue still goes on."""


def _with_opinions(survey_id: uuid.UUID) -> tuple[sa.ColumnElement[bool], ...]:
    """Of the sheets that came back those on which something is written."""
    something = sa.cast(SurveySheet.opinions, sa.Text) != "{}"
    return SurveySheet.survey_id == survey_id, SurveySheet.state == SheetState.COLLECTED, something


def _written(survey_id: uuid.UUID) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Sheet and department of each opinion, in the order of the sheets' numbers; without reading the sheets."""
    found = sa.select(SurveySheet.id, SurveySheet.opinions).where(*_with_opinions(survey_id))
    rows = db.session.execute(found.order_by(SurveySheet.number))
    return [(sheet_id, uuid.UUID(id_)) for sheet_id, opinions in rows for id_ in opinions]


def _classified(survey_id: uuid.UUID) -> dict[tuple[uuid.UUID, uuid.UUID], SurveyOpinion]:
    found = (
        sa.select(SurveyOpinion)
        .where(SurveyOpinion.survey_id == survey_id)
        .options(joinedload(SurveyOpinion.issue).joinedload(Issue.department), joinedload(SurveyOpinion.by))
    )
    return {(one.sheet_id, one.department_id): one for one in db.session.scalars(found)}
