"""What waits for whom: one query is everybody's inbox."""

from datetime import timedelta

import pytest
from flask import Flask

from app.core import waits
from app.core.db import db
from app.core.ids import new_id
from app.core.waits import Holder
from tests.builders import NOW

ESTATE, HERE, THERE, LI = (new_id() for _i in range(4))


def let_wait(what: str = "issue:accept", holder: Holder = Holder(role="supervisor"), hours: int = 4) -> object:
    """A thing that waits; its id."""
    subject = new_id()
    waits.begin(ESTATE, ("issue", subject), what, holder, since=NOW, due_at=NOW + timedelta(hours=hours))
    return subject


@pytest.mark.parametrize(
    ("waits_for", "asks", "sees"),
    [
        # A role's wait without a department is for everybody in that role.
        (Holder(role="supervisor"), Holder(role="supervisor"), True),
        (Holder(role="supervisor"), Holder(role="supervisor", department_id=HERE), True),
        (Holder(role="supervisor"), Holder(role="manager"), False),
        # A second role sees it as well.
        (Holder(role="supervisor", also_role="manager"), Holder(role="supervisor"), True),
        (Holder(role="supervisor", also_role="manager"), Holder(role="manager"), True),
        (Holder(role="supervisor", also_role="manager"), Holder(role="executive"), False),
        # With a department it is for that role in that department alone.
        (Holder(role="handler", department_id=HERE), Holder(role="handler", department_id=HERE), True),
        (Holder(role="handler", department_id=HERE), Holder(role="handler", department_id=THERE), False),
        (Holder(role="handler", department_id=HERE), Holder(role="handler"), False),
        (Holder(role="handler", department_id=HERE), Holder(role="supervisor", department_id=HERE), False),
        # A person's wait is for that person alone, whatever role they hold.
        (Holder(staff_id=LI), Holder(staff_id=LI), True),
        (Holder(staff_id=LI), Holder(staff_id=new_id()), False),
        (Holder(staff_id=LI), Holder(role="officer"), False),
        (Holder(role="officer"), Holder(staff_id=LI), False),
    ],
)
def test_an_inbox_holds_what_waits_for_its_holder(context: Flask, waits_for: Holder, asks: Holder, sees: bool) -> None:
    subject = let_wait(holder=waits_for)

    assert [wait.subject_id for wait in waits.inbox(ESTATE, [asks])] == ([subject] if sees else [])


def test_an_inbox_gathers_everything_somebody_holds_in_the_order_to_act(context: Flask) -> None:
    mine = let_wait(holder=Holder(staff_id=LI), hours=9)
    late = let_wait(holder=Holder(role="supervisor"), hours=-1)
    let_wait(holder=Holder(role="manager"))

    inbox = waits.inbox(ESTATE, [Holder(role="supervisor"), Holder(staff_id=LI)])

    assert [wait.subject_id for wait in inbox] == [late, mine]


def test_nobody_holds_nothing_and_another_estates_inbox_is_its_own(context: Flask) -> None:
    let_wait()

    assert waits.inbox(ESTATE, []) == []
    assert waits.inbox(new_id(), [Holder(role="supervisor")]) == []


def test_what_waits_already_gets_a_new_holder_and_limit(context: Flask) -> None:
    subject = let_wait(holder=Holder(role="handler", department_id=HERE))
    later = NOW + timedelta(days=1)

    waits.begin(ESTATE, ("issue", subject), "issue:accept", Holder(staff_id=LI), since=NOW, due_at=later)

    [wait] = waits.on(subject)
    assert (wait.staff_id, wait.role, wait.department_id, wait.due_at) == (LI, None, None, later)


def test_of_several_things_each_shows_what_has_the_first_limit(context: Flask) -> None:
    first, second, done = let_wait(hours=9), let_wait(), new_id()
    waits.begin(ESTATE, ("issue", first), "review:mend", Holder(staff_id=LI), since=NOW, due_at=NOW)

    found = waits.first_on([first, second, done])

    assert {id_: wait.what for id_, wait in found.items()} == {first: "review:mend", second: "issue:accept"}


def test_an_end_ends_one_thing_or_all_that_waits_on_a_subject(context: Flask) -> None:
    subject = let_wait("issue:accept", hours=2)
    waits.begin(ESTATE, ("issue", subject), "issue:explain", Holder(staff_id=LI), since=NOW, due_at=NOW)

    assert [wait.what for wait in waits.on(subject)] == ["issue:explain", "issue:accept"]
    waits.end(subject, "issue:explain")
    assert [wait.what for wait in waits.on(subject)] == ["issue:accept"]
    waits.end(subject)
    assert waits.on(subject) == []
    db.session.commit()
