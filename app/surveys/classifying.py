"""Each opinion on a collected sheet is classified once (R32): an issue with its own loop, praise, or no action.

The caller commits.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.core import journal, waits
from app.core.clock import local_date
from app.core.db import db, hold, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.ids import derived_id, new_id
from app.core.journal import By
from app.core.waits import Holder
from app.estates.models import Estate, Ownership, Person, Tenancy
from app.estates.queries import owner_called, owners_on, tenants_on
from app.estates.rules import limits
from app.issues.actions import make_move, raise_issue
from app.issues.merging import merge
from app.issues.models import Category, Issue
from app.issues.moving import lock_work
from app.issues.routing import note_liability, route
from app.issues.rules import ENDED, Move, Urgency
from app.issues.who_answers import are_owners
from app.people.rules import Role
from app.surveys.days import end_of_day
from app.surveys.measure_rules import CLASSIFY, WITHOUT_ACTION, Became
from app.surveys.models import Survey, SurveySheet
from app.surveys.opinions import SurveyOpinion, classified_as, is_any_left

_RELATION_TENANT = "tenant"


@dataclass(frozen=True)
class Matter:
    """What an opinion becomes as an issue, to which department it goes, and by when its owner has a first answer."""

    category: Category
    urgency: Urgency
    department_id: uuid.UUID
    promised_on: date | None


def becomes_issue(
    sheet: SurveySheet, department_id: uuid.UUID, matter: Matter, *, event_id: uuid.UUID, by: By, at: datetime
) -> Issue | None:
    """An opinion is an issue of its household, and goes to a department: from there on the usual loop (R34, V52).

    Returns nothing if this very event happened already. Raises Outdated if somebody else has classified it, Refused
    where its owner would be promised an answer by a day that is over.
    """
    if _is_done(sheet, department_id, event_id):
        return None
    estate = db.session.get_one(Estate, sheet.estate_id)
    if matter.promised_on is not None and matter.promised_on < local_date(at, estate.time_zone):
        raise Refused("issue:date_past", _("The date lies in the past."))
    issue = _raise(sheet, department_id, matter.category, matter.urgency, matter.promised_on, by=by, at=at)
    note_liability(issue)
    route(issue, matter.department_id, event_id=derived_id(event_id, "route"), by=by, at=at)
    _keep(sheet, department_id, Became.ISSUE, issue, event_id=event_id, by=by, at=at)
    return issue


def joins_issue(
    sheet: SurveySheet, department_id: uuid.UUID, into: Issue, note: str, *, event_id: uuid.UUID, by: By, at: datetime
) -> Issue | None:
    """An opinion is about what somebody raised already: an issue of its own that waits for that one's work.

    Each owner is called back on and answers alone; what the household itself had raised is not raised again, unless
    owner and tenant are two: neither calls good what the other wrote. Returns nothing if this very event happened
    already. Raises Outdated if somebody else has classified it, or if nobody works on the other issue any more.
    """
    if _is_done(sheet, department_id, event_id):
        return None
    if into.estate_id != sheet.estate_id or not into.owned:
        raise Refused("issue:unknown", _("This issue is not known in this estate."))
    lock_work(into.work_id or into.id)  # all of it in one order, as whoever moves it does
    hold(into)
    if into.state in ENDED:
        raise Outdated("issue:ended", _("That issue has ended: what was written is an issue of its own."))
    issue = into
    if into.unit_id != sheet.unit_id or not _answers_for_both(sheet, into):
        issue = _raise(sheet, department_id, into.category, into.urgency, None, by=by, at=at)
        _stand_beside(issue, into, event_id=event_id, by=by, at=at)
        merge(issue, into, note, event_id=derived_id(event_id, "merge"), by=by, at=at)
    _keep(sheet, department_id, Became.MERGED, issue, event_id=event_id, by=by, at=at)
    return issue


def needs_no_action(
    sheet: SurveySheet, department_id: uuid.UUID, became: Became, *, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """An opinion is praise, or nothing can be done about it: it is counted. Returns whether anything happened."""
    if became not in WITHOUT_ACTION:
        raise Refused("opinion:unknown", _("Say what the opinion is."))
    if _is_done(sheet, department_id, event_id):
        return False
    _keep(sheet, department_id, became, None, event_id=event_id, by=by, at=at)
    return True


def let_classify(sheet: SurveySheet, *, at: datetime) -> None:
    """A sheet came back with opinions: they wait until some days after the collecting ends (R32).

    The survey waits once for all of them, since the first one that nobody has classified.
    """
    if not sheet.opinions:
        return
    _take_turn(sheet)
    if any(wait.what == CLASSIFY for wait in waits.on(sheet.survey_id)):
        return
    survey = db.session.get_one(Survey, sheet.survey_id)
    estate = db.session.get_one(Estate, survey.estate_id)
    last = max(survey.collect_until, local_date(at, estate.time_zone))
    due_at = end_of_day(last + timedelta(days=limits(estate.settings).review_days), estate.time_zone)
    holder = Holder(role=Role.SUPERVISOR.value, also_role=Role.MANAGER.value)
    waits.begin(survey.estate_id, ("survey", survey.id), CLASSIFY, holder, since=at, due_at=due_at)


def first_answer_by(estate: Estate, at: datetime) -> date:
    """By when an owner is promised a first answer, as at the door."""
    return local_date(at, estate.time_zone) + timedelta(days=limits(estate.settings).answer_days)


def _is_done(sheet: SurveySheet, department_id: uuid.UUID, event_id: uuid.UUID) -> bool:
    """Whether this very event happened. Whoever classifies the same opinion at this moment waits, and is told."""
    _take_turn(sheet)
    if journal.happened(event_id):
        return True
    if not sheet.opinions.get(str(department_id)) or sheet.collected_at is None:
        raise Refused("opinion:unknown", _("This opinion is not known in this survey."))
    if classified_as(sheet.id, department_id) is not None:
        raise Outdated("opinion:classified", _("Somebody else has classified this opinion already."))
    return False


def _take_turn(sheet: SurveySheet) -> None:
    """Opinions of a survey come in and are classified one after another: the last one ends the survey's wait."""
    take_turn(f"opinions {sheet.survey_id}")


def _raise(
    sheet: SurveySheet,
    department_id: uuid.UUID,
    category: Category,
    urgency: Urgency,
    promised_on: date | None,
    *,
    by: By,
    at: datetime,
) -> Issue:
    """Raised by whoever answered the sheet, on the day it came back, with the officer who collected it."""
    assert sheet.collected_at is not None, "only what came back is classified"
    if category.estate_id != sheet.estate_id:
        raise Refused("issue:category_unknown", _("This category is not known in this estate."))
    estate = db.session.get_one(Estate, sheet.estate_id)
    name, person_id = _who_answered(sheet, estate.time_zone)
    officer_id = sheet.collected_by_id or by.staff_id
    assert officer_id is not None, "a sheet is collected, or an opinion classified, by a person"
    return raise_issue(
        new_id(),
        sheet.unit,
        sheet.opinions[str(department_id)],
        category,
        urgency,
        visit_id=None,
        raised_by=name,
        raised_by_id=person_id,
        raised_by_tenant=sheet.relation == _RELATION_TENANT,
        raised_at=sheet.collected_at,
        promised_on=promised_on,
        officer_id=officer_id,
        by=by,
        at=at,
    )


def _answers_for_both(sheet: SurveySheet, into: Issue) -> bool:
    """Whether who answered the sheet stands in the home as who raised the issue does: as its owner, or as a tenant."""
    return bool(are_owners([into.id])) == (sheet.relation != _RELATION_TENANT)


def _who_answered(sheet: SurveySheet, zone: str) -> tuple[str, uuid.UUID | None]:
    """The name on the sheet and, if the owner file knows it, the person.

    A sheet without a name is the household's word: that of whoever took it, if they are to the home what who answered
    is and nobody has moved in since; else of whom the home belongs to, or who rents it.
    """
    assert sheet.collected_at is not None, "only what came back is classified"
    if sheet.signed_name:
        return sheet.signed_name, _known_as(sheet)
    holders = _holders(sheet, local_date(sheet.collected_at, zone))
    taken_by_them = sheet.receipt_name and sheet.receipt_relation == sheet.relation
    if taken_by_them and sheet.handed_out_at and _holders(sheet, local_date(sheet.handed_out_at, zone)) == holders:
        return sheet.receipt_name, None
    return (holders[0].person.name if holders else "–"), None


def _holders(sheet: SurveySheet, day: date) -> Sequence[Ownership | Tenancy]:
    """Who rents the home, where a tenant answered; else who owns it."""
    return tenants_on(sheet.unit, day) if sheet.relation == _RELATION_TENANT else owners_on(sheet.unit, day)


def _known_as(sheet: SurveySheet) -> uuid.UUID | None:
    if sheet.relation != _RELATION_TENANT:
        return owner_called(sheet.unit_id, sheet.signed_name)
    found = sa.select(Tenancy.person_id).join(Person, Person.id == Tenancy.person_id)
    found = found.where(Tenancy.unit_id == sheet.unit_id, Person.name == sheet.signed_name)
    return db.session.scalars(found.order_by(Tenancy.since.desc())).first()


def _stand_beside(issue: Issue, into: Issue, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    """Only what is with a department, or reported upward, can wait for other work."""
    beside = derived_id(event_id, "beside")
    if into.department_id is not None:
        route(issue, into.department_id, event_id=beside, by=by, at=at)
    else:
        make_move(issue, Move.REPORT, event_id=beside, by=by, at=at)


def _keep(
    sheet: SurveySheet,
    department_id: uuid.UUID,
    became: Became,
    issue: Issue | None,
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> None:
    """What became of it and its line together; the last one ends the survey's wait."""
    db.session.flush()
    kept = SurveyOpinion(
        id=new_id(),
        estate_id=sheet.estate_id,
        survey_id=sheet.survey_id,
        sheet_id=sheet.id,
        department_id=department_id,
        became=became,
        issue_id=issue.id if issue else None,
        by_id=by.staff_id,
        at=at,
    )
    db.session.add(kept)
    db.session.flush()
    data = {"survey": str(sheet.survey_id), "department": str(department_id), "became": became.value}
    if issue is not None:
        data["issue"] = str(issue.id)
    subject = ("survey_sheet", sheet.id)
    journal.write(sheet.estate_id, "opinion:classified", subject, by=by, at=at, data=data, event_id=event_id)
    if not is_any_left(sheet.survey_id):
        waits.end(sheet.survey_id, CLASSIFY)
