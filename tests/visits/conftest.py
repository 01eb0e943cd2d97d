"""The small world of tests/world.py, and two visits in it whose records are to be read."""

from tests.visits.handed import handed
from tests.world import World, world

__all__ = ["World", "handed", "world"]
