"""The pieces of a script: enough of ECMA-262, 12 to tell code from texts, remarks and regular expressions."""

import re
from collections.abc import Iterator
from typing import NamedTuple

SPACE = re.compile(r"\s+")
REMARK = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
TEXT = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""", re.DOTALL)
# From the opening backtick, or the brace that ends a `${…}`, to the closing backtick or the next `${`.
TEMPLATE = re.compile(r"[`}](?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
WORD = re.compile(r"[\w$#@]+")
SIGN = re.compile(r"=>|\?\.|\.\.\.|\+\+|--|.", re.DOTALL)
# After these words a slash begins a regular expression; after any other word, and after a closing bracket, it divides.
BEFORE_A_REGEX = frozenset(
    ("return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "await", "yield")
)


class Piece(NamedTuple):
    """`kind` is space, remark, text, template, regex, word (numbers too) or sign."""

    kind: str
    text: str


class Unreadable(ValueError):  # noqa: N818 - it reads as what happened
    """A script that is not read as it was meant would be sent broken: better not at all."""


def pieces(script: str) -> Iterator[Piece]:
    """All of the script, in order; joined again they are the script."""
    at, before = 0, Piece("sign", ";")
    braces: list[str] = []
    while at < len(script):
        piece = _next(script, at, before, braces)
        _count(piece, braces)
        at += len(piece.text)
        if piece.kind not in {"space", "remark"}:
            before = piece
        yield piece
    if braces:
        raise Unreadable(f"{len(braces)} braces are not closed")


def _next(script: str, at: int, before: Piece, braces: list[str]) -> Piece:
    if script[at] == "`" or (script[at] == "}" and braces and braces[-1] == "${"):
        return _found("template", TEMPLATE, script, at)
    if script[at] in "\"'":
        return _found("text", TEXT, script, at)
    if script.startswith(("//", "/*"), at):
        return _found("remark", REMARK, script, at)
    if script[at] == "/" and _regex_may_follow(before):
        return _found("regex", REGEX, script, at)
    for kind, pattern in (("space", SPACE), ("word", WORD)):
        if found := pattern.match(script, at):
            return Piece(kind, found[0])
    return _found("sign", SIGN, script, at)


def _found(kind: str, pattern: re.Pattern[str], script: str, at: int) -> Piece:
    found = pattern.match(script, at)
    if not found:
        raise Unreadable(f"line {script.count(chr(10), 0, at) + 1}: a {kind} without an end")
    return Piece(kind, found[0])


def _regex_may_follow(before: Piece) -> bool:
    if before.kind == "word":
        return before.text in BEFORE_A_REGEX
    return before.kind == "sign" and before.text not in {")", "]", "}", "++", "--"}


def _count(piece: Piece, braces: list[str]) -> None:
    """Which braces are open: those of code, and those of a template's `${`."""
    if piece.kind == "template":
        if piece.text[0] == "}":
            braces.pop()
        if piece.text.endswith("{"):
            braces.append("${")
    elif piece.text == "{":
        braces.append("{")
    elif piece.text == "}":
        if not braces:
            raise Unreadable("a brace is closed that was never opened")
        braces.pop()
