"""Refusals: lists from files that cannot be taken as they are."""

from dataclasses import dataclass
from datetime import datetime

from scheduling.errors.saying_no import Refused


@dataclass(eq=False)
class ListMoved(Refused):
    """The list is not in the state it was seen in: accepted, cancelled, or still being read."""

    code = "list_moved"


@dataclass(eq=False)
class ListUndecided(Refused):
    """`left` rows may be people whom the centre knows, and nobody has said yet whether they are."""

    code = "list_undecided"
    left: int


@dataclass(eq=False)
class ListRepeated(Refused):
    """The very same file was accepted before, as the list `before`."""

    code = "list_repeated"
    before: int
    at: datetime


@dataclass(eq=False)
class ListEmpty(Refused):
    """Every row of the list is refused: nothing would come of it."""

    code = "list_empty"


@dataclass(eq=False)
class ListRowMoved(Refused):
    """What a row says cannot be done any more, so nothing of its list was: `because` is the reason's code, `why` the
    same in words and what to do about it, once somebody knows in which language."""

    code = "list_row_moved"
    line: int
    because: str
    why: str = ""


@dataclass(eq=False)
class TooManyLists(Refused):
    """So many lists of this district wait to be read or looked over that no more can be brought."""

    code, kind = "too_many_lists", "busy"
    most: int


@dataclass(eq=False)
class ListTooLong(Refused):
    """More certificates than one list may bring: `most`."""

    code = "list_too_long"
    most: int
