"""The owner file in the office: edited where one reads it, two at once, a sale, corrections accepted and refused."""

import re
import uuid
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import JournalLine
from app.core.waits import Wait
from app.estates.models import Estate, FileCorrection, Ownership, Person, Unit
from app.estates.rules import Occupancy, PersonKind
from app.people.rules import Role
from tests.builders import a_staff, an_owner
from tests.office.conftest import Desk
from tests.office.told import left_over, told


def local_today() -> date:
    return local_date(now(), "Asia/Shanghai")


def file_page(desk: Desk, who: str = "supervisor") -> str:
    return desk.browser(who).get(f"/units/{desk.unit_id}").text


def owner_of(desk: Desk) -> Person:
    unit = db.session.get_one(Unit, desk.unit_id)
    return next(held.person for held in unit.ownerships if held.until is None)


def owner_id(desk: Desk) -> str:
    with desk.app.app_context():
        return str(owner_of(desk).id)


def post(browser: FlaskClient, desk: Desk, where: str, key: str, follow: bool = True, **fields: object):  # type: ignore[no-untyped-def]
    data = {f"{key}-{name}": value for name, value in fields.items()}
    return browser.post(f"/units/{desk.unit_id}/{where}", data=data, follow_redirects=follow)


def save_person(browser: FlaskClient, desk: Desk, person: str, seen: int = 0, **fields: str):  # type: ignore[no-untyped-def]
    written = {"name": "陈建国", "phone": "13812346021", "seen": str(seen)} | fields
    return post(browser, desk, f"people/{person}", f"person-{person}", **written)


def correction(desk: Desk, about: str = "phone", value: dict[str, str] | None = None, **wanted: object) -> str:
    said = value or {"phone": "13900001111"}
    return desk.bring_in(desk.tablet.a_correction(desk.estate_id, desk.unit_id, about, said, **wanted))


def test_a_person_is_edited_where_one_reads_and_the_history_says_so(desk: Desk) -> None:
    person, browser = owner_id(desk), desk.browser("supervisor")

    page = save_person(
        browser,
        desk,
        person,
        phone="139 0000 1111",
        other_phones="13700002222，0571-88881234",
        emergency_name="张丽",
        id_last4="602x",
        sex="male",
        consent_on="2026-01-02",
    ).text

    for words in ("13900001111", "13700002222", "0571-88881234", "张丽", "602X", "138123460", "孙主管"):
        assert words in page
    with desk.app.app_context():
        kept = owner_of(desk)
        assert (kept.phone, kept.id_last4, kept.consent_on) == ("13900001111", "602X", date(2026, 1, 2))


@pytest.mark.parametrize("who", ["officer", "manager", "executive"])
def test_who_only_reads_finds_no_form_no_old_value_and_no_way_to_write(desk: Desk, who: str) -> None:
    person = owner_id(desk)
    save_person(desk.browser("supervisor"), desk, person, phone="13900001111")

    page = file_page(desk, who)

    assert "13900001111" in page
    assert "13812346021" not in page
    assert f'id="person-{person}"' not in page
    assert save_person(desk.browser(who), desk, person, phone="13911112222").status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("phone", "12", "不是电话号码"),
        ("phone", "13900001111、13900002222", "只填一个电话号码"),
        ("id_last4", "330102199001016021", "后 4 位"),
        ("name", "  ", ""),
        ("consent_on", "yesterday", ""),
    ],
)
def test_what_cannot_stand_in_a_file_is_complained_about_and_changes_nothing(
    desk: Desk, field: str, value: str, told: str
) -> None:
    person = owner_id(desk)

    answer = save_person(desk.browser("supervisor"), desk, person, **{"emergency_name": "张丽", field: value})

    assert answer.status_code == 422
    assert told in answer.text
    assert "act-open" in answer.text
    with desk.app.app_context():
        assert owner_of(desk).emergency_name is None


def test_of_two_who_edit_at_once_the_second_is_told_what_changed_and_keeps_what_they_typed(desk: Desk) -> None:
    person = owner_id(desk)
    save_person(desk.browser("supervisor"), desk, person, phone="13900001111")

    refused = save_person(desk.browser("admin"), desk, person, phone="13900002222", seen=0)

    assert refused.status_code == 409
    assert "13812346021 → 13900001111" in refused.text
    assert "孙主管" in refused.text
    assert 'value="13900002222"' in refused.text
    [seen] = re.findall(rf'name="person-{person}-seen"[^>]*value="(\d+)"', refused.text)
    assert save_person(desk.browser("admin"), desk, person, phone="13900002222", seen=int(seen)).status_code == 200
    with desk.app.app_context():
        assert owner_of(desk).phone == "13900002222"


def test_two_who_edit_other_sections_do_not_get_in_each_others_way(desk: Desk) -> None:
    one, other = desk.browser("supervisor"), desk.browser("admin")

    post(one, desk, "file/contact", "contact", seen=0, care="独居老人、听力不便", do_not_disturb="12:00–14:00")
    page = post(other, desk, "file/parking", "parking", seen=0, parking="B1-032", plates="浙a·12345").text

    for words in ("独居老人、听力不便", "12:00–14:00", "B1-032", "浙A12345"):
        assert words in page


def test_warranties_follow_from_the_handover_and_one_written_by_hand_is_marked(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    post(browser, desk, "file/unit", "unit", seen=0, area="128.6", handover_on="2024-05-18", occupancy="owner")

    page = post(browser, desk, "file/warranty", "warranty", seen=9, pipes="2199-01-31").text

    assert "2029年5月18日" in page
    assert "2199年1月31日" in page
    assert "手工填写" in page


def test_a_company_has_its_own_fields(desk: Desk) -> None:
    with desk.app.app_context():
        owner_of(desk).kind = PersonKind.COMPANY
        db.session.commit()
    person = owner_id(desk)

    page = save_person(
        desk.browser("supervisor"),
        desk,
        person,
        name="锦程贸易有限公司",
        legal_representative="许文",
        licence_no="91330100MA",
    ).text

    for words in ("锦程贸易有限公司", "法定代表人", "许文", "91330100MA"):
        assert words in page


def test_a_sale_with_two_co_owners_hides_the_seller_and_reaches_the_tablet(desk: Desk) -> None:
    with desk.app.app_context():
        an_owner(db.session.get_one(Unit, desk.unit_id), "李芳", phone="13700003333")
        db.session.commit()
        leaving = [str(held.id) for held in db.session.scalars(sa.select(Ownership))]
    sale = {
        "event": str(new_id()),
        "seen": "0",
        "leaving": leaving,
        "on": local_today().isoformat(),
        "household_leaves": "y",
        "name1": "许文",
        "phone1": "13900001111",
        "kind1": "person",
        "name2": "沈国平",
        "phone2": "13900002222",
        "kind2": "person",
        "name3": "",
        "phone3": "",
        "kind3": "person",
    }
    browser = desk.browser("supervisor")

    page = post(browser, desk, "sale", "sale", **sale).text
    again = post(browser, desk, "sale", "sale", **sale)
    other_day = (local_today() - timedelta(days=1)).isoformat()
    other = post(browser, desk, "sale", "sale", **sale | {"on": other_day})

    assert (again.status_code, other.status_code) == (200, 409)
    assert other_day in other.text, "the other day was not taken, and is there to be looked at"
    changes, _page = desk.tablet.pull_all()
    doc = changes["unit", str(desk.unit_id)]["doc"]
    assert [person["name"] for person in doc["people"]] == ["许文", "沈国平"]
    assert "13900002222" in page
    assert "13700003333" not in page
    folded = page[page.index("file-fold") :]
    assert "陈建国" in folded


def test_a_sale_without_a_buyer_stays_open_with_what_was_typed(desk: Desk) -> None:
    with desk.app.app_context():
        leaving = [str(held.id) for held in db.session.scalars(sa.select(Ownership))]

    answer = post(
        desk.browser("supervisor"),
        desk,
        "sale",
        "sale",
        event=str(new_id()),
        seen="0",
        leaving=leaving,
        on="2025-01-02",
        **{
            f"{part}{row}": "person" if part == "kind" else ""
            for row in (1, 2, 3)
            for part in ("name", "phone", "kind")
        },
    )

    assert answer.status_code == 422
    assert "2025-01-02" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_tenant_moves_in_and_out(desk: Desk) -> None:
    browser, today = desk.browser("supervisor"), local_today()
    new = {"event": str(new_id()), "held": "tenant", "kind": "person", "name": "Daniel Fischer", "phone": ""}

    page = post(browser, desk, "people", "new-person", since="2025-01-01", **new).text
    with desk.app.app_context():
        unit = db.session.get_one(Unit, desk.unit_id)
        [tenancy], occupancy = unit.tenancies, unit.occupancy
    gone = post(browser, desk, f"held/{tenancy.id}/end", f"end-{tenancy.id}", until=today.isoformat()).text

    assert "Daniel Fischer" in page[: page.index("历史") if "历史" in page else None]
    assert occupancy is Occupancy.LET
    assert f'id="person-{tenancy.person_id}"' not in gone


def test_who_lives_there_after_the_last_tenant_is_asked_in_the_inbox_and_said_with_one_tap(desk: Desk) -> None:
    browser, question = desk.browser("supervisor"), "最后一位租户已搬离：现在谁住？"
    new = {"event": str(new_id()), "held": "tenant", "kind": "person", "name": "吴晓", "phone": ""}
    post(browser, desk, "people", "new-person", since="2025-01-01", **new)
    with desk.app.app_context():
        [tenancy] = db.session.get_one(Unit, desk.unit_id).tenancies
    post(browser, desk, f"held/{tenancy.id}/end", f"end-{tenancy.id}", until=local_today().isoformat())

    inbox, page = browser.get("/").text, browser.get(f"/units/{desk.unit_id}").text
    seen_by_others = desk.browser("manager").get(f"/units/{desk.unit_id}").text
    said = browser.post(f"/units/{desk.unit_id}/lived-in", data={"occupancy": "vacant"}, follow_redirects=True)
    again = browser.post(f"/units/{desk.unit_id}/lived-in", data={"occupancy": "let"})
    nonsense = browser.post(f"/units/{desk.unit_id}/lived-in", data={"occupancy": "castle"})

    assert question in inbox
    assert f"/units/{desk.unit_id}#who-lives-there" in inbox
    assert question in page
    assert "/lived-in" in page
    assert question in seen_by_others
    assert "/lived-in" not in seen_by_others
    assert said.status_code == 200
    assert question not in said.text + browser.get("/").text
    assert (again.status_code, nonsense.status_code) == (409, 422)
    with desk.app.app_context():
        assert db.session.get_one(Unit, desk.unit_id).occupancy is Occupancy.VACANT


def test_somebody_joins_the_household_once_and_moves_out(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    member = {"event": str(new_id()), "name": "陈小宝", "relation": "儿子", "phone": ""}

    for _again in range(2):
        page = post(browser, desk, "household", "new-member", **member).text
    left = browser.post(f"/units/{desk.unit_id}/household/{member['event']}/end", follow_redirects=True).text

    assert page.count("<h3>陈小宝</h3>") == 1
    assert re.search(r"<summary[^>]*>(?:(?!</details>).)*陈小宝已搬走", page, re.DOTALL), "asks before it is done"
    assert "<h3>陈小宝</h3>" not in left


@pytest.mark.parametrize(
    ("where", "key", "more"),
    [
        ("household", "new-member", {"relation": "女儿"}),
        ("people", "new-person", {"held": "tenant", "kind": "person", "since": "2026-01-01"}),
    ],
)
@pytest.mark.parametrize("other", [{"name": "陈小贝"}, {"phone": "13911112222"}])
def test_a_form_that_came_before_with_other_words_is_not_called_saved(
    desk: Desk, where: str, key: str, more: dict[str, str], other: dict[str, str]
) -> None:
    browser, sent = desk.browser("supervisor"), {"event": str(new_id()), "name": "陈小宝", **more}
    first, again, told = (post(browser, desk, where, key, **form) for form in (sent, sent, sent | other))

    assert [answer.status_code for answer in (first, again, told)] == [200, 200, 409]
    assert "本次没有保存任何内容" in told.text
    assert next(iter(other.values())) in told.text
    assert "13911112222" not in file_page(desk)


def test_a_correction_waits_in_the_inbox_and_stands_beside_the_value(desk: Desk) -> None:
    noted = correction(desk, person_id=owner_id(desk), base={"phone": "13812346021"}, remark="业主当面告知")

    inbox, page = desk.browser("supervisor").get("/").text, file_page(desk)

    assert f"/units/{desk.unit_id}#correction-{noted}" in inbox
    assert "13900001111" not in inbox
    for words in ("待确认：13900001111", "业主当面告知", "李敏", f'id="correction-{noted}"'):
        assert words in page
    with desk.app.app_context():
        assert owner_of(desk).phone == "13812346021"


def test_it_waits_for_the_front_desk_where_there_is_one(desk: Desk) -> None:
    with desk.app.app_context():
        a_staff(db.session.get_one(Estate, desk.estate_id), Role.FRONT_DESK)
        db.session.commit()

    noted = correction(desk, person_id=owner_id(desk))

    with desk.app.app_context():
        [wait] = db.session.scalars(sa.select(Wait).where(Wait.subject_id == uuid.UUID(noted)))
        assert (wait.role, (wait.due_at - wait.since).days) == ("front_desk", 3)


def test_accepting_writes_the_file_with_the_correction_as_its_source(desk: Desk) -> None:
    noted = correction(desk, person_id=owner_id(desk), base={"phone": "13812346021"})

    page = post(
        desk.browser("supervisor"), desk, f"corrections/{noted}/accept", f"accept-{noted}", phone="13900001111"
    ).text

    assert "来自上门更正" in page
    assert f'id="correction-{noted}"' not in page
    with desk.app.app_context():
        assert owner_of(desk).phone == "13900001111"
        kinds = db.session.scalars(sa.select(JournalLine.kind).where(JournalLine.subject_id == uuid.UUID(noted)))
        assert sorted(kinds) == ["correction:accepted", "correction:noted"]
        assert db.session.scalars(sa.select(Wait).where(Wait.subject_id == uuid.UUID(noted))).all() == []


def test_the_office_can_put_a_correction_right_before_it_accepts(desk: Desk) -> None:
    noted = correction(desk, person_id=owner_id(desk), value={"phone": "1390000111"})
    browser = desk.browser("supervisor")

    wrong = post(browser, desk, f"corrections/{noted}/accept", f"accept-{noted}", phone="1390000111")
    right = post(browser, desk, f"corrections/{noted}/accept", f"accept-{noted}", phone="13900001112")

    assert wrong.status_code == 422
    assert "不是电话号码" in wrong.text
    assert right.status_code == 200
    assert record(desk, noted) | {"at": ""} == {
        "about": "phone",
        "state": "changed",
        "by": "孙主管",
        "reason": "",
        "taken": {"phone": "13900001112"},
        "at": "",
    }


def record(desk: Desk, noted: str) -> dict[str, object]:
    changes, _page = desk.tablet.pull_all()
    return dict(changes["record", noted]["doc"]["correction"])


def test_a_refusal_needs_a_reason_and_the_tablet_reads_it(desk: Desk) -> None:
    noted, browser = correction(desk, person_id=owner_id(desk)), desk.browser("supervisor")

    silent = post(browser, desk, f"corrections/{noted}/refuse", f"refuse-{noted}", reason="")
    told = post(browser, desk, f"corrections/{noted}/refuse", f"refuse-{noted}", reason="业主来电确认原号码有效")

    assert (silent.status_code, told.status_code) == (422, 200)
    assert (record(desk, noted)["state"], record(desk, noted)["reason"]) == ("refused", "业主来电确认原号码有效")
    with desk.app.app_context():
        assert owner_of(desk).phone == "13812346021"


def test_of_two_who_decide_at_once_the_second_is_told(desk: Desk) -> None:
    noted = correction(desk, person_id=owner_id(desk))
    post(desk.browser("supervisor"), desk, f"corrections/{noted}/refuse", f"refuse-{noted}", reason="号码不对")

    late = post(desk.browser("admin"), desk, f"corrections/{noted}/accept", f"accept-{noted}", phone="13900001111")

    assert late.status_code == 409
    assert "孙主管" in late.text
    assert "号码不对" in late.text
    with desk.app.app_context():
        assert owner_of(desk).phone == "13812346021"


def test_a_value_that_changed_since_the_officer_looked_is_said_in_words(desk: Desk) -> None:
    person = owner_id(desk)
    save_person(desk.browser("supervisor"), desk, person, phone="13700009999")

    correction(desk, person_id=person, base={"phone": "13812346021"})

    assert "档案在此之后已变动" in file_page(desk)


@pytest.mark.parametrize(
    ("about", "value", "wanted"),
    [
        ("other_phone", {"phone": "13900001111"}, "13900001111"),
        ("name", {"name": "陈健国"}, "陈健国"),
        ("emergency", {"name": "张丽", "phone": "13700002222"}, "13700002222"),
        ("household", {"name": "陈小宝", "relation": "儿子", "phone": ""}, "陈小宝"),
        ("tenant", {"name": "Daniel Fischer", "phone": ""}, "Daniel Fischer"),
        ("occupancy", {"occupancy": "vacant"}, "空置"),
        ("care", {"words": "孕妇"}, "孕妇"),
        ("preferred_contact", {"words": "晚上七点后"}, "晚上七点后"),
        ("do_not_disturb", {"words": "12:00–14:00"}, "12:00–14:00"),
        ("plates", {"plate": "浙A12345"}, "浙A12345"),
        ("other", {"words": "门铃坏了"}, "档案"),
    ],
)
def test_every_kind_of_correction_can_be_accepted(desk: Desk, about: str, value: dict[str, str], wanted: str) -> None:
    person = {"person_id": owner_id(desk)} if about in ("phone", "other_phone", "name", "emergency") else {}
    noted = correction(desk, about, value, **person)

    answer = post(desk.browser("supervisor"), desk, f"corrections/{noted}/accept", f"accept-{noted}", **value)

    assert answer.status_code == 200
    assert wanted in answer.text
    with desk.app.app_context():
        assert db.session.get_one(FileCorrection, uuid.UUID(noted)).state.value == "accepted"


# --- the second of two ---


def test_the_reason_of_whoever_refused_second_is_kept(desk: Desk) -> None:
    noted = correction(desk, person_id=owner_id(desk))
    post(desk.browser("supervisor"), desk, f"corrections/{noted}/accept", f"accept-{noted}", phone="13900001111")

    late = post(
        desk.browser("admin"), desk, f"corrections/{noted}/refuse", f"refuse-{noted}", reason="业主来电确认原号码有效"
    )

    assert late.status_code == 409
    assert "孙主管" in told(late)
    assert "业主来电确认原号码有效" in left_over(late)


def test_what_was_typed_about_an_owner_who_sold_meanwhile_is_kept_and_not_saved(desk: Desk) -> None:
    person, today = owner_id(desk), local_today().isoformat()
    with desk.app.app_context():
        unit = db.session.get_one(Unit, desk.unit_id)
        leaving = str(unit.ownerships[0].id)
    sale = {"on": today, "leaving": leaving, "seen": "0", "event": str(new_id()), "household_leaves": "y"}
    sale |= {"name1": "许文", "phone1": "13900001111"} | {f"kind{row}": "person" for row in (1, 2, 3)}
    assert post(desk.browser("supervisor"), desk, "sale", "sale", follow=False, **sale).status_code == 302

    late = save_person(desk.browser("admin"), desk, person, phone="13700002222")

    assert late.status_code == 409
    assert "陈建国" in told(late)
    assert "13700002222" in left_over(late)


def test_what_was_typed_about_somebody_who_moved_out_meanwhile_is_kept_and_not_saved(desk: Desk) -> None:
    browser, member = desk.browser("supervisor"), str(new_id())
    new = {"event": member, "name": "陈小宝", "relation": "儿子", "phone": ""}
    post(browser, desk, "household", "new-member", **new)
    browser.post(f"/units/{desk.unit_id}/household/{member}/end")

    typed = {"name": "陈小宝", "relation": "长子", "phone": "13700002222", "seen": "0"}
    late = post(desk.browser("admin"), desk, f"household/{member}", f"member-{member}", **typed)

    assert late.status_code == 409
    assert "陈小宝" in told(late)
    assert "13700002222" in left_over(late)
