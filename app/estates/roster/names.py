"""The names in a cell, one or several, of people and of companies."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

from app.estates.roster.cells import NOTHING, Misread, lines, says_nothing, text
from app.estates.roster.grid import Value
from app.estates.rules import PersonKind

_NO_OWNER = NOTHING | {"未售", "待售", "未出售", "空置", "未交付", "未领房", "unsold", "vacant"}


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
    """A company by the ending of its name, else a person."""
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
