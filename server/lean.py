"""Lean text for the line: scripts and styles without remarks and indentation, so that a weak line carries less.

Line by line, and only where that cannot change what the text means; it is no minifier, and names stay as written.
"""

import re

WHOLE_LINE = re.compile(r"^[ \t]*//[^\n]*\n", re.MULTILINE)
BLOCK = re.compile(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
CAST = re.compile(r"/\*\* @(?:type|const|param) (?:(?!\*/)[^\n])*\*/ ?")
STYLE_REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
EMPTY = re.compile(r"\n{2,}")


def lean(text: str, suffix: str) -> str:
    """The text as a browser needs it; other kinds than .js and .css come back as they are."""
    if suffix == ".css":
        return EMPTY.sub("\n", INDENT.sub("", STYLE_REMARK.sub("", text))).lstrip("\n")
    if suffix == ".js" and not _spans_lines(text):
        for remark in (BLOCK, WHOLE_LINE, CAST, INDENT):
            text = remark.sub("", text)
        return EMPTY.sub("\n", text).lstrip("\n")
    return text


def _spans_lines(script: str) -> bool:
    """A template literal over several lines means its white space: such a script is left alone."""
    without = WHOLE_LINE.sub("", BLOCK.sub("", script))
    return any(line.replace("\\`", "").count("`") % 2 for line in without.splitlines())
