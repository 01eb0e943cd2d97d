"""Kinds and states of tasks."""

import enum


class TaskKind(enum.Enum):
    """What is due. A visit settles a task by its kind."""

    PLANNED_VISIT = "planned_visit"
    SPECIAL_VISIT = "special_visit"
    ISSUE_CALLBACK = "issue_callback"
    COMPLAINT_CALLBACK = "complaint_callback"
    ORDER_CALLBACK = "order_callback"
    SERVICE_CALLBACK = "service_callback"


CALLBACKS = frozenset({TaskKind.ISSUE_CALLBACK, TaskKind.COMPLAINT_CALLBACK})
"""Callbacks on an issue; one on a complaint is a category of its own (R02)."""

EVERY_CALLBACK = CALLBACKS | {TaskKind.ORDER_CALLBACK, TaskKind.SERVICE_CALLBACK}
"""Those on work orders too: what the rates of callbacks count (policy, section 4)."""


class TaskState(enum.Enum):
    """A failed attempt leaves a task due."""

    DUE = "due"
    DONE = "done"
    CANCELLED = "cancelled"
