"""NUL, which a program sends and nobody types: no door fails at it, on either database."""

import pytest

from app.core.db import db
from app.estates.models import Estate
from tests.office.conftest import Desk, desk

__all__ = ["desk"]


def test_nul_in_a_form_is_kept_as_the_sign_for_what_cannot_be_shown(desk: Desk) -> None:
    form = {"seen": "0", "name_zh": "锦\0绣", "name_en": "A", "company_zh": "公司", "company_en": "B", "phone": "1\0"}

    answer = desk.browser("admin").post("/settings/organisation", data=form)

    assert answer.status_code == 302
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        assert (estate.name_zh, estate.phone) == ("锦\ufffd绣", "1\ufffd")


@pytest.mark.parametrize(
    "path",
    ["/verify/%00", f"/roster/{'%00' * 64}", f"/orders/import/{'%00' * 64}", "/c/%00", "/c/%00/sheet.pdf"],
)
def test_at_an_address_with_nul_there_is_nothing(desk: Desk, path: str) -> None:
    assert desk.browser("supervisor").get(path).status_code == 404


@pytest.mark.parametrize("path", ["/sync/blobs/%00", "/api/v1/work-orders/%00"])
def test_programs_are_told_so_too(desk: Desk, path: str) -> None:
    answer = desk.app.test_client().head(path, headers=desk.tablet._sends())

    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["q", "state", "from", "department", "page", "sort"])
def test_lists_do_not_fail_at_it(desk: Desk, name: str) -> None:
    browser = desk.browser("supervisor")

    answers = [browser.get(f"/{page}?{name}=a%00b").status_code for page in ("issues", "orders", "visits", "units")]

    assert answers == [200] * 4
