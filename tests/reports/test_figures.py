"""Figures that are kept are read back as they were."""

from app.reports.figures import as_text, from_text
from tests.documents.form_builders import some_figures


def test_figures_that_are_kept_are_read_back_as_they_were() -> None:
    figures = some_figures(3)

    assert from_text(as_text(figures)) == figures
