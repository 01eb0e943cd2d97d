"""A visit is kept only when what was stored, shown and signed are one; otherwise nothing of it is, but its bytes."""

import copy
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Unit
from app.issues.models import Issue
from app.issues.rules import State
from app.people.models import Staff
from app.signatures.models import Signature, Statement
from app.signatures.queries import statement_of, still_agrees
from app.signatures.rules import canonical
from app.sync.models import Operation
from app.visits.models import Visit
from tests.builders import a_home, a_staff, an_enrol_code, an_estate, an_owner
from tests.model_tablet import INK, STROKES, ModelTablet
from tests.numbers import monthless
from tests.visits.kept import count, left_behind, pushed, signed_under, the_only, worded_anew
from tests.world import World

Json = dict[str, Any]


def a_full_visit(world: World) -> Json:
    """A visit that says something in each of its fields."""
    tablet = world.tablet
    photo, _frozen = tablet.a_photo(b"a photo of the ceiling")
    issues = [
        tablet.an_issue(photos=[photo]),
        tablet.an_issue("物业费发票怎么开", "other", answered=True, answer="公众号自助开票", promised_on=None),
    ]
    answers = [
        {"task_id": str(new_id()), "issue_id": str(new_id()), "round": 1, "answer": "dissatisfied", "reason": "还在渗"}
    ]
    return tablet.a_visit(world.estate_id, world.unit_id, issues=issues, answers=answers, wishes="多巡查地下车库")


# --- the statement says what the record says ---

BY_ITSELF = {"callbacks.0.number", "callbacks.0.text", "callbacks.0.measure"}
"""What is shown of an issue that the office does not have: nothing there can be compared, and its answer moves nothing.
Of all others tests/visits/test_quoted.py tells."""
QUOTED = {
    *("estate.name", "estate.company", "estate.phone", "unit.label", "visit.date", "officer.name", "consent.text"),
    "locale",
    *(f"issues.{n}.{of}" for n in (0, 1) for of in ("category", "department")),
}
"""What the office alone can say: where that was never so the visit is kept, and a person looks at both."""
CLAIMED = {"visit.date": "2026-11-22", "visit.started_at": "2026-11-23T06:33:00.000Z", "locale": "en"}
"""Other values for fields that take only some."""


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path to each single field."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[key], (*path, key))
    else:
        yield path


def put_otherwise(path: tuple[str | int, ...]) -> Callable[[Json], None]:
    """A change of one field to another value of its kind."""

    def change(statement: Json) -> None:
        *way, last = path
        inner: Any = statement
        for key in way:
            inner = inner[key]
        inner[last] = CLAIMED.get(name_of(path)) or another(inner[last])

    return change


def another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if len(value) == 64:
        return value[::-1]
    return str(new_id()) if len(value) == 36 and value.count("-") == 4 else value + "!"


def name_of(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))


def worded_otherwise(world: World, paths: Iterable[tuple[str | int, ...]]) -> dict[str, tuple[str, str]]:
    """Field → status and code of a visit in whose summary that one has another value."""
    operations = {
        name_of(path): world.tablet.freeze(worded_anew(world, a_full_visit(world), put_otherwise(path)))
        for path in paths
    }
    receipts = world.tablet.receipts(*operations.values())
    told = [(receipt["status"], receipt.get("code", "")) for receipt in receipts]
    return dict(zip(operations, told, strict=True))


def test_a_statement_that_differs_in_any_single_field_is_refused_or_looked_at(app: Flask, world: World) -> None:
    """A new field is compared with the record, or with what the office knows."""
    paths, before = list(leaves(json.loads(a_full_visit(world)["body"]["statement"]))), left_behind(app)

    refused = worded_otherwise(world, [path for path in paths if name_of(path) not in BY_ITSELF | QUOTED])

    codes = ("statement:differs", "statement:unreadable", "statement:consent_unknown")
    assert {name for name, told in refused.items() if told not in [("rejected", code) for code in codes]} == set()
    assert set(map(name_of, paths)) >= BY_ITSELF | QUOTED
    assert left_behind(app) == before
    looked_at = worded_otherwise(world, [path for path in paths if name_of(path) in QUOTED])
    assert {name for name, told in looked_at.items() if told != ("review", "visit:misquoted")} == set()
    with app.app_context():
        assert {issue.state for issue in db.session.scalars(sa.select(Issue))}.isdisjoint({State.CLOSED})


@pytest.mark.parametrize(
    "change",
    [
        lambda statement: statement["issues"].pop(),
        lambda statement: statement["issues"].reverse(),
        lambda statement: statement["issues"].append(statement["issues"][0]),
        lambda statement: statement["photos"].clear(),
        lambda statement: statement["photos"].append(statement["photos"][0]),
        lambda statement: statement["callbacks"].clear(),
        lambda statement: statement.pop("wishes"),
        lambda statement: statement.update(remark="written in later"),
        lambda statement: statement["visit"].update(remark="written in later"),
    ],
)
def test_a_statement_with_more_or_less_than_the_record_is_refused(
    app: Flask, world: World, change: Callable[[Json], object]
) -> None:
    before = left_behind(app)

    receipt = pushed(world, worded_anew(world, a_full_visit(world), change))

    assert receipt["status"] == "rejected"
    assert receipt["code"] in ("statement:differs", "statement:unreadable")
    assert left_behind(app) == before


@pytest.mark.parametrize(
    ("rewrite", "code"),
    [
        (lambda text: text + " ", "statement:not_canonical"),
        (lambda text: json.dumps(json.loads(text), ensure_ascii=False), "statement:not_canonical"),
        (lambda text: json.dumps(json.loads(text), separators=(",", ":")), "statement:not_canonical"),
        (lambda text: text[:-1] + ',"wishes":"twice"}', "statement:not_canonical"),
        (lambda text: "[" * 90_000, "statement:unreadable"),
        (lambda text: text[:-1], "statement:unreadable"),
        (lambda text: "{}", "statement:unreadable"),
        (lambda text: '"\\ud800"', "statement:unreadable"),
        (lambda text: text.replace('"n":1', '"n":1.5'), "statement:unreadable"),
        (lambda text: text.replace('"n":1', '"n":9007199254740993'), "statement:unreadable"),
        (lambda text: text.replace('"n":1', '"n":NaN'), "statement:unreadable"),
        (lambda text: text.replace('"wishes":""', '"wishes":null'), "statement:unreadable"),
        (lambda text: text.replace('"template":1', '"template":2'), "statement:unreadable"),
    ],
)
def test_a_statement_in_any_other_form_is_refused(
    app: Flask, world: World, rewrite: Callable[[str], str], code: str
) -> None:
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, issues=[world.tablet.an_issue()])
    before = left_behind(app)

    receipt = pushed(world, signed_under(world, visit, rewrite(visit["body"]["statement"])))

    assert (receipt["status"], receipt["code"]) == ("rejected", code)
    assert left_behind(app) == before


# --- the signatures are those of this statement, this tablet, these people ---


def signatures(visit: Json) -> list[Json]:
    return visit["body"]["signatures"]


def leave_out(role: str) -> Callable[[World, Json], None]:
    def change(_world: World, visit: Json) -> None:
        visit["body"]["signatures"] = [one for one in signatures(visit) if one["role"] != role]

    return change


def sign_again(**otherwise: Any) -> Callable[[World, Json], None]:
    """Both sign anew, the owner in another way."""

    def change(world: World, visit: Json) -> None:
        visit |= signed_under(world, visit, visit["body"]["statement"], **otherwise)

    return change


def from_another_visit(world: World, visit: Json) -> None:
    other = world.tablet.a_visit(world.estate_id, world.unit_id, wishes="另一次")
    visit["body"]["signatures"] = signatures(other)


def sealed_by_another_tablet(world: World, visit: Json) -> None:
    other = copy.copy(world.tablet)
    other.private = ec.generate_private_key(ec.SECP256R1())
    for one in signatures(visit):
        one["seal"] = other.seal(one)


def changed_after_sealing(world: World, visit: Json) -> None:
    signatures(visit)[0]["signed_at"] = "2026-11-23T06:46:59.000Z"


def with_a_seal(seal: str) -> Callable[[World, Json], None]:
    def change(_world: World, visit: Json) -> None:
        signatures(visit)[0]["seal"] = seal

    return change


def officer_says(**otherwise: Any) -> Callable[[World, Json], None]:
    def change(world: World, visit: Json) -> None:
        owner, officer = signatures(visit)
        unsealed = {key: value for key, value in officer.items() if key != "seal"} | otherwise
        visit["body"]["signatures"] = [owner, unsealed | {"seal": world.tablet.seal(unsealed)}]

    return change


def without(field: str) -> Callable[[World, Json], None]:
    def change(_world: World, visit: Json) -> None:
        del signatures(visit)[0][field]

    return change


ONE_POINT = [[[100, 100, 500, 0]]]
A_DOT = [[[100 + i % 2, 100, 500, i] for i in range(200)]]
A_SHORT_LINE = [[[100 + 30 * i, 100, 500, i] for i in range(9)]]
SEVEN_POINTS = [STROKES[0][:7]]
A_SCRIBBLE_ON_THE_SPOT = [[[100 + 200 * (i % 2), 100, 500, i] for i in range(20)]]
MARK = {"how": "mark", "witness": "保安 王刚", "read_aloud": True}

REFUSED: dict[str, tuple[Callable[[World, Json], None], str]] = {
    "without the officer's": (leave_out("officer"), "signature:officer_missing"),
    "without the owner's": (leave_out("owner"), "signature:owner_missing"),
    "another visit's": (from_another_visit, "signature:other_statement"),
    "another tablet's by its own words": (sign_again(device_id=str(uuid.uuid4())), "signature:other_device"),
    "sealed with another key": (sealed_by_another_tablet, "signature:seal_broken"),
    "changed after it was sealed": (changed_after_sealing, "signature:seal_broken"),
    "no seal": (with_a_seal(""), "signature:seal_broken"),
    "nonsense for a seal": (with_a_seal("ÿ~!"), "signature:seal_broken"),
    "zeros for a seal": (with_a_seal("A" * 86), "signature:seal_broken"),
    "blank": (sign_again(ink=INK | {"strokes": []}), "signature:too_little_ink"),
    "one point": (sign_again(ink=INK | {"strokes": ONE_POINT}), "signature:too_little_ink"),
    "a dot": (sign_again(ink=INK | {"strokes": A_DOT}), "signature:too_little_ink"),
    "a short line": (sign_again(ink=INK | {"strokes": A_SHORT_LINE}), "signature:too_little_ink"),
    "seven points": (sign_again(ink=INK | {"strokes": SEVEN_POINTS}), "signature:too_little_ink"),
    "a scribble on the spot": (sign_again(ink=INK | {"strokes": A_SCRIBBLE_ON_THE_SPOT}), "signature:too_little_ink"),
    "a mark of one point": (sign_again(**MARK, ink=INK | {"strokes": ONE_POINT}), "signature:too_little_ink"),
    "a mark without a witness": (sign_again(**MARK | {"witness": "  "}), "signature:witness_missing"),
    "a mark witnessed by whoever made it": (sign_again(**MARK | {"witness": " 陈建国"}), "signature:no_witness"),
    "a mark witnessed by the officer": (sign_again(**MARK | {"witness": "李敏"}), "signature:no_witness"),
    "a mark not read aloud": (sign_again(**MARK | {"read_aloud": False}), "signature:witness_missing"),
    "somebody else's by name": (sign_again(signer={"name": "路人", "relation": "owner"}), "signature:other_signer"),
    "somebody else's by relation": (
        sign_again(signer={"name": "陈建国", "relation": "tenant"}),
        "signature:other_signer",
    ),
    "another officer's": (
        officer_says(signer={"name": "李敏", "relation": "officer", "staff_id": str(uuid.uuid4())}),
        "signature:other_signer",
    ),
    "not after the owner's": (officer_says(prev="0" * 64), "signature:chain_broken"),
    "without its ink": (without("ink"), "signature:unreadable"),
    "without its seal": (without("seal"), "signature:unreadable"),
    "half a point": (sign_again(ink=INK | {"strokes": [[[1, 2, 3]]]}), "signature:unreadable"),
    "in another time": (sign_again(signed_at="2026-11-23T06:46:00"), "signature:unreadable"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_signature_that_does_not_hold_is_refused_and_nothing_is_kept(app: Flask, world: World, how: str) -> None:
    change, code = REFUSED[how]
    visit = world.tablet.a_visit(
        world.estate_id, world.unit_id, task_ids=[str(world.task_id)], issues=[world.tablet.an_issue()]
    )
    before = left_behind(app)
    change(world, visit)

    receipt = pushed(world, visit)

    assert (receipt["status"], receipt["code"]) == ("rejected", code)
    assert left_behind(app) == before
    with app.app_context():
        assert the_only(Operation).frozen  # in quarantine, for a person to look at


def test_a_visit_that_is_refused_does_not_hold_up_the_others(app: Flask, world: World) -> None:
    tablet = world.tablet
    good = [tablet.freeze(tablet.a_visit(world.estate_id, world.unit_id)) for _i in range(2)]
    bad = []
    for change, _code in REFUSED.values():
        visit = tablet.a_visit(world.estate_id, world.unit_id)
        change(world, visit)
        bad.append(tablet.freeze(visit))

    receipts = tablet.receipts(good[0], *bad, good[1])

    assert [receipt["status"] for receipt in receipts] == ["applied", *["rejected"] * len(bad), "applied"]
    assert [monthless(receipt["number"]) for receipt in (receipts[0], receipts[-1])] == ["HF-0001", "HF-0002"]
    with app.app_context():
        assert count(Visit) == 2


def test_a_signature_of_a_tablet_of_another_estate_does_not_pass(app: Flask, world: World, client: object) -> None:
    with app.app_context():
        elsewhere = an_estate()
        code = an_enrol_code(a_staff(elsewhere))
        db.session.commit()
    stranger = ModelTablet(client, code)
    visit = world.tablet.a_visit(world.estate_id, world.unit_id)
    digest = signatures(visit)[0]["statement"]
    visit["body"]["signatures"] = [
        stranger.sign(digest, "owner", "陈建国", "owner"),
        stranger.sign(digest, "officer", "李敏", "officer"),
    ]

    receipt = pushed(world, visit)

    assert receipt["code"] == "signature:other_device"


def test_what_was_signed_before_its_tablet_was_enrolled_anew_counts(app: Flask, world: World) -> None:
    tablet = world.tablet
    visit, before = tablet.a_visit(world.estate_id, world.unit_id), tablet.device_id
    with app.app_context():
        code = an_enrol_code(db.session.scalars(sa.select(Staff).where(Staff.id == uuid.UUID(tablet.staff_id))).one())
        db.session.commit()

    tablet.enrol_anew(code)
    receipt = pushed(world, visit)

    assert receipt["status"] == "applied"
    assert tablet.device_id != before
    with app.app_context():
        assert {str(signature.device_id) for signature in db.session.scalars(sa.select(Signature))} == {before}
        assert still_agrees(the_only(Statement))


@pytest.mark.parametrize(
    "times",
    [
        {"shown_at": "2026-11-23T06:46:01.000Z"},
        {"end_seen_at": "2026-11-23T06:46:01.000Z"},
        {"end_seen_at": "2026-11-23T06:43:59.000Z"},
        {"signed_at": "2026-11-23T06:43:00.000Z"},
    ],
)
def test_a_signature_from_before_its_summary_was_read_closes_nothing_and_a_person_looks_at_it(
    app: Flask, world: World, times: Json
) -> None:
    answered = world.tablet.an_issue(answered=True, answer="当场修好", promised_on=None)
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, issues=[answered])

    receipt = pushed(world, signed_under(world, visit, visit["body"]["statement"], **times))

    assert (receipt["status"], receipt["code"]) == ("review", "visit:signed_unread")
    with app.app_context():
        issue = the_only(Issue)
        assert (issue.state, [said.how.value for said in issue.answers]) == (State.ROUTED, ["told"])


# --- what is kept is proof ---


def test_what_was_signed_is_kept_to_the_byte_and_can_be_proved_again(app: Flask, world: World) -> None:
    visit = a_full_visit(world)

    pushed(world, visit)

    with app.app_context():
        statement = statement_of(uuid.UUID(visit["entity_id"]))
        assert statement.text == visit["body"]["statement"]
        assert [signature.role.value for signature in statement.signatures] == ["owner", "officer"]
        assert [json.loads(one.evidence) for one in statement.signatures] == signatures(visit)
        assert still_agrees(statement)


@pytest.mark.parametrize("spoiled", ["text", "evidence"])
def test_a_statement_or_signature_that_was_tampered_with_no_longer_agrees(
    app: Flask, world: World, spoiled: str
) -> None:
    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id))

    with app.app_context():
        statement: Statement = the_only(Statement)
        if spoiled == "text":
            statement.text = statement.text.replace("陈建国", "陈建军")
        else:
            owner: Signature = statement.signatures[0]
            owner.evidence = canonical(json.loads(owner.evidence) | {"witness": "后来写上"}).decode()
        with db.session.no_autoflush:
            assert not still_agrees(statement)
        db.session.rollback()


def test_the_tablets_chain_goes_on_from_visit_to_visit(app: Flask, world: World) -> None:
    for _i in range(3):
        pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id))

    with app.app_context():
        links = {one.previous: one.evidence_sha256 for one in db.session.scalars(sa.select(Signature))}
        here, passed = "0" * 64, 0
        while here in links:
            here, passed = links[here], passed + 1
        assert passed == 6
        assert here == world.tablet.previous


# --- who was met ---


def test_who_was_met_is_linked_if_the_office_knows_them(app: Flask, world: World) -> None:
    with app.app_context():
        known = str(an_owner(db.session.get_one(Unit, world.unit_id)).id)
        stranger = str(an_owner(a_home(an_estate())).id)
        db.session.commit()

    for person_id in (known, stranger, str(new_id())):
        met = {"name": "陈建国", "relation": "owner", "person_id": person_id}
        receipt = pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, interviewee=met))
        assert receipt["status"] == "applied"

    with app.app_context():
        linked = [visit.interviewee_id for visit in db.session.scalars(sa.select(Visit).order_by(Visit.receipt_number))]
        assert linked == [uuid.UUID(known), None, None]
