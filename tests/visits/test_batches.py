"""Records handed up in a batch: read line by line, signed, sent back, mended, archived; nothing changes afterwards."""

import pytest
import sqlalchemy as sa
from flask import Flask

from app.approvals.actions import MEND as MEND_WHOLE
from app.approvals.queries import review_of
from app.approvals.rules import Chain, Duty, Move, Paper, Stage, State, chain_of
from app.core import waits
from app.core.db import db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By, JournalLine
from app.estates.rules import Profile
from app.people.actions import give_role
from app.people.models import StaffRole
from app.people.rules import Role
from app.signatures.models import DeskSignature
from app.signatures.queries import desk_signature_agrees, desk_signatures_under
from app.visits.batches import MEND, gather, put_in, submit_batch
from app.visits.gathered import not_handed_up, ready_to_hand_up, records_in, the_line
from app.visits.models import Batch, BatchLineAct, Visit
from app.visits.rules import LineMove, LineState
from app.visits.second_eyes import only_read_by_the_officer
from tests.builders import NOBODY, NOW, TODAY, a_batch, hand_on, signing_under
from tests.numbers import monthless
from tests.visits.handed import Handed, moved, with_line

SIGNED, SIGNED_TOO = Stage(Duty.SIGN, Role.SUPERVISOR, 3), Stage(Duty.SIGN, Role.MANAGER, 3)
ARCHIVED = Stage(Duty.ARCHIVE, Role.SUPERVISOR, 3)

# --- gathering and handing up (R14) ---


@pytest.mark.clause("R14")
def test_an_officer_gathers_records_once_and_hands_them_up_with_a_summary(app: Flask, handed: Handed) -> None:
    with app.app_context():
        [waiting] = not_handed_up(handed.world.estate_id)
        batch = a_batch(handed.estate, handed.officer)
        db.session.commit()

        assert (waiting.officer.id, waiting.count) == (handed.world.officer_id, 2)
        assert not_handed_up(handed.world.estate_id) == []
        assert [record.visit.id for record in records_in(batch)] == handed.visits
        assert batch.number == "PY-2611-0001"
        assert review_of(batch.id).stage.role is Role.SUPERVISOR
        assert journal_of(batch) == ["records:gathered", "records:summarised", "records:submit"]


def test_a_record_that_asks_for_a_look_or_waits_for_photos_is_not_handed_up_yet(app: Flask, handed: Handed) -> None:
    with app.app_context():
        first, second = (db.session.get_one(Visit, id_) for id_ in handed.visits)
        first.review, second.complete = "visit:reassigned", False
        db.session.commit()

        assert ready_to_hand_up(handed.world.estate_id, handed.world.officer_id) == []
        with pytest.raises(Outdated):
            gather(handed.estate, handed.officer, handed.visits, by=By(staff_id=handed.officer.id), at=NOW)


def test_nothing_is_handed_up_without_a_summary_or_without_a_record(app: Flask, handed: Handed) -> None:
    by = By(staff_id=handed.world.officer_id)
    with app.app_context():
        batch = gather(handed.estate, handed.officer, handed.visits, by=by, at=NOW)
        with pytest.raises(Refused, match="batch:no_summary"):
            submit_batch(batch, "  ", event_id=new_id(), by=by, at=NOW)
        for n in range(2):
            with_line(handed.line(n), LineMove.TAKE_OUT, handed.officer.id, Role.OFFICER, note="")

        with pytest.raises(Refused, match="batch:empty"):
            submit_batch(batch, "两户", event_id=new_id(), by=by, at=NOW)
        assert put_in(batch, handed.visits, by=by, at=NOW) == 2


# --- read and signed (R15, R16) ---


@pytest.mark.clause("R15")
@pytest.mark.clause("R16")
@pytest.mark.parametrize("profile", Profile)
def test_supervisor_and_manager_sign_and_the_executive_reviews(profile: Profile) -> None:
    chain = chain_of(Paper.RECORDS, profile, {})

    assert [(stage.duty, stage.role, stage.days) for stage in chain] == [
        (Duty.SIGN, Role.SUPERVISOR, 3),
        (Duty.SIGN, Role.MANAGER, 3),
        (Duty.REVIEW, Role.EXECUTIVE, 3),
        (Duty.ARCHIVE, Role.SUPERVISOR, 3),
    ]


@pytest.mark.clause("R15")
def test_each_signature_stands_under_what_its_page_showed(app: Flask, handed: Handed) -> None:
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)
        hand_on(batch, handed.staff(handed.supervisor), note="渗水两户请尽快")
        db.session.commit()

        [signed] = desk_signatures_under(batch.id).values()
        assert signed.signer_name == "孙丽华"
        assert desk_signature_agrees(signed)
        assert all(words in monthless(signed.text) for words in ("HF-0001", "HF-0002", "渗水两户请尽快"))
        assert review_of(batch.id).stage.role is Role.MANAGER


@pytest.mark.clause("R15")
@pytest.mark.parametrize(
    ("chain", "role", "alone", "refused"),
    [
        ((SIGNED, ARCHIVED), Role.SUPERVISOR, False, True),
        ((SIGNED, ARCHIVED), Role.SUPERVISOR, True, False),
        # Another signs after them, or cannot: nobody else is a manager.
        ((SIGNED, SIGNED_TOO, ARCHIVED), Role.SUPERVISOR, False, False),
        ((SIGNED, SIGNED_TOO, ARCHIVED), Role.SUPERVISOR, True, False),
    ],
    ids=["another could", "nobody else could", "another does later", "nobody else at all"],
)
def test_whoever_held_the_visits_is_not_the_only_one_who_reads_them_where_another_can(
    app: Flask, handed: Handed, chain: Chain, role: Role, alone: bool, refused: bool
) -> None:
    with app.app_context():
        handed.estate.settings = {"chains": {"records": [stage.plain() for stage in chain]}}
        give_role(handed.officer, handed.estate.id, role, since=TODAY, by=NOBODY, at=NOW)
        if alone:
            others = StaffRole.staff_id.in_([handed.supervisor, handed.manager])
            db.session.execute(sa.delete(StaffRole).where(others))
        batch = a_batch(handed.estate, handed.officer)
        db.session.commit()

        codes = []
        try:
            moved(batch, Move.HAND_ON, handed.officer.id, role, signing=signing_under(batch))
        except NotAllowed as refusal:
            codes = [refusal.code]
        review = review_of(batch.id)

        assert codes == (["batch:own_records"] if refused else [])
        assert review.passed == (not refused)
        assert only_read_by_the_officer(batch, review) is (not refused and chain[1] is ARCHIVED)


def test_without_a_signature_the_stage_is_not_passed(app: Flask, handed: Handed) -> None:
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)
        db.session.commit()

        with pytest.raises(Refused, match="signature:missing"):
            moved(batch, Move.HAND_ON, handed.supervisor, Role.SUPERVISOR)

        db.session.rollback()
        assert review_of(batch.id).passed == 0


def test_a_signature_under_something_that_has_changed_since_is_not_taken(app: Flask, handed: Handed) -> None:
    world = handed.world
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)
        db.session.commit()
        signing, batch_id = signing_under(batch), batch.id
    visit = {"entity_id": str(handed.visits[0])}
    world.tablet.receipts(world.tablet.freeze(world.tablet.an_addendum(world.estate_id, visit, "厨房也渗水")))
    with app.app_context():
        batch = db.session.get_one(Batch, batch_id)

        with pytest.raises(Outdated, match="signature:other_contents"):
            moved(batch, Move.HAND_ON, handed.supervisor, Role.SUPERVISOR, signing=signing)

        db.session.rollback()
        assert db.session.scalars(sa.select(DeskSignature)).all() == []
        assert moved(batch, Move.HAND_ON, handed.supervisor, Role.SUPERVISOR, signing=signing_under(batch))


def test_a_remark_is_part_of_what_the_next_one_signs(app: Flask, handed: Handed) -> None:
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)
        with_line(handed.line(), LineMove.REMARK, handed.supervisor, Role.SUPERVISOR, note="问清楚何时开始渗")
        hand_on(batch, handed.staff(handed.supervisor))

        [signed] = desk_signatures_under(batch.id).values()
        assert "问清楚何时开始渗" in signed.text


# --- a line sent back and mended ---


def test_a_line_sent_back_reaches_the_tablet_and_the_rest_goes_on(app: Flask, handed: Handed) -> None:
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)
        with_line(handed.line(), LineMove.SEND_BACK, handed.supervisor, Role.SUPERVISOR)
        hand_on(batch, handed.staff(handed.supervisor))
        db.session.commit()
        asked = handed.asked()
        [signed] = desk_signatures_under(batch.id).values()

    assert "HF-0001" not in monthless(signed.text)
    assert handed.on_tablet(0)["mend"] == {
        "act": asked,
        "by": "孙丽华",
        "at": "2026-11-23T06:30:00.000Z",
        "reason": "少了厨房的照片说明",
    }
    assert "mend" not in handed.on_tablet(1)


@pytest.mark.clause("R15")
def test_an_addendum_from_the_tablet_mends_it_and_it_can_be_handed_up_again(app: Flask, handed: Handed) -> None:
    world = handed.world
    with app.app_context():
        a_batch(handed.estate, handed.officer)
        with_line(handed.line(), LineMove.SEND_BACK, handed.supervisor, Role.SUPERVISOR)
        db.session.commit()
        line_id, asked = handed.line().id, handed.asked()
        [wait] = waits.on(line_id)
        assert (wait.what, wait.staff_id) == (MEND, world.officer_id)
    visit = {"entity_id": str(handed.visits[0])}
    said = world.tablet.an_addendum(world.estate_id, visit, "渗水在厨房吊柜后面", mends=asked) | {"v": 2}

    [receipt] = world.tablet.receipts(world.tablet.freeze(said))

    assert receipt["status"] == "applied"
    assert "mend" not in handed.on_tablet()
    with app.app_context():
        assert handed.line().state is LineState.MENDED
        assert waits.on(line_id) == []
        assert [visit.id for visit in ready_to_hand_up(world.estate_id, world.officer_id)] == [handed.visits[0]]
        again = a_batch(handed.estate, handed.officer)
        [record] = records_in(again)
        assert [added.text for added in record.addenda] == ["渗水在厨房吊柜后面"]


def test_what_was_put_right_is_handed_up_anew_and_signed_with_no_batch_that_it_left(app: Flask, handed: Handed) -> None:
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)
        with_line(handed.line(), LineMove.SEND_BACK, handed.supervisor, Role.SUPERVISOR)
        with_line(handed.line(), LineMove.SETTLE, handed.supervisor, Role.SUPERVISOR, note="已电话核实")
        hand_on(batch, handed.staff(handed.supervisor))

        [signed] = desk_signatures_under(batch.id).values()
        assert ("HF-0001" in monthless(signed.text), "HF-0002" in monthless(signed.text)) == (False, True)


def test_a_note_that_was_written_before_it_was_sent_back_mends_nothing(app: Flask, handed: Handed) -> None:
    world = handed.world
    visit = {"entity_id": str(handed.visits[0])}
    written = world.tablet.freeze(world.tablet.an_addendum(world.estate_id, visit, "业主来电"))
    with app.app_context():
        a_batch(handed.estate, handed.officer)
        with_line(handed.line(), LineMove.SEND_BACK, handed.supervisor, Role.SUPERVISOR)
        db.session.commit()

    [receipt] = world.tablet.receipts(written)

    assert receipt["status"] == "applied"
    assert "mend" in handed.on_tablet()


def test_the_note_is_kept_where_the_supervisor_settled_it_meanwhile(app: Flask, handed: Handed) -> None:
    world = handed.world
    with app.app_context():
        a_batch(handed.estate, handed.officer)
        with_line(handed.line(), LineMove.SEND_BACK, handed.supervisor, Role.SUPERVISOR)
        asked = handed.asked()
        with_line(handed.line(), LineMove.SETTLE, handed.supervisor, Role.SUPERVISOR, note="已电话核实")
        db.session.commit()
    said = world.tablet.an_addendum(world.estate_id, {"entity_id": str(handed.visits[0])}, "在吊柜后面", mends=asked)

    [receipt] = world.tablet.receipts(world.tablet.freeze(said | {"v": 2}))

    assert receipt["status"] == "applied"
    with app.app_context():
        acts = db.session.scalars(sa.select(BatchLineAct).order_by(BatchLineAct.number)).all()
        assert [act.move for act in acts] == [LineMove.SEND_BACK, LineMove.SETTLE]


def test_a_note_answers_the_asking_it_was_written_for_and_not_a_later_one(app: Flask, handed: Handed) -> None:
    world = handed.world
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)
        with_line(handed.line(), LineMove.SEND_BACK, handed.supervisor, Role.SUPERVISOR)
        first = handed.asked()
        with_line(handed.line(), LineMove.SETTLE, handed.supervisor, Role.SUPERVISOR, note="已电话核实")
        moved(batch, Move.TAKE_BACK, handed.officer.id, Role.OFFICER)
        by = By(staff_id=handed.officer.id)
        put_in(batch, [handed.visits[0]], by=by, at=NOW)
        submit_batch(batch, "再次上交", event_id=new_id(), by=by, at=NOW)
        with_line(handed.line(), LineMove.SEND_BACK, handed.supervisor, Role.SUPERVISOR, note="电话也请补上")
        db.session.commit()
    visit = {"entity_id": str(handed.visits[0])}
    said = world.tablet.an_addendum(world.estate_id, visit, "在吊柜后面", mends=first) | {"v": 2}

    [receipt] = world.tablet.receipts(world.tablet.freeze(said))

    assert receipt["status"] == "applied"
    assert handed.on_tablet()["mend"]["reason"] == "电话也请补上"


def test_the_last_line_is_not_sent_back_alone(app: Flask, handed: Handed) -> None:
    with app.app_context():
        a_batch(handed.estate, handed.officer)
        with_line(handed.line(0), LineMove.SEND_BACK, handed.supervisor, Role.SUPERVISOR)

        with pytest.raises(Refused, match="batch:last_line"):
            with_line(handed.line(1), LineMove.SEND_BACK, handed.supervisor, Role.SUPERVISOR)


def test_what_an_officer_who_left_should_mend_waits_for_the_supervisor(app: Flask, handed: Handed) -> None:
    with app.app_context():
        a_batch(handed.estate, handed.officer)
        held = db.session.scalars(sa.select(StaffRole).filter_by(staff_id=handed.world.officer_id)).one()
        held.until = TODAY
        with_line(handed.line(), LineMove.SEND_BACK, handed.supervisor, Role.SUPERVISOR)

        [wait] = waits.on(handed.line().id)
        assert (wait.staff_id, wait.role) == (None, Role.SUPERVISOR.value)


# --- who, when, twice ---


@pytest.mark.parametrize(
    ("move", "role"),
    [
        (LineMove.REMARK, Role.MANAGER),
        (LineMove.SEND_BACK, Role.EXECUTIVE),
        (LineMove.SEND_BACK, Role.OFFICER),
    ],
)
def test_only_whoever_has_the_batch_in_hand_writes_beside_a_line(
    app: Flask, handed: Handed, move: LineMove, role: Role
) -> None:
    with app.app_context():
        a_batch(handed.estate, handed.officer)

        with pytest.raises(NotAllowed):
            with_line(handed.line(), move, handed.manager, role)


def test_a_move_of_a_line_sent_twice_happens_once(app: Flask, handed: Handed) -> None:
    with app.app_context():
        a_batch(handed.estate, handed.officer)
        event = new_id()

        first, again = (
            with_line(handed.line(), LineMove.SEND_BACK, handed.supervisor, Role.SUPERVISOR, event_id=event)
            for _time in range(2)
        )

        assert (first, again) == (True, False)
        assert len(db.session.scalars(sa.select(BatchLineAct)).all()) == 1


def test_a_batch_sent_back_whole_waits_for_its_own_officer(app: Flask, handed: Handed) -> None:
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)
        moved(batch, Move.SEND_BACK, handed.supervisor, Role.SUPERVISOR, note="总结太短")

        [wait] = waits.on(batch.id)
        assert (wait.what, wait.staff_id) == (MEND_WHOLE, handed.world.officer_id)
        submit_batch(batch, "两户，均满意", event_id=new_id(), by=By(staff_id=handed.officer.id), at=NOW)
        assert review_of(batch.id).state is State.RUNNING
        assert review_of(batch.id).round == 2


# --- the archive (V47) ---


@pytest.mark.clause("V47")
def test_after_the_last_stage_records_are_archived_and_the_database_refuses_to_change_them(
    app: Flask, handed: Handed
) -> None:
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)
        hand_on(batch, handed.staff(handed.supervisor), stages=4)
        db.session.commit()
        assert batch.archived_at == NOW

        for changed in ("UPDATE visit SET wishes = 'x'", "UPDATE batch SET summary = ''", "DELETE FROM batch_line"):
            with pytest.raises(sa.exc.DBAPIError, match="never changes"):
                db.session.execute(sa.text(changed))
            db.session.rollback()


@pytest.mark.clause("V47")
def test_a_note_that_comes_after_the_archive_is_kept_beside_the_record(app: Flask, handed: Handed) -> None:
    world = handed.world
    with app.app_context():
        hand_on(a_batch(handed.estate, handed.officer), handed.staff(handed.supervisor), stages=4)
        db.session.commit()
    visit = {"entity_id": str(handed.visits[0])}

    [receipt] = world.tablet.receipts(world.tablet.freeze(world.tablet.an_addendum(world.estate_id, visit)))

    assert receipt["status"] == "applied"


def test_a_record_sent_back_is_mended_after_the_others_are_archived_and_goes_its_own_way(
    app: Flask, handed: Handed
) -> None:
    world = handed.world
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)
        with_line(handed.line(0), LineMove.SEND_BACK, handed.supervisor, Role.SUPERVISOR)
        hand_on(batch, handed.staff(handed.supervisor), stages=4)
        db.session.commit()
        asked = handed.asked()
    visit = {"entity_id": str(handed.visits[0])}
    said = world.tablet.an_addendum(world.estate_id, visit, "在吊柜后面", mends=asked) | {"v": 2}

    [receipt] = world.tablet.receipts(world.tablet.freeze(said))

    assert receipt["status"] == "applied"
    with app.app_context():
        again = a_batch(handed.estate, handed.officer)
        hand_on(again, handed.staff(handed.supervisor), stages=4)
        db.session.commit()
        assert all(db.session.get_one(Visit, id_).archived_at for id_ in handed.visits)


def test_a_batch_of_another_estate_is_not_found_and_its_line_neither(app: Flask, handed: Handed) -> None:
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)

        assert the_line(batch, handed.line().id) is not None
        with pytest.raises(Refused, match="batch:no_line"):
            the_line(batch, new_id())


def journal_of(batch: Batch) -> list[str]:
    """What the journal says about a batch, in order."""
    lines = db.session.scalars(sa.select(JournalLine).filter_by(subject_id=batch.id).order_by(JournalLine.seq))
    return [line.kind for line in lines]
