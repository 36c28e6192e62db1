"""Lean scripts and styles: remarks go, meaning stays."""

import gzip

import pytest

from server.lean import lean
from tests.support.tree import STATIC, brought

SCRIPT = """// What this file is.

/**
 * Says it. @param {string} who
 * @returns {string}
 */
export function greet(who) {
  // a reason
  const address = "https://example.org/*no remark*/"; // stays: it follows code
  const part = /** @type {HTMLElement} */ (document.body);
  return `${address} // also no remark ${who}`;
}
"""
LEAN = """export function greet(who) {
const address = "https://example.org/*no remark*/"; // stays: it follows code
const part = (document.body);
return `${address} // also no remark ${who}`;
}
"""


def test_remarks_and_indentation_go() -> None:
    assert lean(SCRIPT, ".js") == LEAN


def test_a_script_with_a_text_over_several_lines_is_left_alone() -> None:
    script = "const letter = `\n  // not a remark\n  Dear you`;\n"
    assert lean(script, ".js") == script


def test_a_style_keeps_its_rules() -> None:
    assert lean("/* What it is. */\na {\n  color: red; /* why */\n}\n", ".css") == "a {\ncolor: red; \n}\n"


@pytest.mark.parametrize("suffix", [".html", ".svg", ".json"])
def test_other_kinds_come_back_as_they_are(suffix: str) -> None:
    assert lean("  // x\n", suffix) == "  // x\n"


def test_the_visit_becomes_a_fifth_lighter() -> None:
    own = [path for path in brought(STATIC / "visit.html") if "vendor" not in path.parts]
    before = sum(len(gzip.compress(path.read_bytes(), 9)) for path in own)
    after = sum(len(gzip.compress(lean(path.read_text(), path.suffix).encode(), 9)) for path in own)
    assert after < before * 0.8
