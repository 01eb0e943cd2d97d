"""What is due is sent, at least once and then not again; what fails is tried again and at last given up."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.core.ids import new_id
from app.core.journal import JournalLine
from app.issues.complaining import Matter, open_complaint
from app.issues.complaint_rules import Grade, Nature
from app.issues.owners_word import OwnersWord
from app.issues.rules import Answer, HowAnswered, Urgency
from app.jobs.notices import read_the_journal, send_notices, send_one
from app.notices.channels import remove_address, set_channel
from app.notices.models import NoticeChannel, NoticeOffice
from app.notices.rules import BACKOFF, LEASE, MOST_TOGETHER, MOST_TRIES, State
from app.notices.sending import note_outcome, send, take_next, try_again, try_all_again
from app.people.models import Staff
from app.people.rules import Role
from app.repairs.actions import Done, Reported, dispatch, finish, report_order
from app.repairs.answering import take_owners_answer as order_answered
from app.repairs.rules import Kind
from tests.at_once import at_the_same_moment
from tests.builders import NOBODY, NOW, TODAY, a_staff
from tests.notices.conftest import AT_ONCE, DAILY, MINUTE, Place, allow
from tests.receivers import MailReceiver

BASE = "https://visits.example.com"
DAY = timedelta(days=1)


def states(place: Place) -> list[State]:
    return [notice.state for notice in place.notices()]


def test_a_notice_names_issue_and_unit_links_there_and_tells_nothing_personal(place: Place) -> None:
    place.let_be_told(place.manager)
    issue = place.an_issue()

    send_notices(NOW)

    [message] = place.web.got
    unit = place.unit.short
    assert message["title"] == f"【锦绣花园】新事项：请落实措施、责任人和日期 · {issue.number} · {unit}"
    assert message["message"].splitlines()[1] == f"{BASE}/issues/{issue.id}"
    assert not [word for word in ("陈建国", "13812346021", "渗水", "李敏") if word in str(message)]


def test_a_notice_names_the_complaint_or_the_work_order_and_links_there(place: Place) -> None:
    issue = place.an_issue()
    desk = a_staff(place.estate, Role.FRONT_DESK, name="林小红")
    for whose in (place.supervisor, place.manager, desk):
        place.let_be_told(whose)
    more = {"by": NOBODY, "at": NOW + MINUTE}

    open_complaint(issue, Matter(Nature.DELAY, Grade.MAJOR), event_id=new_id(), **more)
    order = report_order(place.unit, Reported(Kind.CHARGEABLE, "水槽漏水", NOW, "陈建国"), **more)
    dispatch(order, place.department, event_id=new_id(), **more)
    finish(order, Done("更换软管", NOW + MINUTE), event_id=new_id(), **more)
    said = OwnersWord(Answer.DISSATISFIED, HowAnswered.SIGNED, NOW + MINUTE, "还在漏", visit_id=new_id())
    order_answered(order, said, round_=1, rating="dissatisfied", event_id=new_id(), **more | {"at": NOW + 2 * MINUTE})
    db.session.commit()
    send_notices(NOW + 3 * MINUTE)

    said = "\n".join(f"{one['title']}\n{one['message']}" for one in place.web.got)
    unit = place.unit.short
    assert f"· {issue.complaint.number} · {unit}" in said
    assert f"{BASE}/complaints/{issue.complaint.id}" in said
    assert f"整改未达要求，事项已退回本部门 · {order.number} · {unit}" in said
    assert f"{BASE}/orders/{order.id}" in said
    assert "陈建国" not in said


def test_each_reads_notices_in_their_own_language(place: Place) -> None:
    place.let_be_told(place.supervisor)
    place.let_be_told(place.department, replace(AT_ONCE, locale="en"))
    place.let_be_told(place.manager)

    place.an_issue()
    send_notices(NOW)

    beginnings = sorted(title.split(" · ")[0] for title in place.web.titles)
    assert beginnings == [
        "[Splendid Garden] New for your department: settle measure, person and date",
        "【锦绣花园】新事项：请落实措施、责任人和日期",
    ]


def test_what_was_sent_is_not_sent_again(place: Place) -> None:
    place.let_be_told(place.manager)
    place.an_issue()

    assert [send_notices(NOW + n * MINUTE) for n in range(3)] == [1, 0, 0]
    assert len(place.web.got) == 1
    assert states(place) == [State.SENT]


def test_killed_before_it_was_sent_it_is_sent_once_the_try_has_run_out(place: Place) -> None:
    place.let_be_told(place.manager)
    place.an_issue()
    read_the_journal(NOW)
    take_next(at=NOW, base=BASE)
    db.session.commit()

    assert send_notices(NOW + MINUTE) == 0
    assert send_notices(NOW + LEASE) == 1
    assert len(place.web.got) == 1


def test_killed_between_sending_and_marking_it_is_sent_twice_and_then_no_more(place: Place) -> None:
    place.let_be_told(place.manager)
    place.an_issue()
    read_the_journal(NOW)
    parcel = take_next(at=NOW, base=BASE)
    db.session.commit()
    assert parcel is not None
    assert send(parcel) == ""
    db.session.remove()

    later = [send_notices(NOW + LEASE + n * MINUTE) for n in range(3)]

    assert later == [1, 0, 0]
    assert len(place.web.got) == 2


def test_two_workers_at_the_same_moment_send_everything_once(place: Place, app: Flask) -> None:
    for whose in (place.manager, place.department):
        place.let_be_told(whose)
    for _n in range(3):
        place.an_issue()
    read_the_journal(NOW)
    taken: list[tuple[object, ...]] = []

    def take() -> None:
        while (parcel := take_next(at=NOW, base=BASE)) is not None:
            taken.append(parcel.notice_ids)

    at_the_same_moment(app, take, take)

    ids = [notice_id for parcel in taken for notice_id in parcel]
    assert len(ids) == len(set(ids)) == len(place.notices()) == 6


def test_one_that_dies_at_every_try_is_given_up(place: Place) -> None:
    place.let_be_told(place.manager)
    place.an_issue()
    read_the_journal(NOW)

    for n in range(MOST_TRIES):
        assert take_next(at=NOW + n * LEASE, base=BASE) is not None
        db.session.commit()

    assert send_notices(NOW + MOST_TRIES * LEASE) == 0
    assert [(notice.state, notice.reason) for notice in place.notices()] == [(State.GIVEN_UP, "broken_off")]


def test_no_transaction_is_open_while_a_message_is_on_its_way(place: Place) -> None:
    place.let_be_told(place.manager)
    place.an_issue()
    session, open_then = db.session(), []
    place.web.when_asked = lambda: open_then.append(session.in_transaction())

    send_notices(NOW)

    assert open_then == [False]


def test_a_receiver_that_fails_is_tried_later_and_later_until_it_recovers(place: Place) -> None:
    place.let_be_told(place.manager)
    place.an_issue()
    place.web.answers[:] = [503, 503, 401]

    tried = [send_notices(NOW)]
    [notice] = place.notices()
    seen = [(notice.state, notice.reason, notice.tries)]
    at = NOW
    for wait in BACKOFF[:3]:
        again = notice.due_at
        assert wait <= again - at <= wait * 1.2
        assert send_notices(again - timedelta(seconds=1)) == 0
        at = again
        tried.append(send_notices(at))
        [notice] = place.notices()
        seen.append((notice.state, notice.reason, notice.tries))

    assert tried == [1, 1, 1, 1]
    assert seen == [
        (State.FAILED, "http:503", 1),
        (State.FAILED, "http:503", 2),
        (State.FAILED, "http:401", 3),
        (State.SENT, "", 4),
    ]
    assert len(place.web.got) == 1


def test_what_fails_too_often_is_given_up_shown_and_sent_when_somebody_says_so(place: Place) -> None:
    place.let_be_told(place.manager)
    place.an_issue()
    place.web.answers[:] = [500] * MOST_TRIES

    at = NOW
    for _n in range(MOST_TRIES):
        assert send_notices(at) == 1
        at = place.notices()[0].due_at
    assert states(place) == [State.GIVEN_UP]
    assert send_notices(at + 30 * DAY) == 0

    try_again(place.notices()[0], at=at)
    db.session.commit()
    assert send_notices(at) == 1
    assert states(place) == [State.SENT]


def test_everything_that_failed_can_be_tried_again_at_once(place: Place) -> None:
    place.let_be_told(place.manager)
    place.let_be_told(place.department)
    place.an_issue()
    place.web.answers[:] = [500, 500]
    send_notices(NOW)

    assert try_all_again(place.estate, at=NOW) == 2
    db.session.commit()

    assert send_notices(NOW) == 2
    assert states(place) == [State.SENT, State.SENT]


def test_a_receiver_that_is_not_there_fails_in_words(place: Place) -> None:
    office = db.session.get_one(NoticeOffice, place.estate.id)
    office.hosts = ["127.0.0.1:9"]
    place.let_be_told(place.manager, address="json://127.0.0.1:9/hook")
    place.an_issue()

    send_notices(NOW)

    assert [(notice.state, notice.reason) for notice in place.notices()] == [(State.FAILED, "unreachable")]


def test_several_that_are_due_at_one_channel_go_as_one_message(place: Place) -> None:
    place.let_be_told(place.manager)
    for _n in range(MOST_TOGETHER + 2):
        place.an_issue()

    assert send_notices(NOW) == 2
    assert place.web.titles == [f"【锦绣花园】{MOST_TOGETHER} 条提醒", "【锦绣花园】2 条提醒"]
    assert place.web.got[0]["message"].count(f"{BASE}/issues/") == MOST_TOGETHER


def test_a_digest_goes_out_once_a_day_with_everything_of_that_day(place: Place) -> None:
    place.let_be_told(place.manager, DAILY)
    sent = []
    at = NOW
    for hour in range(72):
        at = NOW + timedelta(hours=hour)
        if hour % 10 == 0:
            place.an_issue(at=at)
        if send_notices(at):
            sent.append(at)

    eight = [datetime(2026, 11, day, 0, 30, tzinfo=UTC) for day in (24, 25, 26)]
    assert sent == eight
    assert place.web.titles == ["【锦绣花园】2 条提醒", "【锦绣花园】3 条提醒", "【锦绣花园】2 条提醒"]


def test_what_is_urgent_waits_for_no_digest_but_for_the_end_of_the_quiet_hours(place: Place) -> None:
    place.let_be_told(place.manager, replace(DAILY, quiet_from=time(14), quiet_until=time(16)))
    place.an_issue()
    place.an_issue(urgency=Urgency.URGENT)
    four = NOW.replace(hour=8, minute=0)  # in the estate

    sent = [send_notices(NOW + MINUTE), send_notices(four)]

    assert sent == [0, 1]
    assert [notice.state for notice in place.notices()].count(State.SENT) == 1


def test_what_is_urgent_waits_for_no_digest_either_where_somebody_chooses_one_meanwhile(place: Place) -> None:
    place.let_be_told(place.manager, replace(AT_ONCE, quiet_from=time(14), quiet_until=time(16)))
    place.an_issue()
    place.an_issue(urgency=Urgency.URGENT)
    read_the_journal(NOW)

    place.let_be_told(place.manager, replace(DAILY, quiet_from=time(14), quiet_until=time(15)))

    three = NOW.replace(hour=7, minute=0)  # in the estate
    assert [send_notices(NOW + MINUTE), send_notices(three)] == [0, 1]
    assert [notice.state for notice in place.notices()].count(State.SENT) == 1


def test_a_digest_that_was_missed_for_two_days_comes_as_one(place: Place) -> None:
    place.let_be_told(place.manager, DAILY)
    place.an_issue(at=NOW)
    place.an_issue(at=NOW + DAY)

    send_notices(NOW + 3 * DAY)

    assert place.web.titles == ["【锦绣花园】2 条提醒"]


def test_nothing_is_sent_in_quiet_hours_even_if_the_job_comes_late(place: Place) -> None:
    quiet = replace(AT_ONCE, quiet_from=time(22), quiet_until=time(7))
    place.let_be_told(place.manager, quiet)
    evening = NOW.replace(hour=13, minute=50)
    morning = NOW.replace(hour=23, minute=0)
    place.an_issue(at=evening)
    read_the_journal(evening)

    assert send_notices(evening + 20 * MINUTE) == 0
    assert send_notices(morning - MINUTE) == 0
    assert send_notices(morning) == 1


def test_a_try_that_would_fall_into_quiet_hours_waits_for_their_end(place: Place) -> None:
    place.let_be_told(place.manager, replace(AT_ONCE, quiet_from=time(14, 32), quiet_until=time(16)))
    place.an_issue()
    place.web.answers[:] = [500, 500]
    send_notices(NOW)
    send_notices(NOW + 2 * MINUTE)

    assert send_notices(NOW + 10 * MINUTE) == 0
    assert send_notices(NOW.replace(hour=8, minute=0)) == 1


def test_other_wishes_move_what_waits(place: Place) -> None:
    place.let_be_told(place.manager, DAILY)
    place.an_issue()
    assert send_notices(NOW) == 0

    set_channel(place.estate, place.manager, AT_ONCE, "", seen=1, by=NOBODY, at=NOW)
    db.session.commit()

    assert send_notices(NOW) == 1


@pytest.mark.parametrize("how", ["left", "lost the role"])
def test_who_works_here_no_more_is_told_nothing(place: Place, how: str) -> None:
    place.let_be_told(place.manager, DAILY)
    place.an_issue()
    read_the_journal(NOW)
    manager = db.session.get_one(Staff, place.manager.id)
    if how == "left":
        manager.left_at = NOW
    else:
        [held] = manager.roles
        held.until = TODAY
    db.session.commit()

    assert send_notices(NOW + DAY) == 0
    assert [(notice.state, notice.reason) for notice in place.notices()] == [(State.GIVEN_UP, "left")]


def test_an_address_that_was_taken_away_is_told_nothing_and_gets_nothing_old_later(place: Place) -> None:
    place.let_be_told(place.manager, DAILY)
    place.an_issue()
    read_the_journal(NOW)

    remove_address(place.estate, place.manager, seen=1, by=NOBODY, at=NOW)
    db.session.commit()
    place.an_issue(at=NOW + MINUTE)
    place.let_be_told(place.manager, at=NOW + 2 * MINUTE)

    assert send_notices(NOW + 2 * DAY) == 0
    assert place.notices() == []


def test_a_machine_that_is_allowed_no_more_is_not_spoken_to(place: Place) -> None:
    place.let_be_told(place.manager)
    place.an_issue()
    db.session.get_one(NoticeOffice, place.estate.id).hosts = []
    db.session.commit()

    send_notices(NOW)

    assert place.web.asked == []
    assert [notice.reason for notice in place.notices()] == ["not_allowed"]


def test_a_receiver_cannot_send_us_elsewhere(place: Place) -> None:
    place.let_be_told(place.manager)
    place.an_issue()
    place.web.answers[:] = [302]

    send_notices(NOW)

    assert place.web.asked == ["/hook"]
    assert [notice.reason for notice in place.notices()] == ["http:302"]


def test_mail_goes_through_the_estates_own_server(place: Place, mail: MailReceiver) -> None:
    allow(place.estate, place.web, mail)
    channel = place.let_be_told(place.supervisor, address="wang.fang@example.com")
    place.let_be_told(place.manager, address="zhao@example.com")
    issue = place.an_issue()

    send_notices(NOW)

    [(to, subject, text)] = mail.got
    assert channel.shown == "w***@example.com"
    assert to == "zhao@example.com"
    assert subject.startswith(f"【锦绣花园】新事项：请落实措施、责任人和日期 · {issue.number}")
    assert text.endswith(f"{BASE}/issues/{issue.id}")


def test_without_the_key_nothing_is_sent_and_the_reason_is_shown(place: Place, app: Flask) -> None:
    place.let_be_told(place.manager)
    place.an_issue()
    other = db.session.scalars(sa.select(NoticeChannel)).one()
    other.sealed = other.sealed[:-4] + "AAAA"
    db.session.commit()

    send_notices(NOW)

    assert [notice.reason for notice in place.notices()] == ["sealed"]
    assert place.web.asked == []


def test_secrets_stand_neither_in_the_log_nor_in_the_journal_nor_readable_in_the_database(
    place: Place, mail: MailReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    allow(place.estate, place.web, mail, password="a mail password")
    place.let_be_told(place.manager)
    place.let_be_told(place.department, address="wecombot://a-key-of-a-robot/")
    place.let_be_told(place.supervisor, address="wang.fang@example.com")
    place.an_issue()
    place.web.answers[:] = [500]

    send_one(NOW)
    send_notices(NOW)

    office = db.session.get_one(NoticeOffice, place.estate.id)
    channels = db.session.scalars(sa.select(NoticeChannel)).all()
    kept = [value for row in [office, *channels] for value in vars(row).values()]
    lines = [(line.kind, line.data) for line in db.session.scalars(sa.select(JournalLine))]
    reasons = [notice.reason for notice in place.notices()]
    for place_name, text in {
        "log": caplog.text,
        "journal": str(lines),
        "database": str(kept),
        "reasons": str(reasons),
    }.items():
        for secret in ("a-secret-word", "a mail password", "a-key-of-a-robot", "wang.fang@"):
            assert secret not in text, f"{secret} stands in the {place_name}"


def test_what_was_sent_is_forgotten_after_a_while_and_what_was_not_stays(place: Place) -> None:
    place.let_be_told(place.manager)
    place.let_be_told(place.department)
    place.an_issue()
    place.web.answers[:] = [500] * 30
    send_notices(NOW)
    place.web.answers.clear()
    first, _second = place.notices()
    first.due_at = NOW
    db.session.commit()
    send_notices(NOW)
    still = place.notices()[1]
    still.state = State.GIVEN_UP
    db.session.commit()

    send_notices(NOW + 91 * DAY)

    assert states(place) == [State.GIVEN_UP]


def test_a_parcel_that_somebody_else_marked_meanwhile_is_left_as_it_is(place: Place) -> None:
    place.let_be_told(place.manager)
    place.an_issue()
    read_the_journal(NOW)
    parcel = take_next(at=NOW, base=BASE)
    assert parcel is not None
    note_outcome(parcel, "", at=NOW, jitter=0)
    db.session.commit()

    note_outcome(parcel, "unreachable", at=NOW + MINUTE, jitter=0)
    db.session.commit()

    assert states(place) == [State.SENT]
