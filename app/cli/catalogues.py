"""The translations: brings new messages into them and makes them readable for programs. Needs Babel only."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_": None}
LINE_WIDTH = 110

Found = tuple[int, str, str, list[str]]
Extract = str | Callable[..., Iterator[Found]]


def messages_in_javascript(file: IO[bytes], *_keywords: Any, **_options: Any) -> Iterator[Found]:
    """Every `_("…")`, also inside template strings, where Babel's own reader loses those with parameters."""
    source = re.sub(r"^\s*(//|/?\*).*$", "", file.read().decode(), flags=re.MULTILINE)
    for call in re.finditer(r'(?<![\w.$])_\(\s*("(?:[^"\\\n]|\\.)*")', source):
        yield source.count("\n", 0, call.start()) + 1, "_", json.loads(call[1]), []


SOURCES: dict[str, list[tuple[str, Extract]]] = {
    "app": [("**.py", "python")],
    "templates": [("**.html", "jinja2")],
    "static": [("tablet/**.js", messages_in_javascript), ("office/**.js", messages_in_javascript)],
}


def messages(root: Path, *folders: str) -> dict[str, str]:
    """Every message that our own files in these folders (all, if none is named) can say → where, `path:line`."""
    found = {}
    for folder in folders or SOURCES:
        methods: Any = SOURCES[folder]  # Babel takes functions too, its types do not say so
        for path, line, message, *_ in extract_from_dir(root / folder, methods, keywords=KEYWORDS):
            found[str(message)] = f"{folder}/{path}:{line}"
    return found


def catalogues(root: Path) -> dict[str, Path]:
    """Language → its file of translations."""
    files = (root / "app" / "translations").glob("*/LC_MESSAGES/messages.po")
    return {file.parent.parent.name: file for file in sorted(files)}


def translations(file: Path) -> dict[str, str]:
    """Message → translation, without what is not translated yet."""
    return {str(entry.id): str(entry.string) for entry in _read(file) if entry.id and entry.string}


def compile_all(root: Path) -> None:
    """Write every language's `messages.mo` and, with what browsers say, `static/catalogue/<language>.json`."""
    said_by_browsers = messages(root, "static")
    for language, file in catalogues(root).items():
        with file.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, _read(file))
        words = {msgid: text for msgid, text in sorted(translations(file).items()) if msgid in said_by_browsers}
        for_browsers = root / "static" / "catalogue" / f"{language}.json"
        for_browsers.parent.mkdir(exist_ok=True)
        for_browsers.write_text(json.dumps(words, ensure_ascii=False, indent=0) + "\n", "utf-8")


def update_all(root: Path) -> None:
    """Bring new messages into every language's file and drop those that nobody says any more. Nothing is guessed."""
    template = Catalog()
    for message in messages(root):
        template.add(message)
    for language, file in catalogues(root).items():
        catalogue = _read(file)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        with file.open("wb") as updated:
            write_po(updated, catalogue, width=LINE_WIDTH, no_location=True, sort_output=True, ignore_obsolete=True)
        print(f"{language}: {len(template) - len(translations(file))} messages without a translation")


def _read(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=file.parent.parent.name)


if __name__ == "__main__":
    {"compile": compile_all, "update": update_all}[sys.argv[1]](ROOT)
