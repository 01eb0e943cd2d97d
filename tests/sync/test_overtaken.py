"""What commits later than something that began later is never passed by a tablet's cursor."""

from flask import Flask

from tests.sync.conftest import World
from tests.sync.machine.office import Office
from tests.sync.machine.road import Slow, lets_others_write


def test_a_change_that_commits_late_is_not_passed(app: Flask, world: World) -> None:
    office, estate = Office(app, {}), str(world.estate_id)
    _all, before = world.tablet.pull_all()
    slow = Slow(lambda: office.open_home(estate))
    if lets_others_write(app):
        office.plan_visit(estate, 0, str(world.officer_id))

    meanwhile, last = world.tablet.pull_all(before["cursor"])
    slow.finish()
    afterwards, _last = world.tablet.pull_all(last["cursor"])

    assert [name[0] for name in meanwhile] == (["task"] if lets_others_write(app) else [])
    assert "unit" in {name[0] for name in afterwards}
