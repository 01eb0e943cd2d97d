"""The owners' main problems (R18): how many issues there are of each category, and what became of them."""

import uuid
from collections import defaultdict
from dataclasses import dataclass

from app.issues.became import became
from app.issues.queries import Wanted, count_by_category


@dataclass(frozen=True)
class Problem:
    """The issues of one category, each counted once: `raised` is the sum of all that follow.

    `closed`: by their owners. `for_now`, `at_all`: carried over, as they cannot be solved. `ended`: verified, or closed
    without satisfaction.
    """

    category_id: uuid.UUID
    open: int = 0
    closed: int = 0
    for_now: int = 0
    at_all: int = 0
    ended: int = 0

    @property
    def carried(self) -> int:
        return self.for_now + self.at_all

    @property
    def raised(self) -> int:
        return self.open + self.closed + self.carried + self.ended


def problems(estate_id: uuid.UUID, wanted: Wanted) -> list[Problem]:
    """A row for each category that any of the wanted issues has, in no order."""
    counted: dict[uuid.UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (category_id, state, cannot), number in count_by_category(estate_id, wanted).items():
        counted[category_id][became(state, cannot).value] += number
    return [Problem(category_id, **numbers) for category_id, numbers in counted.items()]
