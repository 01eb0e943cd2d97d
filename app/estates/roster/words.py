"""Why a row stands as it does, and what the import says about it: a code and values, put into words when shown."""

from dataclasses import dataclass

from app.core.i18n import lazy_

WORDS = {
    # rows that are no unit
    "roster:above_headings": lazy_("Above the headings"),
    "roster:headings": lazy_("The headings"),
    "roster:headings_again": lazy_("The headings again"),
    "roster:blank": lazy_("Blank"),
    "roster:only_serial": lazy_("Only a running number"),
    "roster:total": lazy_("A total"),
    "roster:remark": lazy_("A remark: %(value)s"),
    "roster:section": lazy_("The title of a section: %(value)s. Taken as the building of the rows below."),
    "roster:repeated": lazy_("Says nothing that row %(row)s does not say"),
    # rows that are refused
    "roster:no_building": lazy_("No building"),
    "roster:no_room": lazy_("No room number"),
    "roster:place_unreadable": lazy_("“%(value)s” cannot be read as a room"),
    "roster:place_differs": lazy_("“%(value)s” stands in another building or entrance than this row says (%(other)s)"),
    "roster:date_in_place": lazy_(
        "The spreadsheet turned “%(heading)s” into a date. Format the column as text and type it again."
    ),
    "roster:cell_error": lazy_("“%(heading)s” holds no value but an error: %(value)s"),
    "roster:formula_unsaved": lazy_(
        "“%(heading)s” holds a formula without its result. Open the file in a spreadsheet program and save it."
    ),
    "roster:too_long": lazy_("“%(heading)s” is longer than %(limit)s characters"),
    "roster:phone_unreadable": lazy_("“%(value)s” is no phone number"),
    "roster:phone_cut_off": lazy_("The spreadsheet cut this number off: %(value)s"),
    "roster:phone_masked": lazy_("“%(value)s” hides digits of the phone number"),
    "roster:phones_unmatched": lazy_("Names: %(names)s, phone numbers: %(phones)s. Whose is whose?"),
    "roster:phone_without_name": lazy_("A phone number (%(heading)s) but no name"),
    "roster:name_unreadable": lazy_("“%(value)s” is no name"),
    "roster:kind_differs": lazy_("“%(value)s” is called a person here, but it is a company's name"),
    "roster:date_unreadable": lazy_("“%(value)s” is no date"),
    "roster:date_ambiguous": lazy_("“%(value)s” can be read as two dates"),
    "roster:date_in_future": lazy_("“%(heading)s” lies in the future: %(value)s"),
    "roster:area_unreadable": lazy_("“%(value)s” is no area"),
    "roster:floor_unreadable": lazy_("“%(value)s” is no floor"),
    "roster:occupancy_unknown": lazy_("“%(value)s” is none of: lived in by the owner, let, vacant"),
    "roster:rows_contradict": lazy_("Rows %(rows)s contradict each other for this unit: %(heading)s"),
    "roster:people_contradict": lazy_("Rows %(rows)s contradict each other for this person: %(heading)s"),
    "roster:row_of_unit_refused": lazy_("Stands or falls with row %(rows)s of the same unit"),
    "roster:unit_ambiguous": lazy_("This can be any of these units: %(value)s"),
    "roster:entrance_missing": lazy_("Which entrance? This building has: %(value)s"),
    "roster:entrance_unlike": lazy_("The estate knows building %(value)s without entrances"),
    # remarks on rows that are taken
    "roster:from_above": lazy_("%(heading)s taken from above: %(value)s"),
    "roster:from_sheet": lazy_("Building taken from the name of the sheet: %(value)s"),
    "roster:month_only": lazy_("Only a month is given (%(heading)s): taken as its first day"),
    "roster:id_lost": lazy_("The identity number was stored as a number and has lost its last digits: not taken"),
    "roster:id_unreadable": lazy_("The identity number cannot be read: not taken"),
    "roster:left_out": lazy_("Not taken from “%(heading)s”: %(value)s"),
    "roster:phone_shared": lazy_("One phone number for several people: noted for each"),
    "roster:known_as": lazy_("Known as %(value)s"),
    "roster:since_kept": lazy_("Owner since %(value)s as far as is known: not changed"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence about a row. Its code is stable; its values are what stands in the file."""

    code: str
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return str(WORDS[self.code]) % dict(self.values)


def reason(code: str, **values: object) -> Reason:
    """`reason("roster:repeated", row=7)`."""
    return Reason(code, tuple((name, _short(str(value))) for name, value in sorted(values.items())))


def _short(value: str) -> str:
    return value if len(value) <= 80 else value[:79] + "…"
