"""The clause ledger: every clause of the policy, and what the journal holds as evidence that it is being followed.

A clause whose matter the product does not keep yet has no evidence here, and says so.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core.db import db
from app.core.errors import Words
from app.core.i18n import lazy_
from app.core.journal import JournalLine


@dataclass(frozen=True)
class Clause:
    """One clause: what it asks for in a few words, and the kinds of journal lines that speak for it.

    `page`: the office's page where one sees it done.
    """

    id: str
    words: Words
    kinds: tuple[str, ...] = ()
    page: str = ""


@dataclass(frozen=True)
class Chapter:
    """Clauses that stand together in the policy."""

    words: Words
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class Evidence:
    """How often something happened that speaks for a clause, and when last."""

    count: int = 0
    last: datetime | None = None


_HELD = ("visit:held",)
_ANSWERED = ("issue:owner_satisfied", "issue:owner_dissatisfied")
_ORDERS = ("order:owner_satisfied", "order:owner_dissatisfied")

CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        lazy_("Purpose and kinds"),
        (
            Clause(
                "R01",
                lazy_("Visits supervise the property management company inside the warranty; lessons are drawn"),
                ("issue:liability_decided", "year_report:assess"),
                "statistics",
            ),
            Clause("R02", lazy_("Five categories of visits and callbacks"), ("task:done",), "visits"),
            Clause(
                "R03",
                lazy_("By phone, at the door, on routine inspections"),
                ("visit:held", "attempt:recorded", "inspection:recorded"),
                "visits",
            ),
        ),
    ),
    Chapter(
        lazy_("At the door"),
        (
            Clause("R04", lazy_("All owners are visited, and followed until they are satisfied"), _HELD, "visits"),
            Clause(
                "R05",
                lazy_("Officers know beforehand the company they visit for, or the owner's"),
                ("briefing:added", "briefing:edited", "briefing:read"),
                "briefing",
            ),
            Clause("R06", lazy_("Introduce yourself, state the purpose, tell recent work, listen"), _HELD, "visits"),
            Clause(
                "R07",
                lazy_("Every issue is a line in the record; what can be is answered on the spot"),
                ("issue:recorded", "issue:answered"),
                "issues",
            ),
            Clause("R08", lazy_("Thank the owner, and ask for continued support"), _HELD, "visits"),
        ),
    ),
    Chapter(
        lazy_("Routing, escalation, the loop"),
        (
            Clause(
                "R09",
                lazy_("The officer classifies issues, notifies the department, follows the whole process"),
                ("issue:routed", "issue:classified"),
                "issues",
            ),
            Clause(
                "R10",
                lazy_("What cannot be solved promptly is reported at once to supervisor and manager"),
                ("issue:reported", "issue:reported_up"),
                "issues",
            ),
            Clause(
                "R11",
                lazy_("They notify the department, settle measure and method, coordinate"),
                ("issue:routed", "issue:accepted"),
                "issues",
            ),
            Clause(
                "R12",
                lazy_("They report the result to executive and property management company"),
                ("issue:result_reported", "issue:result_read"),
                "issues",
            ),
            Clause(
                "R13",
                lazy_("Owners are called back on, and it is improved until they are satisfied"),
                _ANSWERED,
                "calls",
            ),
        ),
    ),
    Chapter(
        lazy_("Review of visit records"),
        (
            Clause(
                "R14", lazy_("The officer summarises the records and hands them up"), ("records:submit",), "batches"
            ),
            Clause("R15", lazy_("Supervisor and manager review and sign"), ("records:sign",), "batches"),
            Clause("R16", lazy_("The executive reviews"), ("records:review",), "batches"),
        ),
    ),
    Chapter(
        lazy_("Year end"),
        (
            Clause(
                "R17", lazy_("All the year's records are classified and counted"), ("year_report:submit",), "statistics"
            ),
            Clause(
                "R18",
                lazy_("Main problems, and what cannot be solved, are listed"),
                ("issue:owner_agreed",),
                "problems",
            ),
            Clause(
                "R19",
                lazy_("The executive reviews the list as the basis of next year's improvement"),
                ("year_report:assess", "issue:carried_on", "issue:refused"),
                "statistics",
            ),
        ),
    ),
    Chapter(
        lazy_("Work orders"),
        (
            Clause(
                "R20", lazy_("Finished work orders get a callback; satisfaction is written down"), _ORDERS, "orders"
            ),
            Clause(
                "R21",
                lazy_("Problems found there are promptly told to the department"),
                ("order:owner_dissatisfied",),
                "orders",
            ),
            Clause("R22", lazy_("Rectified until the owner signs as satisfied"), ("order:owner_satisfied",), "orders"),
        ),
    ),
    Chapter(
        lazy_("Opinion survey"),
        (
            Clause(
                "R23",
                lazy_("Forms are ready before they are issued"),
                ("survey:issued",),
                "surveys",
            ),
            Clause(
                "R24",
                lazy_("Handed to owners within the set dates, who sign the receipt"),
                ("sheet:handed_out",),
                "surveys",
            ),
            Clause(
                "R25",
                lazy_("To all owners"),
                ("survey:issued", "survey:homes_added"),
                "surveys",
            ),
            Clause("R26", lazy_("The purpose is explained"), ("sheet:purpose_told",), "surveys"),
            Clause("R27", lazy_("The key items are presented"), ("sheet:key_items_told",), "surveys"),
            Clause(
                "R28",
                lazy_("A collection time is agreed"),
                ("sheet:handed_out", "sheet:put_off"),
                "surveys",
            ),
            Clause(
                "R29",
                lazy_("On collection it is checked whether the sheet is signed"),
                ("sheet:collected",),
                "surveys",
            ),
            Clause(
                "R30",
                lazy_("The sheets are handed to the supervisor"),
                ("sheet:collected",),
                "surveys",
            ),
            Clause("R31", lazy_("The satisfaction rate is computed first"), ("survey:handed_up",), "surveys"),
            Clause(
                "R32",
                lazy_("Opinions are classified, gathered by department, reported to the manager"),
                ("opinion:classified", "survey_report:submit"),
                "surveys",
            ),
            Clause(
                "R33",
                lazy_("A special meeting discusses each department's problems"),
                ("meeting:called", "meeting:recorded"),
                "surveys",
            ),
            Clause(
                "R34",
                lazy_("Each department settles measures and reports them"),
                ("measure:settled", "measure:reported"),
                "surveys",
            ),
            Clause(
                "R35",
                lazy_("Measures are collected, and callbacks arranged by them"),
                ("measure:collected",),
                "surveys",
            ),
            Clause(
                "R36",
                lazy_("What cannot be solved for now is explained to the owner"),
                ("issue:owner_agreed", "issue:owner_disagreed"),
                "issues",
            ),
            Clause("R37", lazy_("And reported as a basis for better service"), ("issue:cannot_be_solved",), "issues"),
        ),
    ),
    Chapter(
        lazy_("Responsible departments"),
        (
            Clause(
                "R38", lazy_("On notice measure, method and person are settled at once"), ("issue:accepted",), "issues"
            ),
            Clause(
                "R39",
                lazy_("What cannot be rectified at once is taken up with customer service"),
                ("issue:deferral_asked", "issue:disputed"),
                "issues",
            ),
            Clause(
                "R40", lazy_("Done means reported back for a callback"), ("issue:rectified", "order:finished"), "issues"
            ),
        ),
    ),
    Chapter(
        lazy_("Supervision"),
        (
            Clause(
                "R41",
                lazy_("The supervisor sets all visit plans, contents and requirements"),
                ("plan:submit", "special:ordered", "briefing:added"),
                "plans",
            ),
            Clause(
                "R42",
                lazy_("Officers are checked against plan and requirements, for their appraisal"),
                ("records:sign",),
                "statistics",
            ),
            Clause(
                "R43",
                lazy_("Owners' evaluation and needs are known, classified and reported"),
                ("issue:classified", "issue:result_reported"),
                "problems",
            ),
        ),
    ),
    Chapter(
        lazy_("Controls"),
        (
            Clause("V44", lazy_("The month's plan is drafted, reviewed, approved and filed"), ("plan:file",), "plans"),
            Clause("V45", lazy_("Home visits are recorded in the customer visit record"), _HELD, "visits"),
            Clause(
                "V46",
                lazy_("What amounts to a complaint goes straight to the complaint procedure"),
                ("complaint:opened", "complaint:responded", "complaint:handled"),
                "complaints",
            ),
            Clause("V47", lazy_("All home-visit records are archived"), ("records:archive", "archive:made"), "batches"),
            Clause(
                "V48",
                lazy_("At least one satisfaction survey a year, receipts signed"),
                ("survey:issued",),
                "surveys",
            ),
            Clause(
                "V49",
                lazy_("The property management company analyses it on the set template"),
                ("survey:handed_up",),
                "surveys",
            ),
            Clause(
                "V50",
                lazy_("Manager and property management company supervise and guide it"),
                ("survey_report:review", "survey_report:assess"),
                "surveys",
            ),
            Clause(
                "V51",
                lazy_("Customer service organises people and allocates tasks for it"),
                ("survey:issued", "survey:given"),
                "surveys",
            ),
            Clause(
                "V52", lazy_("On its results departments rectify promptly and report"), ("measure:reported",), "surveys"
            ),
        ),
    ),
    Chapter(
        lazy_("Period and forms"),
        (
            Clause(
                "P53",
                lazy_("One visit per household in three months; the executive adjusts at any time"),
                ("plan:put_to_work", "task:adjusted", "special:ordered"),
                "plans",
            ),
            Clause("P54", lazy_("Phone callbacks at any time as needed"), _ANSWERED, "calls"),
            Clause("F55", lazy_("The forms of the policy"), ("records:archive", "archive:made"), "batches"),
        ),
    ),
)


def evidence(estate_id: uuid.UUID, since: datetime) -> dict[str, Evidence]:
    """Clause → what has spoken for it in an estate since then; all clauses, in one reading of the journal."""
    kinds = {kind for clause in _clauses() for kind in clause.kinds}
    found = (
        sa.select(JournalLine.kind, sa.func.count(), sa.func.max(JournalLine.at, type_=JournalLine.at.type))
        .where(JournalLine.stream == estate_id, JournalLine.kind.in_(kinds), JournalLine.at >= since)
        .group_by(JournalLine.kind)
    )
    by_kind = {kind: Evidence(number, last) for kind, number, last in db.session.execute(found)}
    return {clause.id: _together(by_kind[kind] for kind in clause.kinds if kind in by_kind) for clause in _clauses()}


def _clauses() -> Iterable[Clause]:
    return (clause for chapter in CHAPTERS for clause in chapter.clauses)


def _together(found: Iterable[Evidence]) -> Evidence:
    many = list(found)
    lasts = [one.last for one in many if one.last]
    return Evidence(sum(one.count for one in many), max(lasts, default=None))
