"""The region's free time at one moment: read from what is kept warm, computed where something has moved."""

import asyncio
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from scheduling import occupancy, slots
from scheduling.db import Tx
from scheduling.finding import facts
from scheduling.finding.facts import Busy, Candidate, Stamps
from scheduling.finding.kept import BLOCK, Entry, Kept, in_parts
from scheduling.occupancy import Occupancy
from scheduling.slots import Rules, Service

COMPUTED_AT_ONCE = 16  # calendars: others wait for the same processor
NONE = array("i")

Starts = dict[int, "array[int]"]


class Terms(NamedTuple):
    """What of a calendar depends on the moment somebody looks: few are as good as all."""

    zone: str
    notice_min: int
    horizon_days: int


@dataclass(frozen=True, slots=True)
class Known:
    """What holds until `stamp` moves or `until` is passed."""

    stamp: int
    candidate: Candidate
    rules: Rules
    terms: Terms
    until: datetime


class _Begun(NamedTuple):
    """The starts of the blocks that are good, and the first that is not."""

    starts: "array[int]"
    block: int


@dataclass(frozen=True, slots=True)
class Look:
    """What one transaction sees at one moment."""

    kept: Kept
    tx: Tx
    now: datetime
    stamps: Mapping[int, Stamps]
    known: Mapping[int, Known]

    @property
    def candidates(self) -> list[Candidate]:
        return [known.candidate for known in self.known.values()]

    def rules(self, specialist: int) -> Rules:
        return self.known[specialist].rules

    async def starts(
        self,
        whom: Iterable[int],
        service: Service,
        *,
        since: datetime,
        until: datetime,
        ignoring: int | None = None,
    ) -> dict[int, Sequence[int]]:
        """Every free start of these specialists in [since, until), ascending, by specialist. `ignoring` is a booking
        that is being moved: its own time counts as free."""
        first, last = slots.minute_after(since), slots.minute_after(until)
        moving = None if ignoring is None else await self._calendar_of(ignoring)
        found: dict[int, Sequence[int]] = {}
        for terms, alike in self._by_terms(whom).items():
            begin, end = self._within(terms, first, last)
            if begin >= end:
                found.update(dict.fromkeys(alike, NONE))
                continue
            found.update(await self._between(alike, service, begin, end))
            if ignoring is not None and moving is not None and moving in alike:
                found[moving] = await self._without(ignoring, moving, service, begin, end)
        return found

    def _by_terms(self, whom: Iterable[int]) -> dict[Terms, list[int]]:
        groups: dict[Terms, list[int]] = {}
        for who in whom:
            groups.setdefault(self.known[who].terms, []).append(who)
        return groups

    def _within(self, terms: Terms, first: int, last: int) -> tuple[int, int]:
        """The part of [first, last) that is neither too soon nor beyond the horizon."""
        now = slots.minute_after(self.now)
        last_day = slots.local_day(terms.zone, now) + terms.horizon_days
        return max(first, now + terms.notice_min), min(last, slots.day_ends(terms.zone, last_day))

    async def _between(self, whom: Sequence[int], service: Service, begin: int, end: int) -> Starts:
        blocks = range(begin // BLOCK, (end - 1) // BLOCK + 1)
        found, stale = self._kept(whom, service, blocks)
        for some in in_parts(stale, COMPUTED_AT_ONCE):
            async with self.kept.at_work:
                kept, stale = self._kept(some, service, blocks)
                found.update(kept)
                found.update(await self._computed(stale, service, blocks))
            await asyncio.sleep(0)
        return {who: starts[bisect_left(starts, begin) : bisect_left(starts, end)] for who, starts in found.items()}

    def _kept(self, whom: Iterable[int], service: Service, blocks: range) -> tuple[Starts, dict[int, _Begun]]:
        """The starts of these blocks of those of whom nothing has moved; of the others what stands until then."""
        now = slots.minute_after(self.now)
        # The latest days are asked for first and so forgotten first.
        tables = [self.kept.table(service, block) for block in reversed(blocks)][::-1]
        found: Starts = {}
        stale: dict[int, _Begun] = {}
        for who in whom:
            stamps = self.stamps[who]
            starts = NONE
            for at, table in enumerate(tables):
                entry = table.get(who)
                if entry is None or entry.stamps != stamps or entry.expires <= now:
                    stale[who] = _Begun(starts, blocks[at])
                    break
                starts = starts + entry.starts if at else entry.starts
            else:
                found[who] = starts
        return found, stale

    async def _computed(self, begun: Mapping[int, _Begun], service: Service, blocks: range) -> Starts:
        """The same as it is now; it is kept."""
        if not begun:
            return {}
        first, until = min(each.block for each in begun.values()), blocks.stop * BLOCK
        busy = await facts.taken(self.tx, [*begun], since=first * BLOCK, until=until, now=self.now)
        return {
            who: starts + self._fresh(who, service, range(block, blocks.stop), busy[who])
            for who, (starts, block) in begun.items()
        }

    def _fresh(self, who: int, service: Service, blocks: range, busy: Busy) -> "array[int]":
        since, until = blocks.start * BLOCK, blocks.stop * BLOCK
        starts = array("i", slots.possible_starts(self.rules(who), service, busy.taken, since=since, until=until))
        for block in blocks:
            part = starts[bisect_left(starts, block * BLOCK) : bisect_left(starts, (block + 1) * BLOCK)]
            self.kept.keep(service, block, who, Entry(self.stamps[who], busy.expires, part))
        return starts

    async def _calendar_of(self, booking: int) -> int | None:
        """Whose calendar a booking occupies."""
        whose = select(Occupancy.who).where(Occupancy.kind == "specialist", Occupancy.booking_id == booking)
        return await self.tx.scalar(whose)

    async def _without(self, booking: int, who: int, service: Service, begin: int, end: int) -> "array[int]":
        """Her starts as if this booking did not occupy her; nothing of it is kept."""
        since, until = slots.instant(begin), slots.instant(end)
        taken = await occupancy.taken(
            self.tx, "specialist", [who], since=since, until=until, now=self.now, ignoring=booking
        )
        return array("i", slots.possible_starts(self.rules(who), service, taken.get(who, ()), since=begin, until=end))
