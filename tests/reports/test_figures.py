"""Figures that are kept are read back as they were."""

from app.reports.figures import as_text, from_text
from tests.documents.form_builders import some_figures


def test_figures_that_are_kept_are_read_back_as_they_were() -> None:
    figures = some_figures(3)

    assert from_text(as_text(figures)) == figures


def test_a_year_that_was_handed_up_before_visits_due_were_counted_is_read_without_them() -> None:
    figures = some_figures()
    kept = as_text(figures).replace('"visits":null,', "").replace('"visits_in_time":null', "").replace(",}", "}")

    assert "visits_in_time" not in kept
    assert from_text(kept) == figures
