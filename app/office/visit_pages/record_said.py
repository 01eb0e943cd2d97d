"""What a kept operation says, for a person to read, whatever is wrong with it. Never a telephone number."""

import enum
import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from app.core.errors import Words
from app.core.i18n import current_locale
from app.estates.rules import place_label
from app.issues.complaint_rules import Grade
from app.issues.models import Issue
from app.issues.queries import categories_by_code, issues_shown
from app.office.moments import When
from app.office.visit_pages.answered_to import AnsweredTo, answered_in
from app.office.words import GRADES, METHODS, OUTCOMES, RATINGS, RELATIONS, UNSIGNED, masked
from app.repairs.models import WorkOrder
from app.repairs.queries import orders_shown
from app.surveys.models import SurveySheet
from app.surveys.queries import sheets_by_id
from app.surveys.rules import Level
from app.surveys.words import LEVELS
from app.sync.contents import Contents, photos_here
from app.visits.rules import Method, Outcome, Rating, Relation, SheetAct, Unsigned
from app.visits.words import SHEET_ACTS

_PHONE = re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[3-9][0-9]{9}(?![0-9])|(?<![0-9])0[0-9]{2,3}[- ]?[0-9]{7,8}(?![0-9])")
_BEGINNINGS = ("started_at", "tried_at", "written_at", "noted_at", "read_at", "noticed_at")
Json = dict[str, Any]
E = TypeVar("E", bound=enum.Enum)


@dataclass(frozen=True)
class SaidIssue:
    """One matter. `category` is its name, or the bare code where the office does not know it."""

    id: uuid.UUID | None
    text: str
    category: str
    known: bool
    answer: str
    promised_on: date | None
    photos: list[tuple[str, bool]]
    complaint: Words | str = ""


@dataclass(frozen=True)
class SaidAnswer:
    """What the owner said to an earlier issue or a work order; neither where the office does not have it."""

    issue: Issue | None
    order: WorkOrder | None
    answer: str
    reason: str
    photos: list[tuple[str, bool]] = field(default_factory=list)
    to: AnsweredTo | None = None


@dataclass(frozen=True)
class SaidSheet:
    """What became of a survey's sheet, in one line; `sheet` only where this estate has it."""

    sheet: SurveySheet | None
    what: Words | str
    levels: list[tuple[str, Words | str]]
    opinions: list[tuple[str, str]]
    overall: Words | str
    reason: str
    signed_name: str
    signed_relation: Words | str
    photos: list[tuple[str, bool]]


@dataclass(frozen=True)
class Said:
    """The record in words; blank where it says nothing or cannot be read."""

    number: str = ""
    met: str = ""
    relation: Words | str = ""
    method: Words | str = ""
    at: datetime | None = None
    until: datetime | None = None
    issues: list[SaidIssue] = field(default_factory=list)
    answers: list[SaidAnswer] = field(default_factory=list)
    sheets: list[SaidSheet] = field(default_factory=list)
    wishes: str = ""
    rating: Words | str = ""
    unsigned: Words | str = ""
    signers: list[str] = field(default_factory=list)
    outcome: Words | str = ""
    text: str = ""
    visit_id: uuid.UUID | None = None
    where: str = ""


def said_in(contents: Contents, estate_id: uuid.UUID, when: When) -> Said | None:
    """What an operation says, nothing if it cannot be opened.

    Each part is read by itself, so that one that is broken does not hide the others.
    """
    if contents.text is None:
        return None
    body = _as_a_visit(contents.text.body) if contents.text.kind == "inspection.record" else contents.text.body
    return Said(
        number=words_of(body.get("number")),
        met=words_of(_part(body, "interviewee").get("name")),
        relation=word_for(RELATIONS, Relation, _part(body, "interviewee").get("relation")),
        method=word_for(METHODS, Method, body.get("method")),
        at=next((at for name in _BEGINNINGS if (at := _moment(body.get(name)))), None),
        until=_moment(body.get("ended_at")),
        issues=_issues(body, estate_id),
        answers=_answers(body, estate_id, when),
        sheets=_sheets(body, estate_id),
        wishes=words_of(body.get("wishes")),
        rating=word_for(RATINGS, Rating, body.get("rating")),
        unsigned=word_for(UNSIGNED, Unsigned, _part(body, "unsigned").get("reason")),
        signers=[words_of(_part(one, "signer").get("name")) for one in _parts(body, "signatures")],
        outcome=word_for(OUTCOMES, Outcome, body.get("outcome")),
        text=words_of(body.get("text")) or words_of(body.get("note")) or _correction(body),
        visit_id=_id(body.get("visit_id")),
        where=_where(_part(body, "where")),
    )


def _as_a_visit(body: Json) -> Json:
    """What was noticed on an inspection, as the one issue of a record without an owner."""
    issue = {"id": body.get("issue_id")} | {name: body.get(name) for name in ("text", "category", "photos")}
    return {name: body.get(name) for name in ("number", "where", "noticed_at")} | {
        "method": Method.INSPECTION.value,
        "issues": [issue],
    }


def _where(named: Json) -> str:
    floor = named.get("floor")
    words = [words_of(named.get(name)) for name in ("building", "entrance", "place")]
    return place_label(words[0], words[1], floor if isinstance(floor, int) else None, words[2], current_locale())


def _issues(body: Json, estate_id: uuid.UUID) -> list[SaidIssue]:
    known = categories_by_code(estate_id)
    issues = _parts(body, "issues")
    here = photos_here(sealed for issue in issues for sealed in _photos(issue))
    return [
        SaidIssue(
            id=_id(issue.get("id")),
            text=words_of(issue.get("text")),
            category=known[code].name(current_locale()) if code in known else code,
            known=code in known,
            answer=words_of(issue.get("answer")) if issue.get("answered") is True else "",
            promised_on=_day(issue.get("promised_on")),
            photos=[(sealed, sealed in here) for sealed in _photos(issue)],
            complaint=word_for(GRADES, Grade, _part(issue, "complaint").get("grade")),
        )
        for issue in issues
        for code in [words_of(issue.get("category"))]
    ]


def _answers(body: Json, estate_id: uuid.UUID, when: When) -> list[SaidAnswer]:
    given, to = _parts(body, "answers"), _answered_to(body, when)
    ids = [id_ for one in given if (id_ := _id(one.get("issue_id")))]
    issues = {id_: issue for id_, issue in issues_shown(ids).items() if issue.estate_id == estate_id}
    of_orders = orders_shown(id_ for one in given if (id_ := _id(one.get("order_id"))))
    orders = {id_: order for id_, order in of_orders.items() if order.estate_id == estate_id}
    nothing = uuid.UUID(int=0)
    here = photos_here(sealed for one in given for sealed in _photos(one))
    return [
        SaidAnswer(
            issue=issues.get(_id(one.get("issue_id")) or nothing),
            order=orders.get(_id(one.get("order_id")) or nothing),
            answer=words_of(one.get("answer")),
            reason=words_of(one.get("reason")),
            photos=[(sealed, sealed in here) for sealed in _photos(one)],
            to=to.get(_id(one.get("issue_id")) or nothing),
        )
        for one in given
    ]


def _sheets(body: Json, estate_id: uuid.UUID) -> list[SaidSheet]:
    given = _parts(body, "surveys")
    ids = [id_ for one in given if (id_ := _id(one.get("sheet_id")))]
    known = {id_: one for id_, one in (sheets_by_id(ids) if ids else {}).items() if one.estate_id == estate_id}
    here = photos_here(sealed for one in given for sealed in _photos(one))
    return [_sheet(one, known.get(_id(one.get("sheet_id")) or uuid.UUID(int=0)), here) for one in given]


def _sheet(given: Json, sheet: SurveySheet | None, here: Collection[str]) -> SaidSheet:
    questions = {str(one.id): one for one in sheet.survey.questions} if sheet else {}
    of = {str(one.department_id): one.department.name(current_locale()) for one in questions.values()}
    asked = {id_: one.text(current_locale()) for id_, one in questions.items()}
    levels, opinions = _part(given, "levels"), _part(given, "opinions")
    return SaidSheet(
        sheet=sheet,
        what=word_for(SHEET_ACTS, SheetAct, given.get("act")),
        levels=[(asked.get(id_, "–"), word_for(LEVELS, Level, level)) for id_, level in levels.items()],
        opinions=[(of.get(id_, "–"), words_of(words)) for id_, words in opinions.items()],
        overall=word_for(LEVELS, Level, given.get("overall")),
        reason=words_of(given.get("reason")),
        signed_name=words_of(given.get("signed_name")),
        signed_relation=word_for(RELATIONS, Relation, given.get("signed_relation")),
        photos=[(sealed, sealed in here) for sealed in _photos(given)],
    )


def _answered_to(body: Json, when: When) -> dict[uuid.UUID, AnsweredTo]:
    text = body.get("statement")
    told = answered_in(text, when) if isinstance(text, str) else {}
    return {issue_id: replace(to, words=words_of(to.words)) for issue_id, to in told.items()}


def _correction(body: Json) -> str:
    """What should stand in an owner file, and the remark beside it."""
    return " · ".join(
        said for said in (*map(words_of, _part(body, "value").values()), words_of(body.get("remark"))) if said
    )


def _photos(issue: Json) -> list[str]:
    """The sealed names of an issue's photos."""
    named = [photo.get("sealed") for photo in _parts(issue, "photos")]
    return [sealed for sealed in named if isinstance(sealed, str) and re.fullmatch("[0-9a-f]{64}", sealed)]


def words_of(value: object) -> str:
    """A text with telephone numbers masked."""
    text = value[:4000] if isinstance(value, str) else ""
    return _PHONE.sub(lambda found: masked(found.group()), text)


def _part(body: Json, name: str) -> Json:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _parts(body: Json, name: str) -> list[Json]:
    parts = body.get(name)
    return [part for part in parts[:200] if isinstance(part, dict)] if isinstance(parts, list) else []


def word_for(words: dict[E, Words], kind: type[E], value: object) -> Words | str:
    """The word for a value as it was written; none for one that nobody knows."""
    member = next((member for member in kind if member.value == value), None)
    return words[member] if member else ""


def _moment(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at and at.tzinfo and 1900 <= at.year < 9000 else None


def _day(value: object) -> date | None:
    at = _moment(f"{value}T00:00:00Z")
    return at.date() if at else None


def _id(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
