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
from scheduling.finding.facts import Candidate, Stamps
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
    ) -> Mapping[int, Sequence[int]]:
        """Every free start of these specialists in [since, until), ascending, by specialist. `ignoring` is a booking
        that is being moved: its own time counts as free."""
        first, last = slots.minute_after(since), slots.minute_after(until)
        moving = None if ignoring is None else await self._calendar_of(ignoring)
        found: Starts = {}
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

    def _kept(self, whom: Sequence[int], service: Service, blocks: range) -> tuple[Starts, list[int]]:
        """The starts of these blocks of whom nothing has moved, and who else was asked for."""
        now = slots.minute_after(self.now)
        # The latest days are asked for first and so forgotten first.
        tables = [self.kept.table(service, block) for block in reversed(blocks)][::-1]
        found: Starts = {}
        stale = []
        for who in whom:
            stamps = self.stamps[who]
            starts = None
            for table in tables:
                entry = table.get(who)
                if entry is None or entry.stamps != stamps or entry.expires <= now:
                    stale.append(who)
                    break
                starts = entry.starts if starts is None else starts + entry.starts
            else:
                found[who] = NONE if starts is None else starts
        return found, stale

    async def _computed(self, whom: Sequence[int], service: Service, blocks: range) -> Starts:
        """The same as it is now; it is kept."""
        if not whom:
            return {}
        since, until = blocks[0] * BLOCK, (blocks[-1] + 1) * BLOCK
        busy = await facts.taken(self.tx, whom, since=since, until=until, now=self.now)
        found: Starts = {}
        for who in whom:
            free = slots.possible_starts(self.rules(who), service, busy[who].taken, since=since, until=until)
            found[who] = starts = array("i", free)
            for block in blocks:
                part = starts[bisect_left(starts, block * BLOCK) : bisect_left(starts, (block + 1) * BLOCK)]
                self.kept.keep(service, block, who, Entry(self.stamps[who], busy[who].expires, part))
        return found

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
