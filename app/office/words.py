"""The words of office pages for what the product keeps as values: states, roles, ratings, reasons."""

from app.core.errors import Words
from app.core.i18n import _, current_locale, lazy_
from app.estates.masking import masked as masked  # noqa: PLC0414 - the office says it so
from app.estates.models import Estate
from app.estates.rules import Occupancy, Profile
from app.issues.complaint_rules import Grade, Nature, Standing
from app.issues.liability import Covered
from app.issues.models import Issue
from app.issues.moving import ACCEPT, AGREE, CALL_BACK, DECIDE, EXPLAIN, RECTIFY, ROUTE, TELL, VERIFY
from app.issues.rules import Answer, Cannot, Ending, HowAnswered, HowTold, State, Urgency
from app.issues.who_answers import StandsAs
from app.people.rules import Role
from app.signatures.rules import WitnessIs
from app.visits.rules import Outcome, Rating, Relation, Unsigned
from app.visits.words import METHODS as METHODS  # noqa: PLC0414 - the office says it so too
from app.visits.words import headline as headline  # noqa: PLC0414

STATES: dict[State, Words] = {
    State.RECORDED: lazy_("Recorded"),
    State.ANSWERED: lazy_("Answered on the spot"),
    State.REPORTED: lazy_("Reported up, to be routed"),
    State.ROUTED: lazy_("Routed, not yet accepted"),
    State.ACCEPTED: lazy_("Being rectified"),
    State.RECTIFIED: lazy_("Rectified, to be called back"),
    State.CLOSED: lazy_("Closed by the owner"),
    State.VERIFIED: lazy_("Verified by the supervisor"),
    State.DISPUTED: lazy_("Liability in dispute"),
    State.DEFERRED: lazy_("Another date asked for"),
    State.MERGED: lazy_("Waits for the same work"),
    State.EXPLAINED: lazy_("To be explained to the owner"),
    State.CARRIED_OVER: lazy_("Carried over"),
    State.CLOSED_UNSATISFIED: lazy_("Closed without satisfaction"),
}
TONES: dict[State, str] = {
    State.CLOSED: "good",
    State.VERIFIED: "good",
    State.RECTIFIED: "brand",
    State.ACCEPTED: "info",
    State.MERGED: "info",
    State.CARRIED_OVER: "",
    State.CLOSED_UNSATISFIED: "",
}
"""The tone of a state; every other state waits."""
STATE_ICONS: dict[State, str] = {
    State.CLOSED: "check",
    State.VERIFIED: "check",
    State.CARRIED_OVER: "archive",
    State.CLOSED_UNSATISFIED: "circle-x",
    State.DISPUTED: "scale",
    State.DEFERRED: "calendar-time",
    State.MERGED: "stack-2",
    State.EXPLAINED: "message-2",
}
"""The icon of a state; every other state is an hourglass."""

OWED: dict[str, Words] = {
    ROUTE: lazy_("Choose the department"),
    ACCEPT: lazy_("Settle measure, person and date"),
    RECTIFY: lazy_("Rectify and report it"),
    CALL_BACK: lazy_("Call back on the owner"),
    VERIFY: lazy_("Go and see whether it is right"),
    AGREE: lazy_("Agree to another date, or keep it"),
    TELL: lazy_("Tell the owner the new date"),
    EXPLAIN: lazy_("Explain it to the owner"),
    DECIDE: lazy_("Decide which department is liable"),
}
OWED_AGAIN: Words = lazy_("Settle measure, person and date anew")

_SEEN_TO: Words = lazy_("Rectified, to be verified")


def state_words(issue: Issue) -> Words:
    """Where an issue stands; rectified, one that nobody owns waits for the supervisor instead of its owner."""
    return _SEEN_TO if issue.state is State.RECTIFIED and not issue.owned else STATES[issue.state]


URGENCIES: dict[Urgency, Words] = {
    Urgency.URGENT: lazy_("Urgent"),
    Urgency.ORDINARY: lazy_("Ordinary"),
    Urgency.MAJOR: lazy_("Major work"),
}
COVERED: dict[Covered, Words] = {
    Covered.WITHIN: lazy_("Within the warranty"),
    Covered.AFTER: lazy_("After the warranty"),
    Covered.UNKNOWN: lazy_("Liability unknown: no handover date"),
}
NATURES: dict[Nature, Words] = {
    Nature.ATTITUDE: lazy_("Staff attitude"),
    Nature.QUALITY: lazy_("Quality of the work"),
    Nature.DELAY: lazy_("Not seen to in time"),
    Nature.CHARGES: lazy_("Charges"),
    Nature.SAFETY: lazy_("Safety and order"),
    Nature.ENVIRONMENT: lazy_("Cleanliness and surroundings"),
    Nature.NEIGHBOURS: lazy_("Neighbours"),
    Nature.OTHER: lazy_("Other complaint"),
}
GRADES: dict[Grade, Words] = {
    Grade.ORDINARY: lazy_("Ordinary complaint"),
    Grade.IMPORTANT: lazy_("Important complaint"),
    Grade.MAJOR: lazy_("Major complaint"),
}
STANDINGS: dict[Standing, Words] = {
    Standing.RECEIVED: lazy_("First response to give"),
    Standing.RESPONDED: lazy_("Being handled"),
    Standing.HANDLED: lazy_("Handled, to be called back"),
    Standing.TO_REVIEW: lazy_("To be reviewed"),
    Standing.REVIEWED: lazy_("Complaint reviewed"),
    Standing.TURNED_BACK: lazy_("Turned back into an issue"),
}
STANDING_TONES: dict[Standing, str] = {
    Standing.RECEIVED: "wait",
    Standing.RESPONDED: "info",
    Standing.HANDLED: "brand",
    Standing.TO_REVIEW: "wait",
    Standing.REVIEWED: "good",
}
HOW: dict[HowAnswered, Words] = {
    HowAnswered.SIGNED: lazy_("signed by the owner"),
    HowAnswered.MARK: lazy_("marked before a witness"),
    HowAnswered.PHONE: lazy_("told by phone"),
    HowAnswered.WITNESSED: lazy_("told before a witness"),
    HowAnswered.PROXY: lazy_("on behalf of the owner"),
    HowAnswered.TOLD: lazy_("told at the door, not signed"),
    HowAnswered.COUNTER: lazy_("told at the counter"),
}
STANDS_AS: dict[StandsAs, Words] = {
    StandsAs.OWNER: lazy_("owner"),
    StandsAs.TENANT: lazy_("tenant"),
    StandsAs.HOUSEHOLD: lazy_("lives there"),
    StandsAs.ELSE: lazy_("Somebody else"),
}
"""What somebody who answers is to the unit."""
ANSWERS: dict[Answer, Words] = {
    Answer.SATISFIED: lazy_("Satisfied"),
    Answer.DISSATISFIED: lazy_("Dissatisfied"),
    Answer.AGREED: lazy_("agrees that it is carried over"),
    Answer.DISAGREED: lazy_("disagrees"),
    Answer.OBJECTED: lazy_("objects"),
}
CANNOT: dict[Cannot, Words] = {
    Cannot.FOR_NOW: lazy_("Cannot be solved for now"),
    Cannot.AT_ALL: lazy_("Cannot be solved"),
}
ENDINGS: dict[Ending, Words] = {
    Ending.UNREACHABLE: lazy_("The owner cannot be reached"),
    Ending.WITHDRAWN: lazy_("The owner withdrew it"),
    Ending.MOVED: lazy_("The owner has left, and the matter with them"),
}
HOW_TOLD: dict[HowTold, Words] = {
    HowTold.PHONE: lazy_("told by phone"),
    HowTold.DOOR: lazy_("told at the door"),
}
RATINGS: dict[Rating, Words] = {
    Rating.SATISFIED: lazy_("Satisfied"),
    Rating.BASIC: lazy_("Mostly satisfied"),
    Rating.DISSATISFIED: lazy_("Dissatisfied"),
    Rating.NONE: lazy_("No opinion"),
}
RATING_LOOKS: dict[Rating, tuple[str, str]] = {
    Rating.SATISFIED: ("good", "mood-smile"),
    Rating.BASIC: ("", "mood-neutral"),
    Rating.DISSATISFIED: ("late", "mood-sad"),
    Rating.NONE: ("", "minus"),
}
"""Tone and icon of a rating."""

RELATIONS: dict[Relation, Words] = {
    Relation.OWNER: lazy_("owner"),
    Relation.SPOUSE: lazy_("spouse"),
    Relation.FAMILY: lazy_("family"),
    Relation.TENANT: lazy_("tenant"),
    Relation.OTHER: lazy_("other"),
}
WITNESSES: dict[WitnessIs, Words] = {
    WitnessIs.NEIGHBOUR: lazy_("neighbour"),
    WitnessIs.FAMILY: lazy_("family"),
    WitnessIs.COMMUNITY: lazy_("community worker"),
    WitnessIs.COLLEAGUE: lazy_("colleague of ours"),
}
OUTCOMES: dict[Outcome, Words] = {
    Outcome.NOBODY_HOME: lazy_("Nobody home"),
    Outcome.REFUSED: lazy_("Did not want a visit"),
    Outcome.NO_ANSWER: lazy_("No answer"),
    Outcome.CHILD_ONLY: lazy_("Only a child at home"),
    Outcome.UNALLOCATED: lazy_("Number not allocated"),
    Outcome.SUSPENDED: lazy_("Number suspended"),
    Outcome.WRONG_NUMBER: lazy_("Wrong number"),
    Outcome.RESCHEDULED: lazy_("Another time agreed"),
}
UNSIGNED: dict[Unsigned, Words] = {
    Unsigned.REFUSED: lazy_("The owner did not want to sign"),
    Unsigned.CANNOT_WRITE: lazy_("The owner cannot write"),
}
OCCUPANCIES: dict[Occupancy, Words] = {
    Occupancy.OWNER: lazy_("Lived in by the owner"),
    Occupancy.LET: lazy_("Let"),
    Occupancy.VACANT: lazy_("Vacant"),
}
SCRIPT: dict[str, Words] = {
    "introduced": lazy_("Introduced themselves"),
    "purpose": lazy_("Said the purpose"),
    "recent_work": lazy_("Told of recent work"),
    "measures": lazy_("Told of measures on known problems"),
}
"""What is said at every door (R06), in its order."""

_ROLES: dict[Role, Words] = {
    Role.OFFICER: lazy_("Visit officer"),
    Role.FRONT_DESK: lazy_("Visit officer"),
    Role.SUPERVISOR: lazy_("Customer service supervisor"),
    Role.MANAGER: lazy_("Manager"),
    Role.PROPERTY_MANAGER: lazy_("Property manager"),
    Role.EXECUTIVE: lazy_("Executive"),
    Role.DEPARTMENT_MANAGER: lazy_("Department manager"),
    Role.HANDLER: lazy_("Handler"),
    Role.ADMIN: lazy_("Administrator"),
}
_ROLES_B: dict[Role, Words] = {
    Role.OFFICER: lazy_("Customer service agent"),
    Role.FRONT_DESK: lazy_("Front desk"),
    Role.SUPERVISOR: lazy_("Supervisor of customer service"),
    Role.MANAGER: lazy_("Project manager"),
    Role.EXECUTIVE: lazy_("Property manager"),
}
"""What profile B calls otherwise."""
_FUNCTIONS: dict[Role, Words] = {
    Role.OFFICER: lazy_("visits"),
    Role.FRONT_DESK: lazy_("front desk, work-order callbacks"),
    Role.PROPERTY_MANAGER: lazy_("approves plans"),
    Role.EXECUTIVE: lazy_("reads records, orders special visits"),
}
"""What tells two roles apart that a profile calls the same."""
ASK_FOR_PLANS: dict[Profile, Words] = {
    Profile.A: lazy_("the leadership"),
    Profile.B: lazy_("the general office of the property management"),
}
"""As whom requires it the supervisor sets the plans (R41)."""
LEADS: dict[Profile, Words] = {Profile.A: lazy_("Marketing"), Profile.B: lazy_("Customer service department")}
"""The lead department, with which plans are filed and records archived (R04, V44, V47)."""


def role_words(role: Role, profile: Profile) -> Words:
    """What a role is called in an estate of this profile."""
    other = _ROLES_B.get(role) if profile is Profile.B else None
    return other or _ROLES[role]


def role_meant(role: Role, profile: Profile) -> Words:
    """What a role is called, with what it does where the profile calls another the same."""
    words, does = role_words(role, profile), _FUNCTIONS.get(role)
    others = [other for other in Role if other is not role and str(role_words(other, profile)) == str(words)]
    return _("%(title)s (%(does)s)", title=words, does=does) if others and does else words


def title_of(role: Role, estate: Estate) -> Words:
    """What a role is called in an estate: in its own words where it has set some, else in its profile's."""
    title = estate.settings.get("roles", {}).get(role.value, {}).get(current_locale())
    return title or role_words(role, estate.profile)
