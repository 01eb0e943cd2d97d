"""Which row holds the headings, and which column means what, in Chinese or English."""

import enum
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from openpyxl.utils import get_column_letter

from app.estates.roster.cells import text
from app.estates.roster.grid import Grid, Row

SEARCHED_ROWS = 40
LONGEST_HEADING = 40


class Field(enum.Enum):
    """What a column can tell."""

    BUILDING = "building"
    ENTRANCE = "entrance"
    FLOOR = "floor"
    ROOM = "room"
    PLACE = "place"
    AREA = "area"
    LAYOUT = "layout"
    HANDOVER = "handover"
    OCCUPANCY = "occupancy"
    CARE = "care"
    DO_NOT_DISTURB = "do_not_disturb"
    REMARKS = "remarks"
    OWNER = "owner"
    OWNER_PHONE = "owner_phone"
    OWNER_ID = "owner_id"
    OWNER_KIND = "owner_kind"
    OWNER_SINCE = "owner_since"
    LEGAL_REPRESENTATIVE = "legal_representative"
    LICENCE = "licence"
    CO_OWNER = "co_owner"
    CO_OWNER_PHONE = "co_owner_phone"
    CO_OWNER_ID = "co_owner_id"
    TENANT = "tenant"
    TENANT_PHONE = "tenant_phone"
    TENANT_ID = "tenant_id"


class Whose(enum.Enum):
    """Whose name, phone or identity number a column holds. Nobody keeps those of `OTHER`."""

    OWNER = "owner"
    CO_OWNER = "co_owner"
    TENANT = "tenant"
    OTHER = "other"


class Personal(enum.Enum):
    """What a column tells of a person, whoever that is."""

    NAME = "name"
    PHONE = "phone"
    ID = "id"
    KIND = "kind"


@dataclass(frozen=True)
class Meaning:
    """What a heading says: a field, or something personal of somebody, perhaps not said of whom."""

    field: Field | None = None
    personal: Personal | None = None
    whose: Whose | None = None


@dataclass(frozen=True)
class Column:
    """A column that is used. `index` counts from 0, `letter` is the spreadsheet's."""

    index: int
    letter: str
    heading: str
    field: Field


@dataclass(frozen=True)
class Unused:
    """A column with a heading that means nothing to the import."""

    letter: str
    heading: str


@dataclass(frozen=True)
class Headings:
    """The heading rows (from 0, one or two) and what stands under them."""

    rows: tuple[int, ...]
    columns: tuple[Column, ...]
    unused: tuple[Unused, ...]

    @property
    def used(self) -> tuple[int, ...]:
        return tuple(column.index for column in self.columns)

    @cached_property
    def words(self) -> tuple[tuple[int, frozenset[str]], ...]:
        """For each column that is used, what its heading says: whole, and each of its two rows."""
        return tuple((column.index, frozenset(_parts(column.heading))) for column in self.columns)

    def of(self, field: Field) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.field is field)

    def has(self, *fields: Field) -> bool:
        return any(column.field in fields for column in self.columns)


# Chinese headings, matched whole after blanks, signs, figures and what stands in brackets are taken away.
_NUMBER = "(?:号码|编号|名称|代码|号|名)?"
_DATE = "(?:日期|时间|日)?"
_CHINESE: tuple[tuple[str, Field], ...] = (
    (rf"(?:所在|房屋|所属)?(?:楼栋|栋座|楼幢|幢座|楼宇|楼座|号楼|大楼|楼|栋|幢|座){_NUMBER}", Field.BUILDING),
    (rf"(?:所在|房屋|所属)?(?:单元|单元门|门洞|梯|门){_NUMBER}", Field.ENTRANCE),
    (r"(?:所在|房屋)?(?:楼层|层|层号|楼层号)", Field.FLOOR),
    (rf"(?:房间|房屋|住房|房|室|户|门牌|铺位|商铺){_NUMBER}", Field.ROOM),
    (r"(?:房屋|房产|物业|所在|详细)?(?:地址|坐落|位置|房源|房产)|房屋信息|门牌地址", Field.PLACE),
    (r"(?:楼栋|栋|幢|楼|座|楼号)?(?:号)?单元(?:号)?(?:房间|房|室|户)(?:号)?", Field.PLACE),
    (r"(?:楼栋|栋|幢|楼|座)(?:号)?(?:房间|房|室)(?:号)?", Field.PLACE),
    (r"(?:建筑|产权|房屋|房产|登记|房产证)?面积|建面", Field.AREA),
    (r"(?:房屋)?(?:户型|房型)(?:结构)?", Field.LAYOUT),
    (rf"(?:房屋|实际|合同)?(?:交付|交房|交楼|收房|接房|收楼|移交){_DATE}", Field.HANDOVER),
    (
        r"(?:入住|居住|房屋|使用|房屋使用|当前)(?:状态|情况|现状|状况|性质)|房态|是否入住|入住",
        Field.OCCUPANCY,
    ),
    (r"(?:重点)?(?:关怀|关爱|特殊|特殊人群|重点关注)(?:情况|对象|备注|事项|说明|标签)?", Field.CARE),
    (r"(?:免打扰|勿扰|请勿打扰)(?:时间|时段)?", Field.DO_NOT_DISTURB),
    (r"备注|备注说明|说明|备注信息|其他说明", Field.REMARKS),
    (rf"(?:购房|取得|产权取得|产权登记|过户|签约|购买){_DATE}", Field.OWNER_SINCE),
    (r"(?:企业|公司)?(?:法人代表|法定代表人|法人|法人姓名|法人代表姓名)", Field.LEGAL_REPRESENTATIVE),
    (r"(?:统一)?(?:社会)?信用代码|统一社会信用代码证?|营业执照(?:号码|号)?|执照号", Field.LICENCE),
)
_CHINESE_PERSONAL: tuple[tuple[str, Personal], ...] = (
    (r"姓名|名称|名字|名|户名", Personal.NAME),
    (
        r"(?:常用|备用|其他|移动|固定|本人|第一|第二)?(?:联系)?(?:电话|手机|方式|座机|固话)(?:电话|号码|号)?",
        Personal.PHONE,
    ),
    (r"(?:居民)?(?:身份证|身份证件|证件)(?:号码|号|编号)?", Personal.ID),
    (r"类型|性质|类别|主体类型", Personal.KIND),
)
_CHINESE_WHOSE: tuple[tuple[str, Whose], ...] = (
    (
        r"(?:共同产权人|共有产权人|其他产权人|第二产权人|产权共有人|共有人|共同业主|第二业主|配偶)",
        Whose.CO_OWNER,
    ),
    (r"(?:业主|产权人|房主|户主|客户|住户|权利人|买受人|购房人|产权单位|产权)", Whose.OWNER),
    (r"(?:租户|租客|承租人|租赁人|承租方|使用人|租住人)", Whose.TENANT),
    (r"(?:紧急联系人?|紧急|法人代表|法定代表人|法人|家庭成员|家属|同住人|经办人|联系人|管家)", Whose.OTHER),
)

# English headings, letters only.
_ENGLISH: dict[Field, str] = {
    Field.BUILDING: "building|bldg|block|tower|buildingno|buildingnumber|buildingname|bldgno|blockno|towerno",
    Field.ENTRANCE: "entrance|entranceno|stair|staircase|stairwell|stairs|doorway|core",
    Field.FLOOR: "floor|level|storey|story|floorno|fl",
    Field.ROOM: "room|roomno|roomnumber|unit|unitno|unitnumber|flat|flatno|apartment|apartmentno|apartmentnumber"
    "|apt|aptno|suite|door|doorno|unitid|house|houseno|housenumber|home",
    Field.PLACE: "address|place|property|location|unitaddress|propertyaddress|unitcode",
    Field.AREA: "area|floorarea|grossarea|builtarea|builtuparea|gfa|size|areasqm|areasqmeters|sqm|grossfloorarea",
    Field.LAYOUT: "layout|unittype|roomtype|housetype|apartmenttype",
    Field.HANDOVER: "handover|handoverdate|handoveron|deliverydate|dateofhandover|possessiondate|deliveredon",
    Field.OCCUPANCY: "occupancy|occupancystatus|status|occupied|occupation|livingstatus|unitstatus",
    Field.CARE: "care|carenotes|carenote|specialcare|specialneeds",
    Field.DO_NOT_DISTURB: "donotdisturb|dnd|quiethours",
    Field.REMARKS: "remark|remarks|note|notes|comment|comments",
    Field.OWNER_SINCE: "ownersince|ownedsince|purchasedate|dateofpurchase|ownershipdate|purchasedon|ownedfrom",
    Field.LEGAL_REPRESENTATIVE: "legalrepresentative|legalrep|legalperson|representative",
    Field.LICENCE: "licence|license|licenceno|licenseno|businesslicence|businesslicense|creditcode|registrationno"
    "|businesslicenceno|businesslicenseno|companyregistrationno",
}
_ENGLISH_PERSONAL: dict[Personal, str] = {
    Personal.NAME: "name|names|fullname",
    Personal.PHONE: "phone|phones|phoneno|phonenumber|tel|telno|telephone|telephoneno|telephonenumber|mobile|mobileno"
    "|mobilenumber|mobilephone|cell|cellphone|contact|contactno|contactnumber|contactphone|otherphone|homephone",
    Personal.ID: "id|idno|idnumber|idcard|idcardno|passport|passportno|identity|identityno|identitynumber",
    Personal.KIND: "type|kind|category",
}
_ENGLISH_WHOSE: tuple[tuple[str, Whose], ...] = (
    (r"co-?owner|jointowner|secondowner|otherowner|spouse", Whose.CO_OWNER),
    (r"owner|proprietor|landlord|client|resident|householder", Whose.OWNER),
    (r"tenant|lessee|renter|occupant|occupier", Whose.TENANT),
    (r"emergency|emergencycontact|familymember|agent|contactperson", Whose.OTHER),
)
_FIELD_OF: dict[tuple[Personal, Whose], Field] = {
    (Personal.NAME, Whose.OWNER): Field.OWNER,
    (Personal.PHONE, Whose.OWNER): Field.OWNER_PHONE,
    (Personal.ID, Whose.OWNER): Field.OWNER_ID,
    (Personal.KIND, Whose.OWNER): Field.OWNER_KIND,
    (Personal.NAME, Whose.CO_OWNER): Field.CO_OWNER,
    (Personal.PHONE, Whose.CO_OWNER): Field.CO_OWNER_PHONE,
    (Personal.ID, Whose.CO_OWNER): Field.CO_OWNER_ID,
    (Personal.NAME, Whose.TENANT): Field.TENANT,
    (Personal.PHONE, Whose.TENANT): Field.TENANT_PHONE,
    (Personal.ID, Whose.TENANT): Field.TENANT_ID,
}
_SEVERAL = frozenset({Field.OWNER_PHONE, Field.CO_OWNER_PHONE, Field.TENANT_PHONE})
"""Fields that may stand in more than one column; of all others the first column counts."""

_CHINESE_FIELDS = [(re.compile(pattern), field) for pattern, field in _CHINESE]
_CHINESE_OF_PEOPLE = [(re.compile(pattern), personal) for pattern, personal in _CHINESE_PERSONAL]
_CHINESE_OWNERS = [(re.compile(pattern), whose) for pattern, whose in _CHINESE_WHOSE]
_ENGLISH_FIELDS = {word: field for field, words in _ENGLISH.items() for word in words.split("|")}
_ENGLISH_OF_PEOPLE = {word: personal for personal, words in _ENGLISH_PERSONAL.items() for word in words.split("|")}
_ENGLISH_OWNERS = [(re.compile(rf"(?:{pattern})s?"), whose) for pattern, whose in _ENGLISH_WHOSE]


def find_headings(grid: Grid) -> Headings | None:
    """The headings of a sheet: the row, or the two rows, by which most columns are understood.

    None where no row among the first names a room and at least one thing more.
    """
    rows = [_heading_texts(row) for row in grid.rows[: SEARCHED_ROWS + 1]]
    best: Headings | None = None
    for index, row in enumerate(rows):
        below = rows[index + 1] if index + 1 < len(rows) else []
        for found in (_headings(grid, (index,), row), _two_rows(grid, index, row, below)):
            if found and (best is None or _clearness(found) > _clearness(best)):
                best = found
    return best


def _clearness(headings: Headings) -> tuple[int, int]:
    """More columns are better, and of equals one row is better than two."""
    return len(headings.columns), -len(headings.rows)


def nearest_miss(grid: Grid) -> tuple[str, ...]:
    """The headings of the row that comes nearest to being one, where `find_headings` found none."""
    rows = [_heading_texts(row) for row in grid.rows[:SEARCHED_ROWS]]
    understood = [[heading for heading in row if meaning(heading)] for row in rows]
    best = max(understood, key=len, default=[])
    return tuple(best) if len(best) > 1 else ()


def repeats(headings: Headings, texts: Sequence[str]) -> bool:
    """Whether a row below says the headings once more."""
    told = [(words, texts[index]) for index, words in headings.words if index < len(texts) and texts[index]]
    same = sum(1 for words, value in told if _bare(value) in words)
    return same >= 2 and same * 2 > len(told)


def meaning(heading: str) -> Meaning | None:
    """What one heading says by itself: its Chinese words first, then its English ones."""
    bare = re.sub(r"[(\[【{].*?[)\]】}]", "", heading.lower())
    chinese = "".join(re.findall(r"[\u4e00-\u9fff]", bare))
    english = "".join(re.findall(r"[a-z]", bare))
    return (_in_chinese(chinese) if chinese else None) or (_in_english(english) if english else None)


def _in_chinese(words: str) -> Meaning | None:
    words = words.removesuffix("必填").removesuffix("选填")
    for pattern, field in _CHINESE_FIELDS:
        if pattern.fullmatch(words):
            return Meaning(field=field)
    for pattern, personal in _CHINESE_OF_PEOPLE:
        if pattern.fullmatch(words):
            return Meaning(personal=personal)
    for pattern, whose in _CHINESE_OWNERS:
        if found := pattern.match(words):
            return _of_somebody(words[found.end() :], whose, _in_chinese)
    return None


def _in_english(words: str) -> Meaning | None:
    if words in _ENGLISH_FIELDS:
        return Meaning(field=_ENGLISH_FIELDS[words])
    if words in _ENGLISH_OF_PEOPLE:
        return Meaning(personal=_ENGLISH_OF_PEOPLE[words])
    for pattern, whose in _ENGLISH_OWNERS:
        if found := pattern.match(words):
            return _of_somebody(words[found.end() :], whose, _in_english)
        if words.removeprefix("nameof") != words and pattern.fullmatch(words.removeprefix("nameof")):
            return Meaning(personal=Personal.NAME, whose=whose)
    return None


def _of_somebody(rest: str, whose: Whose, read: Callable[[str], Meaning | None]) -> Meaning | None:
    if not rest:
        return Meaning(personal=Personal.NAME, whose=whose)
    said = read(rest)
    if said is None or said.whose is not None:
        return None
    return Meaning(personal=said.personal, whose=whose) if said.personal else said


def _headings(grid: Grid, rows: tuple[int, ...], texts: Sequence[str]) -> Headings | None:
    meanings = [meaning(heading) if heading else None for heading in texts]
    return _resolved(grid, rows, texts, meanings)


def _two_rows(grid: Grid, index: int, above: list[str], below: list[str]) -> Headings | None:
    """A row of groups (业主信息) over a row of headings (姓名, 电话)."""
    if sum(1 for heading in below if heading and meaning(heading)) < 2:
        return None
    width = max(len(above), len(below))
    above, below = above + [""] * (width - len(above)), below + [""] * (width - len(below))
    texts: list[str] = []
    meanings: list[Meaning | None] = []
    group = ""
    for upper, lower in zip(above, below, strict=True):
        # A group's name stands over its first column only where cells were merged before the file became text.
        group = upper or (group if lower else "")
        texts.append(" ".join(dict.fromkeys(part for part in (group, lower) if part)))
        meanings.append(_of_group(group, lower))
    return _resolved(grid, (index, index + 1), texts, meanings)


def _of_group(group: str, heading: str) -> Meaning | None:
    if not group or not heading or group == heading:
        return meaning(heading or group) if heading or group else None
    said = meaning(heading)
    if said is None:
        return meaning(group + heading)
    if said.personal and said.whose is None and (whose := _whose(group)):
        return Meaning(personal=said.personal, whose=whose)
    return said


def _whose(group: str) -> Whose | None:
    chinese = "".join(re.findall(r"[\u4e00-\u9fff]", group))
    english = "".join(re.findall(r"[a-z]", group.lower()))
    for pattern, whose in _CHINESE_OWNERS:
        if pattern.match(chinese):
            return whose
    for pattern, whose in _ENGLISH_OWNERS:
        if pattern.match(english):
            return whose
    return None


def _resolved(
    grid: Grid, rows: tuple[int, ...], texts: Sequence[str], meanings: Sequence[Meaning | None]
) -> Headings | None:
    fields = _fields(meanings)
    fields = _one_column_each(fields)
    fields = _unit_or_entrance(grid, rows, fields)
    fields = _only_a_kind_of_owner(grid, rows, fields)
    columns = tuple(
        Column(index, get_column_letter(index + 1), texts[index], field)
        for index, field in enumerate(fields)
        if field is not None
    )
    found = Headings(rows, columns, _unused(grid, rows, texts, fields))
    return found if found.has(Field.ROOM, Field.PLACE) and len(columns) > 1 else None


def _fields(meanings: Sequence[Meaning | None]) -> list[Field | None]:
    """The field of each column; what is not said of whom belongs to whoever was named last before it."""
    unsaid = [said.personal for said in meanings if said and said.personal and said.whose is None]
    said_phone = any(said and said.personal is Personal.PHONE and said.whose is Whose.OWNER for said in meanings)
    owner_named = any(
        said and said.personal is Personal.NAME and said.whose in {None, Whose.OWNER} for said in meanings
    )
    whose = Whose.OWNER
    fields: list[Field | None] = []
    for said in meanings:
        if said is None or said.personal is None:
            fields.append(said.field if said else None)
            continue
        whose = said.whose or whose
        only_one = unsaid.count(said.personal) == 1 and owner_named
        to_the_owner = said.whose is None and only_one and not (said.personal is Personal.PHONE and said_phone)
        fields.append(_FIELD_OF.get((said.personal, Whose.OWNER if to_the_owner else whose)))
    return fields


def _one_column_each(fields: Iterable[Field | None]) -> list[Field | None]:
    seen: set[Field] = set()
    kept: list[Field | None] = []
    for field in fields:
        again = field in seen and field not in _SEVERAL
        kept.append(None if again else field)
        if field is not None:
            seen.add(field)
    return kept


def _unit_or_entrance(grid: Grid, rows: tuple[int, ...], fields: list[Field | None]) -> list[Field | None]:
    """单元 is an entrance, except where no other column names the room and room numbers stand below."""
    if Field.ROOM in fields or Field.PLACE in fields or Field.ENTRANCE not in fields:
        return fields
    index = fields.index(Field.ENTRANCE)
    values = _values_below(grid, rows, index)
    rooms = [value for value in values if re.search(r"\d{3}", value)]
    if len(rooms) * 2 <= len(values):
        return fields
    return [Field.ROOM if at == index else field for at, field in enumerate(fields)]


def _only_a_kind_of_owner(grid: Grid, rows: tuple[int, ...], fields: list[Field | None]) -> list[Field | None]:
    """类型 can be the kind of flat as well: its values tell."""
    if Field.OWNER_KIND not in fields:
        return fields
    index = fields.index(Field.OWNER_KIND)
    values = _values_below(grid, rows, index)
    kinds = [value for value in values if value.lower() in KINDS]
    if values and len(kinds) * 2 > len(values):
        return fields
    return [None if at == index else field for at, field in enumerate(fields)]


KINDS = {
    **dict.fromkeys(("个人", "自然人", "私人", "person", "individual", "private"), "person"),
    **dict.fromkeys(("公司", "企业", "单位", "法人", "机构", "company", "corporate", "business"), "company"),
}
"""What a column about the kind of owner may say."""


def _values_below(grid: Grid, rows: tuple[int, ...], index: int) -> list[str]:
    below = grid.rows[rows[-1] + 1 : rows[-1] + 101]
    values = (text(row[index]) for row in below if index < len(row))
    return [value for value in values if value]


def _unused(
    grid: Grid, rows: tuple[int, ...], texts: Sequence[str], fields: Sequence[Field | None]
) -> tuple[Unused, ...]:
    width = max((len(row) for row in grid.rows), default=0)
    told = [texts[index] if index < len(texts) else "" for index in range(width)]
    return tuple(
        Unused(get_column_letter(index + 1), heading)
        for index, heading in enumerate(told)
        if (index >= len(fields) or fields[index] is None) and (heading or _values_below(grid, rows, index))
    )


def _heading_texts(row: Row) -> list[str]:
    texts = [text(value) for value in row]
    return [value if len(value) <= LONGEST_HEADING else "" for value in texts]


def _bare(heading: str) -> str:
    return re.sub(r"\W", "", heading.lower())


def _parts(heading: str) -> set[str]:
    return {_bare(part) for part in (heading, *heading.split(" "))} - {""}
