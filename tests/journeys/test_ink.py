"""The field to sign in, under real pointers: pen, finger, palm, rotation, and a screen of three dots to a pixel."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.served import Server

pytestmark = pytest.mark.journey

MOUNT = """async () => {
    const main = document.querySelector("script[type=module]").src;
    await import(main.replace("main.js", "parts/ink_pad.js"));
    document.getElementById("app").remove();
    const pad = document.createElement("ink-pad");
    window.inks = [];
    pad.addEventListener("inked", ({ detail }) => window.inks.push(detail));
    document.body.append(pad);
    await new Promise(requestAnimationFrame);
}"""


class Pad:
    """The field alone on a page, and the hands above it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.input = page.context.new_cdp_session(page)
        page.evaluate(MOUNT)

    @property
    def box(self) -> tuple[float, float, float, float]:
        box = self.page.get_by_test_id("ink").bounding_box()
        assert box is not None
        return box["x"], box["y"], box["width"], box["height"]

    def at(self, across: float, down: float) -> dict[str, float]:
        """A place in the field, in shares of its width and height."""
        x, y, width, height = self.box
        return {"x": x + width * across, "y": y + height * down}

    def pen(self, kind: str, across: float, down: float) -> None:
        """`Pressed`, `Moved` or `Released`."""
        self.input.send(
            "Input.dispatchMouseEvent",
            {
                **self.at(across, down),
                "type": f"mouse{kind}",
                "pointerType": "pen",
                "button": "left",
                "buttons": 0 if kind == "Released" else 1,
                "clickCount": 1,
                "force": 0.6,
            },
        )

    def fingers(self, kind: str, *places: tuple[int, float, float]) -> None:
        """`Start` or `Move` with all that touch, `End` with those that lift (none: all): number, across, down."""
        points = [{**self.at(across, down), "id": number} for number, across, down in places]
        self.input.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    def pen_writes(self, since: float = 0.1, until: float = 0.4) -> None:
        """One stroke from left to right."""
        self.pen("Pressed", since, 0.4)
        for step in range(1, 11):
            self.pen("Moved", since + (until - since) * step / 10, 0.4 + 0.02 * (step % 3))
        self.pen("Released", until, 0.4)

    @property
    def inks(self) -> list[dict[str, Any]]:
        """The whole ink after each stroke."""
        inks: list[dict[str, Any]] = self.page.evaluate("window.inks")
        return inks

    def drawn(self) -> dict[str, float]:
        """Where there is ink on the canvas, in shares of it, and how many of its pixels."""
        drawn: dict[str, float] = self.page.get_by_test_id("ink").evaluate(
            """canvas => {
                const { width, height } = canvas;
                const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
                let [left, right, pixels] = [1, 0, 0];
                for (let at = 3; at < data.length; at += 4) {
                    if (data[at] < 128) continue;
                    const x = ((at - 3) / 4 % width) / width;
                    [left, right, pixels] = [Math.min(left, x), Math.max(right, x), pixels + 1];
                }
                return { left, right, pixels, width, height };
            }"""
        )
        return drawn


IPAD = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.6 Safari/605.1.15"
)
"""What an iPad calls itself: with touch, signature_pad hears touches there instead of pointers."""


@pytest.fixture
def pad(browser: Browser, shell: Server, request: pytest.FixtureRequest) -> Iterator[Pad]:
    """A tablet with three dots to a CSS pixel; a parameter is what its browser calls itself."""
    context = browser.new_context(
        viewport={"width": 820, "height": 1180},
        device_scale_factor=3,
        has_touch=True,
        service_workers="block",
        user_agent=getattr(request, "param", None),
    )
    page = context.new_page()
    page.goto(f"{shell.url}/tablet")
    yield Pad(page)
    context.close()


def test_a_pen_stroke_is_handed_out_at_pen_up_in_css_pixels_and_drawn_in_the_screens_own(pad: Pad) -> None:
    width, height = pad.box[2:]

    pad.pen("Pressed", 0.1, 0.4)
    pad.pen("Moved", 0.3, 0.5)
    assert pad.inks == []
    pad.pen("Released", 0.3, 0.5)

    [ink] = pad.inks
    assert ink["pointer"] == "pen"
    assert ink["canvas"] == {"width": round(width), "height": round(height), "ratio": 300}
    assert ink["strokes"][0][0][:2] == [pytest.approx(width, abs=2), pytest.approx(height * 4, abs=2)]
    assert (pad.drawn()["width"], pad.drawn()["height"]) == (round(width * 3), round(height * 3))


def test_a_finger_writes_where_no_pen_was_seen(pad: Pad) -> None:
    pad.fingers("Start", (1, 0.2, 0.5))
    for step in range(1, 8):
        pad.fingers("Move", (1, 0.2 + step * 0.05, 0.5))
    pad.fingers("End")

    [ink] = pad.inks
    assert ink["pointer"] == "touch"
    assert len(ink["strokes"]) == 1


@pytest.mark.parametrize("pad", [None, IPAD], ids=["pointers", "touches"], indirect=True)
def test_a_palm_writes_nothing_after_the_pen_nor_when_it_rests_there_first(pad: Pad) -> None:
    pad.fingers("Start", (1, 0.8, 0.9))
    pad.fingers("Move", (1, 0.85, 0.95))
    pad.pen_writes(0.1, 0.3)
    pad.fingers("Move", (1, 0.9, 0.9))
    pad.fingers("End")
    pad.fingers("Start", (2, 0.8, 0.8))
    pad.fingers("Move", (2, 0.9, 0.9))
    pad.pen_writes(0.4, 0.6)
    pad.fingers("End")

    ink = pad.inks[-1]
    assert (ink["pointer"], len(ink["strokes"])) == ("pen", 2)
    assert pad.drawn()["right"] < 0.65


def test_a_second_finger_neither_writes_nor_breaks_the_first_ones_stroke(pad: Pad) -> None:
    pad.fingers("Start", (1, 0.1, 0.3))
    pad.fingers("Move", (1, 0.2, 0.3))
    pad.fingers("Start", (1, 0.2, 0.3), (2, 0.8, 0.8))
    pad.fingers("Move", (1, 0.3, 0.3), (2, 0.9, 0.9))
    pad.fingers("End", (2, 0.9, 0.9))
    pad.fingers("Move", (1, 0.4, 0.3))
    pad.fingers("End")

    [ink] = pad.inks
    [stroke] = ink["strokes"]
    assert max(x for x, *_rest in stroke) == pytest.approx(pad.box[2] * 4, abs=20)
    assert pad.drawn()["right"] < 0.5


def test_a_pen_that_leaves_the_field_and_returns_makes_two_strokes_inside_it(pad: Pad) -> None:
    pad.pen("Pressed", 0.1, 0.5)
    for down in (0.7, 0.9, 1.2, 1.3, 0.9, 0.6):
        pad.pen("Moved", 0.2 + down / 10, down)
    pad.pen("Released", 0.2, 0.5)

    [ink] = pad.inks
    assert len(ink["strokes"]) == 2
    assert all(0 <= y <= ink["canvas"]["height"] * 10 for stroke in ink["strokes"] for _x, y, *_rest in stroke)


def test_a_hand_that_writes_taps_nothing_with_its_palm(pad: Pad) -> None:
    pad.page.evaluate(
        """() => {
            const button = document.createElement("button");
            window.taps = 0;
            button.textContent = "Confirm and sign";
            button.addEventListener("click", () => window.taps++);
            document.body.append(button);
        }"""
    )
    confirm = pad.page.get_by_role("button")

    pad.pen("Pressed", 0.1, 0.4)
    pad.pen("Moved", 0.2, 0.5)
    confirm.tap()
    pad.pen("Moved", 0.4, 0.4)
    pad.pen("Released", 0.4, 0.4)
    assert (pad.page.evaluate("window.taps"), len(pad.inks)) == (0, 1)

    confirm.tap()
    assert pad.page.evaluate("window.taps") == 1


def test_a_stroke_whose_end_was_never_told_is_kept_and_blocks_nothing(pad: Pad) -> None:
    """Else a tablet on which a call came in while somebody wrote would hear no tap any more."""
    pad.page.evaluate(
        """({ x, y }) => {
            const button = document.createElement("button");
            window.taps = 0;
            button.onclick = () => window.taps++;
            document.body.append(button);
            const pen = { pointerType: "pen", pointerId: 7, isPrimary: true, buttons: 1, pressure: 0.5, bubbles: true };
            const canvas = document.querySelector("ink-pad canvas");
            const told = (kind, on, at) => on.dispatchEvent(new PointerEvent(kind, { ...pen, ...at }));
            told("pointerdown", canvas, { clientX: x, clientY: y });
            for (let step = 1; step < 9; step++) told("pointermove", window, { clientX: x + 9 * step, clientY: y });
            button.click();
            told("pointerdown", button, {});
            button.click();
        }""",
        pad.at(0.2, 0.5),
    )

    assert pad.page.evaluate("window.taps") == 1, "the palm's, while it seems to write, is none"
    assert len(pad.inks) == 1


def test_a_stroke_in_the_middle_of_which_the_words_above_it_change_is_not_under_the_new_ones(pad: Pad) -> None:
    pad.page.evaluate("document.querySelector('ink-pad').under = 'what the owner reads'")
    pad.pen("Pressed", 0.1, 0.4)
    pad.pen("Moved", 0.4, 0.5)

    pad.page.evaluate("document.querySelector('ink-pad').under = 'the same in another language'")
    pad.pen("Moved", 0.6, 0.4)
    pad.pen("Released", 0.6, 0.4)

    assert (pad.inks, pad.drawn()["pixels"]) == ([], 0)


def test_a_turned_screen_shows_the_same_ink_and_takes_more(pad: Pad) -> None:
    pad.pen_writes(0.1, 0.4)
    upright = pad.inks[-1]

    pad.page.set_viewport_size({"width": 1180, "height": 820})
    pad.page.evaluate("new Promise(requestAnimationFrame)")
    assert pad.drawn()["pixels"] > 0
    pad.page.set_viewport_size({"width": 820, "height": 1180})
    pad.page.evaluate("new Promise(requestAnimationFrame)")
    pad.pen_writes(0.5, 0.8)

    ink = pad.inks[-1]
    assert ink["strokes"][0] == upright["strokes"][0]
    assert len(ink["strokes"]) == 2
    assert pad.drawn()["right"] == pytest.approx(0.8, abs=0.02)


def test_a_stroke_in_the_middle_of_which_the_screen_turns_is_kept_as_far_as_it_was_drawn(pad: Pad) -> None:
    pad.pen_writes(0.1, 0.3)
    pad.pen("Pressed", 0.5, 0.4)
    pad.pen("Moved", 0.6, 0.5)

    pad.page.set_viewport_size({"width": 600, "height": 1180})
    pad.page.evaluate("new Promise(requestAnimationFrame)")
    pad.pen("Moved", 0.9, 0.9)
    pad.pen("Released", 0.9, 0.9)
    pad.pen_writes(0.7, 0.8)

    assert [len(ink["strokes"]) for ink in pad.inks] == [1, 2, 3]
    assert pad.drawn()["right"] < 0.85
