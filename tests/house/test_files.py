"""Every file says in its first line what it is, stays small, and has its line in docs/map.md."""

import re
from pathlib import Path

import pytest

from tests.support.tree import ROOT, files, name, under

LONGEST = 420
LARGE = 100_000
CODE = ("server", "scheduling", "signaling", "static", "bench", "tests", "deploy")
SPOKEN = {
    ".py": re.compile(r'"""\S'),
    ".js": re.compile(r"// \S"),
    ".ts": re.compile(r"// \S"),
    ".css": re.compile(r"/\* \S"),
    ".sh": re.compile(r"#!.*\n# \S"),
    ".html": re.compile(r"(?:<!doctype html>\n)?<!-- \S", re.IGNORECASE),
    ".mako": re.compile(r'"""'),
}
# In these folders each file has a line of the map; elsewhere the folder has.
MAPPED = ("server", "scheduling", "signaling", "static", "bench", "deploy", "tests/support")
UNMAPPED_KINDS = {".png", ".jpg"}


def code() -> list[Path]:
    return [path for folder in CODE for path in under(folder, *SPOKEN) if "__init__" not in path.name]


@pytest.mark.parametrize("path", code(), ids=name)
def test_a_file_says_first_what_it_is(path: Path) -> None:
    assert SPOKEN[path.suffix].match(path.read_text(encoding="utf-8")), "the first line says what the file is"


def test_no_file_of_the_three_parts_is_long() -> None:
    # A migration is a record of what was done, not something to be read as a story.
    told = [path for folder in CODE[:3] for path in under(folder, ".py") if "versions" not in path.parts]
    lengths = {name(path): len(path.read_text().splitlines()) for path in told}
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}


def test_nothing_large_is_committed() -> None:
    allowed = {ROOT / "package-lock.json", *(ROOT / "requirements").glob("*.txt"), *(ROOT / "docs").rglob("*")}
    assert [name(path) for path in files() if path.stat().st_size > LARGE and path not in allowed] == []
    assert [name(p) for p in under("docs", ".png") if p.stat().st_size > 2 * LARGE] == []


def test_every_file_is_on_the_map() -> None:
    written = set(re.findall(r"`([\w./{},*-]+)`", (ROOT / "docs" / "map.md").read_text(encoding="utf-8")))
    missing = [name(path) for folder in MAPPED for path in files() if _asks_for_a_line(path, folder, written)]
    assert missing == [], "each has a line `path` - what it is - in docs/map.md"


def test_the_map_shows_nothing_that_is_gone() -> None:
    written = re.findall(
        r"^\W*`([\w.-]+/[\w./-]*)`", (ROOT / "docs" / "map.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [path for path in written if not (ROOT / path).exists() and not path.startswith(("var", ".venv"))] == []


def test_every_folder_of_tests_is_on_the_map() -> None:
    text = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
    folders = {name(path.parent) for path in under("tests", ".py")} - {"tests"}
    assert sorted(folder for folder in folders if f"`{folder}/" not in text) == []


def _asks_for_a_line(path: Path, folder: str, written: set[str]) -> bool:
    if not path.is_relative_to(ROOT / folder) or path.suffix in UNMAPPED_KINDS or path.name == "__init__.py":
        return False
    return name(path) not in written


def test_nothing_waits_for_an_async_function_by_playwrights_own_wait() -> None:
    """It takes the promise for the answer at once: such a wait asserts nothing (tests/support/patience.py)."""
    at_once = re.compile(r'\.wait_for_function\(\s*f?"{1,3}\s*async')
    named = re.compile(r'^(\w+) = f?"{1,3}\s*async', re.MULTILINE)
    careless = []
    for path in under("tests", ".py"):
        text = path.read_text()
        waits = [rf"\.wait_for_function\(\s*(f?\"+[^\"]*\{{)?{each}\b" for each in named.findall(text)]
        if at_once.search(text) or any(re.search(wait, text) for wait in waits):
            careless.append(name(path))
    assert careless == []
