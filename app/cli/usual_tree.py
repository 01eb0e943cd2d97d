"""The departments and the two-level tree of categories with which an estate begins; its settings change them."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.core.journal import By
from app.estates.file_rules import Part
from app.estates.models import Estate
from app.estates.rules import LIABLE, Profile
from app.issues.actions import open_category
from app.issues.models import Category
from app.people.actions import open_department
from app.people.models import Department
from app.people.rules import Liable


class _Department(NamedTuple):
    """`alone`: what it is called where the property management company works alone (profile B)."""

    code: str
    zh: str
    en: str
    liable: Liable = Liable.PROPERTY
    repairs: bool = False
    alone: tuple[str, str] | None = None

    def names(self, profile: Profile) -> tuple[str, str]:
        return self.alone if self.alone and profile is Profile.B else (self.zh, self.en)


class _Kind(NamedTuple):
    """A category; the children of a group go to its department unless they name their own.

    `part`: within that part's warranty it goes to the developer.
    """

    code: str
    zh: str
    en: str
    icon: str
    department: str = ""
    children: tuple["_Kind", ...] = ()
    part: Part | None = None


_DEPARTMENTS = (
    _Department("service", "客服部", "Customer Service"),
    _Department(
        "engineering", "工程维修部", "Engineering and Repairs", repairs=True, alone=("工程部", "Engineering Department")
    ),
    _Department("security", "秩序维护部", "Security", alone=("保卫部", "Security Department")),
    _Department("environment", "环境部", "Environment"),
    _Department("developer", "地产公司工程部", "Developer's Engineering", Liable.DEVELOPER, repairs=True),
)

_TREE = (
    _Kind(
        "house",
        "房屋质量",
        "The home itself",
        "home",
        "engineering",
        (
            _Kind("leak", "渗漏防水", "Leaks and waterproofing", "droplet", part=Part.WATERPROOFING),
            _Kind("wall", "墙面地面", "Walls and floors", "wall", part=Part.FIT_OUT),
            _Kind("window", "门窗", "Doors and windows", "window", part=Part.FIT_OUT),
            _Kind("plumbing", "给排水", "Pipes and drains", "bath", part=Part.PIPES),
            _Kind("electric", "强弱电", "Power and network", "plug", part=Part.WIRING),
        ),
    ),
    _Kind(
        "shared",
        "公共设施",
        "Shared facilities",
        "building-community",
        "engineering",
        (
            _Kind("elevator", "电梯", "Lifts", "elevator"),
            _Kind("light", "公共照明", "Lighting", "bulb"),
            _Kind("fire", "消防设施", "Fire safety", "flame"),
            _Kind("playground", "健身游乐", "Playground and fitness", "swimming"),
        ),
    ),
    _Kind(
        "order",
        "秩序维护",
        "Safety and order",
        "shield-check",
        "security",
        (
            _Kind("parking", "停车", "Parking", "parking"),
            _Kind("access", "门禁", "Entrances", "key"),
            _Kind("patrol", "巡逻", "Patrols", "eye"),
            _Kind("noise", "噪声扰民", "Noise", "volume"),
            _Kind("clutter", "楼道堆物", "Things left in corridors", "stairs"),
        ),
    ),
    _Kind(
        "environment",
        "环境绿化",
        "Cleaning and greenery",
        "leaf",
        "environment",
        (
            _Kind("cleaning", "保洁", "Cleaning", "sparkles"),
            _Kind("greenery", "绿化", "Greenery", "trees"),
            _Kind("waste", "垃圾分类", "Waste sorting", "trash"),
        ),
    ),
    _Kind(
        "service",
        "客户服务",
        "Customer service",
        "messages",
        "service",
        (
            _Kind("fees", "收费与发票", "Fees and invoices", "receipt"),
            _Kind("conduct", "服务态度", "Conduct of staff", "heart-handshake"),
            _Kind("activity", "社区活动", "Events", "calendar-event"),
        ),
    ),
    # Nobody's department: the officer reports such a matter up, and the supervisor decides (R10).
    _Kind("other", "其他", "Other", "dots"),
)


@dataclass(frozen=True)
class Tree:
    """What was opened, by code."""

    departments: dict[str, Department]
    categories: dict[str, Category]


def open_usual_tree(estate: Estate, *, by: By, at: datetime) -> Tree:
    """Open in an estate the departments that its profile has, and categories that are routed to them."""
    ours = [row for row in _DEPARTMENTS if row.liable in LIABLE[estate.profile]]
    departments = {
        row.code: open_department(
            *(estate.id, row.code, *row.names(estate.profile), row.liable), repairs=row.repairs, by=by, at=at
        )
        for row in ours
    }
    tree = Tree(departments, {})
    for group in _TREE:
        _open(group, None, estate, tree, by=by, at=at)
        for child in group.children:
            _open(child, group, estate, tree, by=by, at=at)
    return tree


def _open(kind: _Kind, group: _Kind | None, estate: Estate, tree: Tree, *, by: By, at: datetime) -> None:
    department = kind.department or (group.department if group else "")
    developer = tree.departments.get("developer")
    tree.categories[kind.code] = open_category(
        estate.id,
        kind.code,
        kind.zh,
        kind.en,
        department=tree.departments[department] if department else None,
        parent_code=group.code if group else None,
        icon=kind.icon,
        position=len(tree.categories),
        warranty=(kind.part, developer) if kind.part and developer else None,
        by=by,
        at=at,
    )
