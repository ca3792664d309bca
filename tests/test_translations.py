"""Every text of ours has its Chinese, with the same placeholders, and none is left over."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

CATALOGUE = Path("translations/zh/LC_MESSAGES/messages.po")
METHODS = [("app/**.py", "python"), ("app/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def texts():
    found = extract_from_dir(".", METHODS, keywords=KEYWORDS)
    return {text for _file, _line, text, _comments, _context in found if text}


def chinese():
    with CATALOGUE.open("rb") as file:
        return {message.id: message for message in read_po(file) if message.id}


def test_every_text_has_its_chinese_and_none_is_left_over():
    ours, theirs = texts(), chinese()
    assert len(ours) > 400
    assert sorted(ours - theirs.keys()) == []
    assert sorted(theirs.keys() - ours) == []


def test_no_translation_is_empty_doubtful_or_loses_a_placeholder():
    for message in chinese().values():
        assert message.string, message.id
        assert not message.fuzzy, message.id
        wanted = sorted(PLACEHOLDER.findall(message.id))
        assert sorted(PLACEHOLDER.findall(message.string)) == wanted, message.id
