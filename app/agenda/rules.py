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
    ISSUE_EXPLANATION = "issue_explanation"
    NEW_DATE = "new_date"
    SURVEY_HAND_OUT = "survey_hand_out"
    SURVEY_COLLECT = "survey_collect"


CALLBACKS = frozenset({TaskKind.ISSUE_CALLBACK, TaskKind.COMPLAINT_CALLBACK})
"""Callbacks on an issue; one on a complaint is a category of its own (R02)."""

EVERY_CALLBACK = CALLBACKS | {TaskKind.ORDER_CALLBACK, TaskKind.SERVICE_CALLBACK}
"""Those on work orders too: what the rates of callbacks count (policy, section 4)."""


TELLINGS = frozenset({TaskKind.ISSUE_EXPLANATION, TaskKind.NEW_DATE})
"""What an owner is to be told about an issue: why it cannot be solved (R36), another date (R39). No callbacks."""

OF_SURVEYS = frozenset({TaskKind.SURVEY_HAND_OUT, TaskKind.SURVEY_COLLECT})
"""A household's sheet of a survey is to be handed out (R24), or collected (R29); the sheet is their subject."""

ABOUT_ISSUES = CALLBACKS | TELLINGS
"""Tasks whose subject is an issue."""


class TaskState(enum.Enum):
    """A failed attempt leaves a task due."""

    DUE = "due"
    DONE = "done"
    CANCELLED = "cancelled"
