"""Where the heads of the journal are published, for anybody to keep."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.chain import head
from app.core.db import db
from app.estates.queries import all_estates
from app.jobs.closing import close_days
from tests.builders import NOW, a_home, a_staff, an_estate
from tests.core.chained import note


@pytest.fixture
def kept(app: Flask) -> str:
    """The head of an estate's journal, from yesterday; another day was closed since."""
    with app.app_context():
        estate = an_estate(code="JX")
        a_home(estate, "陈建国")
        a_staff(estate, name="李敏")
        db.session.commit()
        close_days(NOW + timedelta(days=1))
        kept = head(estate.id).sha256
        note(NOW + timedelta(days=1), stream=estate.id)
        close_days(NOW + timedelta(days=2))
    return kept


def newest(app: Flask) -> str:
    with app.app_context():
        return head(all_estates()[0].id).sha256


def test_the_head_of_each_chain_is_shown_without_a_login_and_names_nobody(
    app: Flask, client: FlaskClient, kept: str
) -> None:
    page = client.get("/verify/journal")

    assert page.status_code == 200
    assert "日志校验码" in page.text
    assert newest(app) in page.text
    assert kept not in page.text
    for words in ("锦绣花园", "2026-11-24", "公司"):
        assert words in page.text
    for nobody in ("陈建国", "李敏"):
        assert nobody not in page.text


def test_they_are_there_as_text_for_a_program(app: Flask, client: FlaskClient, kept: str) -> None:
    answer = client.get("/verify/journal.txt")

    estate, company = answer.text.splitlines()
    assert answer.mimetype == "text/plain"
    assert estate == f"JX 2026-11-24 {newest(app)}"
    assert company.startswith("company 2026-11-23 ")


def test_whoever_kept_a_head_learns_whether_it_is_still_in_the_chain(client: FlaskClient, kept: str) -> None:
    good = client.get("/verify/journal", query_string={"head": f" {kept[:30]} {kept[30:].upper()}"})
    bad = client.get("/verify/journal", query_string={"head": "ab" * 32})

    assert "此校验码在本公司日志中" in good.text
    assert "2026-11-23" in good.text
    assert "此校验码不在本公司日志中" in bad.text


def test_before_the_first_day_is_over_it_says_so(client: FlaskClient) -> None:
    assert "尚无封存日期" in client.get("/verify/journal").text
    assert client.get("/verify/journal.txt").text == ""


def test_it_is_one_step_from_where_a_sheet_is_examined(client: FlaskClient) -> None:
    assert 'href="/verify/journal"' in client.get("/verify").text
