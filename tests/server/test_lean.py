"""Lean scripts and styles: remarks go, meaning stays."""

import gzip
from pathlib import Path

import pytest

from server.lean import lean
from server.pieces import Unreadable, pieces
from tests.support.tree import STATIC, brought, name, under

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
LEAN = """export function greet(who){
const address="https://example.org/*no remark*/";
const part=(document.body);
return`${address} // also no remark ${who}`;
}
"""
LINES = """const letter = `
  // not a remark
  Dear ${who /* the reader */ + `  ${1 - -1}`},`; // a remark
const half = total / 2 / /[/]+/.exec(text).length;
"""
LEAN_LINES = """const letter=`
  // not a remark
  Dear ${who+`  ${1 - -1}`},`;
const half=total / 2 / /[/]+/.exec(text).length;
"""


def test_remarks_and_indentation_go() -> None:
    assert lean(SCRIPT, ".js") == LEAN


def test_texts_and_regular_expressions_stay_as_they_are() -> None:
    assert lean(LINES, ".js") == LEAN_LINES


def test_a_line_break_may_end_a_statement_and_stays() -> None:
    assert lean("let a = b\n\n\n  // why\n  ++c", ".js") == "let a=b\n++c\n"


@pytest.mark.parametrize("script", ["const a = `open", "f(/[/)", "}", "{", '"open\n"', "/* open"])
def test_a_script_that_is_not_understood_is_not_sent(script: str) -> None:
    with pytest.raises(Unreadable):
        lean(script, ".js")


def test_a_style_keeps_its_rules() -> None:
    style = """/* What it is. */
a:hover, a :focus {
  color: red; /* why */
  content: "; } ,";
}
@media (min-width: 30rem) { b { margin: calc(1px + 2px) } }
"""
    assert lean(style, ".css") == (
        'a:hover,a :focus{color:red;content:"; } ,"}\n@media (min-width:30rem){b{margin:calc(1px + 2px)}\n}\n'
    )


def test_a_page_keeps_its_words() -> None:
    page = "<!doctype html>\n<!-- What it is. -->\n<p>\n    Good\n    day\n</p>\n"
    assert lean(page, ".html") == "<!doctype html>\n<p>\nGood\nday\n</p>\n"


@pytest.mark.parametrize("suffix", [".svg", ".json"])
def test_other_kinds_come_back_as_they_are(suffix: str) -> None:
    assert lean("  // x\n", suffix) == "  // x\n"


@pytest.mark.parametrize("script", [path for path in under("static", ".js") if "vendor" not in path.parts], ids=name)
def test_the_pieces_of_a_script_are_the_script(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert "".join(piece.text for piece in pieces(text)) == text


def test_the_visit_becomes_a_fifth_lighter() -> None:
    own = [path for path in brought(STATIC / "visit.html") if "vendor" not in path.parts]
    before = sum(len(gzip.compress(path.read_bytes(), 9)) for path in own)
    after = sum(len(gzip.compress(lean(path.read_text(), path.suffix).encode(), 9)) for path in own)
    assert after < before * 0.8
