"""An estate in which issues go round, people who are told of it, and where their notices arrive."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.issues.actions import accept, raise_issue, report_rectified
from app.issues.models import Category, Issue
from app.issues.routing import route
from app.issues.rules import Urgency
from app.notices.allowing import set_office
from app.notices.channels import Wishes, set_channel
from app.notices.models import Notice, NoticeChannel
from app.notices.rules import EVENTS, SERVICES, Pace
from app.people.models import Department, Staff
from app.people.rules import Role
from tests.builders import NOBODY, NOW, TODAY, a_category, a_department, a_home, a_staff, an_estate
from tests.receivers import MailReceiver, WebReceiver, a_mail_receiver, a_web_receiver

AT_ONCE = Wishes(tuple(EVENTS), frozenset(EVENTS), Pace.AT_ONCE, time(8), None, None)
DAILY = replace(AT_ONCE, pace=Pace.DAILY)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Place:
    """An estate, its people, and an issue's way through it."""

    estate: Estate
    unit: Unit
    category: Category
    department: Department
    officer: Staff
    supervisor: Staff
    manager: Staff
    web: WebReceiver

    def let_be_told(
        self, whose: Staff | Department, wishes: Wishes = AT_ONCE, address: str = "", at: datetime = NOW
    ) -> NoticeChannel:
        """Somebody sets where and when they are told."""
        seen = db.session.scalar(
            sa.select(NoticeChannel.version).where(
                sa.or_(NoticeChannel.staff_id == whose.id, NoticeChannel.department_id == whose.id)
            )
        )
        typed = address or self.web.address
        channel = set_channel(self.estate, whose, wishes, typed, seen=seen or 0, by=NOBODY, at=at)
        db.session.commit()
        return channel

    def an_issue(self, *, at: datetime = NOW, routed: bool = True, urgency: Urgency = Urgency.ORDINARY) -> Issue:
        """An issue that an owner raised, routed to the department."""
        issue = raise_issue(
            new_id(),
            self.unit,
            "陈建国说主卫天花板渗水，电话 13812346021",
            self.category,
            urgency,
            visit_id=new_id(),
            raised_by="陈建国",
            raised_by_id=None,
            raised_at=at,
            promised_on=None,
            officer_id=self.officer.id,
            by=By(staff_id=self.officer.id),
            at=at,
        )
        if routed:
            route(issue, self.department.id, event_id=new_id(), by=By(staff_id=self.officer.id), at=at)
        db.session.commit()
        return issue

    def rectified(self, issue: Issue, *, at: datetime = NOW) -> None:
        """The department settles what to do, and says that it is done."""
        by = By(staff_id=self.manager.id)
        accept(issue, "重做防水", self.manager, TODAY + timedelta(days=3), event_id=new_id(), by=by, at=at)
        report_rectified(issue, "已重做防水并闭水试验", event_id=new_id(), by=by, at=at)
        db.session.commit()

    def notices(self) -> list[Notice]:
        """Every notice there is, as it stands in the database."""
        db.session.expire_all()
        found = sa.select(Notice).order_by(Notice.seq, Notice.channel_id)
        return list(db.session.scalars(found))


@pytest.fixture
def web() -> Iterator[WebReceiver]:
    """A web service of this test's own."""
    with a_web_receiver() as receiver:
        yield receiver


@pytest.fixture
def mail() -> Iterator[MailReceiver]:
    """A mail server of this test's own."""
    with a_mail_receiver() as receiver:
        yield receiver


@pytest.fixture
def place(context: Flask, web: WebReceiver) -> Place:
    """The estate; its web service is allowed."""
    context.config["PUBLIC_URL"] = "https://visits.example.com"
    estate = an_estate()
    department = a_department(estate)
    made = Place(
        estate=estate,
        unit=a_home(estate),
        category=a_category(estate, department),
        department=department,
        officer=a_staff(estate, Role.OFFICER, name="李敏"),
        supervisor=a_staff(estate, Role.SUPERVISOR, name="王芳", locale="en"),
        manager=a_staff(estate, Role.DEPARTMENT_MANAGER, name="赵刚", department=department),
        web=web,
    )
    allow(estate, web)
    return made


def allow(estate: Estate, web: WebReceiver, mail: MailReceiver | None = None, password: str = "") -> None:
    """Every service, the test's own web service, and perhaps a mail server."""
    server = {"host": "127.0.0.1", "port": mail.port, "security": "insecure"} if mail else {}
    set_office(
        estate,
        [service.code for service in SERVICES],
        web.host,
        server | {"user": "", "sender": "doorstep@example.com"} if mail else {},
        password,
        seen=10**6,
        by=NOBODY,
        at=NOW,
    )
    db.session.commit()


__all__ = ["AT_ONCE", "DAILY", "MINUTE", "Place", "allow", "mail", "place", "web"]
