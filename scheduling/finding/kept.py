"""Blocks of free starts that are kept: of each specialist and service, bounded in bytes, forgotten by last use."""

import asyncio
from array import array
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from scheduling import slots
from scheduling.finding.facts import Stamps
from scheduling.slots import Service

Item = TypeVar("Item")

BLOCK = 16 * slots.DAY  # minutes
OVERHEAD = 320  # bytes of an entry beside its starts: the array, the tuple, its stamps, its place in the table


class Entry(NamedTuple):
    """The free starts of one specialist in one block; good until `expires`, the minute at which a hold ends."""

    stamps: Stamps
    expires: int
    starts: "array[int]"


NOTHING: Mapping[int, Entry] = MappingProxyType({})


class Kept:
    """`most_bytes` bounds what is kept: the blocks that nobody has asked for longest go first."""

    def __init__(self, most_bytes: int) -> None:
        self.bytes = 0
        # Whoever computes holds it for a few calendars at a time; who waits for it finds them done.
        self.at_work = asyncio.Lock()
        self._most_bytes = most_bytes
        self._tables: OrderedDict[tuple[Service, int], dict[int, Entry]] = OrderedDict()

    def table(self, service: Service, block: int) -> Mapping[int, Entry]:
        """What is kept of a block, by specialist; it counts as asked for."""
        table = self._tables.get((service, block))
        if table is None:
            return NOTHING
        self._tables.move_to_end((service, block))
        return table

    def keep(self, service: Service, block: int, who: int, entry: Entry) -> None:
        table = self._tables.setdefault((service, block), {})
        self.bytes += _bytes(entry) - _bytes(table.get(who))
        table[who] = entry
        while self.bytes > self._most_bytes:
            self._drop_one()

    def _drop_one(self) -> None:
        key, table = next(iter(self._tables.items()))
        _, gone = table.popitem()
        self.bytes -= _bytes(gone)
        if not table:
            del self._tables[key]

    def forget(self, gone: Collection[int], now: int) -> None:
        """Who is not there any more, and what is over."""
        for key, table in [*self._tables.items()]:
            over = (key[1] + 1) * BLOCK <= now
            for who in [*table] if over else [who for who in gone if who in table]:
                self.bytes -= _bytes(table.pop(who))
            if not table:
                del self._tables[key]


def in_parts(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """All of them, so many at a time."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def _bytes(entry: Entry | None) -> int:
    return 0 if entry is None else OVERHEAD + entry.starts.itemsize * len(entry.starts)
