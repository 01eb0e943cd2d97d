"""What tests begin on is built once and brought back: as whole as it was, whatever the test before did to it."""

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import db
from app.estates.models import Estate, Unit
from tests.builders import a_home, an_estate
from tests.standing import BuiltOnce, Database

built: list[str] = []


def a_village(client: FlaskClient) -> str:
    """An estate of two homes; its id."""
    built.append("once more")
    with client.application.app_context():
        estate = an_estate()
        a_home(estate), a_home(estate)
        db.session.commit()
        return str(estate.id)


def homes(app: Flask) -> list[str]:
    with app.app_context():
        found = list(db.session.scalars(sa.select(Unit.number).order_by(Unit.number)))
        db.session.remove()
        db.engine.dispose()
        return found


def test_what_is_brought_back_is_all_that_was_built_and_nothing_of_what_came_after(
    app: Flask, database: Database, built_once: BuiltOnce
) -> None:
    told = built_once(a_village)
    first, so_often = homes(app), len(built)
    with app.app_context():
        a_home(db.session.scalars(sa.select(Estate)).one())
        db.session.commit()
    assert len(homes(app)) == len(first) + 1 == 3
    database.renew()
    assert homes(app) == []
    database.renew()

    assert built_once(a_village) == told

    assert (homes(app), len(built)) == (first, so_often)
    with app.app_context():
        a_home(db.session.scalars(sa.select(Estate)).one())  # numbers and the journal go on from where they were
        db.session.commit()
    assert len(homes(app)) == 3


def test_where_somebody_built_before_it_is_built_beside(app: Flask, client: FlaskClient, built_once: BuiltOnce) -> None:
    mine = a_village(client)

    theirs = built_once(a_village)

    assert mine != theirs
    assert len(homes(app)) == 4
