"""The tree of categories: added, renamed, moved, routed, retired; nothing is lost by it."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import journal
from app.core.changes import changes, newest
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.issues.categories import (
    add_category,
    bring_back_category,
    change_category,
    move_category,
    retire_category,
)
from app.issues.models import Category
from app.issues.queries import categories
from app.issues.rules import ICONS, can_be_chosen
from app.sync.documents import documents
from tests.builders import NOBODY, NOW, TODAY, a_category, a_department, an_estate

MORE = {"by": NOBODY, "at": NOW}


@pytest.fixture
def tree(context: Flask) -> dict[str, Category]:
    """A group with two in it, and one at the top that is a matter itself."""
    estate = an_estate()
    department = a_department(estate)
    group = add_category(estate, "房屋质量", "The home", "home", department, parent=None, **MORE)
    leak = add_category(estate, "渗漏防水", "Leaks", "droplet", None, parent=group, **MORE)
    window = add_category(estate, "门窗", "Windows", "window", None, parent=group, **MORE)
    other = add_category(estate, "其他", "Other", "dots", None, parent=None, **MORE)
    db.session.commit()
    return {"group": group, "leak": leak, "window": window, "other": other}


def estate_id(tree: dict[str, Category]) -> object:
    return tree["group"].estate_id


def on_tablets(tree: dict[str, Category]) -> list[tuple[str, bool]]:
    """Codes as tablets hold them, each with whether it is retired."""
    doc = documents("estate", [estate_id(tree)], NOW)[estate_id(tree)]
    return [
        (one["code"], one.get("retired", False)) for top in doc["categories"] for one in (top, *top.get("children", []))
    ]


def codes(tree: dict[str, Category], *names: str) -> list[str]:
    return [tree[name].code for name in names]


@pytest.mark.parametrize(
    ("rows", "offered"),
    [
        ([("a", None, True), ("b", "a", True)], ["b"]),
        ([("a", None, True), ("b", "a", False)], []),
        ([("a", None, False), ("b", "a", True)], []),
        ([("a", None, True)], ["a"]),
        ([("a", None, False)], []),
        ([("a", None, True), ("b", "a", False), ("c", "a", True), ("d", None, True)], ["c", "d"]),
    ],
)
def test_only_what_is_in_use_in_a_group_that_is_in_use_is_offered(
    rows: list[tuple[str, str | None, bool]], offered: list[str]
) -> None:
    assert can_be_chosen(rows) == offered


def test_a_new_category_stands_last_in_its_group_and_on_tablets(tree: dict[str, Category]) -> None:
    assert [code for code, _retired in on_tablets(tree)] == codes(tree, "group", "leak", "window", "other")
    assert newest(estate_id(tree)) == 4
    assert journal.history(tree["leak"].id)[0].kind == "category:opened"


def test_names_picture_and_department_change_together(tree: dict[str, Category]) -> None:
    other = a_department(db.session.get_one(type(an_estate()), estate_id(tree)))

    changed = change_category(tree["leak"], "漏水", "Leaking", "bath", other, seen=newest(estate_id(tree)), **MORE)
    db.session.commit()

    code = tree["leak"].code
    assert changed == [f"category.{code}.{field}" for field in ("name_zh", "name_en", "icon", "department")]
    assert (tree["leak"].name_zh, tree["leak"].icon, tree["leak"].department_id) == ("漏水", "bath", other.id)
    row = changes(estate_id(tree), f"category.{code}.department")[0][0]
    assert (row.before, row.after) == (None, str(other.id))
    assert journal.history(tree["leak"].id)[-1].kind == "category:changed"


def test_the_second_to_rename_is_told_and_another_field_does_not_cross(tree: dict[str, Category]) -> None:
    leak, seen = tree["leak"], newest(estate_id(tree))
    change_category(leak, "漏水", "Leaks", "droplet", None, seen=seen, **MORE)

    with pytest.raises(Outdated) as refusal:
        change_category(leak, "渗水", "Leaks", "droplet", None, seen=seen, **MORE)
    change_category(leak, "渗漏防水", "Leaks", "bath", None, seen=seen, **MORE)

    assert [change.after for change in refusal.value.detail["changes"]] == ["漏水"]
    assert (leak.name_zh, leak.icon) == ("漏水", "bath")


@pytest.mark.parametrize(
    ("name_zh", "name_en", "icon", "code"),
    [
        ("", "Leaks", "droplet", "category:name"),
        ("漏水", "x" * 31, "droplet", "category:name"),
        ("门窗", "Other windows", "droplet", "category:name_taken"),
        ("漏水", "windows", "droplet", "category:name_taken"),
        ("漏水", "Leaks", "skull", "category:icon"),
    ],
)
def test_what_cannot_stand_on_a_tile_is_refused(
    tree: dict[str, Category], name_zh: str, name_en: str, icon: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        change_category(tree["leak"], name_zh, name_en, icon, None, seen=0, **MORE)

    assert refusal.value.code == code
    assert tree["leak"].name_zh == "渗漏防水"


def test_a_retired_category_keeps_its_name_on_tablets_and_is_offered_no_more(tree: dict[str, Category]) -> None:
    retire_category(tree["leak"], today=TODAY, **MORE)

    assert dict(on_tablets(tree))[tree["leak"].code] is True
    assert tree["leak"] in categories(estate_id(tree))
    with pytest.raises(Outdated):
        retire_category(tree["leak"], today=TODAY, **MORE)
    bring_back_category(tree["leak"], **MORE)
    assert dict(on_tablets(tree))[tree["leak"].code] is False


def test_the_last_one_that_is_offered_cannot_be_retired(tree: dict[str, Category]) -> None:
    retire_category(tree["other"], today=TODAY, **MORE)
    retire_category(tree["leak"], today=TODAY, **MORE)

    for last in ("window", "group"):
        with pytest.raises(Refused) as refusal, db.session.begin_nested():
            retire_category(tree[last], today=TODAY, **MORE)
        assert refusal.value.code == "category:last"


def test_moving_changes_places_within_the_level_alone(tree: dict[str, Category]) -> None:
    assert move_category(tree["window"], -1, **MORE)
    assert move_category(tree["other"], -1, **MORE)

    assert [code for code, _retired in on_tablets(tree)] == codes(tree, "other", "group", "window", "leak")
    assert not move_category(tree["window"], -1, **MORE)
    row = changes(estate_id(tree), f"category.{tree['other'].code}.position")[0][0]
    assert (row.before, row.after) == (2, 1)


def test_every_picture_is_one_that_tablets_can_draw() -> None:
    drawn = json.loads((Path(__file__).parents[2] / "static" / "icons.json").read_text())

    assert set(ICONS) <= set(drawn)


def test_the_first_categories_of_an_estate_begin_without_history(context: Flask) -> None:
    estate = an_estate()
    a_category(estate)

    assert (newest(estate.id), db.session.scalar(sa.select(sa.func.count()).select_from(Category))) == (0, 1)
