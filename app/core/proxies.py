"""Which answers on behalf of owners count: no more than the estate's share of all that do (policy, section 4)."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def room_for_proxies(own: int, share: int, there: int) -> int:
    """How many of `there` answers on behalf of owners count beside `own` ones: `share` percent of all that count."""
    return there if share == 100 else min(there, own * share // (100 - share))


def proxies_counted(own: int, on_behalf: Counter[T], share: int, least_favourable_first: Iterable[T]) -> Counter[T]:
    """Those of the answers on behalf of owners that count.

    Which of more count is not left to chance: the least favourable, so that no rate is better than what it rests on.
    """
    ranks = list(least_favourable_first)
    room = room_for_proxies(own, share, sum(on_behalf[rank] for rank in ranks))
    taken: Counter[T] = Counter()
    for rank in ranks:
        taken[rank] = min(on_behalf[rank], room - taken.total())
    return taken
