"""The fields of a page's forms as a browser would send them."""

from html.parser import HTMLParser


def filled_in(page: str) -> dict[str, list[str]]:
    """Name → what stands in the fields of this name, in their order; of ticks only those that are set."""
    reader = _Reader()
    reader.feed(page.partition("<main")[2])
    return reader.fields


class _Reader(HTMLParser):
    """Reads inputs, texts and selects; submit buttons are nobody's until they are pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._text, self._select = "", ""

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in given}
        if tag == "input" and said.get("name"):
            if said.get("type") not in ("checkbox", "radio") or "checked" in said:
                self._keep(said["name"], said.get("value", ""))
        elif tag == "textarea":
            self._text = said["name"]
            self._keep(self._text, "")
        elif tag == "select":
            self._select = said["name"]
        elif tag == "option" and self._select and (self._select not in self.fields or "selected" in said):
            self.fields[self._select] = [said.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._text][-1] = self.fields[self._text][-1].strip()
            self._text = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, words: str) -> None:
        if self._text:
            self.fields[self._text][-1] += words

    def _keep(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)
