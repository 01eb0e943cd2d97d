"""Which line of the journal tells whom, when a notice goes out and is tried again, which services may carry it."""

import enum
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.approvals.rules import Duty, Move, Paper
from app.issues.report_rules import RESULTS
from app.issues.rules import STEPS
from app.people.rules import Role


class Event(enum.Enum):
    """Something a person can be told, or not want to be told."""

    ROUTE = "route"
    WORK = "work"
    BACK = "back"
    NAMED = "named"
    MEETING = "meeting"
    MEASURE = "measure"
    CALL_BACK = "call_back"
    VERIFY = "verify"
    RESULT = "result"
    REVIEW = "review"
    MEND = "mend"
    LATE = "late"
    OVERDUE = "overdue"
    WAITING = "waiting"
    PROGRESS = "progress"
    ENDED = "ended"
    CALLED_OFF = "called_off"
    NOT_ASKED = "not_asked"
    COLLECTED = "collected"


class Whom(enum.Enum):
    """Who is told, found from the line and from what it happened to."""

    HOLDERS = "holders"
    """For whom it waits since this very moment: the thing itself, or one that the line's data names."""
    WHOSE_STEP = "whose_step"
    """For whom the step waits that the line's data names, however long."""
    LEVEL = "level"
    """The role that the line's data names."""
    ROLES = "roles"
    OFFICERS = "officers"
    DEPARTMENTS = "departments"
    """The many that the line's data names."""
    DEPARTMENT = "department"
    RESPONSIBLE = "responsible"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    TELL_UPWARD = "tell_upward"
    """Who is to tell the result of an issue that was reported upward, since this very moment (R12)."""


@dataclass(frozen=True)
class Rule:
    """A kind of line, the event it is, and who is told.

    `owned`: only of an issue that an owner raised (True), only of one that nobody owns (False), or of both (None).
    `names`: only if the line's data names this.
    """

    kind: str
    event: Event
    whom: tuple[Whom, ...]
    owned: bool | None = None
    names: str = ""


_REVIEWED = (Move.SUBMIT.value, *(duty.value for duty in Duty))
_HAS_RESULT = sorted({row.move.value for row in STEPS if row.after in RESULTS})

RULES: tuple[Rule, ...] = (
    # R10: what the officer cannot solve goes to supervisor and manager.
    Rule("issue:reported", Event.ROUTE, (Whom.SUPERVISOR, Whom.MANAGER)),
    Rule("issue:routed", Event.WORK, (Whom.DEPARTMENT,)),
    Rule("issue:transferred", Event.WORK, (Whom.DEPARTMENT,)),
    Rule("issue:classified", Event.WORK, (Whom.DEPARTMENT,), names="department"),
    Rule("issue:accepted", Event.NAMED, (Whom.RESPONSIBLE,)),
    Rule("issue:accepted", Event.PROGRESS, (Whom.OFFICER,)),
    Rule("issue:rectified", Event.CALL_BACK, (Whom.OFFICER,), owned=True),
    Rule("issue:rectified", Event.VERIFY, (Whom.SUPERVISOR,), owned=False),
    Rule("issue:owner_dissatisfied", Event.BACK, (Whom.DEPARTMENT, Whom.RESPONSIBLE)),
    Rule("issue:owner_objected", Event.ROUTE, (Whom.SUPERVISOR, Whom.MANAGER)),
    Rule("issue:sent_back", Event.BACK, (Whom.DEPARTMENT, Whom.RESPONSIBLE)),
    *(Rule(kind, Event.RESULT, (Whom.TELL_UPWARD,)) for kind in _HAS_RESULT),
    Rule("issue:owner_satisfied", Event.ENDED, (Whom.DEPARTMENT, Whom.RESPONSIBLE)),
    Rule("issue:verified", Event.ENDED, (Whom.DEPARTMENT, Whom.RESPONSIBLE)),
    # R20, R21: a repair is done, or it was not well done; it is told to whoever has it now.
    Rule("order:finished", Event.CALL_BACK, (Whom.HOLDERS,)),
    Rule("order:owner_dissatisfied", Event.BACK, (Whom.HOLDERS,)),
    Rule("order:owner_objected", Event.BACK, (Whom.HOLDERS,)),
    *(Rule(f"{paper.value}:{said}", Event.REVIEW, (Whom.HOLDERS,)) for paper in Paper for said in _REVIEWED),
    *(Rule(f"{paper.value}:{Move.SEND_BACK.value}", Event.MEND, (Whom.HOLDERS,)) for paper in Paper),
    Rule("record:send_back", Event.MEND, (Whom.HOLDERS,)),
    # R32: what an opinion has become is told with the issue's own lines.
    Rule("opinion:classified", Event.WORK, ()),
    # R33 to R35: whoever is called, and whoever acts next on a measure.
    Rule("meeting:invited", Event.MEETING, (Whom.HOLDERS,)),
    Rule("measure:set_down", Event.MEASURE, (Whom.HOLDERS,)),
    Rule("measure:settled", Event.MEASURE, (Whom.RESPONSIBLE,)),
    Rule("measure:reported", Event.MEASURE, (Whom.HOLDERS,)),
    Rule("measure:asked_again", Event.BACK, (Whom.HOLDERS,)),
    # Of a survey that was out: who was to go there or takes sheets and reads its result, and whom it asked about.
    Rule("survey:withdrawn", Event.CALLED_OFF, (Whom.OFFICERS, Whom.ROLES)),
    Rule("survey:withdrawn", Event.NOT_ASKED, (Whom.DEPARTMENTS,)),
    Rule("survey:handed_up", Event.COLLECTED, (Whom.OFFICERS,)),
    Rule("wait:escalated", Event.OVERDUE, (Whom.LEVEL,)),
    Rule("wait:escalated", Event.LATE, (Whom.WHOSE_STEP,)),
    Rule("wait:handed_over", Event.WAITING, (Whom.WHOSE_STEP,)),
)
ELSE = Rule("*", Event.WAITING, (Whom.HOLDERS,))
"""For every other line: if something waits for somebody since that moment, they are told."""

_BY_KIND: dict[str, tuple[Rule, ...]] = {
    kind: tuple(rule for rule in RULES if rule.kind == kind) for kind in {rule.kind for rule in RULES}
}

_CUSTOMER_SERVICE = frozenset(
    {Role.OFFICER, Role.FRONT_DESK, Role.SUPERVISOR, Role.MANAGER, Role.PROPERTY_MANAGER, Role.EXECUTIVE}
)
_DEPARTMENT = frozenset({Role.DEPARTMENT_MANAGER, Role.HANDLER})
_LEADERS = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.PROPERTY_MANAGER, Role.EXECUTIVE})
EVENTS: dict[Event, frozenset[Role]] = {
    Event.ROUTE: frozenset({Role.SUPERVISOR, Role.MANAGER}),
    Event.WORK: frozenset({Role.DEPARTMENT_MANAGER}),
    Event.NAMED: _DEPARTMENT,
    Event.BACK: _DEPARTMENT,
    Event.MEETING: frozenset({Role.DEPARTMENT_MANAGER, Role.PROPERTY_MANAGER}),
    Event.MEASURE: _DEPARTMENT | _LEADERS,
    Event.CALL_BACK: frozenset({Role.OFFICER, Role.FRONT_DESK, Role.SUPERVISOR}),
    Event.VERIFY: frozenset({Role.SUPERVISOR}),
    Event.RESULT: frozenset({Role.SUPERVISOR, Role.MANAGER}),
    Event.REVIEW: _LEADERS,
    Event.MEND: _CUSTOMER_SERVICE,
    Event.LATE: frozenset(Role),
    Event.OVERDUE: frozenset({Role.MANAGER, Role.EXECUTIVE}),
    Event.WAITING: frozenset(Role),
    Event.PROGRESS: frozenset({Role.OFFICER, Role.FRONT_DESK}),
    Event.ENDED: _DEPARTMENT,
    Event.CALLED_OFF: _CUSTOMER_SERVICE,
    Event.COLLECTED: frozenset({Role.OFFICER}),
    Event.NOT_ASKED: frozenset({Role.DEPARTMENT_MANAGER}),
}
"""Every event in its order on the page, and the roles that can be told of it."""

OF_A_DEPARTMENT = (
    *(Event.WORK, Event.BACK, Event.MEETING, Event.MEASURE, Event.LATE, Event.WAITING, Event.ENDED, Event.NOT_ASKED),
)
"""What a department's own channel can carry."""

OFF_AT_FIRST = frozenset({Event.PROGRESS, Event.ENDED})
"""What nobody is told unless they ask for it: nothing is to be done then."""


def is_pressing(event: Event, *, urgent: bool) -> bool:
    """Whether something is to be done about an urgent issue: its day would be over with the next digest."""
    return urgent and event not in OFF_AT_FIRST


def rules_of(kind: str) -> tuple[Rule, ...]:
    """The rows for a kind of line; `ELSE` where none says what whoever acts next is told."""
    rules = _BY_KIND.get(kind, ())
    return rules if any(rule.event is not Event.RESULT for rule in rules) else (*rules, ELSE)


def events_for(roles: frozenset[Role]) -> tuple[Event, ...]:
    """What somebody with these roles can be told, in order."""
    return tuple(event for event, told in EVENTS.items() if told & roles)


class State(enum.Enum):
    """Where a notice stands."""

    WAITING = "waiting"
    SENDING = "sending"
    FAILED = "failed"
    SENT = "sent"
    GIVEN_UP = "given_up"


OPEN = (State.WAITING, State.SENDING, State.FAILED)
"""What is still to be sent. One found `sending` when its time has come was left by a process that died."""

UNDELIVERED = (State.FAILED, State.GIVEN_UP)


class Pace(enum.Enum):
    """At once, or gathered once a day."""

    AT_ONCE = "at_once"
    DAILY = "daily"


LEASE = timedelta(minutes=10)
"""How long one try may take before another begins."""

BACKOFF = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)),
    *(timedelta(hours=1), timedelta(hours=3), timedelta(hours=6), timedelta(hours=6)),
)
"""How long to wait after each try that failed; after one more it is given up and shown."""

MOST_TRIES = len(BACKOFF) + 1
MOST_TOGETHER = 20
"""How many notices go as one message."""


def again_at(tries: int, at: datetime, jitter: float) -> datetime | None:
    """When to try again after so many tries, none if it is given up; `jitter` from 0 to 1 adds up to a fifth."""
    if tries >= MOST_TRIES:
        return None
    return at + BACKOFF[max(tries, 1) - 1] * (1 + jitter / 5)


@dataclass(frozen=True)
class Times:
    """When somebody wants to be told: at once or once a day, and never in their quiet hours."""

    pace: Pace
    digest_at: time
    quiet_from: time | None
    quiet_until: time | None
    zone: str

    def first(self, at: datetime, *, urgent: bool = False) -> datetime:
        """When what happened at a moment goes out: what is urgent with no digest, but never in the quiet hours."""
        return self.after_quiet(self._next_digest(at) if self.pace is Pace.DAILY and not urgent else at)

    def after_quiet(self, at: datetime) -> datetime:
        """The first moment from `at` on that lies outside the quiet hours, which may go over midnight."""
        since, until = self.quiet_from, self.quiet_until
        if since is None or until is None or since == until:
            return at
        local = at.astimezone(ZoneInfo(self.zone))
        clock = local.time()
        over_midnight = since > until
        if not (clock >= since or clock < until if over_midnight else since <= clock < until):
            return at
        day = local.date() + timedelta(days=over_midnight and clock >= since)
        return max(at, datetime.combine(day, until, ZoneInfo(self.zone)).astimezone(UTC))

    def _next_digest(self, at: datetime) -> datetime:
        zone = ZoneInfo(self.zone)
        day = at.astimezone(zone).date()
        today, tomorrow = (datetime.combine(day + timedelta(days=n), self.digest_at, zone) for n in (0, 1))
        return (today if today > at else tomorrow).astimezone(UTC)


class Security(enum.Enum):
    """How the mail server is spoken to."""

    STARTTLS = "starttls"
    SSL = "ssl"
    PLAIN = "insecure"


@dataclass(frozen=True)
class Service:
    """A service that carries notices.

    `schemes`: how its Apprise address begins; `native`: the address that the service itself shows, and its Apprise
    address; `own_host`: the address says which machine is spoken to, so that machine must be allowed first.
    """

    code: str
    schemes: tuple[str, ...] = ()
    native: tuple[str, str] | None = None
    own_host: bool = False


EMAIL = "email"
SERVICES: tuple[Service, ...] = (
    Service(EMAIL),
    Service(
        "wecom",
        ("wecombot",),
        (r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([\w-]{8,80})", "wecombot://{}/"),
    ),
    Service(
        "dingtalk",
        ("dingtalk",),
        (r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w{8,120})", "dingtalk://{}/"),
    ),
    Service(
        "feishu",
        ("feishu",),
        (r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]{8,80})", "feishu://{}/"),
    ),
    Service(
        "lark",
        ("lark",),
        (r"https://open\.larksuite\.com/open-apis/bot/v2/hook/([\w-]{8,80})", "lark://{}/"),
    ),
    Service("wxpusher", ("wxpusher",)),
    Service("serverchan", ("schan",)),
    Service("sms", ("twilio",)),
    Service("webhook", ("json", "jsons"), own_host=True),
)
"""Every service there is; an estate allows some of them."""

ALLOWED_AT_FIRST = (EMAIL, "wecom", "dingtalk", "feishu", "lark")


def service_of(code: str) -> Service:
    """The row of a service. Raises KeyError."""
    return {row.code: row for row in SERVICES}[code]
