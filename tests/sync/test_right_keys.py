"""A database whose tablets encrypt to keys that this data folder has not is not served."""

import shutil
from pathlib import Path

import click
import pytest
from flask import Flask

from app.cli.run import must_have_the_keys
from app.sync.keys import public_key
from tests.visits.kept import pushed
from tests.world import World

pytestmark = pytest.mark.any_database


@pytest.fixture(params=["records", "no record yet"])
def known_by_its_records(request: pytest.FixtureRequest, world: World) -> bool:
    """A tablet is enrolled; it has sent something, or not."""
    has_sent = request.param == "records"
    if has_sent:
        pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id))
    return has_sent


def test_with_its_own_keys_it_is_served(app: Flask, known_by_its_records: bool) -> None:
    must_have_the_keys(app)


@pytest.mark.usefixtures("known_by_its_records")
def test_without_its_keys_it_is_not(app: Flask, tmp_path: Path) -> None:
    app.config["KEYS"] = str(tmp_path / "of a new folder")

    with pytest.raises(click.ClickException, match="bring keys/ back from the backup"):
        must_have_the_keys(app)


def test_with_the_keys_of_another_server_it_is_not(app: Flask, world: World, tmp_path: Path) -> None:
    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id))
    its_own = Path(app.config["KEYS"])
    app.config["KEYS"] = str(tmp_path / "of another")
    with app.app_context():
        public_key()

    with pytest.raises(click.ClickException, match="share the data folder"):
        must_have_the_keys(app)

    shutil.copytree(its_own, app.config["KEYS"], dirs_exist_ok=True)
    must_have_the_keys(app)


def test_an_empty_database_needs_none(app: Flask, tmp_path: Path) -> None:
    app.config["KEYS"] = str(tmp_path / "not made yet")

    must_have_the_keys(app)
