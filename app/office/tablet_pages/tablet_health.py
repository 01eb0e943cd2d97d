"""How each tablet fares, in words and tones: from what it last told, and from how long it has been silent."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.core import assets
from app.core.clock import CLOCK_OFF
from app.core.db import db
from app.core.i18n import _
from app.office.moments import When, span
from app.people.models import Device, DeviceUser, Staff
from app.people.queries import devices as all_devices
from app.people.queries import users_of
from app.sync.models import Operation
from app.sync.queries import last_decisions
from app.sync.rules import APPLIED, UNDECIDED, standing

QUIET, SILENT = timedelta(hours=24), timedelta(days=3)
"""Without contact for so long: to be asked about, to be worried about."""
CLOCK_WRONG = timedelta(hours=1)
LEASE_SHORT = timedelta(days=3)
FULL = 0.8
"""Share of its storage from which a tablet may soon have no room for photos."""
_RANK = {"late": 2, "wait": 1}


@dataclass(frozen=True)
class Sign:
    """One thing to say of a tablet. `tone`: late, wait, good or blank."""

    words: str
    tone: str = ""
    icon: str = ""
    note: str = ""


@dataclass
class Tablet:
    """One tablet: all enrolments of its key, the people on it, and its signs by column."""

    devices: list[Device]
    people: list[Staff]
    contact: list[Sign] = field(default_factory=list)
    holds: list[Sign] = field(default_factory=list)
    condition: list[Sign] = field(default_factory=list)
    waiting: int = 0
    """Records at the office that wait for a person to check them."""

    @property
    def last(self) -> Device:
        """The enrolment that was heard of last: each one tells of the whole tablet."""
        return max(self.devices, key=lambda device: (device.last_seen_at or device.enrolled_at, device.code))

    @property
    def withdrawn_at(self) -> datetime | None:
        moments = [device.revoked_at for device in self.devices]
        return max((at for at in moments if at), default=None) if all(moments) else None

    @property
    def wiped_at(self) -> datetime | None:
        return max((device.wiped_at for device in self.devices if device.wiped_at), default=None)

    @property
    def worry(self) -> tuple[int, int, int]:
        """Larger is worse: the worst sign, how much there is of it, and withdrawn ones that are done come last."""
        ranks = [_RANK.get(sign.tone, 0) for sign in (*self.contact, *self.holds, *self.condition)]
        ranks.append(_RANK["wait"] if self.waiting else 0)
        return (0 if self.wiped_at else 1, max(ranks), sum(ranks))


def tablets_of(staff_ids: set[uuid.UUID], when: When, lease: timedelta) -> list[Tablet]:
    """The tablets on which one of these people has a place, the worst first."""
    devices, users = all_devices(), defaultdict[uuid.UUID, list[DeviceUser]](list)
    for user in users_of(device.id for device in devices):
        users[user.device_id].append(user)
    by_key = defaultdict[tuple[str, str], list[Device]](list)
    for device in devices:
        by_key[device.key["x"], device.key["y"]].append(device)

    found = []
    for same in by_key.values():
        people = {user.staff_id: user.staff for device in same for user in users[device.id]}
        if not staff_ids.isdisjoint(people):
            found.append(Tablet(same, list(people.values())))
    waiting = _waiting(device.id for tablet in found for device in tablet.devices)
    for tablet in found:
        _describe(tablet, waiting, when, lease)
    return sorted(found, key=lambda tablet: (*(-part for part in tablet.worry), tablet.devices[0].code))


def _describe(tablet: Tablet, waiting: Counter[uuid.UUID], when: When, lease: timedelta) -> None:
    told = tablet.last.reported
    tablet.contact = _withdrawal(tablet, when) if tablet.withdrawn_at else _contact(tablet.last, when, lease)
    tablet.holds = _holds(told, when) if told and not tablet.wiped_at else []
    tablet.condition = [*_storage(told), *_app(tablet.last)] if told and not tablet.withdrawn_at else []
    tablet.waiting = sum(waiting[device.id] for device in tablet.devices)


def _contact(device: Device, when: When, lease: timedelta) -> list[Sign]:
    if device.last_seen_at is None:
        return [Sign(_("not yet"))]
    silent = when.now - device.last_seen_at
    tone = "late" if silent >= SILENT else "wait" if silent >= QUIET else ""
    moment = when.moment(device.last_seen_at)
    ago = Sign(_("%(time)s ago", time=span(silent)), tone, "clock-exclamation", moment) if tone else Sign(moment)
    left = lease - silent
    if left <= timedelta():
        return [ago, Sign(_("locked until it is in touch"), "late", "lock")]
    if left < LEASE_SHORT and tone:
        return [ago, Sign(_("locks in %(time)s", time=span(left)), "wait", "lock")]
    return [ago]


def _withdrawal(tablet: Tablet, when: When) -> list[Sign]:
    """Withdrawn → handed in → emptied, as far as it has come."""
    signs = [Sign(_("Tablet withdrawn"), "", "ban", when.moment(tablet.withdrawn_at) if tablet.withdrawn_at else "")]
    if handed_in := _handed_in(tablet):
        signs.append(Sign(_("Records handed in since: %(n)s", n=handed_in)))
    if tablet.wiped_at:
        signs.append(Sign(_("Handed in and emptied"), "good", "check", when.moment(tablet.wiped_at)))
        if dropped := sum(device.reported.get("drafts", 0) for device in tablet.devices if device.wiped_at):
            signs.append(Sign(_("Drafts dropped: %(n)s", n=dropped)))
    elif tablet.last.last_seen_at and tablet.withdrawn_at and tablet.last.last_seen_at > tablet.withdrawn_at:
        signs.append(Sign(_("hands in what it holds"), "wait", "cloud-up", when.moment(tablet.last.last_seen_at)))
    else:
        signs.append(Sign(_("does not know it yet"), "wait", "hourglass"))
    return signs


def _holds(told: dict[str, object], when: When) -> list[Sign]:
    signs = []
    if unsent := _number(told, "unsent"):
        since = str(told.get("oldest_at") or "")
        oldest = datetime.fromisoformat(since) if since else when.now
        tone = "late" if when.now - oldest >= QUIET else "wait"
        note = _("since %(when)s", when=when.moment(oldest)) if since else ""
        signs.append(Sign(_("Records: %(n)s", n=unsent), tone, "device-tablet", note))
    if photos := _number(told, "photos"):
        signs.append(Sign(_("Photos: %(n)s", n=photos), "wait", "photo"))
    if not signs:
        signs.append(Sign(_("all sent"), "good", "check"))
    if drafts := _number(told, "drafts"):
        signs.append(Sign(_("Visits begun: %(n)s", n=drafts)))
    return signs


def _storage(told: dict[str, object]) -> list[Sign]:
    signs = [Sign(_("storage was emptied"), "late", "alert-triangle")] if told.get("wiped") else []
    quota, used = _number(told, "quota"), _number(told, "usage")
    share = _("%(n)s %% of the storage used", n=round(100 * used / quota)) if quota else ""
    if told.get("persisted"):
        signs.append(Sign(_("protected"), "good", "shield-check", share))
    else:
        signs.append(Sign(_("not protected"), "wait", "alert-triangle", share))
    if quota and used >= FULL * quota:
        signs.append(Sign(_("storage nearly full"), "late", "alert-triangle"))
    return signs


def _app(device: Device) -> list[Sign]:
    version = device.app_version[:8]
    newest = device.app_version == assets.tree()
    app = Sign(_("newest version")) if newest else Sign(_("older version"), "wait", "versions", version)
    ahead = timedelta(milliseconds=_number(device.reported, "clock_ahead_ms"))
    if abs(ahead) < CLOCK_OFF:
        return [app]
    tone, off = "late" if abs(ahead) >= CLOCK_WRONG else "wait", span(abs(ahead))
    words = _("clock %(time)s ahead", time=off) if ahead > timedelta() else _("clock %(time)s behind", time=off)
    return [app, Sign(words, tone, "clock-exclamation")]


def _waiting(device_ids: Iterable[uuid.UUID]) -> Counter[uuid.UUID]:
    """How many records of each enrolment wait at the office for a person."""
    kept = sa.select(Operation.op_id, Operation.device_id, Operation.status, Operation.code)
    rows = db.session.execute(kept.where(Operation.device_id.in_(list(device_ids)), Operation.status != APPLIED)).all()
    decided = last_decisions(row.op_id for row in rows)
    waiting = Counter[uuid.UUID]()
    for row in rows:
        last = decided.get(row.op_id)
        stands = standing(row.status, row.code, last.outcome if last else None, last.code if last else "")
        waiting[row.device_id] += stands in UNDECIDED
    return waiting


def _handed_in(tablet: Tablet) -> int:
    """How many records came from a tablet after it was withdrawn."""
    came = sa.select(sa.func.count()).select_from(Operation)
    ids = [device.id for device in tablet.devices]
    since = Operation.received_at >= tablet.withdrawn_at
    return db.session.scalar(came.where(Operation.device_id.in_(ids), since)) or 0


def _number(told: dict[str, object], name: str) -> int:
    value = told.get(name, 0)
    return value if isinstance(value, int) else 0
