"""What an issue counts as, of every state that it can be in: only its owner's answer counts as closed."""

import pytest

from app.issues.became import Became, became
from app.issues.rules import Cannot, State

UNDER_WAY = frozenset(State) - {State.CLOSED, State.VERIFIED, State.CLOSED_UNSATISFIED, State.CARRIED_OVER}


@pytest.mark.parametrize("cannot", [None, *Cannot])
@pytest.mark.parametrize("state", State)
def test_only_what_its_owner_closed_counts_as_closed(state: State, cannot: Cannot | None) -> None:
    """What once could not be solved and was closed all the same is closed."""
    assert (became(state, cannot) is Became.CLOSED) == (state is State.CLOSED)
    assert (became(state, cannot) is Became.OPEN) == (state in UNDER_WAY)


@pytest.mark.parametrize(
    ("state", "cannot", "what"),
    [
        (State.VERIFIED, None, Became.ENDED),
        (State.CLOSED_UNSATISFIED, None, Became.ENDED),
        (State.CARRIED_OVER, Cannot.FOR_NOW, Became.FOR_NOW),
        (State.CARRIED_OVER, Cannot.AT_ALL, Became.AT_ALL),
    ],
)
def test_every_other_end_counts_apart(state: State, cannot: Cannot | None, what: Became) -> None:
    assert became(state, cannot) is what
