"""Refusals carry a code for programs, words for people, and a status for each door."""

import pytest

from app.core.errors import NotAllowed, NotFound, Outdated, Refused, TooLarge
from app.core.i18n import lazy_, speaking, words_in


@pytest.mark.parametrize(
    ("kind", "status"), [(Refused, 422), (NotAllowed, 403), (NotFound, 404), (Outdated, 409), (TooLarge, 413)]
)
def test_each_kind_has_its_status(kind: type[Refused], status: int) -> None:
    refusal = kind("issue:not_open", "This issue is closed.", state="closed")

    assert (refusal.status, refusal.code, refusal.message) == (status, "issue:not_open", "This issue is closed.")
    assert refusal.detail == {"state": "closed"}


def test_words_are_told_in_the_language_of_who_reads_them(context: object) -> None:
    words = lazy_("Login or password is wrong.")

    assert words_in("en", words) == "Login or password is wrong."
    assert words_in("zh", words) != words_in("en", words)
    assert words_in("fr", words) == words_in("zh", words)
    with speaking("en"):
        assert str(words) == "Login or password is wrong."
