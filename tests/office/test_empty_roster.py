"""The empty table that is offered for a roster: whoever fills it in is understood, column by column."""

import io
from datetime import date

import openpyxl
import pytest
import sqlalchemy as sa

from app.core.db import db
from app.estates.models import Unit
from app.estates.roster.cells import occupancy
from app.estates.roster.reading import read_sheets
from app.estates.roster.sheets import read_roster
from app.estates.roster.vocabulary import KINDS, Field
from app.estates.rules import Occupancy, PersonKind
from app.office.owner_pages.empty_roster import CHOICES, HEADINGS
from tests.office.conftest import Desk
from tests.office.test_roster import confirmed, uploaded

FILLED = {
    Field.BUILDING: "8",
    Field.ENTRANCE: "2",
    Field.FLOOR: "3",
    Field.ROOM: "0301",
    Field.OWNER: "锦绣贸易有限公司",
    Field.OWNER_PHONE: "0571-88012345",
    Field.OWNER_KIND: "公司",
    Field.OWNER_SINCE: "2024-03-01",
    Field.CO_OWNER: "赵磊",
    Field.CO_OWNER_PHONE: "13900002222",
    Field.TENANT: "许文",
    Field.TENANT_PHONE: "13900003333",
    Field.AREA: "98.6",
    Field.LAYOUT: "三室两厅",
    Field.HANDOVER: "2023-05-18",
    Field.OCCUPANCY: "出租",
    Field.LEGAL_REPRESENTATIVE: "马骏",
    Field.LICENCE: "91330100MA2B0X0X0X",
    Field.DO_NOT_DISTURB: "12:00-14:00",
    Field.CARE: "独居老人",
}


def the_table(desk: Desk, who: str) -> openpyxl.Workbook:
    answer = desk.browser(who).get("/roster/empty.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(("who", "language"), [("supervisor", 0), ("english", 1)])
def test_every_heading_means_what_it_is_there_for(desk: Desk, who: str, language: int) -> None:
    book = the_table(desk, who)
    kind = CHOICES[Field.OWNER_KIND][language].split(",")[0]
    book.active.append([{Field.ROOM: "0301", Field.OWNER_KIND: kind}.get(field, "") for field in HEADINGS])

    (sheet,) = read_roster(read_sheets("table.xlsx", saved(book))).sheets

    assert [column.field for column in sheet.columns] == list(HEADINGS)
    assert [column.heading for column in sheet.columns] == [words[language] for words in HEADINGS.values()]
    assert sheet.unused == ()


@pytest.mark.parametrize("language", [0, 1])
def test_what_can_be_chosen_is_understood(language: int) -> None:
    lives = [occupancy(words) for words in CHOICES[Field.OCCUPANCY][language].split(",")]
    kinds = [PersonKind(KINDS[words]) for words in CHOICES[Field.OWNER_KIND][language].split(",")]

    assert lives == [Occupancy.OWNER, Occupancy.LET, Occupancy.VACANT]
    assert kinds == [PersonKind.PERSON, PersonKind.COMPANY]


def test_a_filled_table_is_taken_over_whole(desk: Desk) -> None:
    book, browser = the_table(desk, "supervisor"), desk.browser("supervisor")
    book.active.append([FILLED.get(field, "") for field in HEADINGS])

    confirmed(browser, uploaded(browser, saved(book)))

    with desk.app.app_context():
        unit = db.session.scalars(sa.select(Unit).where(Unit.number == "0301")).one()
        assert (unit.floor, unit.area, unit.layout) == (3, "98.6", "三室两厅")
        assert (unit.handover_on, unit.occupancy, unit.care) == (date(2023, 5, 18), Occupancy.LET, ["独居老人"])
        owners = {held.person.name: held for held in unit.ownerships}
        assert set(owners) == {"锦绣贸易有限公司", "赵磊"}
        company = owners["锦绣贸易有限公司"]
        assert (company.since, company.person.kind) == (date(2024, 3, 1), PersonKind.COMPANY)
        assert [held.person.name for held in unit.tenancies] == ["许文"]


def test_only_who_may_import_gets_the_table(desk: Desk) -> None:
    assert desk.browser("officer").get("/roster/empty.xlsx").status_code == 403
