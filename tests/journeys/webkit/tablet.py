"""What a visit officer and an owner do on a tablet whose browser is WebKit, by the words they see there."""

from pathlib import Path

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains, WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.journeys.tablet import PIN
from tests.journeys.words import like, zh

WITHIN = 60  # seconds; a busy machine is slow, not wrong


class WebKitTablet:
    """One tablet. It is loaded anew as often as its page is killed; what is stored stays."""

    def __init__(self, driver: WebKitGTK, url: str) -> None:
        self.driver = driver
        self.url = url

    # --- the tablet itself ---

    def open(self) -> None:
        """The app starts, or starts again."""
        self.driver.get(f"{self.url}/tablet")

    def enrol(self, code: str) -> None:
        """Type the code and a PIN twice; wait until the app works without a server."""
        self.open()
        self.seen(By.NAME, "code").send_keys(code)
        self.tap("Continue")
        for heading in ("Choose a PIN", "Type the PIN once more"):
            self.heading(heading)
            self.type_pin()
        self.heading("Today's visits")
        self.driver.set_script_timeout(WITHIN)
        self.driver.execute_async_script("navigator.serviceWorker.ready.then(arguments[0])")

    def type_pin(self) -> None:
        """Tap the PIN on the large keys."""
        for key in (*PIN, "enter"):
            self.seen(By.CSS_SELECTOR, f"[data-testid=pin-{key}]").click()

    def go_to(self, path: str) -> None:
        """A screen by its address."""
        self.driver.execute_script("location.hash = '#/' + arguments[0]", path)

    # --- what is seen, and what is touched ---

    def heading(self, english: str) -> WebElement:
        """The heading with these words, or with anything in the place of their values."""
        return self.seen(By.CSS_SELECTOR, "h1, h2", like(english))

    def tap(self, english: str) -> None:
        """The button, link or choice with these words."""
        self.touch(zh(english) if "%(" not in english else "", english)

    def touch(self, words: str, english: str = "") -> None:
        """Whatever can be touched and says this."""
        wanted = like(english) if english else words
        self.seen(By.CSS_SELECTOR, "button, a, [role=radio], label", wanted).click()

    def seen(self, by: str, where: str, words: object = None) -> WebElement:
        """The first there that can be seen and says `words`, a text or a pattern, once it is there."""

        def says(element: WebElement) -> bool:
            text = element.text.strip()
            return words is None or (words in text if isinstance(words, str) else bool(words.search(text)))

        def found(driver: WebKitGTK) -> WebElement | None:
            return next((one for one in driver.find_elements(by, where) if one.is_displayed() and says(one)), None)

        waiting = WebDriverWait(self.driver, WITHIN, 0.2, ignored_exceptions=[StaleElementReferenceException])
        return waiting.until(found, f"{where} that says {words}")

    # --- the officer and the owner ---

    def find(self, name: str) -> None:
        """Search for a home and open its card."""
        self.go_to("find")
        self.seen(By.CSS_SELECTOR, "input[type=search]").send_keys(name)
        self.seen(By.CSS_SELECTOR, ".list a", name).click()

    def note_issue(self, text: str, category: str, photo: Path) -> None:
        """What the owner says, with a photo; the page stays open."""
        self.tap("Note an issue")
        self.seen(By.TAG_NAME, "textarea").send_keys(text)
        self.driver.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(photo))
        self.seen(By.CSS_SELECTOR, ".photo-button, label, button", zh("Another photo"))
        self.touch(category)

    def read_to_the_end(self) -> None:
        """Scroll until signing is open."""
        self.seen(By.CSS_SELECTOR, ".summary")
        self.driver.execute_script("scrollTo(0, document.body.scrollHeight)")

    def ink(self) -> None:
        """Write a name with a finger that is a mouse."""
        pad = self.seen(By.CSS_SELECTOR, "[data-testid=ink]")
        self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", pad)
        box = self.driver.execute_script("return arguments[0].getBoundingClientRect().toJSON()", pad)
        for left in (0.2, 0.5):
            hand = ActionChains(self.driver, duration=10)
            points = [(left + step * 0.015, 0.3 + 0.4 * (step % 3) / 2) for step in range(15)]
            for number, (across, down) in enumerate(points):
                place = (box["x"] + box["width"] * across, box["y"] + box["height"] * down)
                hand.w3c_actions.pointer_action.move_to_location(*map(int, place))
                if number == 0:
                    hand.w3c_actions.pointer_action.pointer_down()
            hand.w3c_actions.pointer_action.pointer_up()
            hand.perform()
