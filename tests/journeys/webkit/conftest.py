"""WebKit, the engine of iPads, as Debian has it, on a screen that nobody sees."""

import os
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import WebKitGTK, WebKitGTKOptions
from selenium.webdriver.webkitgtk.service import Service

from tests.journeys.served import Server
from tests.journeys.webkit.tablet import WebKitTablet

MINI_BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
DRIVER = "/usr/bin/WebKitWebDriver"
READY_WITHIN = 30  # seconds


@pytest.fixture
def screen() -> Iterator[str]:
    """A screen without glass, by the name that programs know it by."""
    ready, told = os.pipe()
    command = ["Xvfb", "-displayfd", str(told), "-screen", "0", "1280x1400x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[told], stderr=subprocess.DEVNULL) as running:
        os.close(told)
        assert select.select([ready], [], [], READY_WITHIN)[0], "no screen"
        yield f":{os.read(ready, 20).decode().strip()}"
        os.close(ready)
        running.terminate()


@pytest.fixture
def webkit(server: Server, screen: str) -> Iterator[WebKitTablet]:
    """A tablet as it comes out of its box, whose browser is WebKit."""
    options = WebKitGTKOptions()
    options.binary_location = MINI_BROWSER
    options.add_argument("--automation")
    environment = {**os.environ, "DISPLAY": screen, "LANG": "C.UTF-8", "TZ": "Asia/Shanghai"}
    driver = WebKitGTK(options=options, service=Service(DRIVER, env=environment))
    driver.set_window_size(820, 1180)
    yield WebKitTablet(driver, server.url)
    driver.quit()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where a journey ends badly, what was on the screen is kept under build/journeys/."""
    report = yield
    if report.when == "call" and report.failed and "webkit" in item.funcargs:
        folder = Path(__file__).parents[3] / "build/journeys"
        folder.mkdir(parents=True, exist_ok=True)
        item.funcargs["webkit"].driver.save_screenshot(str(folder / f"{item.name}-webkit.png"))
    return report
