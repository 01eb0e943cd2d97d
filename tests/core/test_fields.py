"""What a program sends and no browser: NUL, files in the place of words, JSON for a form. No door fails at it."""

import io
import json

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


@pytest.mark.parametrize(
    ("who", "address", "field"),
    [
        (None, "/login", "login"),
        (None, "/login", "password"),
        ("admin", "/settings/organisation", "name_zh"),
        ("supervisor", "/orders/new", "content"),
    ],
)
def test_a_file_in_the_place_of_words_is_as_if_they_were_missing(
    desk: Desk, who: str | None, address: str, field: str
) -> None:
    browser = desk.browser(who) if who else desk.app.test_client()

    answer = browser.post(address, data={field: (io.BytesIO("水槽".encode()), "words.txt")})

    assert answer.status_code == 422


@pytest.mark.parametrize("sent", ["[1, 2]", '{"name_zh": 7}', '{"seen": "0", "name_zh": "\\ud800"}', "{"])
def test_json_is_no_form(desk: Desk, sent: str) -> None:
    answer = desk.browser("admin").post("/settings/organisation", data=sent, content_type="application/json")

    assert answer.status_code == 422


def test_a_sheet_still_takes_json(desk: Desk) -> None:
    plan = desk.browser("supervisor").post("/plans", data={"month": "2031-01"}).location
    cells = {"cells": []}

    answer = desk.browser("supervisor").post(f"{plan}/cells", data=json.dumps(cells), content_type="application/json")

    assert answer.json["cells"] == []


@pytest.mark.parametrize("claimed", ["http://[", "//[x"])
def test_what_claims_to_be_the_address_of_a_page_and_is_none_is_not_heard(desk: Desk, claimed: str) -> None:
    assert desk.browser("supervisor").get("/made", headers={"HX-Current-URL": claimed}).status_code == 200
