"""One module of a page as data: what it imports, what it exports, and its code without the words for it.

Of JavaScript's ways only those of the house are understood: `import { a, b as c } from "…";`, `import a from "…";`,
`import("…")`, `export` before a function, a class or one const, and `export { a, b as c };`, also with `from "…"`.
Anything else is refused with its line.
"""

import json
import posixpath
from dataclasses import dataclass, field

from server.lean import lean_script
from server.pieces import Piece, Unreadable, pieces

STATIC = "/static/"
# What a joined module is given: the way to the modules it imports at once, and to those it imports later.
USE, LATER = "$use", "$later"
# What goes through a module without a name there: `export { a } from "…"`.
FROM = "$"
CHANGES = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}


class NotJoined(ValueError):  # noqa: N818 - it reads as what happened
    """A script that cannot be joined with others; the text names the file and the reason."""


@dataclass
class Module:
    """Names of modules are their paths under static/."""

    name: str
    imports: list[tuple[str, str]] = field(default_factory=list)
    """A module, and the names taken from it as the left side of a declaration: `{el,say:tell}`."""
    later: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    """As properties of an object: `el`, or `io:_t`."""
    body: str = ""

    @property
    def code(self) -> str:
        """A method of an object: its name is what a thrown error shows."""
        brought = "".join(f"const {names}={USE}({json.dumps(module)});\n" for module, names in self.imports)
        return (
            f"{json.dumps(self.name)}({USE},{LATER}){{\n{brought}{self.body}return {{{','.join(self.exports)}}};\n}},\n"
        )


def read(name: str, script: str) -> Module:
    """Raises NotJoined."""
    try:
        return _Reading(name, script).module()
    except Unreadable as fault:
        raise NotJoined(f"{name}: {fault}") from fault


class _Reading:
    """Goes through a script once, takes its imports and exports out and keeps the rest."""

    def __init__(self, name: str, script: str) -> None:
        self._module = Module(name)
        self._all = list(pieces(script))
        self._at = 0
        self._depth = 0
        self._kept: list[Piece] = []

    def module(self) -> Module:
        while self._at < len(self._all):
            piece = self._all[self._at]
            self._at += 1
            self._take(piece)
            self._depth += _change(piece)
        # A library is already as lean as its makers could, and keeps the line that names them.
        of_others = self._module.name.startswith("vendor/")
        self._module.body = "".join(piece.text for piece in self._kept) if of_others else lean_script(self._kept)
        return self._module

    def _take(self, piece: Piece) -> None:
        if piece.kind != "word" or self._is_property():
            self._kept.append(piece)
        elif piece.text == "import":
            self._import()
        elif piece.text == "export":
            self._export()
        elif piece.text in {USE, LATER}:
            raise self._refused(f"{piece.text} is a name of the joined script itself")
        elif piece.text == "await" and self._depth == 0:
            raise self._refused("the module awaits something before it is ready")
        else:
            self._kept.append(piece)

    def _import(self) -> None:
        first = self._next()
        if first.text == "(":
            return self._import_later()
        if self._depth or (first.text != "{" and first.kind != "word"):
            raise self._refused('an import of another kind than import { a, b as c } from "…";')
        names = self._names() if first.text == "{" else [("default", first.text)]
        self._must_be("from")
        self._module.imports.append((self._place(), _properties(names)))
        self._end_of_statement()
        return None

    def _import_later(self) -> None:
        name = self._place()
        self._must_be(")")
        self._module.later.append(name)
        self._kept += [Piece("word", LATER), Piece("sign", f"({json.dumps(name)})")]

    def _export(self) -> None:
        if self._depth:
            raise self._refused("an export inside of something")
        first = self._next()
        if first.text == "{":
            return self._export_names()
        words = [first, self._next()]
        if first.text == "async":
            words.append(self._next())
        kind, name = words[-2:]
        if kind.text not in {"function", "class", "const"} or name.kind != "word":
            raise self._refused("an export of something else than a function, a class, one const or { names }")
        if kind.text == "const":
            self._one_const()
        self._module.exports.append(name.text)
        for word in words:
            self._kept += [word, Piece("space", " ")]
        return None

    def _export_names(self) -> None:
        names = self._names()
        if self._end_of_statement(unless="from"):
            self._module.exports += [_property(its, own) for own, its in names]
            return
        through = [(its, f"{FROM}{its}") for its, _ in names]
        self._module.imports.append((self._place(), _properties(through)))
        self._module.exports += [_property(named, f"{FROM}{its}") for its, named in names]
        self._end_of_statement()

    def _names(self) -> list[tuple[str, str]]:
        """What stands between braces, the opening one already taken: (`a`, `a`) for `a`, (`a`, `b`) for `a as b`."""
        found: list[tuple[str, str]] = []
        piece = self._next()
        while piece.text != "}":
            name, follows = piece, self._next()
            named, follows = (self._next(), self._next()) if follows.text == "as" else (name, follows)
            if name.kind != "word" or named.kind != "word" or follows.text not in {",", "}"}:
                raise self._refused(f"no list of names: {name.text} {named.text} {follows.text}")
            found.append((name.text, named.text))
            piece = self._next() if follows.text == "," else follows
        return found

    def _one_const(self) -> None:
        """Looks ahead to the semicolon: a second name of the same `const` would get lost."""
        depth = 0
        for piece in self._all[self._at :]:
            depth += _change(piece)
            if depth == 0 and piece.text == ";":
                return
            if depth == 0 and piece.text == ",":
                raise self._refused("an export of two names with one const")
        raise self._refused("an exported const without a semicolon")

    def _place(self) -> str:
        """The text that follows, as the name of a module."""
        text = self._next()
        address = text.text[1:-1]
        if text.kind == "text" and address.startswith(STATIC):
            return address[len(STATIC) :]
        if text.kind == "text" and address.startswith(("./", "../")):
            return posixpath.normpath(posixpath.join(posixpath.dirname(self._module.name), address))
        raise self._refused(f"{text.text} is no address of a module: '/static/…' or './…'")

    def _must_be(self, wanted: str) -> None:
        if (found := self._next().text) != wanted:
            raise self._refused(f"{found} where {wanted} should be")

    def _end_of_statement(self, unless: str = "") -> bool:
        """A semicolon, or the end of the script as minifiers write it; False for the word that goes on instead."""
        while self._at < len(self._all) and self._all[self._at].kind in {"space", "remark"}:
            self._at += 1
        if self._at == len(self._all):
            return True
        if (found := self._next().text) not in {";", unless}:
            raise self._refused(f"{found} where a statement should end")
        return found == ";"

    def _next(self) -> Piece:
        while self._at < len(self._all):
            piece = self._all[self._at]
            self._at += 1
            if piece.kind not in {"space", "remark"}:
                return piece
        raise self._refused("the script ends in the middle of an import or export")

    def _is_property(self) -> bool:
        return bool(self._kept) and self._kept[-1].text in {".", "?."}

    def _refused(self, why: str) -> NotJoined:
        line = "".join(piece.text for piece in self._all[: self._at]).count("\n") + 1
        return NotJoined(f"{self._module.name}, line {line}: {why}")


def _properties(names: list[tuple[str, str]]) -> str:
    return f"{{{','.join(_property(*each) for each in names)}}}"


def _property(name: str, value: str) -> str:
    return name if name == value else f"{name}:{value}"


def _change(piece: Piece) -> int:
    """How much deeper or less deep the code is after it."""
    if piece.kind == "template":
        return (piece.text[-1] == "{") - (piece.text[0] == "}")
    return CHANGES.get(piece.text, 0) if piece.kind == "sign" else 0
