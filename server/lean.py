"""Lean text for the line: scripts, styles and pages without remarks and needless space; a weak line carries less.

Names and line breaks stay as they were written, so what a browser's tools show can be read; it is no minifier.
"""

import re
from collections.abc import Iterable

from server.pieces import Piece, pieces

STYLE_REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
# A text is kept whole; a break after each rule is all that readers need.
STYLE_SPACE = re.compile(
    r"""("[^"]*"|'[^']*')|[ \t\n;]*(\})[ \t\n]*|[ \t\n]*([{;,])[ \t\n]*|(:)[ \t]+|[ \t\n]+""",
)
PAGE_REMARK = re.compile(r"<!--.*?-->[ \t]*\n?", re.DOTALL)
INDENT = re.compile(r"\n\s+")
NAME = re.compile(r"[\w$#@]")


def lean(text: str, suffix: str) -> str:
    """The text as a browser needs it; other kinds than .js, .css and .html come back as they are."""
    if suffix == ".js":
        return lean_script(pieces(text))
    if suffix == ".css":
        return STYLE_SPACE.sub(_style_space, STYLE_REMARK.sub("", text)).lstrip()
    if suffix == ".html":
        return INDENT.sub("\n", PAGE_REMARK.sub("", text))
    return text


def lean_script(script: Iterable[Piece]) -> str:
    """Remarks and indentation go, and spaces that part nothing; a line break may end a statement and stays."""
    kept: list[str] = []
    gap = ""
    for kind, text in script:
        if kind == "remark":
            gap = gap or " "
        elif kind == "space":
            gap = "\n" if "\n" in text or gap == "\n" else " "
        else:
            kept += [_between(kept[-1], gap, text) if kept else "", text]
            gap = ""
    return "".join(kept) + "\n"


def _between(before: str, gap: str, after: str) -> str:
    if gap != " ":
        return gap
    end, start = before[-1], after[0]
    names = NAME.match(end) and NAME.match(start)
    # `a + +b` is no `a++b`, `1 .toFixed()` no number, and two slashes begin a remark.
    return gap if names or (end in "+-" and start in "+-") or "/" in end + start or end.isdigit() else ""


def _style_space(found: re.Match[str]) -> str:
    text, end, sign, colon = found.groups()
    if text or sign or colon:
        return text or sign or colon
    return "}\n" if end else " "
