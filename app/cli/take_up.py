"""`doorstep take-up`: enters what this server could not read, or not place, when it came."""

import click
from flask import Flask, current_app

from app.cli.begun import on_a_database_begun
from app.sync import taking_up


@click.command("take-up")
@on_a_database_begun
def take_up_held() -> None:
    """Enter the records that were held for a newer server, or waited for their visit."""
    click.echo(f"taken up: {take_up_whatever_can_be(current_app)}")


def take_up_whatever_can_be(app: Flask) -> int:
    """Once, whoever else is at it. Returns how many were decided about."""
    with app.app_context():
        return taking_up.take_up_whatever_can_be()
