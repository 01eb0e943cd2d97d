"""A hand that writes in a field to sign in, on a tablet or at a desk."""

from playwright.sync_api import Page


def write_a_name(page: Page) -> None:
    """Write a name with a finger that is a mouse."""
    pad = page.get_by_test_id("ink")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    mouse = page.mouse
    for left in (0.2, 0.5):
        mouse.move(box["x"] + box["width"] * left, box["y"] + box["height"] * 0.3)
        mouse.down()
        for step in range(1, 15):
            mouse.move(
                box["x"] + box["width"] * (left + step * 0.015),
                box["y"] + box["height"] * (0.3 + 0.4 * (step % 3) / 2),
            )
        mouse.up()
