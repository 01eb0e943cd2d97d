"""Work orders from another system: taken in once, told how they stand, refused in words."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.api.messages import Problem, WorkOrderTold
from app.config import settings
from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.core.limits import limiter
from app.factory import create_app
from app.issues.owners_word import OwnersWord
from app.issues.rules import Answer, HowAnswered
from app.people.systems import let_in, the_system, withdraw
from app.repairs.answering import take_owners_answer
from app.repairs.models import WorkOrder
from app.repairs.rules import State
from tests.api.conftest import Pms
from tests.builders import NOBODY, NOW
from tests.repairs.conftest import a_yard

FINISHED = {"finished_at": "2026-11-23T11:20:00+08:00", "work_done": "更换软管", "worker": "王师傅"}


def orders() -> list[WorkOrder]:
    return list(db.session.scalars(sa.select(WorkOrder)))


# --- taken in ---


@pytest.mark.clause("R20")
def test_an_order_goes_from_posted_to_finished_and_waits_for_its_callback(app: Flask, pms: Pms) -> None:
    posted = pms.posted()
    arrived = pms.post("/work-orders/PMS-1/arrived", {"arrived_at": "2026-11-23T10:40:00+08:00"})
    finished = pms.post("/work-orders/PMS-1/finished", FINISHED)

    assert (posted["state"], posted["order_number"], posted["number"][:3]) == ("reported", "PMS-1", "WX-")
    assert (arrived.status_code, arrived.json["state"], arrived.json["department"]) == (
        200,
        "dispatched",
        "地产公司工程部",
    )
    assert (finished.status_code, finished.json["state"], finished.json["worker"]) == (200, "finished", "王师傅")
    assert pms.get("/work-orders/PMS-1").json == finished.json
    with app.app_context():
        [order] = orders()
        assert [line.kind for line in journal.history(order.id)] == [
            "order:reported",
            "order:dispatched",
            "order:arrived",
            "order:finished",
        ]
        assert order.system.name == "物业管理系统"


@pytest.mark.clause("R22")
def test_nothing_that_a_system_says_closes_an_order(app: Flask, pms: Pms) -> None:
    pms.posted()

    for path in ("dispatched", "arrived", "finished", "closed", "satisfied"):
        at = {f"{path}_at": "2026-11-23T10:00:00+08:00"}
        pms.post(f"/work-orders/PMS-1/{path}", FINISHED if path == "finished" else at)

    assert pms.get("/work-orders/PMS-1").json["state"] == "finished"


@pytest.mark.clause("R21")
def test_the_system_is_told_of_rework_and_of_the_signature_that_ends_it(app: Flask, pms: Pms) -> None:
    pms.posted()
    pms.post("/work-orders/PMS-1/finished", FINISHED | {"material": "软管", "quantity": "1 根"})
    answer(app, Answer.DISSATISFIED, "接口还在滴水")
    in_rework = pms.get("/work-orders/PMS-1").json

    again = pms.post("/work-orders/PMS-1/finished", FINISHED | {"finished_at": "2026-11-23T14:00:00+08:00"})
    answer(app, Answer.SATISFIED)
    closed = pms.get("/work-orders/PMS-1").json
    with app.app_context():
        [order] = orders()
        used = (order.material, order.quantity)

    assert (in_rework["state"], in_rework["round"], in_rework["rework_reason"]) == ("rework", 2, "接口还在滴水")
    assert (again.status_code, again.json["state"]) == (200, "finished")
    assert used == ("软管", "1 根"), "what a round does not say stays as it was"
    assert (closed["state"], closed["satisfied"], closed["answered_how"]) == ("closed", True, "signed")


def answer(app: Flask, said: Answer, reason: str = "") -> None:
    with app.app_context():
        [order] = orders()
        word = OwnersWord(said, HowAnswered.SIGNED, NOW, reason, visit_id=new_id())
        more = {"event_id": new_id(), "by": By(), "at": NOW}
        assert take_owners_answer(order, word, round_=order.round, rating="satisfied", **more)
        db.session.commit()


# --- once ---


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(app: Flask, pms: Pms) -> None:
    first = pms.post("/work-orders", pms.an_order())
    again = pms.post("/work-orders", pms.an_order())
    finished = [pms.post("/work-orders/PMS-1/finished", FINISHED) for _time in range(2)]
    after_all = pms.post("/work-orders", pms.an_order())

    assert (first.status_code, first.data) == (again.status_code, again.data) == (after_all.status_code, first.data)
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert again.headers["Location"] == "/api/v1/work-orders/PMS-1"
    assert finished[0].data == finished[1].data
    with app.app_context():
        [order] = orders()
        assert len(journal.history(order.id)) == 3


def test_the_same_number_with_other_content_is_refused_in_words(app: Flask, pms: Pms) -> None:
    pms.posted()

    english = pms.post("/work-orders", pms.an_order(content="阳台漏水"))
    chinese = pms.post("/work-orders", pms.an_order(content="阳台漏水"), locale="zh-CN,zh;q=0.9")

    assert (english.status_code, english.content_type) == (409, "application/problem+json")
    assert Problem.model_validate(english.json).code == "order:known_otherwise"
    assert english.json["title"].startswith("This order number is known already")
    assert chinese.json["title"] == "此工单号已登记，但内容不同，未做任何修改。"
    with app.app_context():
        assert [order.content for order in orders()] == ["厨房水槽漏水"]


def test_a_key_of_a_request_is_known_again_and_belongs_to_that_request(app: Flask, pms: Pms) -> None:
    first = pms.post("/work-orders", pms.an_order(), Idempotency_Key="a1")
    again = pms.post("/work-orders", pms.an_order(), Idempotency_Key="a1")
    other = pms.post("/work-orders", pms.an_order("PMS-2"), Idempotency_Key="a1")

    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert (other.status_code, other.json["code"]) == (422, "idempotency:other_request")
    with app.app_context():
        assert len(orders()) == 1


def test_two_identical_posts_at_the_same_moment_make_one_order(app: Flask, pms: Pms) -> None:
    together = Barrier(4)

    def post(_n: int) -> tuple[int, bytes]:
        client = app.test_client()
        together.wait()
        told = Pms(client, pms.key, pms.system_id, pms.estate_id, pms.unit).post("/work-orders", pms.an_order())
        return told.status_code, told.data

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(post, range(4)))

    assert {status for status, _data in answers} == {201}
    assert len({data for _status, data in answers}) == 1
    with app.app_context():
        assert len(orders()) == 1


def test_finished_again_with_other_words_is_refused_once_it_is_finished(app: Flask, pms: Pms) -> None:
    pms.posted()
    pms.post("/work-orders/PMS-1/finished", FINISHED)

    other = pms.post("/work-orders/PMS-1/finished", FINISHED | {"work_done": "换了水槽"})

    assert (other.status_code, other.json["code"]) == (409, "order:not_open_to_this")
    with app.app_context():
        assert [order.work_done for order in orders()] == ["更换软管"]


# --- refused ---


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "gift"}, "kind"),
        ({"reported_at": "2026-11-23T09:30:00"}, "reported_at"),
        ({"content": "  "}, "content"),
        ({"content": "漏\u0000水"}, "content"),
        ({"colour": "red"}, "colour"),
        ({"reported_by": "陈" * 81}, "reported_by"),
        ({"order_number": "a/b"}, "order_number"),
    ],
)
def test_a_body_that_cannot_be_read_names_the_field(app: Flask, pms: Pms, wrong: dict[str, Any], field: str) -> None:
    told = pms.post("/work-orders", pms.an_order() | wrong)

    problem = Problem.model_validate(told.json)
    assert (told.status_code, problem.code) == (400, "request:unreadable")
    assert [one.field for one in problem.errors] == [field]
    assert field in problem.title
    with app.app_context():
        assert orders() == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"unit": "9-9-9999"}, "order:unit_unknown"),
        ({"unit": "那边"}, "order:unit_unreadable"),
        ({"reported_at": "2199-11-23T09:30:00+08:00"}, "order:in_the_future"),
    ],
)
def test_what_cannot_be_is_refused_in_the_readers_language(
    app: Flask, pms: Pms, wrong: dict[str, Any], code: str
) -> None:
    english, chinese = (pms.post("/work-orders", pms.an_order() | wrong, locale=locale) for locale in ("en", "zh"))

    assert (english.status_code, english.json["code"], chinese.json["code"]) == (422, code, code)
    assert english.json["title"].isascii() or code.startswith("order:unit")
    assert english.json["title"] != chinese.json["title"]
    with app.app_context():
        assert orders() == []


def test_no_json_too_much_of_it_and_a_wrong_address_are_problems_too(pms: Pms) -> None:
    no_json = pms.client.post("/api/v1/work-orders", data="{", headers={"Authorization": f"Bearer {pms.key}"})
    too_much = pms.post("/work-orders", pms.an_order(content="漏" * 70_000))
    nowhere, unknown = pms.get("/nowhere"), pms.get("/work-orders/PMS-9")
    no_length = pms.client.post(
        "/api/v1/work-orders",
        input_stream=io.BytesIO(b"[" + b"{}," * 30_000),
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
        headers={"Authorization": f"Bearer {pms.key}"},
    )

    told = [no_json, too_much, no_length, nowhere, unknown]
    assert [one.status_code for one in told] == [400, 413, 413, 404, 404]
    assert {one.content_type for one in told} == {"application/problem+json"}


def test_without_a_key_with_a_wrong_one_or_a_withdrawn_one_nothing_opens(app: Flask, pms: Pms) -> None:
    bare = pms.client.post("/api/v1/work-orders", json=pms.an_order())
    wrong = pms.post("/work-orders", pms.an_order(), key="ds_something")
    with app.app_context():
        withdraw(the_system(pms.estate_id, pms.system_id), by=NOBODY, at=NOW)
        db.session.commit()
    withdrawn = pms.post("/work-orders", pms.an_order())

    assert [one.status_code for one in (bare, wrong, withdrawn)] == [401] * 3
    assert bare.headers["WWW-Authenticate"] == "Bearer"
    with app.app_context():
        assert orders() == []


def test_one_system_neither_sees_nor_moves_what_another_posted(app: Flask, pms: Pms) -> None:
    pms.posted()
    with app.app_context():
        _system, same_estate = let_in(pms.estate_id, "另一系统", by=NOBODY, at=NOW)
        _system, elsewhere = let_in(a_yard().estate.id, "别处", by=NOBODY, at=NOW)
        db.session.commit()

    for key in (same_estate, elsewhere):
        assert pms.post("/work-orders/PMS-1/finished", FINISHED, key=key).status_code == 404
    assert pms.get("/work-orders/PMS-1").json["state"] == "reported"


def test_the_same_number_of_two_systems_are_two_orders(app: Flask, pms: Pms) -> None:
    with app.app_context():
        _system, other = let_in(pms.estate_id, "另一系统", by=NOBODY, at=NOW)
        db.session.commit()

    statuses = [pms.post("/work-orders", pms.an_order(), key=key).status_code for key in (pms.key, other)]

    assert statuses == [201, 201]


def test_a_system_that_asks_too_often_is_told_when_to_come_again(
    app: Flask, pms: Pms, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)  # so that those after it are not counted
    config = settings(folder=tmp_path, database=database_url, secret="only for tests")
    watchful = create_app(config | {"RATELIMIT_ENABLED": True})
    hurried = Pms(watchful.test_client(), pms.key, pms.system_id, pms.estate_id, pms.unit)

    statuses = [hurried.get("/work-orders/PMS-9").status_code for _n in range(122)]
    refused = hurried.get("/work-orders/PMS-9")

    assert statuses == [404] * 120 + [429] * 2
    assert (refused.content_type, "Retry-After" in refused.headers) == ("application/problem+json", True)
    with watchful.app_context():
        db.engine.dispose()


# --- the key ---


def test_when_a_key_last_sent_something_is_remembered_and_the_key_itself_is_not(app: Flask, pms: Pms) -> None:
    pms.posted()

    with app.app_context():
        system = the_system(pms.estate_id, pms.system_id)
        assert system.last_used_at is not None
        assert pms.key.endswith(system.ending)
        assert pms.key not in str(db.session.execute(sa.text("SELECT * FROM other_system")).all())


def test_what_is_told_is_what_is_described(pms: Pms) -> None:
    pms.posted()

    told = pms.post("/work-orders/PMS-1/finished", FINISHED)

    assert WorkOrderTold.model_validate(told.json).state is State.FINISHED
