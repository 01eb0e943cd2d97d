"""How owners judged the service at their visits, and which answers count (policy, section 4). Counts, never rates."""

from collections import Counter
from dataclasses import dataclass

from app.core.proxies import proxies_counted
from app.core.rates import FEW
from app.visits.rules import Rating

_LEAST_FAVOURABLE_FIRST = (Rating.DISSATISFIED, Rating.BASIC, Rating.SATISFIED)


@dataclass(frozen=True)
class Judged:
    """Ratings by who gave them: an owner or a tenant at the door, one of them by phone, or somebody on their behalf.

    `proxy_share`: how many percent of the answers that count may come from somebody else.
    """

    at_the_door: Counter[Rating]
    by_phone: Counter[Rating]
    on_behalf: Counter[Rating]
    proxy_share: int

    @property
    def counted(self) -> Counter[Rating]:
        """The valid answers; "no opinion" is none."""
        return _opinions(self.at_the_door + self.by_phone + self._proxies_counted)

    @property
    def valid(self) -> int:
        return self.counted.total()

    @property
    def is_small(self) -> bool:
        """Whether so few answers are valid that nobody should judge by them."""
        return 0 < self.valid < FEW

    @property
    def satisfied(self) -> int:
        return self.counted[Rating.SATISFIED]

    @property
    def broadly(self) -> int:
        """With "mostly satisfied"."""
        return self.satisfied + self.counted[Rating.BASIC]

    @property
    def valid_by_phone(self) -> int:
        """Valid, and shown apart; of these so many are broadly satisfied: `broadly_by_phone`."""
        return _opinions(self.by_phone).total()

    @property
    def broadly_by_phone(self) -> int:
        return self.by_phone[Rating.SATISFIED] + self.by_phone[Rating.BASIC]

    @property
    def no_opinion(self) -> int:
        return (self.at_the_door + self.by_phone + self.on_behalf)[Rating.NONE]

    @property
    def proxies_left_out(self) -> int:
        """Answers on behalf of owners above the share."""
        return (_opinions(self.on_behalf) - self._proxies_counted).total()

    @property
    def _proxies_counted(self) -> Counter[Rating]:
        own = _opinions(self.at_the_door + self.by_phone).total()
        return proxies_counted(own, self.on_behalf, self.proxy_share, _LEAST_FAVOURABLE_FIRST)


def _opinions(ratings: Counter[Rating]) -> Counter[Rating]:
    return Counter({rating: count for rating, count in ratings.items() if rating is not Rating.NONE})
