"""How quick a tablet is with 5,000 units and 20,000 issues, its processor slowed down fourfold:
`python -m tests.bench.bench_tablet`.

The real server, a real pull, Debian's Chromium. Times are taken inside the page, from the event that a finger makes to
the frame that shows its result. What is measured offline is measured with the server stopped.
"""

import argparse
import io
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
from PIL import Image
from playwright.sync_api import Browser, CDPSession, expect, sync_playwright

from app.config import settings
from app.core.db import db
from app.factory import create_app
from tests.bench import figures
from tests.bench.large_estate import ISSUES, UNITS, Large, make_large_estate
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.served import Server
from tests.journeys.tablet import PIN, Tablet
from tests.journeys.words import like, zh

SLOWED = 4
ROUNDS = 7
WORDS = ("c", "cj", "cjg", "1", "12", "120", "1202", "陈", "陈建", "3-1", "3-1-0302", "w", "wz", "z")
VIEW = {"width": 820, "height": 1180}

IN_PAGE = """
window.painted = () => new Promise((done) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => done(performance.now());
  port2.postMessage(0);
}));
window.shown = (selector, words = "") => new Promise((done) => {
  const there = () => [...document.querySelectorAll(selector)].some((found) => found.textContent.includes(words));
  if (there()) return done();
  const watch = new MutationObserver(() => {
    if (!there()) return;
    watch.disconnect();
    done();
  });
  watch.observe(document.documentElement, { childList: true, subtree: true, characterData: true });
});
window.proven = async () => {
  const opening = indexedDB.open("doorstep");
  const db = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
  const told = new BroadcastChannel("doorstep");
  for (let scopes = [], heard; !scopes.length || scopes.some((scope) => !scope.proven); await heard) {
    heard = new Promise((done) => { told.onmessage = done; });
    const asked = db.transaction("scopes").objectStore("scopes").getAll();
    scopes = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  }
  told.close();
  db.close();
};
window.timed = async (act, selector, words) => {
  await painted();
  const began = performance.now();
  act();
  await shown(selector, words);
  return (await painted()) - began;
};
"""


class Measured:
    """One enrolled tablet and what is measured on it."""

    def __init__(self, tablet: Tablet, server: Server, large: Large) -> None:
        self.tablet, self.server, self.large = tablet, server, large
        self._cdp: CDPSession | None = None

    # --- measures ---

    def first_pull(self) -> float:
        """Seconds from the first request of documents until all of them are here and proven, not slowed down."""
        self.tablet.context.add_init_script(IN_PAGE)
        self.tablet.enrol(self.large.enrol_code)
        self.tablet.page.evaluate("proven()")
        pages = self.tablet.page.evaluate(
            """() => performance.getEntriesByType("resource").filter((one) => one.name.includes("/sync/pull"))
                .map((one) => [one.startTime, one.responseEnd])"""
        )
        return float(pages[-1][1] - pages[0][0]) / 1000

    def stored(self) -> float:
        """Megabytes in the browser's storage."""
        return float(self.tablet.page.evaluate("navigator.storage.estimate().then(({ usage }) => usage)")) / 1e6

    def cold_start(self) -> float:
        """Milliseconds from the last key of the PIN to the list of today's doors, on a page that was just opened."""
        self._lock()
        self.tablet.kill_and_open()
        for digit in PIN:
            self.tablet.page.get_by_test_id(f"pin-{digit}").click()
        self._slow_down()
        return self._timed("document.querySelector('[data-testid=pin-enter]').click()", ".list .door")

    def warm_start(self) -> float:
        """Milliseconds from opening the page to the list, while the vault is open, as after a camera's kill."""
        self.tablet.page.close()
        self.tablet.page = self.tablet.context.new_page()
        self._slow_down()
        self.tablet.page.goto(f"{self.server.url}/tablet", wait_until="commit")
        return float(self.tablet.page.evaluate("async () => { await shown('.list .door'); return painted() }"))

    def keystrokes(self) -> list[float]:
        """Milliseconds from each keystroke in the search to the frame that shows what is found."""
        self.tablet.go_to("find")
        expect(self.tablet.page.get_by_role("searchbox")).to_be_visible()
        self._slow_down()
        return [self._keystroke(words) for words in WORDS]

    def unit_card(self, unit: object) -> float:
        """Milliseconds from a tap on a unit in the list to its card."""
        self.tablet.go_to("find")
        expect(self.tablet.page.get_by_role("searchbox")).to_be_visible()
        self._slow_down()
        return self._timed(f"location.hash = '#/unit/{unit}'", "h1.at-unit")

    def places(self) -> float:
        """Milliseconds from the tap on Today to its list."""
        self.tablet.go_to("me")
        expect(self.tablet.page.get_by_role("heading", name=zh("Language"))).to_be_visible()
        self._slow_down()
        return self._timed("location.hash = '#/today'", ".list .door")

    def save(self, unit: object, picture: Path) -> float:
        """Milliseconds from the tap on "Sign and save" to "saved": two issues, a photo, two signatures."""
        self._at_full_speed()
        self._write_down(unit, picture)
        button = self.tablet.page.get_by_role("button", name=zh("Sign and save"))
        expect(button).to_be_enabled()
        self._slow_down()
        words = zh("Saved on this tablet %(time)s", time="").strip()
        return self._timed("document.querySelector('.foot .btn.primary').click()", ".saved-head h1", words)

    # --- how ---

    def _timed(self, act: str, selector: str, words: str = "") -> float:
        js = "([act, selector, words]) => timed(new Function(act), selector, words)"
        return float(self.tablet.page.evaluate(js, [act, selector, words]))

    def _keystroke(self, words: str) -> float:
        return float(
            self.tablet.page.evaluate(
                """async (words) => {
                    const field = document.querySelector("input[type=search]");
                    await painted();
                    const began = performance.now();
                    field.value = words;
                    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
                    return (await painted()) - began;
                }""",
                words,
            )
        )

    def _lock(self) -> None:
        self._at_full_speed()
        self.tablet.go_to("me")
        self.tablet.page.get_by_role("button", name=zh("Lock now")).click()
        expect(self.tablet.page.get_by_test_id("pin-1")).to_be_visible()

    def _write_down(self, unit: object, picture: Path) -> None:
        self.tablet.go_to(f"unit/{unit}")
        self.tablet.knock()
        self.tablet.tick_opening_words()
        self._note_issue("主卫天花板渗水，雨天更明显，涂层起皮", picture)
        self._note_issue("访客车辆占用固定车位，保安没有登记")
        self.tablet.hand_over()
        self.tablet.read_to_the_end()
        self.tablet.rate("Satisfied")
        self.tablet.ink()
        self.tablet.confirm()
        self.tablet.page.get_by_role("button", name=like("Hand the tablet back to %(name)s")).click()
        self.tablet.type_pin()
        expect(self.tablet.page.get_by_role("heading", name=zh("Your signature"), level=1)).to_be_visible()
        self.tablet.ink()

    def _note_issue(self, text: str, photo: Path | None = None) -> None:
        page = self.tablet.page
        page.get_by_role("button", name=zh("Note an issue")).or_(
            page.get_by_role("button", name=zh("One more issue"))
        ).click()
        page.get_by_label(zh("What does the owner say?")).fill(text)
        if photo:
            page.locator("input[type=file]").first.set_input_files(photo)
            expect(page.get_by_role("button", name=zh("Another photo"))).to_be_visible()
        page.get_by_role("button", name="房屋质量").click()
        page.get_by_role("button", name="渗漏防水").click()
        page.get_by_role("link", name=zh("Done"), exact=True).click()

    def _slow_down(self) -> None:
        self._cdp = self.tablet.context.new_cdp_session(self.tablet.page)
        self._cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})

    def _at_full_speed(self) -> None:
        if self._cdp is not None:
            self._cdp.send("Emulation.setCPUThrottlingRate", {"rate": 1})


@contextmanager
def served(folder: Path, units: int, issues: int) -> Iterator[tuple[Server, Large]]:
    """The estate behind the product's server."""
    database = f"sqlite:///{folder}/bench.sqlite3"
    app = create_app(settings(folder=folder, database=database, secret="only for journeys"))
    with app.app_context():
        flask_migrate.upgrade()
        large = make_large_estate(units, issues)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    server = Server(folder, database)
    server.start()
    try:
        yield server, large
    finally:
        server.stop()


@contextmanager
def tablet_of(browser: Browser, server: Server) -> Iterator[Tablet]:
    """A tablet as it comes out of its box."""
    context = browser.new_context(viewport=VIEW, locale="zh-CN", has_touch=True, timezone_id="Asia/Shanghai")
    yield Tablet(context, server.url)
    context.close()


def a_picture(folder: Path) -> Path:
    """A photo of four million pixels."""
    image = Image.radial_gradient("L").resize((2400, 1800)).convert("RGB")
    content = io.BytesIO()
    image.save(content, "JPEG", quality=90)
    path = folder / "ceiling.jpg"
    path.write_bytes(content.getvalue())
    return path


def measure(units: int = UNITS, issues: int = ISSUES, rounds: int = ROUNDS) -> dict[str, float]:
    """Medians: milliseconds (`_ms`), seconds (`_s`), megabytes (`_mb`)."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with served(Path(folder), units, issues) as (server, large), tablet_of(browser, server) as tablet:
            found = measured(Measured(tablet, server, large), a_picture(Path(folder)), rounds)
        browser.close()
    return found


def measured(tablet: Measured, picture: Path, rounds: int) -> dict[str, float]:
    """All measures of one tablet; the server is stopped after the first pull."""
    found = {"first_pull_s": tablet.first_pull()}
    found["stored_mb"] = tablet.stored()
    tablet.server.stop()
    ordinary = tablet.large.quiet_units[:rounds]
    found["cold_start_ms"] = _median(tablet.cold_start, rounds)
    found["warm_start_ms"] = _median(tablet.warm_start, rounds)
    keystrokes = [time for _round in range(rounds) for time in tablet.keystrokes()]
    found["keystroke_ms"] = statistics.median(keystrokes)
    found["keystroke_p95_ms"] = sorted(keystrokes)[int(0.95 * len(keystrokes))]
    found["unit_card_ms"] = statistics.median(tablet.unit_card(unit) for unit in ordinary)
    found["busy_unit_card_ms"] = _median(lambda: tablet.unit_card(tablet.large.busy_unit), rounds)
    found["today_ms"] = _median(tablet.places, rounds)
    found["save_ms"] = statistics.median(tablet.save(unit, picture) for unit in ordinary)
    return found


def _median(act: Callable[[], float], rounds: int) -> float:
    return statistics.median(act() for _round in range(rounds))


def main() -> None:
    """Print them and add them to the file of figures; all but the first pull are slowed down fourfold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=UNITS)
    parser.add_argument("--issues", type=int, default=ISSUES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    found = measure(asked.units, asked.issues, asked.rounds)
    for name, value in found.items():
        print(f"tablet, {asked.units} units, {asked.issues} issues, slowed {SLOWED}×: {name:20} {value:8.1f}")
    if (asked.units, asked.issues) == (UNITS, ISSUES):
        figures.add(found)


if __name__ == "__main__":
    main()
