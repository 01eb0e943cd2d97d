"""What a visit officer and an owner do on the tablet, by the words they see there."""

from pathlib import Path
from re import Pattern

from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.hand import write_a_name
from tests.journeys.words import like, said

PIN = "482913"
WATERPROOFING = {"zh": "防水", "en": "Waterproofing"}


class Tablet:
    """One tablet. Its page can be killed and opened anew; what is stored stays."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.locale = "zh"
        self.page: Page = context.new_page()

    def say(self, english: str, **values: object) -> str:
        """The words as they stand on the screen, in the language that is spoken."""
        return said(self.locale, english, **values)

    # --- the tablet itself ---

    def enrol(self, code: str) -> None:
        """Type the code, choose a PIN, wait until the estate is here and the app works without a server."""
        self.page.goto(f"{self.url}/tablet")
        self.page.get_by_label(self.say("One-time code")).fill(code)
        self.page.get_by_role("button", name=self.say("Continue")).click()
        for heading in (self.say("Choose a PIN"), self.say("Type the PIN once more")):
            expect(self.page.get_by_role("heading", name=heading)).to_be_visible()
            self.type_pin()
        expect(self.page.get_by_role("heading", name=self.say("Today's visits"))).to_be_visible()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def type_pin(self, pin: str = PIN) -> None:
        """Tap the PIN on the large keys."""
        for digit in pin:
            self.page.get_by_test_id(f"pin-{digit}").click()
        self.page.get_by_test_id("pin-enter").click()

    def kill_and_open(self) -> None:
        """The page dies; the app starts cold."""
        self.page.close()
        self.page = self.context.new_page()
        self.page.goto(f"{self.url}/tablet")

    def lock(self) -> None:
        """Put it down, so that nobody else reads it."""
        self.go_to("me")
        self.page.get_by_role("button", name=self.say("Lock now")).click()
        expect(self.page.get_by_test_id("pin-1")).to_be_visible()

    def recover(self, password: str, pin: str) -> None:
        """The PIN is forgotten: the password of the office login, then a new PIN."""
        self.page.get_by_role("button", name=self.say("Forgot the PIN?")).click()
        self.page.get_by_label(self.say("Password of the office login")).fill(password)
        self.page.get_by_role("button", name=self.say("Continue")).click()
        for heading in (self.say("Choose a new PIN"), self.say("Type the PIN once more")):
            expect(self.page.get_by_role("heading", name=heading)).to_be_visible()
            self.type_pin(pin)
        expect(self.page.get_by_text(self.say("The PIN is changed"))).to_be_visible()

    def turn(self) -> None:
        """Upright becomes lying, and the other way round."""
        size = self.page.viewport_size
        assert size is not None
        self.page.set_viewport_size({"width": size["height"], "height": size["width"]})

    def go_to(self, path: str) -> None:
        """A screen by its address."""
        self.page.evaluate("(path) => { location.hash = '#/' + path }", path)

    def sync(self) -> None:
        """Try now."""
        self.go_to("records")
        self.page.get_by_role("button", name=self.say("Try now")).click()

    def file_saved_by(self, button: str | Pattern[str]) -> Path:
        """The file that a button puts into the tablet's downloads."""
        with self.page.expect_download() as saved:
            self.page.get_by_role("button", name=button).click()
        return Path(saved.value.path())

    def rows_kept(self) -> int:
        """How much lies in the tablet's storage, whatever it is."""
        return int(
            self.page.evaluate(
                """async () => {
                    const asked = (request) => new Promise((resolve, reject) => {
                        request.onsuccess = () => resolve(request.result);
                        request.onerror = () => reject(request.error);
                    });
                    let rows = 0;
                    for (const { name } of await indexedDB.databases()) {
                        const database = await asked(indexedDB.open(name));
                        for (const store of database.objectStoreNames)
                            rows += await asked(database.transaction(store).objectStore(store).count());
                        database.close();
                    }
                    return rows;
                }"""
            )
        )

    # --- the officer ---

    def find(self, words: str) -> None:
        """Search for a home and open its card."""
        self.go_to("find")
        found = self.page.get_by_text(like("Found: %(count)s", self.locale))
        # What was looked for last stays in the field: its units are listed until it is cleared.
        self.page.get_by_role("searchbox").fill("")
        expect(found).to_have_count(0)
        self.page.get_by_role("searchbox").fill(words)
        expect(found).to_have_count(1)
        self.page.locator(".list a").first.click()

    def knock(self) -> None:
        """Begin the visit."""
        self.page.get_by_role("button", name=self.say("Knock, start the visit")).click()

    def tick_opening_words(self) -> None:
        """Everything that is said at the door (R06)."""
        for words in ("Introduced myself", "Said the purpose", "Recent work", "Measures on known problems"):
            self.page.get_by_text(self.say(words), exact=True).click()

    def note_issue(self, text: str, answer: str = "", photo: Path | None = None) -> None:
        """One more issue: answered on the spot if there is an answer, else routed."""
        page = self.page
        page.get_by_role("button", name=self.say("Note an issue")).or_(
            page.get_by_role("button", name=self.say("One more issue"))
        ).click()
        page.get_by_label(self.say("What does the owner say?")).fill(text)
        if photo:
            page.locator("input[type=file]").first.set_input_files(photo)
            expect(page.get_by_role("button", name=self.say("Another photo"))).to_be_visible()
        page.get_by_role("button", name=WATERPROOFING[self.locale]).click()
        if answer:
            page.get_by_role("radio", name=self.say("Answered on the spot")).click()
            page.get_by_label(self.say("The answer given")).fill(answer)
        page.get_by_role("link", name=self.say("Done"), exact=True).click()

    def complain(self, text: str, nature: str, grade: str, *, report_up: bool = False) -> None:
        """One more issue that is a complaint: one tap, and of what nature and how grave; another tap reports it up."""
        page = self.page
        page.get_by_role("button", name=self.say("Note an issue")).or_(
            page.get_by_role("button", name=self.say("One more issue"))
        ).click()
        page.get_by_label(self.say("What does the owner say?")).fill(text)
        page.get_by_role("button", name=WATERPROOFING[self.locale]).click()
        page.get_by_role("checkbox", name=self.say("This is a complaint")).click()
        for choice in (grade, nature):
            page.get_by_role("radio", name=self.say(choice), exact=True).click()
        if report_up:
            words = "I cannot solve this: report it to supervisor and manager at once"
            page.get_by_role("checkbox", name=self.say(words)).click()
        page.get_by_role("link", name=self.say("Done"), exact=True).click()

    def answer_callback(self, answer: str, reason: str = "") -> None:
        """What the owner says about an earlier issue, with the reason in their words."""
        self.page.get_by_role("radio", name=self.say(answer), exact=True).first.click()
        if reason:
            self.page.get_by_label(self.say("Why, in the owner's words")).fill(reason)

    def object_to(self, text: str, reason: str) -> None:
        """The owner objects to the end of an issue: one tap, and why."""
        ended = self.page.get_by_test_id("ended").filter(has_text=text)
        ended.get_by_role("checkbox").click()
        ended.get_by_role("textbox").fill(reason)

    def photograph_the_work(self, photo: Path) -> None:
        """The owner calls it good and no photo shows it: it is said, and one is taken."""
        lacks = self.page.get_by_test_id("no-photo-after")
        expect(lacks).to_be_visible()
        self.page.locator(".photo-after input[type=file]").set_input_files(photo)
        expect(lacks).to_have_count(0)

    def hold_visit(self, at: str, issue: str, photo: Path | None = None, answered: tuple[str, str] = ("", "")) -> None:
        """A whole visit, from the knock to both signatures; `answered`: another matter, answered on the spot."""
        self.find(at)
        self.knock()
        self.note_issue(issue, photo=photo)
        if answered[0]:
            self.note_issue(*answered)
        self.hand_over()
        self.read_to_the_end()
        self.rate("Satisfied")
        self.ink()
        self.confirm()
        self.sign_as_officer_and_save()

    def nobody_home(self, at: str) -> None:
        """Knock in vain."""
        self.find(at)
        self.page.get_by_role("link", name=self.say("Nobody home")).click()
        self.page.get_by_role("button", name=like("Save: %(what)s", self.locale)).click()
        expect(
            self.page.get_by_role("heading", name=like("Saved on this tablet %(time)s", self.locale))
        ).to_be_visible()

    def ring(self, at: str) -> None:
        """Begin a call."""
        self.find(at)
        self.page.get_by_role("link", name=self.say("Call"), exact=True).click()
        expect(self.page.get_by_test_id("dial")).to_be_visible()

    def comes_of_the_call(self, words: str) -> None:
        """What came of it."""
        self.page.get_by_role("radio", name=self.say(words), exact=True).click()

    def saves_the_call(self) -> None:
        """A call that reached nobody is kept."""
        self.page.get_by_role("button", name=like("Save: %(what)s", self.locale)).click()
        expect(
            self.page.get_by_role("heading", name=like("Saved on this tablet %(time)s", self.locale))
        ).to_be_visible()

    def owner_signs(self, rating: str = "Satisfied") -> None:
        """One summary, one signature of the owner, one of the officer: saved."""
        self.hand_over()
        self.read_to_the_end()
        self.rate(rating)
        self.ink()
        self.confirm()
        self.sign_as_officer_and_save()

    def owner_answers_by_phone(self, at: str, answer: str, reason: str = "") -> None:
        """Ring, reach the owner, take the answer down, read it out, and save what was told."""
        self.ring(at)
        self.comes_of_the_call("Reached")
        self.page.get_by_role("button", name=like("Go on: talk with %(name)s", self.locale)).click()
        self.answer_callback(answer, reason)
        self.page.get_by_role("button", name=self.say("Read it out and ask for the rating")).click()
        # A callback's answer has the same name; only the rating has this one beside it.
        expect(self.page.get_by_role("radio", name=self.say("Mostly satisfied"), exact=True)).to_be_visible()
        self.rate("Satisfied")
        self.ink()
        self.page.get_by_role("button", name=self.say("Sign and save")).click()
        expect(
            self.page.get_by_role("heading", name=like("Saved on this tablet %(time)s", self.locale))
        ).to_be_visible()

    def send_all(self) -> None:
        """Everything that is kept here only goes to the office, and what is new there has come."""
        self.go_to("records")
        try_now = self.page.get_by_role("button", name=self.say("Try now"))
        with self.page.expect_response(lambda answer: "/sync/pull" in answer.url):
            try_now.click()
        expect(try_now).to_be_enabled()
        expect(self.page.get_by_text(self.say("To be sent"))).to_have_count(0)

    def hand_over(self) -> None:
        """Give the tablet to the owner, who reads Chinese unless they say otherwise."""
        self.page.get_by_role("button", name=self.say("Hand the tablet to the owner")).click()
        if self.locale == "en":
            self.page.get_by_role("radio", name="English", exact=True).click()

    def sign_as_officer_and_save(self) -> None:
        """Take the tablet back, sign, save."""
        self.page.get_by_role("button", name=like("Hand the tablet back to %(name)s", self.locale)).click()
        self.type_pin()
        expect(self.page.get_by_role("heading", name=self.say("Your signature"), level=1)).to_be_visible()
        self.ink()
        self.page.get_by_role("button", name=self.say("Sign and save")).click()
        expect(
            self.page.get_by_role("heading", name=like("Saved on this tablet %(time)s", self.locale))
        ).to_be_visible()

    def mend(self, number: str, note: str) -> None:
        """Add to a record that was sent back what is missing."""
        self.go_to("today")
        self.page.get_by_test_id("sent-back").click()
        record = self.page.get_by_test_id("record").filter(has_text=number).first
        record.get_by_test_id("mend").click()
        expect(self.page.get_by_test_id("asked")).to_be_visible()
        self.page.get_by_role("textbox").fill(note)
        self.page.get_by_role("button", name=self.say("Save the note")).click()
        # Kept: only now is it in the outbox, and the page goes on by itself.
        expect(self.page.get_by_role("heading", name=self.say("Where the records are"), level=1)).to_be_visible()

    # --- the owner ---

    def read_to_the_end(self) -> None:
        """Scroll until signing is open."""
        # Until the summary is there, what scrolls is the screen before it.
        expect(self.page.locator(".summary")).to_be_visible()
        self.page.mouse.wheel(0, 4000)

    def rate(self, words: str) -> None:
        """Judge the service, all in all."""
        judged = self.page.get_by_role("radio", name=self.say(words), exact=True)
        judged.click()
        # It is part of the statement: ink given before the new one is made would go with the old one.
        expect(judged).to_be_checked()

    def ink(self) -> None:
        """Write a name with a finger that is a mouse."""
        write_a_name(self.page)

    def inked_pixels(self) -> int:
        """How much of the signature field is covered with ink at this moment."""
        return int(
            self.page.get_by_test_id("ink").evaluate(
                """canvas => {
                    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                    let inked = 0;
                    for (let at = 3; at < data.length; at += 4) if (data[at] > 127) inked++;
                    return inked;
                }"""
            )
        )

    def confirm(self) -> None:
        """Confirm and sign."""
        self.page.get_by_role("button", name=self.say("Confirm and sign")).click()
