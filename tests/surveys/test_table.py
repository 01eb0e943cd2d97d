"""The tables of a survey and of its sheets, walked row by row."""

import pytest

from app.surveys.rules import (
    SHEET_STEPS,
    SURVEY_STEPS,
    SheetMove,
    SheetState,
    SurveyMove,
    SurveyState,
    sheet_step,
    survey_step,
)


def test_every_state_of_a_survey_has_a_way_in_and_the_ends_have_none_out() -> None:
    assert {row.after for row in SURVEY_STEPS} == set(SurveyState) - {SurveyState.DRAFT}
    assert {row.before for row in SURVEY_STEPS} == set(SurveyState) - {SurveyState.READ, SurveyState.WITHDRAWN}


def test_every_state_of_a_sheet_has_a_way_in_and_what_was_answered_stays() -> None:
    assert {row.after for row in SHEET_STEPS} == set(SheetState) - {SheetState.TO_HAND_OUT}
    assert {row.before for row in SHEET_STEPS} == set(SheetState) - {SheetState.COLLECTED}


def test_no_move_has_two_rows_from_one_state() -> None:
    assert len({(row.before, row.move) for row in SURVEY_STEPS}) == len(SURVEY_STEPS)
    assert len({(row.before, row.move) for row in SHEET_STEPS}) == len(SHEET_STEPS)


@pytest.mark.clause("R24", "R29")
def test_only_what_came_back_counts_as_collected() -> None:
    assert {row.move for row in SHEET_STEPS if row.after is SheetState.COLLECTED} == {SheetMove.COLLECT}
    assert sheet_step(SheetState.COLLECTED, SheetMove.DECLINE) is None
    assert survey_step(SurveyState.READ, SurveyMove.HAND_UP) is None
