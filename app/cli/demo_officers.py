"""The visit officers of the demonstration estate: when they are free, and what they write down at a door."""

import secrets
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from app.agenda.models import Task
from app.agenda.rules import CALLBACKS, EVERY_CALLBACK
from app.cli.demo_homes import Home
from app.cli.demo_ink import a_mark, a_signature
from app.cli.demo_inspections import Noticed
from app.cli.demo_names import Names
from app.cli.demo_photos import SIZE, a_damp_wall
from app.cli.demo_tablet import Enrolled, Ground, Tablet, an_operation
from app.cli.demo_words import REFUSED_NOTES, Matter, Reply
from app.core.clock import isoformat, local_date
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.estates.rules import limits
from app.issues.liability import Covered, covered, warranty_until
from app.issues.models import Category, Issue
from app.issues.rules import Answer
from app.people.models import Department, Device, Staff
from app.people.tablets import enrol, make_enrol_code
from app.repairs.models import WorkOrder
from app.signatures.rules import sha256_hex
from app.sync.actions import receive, report
from app.sync.keys import public_key
from app.sync.messages import Push, SentOperation
from app.sync.opening import open_operation
from app.sync.uploads import take_in
from app.visits.calls import ending_of
from app.visits.models import BriefingItem

_STARTS = ("09:10", "09:50", "10:35", "11:10", "14:05", "14:45", "15:30", "16:15", "16:55", "18:40", "19:20")
_SAVED = ("ended_at", "tried_at", "read_at", "noted_at", "noticed_at", "written_at")
"""When a body was saved, about: of those that it has."""
_SIGNING = timedelta(seconds=230)
"""The end of a visit: reading, signing, handing back. No `_Clock` of one runs longer."""
_OF_CALLS = ("no_answer", "rescheduled")
_VERSIONS = {"attempt.record": 2, "visit.append": 2}
"""Of the bodies of operations, where they are not in their first."""
Json = dict[str, Any]
Raised = list[tuple[uuid.UUID, Matter]]
"""Issues that a visit left open, by id."""


@dataclass(frozen=True)
class Talk:
    """What comes up at a door. `answers` are what the owner says about the issues called back on, by issue."""

    rating: str = "satisfied"
    wishes: str = ""
    raised: tuple[Matter, ...] = ()
    replies: tuple[Reply, ...] = ()
    answers: dict[uuid.UUID, tuple[Answer, str]] = field(default_factory=dict)
    signs: str = "signed"
    """`signed`, `mark` with a witness, or `refused`."""
    whoever_opens: bool = True
    """Now and then somebody else than the first owner or tenant."""
    by_phone: bool = False


class Numbers:
    """The numbers that issues and work orders will have: given at the commit, but a callback quotes them before."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._last: Counter[str] = Counter()
        self._known: dict[str, str] = {}

    def note(self, id_: str, at: datetime, kind: str = "WT") -> None:
        """This is the next of its kind that reaches the office."""
        series = f"{kind}-{local_date(at, self._zone):%y%m}"
        self._last[series] += 1
        self._known[id_] = f"{series}-{self._last[series]:04}"

    def of(self, id_: str) -> str:
        """`WT-2611-0118`."""
        return self._known[id_]


class Officer:
    """One officer with a tablet of their own."""

    def __init__(
        self,
        staff: Staff,
        estate: Estate,
        categories: dict[str, Category],
        numbers: Numbers,
        chance: Random,
        *,
        day_off: int,
    ) -> None:
        self.staff, self.estate, self.categories, self.chance = staff, estate, categories, chance
        self.names, self.numbers = Names(chance), numbers
        self._day_off, self._zone = day_off, ZoneInfo(estate.time_zone)
        self.to_be_checked: list[uuid.UUID] = []
        self._taken: set[datetime] = set()
        self._offline_until: dict[date, datetime] = {}

    def take_tablet(self, *, by: By, at: datetime) -> None:
        """Enrol a tablet as the office does: a code, then the tablet's own key."""
        self.tablet = Tablet()
        code = make_enrol_code(self.staff, by=by, at=at - timedelta(minutes=4))
        user, _send_token, _read_token = enrol(code, self.tablet.public_key(), self.tablet.app_version, at=at)
        self.device: Device = user.device
        self._last_heard = at
        self.tablet.belongs_to(
            Enrolled(str(user.device_id), user.device.code, str(self.staff.id), self.staff.name, public_key())
        )

    # --- when ---

    def works_on(self, day: date) -> bool:
        """Every day but one of the week: owners are at home at weekends."""
        return day.weekday() != self._day_off

    def next_free(self, after: datetime) -> datetime:
        """Take the next free hour at or after a moment."""
        day = local_date(after, self.estate.time_zone)
        while True:
            if self.works_on(day):
                free = [start for start in self._starts(day) if start >= after and start not in self._taken]
                if free:
                    return self._take(free[0])
            day += timedelta(days=1)

    def hours_on(self, day: date, count: int) -> list[datetime]:
        """Take up to `count` free hours of a day, in their order."""
        free = [start for start in self._starts(day) if start not in self._taken]
        return [self._take(start) for start in sorted(self.chance.sample(free, min(count, len(free))))]

    def keep_free_for(self, start: datetime) -> None:
        """Nothing else at that hour, and a network on that day."""
        self._taken |= {each for each in self._starts(start.date()) if abs(each - start) < timedelta(minutes=45)}
        self._offline_until[start.date()] = start

    def received_at(self, ended_at: datetime) -> datetime:
        """When the office gets what was finished then: soon, or in the evening on a day without a network."""
        day = local_date(ended_at, self.estate.time_zone)
        if day not in self._offline_until:
            evening = datetime.combine(day, time(20, 40), self._zone)
            offline = self.chance.random() < 0.18
            self._offline_until[day] = evening if offline else datetime.min.replace(tzinfo=self._zone)
        soon = ended_at + timedelta(seconds=self.chance.randint(40, 200))
        return max(soon, self._offline_until[day])

    def _starts(self, day: date) -> list[datetime]:
        return [datetime.combine(day, time.fromisoformat(start), self._zone) for start in _STARTS]

    def _take(self, start: datetime) -> datetime:
        self._taken.add(start)
        return start

    # --- what ---

    def hold(self, home: Home, talk: Talk, tasks: list[Task], times: tuple[datetime, datetime], at: datetime) -> Raised:
        """Hold a visit from one moment to another, and let the office have it at `at`. Gives what it left open."""
        visit_id, (started, ended) = new_id(), times
        photos: list[bytes] = []
        body = self._body(home, talk, tasks, started, photos)
        clock = _Clock(ended - _SIGNING, self.chance)
        ground = self._ground(home, body, started)
        body["statement"] = self.tablet.statement(str(visit_id), body, ground)
        body["signatures"] = self._sign(talk, body, clock)
        body["ended_at"] = isoformat(ended)
        if talk.signs == "refused":
            body["unsigned"] = {"reason": "refused", "note": self.chance.choice(REFUSED_NOTES)}
        # Of a token that nobody has: in the office a new link can be made.
        body["copy_token_sha256"] = sha256_hex(secrets.token_bytes(32))
        self._send("visit.hold", visit_id, body, at)
        for issue in body["issues"]:
            self.numbers.note(issue["id"], at)
        for frozen in photos:
            take_in(sha256_hex(frozen), 0, len(frozen), frozen, self.device, at=at)
        stayed = zip(body["issues"], talk.raised, strict=False)
        return [(uuid.UUID(issue["id"]), matter) for issue, matter in stayed]

    def record_attempt(
        self, home: Home, outcome: str, note: str, tasks: list[Task], at: datetime, again_at: datetime | None = None
    ) -> None:
        """Nobody could be visited; perhaps another time was agreed."""
        body: Json = {
            "number": self.tablet.next_number(),
            "unit_id": str(home.unit.id),
            "task_ids": [str(task.id) for task in tasks],
            "method": "phone" if outcome in _OF_CALLS else "door",
            "outcome": outcome,
            "note": note,
            "tried_at": isoformat(at - timedelta(seconds=70)),
        }
        if body["method"] == "phone" and home.owners:
            owner = home.owners[0]
            body["number_called"] = {"person_id": str(owner.id), "index": 0, "ending": ending_of(owner.phone)}
        if again_at:
            body["again_at"] = isoformat(again_at)
        self._send("attempt.record", new_id(), body, at)

    def read_briefing(self, items: list[BriefingItem], at: datetime) -> None:
        """Read these lines as they are written now, with a network."""
        body = {
            "estate_id": str(self.estate.id),
            "items": [{"id": str(item.id), "version": item.version} for item in items],
            "read_at": isoformat(at - timedelta(seconds=20)),
        }
        self._send("briefing.read", new_id(), body, at)

    def correct(self, home: Home, about: str, value: dict[str, str], at: datetime, **wanted: object) -> None:
        """Something in an owner file is wrong; the office decides about it."""
        body = {
            "number": self.tablet.next_number(),
            "unit_id": str(home.unit.id),
            "about": about,
            "value": value,
            "base": {},
            "remark": "",
            "noted_at": isoformat(at - timedelta(minutes=4)),
        }
        self._send("owner.correct", new_id(), body | wanted, at)

    def add_to_a_visit_to_come(self, text: str, at: datetime) -> None:
        """A later fact to a visit that the office has not got: it waits there for the visit, or for a person."""
        body = {
            "visit_id": str(new_id()),
            "number": self.tablet.next_number(),
            "text": text,
            "written_at": isoformat(at - timedelta(minutes=11)),
        }
        self._send("visit.append", new_id(), body, at)

    def inspect(self, noticed: Noticed, at: datetime) -> uuid.UUID:
        """Note what was noticed on the way. Gives its issue."""
        issue_id, chance = new_id(), Random(noticed.text)  # noqa: S311 - how a wall looks, not a secret
        photos = [self.tablet.photo(a_damp_wall(chance), SIZE) for _i in range(noticed.photos)]
        body = {
            "number": self.tablet.next_number(),
            "estate_id": str(self.estate.id),
            "issue_id": str(issue_id),
            "where": noticed.where,
            "text": noticed.text,
            "category": noticed.category,
            "urgency": "ordinary",
            "photos": [named for named, _frozen in photos],
            "noticed_at": isoformat(at - timedelta(seconds=95)),
        }
        self._send("inspection.record", new_id(), body, at)
        self.numbers.note(str(issue_id), at)
        for _named, frozen in photos:
            take_in(sha256_hex(frozen), 0, len(frozen), frozen, self.device, at=at)
        return issue_id

    def tell_how_the_tablet_fares(self) -> None:
        """The last word the office had from the tablet: nothing unsent, storage promised."""
        at = self._last_heard
        megabyte = 1024 * 1024
        push = Push.model_validate(
            {
                "device_time": at,
                "app_version": self.tablet.app_version,
                "unsent": {"count": 0},
                "storage": {"persisted": True, "usage": 38 * megabyte, "quota": 9_600 * megabyte},
                "operations": [],
            }
        )
        report(self.device, push, at=at)

    def _send(self, kind: str, entity_id: uuid.UUID, body: Json, at: datetime) -> None:
        saved = next(body[name] for name in _SAVED if name in body)
        sent = SentOperation.model_validate(
            self.tablet.freeze(
                an_operation(kind, self.estate.id, entity_id, body, saved) | {"v": _VERSIONS.get(kind, 1)}
            )
        )
        self._last_heard = at
        receipt = receive(open_operation(sent), self.device, offset=timedelta(seconds=1), at=at)
        operation = receipt.operation
        assert operation is not None, receipt.refusal
        assert operation.status in ("applied", "review"), f"{operation.code} {body}"
        if operation.status == "review":
            self.to_be_checked.append(operation.op_id)

    def _body(self, home: Home, talk: Talk, tasks: list[Task], started: datetime, photos: list[bytes]) -> Json:
        raised = [self._open_issue(matter, started, photos) for matter in talk.raised]
        raised += [self._answered_issue(reply) for reply in talk.replies]
        return {
            "number": self.tablet.next_number(),
            "unit_id": str(home.unit.id),
            "method": "phone" if talk.by_phone else "door",
            "started_at": isoformat(started),
            "interviewee": self._interviewee(home, talk),
            "script": {
                "introduced": True,
                "purpose": True,
                "recent_work": self.chance.random() < 0.93,
                "measures": self.chance.random() < 0.9,
            },
            "task_ids": [str(task.id) for task in tasks],
            "answers": [_answer(task, talk) for task in tasks if task.kind in EVERY_CALLBACK],
            "issues": raised,
            "wishes": talk.wishes,
            "rating": talk.rating,
        }

    def _open_issue(self, matter: Matter, started: datetime, photos: list[bytes]) -> Json:
        days = -(-limits(self.estate.settings).measure_hours // 24)
        promised = local_date(started, self.estate.time_zone) + timedelta(days=days)
        return {
            "id": str(new_id()),
            "text": matter.text,
            "category": matter.category,
            "urgency": matter.urgency.value,
            "answered": False,
            "answer": "",
            "promised_on": promised.isoformat(),
            "photos": [self._take_photo(photos) for _i in range(matter.photos)],
        }

    def _take_photo(self, photos: list[bytes]) -> Json:
        """Name a photo, and put its frozen bytes to those that follow the record."""
        named, frozen = self.tablet.photo(a_damp_wall(self.chance), SIZE)
        photos.append(frozen)
        return named

    def _answered_issue(self, reply: Reply) -> Json:
        return {
            "id": str(new_id()),
            "text": reply.text,
            "category": reply.category,
            "urgency": "ordinary",
            "answered": True,
            "answer": reply.answer,
            "photos": [],
        }

    def _interviewee(self, home: Home, talk: Talk) -> Json:
        """Who opens: mostly an owner, the tenant of a home that is let, now and then somebody of the family.

        Who is rung is an owner: a callback that a tenant answers stays due.
        """
        roll = self.chance.random() if talk.whoever_opens else 0.5
        if home.representative:
            return {"name": home.representative, "relation": "owner"}
        if home.tenants and roll < 0.8 and not talk.by_phone:
            return _person(home.tenants[0], "tenant")
        owner = home.owners[-1] if len(home.owners) > 1 and roll < 0.35 else home.owners[0]
        if roll < 0.86 or home.locale == "en":
            return _person(owner, "owner")
        if roll < 0.94 and len(home.owners) == 1:
            return {"name": self.names.anybody(), "relation": "spouse"}
        return {"name": self.names.relative_of(owner.name), "relation": "family"}

    def _ground(self, home: Home, body: Json, started: datetime) -> Ground:
        locale, estate = home.locale, self.estate
        words = {"phone": estate.phone, "days": str(limits(estate.settings).objection_days)}
        consent = estate.settings["consent"]
        asked = [db.session.get_one(Issue, uuid.UUID(one["issue_id"])) for one in body["answers"] if "issue_id" in one]
        orders = [
            db.session.get_one(WorkOrder, uuid.UUID(one["order_id"])) for one in body["answers"] if "order_id" in one
        ]
        return Ground(
            locale=locale,
            estate={
                "id": str(estate.id),
                "name": estate.name(locale),
                "company": estate.company(locale),
                "phone": estate.phone,
            },
            unit_label=home.unit.label(locale),
            date=local_date(started, estate.time_zone).isoformat(),
            consent={"version": consent["version"], "text": consent["text"][locale].format(**words)},
            categories={code: category.name(locale) for code, category in self.categories.items()},
            departments={
                code: department.name(locale)
                for code, category in self.categories.items()
                if (department := self._liable(home, category, local_date(started, estate.time_zone)))
            },
            issues={
                str(issue.id): {
                    "number": self.numbers.of(str(issue.id)),
                    "text": issue.text,
                    "measure": _dotted(issue.measure, issue.method),
                }
                for issue in asked
            }
            | {
                str(order.id): {
                    "number": self.numbers.of(str(order.id)),
                    "text": _dotted(order.place, order.content),
                    "measure": _dotted(
                        order.work_done, order.worker or (order.department.name(locale) if order.department else "")
                    ),
                    "done_on": local_date(order.finished_at, estate.time_zone).isoformat() if order.finished_at else "",
                }
                for order in orders
            },
        )

    def _liable(self, home: Home, category: Category, day: date) -> Department | None:
        """Whom the owner is told that a matter raised on this day goes to."""
        part, unit = category.warranty_part, home.unit
        until = warranty_until(part, unit.handover_on, unit.warranty) if part else None
        within = covered(self.estate.profile, part, until, day) is Covered.WITHIN
        return category.warranty_department if within else category.department

    def _sign(self, talk: Talk, body: Json, clock: "_Clock") -> list[Json]:
        digest = sha256_hex(body["statement"].encode())
        shown, seen = clock.later(5, 20), clock.later(20, 80)
        signatures = []
        if talk.signs != "refused" and not talk.by_phone:
            who = body["interviewee"]
            signer = {name: who[name] for name in ("name", "relation", "person_id") if name in who}
            wanted: Json = {"shown_at": shown, "end_seen_at": seen, "signed_at": clock.later(10, 40)}
            if talk.signs == "mark":
                wanted |= {"how": "mark", "witness": self.names.relative_of(who["name"]), "read_aloud": True}
            ink = a_mark(self.chance) if talk.signs == "mark" else a_signature(who["name"], self.chance)
            signatures.append(self.tablet.evidence(digest, "owner", signer, ink, **wanted))
        signer = {"name": self.staff.name, "relation": "officer", "staff_id": str(self.staff.id)}
        times = {"shown_at": clock.later(2, 5), "end_seen_at": clock.later(1, 4), "signed_at": clock.later(6, 20)}
        ink = a_signature(self.staff.name, self.chance)
        return [*signatures, self.tablet.evidence(digest, "officer", signer, ink, **times)]


class _Clock:
    """Goes on through a visit."""

    def __init__(self, start: datetime, chance: Random) -> None:
        self.now, self._chance = start, chance

    def later(self, least: int, most: int) -> str:
        """Some seconds later, as JSON writes it."""
        self.now += timedelta(seconds=self._chance.randint(least, most), milliseconds=self._chance.randint(0, 999))
        return isoformat(self.now)


def _answer(task: Task, talk: Talk) -> Json:
    assert task.subject_id is not None, "a callback is about something"
    answer, reason = talk.answers[task.subject_id]
    return {
        "task_id": str(task.id),
        "issue_id" if task.kind in CALLBACKS else "order_id": str(task.subject_id),
        "round": task.round,
        "answer": answer.value,
        "reason": reason,
    }


def _person(person: Any, relation: str) -> Json:
    return {"name": person.name, "relation": relation, "person_id": str(person.id)}


def _dotted(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
