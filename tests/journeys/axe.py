"""Looks at screens with axe-core and remembers what it found."""

from typing import Generic, Protocol, TypeVar

from playwright.sync_api import Page, ViewportSize

from app.config import ROOT

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
IN_THE_HAND: tuple[ViewportSize, ...] = ({"width": 820, "height": 1180}, {"width": 390, "height": 844})
AT_THE_DESK: tuple[ViewportSize, ...] = ({"width": 1440, "height": 900}, {"width": 390, "height": 844})


class HasPage(Protocol):
    """Whoever is at a browser."""

    page: Page


Seat = TypeVar("Seat", bound=HasPage)


class Inspector(Generic[Seat]):
    """Looks at the page that is shown there at each size, the first one the usual."""

    def __init__(self, at: Seat, sizes: tuple[ViewportSize, ...]) -> None:
        self.at = at
        self.sizes = sizes
        self.found: list[str] = []
        self.seen: list[str] = []

    def look(self, screen: str, page: Page | None = None) -> None:
        """The screen as it stands; of another page than the one at the seat where one is given."""
        page = page or self.at.page
        page.wait_for_load_state()  # a page that is still on its way has no main part yet
        if page.evaluate("!window.axe"):  # half a megabyte, once for each page that was loaded
            page.evaluate(AXE)
        self.seen.append(screen)
        for size in self.sizes:
            if page.viewport_size != size:
                page.set_viewport_size(size)
            broken = page.evaluate(
                "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap("
                "({ id, help, nodes }) => nodes.map(node => `${id} (${help}): ${node.html.slice(0, 200)}`)))"
            )
            self.found += [f"{screen} at {size['width']}: {line}" for line in broken]
        page.set_viewport_size(self.sizes[0])
