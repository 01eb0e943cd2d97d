"""Where people are told: which addresses can be read, which are allowed, what is kept of them."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.changes import SettingChange
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.journal import JournalLine
from app.jobs.notices import send_notices
from app.notices.addresses import Allowed, read_address
from app.notices.allowing import mail_of, set_office
from app.notices.channels import a_channel, set_channel
from app.notices.models import NoticeOffice
from app.notices.rules import ALLOWED_AT_FIRST, SERVICES, Event, Security
from app.notices.sealing import seal, unseal
from app.notices.sending import try_again
from tests.at_once import at_the_same_moment
from tests.builders import NOBODY, NOW
from tests.notices.conftest import AT_ONCE, DAILY, Place, allow
from tests.receivers import MailReceiver

EVERY = frozenset(service.code for service in SERVICES)
ALL = Allowed(EVERY, frozenset({"hooks.example.com", "10.0.0.5:8080"}), has_mail=True)


@pytest.mark.parametrize(
    ("typed", "service", "url", "shown"),
    [
        ("li.min@example.com", "email", "li.min@example.com", "l***@example.com"),
        (
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4",
            "wecom",
            "wecombot://693a91f6-7xxx-4bc4/",
            "",
        ),
        (
            " https://oapi.dingtalk.com/robot/send?access_token=abcdef0123456789 ",
            "dingtalk",
            "dingtalk://abcdef0123456789/",
            "",
        ),
        (
            "https://open.feishu.cn/open-apis/bot/v2/hook/f123-abc-456-def",
            "feishu",
            "feishu://f123-abc-456-def/",
            "",
        ),
        (
            "https://open.larksuite.com/open-apis/bot/v2/hook/f123-abc-456-def",
            "lark",
            "lark://f123-abc-456-def/",
            "",
        ),
        ("wecombot://693a91f6-7xxx-4bc4/", "wecom", "wecombot://693a91f6-7xxx-4bc4/", ""),
        ("jsons://u:p@hooks.example.com/x", "webhook", "jsons://u:p@hooks.example.com/x", "hooks.example.com"),
        ("json://10.0.0.5:8080/x", "webhook", "json://10.0.0.5:8080/x", "10.0.0.5"),
    ],
)
def test_an_address_is_read_as_its_service_shows_it(
    context: Flask, typed: str, service: str, url: str, shown: str
) -> None:
    address = read_address(typed, ALL)

    assert (address.service.code, address.url, address.shown) == (service, url, shown)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("nobody", "address_unreadable"),
        ("Li <li@example.com>", "address_unreadable"),
        ("a@b.com,c@d.com", "address_unreadable"),
        ("file:///etc/passwd", "address_unreadable"),
        ("mailto://me:pw@smtp.example.com?to=x@y.com", "address_unreadable"),
        ("http://169.254.169.254/latest/meta-data", "address_unreadable"),
        ("json://hooks.example.com/x?redirect=yes", "address_unreadable"),
        ("json://hooks.example.com/x%3fredirect=yes", "address_unreadable"),
        ("json://hooks.example.com/x#y", "address_unreadable"),
        ("json://hooks.example.com\\@127.0.0.1/", "address_unreadable"),
        ("json://hooks.example.com/ x", "address_unreadable"),
        ("twilio://too-little", "address_unreadable"),
        ("https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=693a91f6-7xxx", "address_unreadable"),
        ("json://127.0.0.1:5432/x", "host_not_allowed"),
        ("json://hooks.example.com:8443/x", "host_not_allowed"),
        ("json://10.0.0.5/x", "host_not_allowed"),
        ("json://hooks.example.com@127.0.0.1/x", "host_not_allowed"),
    ],
)
def test_an_address_that_leads_elsewhere_is_refused(context: Flask, typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_address(typed, ALL)

    assert refused.value.code == f"notices:{code}"


def test_only_services_that_the_estate_allows_can_be_used(context: Flask) -> None:
    few = Allowed(frozenset({"wecom"}), frozenset(), has_mail=False)

    for typed in ("feishu://f123-abc-456-def/", "li@example.com"):
        with pytest.raises(Refused, match="notices:service_not_allowed"):
            read_address(typed, few)
    with pytest.raises(Refused, match="notices:no_mail"):
        read_address("li@example.com", Allowed(EVERY, frozenset(), has_mail=False))


def test_an_address_is_kept_sealed_for_its_own_channel_alone(place: Place) -> None:
    channel = place.let_be_told(place.manager)
    other = place.let_be_told(place.supervisor)

    assert channel.sealed is not None
    assert "a-secret-word" not in channel.sealed
    assert unseal(channel.sealed, channel.id) == place.web.address
    assert unseal(channel.sealed, other.id) is None
    assert seal("x", channel.id) != seal("x", channel.id)


def test_a_blank_address_keeps_the_one_there_is(place: Place) -> None:
    before = place.let_be_told(place.manager).sealed

    channel = set_channel(place.estate, place.manager, DAILY, " ", seen=1, by=NOBODY, at=NOW)

    assert channel.sealed == before
    assert channel.since == NOW


def test_what_a_page_did_not_show_stays_as_it_was(place: Place) -> None:
    place.let_be_told(place.manager, replace(AT_ONCE, wanted=frozenset({Event.WORK})))

    few = replace(AT_ONCE, shown=(Event.WORK, Event.BACK), wanted=frozenset({Event.BACK}))
    channel = set_channel(place.estate, place.manager, few, "", seen=1, by=NOBODY, at=NOW)

    assert {event for event in Event if channel.wants(event)} == {Event.BACK}


def test_half_of_the_quiet_hours_are_refused(place: Place) -> None:
    with pytest.raises(Refused, match="notices:half_quiet"):
        place.let_be_told(place.manager, replace(AT_ONCE, quiet_from=time(22)))


def test_of_two_who_change_a_departments_channel_one_is_told_that_it_changed(place: Place, app: Flask) -> None:
    place.let_be_told(place.department)
    estate, department = place.estate, place.department

    def change() -> None:
        set_channel(db.session.merge(estate), db.session.merge(department), DAILY, "", seen=1, by=NOBODY, at=NOW)

    assert at_the_same_moment(app, change, change) == ["done", "notices:changed"]


def test_what_is_on_its_way_is_not_tried_again(place: Place) -> None:
    place.let_be_told(place.manager)
    place.an_issue()
    send_notices(NOW)

    with pytest.raises(Outdated, match="notice:not_failed"):
        try_again(place.notices()[0], at=NOW)


def test_the_journal_says_that_a_channel_was_set_and_not_where_it_leads(place: Place) -> None:
    channel = place.let_be_told(place.manager)

    lines = db.session.scalars(sa.select(JournalLine).where(JournalLine.subject_id == channel.id)).all()

    assert [(line.kind, line.data) for line in lines] == [("notices:channel_set", {"service": "webhook"})]


def test_what_an_estate_allows_is_a_setting_with_its_history(place: Place, mail: MailReceiver) -> None:
    allow(place.estate, place.web, mail, password="a mail password")
    office = db.session.get_one(NoticeOffice, place.estate.id)

    server = mail_of(office)

    assert server is not None
    assert (server.port, server.security, server.password) == (mail.port, Security.PLAIN, "a mail password")
    changes = {row.setting: row.after for row in db.session.scalars(sa.select(SettingChange))}
    assert changes["notices.host"] == "127.0.0.1"
    assert changes["notices.password"] == 1


def test_a_mail_server_that_is_taken_away_takes_its_password_along(place: Place, mail: MailReceiver) -> None:
    allow(place.estate, place.web, mail, password="a mail password")

    allow(place.estate, place.web)

    office = db.session.get_one(NoticeOffice, place.estate.id)
    assert (office.mail, office.mail_password) == ({}, None)
    assert mail_of(office) is None


@pytest.mark.parametrize(
    ("hosts", "mail", "code"),
    [
        ("http://hooks.example.com", {}, "notices:no_host"),
        ("two words", {}, "notices:no_host"),
        ("", {"host": "smtp.example.com:25", "security": "starttls", "sender": "a@b.com"}, "notices:no_mail_host"),
        ("", {"host": "smtp.example.com", "security": "starttls", "sender": "nobody"}, "notices:address_unreadable"),
    ],
)
def test_servers_that_make_no_sense_are_refused_and_nothing_is_set(
    place: Place, hosts: str, mail: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        set_office(place.estate, list(ALLOWED_AT_FIRST), hosts, mail, "", seen=10**6, by=NOBODY, at=NOW + timedelta(1))
    db.session.rollback()

    assert refused.value.code == code
    assert db.session.get_one(NoticeOffice, place.estate.id).hosts == [place.web.host]


def test_one_who_has_no_channel_yet_is_told_everything_that_is_to_be_done(place: Place) -> None:
    channel = a_channel(place.estate, place.officer)

    assert {event for event in Event if not channel.wants(event)} == {Event.PROGRESS, Event.ENDED}
