"""Invented names and telephone numbers for the demonstration estate."""

from random import Random

_SURNAMES = (
    "王王王王李李李李张张张张刘刘刘陈陈陈杨杨赵赵黄周周吴吴徐孙孙马朱朱胡郭何林林高罗郑梁谢宋唐许邓冯韩曹"
    "曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦江阎薛尹"
)
_MEN = (
    "建国 国强 志明 德胜 永福 家栋 伟 强 军 磊 勇 杰 涛 明 超 鹏 斌 浩 凯 俊杰 志强 文博 海波 晓东 宇航 子轩 建平 "
    "立新 光华 振华 卫东 宏伟 少华 学文 嘉伟 思远 一鸣 泽宇 天佑 立群 培根 启明 春生 国平 建军"
)
_WOMEN = (
    "芳 娜 敏 静 丽 艳 娟 霞 秀英 桂英 秀兰 玉兰 玉梅 丽华 丽娟 晓燕 雪梅 雅琴 淑珍 慧敏 佳怡 雨桐 思琪 梦洁 婷婷 "
    "若曦 一诺 诗涵 文静 海燕 春梅 红 玲 琳 颖 倩 月娥 凤英 惠芬 小红 美玲 雅文 嘉欣"
)
RARE = ("沈赟", "张堃", "许璟", "朱珺", "徐喆", "胡玥")
"""Owners whose names have a character that small fonts lack; the stories have more of them."""
COMPANIES = (
    ("启明科技有限公司", "赵磊"),
    ("江南纺织品贸易有限公司", "顾卫东"),
    ("云栖企业管理咨询有限公司", "孟思远"),
    ("嘉和置业顾问有限公司", "方雅文"),
    ("安心养老服务有限公司", "何惠芬"),
)
"""Companies that own a flat, with whom the officer meets there."""

FOREIGNERS = ("Emma Clarke", "Daniel Fischer", "Priya Nair")
"""Residents who read English."""

_PREFIXES = ("135", "136", "137", "138", "139", "150", "151", "158", "159", "180", "186", "189")


class Names:
    """Draws names and numbers, none twice."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._taken: set[str] = set()
        self._lines = iter(chance.sample(range(10_000), 9_000))

    def man(self) -> str:
        """`陈建国`."""
        return self._new(_MEN.split())

    def woman(self) -> str:
        """`王秀英`."""
        return self._new(_WOMEN.split())

    def anybody(self) -> str:
        """A man or a woman."""
        return self.man() if self._chance.random() < 0.55 else self.woman()

    def relative_of(self, name: str) -> str:
        """Somebody of the same family name: a parent or a grown child at the door."""
        return name[0] + self._chance.choice(f"{_MEN} {_WOMEN}".split())

    def phone(self) -> str:
        """A number that looks like a mobile's but has `0000` where no network numbers its customers."""
        return f"{self._chance.choice(_PREFIXES)}0000{next(self._lines):04}"

    def _new(self, given: list[str]) -> str:
        while True:
            name = self._chance.choice(_SURNAMES) + self._chance.choice(given)
            if name not in self._taken:
                self._taken.add(name)
                return name
