"""Which figures of a report are not told because too few people stand behind them, nor any from which they follow.

A report has districts across and months (or modes, reasons, providers) down, with sums at the edges. A reader may ask
for the region and for each district apart and set the answers side by side, so what is hidden is decided for all of
them at once: in every line of which the sum is told, what is hidden hides at least `least` people among itself.

What this does not stop: whoever knows from elsewhere how many stood in one hidden cell, and whoever compares the same
report on two days with one session between them; nor whoever solves several lines together where two rings of hidden
cells hang on one. Reports are for analysts and officers alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

Key = tuple[int | None, int | str | None]
"""District and column; None: all of them."""

ALL: Final = None


def hidden(people: Mapping[Key, int], least: int, *, also: Collection[Key] = (), apart: bool = True) -> frozenset[Key]:
    """Pure: the keys that are not told, edges included. `people` counts those behind each; a missing key is nobody.
    `also`: keys that must not be told for another reason. `apart`: nobody stands in two districts, or in whatever
    stands in their place."""
    taken = {key for key, count in people.items() if 0 < count < least}.union(also)
    lines = list(_lines(people, apart=apart))
    before = -1
    while len(taken) != before:
        before = len(taken)
        # What has to go without any choice goes first: it may cover others, for which nothing else has to go then.
        taken.update(key for edge, cells, _ in lines for key in _forced(taken, edge, cells))
        if len(taken) != before:
            continue
        for edge, cells, alone in lines:
            more = _uncovered(people, taken, edge, cells, apart=alone, least=least)
            if more is not None:
                taken.add(more)
    return frozenset(taken)


def hidden_together(
    tables: Sequence[Mapping[Key, int]], least: int, *, also: Collection[Key] = ()
) -> list[frozenset[Key]]:
    """The same of tables that come to the same sums: what one of them does not tell of a whole district, no other does,
    or it would follow from that one's cells."""
    sums = frozenset(also)
    while True:
        found = [hidden(each, least, also=sums) for each in tables]
        more = sums.union(*(edges(each) for each in found))
        if more == sums:
            return found
        sums = more


def edges(taken: Iterable[Key]) -> frozenset[Key]:
    """Those of whole districts, and of all."""
    return frozenset(key for key in taken if key[1] is ALL)


def _lines(people: Mapping[Key, int], *, apart: bool) -> Iterable[tuple[Key, Sequence[Key], bool]]:
    """Each sum, what it is the sum of, and whether nobody stands in two of those: a person has one district."""
    districts = sorted({district for district, _ in people if district is not None})
    columns = sorted({column for _, column in people if column is not None}, key=str)
    # Those of all come last: a sum that has to go anyway is then taken for cover before another one is.
    for some, others in ((columns, districts), ([ALL], [ALL])):
        for column in some:
            down: list[Key] = [(district, column) for district in districts if people.get((district, column))]
            if (ALL, column) in people:
                yield (ALL, column), down, apart
        for district in others:
            across: list[Key] = [(district, column) for column in columns if people.get((district, column))]
            if (district, ALL) in people:
                yield (district, ALL), across, False


def _forced(taken: set[Key], edge: Key, cells: Sequence[Key]) -> Sequence[Key]:
    """A sum and the only cell that it is the sum of are told together or not at all."""
    if len(cells) != 1 or (edge in taken) == (cells[0] in taken):
        return ()
    return edge, cells[0]


def _uncovered(
    people: Mapping[Key, int], taken: set[Key], edge: Key, cells: Sequence[Key], *, apart: bool, least: int
) -> Key | None:
    """The next to hide: the smallest cell that is told, or the sum itself where it has but one. None: nothing more."""
    own = [people[key] for key in cells if key in taken]
    told = [key for key in cells if key not in taken]
    if edge in taken and own:
        return None
    if edge not in taken and (not own or (len(own) > 1 and (sum(own) if apart else max(own)) >= least)):
        return None
    if told:
        return min(told, key=lambda key: (people[key], str(key)))
    return edge if len(own) == 1 and edge not in taken else None
