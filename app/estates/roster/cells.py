"""What one cell says: clean text, and the facts of a unit that stand in a cell of their own."""

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from app.estates.roster.grid import Value
from app.estates.rules import Occupancy

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
_DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･"), "·")
_FOLD: dict[int, int | str] = {**_WIDE, **_DASHES, **_DOTS}
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]"
    "|_x000[dD]_"
)
_BLANKS = re.compile(r"[^\S\n]+")
NOTHING = frozenset(
    {"", "-", "--", "---", "/", "\\", "无", "暂无", "没有", "不详", "未知", "空", "none", "n/a", "na", "nil"}
)


class Misread(ValueError):
    """A cell says something that its column cannot mean."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def text(value: Value) -> str:
    """A cell as one line: full-width figures and letters folded, unseen signs gone, blanks single.

    `1202.0` is `1202`; a day is `2024-05-18`.
    """
    if isinstance(value, str) and value.isascii() and value.isprintable() and "_x" not in value:
        return _whole(" ".join(value.split()))
    return " ".join(lines(value).split())


def lines(value: Value) -> str:
    """Like `text`, but with the cell's own line breaks."""
    if value is None:
        return ""
    if isinstance(value, str):
        folded = _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n").translate(_FOLD))
        return _whole(_BLANKS.sub(" ", folded).strip())
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return _figure(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _whole(words: str) -> str:
    """`1202.0`, as a program writes numbers into text, is `1202`."""
    return words[:-2] if words.endswith(".0") and words[:-2].isdecimal() else words


def _figure(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10g}"


def says_nothing(words: str) -> bool:
    """Whether a cell is blank or says so: 无, —, N/A."""
    return words.lower() in NOTHING


def area(value: Value) -> str | None:
    """Square metres as they are kept: `98.6`, at most two decimals."""
    words = text(value)
    if says_nothing(words):
        return None
    bare = re.sub(r"\s*(?:㎡|m²|m2|m\^2|平方米|平方公尺|平米|平方|平|sqm|sq\.? ?m\.?)$", "", words, flags=re.I)
    bare = re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", bare)
    try:
        metres = Decimal(bare)
    except InvalidOperation:
        raise Misread("roster:area_unreadable", value=words) from None
    if not metres.is_finite() or not 0 < metres < 100_000:
        raise Misread("roster:area_unreadable", value=words)
    rounded = metres.quantize(Decimal("0.01")).normalize()
    if rounded <= 0:
        raise Misread("roster:area_unreadable", value=words)
    return f"{rounded:f}"


_OCCUPANCY = {
    Occupancy.OWNER: (
        "自住 业主自住 已入住 入住 常住 居住 在住 已装修入住 是 "
        "owner owner-occupied owneroccupied occupied lived-in yes"
    ),
    Occupancy.LET: "出租 已出租 租住 租赁 租用 出租中 租户 let rented leased tenant tenanted",
    Occupancy.VACANT: (
        "空置 未入住 空房 闲置 空 毛坯 未装修 装修 装修中 在装修 待售 未售 未交付 否 vacant empty unsold no"
    ),
}
_OCCUPANCY_OF = {word: state for state, words in _OCCUPANCY.items() for word in words.split()}


def occupancy(value: Value) -> Occupancy | None:
    """Who lives there. A flat being fitted out is vacant."""
    words = text(value).lower().replace(" ", "")
    if words in _OCCUPANCY_OF:
        return _OCCUPANCY_OF[words]
    if says_nothing(words):
        return None
    raise Misread("roster:occupancy_unknown", value=text(value))


def care_notes(value: Value) -> tuple[str, ...]:
    """`独居老人、行动不便` → both."""
    parts = (part.strip() for part in re.split(r"[、,;/\n]", lines(value)))
    return tuple(dict.fromkeys(part for part in parts if not says_nothing(part)))


def id_last4(value: Value) -> str | None:
    """The last four signs of an identity number, the only ones that are ever kept."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= 1e15:
        raise Misread("roster:id_lost")  # a spreadsheet's numbers carry 15 figures
    words = re.sub(r"[\s\-]", "", text(value)).upper()
    if says_nothing(words):
        return None
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", words):
        raise Misread("roster:id_lost")
    found = re.fullmatch(r"[A-Z0-9*()]*?([0-9]{3}[0-9XA-Z])\)?", words)
    if not found or len(words) > 30:
        raise Misread("roster:id_unreadable")
    return found[1]
