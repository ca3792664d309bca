"""Every text of ours has its Chinese, with the same placeholders, and none is left over."""

import re
from pathlib import Path

import flask_appbuilder
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

CATALOGUE = Path("translations/zh/LC_MESSAGES/messages.po")
METHODS = [("app/**.py", "python"), ("app/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def texts():
    found = extract_from_dir(".", METHODS, keywords=KEYWORDS)
    return {text for _file, _line, text, _comments, _context in found if text}


FAB = Path(flask_appbuilder.__file__).parent
FABS_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]


def texts_of_fab():
    found = extract_from_dir(str(FAB), FABS_METHODS, keywords=KEYWORDS)
    return {text for _file, _line, text, _comments, _context in found if text}


def chinese(catalogue=CATALOGUE):
    with catalogue.open("rb") as file:
        return {message.id: message for message in read_po(file) if message.id}


def test_every_text_has_its_chinese_and_none_is_left_over():
    ours, theirs = texts(), chinese()
    assert len(ours) > 400
    assert sorted(ours - theirs.keys()) == []
    assert sorted(theirs.keys() - ours - texts_of_fab()) == []


def test_what_fab_says_in_english_only_is_said_in_chinese_by_us():
    fabs = chinese(FAB / "translations/zh/LC_MESSAGES/messages.po")
    translated = {text for text, message in fabs.items() if message.string and not message.fuzzy}
    said = texts_of_fab()
    assert len(said) > 140
    assert sorted(said - translated - chinese().keys()) == []


def test_no_translation_is_empty_doubtful_or_loses_a_placeholder():
    for message in chinese().values():
        assert message.string, message.id
        assert not message.fuzzy, message.id
        wanted = sorted(PLACEHOLDER.findall(message.id))
        assert sorted(PLACEHOLDER.findall(message.string)) == wanted, message.id
