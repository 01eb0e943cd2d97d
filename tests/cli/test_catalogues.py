"""Translations reach every program that says them, and nothing is guessed."""

import gettext
import json

import pytest

from app.cli.catalogues import compile_all, messages, translations, update_all

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Visits"
msgstr "走访"

msgid "Find"
msgstr "查找"

msgid "Said no more"
msgstr "不再说"
"""
MODULE = """
import { html } from "lit";
// Say it so: _("In a comment")
const plain = _("Find");
const page = html`<p>${_("Found: %(count)s", { count: list.length })} ${ready ? _(
  "Next \\"door\\"",
) : ""}</p>`;
const other = list_("No message"), also = words._("No message either");
"""


@pytest.fixture
def root(tmp_path):
    """A project whose server says one thing and whose tablet says three."""
    files = {
        "app/page.py": 'title = lazy_("Visits")',
        "templates/page.html": '<h1>{{ _("Visits of %(month)s", month=month) }}</h1>',
        "static/tablet/page.js": MODULE,
        "static/vendor/other.js": '_("Not ours")',
        "app/translations/zh/LC_MESSAGES/messages.po": PO,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_every_message_is_found_also_inside_template_strings(root):
    assert set(messages(root)) == {"Visits", "Visits of %(month)s", "Find", "Found: %(count)s", 'Next "door"'}
    assert messages(root)["Find"] == "static/tablet/page.js:4"


def test_browsers_get_what_they_say_and_the_server_gets_all(root):
    compile_all(root)

    assert json.loads((root / "static" / "catalogue" / "zh.json").read_text()) == {"Find": "查找"}
    with (root / "app/translations/zh/LC_MESSAGES/messages.mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Visits") == "走访"


def test_an_update_brings_new_messages_untranslated_and_drops_what_nobody_says(root, capsys):
    update_all(root)

    file = root / "app/translations/zh/LC_MESSAGES/messages.po"
    assert translations(file) == {"Visits": "走访", "Find": "查找"}
    assert 'msgid "Found: %(count)s"\nmsgstr ""' in file.read_text()
    assert "Said no more" not in file.read_text()
    assert capsys.readouterr().out == "zh: 3 messages without a translation\n"
