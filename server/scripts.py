"""Scripts joined: what a page's entry module imports comes in one answer, what it imports later in a second, and so on.

No bundler (docs/decisions/0009): each module keeps its own scope, its names and its lines, and runs once, when needed.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from server.lean import lean
from server.modules import Module, NotJoined, read

LIBRARIES = "vendor/"
RUNTIME = "lib/joined.js"
Part = Sequence[Module]


class Scripts:
    """All scripts under static/; `text` gives one by its name, such as "lib/words.js"."""

    def __init__(self, text: Callable[[str], str]) -> None:
        self._text = text
        self._read: dict[str, Module] = {}

    def parts(self, entry: str) -> list[Part]:
        """What a page needs at once, what its entry module imports later, and what any of these modules import later.

        In each part a module stands after those it imports. A library that is imported later is in none: it comes
        alone, because most people never need it. Raises NotJoined.
        """
        parts: list[Part] = []
        placed: dict[str, Module] = {}
        wanted, first = [entry], self.module(entry)
        while wanted:
            part = [module for name in wanted for module in self._with_imports(name, placed, ())]
            parts.append(part)
            wanted = _missing([first], placed) or _missing(placed.values(), placed)
        return parts

    @staticmethod
    def alone(parts: Sequence[Part]) -> list[str]:
        """The libraries that those parts import later, without those that are joined anyway."""
        here = {module.name for part in parts for module in part}
        return sorted({name for part in parts for name in _later(part) if name.startswith(LIBRARIES)} - here)

    def _with_imports(self, name: str, placed: dict[str, Module], way: tuple[str, ...]) -> Iterator[Module]:
        if name in way:
            raise NotJoined(f"modules import each other in a circle: {' → '.join((*way, name))}")
        if name in placed:
            return
        module = self.module(name)
        for imported, _ in module.imports:
            yield from self._with_imports(imported, placed, (*way, name))
        placed[name] = module
        yield module

    def module(self, name: str) -> Module:
        if name not in self._read:
            self._read[name] = read(name, self._text(name))
        return self._read[name]

    def first(self, part: Part, addresses: Sequence[str], alone: Mapping[str, str], entry: str) -> str:
        """The script of a page: runs the entry module, and knows where the later parts and libraries are."""
        given = ", ".join(json.dumps(each) for each in (list(addresses), dict(alone), entry))
        return f"{self._runtime}run({{\n{_codes(part)}}}, {given});\n"

    @cached_property
    def _runtime(self) -> str:
        return lean(self._text(RUNTIME), ".js").replace("export ", "")


def further(part: Part) -> str:
    """The script of a later part, which knows nothing of the others: what it needs of them it is given."""
    return f"export const modules = {{\n{_codes(part)}}};\n"


def _missing(modules: Iterable[Module], placed: Mapping[str, Module]) -> list[str]:
    """What those modules import later and is not yet in any part."""
    return [name for name in _later(modules) if name not in placed and not name.startswith(LIBRARIES)]


def _later(part: Iterable[Module]) -> list[str]:
    return [name for module in part for name in module.later]


def _codes(part: Part) -> str:
    return "".join(module.code for module in part)
