"""From the journal to notices: an estate's lines after the cursor, each told once to every channel it concerns."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core.clock import local_date
from app.core.db import db, take_turn, upsert
from app.core.ids import new_id
from app.core.journal import JournalLine
from app.core.waits import Holder, Wait
from app.estates.models import Estate
from app.estates.rules import counts_as
from app.issues.models import Issue
from app.issues.report_rules import RESULT
from app.issues.reported import IssueReport
from app.issues.rules import Urgency
from app.notices.models import Notice, NoticeChannel, NoticeCursor
from app.notices.rules import ELSE, Rule, State, Whom, is_pressing, rules_of
from app.people.models import Staff
from app.people.rules import Role

AT_A_TIME = 500
"""Lines of the journal that are read in one transaction."""


@dataclass(frozen=True)
class _Seen:
    """What stands behind the lines that were read."""

    issues: dict[uuid.UUID, Issue] = field(default_factory=dict)
    waits: dict[uuid.UUID, list[Wait]] = field(default_factory=dict)
    results: dict[uuid.UUID, list[Wait]] = field(default_factory=dict)
    """Issue → what waits for its result to be told upward."""


def tell_next(estate: Estate, *, at: datetime, most: int = AT_A_TIME) -> bool:
    """Write the notices of the next lines and move the cursor with them. Returns whether more lines may stand there.

    However often it is broken off and begun again, no line is told twice and none is passed over.
    """
    take_turn(f"notices {estate.id}")
    cursor = db.session.get(NoticeCursor, estate.id, populate_existing=True) or NoticeCursor(estate_id=estate.id, seq=0)
    db.session.add(cursor)
    channels = _channels(estate.id)
    lines = _lines(estate.id, cursor.seq, most) if channels else []
    if not lines:
        cursor.seq = max(cursor.seq, _last(estate.id))
        return False
    _write(_notices(lines, channels, estate, at))
    cursor.seq = lines[-1].seq
    return len(lines) >= most


def _notices(
    lines: list[JournalLine], channels: list[NoticeChannel], estate: Estate, at: datetime
) -> list[dict[str, object]]:
    """One for each channel and line. Several lines of one moment about one thing are one matter: where a rule names
    one of them, `ELSE` says nothing beside it, and says it once.
    """
    seen, roles = _behind(lines), _roles(channels, estate, at)
    rows: dict[tuple[uuid.UUID, int], dict[str, object]] = {}
    said: set[tuple[uuid.UUID, uuid.UUID, datetime]] = set()
    for line, rule in sorted(_with_rules(lines), key=lambda both: both[1] is ELSE):
        told = _told(rule, line, seen)
        for channel in channels if told else ():
            matter = channel.id, line.subject_id, line.at
            if rule is ELSE and matter in said:
                continue
            if _concerns(channel, told, roles) and _is_wanted(channel, rule, line):
                pressing = is_pressing(rule.event, urgent=_is_urgent(seen.issues.get(line.subject_id)))
                row = _row(channel, rule, line, channel.times(estate.time_zone).first(line.at, urgent=pressing))
                rows.setdefault((channel.id, line.seq), row)
                said.add(matter)
    return list(rows.values())


def _with_rules(lines: list[JournalLine]) -> list[tuple[JournalLine, Rule]]:
    return [(line, rule) for line in lines for rule in rules_of(line.kind)]


def _told(rule: Rule, line: JournalLine, seen: _Seen) -> list[Holder]:
    """Whom a line is told to by a rule."""
    issue = seen.issues.get(line.subject_id)
    if rule.names and rule.names not in line.data:
        return []
    if rule.owned is not None and (issue is None or issue.owned is not rule.owned):
        return []
    return [holder for whom in rule.whom for holder in _holders(whom, line, issue, seen)]


def _holders(whom: Whom, line: JournalLine, issue: Issue | None, seen: _Seen) -> list[Holder]:
    match whom:
        case Whom.HOLDERS:
            return [
                holder
                for id_ in _about(line)
                for wait in seen.waits.get(id_, [])
                if wait.since == line.at
                for holder in _held_by(wait)
            ]
        case Whom.WHOSE_STEP:
            steps = seen.waits.get(line.subject_id, [])
            return [holder for wait in steps if wait.what == line.data.get("what") for holder in _held_by(wait)]
        case Whom.TELL_UPWARD:
            owed = seen.results.get(line.subject_id, [])
            return [holder for wait in owed if wait.since == line.at for holder in _held_by(wait)]
        case Whom.LEVEL:
            return [Holder(role=line.data.get("level"))]
        case Whom.ROLES:
            return [Holder(role=role) for role in line.data.get("roles", [])]
        case Whom.OFFICERS:
            return [Holder(staff_id=uuid.UUID(id_)) for id_ in line.data.get("officers", [])]
        case Whom.DEPARTMENTS:
            manager = Role.DEPARTMENT_MANAGER.value
            return [Holder(manager, uuid.UUID(id_)) for id_ in line.data.get("departments", [])]
        case Whom.SUPERVISOR:
            return [Holder(role=Role.SUPERVISOR.value)]
        case Whom.MANAGER:
            return [Holder(role=Role.MANAGER.value)]
        case Whom.DEPARTMENT:
            department_id = _id_in(line, "department") or (issue.department_id if issue else None)
            return [Holder(Role.DEPARTMENT_MANAGER.value, department_id)] if department_id else []
        case Whom.RESPONSIBLE:
            staff_id = _id_in(line, "responsible") or (issue.responsible_id if issue else None)
            return [Holder(staff_id=staff_id)] if staff_id else []
        case Whom.OFFICER:
            return [Holder(staff_id=issue.officer_id)] if issue else []


def _held_by(wait: Wait) -> list[Holder]:
    """Whoever it waits for: a person or a role, and another role where either may do it."""
    holder = Holder(wait.role, wait.department_id, wait.staff_id)
    return [holder, Holder(wait.also_role)] if wait.also_role else [holder]


def _about(line: JournalLine) -> list[uuid.UUID]:
    """What a line is about: its subject, and everything that its data names by id."""
    named = (_id_in(line, name) for name in line.data)
    return list(dict.fromkeys([line.subject_id, *(id_ for id_ in named if id_)]))


def _id_in(line: JournalLine, name: str) -> uuid.UUID | None:
    value = line.data.get(name)
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _concerns(channel: NoticeChannel, told: list[Holder], roles: dict[uuid.UUID, set[Holder]]) -> bool:
    """Whether a channel is a person's who is told, in person or in a role, or a department's."""
    if channel.staff_id is None:
        return any(holder.department_id == channel.department_id for holder in told)
    held = roles.get(channel.staff_id, set())
    return any(
        holder.staff_id == channel.staff_id if holder.staff_id else not held.isdisjoint(_as_held(holder, held))
        for holder in told
    )


def _as_held(told: Holder, held: Iterable[Holder]) -> set[Holder]:
    """The roles among those held in which one is told: in a department if it names one, else wherever."""
    return {
        one for one in held if one.role == told.role and told.department_id in (None, one.department_id) and one.role
    }


def _is_wanted(channel: NoticeChannel, rule: Rule, line: JournalLine) -> bool:
    """Not what people did themselves, nor what they turned off, nor what happened before they asked to be told."""
    own = channel.staff_id is not None and channel.staff_id == line.staff_id
    return not own and channel.wants(rule.event) and channel.since is not None and line.at >= channel.since


def _is_urgent(issue: Issue | None) -> bool:
    return issue is not None and issue.urgency is Urgency.URGENT


def _row(channel: NoticeChannel, rule: Rule, line: JournalLine, due_at: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "estate_id": line.stream,
        "seq": line.seq,
        "channel_id": channel.id,
        "event": rule.event,
        "subject_type": line.subject_type,
        "subject_id": line.subject_id,
        "happened_at": line.at,
        "state": State.WAITING,
        "tries": 0,
        "due_at": due_at,
        "reason": "",
    }


def _write(rows: list[dict[str, object]]) -> None:
    if rows:
        db.session.execute(upsert(Notice).on_conflict_do_nothing(), rows)


def _channels(estate_id: uuid.UUID) -> list[NoticeChannel]:
    found = (
        sa.select(NoticeChannel)
        .where(NoticeChannel.estate_id == estate_id, NoticeChannel.sealed.is_not(None))
        .options(selectinload(NoticeChannel.staff).selectinload(Staff.roles))
    )
    return list(db.session.scalars(found))


def _roles(channels: list[NoticeChannel], estate: Estate, at: datetime) -> dict[uuid.UUID, set[Holder]]:
    """Person → what they are in the estate today."""
    today = local_date(at, estate.time_zone)
    return {
        channel.staff.id: {
            Holder(role=role.value, department_id=held.department_id)
            for held in channel.staff.roles_in(estate.id, today)
            for role in counts_as(estate.profile, {held.role})
        }
        for channel in channels
        if channel.staff
    }


def _lines(estate_id: uuid.UUID, after: int, most: int) -> list[JournalLine]:
    """The next lines, and beyond `most` those of the same moment: what was done in one act is told in one."""
    beyond = sa.select(JournalLine).where(JournalLine.stream == estate_id).order_by(JournalLine.seq).limit(most)
    lines = list(db.session.scalars(beyond.where(JournalLine.seq > after)))
    if len(lines) == most:
        last = lines[-1]
        lines += db.session.scalars(beyond.where(JournalLine.seq > last.seq, JournalLine.at == last.at))
    return lines


def _last(estate_id: uuid.UUID) -> int:
    return db.session.scalar(sa.select(sa.func.max(JournalLine.seq)).where(JournalLine.stream == estate_id)) or 0


def _behind(lines: list[JournalLine]) -> _Seen:
    seen, ids = _Seen(), {id_ for line in lines for id_ in _about(line)}
    issues = {line.subject_id for line in lines if line.subject_type == "issue"}
    for issue in db.session.scalars(sa.select(Issue).where(Issue.id.in_(issues))):
        seen.issues[issue.id] = issue
    for wait in db.session.scalars(sa.select(Wait).where(Wait.subject_id.in_(ids))):
        seen.waits.setdefault(wait.subject_id, []).append(wait)
    owed = sa.select(IssueReport.issue_id, Wait).join(Wait, Wait.subject_id == IssueReport.id)
    for issue_id, wait in db.session.execute(owed.where(IssueReport.issue_id.in_(issues), Wait.what == RESULT)):
        seen.results.setdefault(issue_id, []).append(wait)
    return seen
