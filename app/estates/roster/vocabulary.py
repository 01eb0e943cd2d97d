"""The words of headings in Chinese and English, and what each of them means."""

import enum
import re
from collections.abc import Callable
from dataclasses import dataclass


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
FIELD_OF: dict[tuple[Personal, Whose], Field] = {
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

_CHINESE_FIELDS = [(re.compile(pattern), field) for pattern, field in _CHINESE]
_CHINESE_OF_PEOPLE = [(re.compile(pattern), personal) for pattern, personal in _CHINESE_PERSONAL]
_CHINESE_OWNERS = [(re.compile(pattern), whose) for pattern, whose in _CHINESE_WHOSE]
_ENGLISH_FIELDS = {word: field for field, words in _ENGLISH.items() for word in words.split("|")}
_ENGLISH_OF_PEOPLE = {word: personal for personal, words in _ENGLISH_PERSONAL.items() for word in words.split("|")}
_ENGLISH_OWNERS = [(re.compile(rf"(?:{pattern})s?"), whose) for pattern, whose in _ENGLISH_WHOSE]

KINDS = {
    **dict.fromkeys(("个人", "自然人", "私人", "person", "individual", "private"), "person"),
    **dict.fromkeys(("公司", "企业", "单位", "法人", "机构", "company", "corporate", "business"), "company"),
}
"""What a column about the kind of owner may say."""


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


def whose_group(group: str) -> Whose | None:
    """Whose data stands under a heading that spans several columns (`业主信息`); nobody's if it names none."""
    chinese = "".join(re.findall(r"[\u4e00-\u9fff]", group))
    english = "".join(re.findall(r"[a-z]", group.lower()))
    for pattern, whose in _CHINESE_OWNERS:
        if pattern.match(chinese):
            return whose
    for pattern, whose in _ENGLISH_OWNERS:
        if pattern.match(english):
            return whose
    return None
