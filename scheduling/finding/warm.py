"""Free time kept warm: what every search of the region would compute again, as long as nothing of it has moved.

For each specialist her facts and rules, for each of her services the free starts of blocks of days. All are good while
the two stamps of her calendar are what they were when they were read; the stamps of everybody are read with one query
by every search, in its own transaction, so that a node sees at once what another node has changed. Nothing is booked by
what stands here: whoever books asks the database itself.
"""

import asyncio
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from sqlalchemy import or_, select

from scheduling import calendars, occupancy, slots
from scheduling.calendars import Calendar, Owner
from scheduling.db import Tx
from scheduling.occupancy import Occupancy
from scheduling.people import Institution, Specialist
from scheduling.slots import Rules, Service, Taken

BLOCK = 16 * slots.DAY  # minutes
BEHIND, AHEAD = timedelta(days=2), timedelta(days=400)  # how far rules are read: a horizon is a year at most
A_BREATH = 32  # so many calendars are computed in one go: others wait for the same processor
OVERHEAD = 320  # bytes of an entry beside its starts: the array, the tuple, the key, its place in the table


@dataclass(frozen=True, slots=True)
class Candidate:
    """A specialist as the searcher sees her."""

    id: int
    name: str
    zone: str
    services: frozenset[str]
    topics: frozenset[str]
    languages: frozenset[str]
    institution_id: int
    institution: str
    institution_kind: str
    district_id: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What holds until `stamp` moves or `until` is passed."""

    stamp: int
    candidate: Candidate
    rules: Rules
    until: datetime


@dataclass(frozen=True, slots=True)
class _Block:
    stamps: tuple[int, int]
    expires: int
    """The minute at which a hold in it ends."""
    starts: "array[int]"


class Warm:
    """One for each process. `most_bytes` bounds what the blocks take; those not asked for longest go first."""

    def __init__(self, *, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._most_bytes = most_bytes
        self._known: dict[int, _Known] = {}
        self._blocks: OrderedDict[tuple[int, Service, int], _Block] = OrderedDict()
        self.bytes = 0

    async def look(self, tx: Tx, *, now: datetime) -> "Look":
        """What is known of all active specialists as this transaction sees them."""
        stamps = await _stamps(tx)
        for gone in self._known.keys() - stamps.keys():
            del self._known[gone]
        moved = [
            who
            for who, (rules_stamp, _) in stamps.items()
            if (known := self._known.get(who)) is None or known.stamp != rules_stamp or known.until < now
        ]
        if moved:
            await self._read(tx, moved, stamps, now)
        return Look(self, tx, now, stamps, {who: self._known[who] for who in stamps if who in self._known})

    async def _read(self, tx: Tx, moved: Sequence[int], stamps: Mapping[int, tuple[int, int]], now: datetime) -> None:
        found = await _candidates(tx, moved)
        owners = [Owner(each.id, each.zone, each.district_id) for each in found]
        rules = await calendars.rules(tx, owners, since=now - BEHIND, until=now + AHEAD)
        # Half of what was read ahead may pass before it is read again.
        until = now + AHEAD / 2
        self._known |= {each.id: _Known(stamps[each.id][0], each, rules[each.id], until) for each in found}

    def block(self, key: tuple[int, Service, int], stamps: tuple[int, int], now: int) -> "array[int] | None":
        """The free starts of a block, if they are still what they were."""
        found = self._blocks.get(key)
        if found is None or found.stamps != stamps or found.expires <= now:
            return None
        self._blocks.move_to_end(key)
        return found.starts

    def keep(self, key: tuple[int, Service, int], block: _Block) -> None:
        self._drop(key)
        self._blocks[key] = block
        self.bytes += _bytes(block)
        while self.bytes > self._most_bytes and len(self._blocks) > 1:
            self._drop(next(iter(self._blocks)))

    def _drop(self, key: tuple[int, Service, int]) -> None:
        gone = self._blocks.pop(key, None)
        self.bytes -= _bytes(gone) if gone else 0


@dataclass(frozen=True, slots=True)
class Look:
    """The region at one moment, within one transaction."""

    warm: Warm
    tx: Tx
    now: datetime
    stamps: Mapping[int, tuple[int, int]]
    known: Mapping[int, _Known]

    @property
    def candidates(self) -> list[Candidate]:
        return [known.candidate for known in self.known.values()]

    def rules(self, specialist: int) -> Rules:
        return self.known[specialist].rules

    async def starts(
        self,
        whom: Sequence[int],
        service: Service,
        *,
        since: datetime,
        until: datetime,
        ignoring: int | None = None,
    ) -> dict[int, Sequence[int]]:
        """Every free start of these specialists in [since, until), ascending, by specialist. `ignoring` is a booking
        that is being moved: its own time counts as free."""
        first, last = slots.minute_after(since), slots.minute_after(until)
        blocks = range(first // BLOCK, (last - 1) // BLOCK + 1)
        parts = await self._parts(whom, service, blocks)
        if ignoring is not None:
            parts |= await self._without(ignoring, whom, service, blocks)
        return {who: self._within(who, parts[who], first, last) for who in whom}

    def _within(self, who: int, starts: "array[int]", first: int, last: int) -> Sequence[int]:
        """Without what is too soon for her or beyond her horizon."""
        rules = self.known[who].rules
        minute = slots.minute_after(self.now)
        begin = bisect_left(starts, max(first, minute + rules.limits.notice_min))
        last_day = slots.local_day(rules.zone, minute) + rules.limits.horizon_days
        end = bisect_left(starts, last)
        if end > begin and slots.local_day(rules.zone, starts[end - 1]) > last_day:
            end = bisect_left(starts, last_day + 1, hi=end, key=partial(slots.local_day, rules.zone))
        return starts[begin:end]

    async def _parts(self, whom: Sequence[int], service: Service, blocks: range) -> dict[int, "array[int]"]:
        """The free starts of these blocks; what is not known, or no more, with one look at what is taken."""
        now = slots.minute_after(self.now)
        parts = {
            who: [self.warm.block((who, service, block), self.stamps[who], now) for block in blocks] for who in whom
        }
        stale = [who for who, found in parts.items() if None in found]
        taken = await _taken(self.tx, stale, blocks[0], blocks[-1], self.now) if stale else {}
        for number, who in enumerate(stale):
            if number % A_BREATH == A_BREATH - 1:
                await asyncio.sleep(0)
            for at, block in enumerate(blocks):
                if parts[who][at] is None:
                    fresh = self._fresh(who, service, block, taken.get(who, ()))
                    self.warm.keep((who, service, block), fresh)
                    parts[who][at] = fresh.starts
        return {who: _joined([part for part in found if part is not None]) for who, found in parts.items()}

    async def _without(
        self, booking: int, whom: Sequence[int], service: Service, blocks: range
    ) -> dict[int, "array[int]"]:
        """The same of the specialist whom this booking occupies, as if it did not; nothing of it is kept."""
        whose = select(Occupancy.who).where(Occupancy.kind == "specialist", Occupancy.booking_id == booking)
        who = await self.tx.scalar(whose)
        if who is None or who not in whom:
            return {}
        since, until = blocks[0] * BLOCK, (blocks[-1] + 1) * BLOCK
        taken = await occupancy.taken(
            self.tx,
            "specialist",
            [who],
            since=slots.instant(since),
            until=slots.instant(until),
            now=self.now,
            ignoring=booking,
        )
        starts = slots.possible_starts(self.rules(who), service, taken.get(who, ()), since=since, until=until)
        return {who: array("i", starts)}

    def _fresh(self, who: int, service: Service, block: int, taken: Iterable[tuple[Taken, int]]) -> _Block:
        since, until = block * BLOCK, (block + 1) * BLOCK
        near = [each for each in taken if each[0].start < until + _FAR and each[0].end > since - _FAR]
        starts = slots.possible_starts(
            self.known[who].rules, service, [each for each, _ in near], since=since, until=until
        )
        return _Block(self.stamps[who], min((expires for _, expires in near), default=_NEVER), array("i", starts))


def _joined(parts: "list[array[int]]") -> "array[int]":
    return parts[0] if len(parts) == 1 else array("i", chain.from_iterable(parts))


_NEVER = 2**62
_FAR = slots.MARGIN_DAYS * slots.DAY


def _bytes(block: _Block) -> int:
    return OVERHEAD + block.starts.itemsize * len(block.starts)


async def _stamps(tx: Tx) -> dict[int, tuple[int, int]]:
    rows = await tx.execute(
        select(Calendar.specialist_id, Calendar.rules_stamp, Calendar.busy_stamp)
        .join(Specialist, Specialist.id == Calendar.specialist_id)
        .where(Specialist.active)
        .order_by(Calendar.specialist_id)
    )
    return {who: (rules, busy) for who, rules, busy in rows}


async def _candidates(tx: Tx, ids: Sequence[int]) -> list[Candidate]:
    rows = await tx.execute(
        select(
            *(Specialist.id, Specialist.name, Specialist.zone),
            *(Specialist.services, Specialist.topics, Specialist.languages),
            *(Institution.id, Institution.name, Institution.kind, Institution.district_id),
        )
        .join(Institution, Institution.id == Specialist.institution_id)
        .where(Specialist.id.in_(ids))
    )
    return [
        Candidate(who, name, zone, frozenset(services), frozenset(topics), frozenset(languages), *institution)
        for who, name, zone, services, topics, languages, *institution in rows
    ]


async def _taken(
    tx: Tx, ids: Sequence[int], first_block: int, last_block: int, now: datetime
) -> dict[int, list[tuple[Taken, int]]]:
    """What is taken around these blocks, by specialist, each with the minute at which it is free by itself again."""
    rows = await tx.execute(
        select(
            *(Occupancy.who, Occupancy.starts, Occupancy.ends),
            *(Occupancy.since, Occupancy.until, Occupancy.expires_at),
        ).where(
            Occupancy.kind == "specialist",
            Occupancy.who.in_(ids),
            Occupancy.since > first_block * BLOCK - _FAR,
            Occupancy.since < (last_block + 1) * BLOCK + _FAR,
            or_(Occupancy.expires_at.is_(None), Occupancy.expires_at > now),
        )
    )
    groups: dict[int, list[tuple[Taken, int]]] = {}
    for who, starts, ends, since, until, expires in rows:
        ends_by_itself = _NEVER if expires is None else slots.minute_after(expires)
        groups.setdefault(who, []).append((Taken(starts, ends, since, until), ends_by_itself))
    return groups
