"""What the database handle promises: reading changes nothing and sees one moment, values come back as they were."""

import enum
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import Base, by_id, db, only_reading, take_turn
from app.core.ids import new_id
from app.core.journal import COMPANY_STREAM, Counter
from app.estates.models import Estate
from app.people.models import Staff
from tests.builders import NOBODY, NOW, a_staff, an_estate
from tests.world import World


def in_another_connection(app: Flask, work: object) -> object:
    """Run `work` in a thread with a session of its own; its answer."""
    answers = []

    def run() -> None:
        with app.app_context():
            answers.append(work())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return answers[0]


def count_up() -> None:
    counter = db.session.get(Counter, (COMPANY_STREAM, "test"))
    if counter is None:
        db.session.add(Counter(stream=COMPANY_STREAM, series="test", value=1))
    else:
        counter.value += 1
    db.session.commit()


def counted() -> int:
    found = sa.select(Counter.value).where(Counter.stream == COMPANY_STREAM, Counter.series == "test")
    return db.session.scalar(found) or 0


# --- reading ---


def test_a_reading_transaction_can_change_nothing(context: Flask) -> None:
    with only_reading():
        with pytest.raises(sa.exc.DBAPIError, match=r"read-?only"):
            count_up()
        db.session.rollback()

    assert counted() == 0


def test_after_reading_the_same_connection_writes_again(context: Flask) -> None:
    with only_reading():
        counted()
        db.session.rollback()
    count_up()

    assert counted() == 1


def test_a_reading_transaction_sees_one_moment_while_others_write(app: Flask) -> None:
    with app.app_context():
        count_up()
        with only_reading():
            before = counted()
            in_another_connection(app, count_up)
            after = counted()
            db.session.rollback()
            in_the_next = counted()
            db.session.rollback()

    assert (before, after, in_the_next) == (1, 1, 2)


def test_reading_does_not_hold_up_a_writer(app: Flask) -> None:
    """A page view lasts as long as it lasts: a push must get through meanwhile."""
    with app.app_context(), only_reading():
        counted()
        in_another_connection(app, count_up)
        db.session.rollback()

        assert counted() == 1
        db.session.rollback()


def test_pages_and_pulls_are_read_in_transactions_that_cannot_write(app: Flask, world: World) -> None:
    begun = []
    with app.app_context():
        engine = db.engine

    @sa.event.listens_for(engine, "before_cursor_execute")
    def heard(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        begun.append(statement)

    world.tablet.pull()

    if engine.dialect.name == "sqlite":
        assert "BEGIN" in begun
        assert "BEGIN IMMEDIATE" not in begun
    else:
        assert any("READ ONLY" in statement for statement in begun)


def test_two_who_name_the_same_take_turns(app: Flask) -> None:
    """Each reads what the one before has written, though no row stands for it yet."""
    together = threading.Barrier(4)

    def take_the_next() -> None:
        with app.app_context():
            together.wait()
            for _turn in range(5):
                take_turn("the counter of this test")
                made = db.session.scalar(sa.select(sa.func.count()).select_from(Staff))
                db.session.add(Staff(login=f"number {made + 1}", name="李敏", password_hash="none", locale="zh"))
                db.session.commit()

    threads = [threading.Thread(target=take_the_next) for _i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Staff)) == 20


# --- values ---


def test_a_moment_without_a_time_zone_is_not_kept(context: Flask) -> None:
    staff = a_staff(an_estate())

    staff.left_at = datetime(2026, 11, 23, 6, 30)  # noqa: DTZ001 - that is the point
    with pytest.raises(sa.exc.StatementError, match="without a time zone"):
        db.session.flush()
    db.session.rollback()


def test_a_moment_comes_back_as_the_same_moment_in_utc(context: Flask) -> None:
    in_shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
    staff = a_staff(an_estate())
    staff.left_at = in_shanghai
    db.session.commit()

    db.session.expire_all()

    assert staff.left_at == in_shanghai
    assert staff.left_at.tzinfo is UTC


def test_moments_are_compared_as_moments(context: Flask) -> None:
    staff = a_staff(an_estate())
    staff.left_at = NOW
    db.session.flush()

    a_second_later = (NOW + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=-9)))

    assert db.session.scalars(sa.select(Staff.login).where(Staff.left_at < a_second_later)).all() == [staff.login]
    assert db.session.scalars(sa.select(Staff.login).where(Staff.left_at > a_second_later)).all() == []


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_enums_are_stored_by_value(table: sa.Table) -> None:
    """A name can be put better; what is stored stays."""
    for column in table.columns:
        if isinstance(column.type, sa.Enum):
            kind = column.type.enum_class
            assert issubclass(kind, enum.Enum)
            assert column.type.enums == [member.value for member in kind]
            assert all(value == value.lower() for value in column.type.enums)


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_constraint_and_index_has_a_name_of_its_own(table: sa.Table) -> None:
    """Without a name a later migration could not take it away again."""
    unnamed = [thing for thing in (*table.constraints, *table.indexes) if not thing.name]

    assert unnamed == []


def test_a_thing_without_an_id_gets_one(context: Flask) -> None:
    staff = Staff(login="li.min", name="李敏", password_hash="none", locale="zh")
    db.session.add(staff)
    db.session.flush()

    assert staff.id.version == 7
    assert staff.id < new_id()
    assert NOBODY.staff_id is None


def test_foreign_keys_are_watched(context: Flask) -> None:
    table = Base.metadata.tables["staff_role"]
    orphan = {"id": new_id(), "staff_id": new_id(), "estate_id": new_id(), "role": "officer", "since": NOW.date()}

    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.insert(table).values(**orphan))
    db.session.rollback()


def test_what_is_named_very_often_is_asked_for_once(context: Flask) -> None:
    """Each of 7,000 homes wrote to ten departments: PostgreSQL takes 65,535 values in one question."""
    estate = an_estate()
    db.session.flush()

    assert by_id(Estate, [estate.id] * 70_000) == {estate.id: estate}
