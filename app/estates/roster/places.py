"""Where a unit is: building, entrance, floor and room from one cell or several, whichever way they are written."""

import re
from dataclasses import dataclass

from app.estates.roster.cells import Misread, says_nothing

_FIGURES = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_BUILDING_WORDS = "号楼|栋楼|幢楼|#楼|栋|幢|座|#"
_ENTRANCE_WORDS = "号单元|单元|号门|梯"
_TOKEN = re.compile(
    rf"(?P<value>[^\-/_.,\s]+?)\s*(?P<word>{_BUILDING_WORDS}|{_ENTRANCE_WORDS}|层|楼|号房|号|室|房间|房|户|$|(?=[\-/_.,\s]))"
)
_ENGLISH = (
    (re.compile(r"\b(?:building|bldg|block|tower)\.?\s*(?:no\.?\s*)?#?\s*([a-z0-9]+)", re.I), "building"),
    (re.compile(r"\b(?:entrance|stair(?:case|well)?)\.?\s*(?:no\.?\s*)?#?\s*([a-z0-9]+)", re.I), "entrance"),
    (re.compile(r"\b(?:floor|level)\.?\s*(?:no\.?\s*)?#?\s*([a-z0-9]+)", re.I), "floor"),
    (
        re.compile(r"\b(?:room|unit|flat|apartment|apt|suite)\.?\s*(?:no\.?\s*)?#?\s*([a-z0-9\-]+)", re.I),
        "room",
    ),
)
_SHORT = re.compile(r"\d{1,3}[A-Z]?|[A-Z]\d{0,2}")
_ENTRANCE_LIKE = re.compile(r"\d{1,2}|[A-Z甲乙丙丁]")
LONGEST = 20


@dataclass(frozen=True)
class Place:
    """What a cell says of a unit's place; None is what it leaves open."""

    building: str | None = None
    entrance: str | None = None
    floor: int | None = None
    number: str | None = None


def building_name(words: str) -> str:
    """`3栋`, `3#`, `３号楼`, `第三栋`, `03`, `Building 3` → `3`; `A座` → `A`; `东区3栋` → `东区3`."""
    bare = re.sub(r"^(?:building|bldg|block|tower)\b\.?\s*(?:no\.?)?\s*", "", words, flags=re.I)
    bare = re.sub(r"\s", "", bare)
    bare = re.sub(r"^[第#](?=.)", "", bare)
    bare = re.sub(rf"(?<=.)(?:{_BUILDING_WORDS}|楼栋|号|楼)$", "", bare)
    return _plain_number(bare)


def entrance_name(words: str) -> str:
    """`1单元`, `一单元`, `Entrance 1`, `01` → `1`; blank where there is only one."""
    if says_nothing(words):
        return ""
    bare = re.sub(r"^(?:entrance|stair(?:case|well)?|unit)\b\.?\s*(?:no\.?)?\s*", "", words, flags=re.I)
    bare = re.sub(r"\s", "", bare)
    bare = re.sub(r"^第(?=.)", "", bare)
    bare = re.sub(rf"(?<=.)(?:{_ENTRANCE_WORDS}|号|门)$", "", bare)
    return _plain_number(bare)


def floor_number(words: str) -> int | None:
    """`12`, `12层`, `12F`, `十二楼`, `12/33` → 12; `B1`, `地下1层`, `-1` → -1."""
    if says_nothing(words):
        return None
    bare = re.sub(r"\s", "", words).upper()
    bare = re.sub(r"^(?:第|FLOOR|LEVEL|L(?=\d))|(?:层|楼|/?F|FLOOR)$", "", bare)
    bare = re.sub(r"^(\d+)/\d+$", r"\1", bare)
    found = re.fullmatch(r"(地下|负|B|-)?(.{1,4})", bare)
    figures = _plain_number(found[2]) if found else ""
    if not found or not re.fullmatch(r"\d{1,3}", figures):
        raise Misread("roster:floor_unreadable", value=words)
    return -int(figures) if found[1] else int(figures)


def read_place(words: str, *, building_known: bool = False) -> Place:
    """`3-1-1202`, `3栋1单元1202室`, `3#1202`, `1202`, `Building 3, Entrance 1, Room 1202`.

    Of two figures without a word the first is the building, or the entrance where the building is known.
    """
    if english := _in_english(words):
        return english
    tokens = [(found["value"], found["word"].strip()) for found in _TOKEN.finditer(words.upper())]
    said: dict[str, str] = {}
    open_: list[str] = []
    for position, (value, word) in enumerate(tokens):
        last = position == len(tokens) - 1
        part = _part_of(word, first=position == 0, last=last)
        if part is None:
            open_.append(value)
        elif part in said:
            raise Misread("roster:place_unreadable", value=words)
        else:
            said[part] = value
    _place_the_rest(open_, said, words, building_known)
    return _place(said, words)


def floor_of(number: str) -> int | None:
    """The floor a room number tells: `1202` → 12, `0301` and `301` → 3."""
    if re.fullmatch(r"\d{3,4}", number) and int(number) // 100:
        return int(number) // 100
    return None


def room_number(words: str) -> str:
    """`1202室`, `Room 1202`, `1202 号` → `1202`."""
    bare = re.sub(r"^(?:room|unit|flat|apartment|apt|suite|no)\b\.?\s*(?:no\.?)?\s*#?", "", words, flags=re.I)
    bare = re.sub(r"\s", "", bare).upper()
    return re.sub(r"(?<=.)(?:号房|室|房间|房|户|号)$", "", bare)


def key(building: str, entrance: str, number: str) -> tuple[str, str, str]:
    """What makes two ways to write a unit the same one: a spreadsheet may have eaten the noughts of `0301`."""
    return building.casefold(), entrance.casefold(), number.lstrip("0").casefold() or number


def _in_english(words: str) -> Place | None:
    said = {part: found[1] for pattern, part in _ENGLISH if (found := pattern.search(words))}
    rest = words
    for pattern, _part in _ENGLISH:
        rest = pattern.sub(" ", rest)
    left = re.findall(r"[^\s,;\-/#]+", rest)
    if not said or len(left) > 1:
        return None
    if left:
        if "room" in said:
            return None
        said["room"] = left[0]
    return _place(said, words)


def _part_of(word: str, *, first: bool, last: bool) -> str | None:
    if word in _BUILDING_WORDS.split("|") or (word in {"号", "楼"} and first and not last):
        return "building"
    if word in _ENTRANCE_WORDS.split("|"):
        return "entrance"
    if word in {"层", "楼"}:
        return "floor"
    if word in {"室", "房间", "房", "户", "号房", "号"}:
        return "room"
    return None


def _place_the_rest(values: list[str], said: dict[str, str], words: str, building_known: bool) -> None:
    if values and "room" not in said:
        said["room"] = values.pop()
    if not values:
        return
    wanted = [part for part in ("building", "entrance") if part not in said]
    if building_known and len(values) == 1 and "building" in wanted:
        wanted.remove("building")
    if len(values) > len(wanted):
        raise Misread("roster:place_unreadable", value=words)
    if wanted[0] == "entrance" and not _ENTRANCE_LIKE.fullmatch(values[0]) and "building" not in said:
        said["room"] = "-".join([*values, said["room"]])  # a shop called S1-01
        return
    for part, value in zip(wanted, values, strict=False):
        said[part] = value


def _place(said: dict[str, str], words: str) -> Place:
    if "floor" in said and "room" not in said:
        raise Misread("roster:place_unreadable", value=words)
    number = room_number(said["room"]) if "room" in said else None
    return Place(
        building_name(said["building"]) if "building" in said else None,
        entrance_name(said["entrance"]) if "entrance" in said else None,
        floor_number(said["floor"]) if "floor" in said else None,
        number,
    )


def _plain_number(words: str) -> str:
    """Chinese figures as digits, no leading noughts, letters large."""
    if re.fullmatch(r"[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]", words):
        tens, ten, ones = words.partition("十")
        return str((_FIGURES.get(tens, 1) * 10 if ten else 0) + _FIGURES.get(ones if ten else tens, 0))
    if re.fullmatch(r"\d+[A-Za-z]?", words):
        return (words.lstrip("0") or "0").upper()
    return words.upper() if re.fullmatch(r"[A-Za-z0-9]+", words) else words
