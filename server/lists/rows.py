"""What a reader of lists gives: the file's headings and then row after row, or the reason why it cannot be read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_IN_CELL = 2_000
MOST_IN_ROW = 64_000


class Unreadable(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """The file as a whole is refused: a stable code, the line where it was found, and what explains it."""

    def __init__(self, code: str, line: int | None = None, **data: Any) -> None:
        super().__init__(code)
        self.code, self.line, self.data = code, line, data


@dataclass(frozen=True)
class Row:
    """One row of a file. `line` counts as the program does in which it was written, empty rows and headings too.

    `cells` are by column, without those that are empty; `flaws` says by column why a cell cannot be taken as it stands:
    `formula`, `cell_error`, `number_rounded`, `merged`, `too_long`; under "" stands what concerns the whole row.
    """

    line: int
    cells: Mapping[str, str]
    flaws: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """The file before its rows: columns in their order, those nobody knows, and what else is good to know.

    `about` is how many rows there may be, for showing how far the reading has come.
    """

    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    rows: Iterator[Row]
    about: int
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """A row as its reader found it: texts in the order of the columns, and flaws by position."""

    line: int
    cells: list[str]
    flaws: dict[int, str] = field(default_factory=dict)
