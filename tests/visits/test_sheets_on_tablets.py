"""What tablets hold of a survey: what is out, what is due of each sheet, and what came before they knew."""

from datetime import date

from app.agenda.rules import TaskState
from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.surveys.asking_again import ask_again
from app.surveys.models import SurveySheet
from app.surveys.rules import SheetState
from app.visits.models import Visit
from tests.builders import NOBODY, fetch
from tests.visits.survey_out import COLLECT_AT, HANDED_OUT, ON_SCREEN, Asked, Json


def test_what_was_handed_out_offline_comes_back_before_its_tablet_knew_the_task(asked: Asked) -> None:
    tablet, wanted = asked.world.tablet, {"task_ids": []}
    told = (HANDED_OUT, {"act": "put_off", "collect_at": "2026-12-01T02:00:00.000Z"}, ON_SCREEN | asked.answers())
    visits = [asked.visit(asked.told(**told[0])), *(asked.visit(asked.told(**one), **wanted) for one in told[1:])]

    receipts = tablet.receipts(*(tablet.freeze(visit) for visit in visits))

    assert [receipt["status"] for receipt in receipts] == ["applied"] * 3
    assert asked.sheet().state is SheetState.COLLECTED
    assert TaskState.DUE not in {task.state for task in asked.tasks()}
    with asked.app.app_context():
        kinds = [fetch(Visit, visit["entity_id"]).categories for visit in visits]
        assert kinds == [["special"]] * 3, "as if its task had been known"


def test_who_wishes_to_be_asked_once_more_is_with_the_words_that_the_office_has_heard(asked: Asked) -> None:
    asked.says({"act": "declined", "reason": "没有时间"})
    before, page = asked.world.tablet.pull_all()
    with asked.app.app_context():
        sheet = fetch(SurveySheet, asked.sheet_id)
        wished = "来电说愿意参加", asked.world.officer_id, date(2026, 11, 26)
        ask_again(sheet, *wished, event_id=new_id(), by=NOBODY, at=now())
        db.session.commit()

    changed, _page = asked.world.tablet.pull_all(page["cursor"])
    receipt = asked.says(HANDED_OUT)

    anew, _page = asked.world.tablet.pull_all()
    asks = [[doc.get("ask") for doc in tasks(told)] for told in (before, changed)]
    assert asks == [[None], ["来电说愿意参加"]]
    assert [doc["kind"] for doc in tasks(anew) if doc["state"] == "due"] == ["survey_collect"]
    assert (receipt["status"], asked.sheet().state) == ("applied", SheetState.HANDED_OUT)


def test_what_is_out_reaches_the_tablets_and_leaves_them_when_it_is_over(asked: Asked) -> None:
    changes, page = asked.world.tablet.pull_all()

    survey = changes["survey", asked.survey_id]["doc"]
    task = next(
        change["doc"] for (type_, _), change in changes.items() if type_ == "task" and "sheet_id" in change["doc"]
    )
    assert [one["text"]["zh"] for one in survey["departments"][0]["questions"]] == ["维修及时", "上门有礼"]
    assert survey["key_items"]["en"] == ["Are repairs in time", "Are the stairs clean"]
    assert (task["sheet_id"], task["survey_id"]) == (asked.sheet_id, asked.survey_id)
    assert (task["called"]["en"], task["sheet_number"]) == ("Survey to hand out", asked.sheet().number)

    asked.withdraw()

    later, page = asked.world.tablet.pull_all(page["cursor"])
    assert later["survey", asked.survey_id]["gone"]
    assert ("survey", asked.survey_id) not in asked.world.tablet.pull_all()[0]


def test_a_task_to_collect_says_when_that_was_agreed_and_what_was_due_before_stays_as_it_was(asked: Asked) -> None:
    asked.says(HANDED_OUT)
    first, page = asked.world.tablet.pull_all()
    asked.says({"act": "put_off", "collect_at": "2026-12-01T02:00:00.000Z"})

    changed, _page = asked.world.tablet.pull_all(page["cursor"])

    anew, _page = asked.world.tablet.pull_all()
    assert agreed(first) == [COLLECT_AT]
    assert agreed(changed) == ["2026-12-01T02:00:00.000Z"]
    assert (first | changed).items() >= {name: anew[name] for name in anew if name[0] == "task"}.items()


def agreed(changes: dict[tuple[str, str], Json]) -> list[str]:
    return [doc["agreed_at"] for doc in tasks(changes) if "agreed_at" in doc]


def tasks(changes: dict[tuple[str, str], Json]) -> list[Json]:
    """What is due about sheets, or was."""
    return [
        change["doc"] for (type_, _id), change in changes.items() if type_ == "task" and "sheet_id" in change["doc"]
    ]
