"""Roles, and the one table of who may do what."""

import enum


class Role(enum.Enum):
    """A function in an estate; what it is called there follows from the estate's profile."""

    OFFICER = "officer"
    FRONT_DESK = "front_desk"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    PROPERTY_MANAGER = "property_manager"
    EXECUTIVE = "executive"
    DEPARTMENT_MANAGER = "department_manager"
    HANDLER = "handler"
    ADMIN = "admin"


IN_A_DEPARTMENT = frozenset({Role.DEPARTMENT_MANAGER, Role.HANDLER})
"""Roles that are held in a department."""


SHORTEST_PASSWORD = 10
"""Characters."""


class Liable(enum.Enum):
    """Whose department it is."""

    PROPERTY = "property"
    DEVELOPER = "developer"


class Act(enum.Enum):
    """Something a person may be allowed to do."""

    SEE_ESTATE = "see_estate"
    SEE_OWNERS = "see_owners"
    EDIT_OWNER_FILE = "edit_owner_file"
    SEE_VISITS = "see_visits"
    KEEP_COPIES = "keep_copies"
    SEE_ISSUES = "see_issues"
    IMPORT_ROSTER = "import_roster"
    MAKE_PLAN = "make_plan"
    SEE_PLAN = "see_plan"
    ORDER_SPECIAL = "order_special"
    ADJUST_VISITS = "adjust_visits"
    SEE_BRIEFING = "see_briefing"
    WRITE_BRIEFING = "write_briefing"
    REVIEW_PAPERS = "review_papers"
    GATHER_RECORDS = "gather_records"
    KEEP_ARCHIVES = "keep_archives"
    ROUTE_ISSUE = "route_issue"
    CLASSIFY_ISSUE = "classify_issue"
    REPORT_ISSUE = "report_issue"
    COORDINATE_ISSUE = "coordinate_issue"
    READ_RESULT = "read_result"
    SEE_AGEING = "see_ageing"
    SEE_STATISTICS = "see_statistics"
    HAND_UP_YEAR = "hand_up_year"
    SEE_SURVEYS = "see_surveys"
    MAKE_SURVEY = "make_survey"
    TAKE_SHEETS = "take_sheets"
    CLASSIFY_OPINIONS = "classify_opinions"
    CALL_MEETING = "call_meeting"
    SEE_MEETING = "see_meeting"
    WRITE_MINUTES = "write_minutes"
    ANSWER_MEASURE = "answer_measure"
    READ_MEASURE = "read_measure"
    COLLECT_MEASURE = "collect_measure"
    SEE_JOBS = "see_jobs"
    ACCEPT_ISSUE = "accept_issue"
    REPORT_RECTIFIED = "report_rectified"
    NOTE_PROGRESS = "note_progress"
    VERIFY_ISSUE = "verify_issue"
    ASK_TO_DEFER = "ask_to_defer"
    AGREE_DEFERRAL = "agree_deferral"
    CANNOT_SOLVE = "cannot_solve"
    EXPLAIN_ISSUE = "explain_issue"
    REVIEW_CARRIED_OVER = "review_carried_over"
    CLOSE_UNSATISFIED = "close_unsatisfied"
    DISPUTE_LIABILITY = "dispute_liability"
    DECIDE_LIABILITY = "decide_liability"
    MERGE_ISSUES = "merge_issues"
    SEE_COMPLAINTS = "see_complaints"
    TAKE_COMPLAINT = "take_complaint"
    GRADE_COMPLAINT = "grade_complaint"
    LOWER_COMPLAINT = "lower_complaint"
    REVIEW_COMPLAINT = "review_complaint"
    ENROL_TABLET = "enrol_tablet"
    CARRY_TABLET = "carry_tablet"
    DECIDE_RECORDS = "decide_records"
    SEE_TABLETS = "see_tablets"
    TAKE_IN_UNSENT = "take_in_unsent"
    SEE_SETTINGS = "see_settings"
    CHANGE_SETTINGS = "change_settings"
    SEE_ORDERS = "see_orders"
    KEEP_ORDERS = "keep_orders"
    DO_ORDER = "do_order"
    TRANSFER_ORDER = "transfer_order"
    END_ORDER = "end_order"
    LET_IN_SYSTEMS = "let_in_systems"
    KEEP_STAFF = "keep_staff"


_EVERYBODY = frozenset(Role)
_CUSTOMER_SERVICE = frozenset(
    {
        Role.OFFICER,
        Role.FRONT_DESK,
        Role.SUPERVISOR,
        Role.MANAGER,
        Role.PROPERTY_MANAGER,
        Role.EXECUTIVE,
        Role.ADMIN,
    }
)
_LEADERS = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.PROPERTY_MANAGER, Role.EXECUTIVE})

MAY: dict[Act, frozenset[Role]] = {
    Act.SEE_ESTATE: _EVERYBODY,
    Act.SEE_ISSUES: _EVERYBODY,
    Act.SEE_VISITS: _CUSTOMER_SERVICE,
    # To end the link of an owner's copy, and to hand out a new one.
    Act.KEEP_COPIES: frozenset({Role.FRONT_DESK, Role.SUPERVISOR, Role.MANAGER}),
    Act.SEE_OWNERS: _CUSTOMER_SERVICE,
    Act.EDIT_OWNER_FILE: frozenset({Role.SUPERVISOR, Role.FRONT_DESK, Role.ADMIN}),
    Act.IMPORT_ROSTER: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Act.MAKE_PLAN: frozenset({Role.SUPERVISOR}),
    Act.SEE_PLAN: _CUSTOMER_SERVICE,
    # The supervisor as leadership requires (R41), the executive at any time (P53).
    Act.ORDER_SPECIAL: frozenset({Role.SUPERVISOR, Role.EXECUTIVE}),
    Act.ADJUST_VISITS: frozenset({Role.EXECUTIVE}),
    Act.SEE_BRIEFING: _CUSTOMER_SERVICE,
    Act.WRITE_BRIEFING: frozenset({Role.SUPERVISOR}),
    # Whose turn it is says the chain of the estate.
    Act.REVIEW_PAPERS: _LEADERS,
    Act.GATHER_RECORDS: frozenset({Role.OFFICER, Role.FRONT_DESK, Role.SUPERVISOR}),
    # To order the records of a period as one file, and to take it: everything that owners said stands in it (V47).
    Act.KEEP_ARCHIVES: frozenset({Role.SUPERVISOR, Role.MANAGER, Role.PROPERTY_MANAGER}),
    Act.ROUTE_ISSUE: frozenset({Role.SUPERVISOR, Role.MANAGER}),
    Act.CLASSIFY_ISSUE: frozenset({Role.SUPERVISOR, Role.MANAGER}),
    # R10: upward from whoever visits; R11, R12: supervisor and manager settle it and tell its result further up.
    Act.REPORT_ISSUE: frozenset({Role.OFFICER, Role.FRONT_DESK}),
    Act.COORDINATE_ISSUE: frozenset({Role.SUPERVISOR, Role.MANAGER}),
    Act.READ_RESULT: frozenset({Role.EXECUTIVE, Role.PROPERTY_MANAGER}),
    Act.SEE_AGEING: _LEADERS | {Role.DEPARTMENT_MANAGER},
    # R17: customer service counts the year; whoever answers for it reads it.
    Act.SEE_STATISTICS: _LEADERS,
    Act.HAND_UP_YEAR: frozenset({Role.SUPERVISOR}),
    Act.SEE_SURVEYS: _CUSTOMER_SERVICE,
    Act.MAKE_SURVEY: frozenset({Role.SUPERVISOR}),
    # Sheets that come back to a desk, and copying onto them what was written on paper.
    Act.TAKE_SHEETS: frozenset({Role.OFFICER, Role.FRONT_DESK, Role.SUPERVISOR}),
    Act.CLASSIFY_OPINIONS: frozenset({Role.SUPERVISOR, Role.MANAGER}),
    # R33: the executive calls the meeting; a department sees of it what concerns itself.
    Act.CALL_MEETING: frozenset({Role.EXECUTIVE}),
    Act.SEE_MEETING: _LEADERS | IN_A_DEPARTMENT,
    Act.WRITE_MINUTES: frozenset({Role.SUPERVISOR, Role.EXECUTIVE}),
    # R34: settled and reported by the department alone; R35: collected by customer service.
    Act.ANSWER_MEASURE: frozenset({Role.DEPARTMENT_MANAGER}),
    Act.READ_MEASURE: frozenset({Role.EXECUTIVE}),
    Act.COLLECT_MEASURE: frozenset({Role.SUPERVISOR, Role.MANAGER}),
    Act.SEE_JOBS: frozenset({Role.ADMIN}),
    Act.ACCEPT_ISSUE: frozenset({Role.DEPARTMENT_MANAGER}),
    Act.REPORT_RECTIFIED: frozenset({Role.DEPARTMENT_MANAGER, Role.HANDLER}),
    Act.NOTE_PROGRESS: frozenset(
        {Role.OFFICER, Role.FRONT_DESK, Role.SUPERVISOR, Role.MANAGER, Role.DEPARTMENT_MANAGER, Role.HANDLER}
    ),
    # An issue that nobody owns ends by the supervisor's own eyes.
    Act.VERIFY_ISSUE: frozenset({Role.SUPERVISOR}),
    Act.ASK_TO_DEFER: frozenset({Role.DEPARTMENT_MANAGER}),
    Act.AGREE_DEFERRAL: frozenset({Role.SUPERVISOR, Role.MANAGER}),
    Act.CANNOT_SOLVE: frozenset({Role.SUPERVISOR, Role.MANAGER, Role.DEPARTMENT_MANAGER}),
    # The supervisor or somebody sent (R36); whoever explains also takes down what the owner says.
    Act.EXPLAIN_ISSUE: frozenset({Role.OFFICER, Role.FRONT_DESK, Role.SUPERVISOR, Role.MANAGER}),
    Act.REVIEW_CARRIED_OVER: frozenset({Role.MANAGER, Role.EXECUTIVE}),
    # Without the owner's satisfaction only the executive ends an issue.
    Act.CLOSE_UNSATISFIED: frozenset({Role.EXECUTIVE}),
    Act.DISPUTE_LIABILITY: frozenset({Role.DEPARTMENT_MANAGER}),
    # Between two companies the executive alone.
    Act.DECIDE_LIABILITY: frozenset({Role.MANAGER, Role.EXECUTIVE}),
    Act.MERGE_ISSUES: frozenset({Role.SUPERVISOR, Role.MANAGER}),
    Act.SEE_COMPLAINTS: _CUSTOMER_SERVICE,
    # To make a complaint of an issue, and to respond first.
    Act.TAKE_COMPLAINT: frozenset({Role.OFFICER, Role.FRONT_DESK, Role.SUPERVISOR, Role.MANAGER}),
    Act.GRADE_COMPLAINT: frozenset({Role.SUPERVISOR, Role.MANAGER}),
    # Down, and back to an ordinary issue: the manager alone, who reviews it, too; of one about them the executive does.
    Act.LOWER_COMPLAINT: frozenset({Role.MANAGER}),
    Act.REVIEW_COMPLAINT: frozenset({Role.MANAGER, Role.EXECUTIVE}),
    Act.ENROL_TABLET: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Act.CARRY_TABLET: frozenset({Role.OFFICER, Role.FRONT_DESK, Role.SUPERVISOR}),
    Act.DECIDE_RECORDS: frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMIN}),
    Act.SEE_TABLETS: frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMIN}),
    Act.TAKE_IN_UNSENT: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Act.SEE_SETTINGS: _LEADERS | {Role.ADMIN},
    Act.CHANGE_SETTINGS: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Act.SEE_ORDERS: _EVERYBODY,
    # Entered, imported and dispatched at the desk; done by a department, or noted there from its paper slip.
    Act.KEEP_ORDERS: frozenset({Role.FRONT_DESK, Role.OFFICER, Role.SUPERVISOR}),
    Act.DO_ORDER: frozenset({Role.DEPARTMENT_MANAGER, Role.HANDLER, Role.FRONT_DESK, Role.SUPERVISOR}),
    Act.TRANSFER_ORDER: frozenset({Role.SUPERVISOR, Role.MANAGER}),
    Act.END_ORDER: frozenset({Role.EXECUTIVE}),
    Act.LET_IN_SYSTEMS: frozenset({Role.ADMIN}),
    # Who works here, in which roles, and what they log in with.
    Act.KEEP_STAFF: frozenset({Role.ADMIN}),
}


def allowed(act: Act, roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles in an estate may do `act` there."""
    return not MAY[act].isdisjoint(roles)
