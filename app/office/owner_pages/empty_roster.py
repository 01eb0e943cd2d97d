"""A roster to be filled in: a sheet with every heading that the import understands, and what may stand below each."""

import io
from typing import cast

from flask import send_file
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from werkzeug.wrappers import Response

from app.core.i18n import _, current_locale, lazy_
from app.estates.roster.grid import MAX_ROWS
from app.estates.roster.vocabulary import Field
from app.office.door import office
from app.people.access import may
from app.people.rules import Act

HEADINGS: dict[Field, tuple[str, str]] = {
    Field.BUILDING: ("楼栋", "Building"),
    Field.ENTRANCE: ("单元", "Entrance"),
    Field.FLOOR: ("楼层", "Floor"),
    Field.ROOM: ("房号", "Room"),
    Field.OWNER: ("业主", "Owner"),
    Field.OWNER_PHONE: ("业主电话", "Owner phone"),
    Field.OWNER_ID: ("业主证件号", "Owner ID no."),
    Field.OWNER_KIND: ("业主类型", "Owner type"),
    Field.OWNER_SINCE: ("购房日期", "Owner since"),
    Field.CO_OWNER: ("共有人", "Co-owner"),
    Field.CO_OWNER_PHONE: ("共有人电话", "Co-owner phone"),
    Field.TENANT: ("租户", "Tenant"),
    Field.TENANT_PHONE: ("租户电话", "Tenant phone"),
    Field.AREA: ("建筑面积", "Area"),
    Field.LAYOUT: ("户型", "Layout"),
    Field.HANDOVER: ("交付日期", "Handover date"),
    Field.OCCUPANCY: ("居住状态", "Occupancy"),
    Field.LEGAL_REPRESENTATIVE: ("法定代表人", "Legal representative"),
    Field.LICENCE: ("统一社会信用代码", "Licence no."),
    Field.DO_NOT_DISTURB: ("免打扰时间", "Do not disturb"),
    Field.CARE: ("关怀情况", "Care notes"),
    Field.REMARKS: ("备注", "Remarks"),
}
"""In Chinese and in English."""
CHOICES: dict[Field, tuple[str, str]] = {
    Field.OWNER_KIND: ("个人,公司", "person,company"),
    Field.OCCUPANCY: ("自住,出租,空置", "occupied,let,vacant"),
}
_HINTS = {
    Field.ROOM: lazy_("The only column that has to be filled in: 1202, or 3-1-1202 with building and entrance."),
    Field.OWNER: lazy_("Several owners in one cell, apart by commas, or the second in a row of their own."),
    Field.OWNER_ID: lazy_("Only the last four signs are kept."),
    Field.HANDOVER: lazy_("The warranties of the home count from this day."),
    Field.OWNER_SINCE: lazy_("From this day on they are called, and sign, as its owner."),
    Field.DO_NOT_DISTURB: lazy_("Such as 12:00-14:00."),
}
_WIDTH = 16


@office.get("/roster/empty.xlsx")
@may(Act.IMPORT_ROSTER)
def empty_roster() -> Response:
    """The sheet, in the reader's language."""
    book, file, in_english = Workbook(), io.BytesIO(), current_locale() == "en"
    sheet = cast(Worksheet, book.active)
    sheet.title = _("Roster")
    for number, (field, headings) in enumerate(HEADINGS.items(), start=1):
        letter, head = get_column_letter(number), sheet.cell(1, number, headings[in_english])
        head.font = Font(bold=True)
        sheet.column_dimensions[letter].width = _WIDTH
        sheet.column_dimensions[letter].number_format = "@"  # 0301 stays 0301, and a telephone number what it is
        if field in _HINTS:
            head.comment = Comment(str(_HINTS[field]), "Doorstep")
        if field in CHOICES:
            choice = DataValidation("list", formula1=f'"{CHOICES[field][in_english]}"', allow_blank=True)
            choice.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
            sheet.add_data_validation(choice)
    sheet.freeze_panes = "A2"
    book.save(file)
    file.seek(0)
    name = "owner-roster.xlsx" if in_english else "业主名册.xlsx"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return send_file(file, mimetype=kind, as_attachment=True, download_name=name, max_age=0)
