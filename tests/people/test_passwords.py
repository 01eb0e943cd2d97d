"""Which passwords somebody may choose: none that is guessed from what everybody knows."""

import pytest

from app.core.errors import Refused
from app.estates.rules import ways_to_type
from app.people.passwords import must_be_hard_to_guess

KNOWN = ways_to_type(
    ["li.min", "李敏", "YX", "云栖花园", "Yunqi Garden", "云栖物业服务有限公司", "Yunqi Property Services"]
)


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "Summer2026!!",
        "woaini1314520",
        "13957126483",  # a telephone
        "20260101.2026",
        "li.min.li.min",
        "LiMin19900101!",
        "minli19900101!",
        "李敏李敏李敏李敏李敏",
        "yunqihuayuan",
        "云栖花园20261129",
        "Yunqi-Garden-2026!",
        "yunqiwuye888",
        "Doorstep2026!",
        "x" * 200,
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(Refused) as refused:
        must_be_hard_to_guess(password, KNOWN)

    assert refused.value.code == "password:guessed"


@pytest.mark.parametrize(
    "password",
    [
        "an owl, a kite, a bicycle",
        "三只猫头鹰一起骑自行车",
        "xiaomaoqizixingche",
        "K7-QX2M-9PLD",
        "limin and a cello in rain",
    ],
)
def test_what_nobody_else_would_put_together_is_taken(password: str) -> None:
    must_be_hard_to_guess(password, KNOWN)


def test_a_name_is_known_in_all_ways_in_which_it_is_typed() -> None:
    typed = ways_to_type(["陈建国", "li.min", "Yunqi Garden"])

    assert {"陈建国", "chenjianguo", "chen", "jianguo", "cjg"} <= set(typed)
    assert {"li.min", "limin", "min", "yunqi garden", "yunqigarden", "yunqi", "garden"} <= set(typed)
