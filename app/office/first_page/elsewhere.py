"""What is overdue with others and was told to whoever looks: with whom it is, and what they owe."""

import uuid

from app.core import waits
from app.core.counting import count_up_to
from app.core.db import db
from app.core.i18n import current_locale
from app.core.waits import Wait
from app.estates.escalation import levels_of
from app.office.door import estate_id, me
from app.office.words import title_of
from app.people.queries import departments, names
from app.people.rules import Role


def told_to_me(start: int, count: int) -> tuple[list[Wait], int]:
    """One page of it, the longest overdue first; and how much there is."""
    levels = levels_of(me().roles)
    if not levels:
        return [], 0
    found = waits.elsewhere(estate_id(), [level.told_at for level in levels], me().holders)
    return list(db.session.scalars(found.offset(start).limit(count))), count_up_to(found.with_only_columns(Wait.id))


def holders_of(waiting: list[Wait]) -> dict[uuid.UUID, str]:
    """Wait → whom it waits for, by name: a person, a department, a role."""
    people = names({wait.staff_id for wait in waiting if wait.staff_id})
    known = {one.id: one.name(current_locale()) for one in departments(estate_id())}

    def holder(wait: Wait) -> str:
        if wait.staff_id:
            return people.get(wait.staff_id, "–")
        if wait.department_id:
            return known.get(wait.department_id, "–")
        return role_titles(wait)

    return {wait.id: holder(wait) for wait in waiting}


def role_titles(wait: Wait) -> str:
    """The role that something waits for; both where two can do it."""
    roles = [role for role in (wait.role, wait.also_role) if role]
    return " / ".join(str(title_of(Role(role), me().estate)) for role in roles)
