"""Which template and styles print which sheet: one row for each form."""

from dataclasses import dataclass
from pathlib import Path

from app.documents.blank_records import BlankRecords
from app.documents.calls_sheet import CallsSheet
from app.documents.complaint_record import ComplaintSheet
from app.documents.order_sheets import OrderSheet, RegisterSheet
from app.documents.owner_profile import OwnerSheet
from app.documents.plan_sheet import PlanSheet
from app.documents.sheets import Sheet, SignOffSheet
from app.documents.visit_record import VisitSheet

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "static" / "vendor" / "fonts"
TEMPLATES = ROOT / "templates" / "documents"


@dataclass(frozen=True)
class Form:
    """`template` is `<template>.html`; `styles`, after `form.css`, are `<style>.css`, both in templates/documents."""

    template: str
    styles: tuple[str, ...] = ()


FORMS: dict[type[Sheet], Form] = {
    SignOffSheet: Form("sign_off", ("sign_off",)),
    PlanSheet: Form("plan", ("landscape",)),
    OrderSheet: Form("order", ("order",)),
    RegisterSheet: Form("register", ("landscape",)),
    CallsSheet: Form("calls", ("landscape",)),
    BlankRecords: Form("blank_records", ("blank_records",)),
    ComplaintSheet: Form("complaint", ("records",)),
    OwnerSheet: Form("owner", ("records",)),
    VisitSheet: Form("visit", ("sign_off", "records")),
}
