"""The words: both languages have the same ones, none is empty, and every word a page asks for is there."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from tests.support.tree import STATIC, name, pages, text, under, without_comments

LANGUAGES = ("ru", "en")
# What the server puts into a page beside the words (server/pages.py), and facts a page is given by its handler.
FACTS = {"lang", "dir"}
PLURAL = re.compile(r"\.(one|few|many|other)$")
# `.other` alone may be a word of its own: another kind of absence, another note.
COUNTED = re.compile(r"\.(one|few|many)$")
IN_PAGE = re.compile(r"\{\{([\w.]+)\}\}")
# say("visit.heading") on client pages; t("today.title") on staff pages stands for "staff.today.title".
ASKED = re.compile(r"""\b(say|t)\(\s*(?:"([\w.]+)"|'([\w.]+)'|`([^`]+)`)""")
PREFIX = {"say": "", "t": "staff."}
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@cache
def words(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((STATIC / "locales" / language).glob("*.json")):
        table = json.loads(path.read_text(encoding="utf-8"))
        twice = found.keys() & table.keys()
        assert not twice, f"{path.name} repeats words of another file: {sorted(twice)}"
        found |= table
    return found


def scripts() -> list[Path]:
    return [path for path in under("static", ".js") if "vendor" not in path.parts]


def kind(key: str) -> str:
    """A counted word is one word, whatever forms its language has."""
    return PLURAL.sub("", key)


def is_there(key: str) -> bool:
    return key in words("ru") or f"{key}.other" in words("ru")


def test_both_languages_have_the_same_words() -> None:
    keys = [{kind(key) for key in words(language)} for language in LANGUAGES]
    assert keys[0] ^ keys[1] == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_empty(language: str) -> None:
    assert words(language), "there are words"
    assert [key for key, text in words(language).items() if not isinstance(text, str) or not text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counted_word_has_all_forms_of_its_language(language: str) -> None:
    forms = {"ru": {"one", "few", "many"}, "en": {"one", "other"}}[language]
    counted = {kind(key) for key in words(language) if COUNTED.search(key)}
    missing = {key: forms - {f for f in forms if f"{key}.{f}" in words(language)} for key in counted}
    assert {key: gaps for key, gaps in missing.items() if gaps} == {}


def test_a_sentence_has_the_same_places_to_fill_in_both_languages() -> None:
    plain = [key for key in words("ru") if key in words("en") and not PLURAL.search(key)]
    differing = [
        k for k in plain if set(PLACEHOLDER.findall(words("ru")[k])) != set(PLACEHOLDER.findall(words("en")[k]))
    ]
    assert differing == []


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_word_in_a_page_exists(page: Path) -> None:
    asked = {key for key in IN_PAGE.findall(text(page)) if "." in key} - FACTS
    assert sorted(key for key in asked if key not in words("ru")) == []


@pytest.mark.parametrize("script", scripts(), ids=name)
def test_every_word_a_script_says_exists(script: Path) -> None:
    missing = []
    for how, double, single, pattern in ASKED.findall(without_comments(script.read_text(encoding="utf-8"))):
        key = PREFIX[how] + (double or single or pattern)
        there = _some_fits(key) if pattern else is_there(key)
        if not there:
            missing.append(key)
    assert missing == []


def _some_fits(pattern: str) -> bool:
    """`visit.${end}_detail` must fit at least one word."""
    parts = [re.escape(part) for part in re.split(r"\$\{[^}]*\}", pattern)]
    shape = re.compile(r"[\w.]+".join(parts))
    return any(shape.fullmatch(key) or shape.fullmatch(kind(key)) for key in words("ru"))
