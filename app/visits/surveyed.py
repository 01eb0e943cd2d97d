"""A visit moves the sheets of surveys: handed out, come back, put off, declined (R24 to R29). The caller commits.

What cannot move its sheet any more is kept with the visit, changes nothing that is counted, and a person looks at it.
"""

import uuid
from collections.abc import Collection
from typing import Any

from app.core import journal
from app.core.clock import local_date
from app.core.db import db
from app.issues.rules import HowAnswered
from app.surveys.actions import Returned, collect, decline, hand_out, is_collecting, put_off
from app.surveys.models import SurveySheet
from app.surveys.queries import sheets_by_id
from app.surveys.receipts import Given, note_late_receipt, note_once_more
from app.surveys.rules import Filled, Receipt
from app.visits.answering import event_of
from app.visits.arrival import Arrival, estate_of
from app.visits.messages import SurveyGiven, VisitHeld
from app.visits.models import Visit
from app.visits.pictured import name_photos
from app.visits.rules import Method, Relation, Review, SheetAct
from app.visits.who_was_met import Met, are_others, met_at, owns_it

OF_A_SHEET = "survey_sheet"
"""Of what kind a photo is that shows a sheet of paper."""


def take_sheets(
    visit: Visit, held: VisitHeld, how: HowAnswered, arrival: Arrival, *, misquoted: Collection[uuid.UUID]
) -> None:
    """Let the visit move each sheet that it tells of, but for those of which its summary showed what never was so."""
    if not held.surveys:
        return
    db.session.flush()  # they may be about what an operation before this one in its group has done
    sheets = sheets_by_id(given.sheet_id for given in held.surveys)
    for given in held.surveys:
        sheet = sheets.get(given.sheet_id)
        name_photos(given.photos, given.sheet_id, visit, arrival, OF_A_SHEET)
        if given.sheet_id in misquoted:
            continue
        if sheet is None or not _is_asked(sheet, given, visit) or not _move(sheet, given, visit, how, arrival):
            visit.review = visit.review or Review.SHEET_KEPT
            if sheet is not None and given.act is SheetAct.HANDED_OUT and _is_its_homes(sheet, given, visit):
                _note_who_took(sheet, given, visit, how, arrival)
            continue
        _note_what_was_told(sheet, given, arrival)


def _is_asked(sheet: SurveySheet, given: SurveyGiven, visit: Visit) -> bool:
    """Whether it is this home's sheet of a survey that still takes them."""
    return _is_its_homes(sheet, given, visit) and is_collecting(sheet)


def _is_its_homes(sheet: SurveySheet, given: SurveyGiven, visit: Visit) -> bool:
    return (sheet.unit_id, sheet.survey_id) == (visit.unit_id, given.survey_id)


def _move(sheet: SurveySheet, given: SurveyGiven, visit: Visit, how: HowAnswered, arrival: Arrival) -> bool:
    event_id = event_of(arrival, sheet.id, given.act.value)
    event: dict[str, Any] = {"event_id": event_id, "by": arrival.by, "at": arrival.at}
    when: dict[str, Any] = {"visit_id": visit.id, "when": arrival.happened_at(visit.ended_at)}
    match given.act:
        case SheetAct.HANDED_OUT:
            return hand_out(sheet, _taken(given, visit, how), **_to_collect(given, visit), **when, **event)
        case SheetAct.COLLECTED:
            return collect(sheet, _returned(given, visit, how), **when, **event)
        case SheetAct.PUT_OFF:
            assert given.collect_at is not None, "another time was agreed"
            agreed = {**_to_collect(given, visit), "when": when["when"]}
            return put_off(sheet, given.collect_at, **agreed, **event)
        case SheetAct.DECLINED:
            return decline(sheet, given.reason, **when, **event)


def _note_who_took(sheet: SurveySheet, given: SurveyGiven, visit: Visit, how: HowAnswered, arrival: Arrival) -> None:
    """Where it was answered before its receipt came, or its household had it already, the receipt stands beside it."""
    event_id = event_of(arrival, sheet.id, "late receipt")
    event: dict[str, Any] = {"visit_id": visit.id, "event_id": event_id, "by": arrival.by, "at": arrival.at}
    event["when"] = arrival.happened_at(visit.ended_at)
    taken = _taken(given, visit, how)
    if not note_late_receipt(sheet, taken, **event):
        note_once_more(sheet, taken, **event)


def _taken(given: SurveyGiven, visit: Visit, how: HowAnswered) -> Given:
    return Given(_receipt(how), visit.interviewee_name, visit.interviewee_relation.value, given.collect_at)


def _note_what_was_told(sheet: SurveySheet, given: SurveyGiven, arrival: Arrival) -> None:
    """That its purpose was explained (R26), and its key items presented (R27)."""
    data, subject = {"survey": str(sheet.survey_id), "unit": str(sheet.unit_id)}, ("survey_sheet", sheet.id)
    told = {"sheet:purpose_told": given.purpose_told, "sheet:key_items_told": given.key_items_told}
    for kind in (kind for kind, was_told in told.items() if was_told):
        journal.write(sheet.estate_id, kind, subject, by=arrival.by, at=arrival.at, data=data)


def _to_collect(given: SurveyGiven, visit: Visit) -> dict[str, Any]:
    """Whoever was there comes for it, on the day that was agreed (R28)."""
    assert given.collect_at is not None, "a time was agreed"
    zone = estate_of(visit.estate_id).time_zone
    return {"collector_id": visit.officer_id, "collect_on": local_date(given.collect_at, zone)}


def _receipt(how: HowAnswered) -> Receipt:
    """How whoever took the sheet confirmed it (R24): at the door all but a word of mouth is signed."""
    if how is HowAnswered.WITNESSED:
        return Receipt.WITNESSED
    return Receipt.UNSIGNED if how is HowAnswered.TOLD else Receipt.SIGNED


def _returned(given: SurveyGiven, visit: Visit, how: HowAnswered) -> Returned:
    """On paper the sheet bears a name or not (R29); on the tablet it is signed with the visit, by phone never."""
    assert given.filled is not None, "it came back"
    relation, proxy = _whose_answer(given, visit)
    signed, name = given.signed, given.signed_name.strip()
    if given.filled is Filled.ON_SCREEN and visit.method is Method.DOOR and _receipt(how) is Receipt.SIGNED:
        signed, name = True, visit.interviewee_name
    return Returned(
        given.filled,
        signed,
        name,
        relation.value,
        proxy,
        given.overall,
        {str(question): level for question, level in given.levels.items()},
        {str(department): words for department, words in given.opinions.items()},
        given.callback_welcome,
    )


def _whose_answer(given: SurveyGiven, visit: Visit) -> tuple[Relation, bool]:
    """What whoever answered is to the owner, and whether they did so on the owners' behalf.

    It is the owners who are asked: whoever else answers, a tenant too, does so on their behalf; so does whoever was
    written down as owner while the owner file names others. A sheet of paper is answered by whoever's name it bears,
    where that was said. Given back by another's hand it is the owner's if the owner file knows that name: in doubt it
    is a proxy's.
    """
    zone = estate_of(visit.estate_id).time_zone
    met = met_at(visit)
    of_owner = met.relation is Relation.OWNER and not are_others([met], zone)[0]
    if given.signed_relation is None:
        return met.relation, not of_owner
    signer = Met(visit.unit_id, visit.met_at, given.signed_name.strip(), given.signed_relation, None)
    return signer.relation, signer.relation is not Relation.OWNER or not (of_owner or owns_it(signer, zone))
