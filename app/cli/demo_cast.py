"""Everybody who acts in the demonstration estate, and where."""

from dataclasses import dataclass

from app.cli.demo_homes import Home
from app.cli.demo_officers import Officer
from app.estates.models import Estate
from app.people.models import Department, Staff
from app.people.rules import Role


@dataclass(frozen=True)
class Cast:
    """Who is who; heads, hands and departments by the department's code."""

    estate: Estate
    homes: dict[str, Home]
    officers: tuple[Officer, Officer]
    supervisor: Staff
    leaders: dict[Role, Staff]
    """Who signs a plan, by the function in which they do."""
    heads: dict[str, Staff]
    """Who accepts for a department."""
    hands: dict[str, Staff]
    """Who does the work of a department."""
    departments: dict[str, Department]
