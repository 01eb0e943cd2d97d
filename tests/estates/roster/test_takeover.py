"""Taking a roster over writes what the preview showed, once, with dates and journal."""

import uuid
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.core import waits
from app.core.db import db
from app.core.errors import Outdated
from app.core.ids import new_id
from app.core.journal import Feed, JournalLine, history
from app.estates.file_queries import file_history
from app.estates.models import Building, Estate, Ownership, Person, Tenancy, Unit
from app.estates.owner_file import Hand, change_fields, member_joins, move_out
from app.estates.roster.comparison import Plan, compare
from app.estates.roster.households import take_together
from app.estates.roster.known import what_is_known
from app.estates.roster.reading import read_sheets
from app.estates.roster.sheets import read_roster
from app.estates.roster.takeover import take_over
from app.estates.rules import Occupancy, PersonKind
from tests.builders import NOBODY, NOW, TODAY, a_unit, an_estate, an_owner
from tests.estates.roster.builders import a_csv, a_workbook, under_headings

HAND = Hand(NOBODY, NOW, TODAY)
pytestmark = pytest.mark.usefixtures("context")
HEADINGS = [
    "楼栋",
    "单元",
    "房号",
    "面积",
    "交付日期",
    "入住状态",
    "业主",
    "电话",
    "身份证号",
    "租户",
    "租户电话",
    "关怀",
    "备注",
]


def test_a_roster_makes_buildings_units_people_and_dated_ownerships():
    estate = an_estate()
    home = ["3栋", "1单元", 1202.0, "98.6㎡", "2018年5月18日", "出租", "陈建国、李敏", "13812345678、13912345678"]

    imported(estate, [HEADINGS, [*home, None, "赵磊", "13700000001", "独居老人", "先打电话"]])

    (unit,) = db.session.scalars(sa.select(Unit)).all()
    assert (unit.building.name, unit.entrance, unit.number, unit.floor) == ("3", "1", "1202", 12)
    assert (unit.area, unit.handover_on, unit.occupancy) == ("98.6", date(2018, 5, 18), Occupancy.LET)
    assert (unit.care, unit.remarks) == (["独居老人"], "先打电话")
    assert [(held.person.name, held.person.phone, held.since) for held in unit.ownerships] == [
        ("陈建国", "13812345678", TODAY),
        ("李敏", "13912345678", TODAY),
    ]
    assert [(held.person.name, held.person.phone) for held in unit.tenancies] == [("赵磊", "13700000001")]
    assert unit.ownerships[0].person.initials == "cjg"


@pytest.mark.parametrize(
    ("occupancy", "tenant", "asked"),
    [("", "", 1), ("空置", "", 0), ("", "钱多", 0)],
    ids=["says nothing", "vacant", "let"],
)
def test_a_roster_that_says_who_lives_there_answers_the_question(occupancy: str, tenant: str, asked: int):
    estate = an_estate()
    row = ["3", "1", "1202", "", "", "出租", "陈建国", "13812345678", "", "赵磊", "", "", ""]
    imported(estate, [HEADINGS, row])
    unit = db.session.scalars(sa.select(Unit)).one()
    move_out(unit, unit.tenancies[0], TODAY + timedelta(days=1), Hand(NOBODY, NOW, TODAY + timedelta(days=1)))

    imported(estate, [HEADINGS, [*row[:3], "130㎡", "", occupancy, *row[6:9], tenant, "", "", ""]])

    assert len(waits.on(unit.id)) == asked


def test_the_journal_holds_no_names_and_no_phones():
    estate = an_estate()
    rows = [HEADINGS, ["3", "1", "1202", "", "", "", "陈建国", "13812345678", "1234", "", "", "独居老人", "先打电话"]]
    imported(estate, rows)
    changed = [*rows[1]]
    changed[7], changed[12] = "13700000000", "不要打电话"
    imported(estate, [HEADINGS, changed])

    told = sa.select(JournalLine).where(JournalLine.kind != "estate:founded").order_by(JournalLine.seq)
    lines = db.session.scalars(told).all()

    assert [line.kind for line in lines] == [
        "unit:opened",
        "roster:imported",
        "person:changed",
        "unit:changed",
        "roster:imported",
    ]
    told = repr([line.data for line in lines])
    assert not [private for private in ("陈建国", "138123", "13700", "1234'", "独居", "打电话") if private in told]


def test_tablets_learn_of_every_unit_that_a_changed_person_holds():
    estate = an_estate()
    rows = under_headings(["3", "1", "1202", "陈建国", "13812345678"], ["5", "1", "101", "陈建国", "13812345678"])
    imported(estate, rows)
    before = versions(estate)

    imported(estate, under_headings(["3", "1", "1202", "陈建国", "13700000000"]))

    assert all(version > before[key] for key, version in versions(estate).items())
    assert len(before) == 2


def test_an_ownership_ends_and_the_next_begins_and_nothing_is_overwritten():
    estate = an_estate()
    unit = a_unit(estate, "1202")
    an_owner(unit, "陈建国", "13812345678", since=date(2018, 5, 18))

    imported(estate, under_headings(["3", "1", "1202", "李敏", "13912345678"]))

    assert [(held.person.name, held.since, held.until) for held in fresh(unit).ownerships] == [
        ("陈建国", date(2018, 5, 18), TODAY),
        ("李敏", TODAY, None),
    ]
    line = history(unit.id)[-1]
    assert line.kind == "unit:changed"
    assert [entry["as"] for entry in line.data["begins"] + line.data["ends"]] == ["owner", "owner"]


def test_what_an_import_changes_stands_in_the_history_of_the_owner_file():
    estate = an_estate()
    unit = a_unit(estate, "1202")
    seller = an_owner(unit, "陈建国", "13812345678", since=date(2018, 5, 18))
    other_phone = under_headings(["3", "1", "1202", "陈建国", "13700000000"])
    imported(estate, other_phone)

    imported(estate, under_headings(["3", "1", "1202", "李敏", "13912345678"]))

    buyer = next(held.person for held in fresh(unit).ownerships if held.until is None)
    told = [(change.line.field, change.was, change.became) for change in reversed(file_history(fresh(unit)))]
    assert ("phone", "13812345678", "13700000000") in told
    assert ("owners", [str(seller.id)], [str(buyer.id)]) in told


def test_importing_the_same_file_twice_changes_nothing():
    estate = an_estate()
    rows = [
        HEADINGS,
        [
            "3栋",
            "1单元",
            "0301",
            "98.6㎡",
            "2018.5",
            "自住",
            "陈建国、李敏",
            "13812345678",
            "1234",
            "",
            "",
            "独居",
            "x",
        ],
        [
            "",
            "",
            302.0,
            89,
            "2018年5月18日",
            "出租",
            "锦绣贸易有限公司",
            "0571-88012345",
            "",
            "赵磊",
            13700000001.0,
            "",
            "",
        ],
        ["", "", 303.0, "", "", "", "陈建国", "138 1234 5678", "1234", "", "", "", ""],
        ["", "", 303.0, "", "", "", "王芳", "", "", "", "", "", ""],
        ["4#", "", "101", "bad", "", "", "周明", "", "", "", "", "", ""],
    ]
    imported(estate, rows)
    before = everything()

    again = imported(estate, rows)

    assert again.changes_nothing
    assert everything() == before


def test_the_same_file_as_gbk_text_changes_nothing_either():
    estate = an_estate()
    rows = under_headings(["3栋", "1单元", "1202", "陈建国", 13812345678.0], ["", "", "1203", "李敏", "139-1234-5678"])
    imported(estate, rows)
    text = read_roster(read_sheets("业主.csv", a_csv(rows, encoding="gbk")))

    plan = compare(take_together(text), what_is_known(estate.id, TODAY), TODAY)

    assert plan.changes_nothing


def test_a_roster_is_not_taken_over_onto_a_changed_estate():
    estate = an_estate()
    unit = a_unit(estate, "1202")
    together = told(under_headings(["3", "1", "1202", "李敏", "13912345678"]))
    shown = compare(together, what_is_known(estate.id, TODAY), TODAY).digest()
    an_owner(unit, "陈建国")
    before = everything()

    with pytest.raises(Outdated):
        take_over(estate, together, shown=shown, today=TODAY, by=NOBODY, at=NOW)

    assert everything() == before


def test_another_estate_with_the_same_units_is_left_alone():
    theirs = an_estate()
    an_owner(a_unit(theirs, "1202"), "陈建国", "13812345678")
    ours = an_estate()

    imported(ours, under_headings(["3", "1", "1202", "陈建国", "13812345678"]))

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Unit)) == 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 2
    assert {building.estate_id for building in db.session.scalars(sa.select(Building))} == {theirs.id, ours.id}


def test_a_company_is_kept_as_one():
    estate = an_estate()
    headings = ["房号", "业主", "电话", "法定代表人", "营业执照号"]

    imported(estate, [headings, ["3-101", "锦绣贸易有限公司", "0571-88012345/13812345678", "周明", "9133X"]])

    (firm,) = db.session.scalars(sa.select(Person)).all()
    assert (firm.kind, firm.phone, firm.other_phones) == (PersonKind.COMPANY, "0571-88012345", ["13812345678"])
    assert (firm.legal_representative, firm.licence_no) == ("周明", "9133X")


def told(rows):
    return take_together(read_roster(read_sheets("r.xlsx", a_workbook(rows))))


def test_with_a_sale_goes_what_was_noted_about_the_former_household():
    estate = an_estate()
    unit = a_unit(estate, "1202")
    an_owner(unit, "陈建国", "13812345678", since=date(2018, 5, 18))
    member_joins(unit, new_id(), "李芳", "配偶", None, HAND)
    change_fields(unit, unit, {"plates": ["浙A12345"], "preferred_contact": "周末", "care": ["独居老人"]}, HAND)
    db.session.commit()

    rows = [HEADINGS, ["3", "1", "1202", None, None, None, "李敏", "13912345678", None, None, None, "家有婴儿", None]]
    imported(estate, rows)

    sold = fresh(unit)
    assert (sold.plates, sold.preferred_contact, [one.until for one in sold.household]) == ([], None, [TODAY])
    assert "家有婴儿" in sold.care


def imported(estate: Estate, rows: list) -> Plan:
    """Preview and confirm at once, and commit."""
    together = told(rows)
    shown = compare(together, what_is_known(estate.id, TODAY), TODAY).digest()
    plan = take_over(estate, together, shown=shown, today=TODAY, by=NOBODY, at=NOW)
    db.session.commit()
    return plan


def fresh(unit: Unit) -> Unit:
    db.session.expire_all()
    return db.session.get_one(Unit, unit.id)


def versions(estate: Estate) -> dict[uuid.UUID, int]:
    found = sa.select(Feed).where(Feed.stream == estate.id, Feed.type == "unit")
    return {feed.id: feed.version for feed in db.session.scalars(found).all()}


def everything() -> dict[str, list]:
    """Every row that an import could touch."""
    tables = [Building, Unit, Person, Ownership, Tenancy, JournalLine, Feed]
    return {
        model.__tablename__: sorted(map(repr, db.session.execute(sa.select(*sa.inspect(model).columns)).all()))
        for model in tables
    }
