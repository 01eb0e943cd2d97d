"""Drawing a survey up and changing it: what is missing is said, numbers are counted, an older version is not kept."""

import threading
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.changes import newest
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By, Doc, Feed, JournalLine, history
from app.estates.models import Estate
from app.issues.departments import change_department
from app.people.models import Department, Staff
from app.people.rules import Liable, Role
from app.surveys.drawing import Drawn, Item, draw_up, edit
from app.surveys.models import Survey
from app.surveys.queries import out_about
from app.surveys.rules import LONGEST_ITEM, MOST_QUESTIONS, FormKind
from app.surveys.usual_questions import on_the_whole, usual_items
from app.visits.survey_homes import Change, send_out
from tests.at_once import at_the_same_moment
from tests.builders import NOW, TODAY, a_department, a_home, a_staff, a_survey_out, an_estate, fetch


class Desk:
    """A supervisor, and a department that can be asked about."""

    def __init__(self) -> None:
        self.estate: Estate = an_estate()
        self.supervisor: Staff = a_staff(self.estate, Role.SUPERVISOR)
        self.department = a_department(self.estate)
        db.session.flush()
        self.drawn = Drawn(
            title_zh="2026 年业主满意度调查",
            title_en="",
            purpose_zh="了解您的评价",
            purpose_en="",
            key_items_zh="维修\n保洁",
            key_items_en="",
            issue_from=TODAY + timedelta(days=7),
            issue_until=TODAY + timedelta(days=14),
            collect_until=TODAY + timedelta(days=21),
            items=[Item(self.department.id, " 维修及时 "), Item(self.department.id, "", "")],
        )

    def draw_up(self, form: FormKind = FormKind.SATISFACTION, year: int = TODAY.year, **change: Any) -> Survey:
        more = {"event_id": new_id(), "by": By(self.supervisor.id), "at": NOW}
        return draw_up(self.estate, year, form, replace(self.drawn, **change), **more)

    def edit(self, survey: Survey, after: int, **change: Any) -> bool:
        more = {"event_id": new_id(), "by": By(self.supervisor.id), "at": NOW}
        return edit(survey, self.estate, replace(self.drawn, **change), after=after, **more)


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        yield Desk()


def test_rows_that_are_blank_are_left_out_and_numbers_are_counted_within_the_year(desk: Desk) -> None:
    surveys = [desk.draw_up(), desk.draw_up(), desk.draw_up(year=TODAY.year + 1)]

    year = TODAY.year
    assert [one.number for one in surveys] == [f"{year}-1", f"{year}-2", f"{year + 1}-1"]
    assert [(one.place, one.text_zh) for one in surveys[0].questions] == [(1, "维修及时")]
    assert surveys[0].title("en") == "2026 年业主满意度调查", "what is not in English is shown in Chinese"


@pytest.mark.clause("R23")
def test_what_is_missing_or_does_not_fit_is_refused(desk: Desk) -> None:
    item = desk.drawn.items[0]
    cases: list[tuple[dict[str, Any], str]] = [
        ({"title_zh": " "}, "survey:no_title"),
        ({"title_en": "x" * 61}, "survey:title_too_long"),
        ({"purpose_zh": ""}, "survey:no_purpose"),
        ({"key_items_zh": "\n"}, "survey:no_key_items"),
        ({"issue_until": TODAY + timedelta(days=6)}, "survey:dates_crossed"),
        ({"collect_until": TODAY + timedelta(days=13)}, "survey:collected_too_soon"),
        ({"collect_until": TODAY.replace(year=TODAY.year + 180)}, "survey:too_long"),
        ({"items": [replace(item, zh="", en="Repairs")]}, "survey:item_in_chinese"),
        ({"items": [replace(item, zh="修" * (LONGEST_ITEM + 1))]}, "survey:item_too_long"),
        ({"items": [item] * (MOST_QUESTIONS + 1)}, "survey:too_many"),
        ({"items": [Item(uuid.uuid4(), "清洁")]}, "department:unknown"),
        ({"form": FormKind.OPINION, "items": [item, item]}, "survey:one_each"),
    ]
    for change, code in cases:
        with pytest.raises(Refused) as refused:
            desk.draw_up(**change)
        assert refused.value.code == code


def test_nothing_is_asked_about_a_department_that_has_closed(desk: Desk) -> None:
    survey = desk.draw_up(issue_from=TODAY)
    a_home(desk.estate)
    officer = a_staff(desk.estate, Role.OFFICER)
    desk.department.closed_on = TODAY
    db.session.commit()

    with pytest.raises(Refused) as refused:
        desk.edit(survey, after=1)
    assert refused.value.code == "survey:department_closed"
    with pytest.raises(Refused) as refused:
        send_out(survey, desk.estate, [officer.id], Change(1, new_id(), By(desk.supervisor.id), NOW))
    assert refused.value.code == "survey:department_closed"


def test_a_department_renamed_while_a_survey_goes_out_is_told_to_tablets_by_its_new_name(
    app: Flask, desk: Desk
) -> None:
    survey, officer = desk.draw_up(issue_from=TODAY), a_staff(desk.estate, Role.OFFICER)
    a_home(desk.estate)
    db.session.commit()
    estate_id, survey_id, officer_id, by = desk.estate.id, survey.id, officer.id, By(desk.supervisor.id)
    department_id, asked, went_out = desk.department.id, threading.Event(), threading.Event()

    def named_in() -> list[Doc]:
        docs = [Doc("survey", id_) for id_ in out_about(department_id)]
        asked.set()
        went_out.wait(0.3)  # all that is needed where it waits for the name
        return docs

    def is_renamed() -> None:
        department, estate = fetch(Department, department_id), fetch(Estate, estate_id)
        more = {"seen": newest(estate_id), "named_in": named_in, "by": by, "at": NOW}
        change_department(department, estate, "维修中心", "Repair centre", department.liable, True, **more)

    def goes_out() -> None:
        asked.wait()
        send_out(fetch(Survey, survey_id), fetch(Estate, estate_id), [officer_id], Change(1, new_id(), by, NOW))
        db.session.commit()
        went_out.set()

    assert at_the_same_moment(app, is_renamed, goes_out) == ["done", "done"]

    renamed = sa.select(JournalLine.seq).where(JournalLine.kind == "department:changed")
    told = sa.select(Feed.version).where(Feed.type == "survey", Feed.id == survey_id)
    assert db.session.scalar(told) >= db.session.scalar(renamed)


def test_the_departments_of_the_company_that_asks_come_first_as_on_paper(desk: Desk) -> None:
    builder = a_department(desk.estate, "地产公司工程部", Liable.DEVELOPER)
    db.session.flush()

    survey = desk.draw_up(items=[Item(builder.id, "房屋质量"), Item(desk.department.id, "维修及时")])

    assert [one.text_zh for one in survey.questions] == ["维修及时", "房屋质量"]


def test_an_older_version_is_not_kept_and_nothing_changes_once_it_is_out(desk: Desk) -> None:
    survey = desk.draw_up()
    db.session.commit()
    assert desk.edit(survey, after=1, title_zh="春季调查")
    db.session.commit()

    with pytest.raises(Outdated):
        desk.edit(survey, after=1, title_zh="秋季调查")
    assert survey.title_zh == "春季调查"
    assert [line.kind for line in history(survey.id)] == ["survey:drawn_up", "survey:edited"]

    survey.issue_from = TODAY
    a_survey_out(survey, [a_home(desk.estate)], a_staff(desk.estate, Role.OFFICER))
    db.session.commit()
    with pytest.raises(Outdated):
        desk.edit(survey, after=3, title_zh="秋季调查")


def test_every_usual_department_and_any_other_has_usual_items() -> None:
    for code in ("service", "engineering", "security", "environment", "developer", "d7"):
        items = usual_items(code)
        assert len(items) >= 3
        assert all(item.zh and item.en for item in items)
    assert on_the_whole("保洁部", "Cleaning") == ("对保洁部的总体评价", "Cleaning on the whole")
