"""Which passwords somebody may choose: none that whoever tries would try first."""

from collections.abc import Collection

from zxcvbn import zxcvbn

from app.core.errors import Refused
from app.core.i18n import lazy_

_TRIES = 1_000_000_000
"""As many it takes at least, as zxcvbn reckons: ten times what it calls safe, for a word, a year and two marks are."""
_LOOKED_AT = 72
"""Characters: what stands behind them makes it no easier, and looking takes its time."""
_A_NAME = 3
"""Letters from which on a name counts nothing wherever it stands; of a word of two the letters are in many others."""
_USUAL_HERE = (
    *("woaini", "aini", "5201314", "1314520", "520", "1314", "168", "888", "666"),
    *("mima", "laopo", "laogong", "baobei", "zhongguo", "guanliyuan", "guanli", "admin"),
    *("yezhu", "wuye", "kefu", "zoufang", "huifang", "zoufanghuifang", "doorstep"),
)
"""What is usual here, and in no list of passwords in English."""


def must_be_hard_to_guess(password: str, names: Collection[str]) -> None:
    """Raises Refused for what is guessed first. `names`: in all ways to type them; they make a password no harder."""
    looked_at = password[:_LOOKED_AT].lower()
    for name in sorted(names, key=len, reverse=True):
        if len(name) >= _A_NAME or not name.isascii():
            looked_at = looked_at.replace(name.lower(), "")
    if not looked_at or looked_at.isdecimal() or zxcvbn(looked_at, [*names, *_USUAL_HERE])["guesses"] < _TRIES:
        words = lazy_(
            "This is guessed too easily: what many take, rows of keys, numbers and days alone, one's own name, the "
            "estate's or the company's. Put a few words together that nobody else would."
        )
        raise Refused("password:guessed", words)
