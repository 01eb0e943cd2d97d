"""What people of a department do on a telephone, in a stairwell, by the words they see there."""

from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.journeys.office import Office


class Phone(Office):
    """One telephone; whoever logs in last has it in the hand."""

    def card(self, words: str) -> Locator:
        """What waits, on the first page, by words in it."""
        return self.page.locator("[data-row]").filter(has_text=words)

    def accept(self, issue: str, measure: str, method: str, responsible: str) -> None:
        """Settle measure, method, person and the day that is proposed."""
        self.card(issue).get_by_role("link", name=self.say("Accept"), exact=True).tap()
        self.page.get_by_role("textbox", name=self.say("Measure"), exact=True).fill(measure)
        self.page.get_by_label(self.say("How it will be done")).fill(method)
        self.page.get_by_label(self.say("Responsible person")).select_option(label=responsible)
        self.page.get_by_role("button", name=self.say("Accept"), exact=True).tap()
        expect(self.card(issue)).to_contain_text(measure)

    def photograph(self, issue: str, picture: Path) -> None:
        """A photo of how it is, before anything is done."""
        self.card(issue).get_by_role("link", name=self.say("Photo or note")).tap()
        self._take(picture)
        self.page.get_by_role("button", name=self.say("Save")).tap()
        expect(self.page.get_by_text(self.say("Saved. Photos: %(n)s.", n=1))).to_be_visible()

    def say_it_is_rectified(self, issue: str, note: str, picture: Path | None = None) -> None:
        """What was done, with a photo of how it is now if there is one."""
        self.card(issue).get_by_role("link", name=self.say("Report rectified")).tap()
        self.page.get_by_label(self.say("What was done")).fill(note)
        if picture:
            self._take(picture)
        self.page.get_by_role("button", name=self.say("Report rectified")).tap()
        expect(self.card(issue)).to_have_count(0)

    def _take(self, picture: Path) -> None:
        self.page.locator("input[capture]").set_input_files(picture)
        expect(self.page.locator("[data-taken] canvas")).to_have_count(1)
