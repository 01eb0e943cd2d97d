"""How office pages say days, hours and limits."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.config import ROOT
from app.core import i18n
from app.office.moments import Limit, When, span
from app.office.words import headline, masked

AT_NOON = When("Asia/Shanghai", datetime(2026, 11, 23, 4, 0, tzinfo=UTC))


@pytest.fixture(params=["zh", "en"])
def locale(request: pytest.FixtureRequest) -> Iterator[str]:
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "app" / "translations")
    i18n.init_app(app, lambda: request.param)
    with app.test_request_context():
        yield request.param


def test_a_day_near_today_has_a_word_of_its_own(locale: str) -> None:
    days = [AT_NOON.day(date(2026, 11, day)) for day in (22, 23, 24, 26)]

    assert (
        days
        == {
            "zh": ["昨天", "今天", "明天", "11月26日"],
            "en": ["yesterday", "today", "tomorrow", "26\u00a0Nov"],
        }[locale]
    )


def test_a_day_of_another_year_says_the_year(locale: str) -> None:
    assert AT_NOON.day(date(2029, 5, 18)) == {"zh": "2029年5月18日", "en": "18\u00a0May\u00a02029"}[locale]
    assert AT_NOON.day(None) == "–"
    assert AT_NOON.of_year(date(2026, 5, 18)) == {"zh": "2026年5月18日", "en": "18\u00a0May\u00a02026"}[locale]


def test_a_moment_is_told_by_the_estates_clock(locale: str) -> None:
    late_in_utc = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)

    assert AT_NOON.moment(late_in_utc) == {"zh": "今天 01:30", "en": "today 01:30"}[locale]
    assert AT_NOON.clock(late_in_utc) == "01:30"
    assert AT_NOON.weekday() == {"zh": "11月23日 周一", "en": "Mon 23\u00a0Nov"}[locale]


@pytest.mark.parametrize(
    ("time", "zh", "en"),
    [
        (timedelta(seconds=20), "0 分钟", "0 min"),
        (timedelta(minutes=59, seconds=59), "59 分钟", "59 min"),
        (timedelta(hours=1, minutes=20), "1 小时 20 分钟", "1 h 20 min"),
        (timedelta(hours=20, minutes=20), "20 小时", "20 h"),
        (timedelta(days=1, hours=6), "1 天 6 小时", "1 d 6 h"),
        (timedelta(days=12, hours=6), "12 天", "12 d"),
    ],
)
def test_a_time_is_said_in_its_two_largest_parts(locale: str, time: timedelta, zh: str, en: str) -> None:
    assert span(time) == {"zh": zh, "en": en}[locale]


def test_a_limit_is_late_near_or_a_moment(locale: str) -> None:
    limits = [AT_NOON.limit(AT_NOON.now + timedelta(hours=hours)) for hours in (-6, 4, 30)]

    assert (
        limits
        == {
            "zh": [Limit("逾期 6 小时", "late"), Limit("还剩 4 小时", "wait"), Limit("明天 18:00", "")],
            "en": [Limit("6 h overdue", "late"), Limit("4 h left", "wait"), Limit("tomorrow 18:00", "")],
        }[locale]
    )


def test_a_limit_at_the_end_of_a_day_is_said_as_that_day(locale: str) -> None:
    midnight = datetime(2026, 11, 28, 16, 0, tzinfo=UTC)

    assert AT_NOON.deadline(midnight) == {"zh": "11月28日", "en": "28\u00a0Nov"}[locale]


def test_a_limit_that_is_a_day_is_late_from_the_next_day_on(locale: str) -> None:
    tones = [AT_NOON.limit_on(date(2026, 11, day)).tone for day in (22, 23, 24)]

    assert tones == ["late", "wait", ""]


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13812346021", "138 **** 6021"), ("+86 138-1234-6021", "138 **** 6021"), ("5551", "****"), ("", "")],
)
def test_a_phone_number_is_shown_masked(phone: str, shown: str) -> None:
    assert masked(phone) == shown


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("主卫天花板洗澡后滴水，墙角发黑。已经第三次说了。", "主卫天花板洗澡后滴水，墙角发黑"),
        ("The door is stuck. Twice now.", "The door is stuck"),
        ("门" * 60, "门" * 41 + "…"),
        (
            "The bathroom ceiling leaks, worse after rain, third time",
            "The bathroom ceiling leaks, worse after rain, third time",
        ),
        ("The bathroom " * 9, "The bathroom " * 5 + "The…"),
    ],
)
def test_a_heading_is_the_first_clause_of_the_owners_words(words: str, heading: str) -> None:
    assert headline(words) == heading
