"""What a route says about who may use it. Doors enforce it; a test fails for a route that says nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from app.people.rules import Act

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """Who may use a route: those who may do `act`, everybody who is logged in, a tablet, another system, or anybody."""

    who: str
    act: Act | None = None
    why: str = ""


def may(act: Act) -> Callable[[View], View]:
    """Only for staff who may do `act` in the estate they are looking at."""
    return _marked(Access("act", act))


def logged_in(view: View) -> View:
    """For everybody who is logged in."""
    return _marked(Access("logged_in"))(view)


def tablet(view: View) -> View:
    """For enrolled tablets; the view itself names the token it asks for."""
    return _marked(Access("tablet"))(view)


def system(view: View) -> View:
    """For other systems; the door reads the key that each of them has."""
    return _marked(Access("system"))(view)


def anybody(why: str) -> Callable[[View], View]:
    """Open to the world, because `why`."""
    return _marked(Access("anybody", why=why))


def access_of(view: Any) -> Access | None:
    """What a view says, or nothing."""
    return getattr(view, "__access__", None)


def _marked(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__access__ = access  # type: ignore[attr-defined]
        return view

    return mark
