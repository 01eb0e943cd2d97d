"""Which template and styles print which sheet: one row for each form."""

from dataclasses import dataclass
from pathlib import Path

from app.documents.sheets import Sheet, SignOffSheet
from app.documents.sheets_of.blank_records import BlankRecords
from app.documents.sheets_of.calls_sheet import CallsSheet
from app.documents.sheets_of.complaint_record import ComplaintSheet
from app.documents.sheets_of.officers_sheet import OfficersSheet
from app.documents.sheets_of.order_sheets import OrderSheet, RegisterSheet
from app.documents.sheets_of.owner_profile import OwnerSheet
from app.documents.sheets_of.plan_sheet import PlanSheet
from app.documents.sheets_of.survey_analysis import AnalysisSheet
from app.documents.sheets_of.survey_forms import SurveyForms
from app.documents.sheets_of.survey_letter import LetterSheet
from app.documents.sheets_of.survey_receipts import ReceiptSheet, ReceiptsSheet
from app.documents.sheets_of.visit_record import VisitSheet
from app.documents.sheets_of.year_sheet import YearSheet

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "static" / "vendor" / "fonts"
TEMPLATES = ROOT / "templates" / "documents"


@dataclass(frozen=True)
class Form:
    """`template` is `<template>.html`; `styles`, after `form.css`, are `<style>.css`, both in templates/documents.

    `lines` names what a form can have very many of, `at_once` how many of them are printed in some two seconds: a
    longer one is printed by the press, and nobody waits for it.
    """

    template: str
    styles: tuple[str, ...] = ()
    lines: str = ""
    at_once: int = 0


FORMS: dict[type[Sheet], Form] = {
    SignOffSheet: Form("sign_off", ("sign_off",)),
    PlanSheet: Form("plan", ("landscape",), lines="visits", at_once=40),
    OrderSheet: Form("order", ("order",)),
    RegisterSheet: Form("register", ("landscape",), lines="orders", at_once=20),
    CallsSheet: Form("calls", ("landscape",), lines="calls", at_once=30),
    BlankRecords: Form("blank_records", ("blank_records",), lines="records", at_once=6),
    SurveyForms: Form("survey_forms", ("survey_forms",), lines="copies", at_once=4),
    ReceiptSheet: Form("survey_receipt", ("records", "survey_receipt")),
    ReceiptsSheet: Form("survey_receipts", ("landscape", "survey_receipts"), lines="receipts", at_once=40),
    ComplaintSheet: Form("complaint", ("records",)),
    OwnerSheet: Form("owner", ("records",)),
    VisitSheet: Form("visit", ("sign_off", "records")),
    YearSheet: Form("year", ("landscape", "year"), lines="carried", at_once=20),
    OfficersSheet: Form("officers", ("landscape", "year")),
    AnalysisSheet: Form("survey_analysis", ("landscape", "year", "survey"), lines="written", at_once=60),
    LetterSheet: Form("survey_letter", ("survey",)),
}


def lines_of(sheet: Sheet) -> int:
    """How many lines a sheet has; 0 for a form that never has very many."""
    field = FORMS[type(sheet)].lines
    return len(getattr(sheet, field)) if field else 0


def is_long(sheet: Sheet) -> bool:
    """Whether nobody should wait while it is printed."""
    return lines_of(sheet) > FORMS[type(sheet)].at_once


def form_called(name: str) -> type[Sheet]:
    """The kind of sheet that has this name."""
    return next(kind for kind in FORMS if kind.__name__ == name)
