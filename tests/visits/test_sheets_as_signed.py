"""What was read and signed of a sheet: it is what the office asked, what is stored, and what stays."""

import uuid
from collections.abc import Callable

import pytest

from app.core.changes import newest
from app.core.clock import now
from app.core.db import db
from app.estates.models import Estate
from app.issues.departments import change_department
from app.people.models import Department
from app.signatures.messages import StatementText
from app.signatures.queries import statement_of
from app.surveys.models import SurveySheet
from app.surveys.rules import Level, SheetState
from app.visits.agreement import Difference, RecordPart, what_differs
from app.visits.models import Visit
from tests.builders import NOBODY, fetch
from tests.visits.kept import pushed, worded_anew
from tests.visits.survey_out import ON_SCREEN, Asked, Json


@pytest.mark.parametrize(
    "change",
    [
        lambda shown: shown.update(title="另一份调查"),
        lambda shown: shown.update(number="2026-1-9999"),
        lambda shown: shown.update(purpose="随便问问"),
        lambda shown: shown.update(key_items=shown["key_items"][1:]),
        lambda shown: shown["questions"][0].update(text="维修免费"),
        lambda shown: shown["questions"].reverse(),
        lambda shown: shown["questions"][1].update(department="保卫部"),
        lambda shown: shown["opinions"][0].update(department="保卫部"),
    ],
    ids=["title", "number", "purpose", "key items", "question", "order", "department", "opinion"],
)
def test_a_summary_that_asks_what_the_office_never_asked_answers_nothing(
    asked: Asked, change: Callable[[Json], object]
) -> None:
    told = asked.told(**ON_SCREEN, **asked.answers(), purpose_told=True, key_items_told=True)
    visit = worded_anew(asked.world, asked.visit(told), lambda text: change(text["surveys"][0]))

    receipt = pushed(asked.world, visit)

    assert (receipt["status"], receipt["code"]) == ("review", "visit:misquoted")
    assert asked.sheet().state is SheetState.TO_HAND_OUT


def test_whoever_signed_before_a_department_was_renamed_keeps_the_name_that_they_read(asked: Asked) -> None:
    visit = asked.visit(asked.told(**ON_SCREEN, **asked.answers()))
    with asked.app.app_context():
        estate = db.session.get_one(Estate, asked.world.estate_id)
        about, seen = fetch(Department, asked.department_id), newest(asked.world.estate_id)
        change_department(
            about, estate, "维修中心", "Repair centre", about.liable, True, seen=seen, by=NOBODY, at=now()
        )
        db.session.commit()

    receipt = pushed(asked.world, visit)

    assert (receipt["status"], asked.sheet().state) == ("applied", SheetState.COLLECTED)
    with asked.app.app_context():
        shown = StatementText.model_validate_json(statement_of(uuid.UUID(visit["entity_id"])).text)
        assert {one.department for one in shown.surveys[0].questions} == {"工程维修部"}
        assert what_differs(fetch(Visit, visit["entity_id"]), shown) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.pop("surveys"),
        lambda text: text["surveys"][0].update(overall="very_satisfied"),
        lambda text: text["surveys"][0]["questions"][0].update(level="satisfied"),
        lambda text: text["surveys"][0]["opinions"][0].update(text="很快"),
        lambda text: text["surveys"][0].update(callback_welcome="no"),
        lambda text: text["surveys"][0].update(act="declined"),
        lambda text: text["surveys"][0].update(signed_relation="owner"),
    ],
    ids=["not shown", "overall", "level", "opinion", "callback", "act", "whose name"],
)
def test_what_is_stored_is_what_its_owner_signed(asked: Asked, change: Callable[[Json], object]) -> None:
    visit = worded_anew(asked.world, asked.visit(asked.told(**ON_SCREEN, **asked.answers())), change)

    receipt = pushed(asked.world, visit)

    assert (receipt["status"], receipt["code"]) == ("rejected", "statement:differs")
    assert "调查" in receipt["reason"]
    assert asked.sheet().state is SheetState.TO_HAND_OUT


@pytest.mark.parametrize(
    "change",
    [{"levels": {}}, {"overall": Level.VERY_SATISFIED}, {"relation": "tenant"}, {"callback_welcome": False}],
    ids=str,
)
def test_a_kept_answer_that_was_changed_afterwards_is_found(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, change: Json
) -> None:
    visit = asked.visit(asked.told(**ON_SCREEN, **asked.answers()))
    pushed(asked.world, visit)
    with asked.app.app_context():
        held, shown = fetch(Visit, visit["entity_id"]), statement_of(uuid.UUID(visit["entity_id"]))
        signed = StatementText.model_validate_json(shown.text)
        assert what_differs(held, signed) == []

        kept = fetch(SurveySheet, asked.sheet_id)
        db.session.expunge(kept)  # the database itself lets nobody write this
        [(name, value)] = change.items()
        setattr(kept, name, value)
        monkeypatch.setattr("app.visits.agreement.sheets_by_id", lambda _ids: {kept.id: kept})

        assert what_differs(held, signed) == [Difference(RecordPart.SURVEY, 1)]
