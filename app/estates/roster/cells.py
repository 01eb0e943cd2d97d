"""What one cell says: text, phone numbers, days, areas, names, as people write them and spreadsheets bend them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from app.estates.roster.grid import Value
from app.estates.rules import Occupancy, PersonKind

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
_DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･"), "·")
_FOLD: dict[int, int | str] = {**_WIDE, **_DASHES, **_DOTS}
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]"
    "|_x000[dD]_"
)
_BLANKS = re.compile(r"[^\S\n]+")
_NOTHING = frozenset(
    {"", "-", "--", "---", "/", "\\", "无", "暂无", "没有", "不详", "未知", "空", "none", "n/a", "na", "nil"}
)
_NO_OWNER = _NOTHING | {"未售", "待售", "未出售", "空置", "未交付", "未领房", "unsold", "vacant"}


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
    return words.lower() in _NOTHING


# Phone numbers


@dataclass(frozen=True)
class Phones:
    """The numbers of a cell in its order, and what else stands beside them."""

    numbers: tuple[str, ...] = ()
    beside: str = ""


_MOBILE = re.compile(r"1[3-9]\d{9}")
_BETWEEN = re.compile(r"[、,;|\n]|(?<=\d)\s*/\s*(?=[\d+(])|(?<=\d)\s*(?:和|或|及|&)\s*(?=[\d+(])")
_CANDIDATE = re.compile(r"[+(]{0,2}\d[\d\s\-().*]*(?:(?:转|分机|ext\.?|x)\s*\d{1,6})?", re.I)
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x)\s*(\d{1,6})$", re.I)
_AREA_CODE = re.compile(r"(010|02\d|0[3-9]\d\d)(\d{7,8})")


def phone_numbers(value: Value) -> Phones:
    """Mobile numbers as 11 figures, others as `0571-88012345-801`, foreign ones as `+85291234567`."""
    words = lines(value)
    if says_nothing(words):
        return Phones()
    if isinstance(value, float) and not value.is_integer():
        raise Misread("roster:phone_unreadable", value=words)
    words = _written_out(words)

    numbers: list[str] = []
    beside: list[str] = []
    for piece in _BETWEEN.split(words):
        if re.search(r"\d\s*\*+\s*\d|\*{3}", piece):
            raise Misread("roster:phone_masked", value=words)
        numbers += _numbers_in(piece)
        beside.append(_CANDIDATE.sub(" ", piece))
    return Phones(tuple(dict.fromkeys(numbers)), _said("".join(beside)))


def _written_out(words: str) -> str:
    """`1.3812345678E+10` → `13812345678`; refused where figures were lost."""
    found = _SCIENTIFIC.fullmatch(words)
    if not found:
        return words
    first, rest, power = found[1], found[2] or "", int(found[3])
    if len(rest) < power - 1 or len(rest) > power:  # one final zero can be missing, more cannot be told from lost
        raise Misread("roster:phone_cut_off", value=words)
    return first + rest.ljust(power, "0")


def _numbers_in(piece: str) -> list[str]:
    numbers = []
    for found in _CANDIDATE.finditer(piece):
        candidate = found[0]
        apart = [_number(part) for part in candidate.split()]
        if len(apart) > 1 and all(apart):
            numbers += [number for number in apart if number]
            continue
        together = [_number(candidate)] if _number(candidate) else _run_together(candidate)
        if not together:
            raise Misread("roster:phone_unreadable", value=candidate.strip())
        numbers += [number for number in together if number]
    return numbers


def _run_together(candidate: str) -> list[str]:
    figures = re.sub(r"\D", "", candidate)
    parts = [figures[start : start + 11] for start in range(0, len(figures), 11)]
    return parts if len(parts) > 1 and all(_MOBILE.fullmatch(part) for part in parts) else []


def _number(candidate: str) -> str | None:
    """One number in its one form, or None."""
    candidate = candidate.strip()
    extension = _EXTENSION.search(candidate)
    main = candidate[: extension.start()] if extension else candidate
    parts = [part for part in re.split(r"[\s\-().]+", main) if part and part != "+"]
    figures = re.sub(r"\D", "", main)
    tail = extension[1] if extension else ""

    foreign = "+" in main or (figures.startswith("00") and len(figures) > 9)
    figures = figures.removeprefix("00") if foreign else figures
    if figures.startswith("86") and (foreign or (len(figures) == 13 and _MOBILE.fullmatch(figures[2:]))):
        figures, foreign = figures[2:], False
        if not _MOBILE.fullmatch(figures) and not figures.startswith("0"):
            figures = "0" + figures
    if foreign:
        return f"+{figures}" if 6 < len(figures) < 16 else None
    if _MOBILE.fullmatch(figures):
        return figures
    if not tail and len(parts) > 2 and len(parts[-1]) <= 6 and _AREA_CODE.fullmatch("".join(parts[:-1])):
        figures, tail = "".join(parts[:-1]), parts[-1]
    if found := _AREA_CODE.fullmatch(figures):
        return "-".join(part for part in (found[1], found[2], tail) if part)
    if re.fullmatch(r"[48]00\d{7}|[2-9]\d{6,7}", figures):
        return "-".join(part for part in (figures, tail) if part)
    return None


def _said(words: str) -> str:
    """What is left of a cell when its numbers are gone, without brackets and words for "phone"."""
    words = re.sub(
        r"(?:手机|电话|座机|固话|联系方式|tel|phone|mobile|mob|cell)\s*(?:号码|号)?\s*[:.]?",
        " ",
        words,
        flags=re.I,
    )
    return " ".join(re.sub(r"[()\[\]【】:：.+\-/*。]", " ", words).split())


# Days


_DAY = re.compile(r"(\d{4})\s*[-/.年\s]\s*(\d{1,2})\s*[-/.月\s]\s*(\d{1,2})\s*日?")
_EIGHT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_MONTH = re.compile(r"(\d{4})(?:\s*年\s*|[-/.])(\d{1,2})\s*月?")
_DAY_LAST = re.compile(r"(\d{1,2})[-/.\s](\d{1,2})[-/.\s](\d{4})")
_ENGLISH_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ENGLISH_DAY = re.compile(r"(?:(\d{1,2})[\s\-]+)?([a-z]{3})[a-z]*\.?[\s\-]+(?:(\d{1,2}),?[\s\-]+)?(\d{4})", re.I)


@dataclass(frozen=True)
class Day:
    """A day; `month_only` where only its month was given and it is the first of it."""

    day: date
    month_only: bool = False


def day(value: Value, epoch: datetime) -> Day | None:
    """A day from a date, a spreadsheet's day number, or any usual way to write one."""
    if isinstance(value, datetime):
        return Day(_sensible(value.date(), value))
    if isinstance(value, date):
        return Day(_sensible(value, value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Day(_from_number(value, epoch)) if not _looks_like_a_year(value) else _year_and_month(value)
    return _from_words(text(value))


def _from_number(value: int | float, epoch: datetime) -> date:
    if 19_000_000 < value < 21_010_000 and float(value).is_integer():
        found = _from_words(str(int(value)))
        if found:
            return found.day
    if not 1 <= value < 80_000:
        raise Misread("roster:date_unreadable", value=text(value))
    moment = from_excel(value, epoch)
    if not isinstance(moment, datetime):
        raise Misread("roster:date_unreadable", value=text(value))
    return _sensible(moment.date(), value)


def _looks_like_a_year(value: int | float) -> bool:
    return 1950 <= value < 2101


def _year_and_month(value: int | float) -> Day:
    """`2024.5` is May; `2024.1` can be January or an October that lost its nought."""
    year, _dot, month = text(value).partition(".")
    if month == "1":
        raise Misread("roster:date_ambiguous", value=text(value))
    if not month or len(month) > 2:
        raise Misread("roster:date_unreadable", value=text(value))
    return Day(_date(int(year), int(month), 1, text(value)), month_only=True)


def _from_words(words: str) -> Day | None:
    if says_nothing(words):
        return None
    words = re.sub(r"[\sT]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$", "", words)
    if found := _DAY.fullmatch(words) or _EIGHT.fullmatch(words):
        return Day(_date(int(found[1]), int(found[2]), int(found[3]), words))
    if found := _MONTH.fullmatch(words):
        return Day(_date(int(found[1]), int(found[2]), 1, words), month_only=True)
    if found := _DAY_LAST.fullmatch(words):
        return Day(_day_or_month_first(int(found[1]), int(found[2]), int(found[3]), words))
    if found := _ENGLISH_DAY.fullmatch(words):
        return _in_english(found, words)
    if re.fullmatch(r"\d{5}(\.\d+)?", words):
        return Day(_from_number(float(words), WINDOWS_EPOCH))
    raise Misread("roster:date_unreadable", value=words)


def _day_or_month_first(first: int, second: int, year: int, words: str) -> date:
    if first <= 12 and second <= 12 and first != second:
        raise Misread("roster:date_ambiguous", value=words)
    return _date(year, second, first, words) if second <= 12 else _date(year, first, second, words)


def _in_english(found: re.Match[str], words: str) -> Day:
    name, number = found[2].lower(), found[1] or found[3]
    if name not in _ENGLISH_MONTHS or (found[1] and found[3]):
        raise Misread("roster:date_unreadable", value=words)
    month = _ENGLISH_MONTHS.index(name) + 1
    return Day(_date(int(found[4]), month, int(number or 1), words), month_only=not number)


def _date(year: int, month: int, number: int, words: str) -> date:
    try:
        return _sensible(date(year, month, number), words)
    except ValueError as error:
        raise Misread("roster:date_unreadable", value=words) from error


def _sensible(found: date, value: Value) -> date:
    if not 1950 <= found.year <= 2100:
        raise Misread("roster:date_unreadable", value=text(value))
    return found


# Facts of a unit


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


# Names


@dataclass(frozen=True)
class Names:
    """The people or companies of a cell in its order, and what else stands beside them."""

    names: tuple[str, ...] = ()
    beside: str = ""


_COMPANY = re.compile(
    r"(?:公司|集团|银行|支行|分行|营业部|事务所|合作社|委员会|居委会|村委会|人民政府|街道办|管理局|分局|学校|小学|中学|大学|学院"
    r"|医院|幼儿园|协会|基金会|研究院|研究所|设计院|酒店|宾馆|商行|商店|超市|门市部|工作室|经营部|办事处|派出所|.{3}厂|.{2}中心)$"
    r"|\b(?:ltd|limited|inc|llc|plc|corp|corporation|gmbh|co|company|holdings|bank|pte)\.?$",
    re.I,
)
_CLEAR = re.compile(r"[、;/|\n]")
_AND = re.compile(r"([\u3400-\u9fff]{2,4})(?:和|与|及|暨)([\u3400-\u9fff]{2,4})")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff\uf900-\ufaff]+")
_COMPOUND = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "闾丘",
        "令狐",
        "呼延",
        "西门",
        "百里",
        "东郭",
        "轩辕",
    ]
)
LONGEST_NAME = 120


def is_company(name: str) -> bool:
    """Whether this is a company's name, by its ending: 公司, 厂, 中心, Ltd."""
    return bool(_COMPANY.search(re.sub(r"\((?:筹|筹建)\)$", "", name)))


def kind_of(name: str) -> PersonKind:
    return PersonKind.COMPANY if is_company(name) else PersonKind.PERSON


def names(value: Value) -> Names:
    """The names in a cell; several stand between 、 , / ; a line break, 和 or a blank."""
    words = lines(value)
    if text(value).lower() in _NO_OWNER:
        return Names()
    if isinstance(value, (int, float, date, time, timedelta)):
        raise Misread("roster:name_unreadable", value=text(value))
    found: list[str] = []
    beside: list[str] = []
    for piece in _CLEAR.split(words):
        for part in _parts(piece.strip(" ,·-")):
            name, remark = _one_name(part)
            beside.append(remark)
            if name:
                found.append(name)
    return Names(tuple(dict.fromkeys(found)), " ".join(part for part in beside if part))


def _parts(piece: str) -> list[str]:
    if not piece or is_company(piece):
        return [piece]
    if "," in piece:
        parts = [part.strip() for part in piece.split(",") if part.strip()]
        # "Smith, John" is one man; "John Smith, Mary Smith" and 张三,李四 are two.
        if all(_HAN.search(part) or " " in part for part in parts):
            return [name for part in parts for name in _parts(part)]
        return [piece]
    if found := _AND.fullmatch(piece):
        return [found[1], found[2]]
    if re.search(r"[A-Za-z]", piece):
        sides = re.split(r"\s+(?:and|&)\s+", piece, flags=re.I)
        return sides if len(sides) > 1 and all(" " in side for side in sides) else [piece]
    words = re.sub(r"\(.*?\)", "", piece).split()
    if len(words) > 1 and all(_HAN.fullmatch(word) and 2 <= len(word) <= 4 for word in words):
        return [piece.replace(" ", "")] if words[0] in _COMPOUND else words
    return [piece]


def _one_name(part: str) -> tuple[str, str]:
    """A name without what stands in brackets; of companies brackets are part of the name."""
    if not part:
        return "", ""
    if is_company(part):
        name, remark = part, ""
    else:
        remark = " ".join(re.findall(r"\((.*?)\)", part))
        name = re.sub(r"\(.*?\)", "", part).strip(" ()·-")
    if re.search(_HAN, name) and not re.search(r"[A-Za-z]", name):
        name = name.replace(" ", "")
    if says_nothing(name):
        return "", remark
    if not re.search(r"[^\W\d_]", name) or (re.search(r"\d{5}", name) and not is_company(name)):
        raise Misread("roster:name_unreadable", value=part)
    return name, remark


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
