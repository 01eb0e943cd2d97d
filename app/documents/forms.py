"""Which template and styles print which sheet: one row for each form."""

from dataclasses import dataclass

from app.documents.complaint_record import ComplaintSheet
from app.documents.owner_profile import OwnerSheet
from app.documents.sheets import Sheet, SignOffSheet
from app.documents.visit_record import VisitSheet


@dataclass(frozen=True)
class Form:
    """`template` is `<template>.html`; `styles`, after `form.css`, are `<style>.css`, both in templates/documents."""

    template: str
    styles: tuple[str, ...] = ()


FORMS: dict[type[Sheet], Form] = {
    SignOffSheet: Form("sign_off", ("sign_off",)),
    ComplaintSheet: Form("complaint", ("records",)),
    OwnerSheet: Form("owner", ("records",)),
    VisitSheet: Form("visit", ("sign_off", "records")),
}
