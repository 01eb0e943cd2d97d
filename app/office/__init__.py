"""The office's pages, on a desktop or on a department worker's phone."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.office import login, own_password, photos, search
from app.office.door import office
from app.office.first_page import inbox
from app.office.issue_pages import (
    complaint,
    complaints,
    department_work,
    issue,
    issue_ways,
    issues,
    problems,
    reporting,
    work_photos,
)
from app.office.order_pages import order, order_entry, order_files, order_papers, orders
from app.office.owner_pages import empty_roster, lived_in, owner_file, roster, units
from app.office.plan_pages import amendments, briefing, due, plan_papers, plans, special_order, specials
from app.office.report_pages import clauses, statistics, year_report
from app.office.setting_pages import (
    jobs,
    notices,
    setting_categories,
    setting_chains,
    setting_departments,
    setting_limits,
    setting_member,
    setting_notices,
    setting_staff,
    setting_systems,
    setting_texts,
    settings,
)
from app.office.survey_pages import (
    drawing,
    followed_up,
    issuing,
    measures,
    meeting,
    opinions,
    papers,
    result,
    sheet,
    sheet_answers,
    sheets,
    surveys,
)
from app.office.tablet_pages import devices, unsent
from app.office.visit_pages import (
    archives,
    batches,
    bundles,
    calls,
    copies,
    documents,
    inspections,
    long_papers,
    record_papers,
    records,
    visits,
)

__all__ = [
    "amendments",
    "archives",
    "batches",
    "briefing",
    "bundles",
    "calls",
    "clauses",
    "complaint",
    "complaints",
    "copies",
    "department_work",
    "devices",
    "documents",
    "drawing",
    "due",
    "empty_roster",
    "followed_up",
    "inbox",
    "init_app",
    "inspections",
    "issue",
    "issue_ways",
    "issues",
    "issuing",
    "jobs",
    "lived_in",
    "login",
    "long_papers",
    "measures",
    "meeting",
    "notices",
    "opinions",
    "order",
    "order_entry",
    "order_files",
    "order_papers",
    "orders",
    "own_password",
    "owner_file",
    "papers",
    "photos",
    "plan_papers",
    "plans",
    "problems",
    "record_papers",
    "records",
    "reporting",
    "result",
    "roster",
    "search",
    "setting_categories",
    "setting_chains",
    "setting_departments",
    "setting_limits",
    "setting_member",
    "setting_notices",
    "setting_staff",
    "setting_systems",
    "setting_texts",
    "settings",
    "sheet",
    "sheet_answers",
    "sheets",
    "special_order",
    "specials",
    "statistics",
    "surveys",
    "units",
    "unsent",
    "visits",
    "work_photos",
    "year_report",
]


def init_app(app: Flask, _csrf: CSRFProtect) -> None:
    """Open the door, with every page that stands behind it."""
    app.register_blueprint(office)
