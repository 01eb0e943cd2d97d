"""An owner's copy opens by its link alone, shows what was signed for as long as it is valid, and stays nowhere."""

import logging
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.clock import local_date, now
from app.core.db import db
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.signatures.rules import sha256_hex
from app.visits.copies import end_link, link_to_copy_of
from app.visits.models import CopyLink, Visit
from tests.documents import reading
from tests.sync.conftest import World, world

__all__ = ["world"]

TOKEN = "7k3m9p2q4r6s8t0v1w3x5y7z9a"
GONE = "办公室还没有收到这份记录"


def bring_in(world: World, token: str = TOKEN, **wanted: object) -> str:
    """The id of a visit that came with the hash of a token; `witness`: a neighbour, who signs what is `witnessed`."""
    witness = wanted.pop("witness", None)
    said = {"told": {"lines": [], "issues": []}} | wanted
    said |= {"copy_token_sha256": sha256_hex(token.encode())} if token else {}
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, **said)
    if witness:
        digest = sha256_hex(visit["body"]["statement"].encode())
        visit["body"]["signatures"].append(world.tablet.sign(digest, "witness", str(witness), "neighbour"))
    receipts = world.tablet.receipts(world.tablet.freeze(visit | {"v": 6 if token else 5}))
    assert receipts[0]["status"] == "applied", receipts
    return str(visit["entity_id"])


def the_link() -> CopyLink:
    return db.session.scalars(sa.select(CopyLink)).one()


def test_the_copy_says_what_was_signed_in_both_languages_and_stays_nowhere(world: World) -> None:
    leak = world.tablet.an_issue(text="主卫天花板渗水")
    bill = world.tablet.an_issue(text="发票什么时候开", answered=True, answer="每季度第一周", promised_on=None)
    del bill["promised_on"]
    bring_in(world, issues=[leak, bill], wishes="希望早点修好")

    page = world.tablet.client.get(f"/c/{TOKEN}")
    english = world.tablet.client.get(f"/c/{TOKEN}?lang=en")

    assert page.status_code == 200
    for words in (
        "您的走访留存单",
        "主卫天花板渗水",
        "工程维修部",
        "2026年11月26日",
        "每季度第一周",
        "希望早点修好",
        "2026年11月30日",
    ):
        assert words in page.text
    for words in ("Your copy of our visit", "主卫天花板渗水", "26 November 2026", "How it stands today"):
        assert words in english.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_where_a_witness_signed_the_copy_says_what_they_signed_and_nothing_that_the_owner_agreed_to(
    world: World,
) -> None:
    unsigned = {"reason": "refused", "note": "想再考虑一下"}
    bring_in(world, witness="王桂英", witnessed="本人在场，业主未签字。", unsigned=unsigned)

    page = world.tablet.client.get(f"/c/{TOKEN}").text

    assert "见证人签字的内容" in page
    assert "本人在场，业主未签字。" in page
    assert "签字说明" not in page


def test_openings_are_counted_and_nothing_is_kept_of_who_it_was(app: Flask, world: World) -> None:
    bring_in(world)

    for _time in range(2):
        world.tablet.client.get(f"/c/{TOKEN}")
    world.tablet.client.head(f"/c/{TOKEN}")

    with app.app_context():
        assert (the_link().opened, the_link().opened_at is not None) == (2, True)


def test_a_token_that_was_typed_from_paper_opens_it_too(world: World) -> None:
    bring_in(world)

    assert world.tablet.client.get(f"/c/{TOKEN.upper().replace('0', 'O').replace('1', 'l')}").status_code == 200


def test_before_the_visit_has_arrived_its_link_looks_like_any_other_guess(world: World) -> None:
    fingerprint = "0" * 64

    unsent, guessed, public = (world.tablet.client.get(f"/c/{token}") for token in (TOKEN, "a" * 26, fingerprint))

    assert (unsent.status_code, guessed.status_code, public.status_code) == (404, 404, 404)
    assert GONE in unsent.text
    assert unsent.text == guessed.text == public.text
    assert "no-store" in unsent.headers["Cache-Control"]


def test_neither_fingerprint_nor_the_hash_that_the_office_keeps_opens_a_copy(app: Flask, world: World) -> None:
    visit_id = bring_in(world)
    with app.app_context():
        known = (the_link().token_sha256, visit_id, str(the_link().id))
        statement = db.session.execute(sa.text("SELECT sha256 FROM statement")).scalar_one()

    answers = [world.tablet.client.get(f"/c/{guess}").status_code for guess in (*known, statement)]

    assert answers == [404, 404, 404, 404]


def test_a_visit_of_an_old_tablet_has_no_link(app: Flask, world: World) -> None:
    bring_in(world, token="")

    with app.app_context():
        assert db.session.scalars(sa.select(CopyLink)).all() == []


def test_the_same_token_twice_keeps_both_visits_and_opens_the_first(world: World) -> None:
    bring_in(world, wishes="第一次")
    bring_in(world, wishes="第二次")

    assert "第一次" in world.tablet.client.get(f"/c/{TOKEN}").text


def test_after_its_days_it_opens_no_more_and_says_whom_to_call(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(world)
    last = now() + timedelta(days=180)

    monkeypatch.setattr("app.public.copy.now", lambda: last - timedelta(minutes=1))
    before = world.tablet.client.get(f"/c/{TOKEN}")
    monkeypatch.setattr("app.public.copy.now", lambda: last + timedelta(minutes=1))
    after, paper = (world.tablet.client.get(f"/c/{TOKEN}{tail}") for tail in ("", "/sheet.pdf"))

    assert (before.status_code, after.status_code, paper.status_code) == (200, 410, 410)
    assert "0571-8888 1234" in after.text
    assert "陈建国" not in after.text
    with app.app_context():
        assert the_link().opened == 1


def test_ended_by_the_office_it_opens_no_more(app: Flask, world: World) -> None:
    visit_id = bring_in(world)
    with app.app_context():
        visit = db.session.get_one(Visit, uuid.UUID(visit_id))
        link = link_to_copy_of(visit.id)
        assert link
        end_link(visit, "手机丢失", seen=link.id, by=By(world.officer_id), at=now())
        db.session.commit()

    page = world.tablet.client.get(f"/c/{TOKEN}")

    assert page.status_code == 410
    assert "此链接已由办公室停用" in page.text
    assert "手机丢失" not in page.text


def test_after_a_sale_the_seller_reads_what_they_signed_and_not_how_it_went_on(app: Flask, world: World) -> None:
    with app.app_context():
        owner = db.session.get_one(Unit, world.unit_id).ownerships[0].person
        met = {"name": owner.name, "relation": "owner", "person_id": str(owner.id)}
    bring_in(world, interviewee=met, issues=[world.tablet.an_issue(text="主卫天花板渗水")])
    before = world.tablet.client.get(f"/c/{TOKEN}")
    with app.app_context():
        unit = db.session.get_one(Unit, world.unit_id)
        zone = db.session.get_one(Estate, world.estate_id).time_zone
        unit.ownerships[0].until = local_date(now(), zone)
        db.session.commit()

    after = world.tablet.client.get(f"/c/{TOKEN}")

    assert "目前进展" in before.text
    assert "目前进展" not in after.text
    assert "主卫天花板渗水" in after.text


def test_the_paper_is_sealed_and_tells_nothing_of_the_offices_own_history(world: World) -> None:
    bring_in(world, issues=[world.tablet.an_issue(text="主卫天花板渗水")])

    answer = world.tablet.client.get(f"/c/{TOKEN}/sheet.pdf")

    assert answer.mimetype == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "主卫天花板渗水" in reading.text(answer.data)
    assert "处理过程" not in reading.text(answer.data)


def test_what_a_request_calls_the_office_stands_on_no_sealed_paper(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://visits.example")
    bring_in(world)

    answer = world.tablet.client.get(f"/c/{TOKEN}/sheet.pdf", headers={"Host": "evil.example"})

    said = " ".join(reading.alternatives(answer.data))
    assert "https://visits.example/verify/" in said
    assert "evil.example" not in said


def test_a_token_never_stands_in_the_log_not_even_where_the_page_fails(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("app.public.copy.link_state", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    bring_in(world)

    with caplog.at_level(logging.DEBUG):
        failed = world.tablet.client.get(f"/c/{TOKEN}")
        world.tablet.client.get(f"/c/{TOKEN[::-1]}/sheet.pdf")

    assert failed.status_code == 500
    assert "/c/…" in caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN[::-1] not in caplog.text
