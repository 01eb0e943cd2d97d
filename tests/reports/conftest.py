"""The small world of tests/world.py."""

from tests.world import World, world

__all__ = ["World", "world"]
