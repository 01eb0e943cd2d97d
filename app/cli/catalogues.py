"""Makes the translations readable for programs: .mo for the server, JSON for browsers. Needs Babel only."""

import json
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]


def compile_all(root: Path) -> None:
    """Write every language's `messages.mo` and `static/catalogue/<language>.json`."""
    translations, static = root / "app" / "translations", root / "static"
    wanted = messages_of_browsers(static, translations / "babel.cfg")
    for source in sorted(translations.glob("*/LC_MESSAGES/messages.po")):
        with source.open("rb") as file:
            catalogue = read_po(file)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
        known = {str(entry.id): str(entry.string) for entry in catalogue if entry.id and entry.string}
        words = {msgid: known[msgid] for msgid in sorted(wanted & known.keys())}
        _write_json(static / "catalogue" / f"{source.parent.parent.name}.json", words)


def messages_of_browsers(static: Path, mapping: Path) -> set[str]:
    """Every message that our own JavaScript can say."""
    with mapping.open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    return {str(message) for _file, _line, message, *_rest in extract_from_dir(static, methods, options)}


def _write_json(path: Path, words: dict[str, str]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(words, ensure_ascii=False, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    compile_all(ROOT)
