"""House rules about words: whatever a person can read is said through a translation, and every language has it."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.cli.catalogues import catalogues, messages, translations

ROOT = Path(__file__).parent.parent
READ_BY_PEOPLE = {"alt", "aria-label", "placeholder", "title"}
VOID = {"br", "hr", "img", "input", "link", "meta", "path", "use"}
WORD = re.compile(r"[^\W\d_]{2}")
IN_BOTH_LANGUAGES = ROOT / "templates" / "tablet" / "shell.html"  # the same bytes for everybody
TEMPLATES = sorted(set((ROOT / "templates").rglob("*.html")) - {IN_BOTH_LANGUAGES})


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    return messages(ROOT)


@pytest.mark.parametrize("language", catalogues(ROOT))
def test_every_message_is_translated(said, language):
    known = translations(catalogues(ROOT)[language])

    missing = {message: place for message, place in said.items() if message not in known}

    assert missing == {}, "run make translations, then fill in the empty msgstr"


@pytest.mark.parametrize("language", catalogues(ROOT))
def test_a_translation_has_the_same_gaps_as_its_message(language):
    def gaps(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)[sd]", text))

    known = translations(catalogues(ROOT)[language])

    assert {message: text for message, text in known.items() if gaps(message) != gaps(text)} == {}


def test_javascript_says_each_message_as_it_stands():
    """A message that is put together, or not in double quotes, would not be found for translation."""
    called = re.compile(r"(?<![\w.$])_\(\s*(?![\s\")])")
    modules = [path for folder in ("tablet", "office") for path in (ROOT / "static" / folder).rglob("*.js")]

    def code(path: Path) -> str:
        return re.sub(r"^\s*(//|/?\*).*$", "", path.read_text(), flags=re.MULTILINE)

    assert [path.name for path in modules if called.search(code(path))] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_no_words_of_its_own(template):
    source = template.read_text().replace("<{{", "<x {{")
    reader = Words()

    reader.feed(re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", source, flags=re.DOTALL))

    assert reader.words == [], 'say it as {{ _("…") }}, or name its language: lang="…"'


class Words(HTMLParser):
    """Collects what a person would read in a page, but for keys and what is meant to stand in one language."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._passed_over: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if self._passed_over or tag in ("script", "style", "kbd") or ("lang" in names and tag != "html"):
            self._passed_over += [tag] if tag not in VOID else []
            return
        self.words += [value for name, value in attrs if name in READ_BY_PEOPLE and value and WORD.search(value)]

    def handle_endtag(self, tag: str) -> None:
        if self._passed_over and self._passed_over[-1] == tag:
            self._passed_over.pop()

    def handle_data(self, text: str) -> None:
        if not self._passed_over and WORD.search(text):
            self.words.append(text.strip())
