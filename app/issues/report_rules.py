"""Whom a report upward waits for, and who is told of its result (R10–R12)."""

from dataclasses import dataclass

from app.estates.rules import Profile, counts_as
from app.issues.rules import ENDED, State
from app.people.rules import Role

TAKE_UP, RESULT = "report:take_up", "report:result"
READ, READ_BY_COMPANY = "result:read", "result:read_by_company"
"""What a report waits for, and its result."""

RESULTS = ENDED | {State.RECTIFIED}
"""States that are the result of an issue: one that was reported is reported again, with it (R12)."""


@dataclass(frozen=True)
class Reader:
    """Who reads a result."""

    what: str
    role: Role


READERS: dict[Profile, tuple[Reader, ...]] = {
    # The executive, and the property management company.
    Profile.A: (Reader(READ, Role.EXECUTIVE), Reader(READ_BY_COMPANY, Role.PROPERTY_MANAGER)),
    # The property manager, who is the executive there.
    Profile.B: (Reader(READ, Role.PROPERTY_MANAGER),),
}


def readings_of(profile: Profile, roles: frozenset[Role]) -> list[Reader]:
    """Whose reading it is when somebody with these roles reads a result."""
    held = counts_as(profile, roles)
    return [reader for reader in READERS[profile] if reader.role in held]
