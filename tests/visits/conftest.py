"""The small world of tests/world.py, two visits in it whose records are to be read, and a survey that is out there."""

from tests.visits.handed import handed
from tests.visits.survey_out import asked
from tests.world import World, world

__all__ = ["World", "asked", "handed", "world"]
