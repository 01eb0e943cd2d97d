"""What people do at a desk in the office, by the words they see there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from app.core.clock import local_date, now
from tests.builders import PASSWORD
from tests.journeys.hand import write_a_name
from tests.journeys.words import like, said, zh

MAIN_SCRIPT = "**/office/main.js"


class Office:
    """One browser; whoever logs in last is at the desk."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.locale = "zh"

    def say(self, english: str, **values: object) -> str:
        """The words as they stand on the page, in the language that is read."""
        return said(self.locale, english, **values)

    def log_in(self, login: str, password: str = PASSWORD) -> None:
        """Sit down at the desk."""
        self.page.context.clear_cookies()
        self.page.goto(f"{self.url}/login")
        self.page.get_by_label(zh("Login"), exact=True).fill(login)
        self.page.get_by_label(zh("Password"), exact=True).fill(password)
        self.page.get_by_role("button", name=zh("Log in"), exact=True).click()
        expect(self.page.get_by_role("heading", name=zh("My inbox"))).to_be_visible()
        self.page.wait_for_load_state()  # until then the page has no keyboard

    def put_this_months_plan_to_work(self) -> None:
        """Propose the month, and sign it at every stage, as somebody may who holds all these roles."""
        self.propose_this_month()
        self.act("Hand in")
        self.act("Reviewed, pass it on")
        self.act("Approve")
        self.act("File and put to work")
        self.sees_the_visits_on_their_way()

    def propose_this_month(self) -> None:
        """Have the month proposed; its plan is a draft."""
        self.page.goto(f"{self.url}/plans")
        self.page.get_by_role("button", name=like("Propose %(month)s")).first.click()
        expect(self.page.get_by_text(self.say("Draft. Nothing is on a tablet yet."))).to_be_visible()

    @contextmanager
    def before_scripts(self, address: str) -> Iterator[None]:
        """Open a page; what is done in here is done before its scripts have come."""
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        self.page.route(MAIN_SCRIPT, hold)
        self.page.goto(address, wait_until="commit")
        yield
        for route in held:
            route.continue_()
        self.page.unroute(MAIN_SCRIPT)

    def act(self, words: str, opened_by: str = "", note: str = "") -> None:
        """Open the form of an act on the page, write a note if there is one to write, and send it."""
        self.page.get_by_role("link", name=self.say(opened_by or words), exact=True).click()
        form = self.page.locator("section.act:visible")
        if note:
            form.get_by_role("textbox").fill(note)
        form.get_by_role("button", name=self.say(words), exact=True).click()
        expect(form).to_have_count(0)

    def order_special(self, title: str, ask: str, homes: list[str]) -> None:
        """Order a special visit at these homes, after a look at them."""
        self.page.goto(f"{self.url}/plans/special/new")
        self.page.get_by_role("textbox", name=self.say("What it is about")).fill(title)
        self.page.get_by_role("textbox", name=self.say("What to say and ask")).fill(ask)
        self.page.get_by_role("textbox", name=self.say("Units or owners, one per line")).fill("\n".join(homes))
        self.page.get_by_role("button", name=self.say("Show these homes")).click()
        self.page.get_by_role("button", name=self.say("Order at the chosen homes")).click()
        expect(self.page.get_by_role("heading", name=title)).to_be_visible()

    def take_out(self, number: str) -> None:
        """Take a home out of the draft that is shown."""
        self.page.get_by_label(number, exact=True).check()
        self.page.get_by_role("button", name=self.say("Take out")).click()
        expect(self.page.get_by_label(number, exact=True)).to_have_count(0)

    def gather_records(self) -> None:
        """Gather all that can be handed up."""
        self.page.goto(f"{self.url}/batches")
        self.page.get_by_role("button", name=self.say("Gather the chosen")).click()
        expect(self.page.get_by_text(self.say("Not handed up yet."))).to_be_visible()

    def send_record_back(self, number: str, why: str) -> None:
        """Send one record of the batch that is shown back to its officer."""
        record = self.page.locator("article", has=self.page.get_by_role("link", name=number))
        record.get_by_text(self.say("Send this record back…")).click()
        record.get_by_label(self.say("What must be added?")).fill(why)
        record.get_by_role("button", name=self.say("Send back"), exact=True).click()
        expect(record.get_by_text(why)).to_be_visible()

    def sign_records(self, opinion: str, password: str) -> None:
        """Sign the batch that is shown, by hand and with the password."""
        self.page.get_by_role("link", name=self.say("Sign and pass it on"), exact=True).click()
        form = self.page.locator("section.act:visible")
        form.get_by_label(self.say("Opinion")).fill(opinion)
        write_a_name(self.page)
        form.get_by_label(self.say("Your password")).fill(password)
        form.get_by_role("button", name=self.say("Sign and pass it on"), exact=True).click()
        expect(self.page.get_by_text(self.say("Passed on."))).to_be_visible()

    def open_records_in_inbox(self) -> None:
        """Follow the button of the records that wait."""
        self.page.goto(self.url)
        row = self.page.locator("tr[data-row]").filter(has_text=self.say("Handed up"))
        row.locator("a.btn").click()

    def open_first_in_inbox(self) -> None:
        """Follow the first button of what waits."""
        self.page.goto(self.url)
        self.page.locator("[data-act]").first.click()

    def sees_the_visits_on_their_way(self) -> None:
        """The plan is at work."""
        expect(
            self.page.get_by_text(like("%(n)s visits are on the officers' tablets at their next sync."))
        ).to_be_visible()

    def enrol_code_for(self, name: str) -> str:
        """A one-time code for somebody's tablet."""
        self.page.goto(f"{self.url}/devices")
        self.page.get_by_label(zh("Who carries it")).select_option(label=name)
        self.page.get_by_role("button", name=zh("Make a code")).click()
        return self.page.get_by_test_id("enrol-code").inner_text().strip()

    def withdraw_tablet(self, code: str) -> None:
        """It is lost, or its carrier has left."""
        self.page.goto(f"{self.url}/devices")
        self.page.get_by_text(self.say("Withdraw…")).click()
        self.page.get_by_role("button", name=self.say("Withdraw %(code)s", code=code)).click()
        expect(
            self.page.get_by_text(
                self.say("Tablet %(code)s is withdrawn. What it still sends is kept and shown to you.", code=code)
            )
        ).to_be_visible()

    def upload_unsent(self, file: Path) -> None:
        """Bring a tablet's file and see what it holds."""
        self.page.goto(f"{self.url}/devices/unsent")
        self.page.locator("input[type=file]").set_input_files(file)
        self.page.get_by_role("button", name=self.say("Show what it holds")).click()
        expect(self.page.get_by_role("heading", name=self.say("What the file holds"))).to_be_visible()

    def rows_of(self, path: str) -> Locator:
        """The rows of a list."""
        self.page.goto(f"{self.url}/{path}")
        return self.page.locator("tr[data-row]")

    def open_issue(self, words: str) -> None:
        """The page of the issue with these words, found through the list."""
        self.page.goto(f"{self.url}/issues?state=all")
        self.page.get_by_role("link", name=words).first.click()
        expect(self.page.get_by_role("heading", name=words)).to_be_visible()

    def accept_issue(self, measure: str, responsible: str, days: int) -> None:
        """The department settles measure, person and date."""
        day = local_date(now(), "Asia/Shanghai") + timedelta(days=days)
        self.page.get_by_role("link", name=zh("Accept and settle the measure")).click()
        self.page.get_by_role("textbox", name=zh("Measure"), exact=True).fill(measure)
        self.page.get_by_label(zh("How it will be done")).fill("两人一组，拍照留底")
        self.page.get_by_label(zh("Responsible person")).select_option(label=responsible)
        self.page.get_by_label(zh("To be done by")).fill(day.isoformat())
        self.page.get_by_role("button", name=zh("Accept")).click()

    def stands(self, words: str) -> None:
        """Where the issue stands whose page is shown, beside its heading."""
        expect(self.page.locator("header.page-head .chip").filter(has_text=words)).to_be_visible()

    def route_issue(self, department: str) -> None:
        """Customer service says whose matter it is."""
        self.page.get_by_role("link", name=zh("Route to a department")).click()
        form = self.page.locator("section.act:visible")
        form.get_by_label(zh("Department"), exact=True).select_option(label=department)
        form.get_by_role("button", name=zh("Route"), exact=True).click()
        expect(self.page.get_by_text(zh("Routed to %(department)s.", department=department))).to_be_visible()

    def open_way(self, title: str) -> None:
        """Open the form of what can be done with the issue whose page is shown, folded away or not."""
        link = self.page.locator(".turn-acts a").filter(has_text=self.say(title))
        if link.is_hidden():
            self.page.locator("details.more summary").click()
        link.click()
        expect(self.page.locator("section.act:visible")).to_have_count(1)

    def fill_way(self, words: str, choose: tuple[str, ...] = ()) -> None:
        """Choose, write, and send the form that stands open."""
        form = self.page.locator("section.act:visible")
        for choice in choose:
            form.get_by_text(self.say(choice), exact=True).click()
        form.locator("textarea").fill(words)
        form.locator("button.btn-primary").click()
        self.page.wait_for_load_state()

    def take_way(self, title: str, words: str, choose: tuple[str, ...] = ()) -> None:
        """Do with the issue whose page is shown what stands under this title."""
        self.open_way(title)
        self.fill_way(words, choose)
        expect(self.page.locator(".message-good")).to_be_visible()

    def act_on_complaint(self, title: str, words: str) -> None:
        """Do with the complaint whose record is shown what stands under this title."""
        self.page.locator(".complaint-acts").get_by_role("link", name=self.say(title)).click()
        self.fill_way(words)
        expect(self.page.locator(".message-good")).to_be_visible()

    def list_taken_away(self, folder: Path) -> Path:
        """The list that is shown, as a spreadsheet."""
        with self.page.expect_download() as downloading:
            self.page.get_by_role("button", name="XLSX").click()
        path = folder / downloading.value.suggested_filename
        downloading.value.save_as(path)
        return path

    def rounds(self) -> Locator:
        """The rounds of the issue whose page is shown, each unfolded."""
        rounds = self.page.locator(".rounds details")
        rounds.evaluate_all("all => all.forEach((one) => one.setAttribute('open', ''))")
        return rounds

    def report_rectified(self, note: str) -> None:
        """The department says what it did."""
        self.page.get_by_role("link", name=zh("Report rectified")).click()
        self.page.get_by_role("textbox", name=zh("What was done"), exact=True).fill(note)
        self.page.get_by_role("button", name=zh("Report rectified")).click()
