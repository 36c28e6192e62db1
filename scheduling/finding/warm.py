"""Free time kept warm: what every search of the region would compute again, as long as nothing of it has moved.

For each specialist her facts and rules, for each service the free starts of blocks of days. All are good while the two
stamps of her calendar are what they were when they were read; the stamps of everybody are read with one query by every
search, in its own transaction, so that a node sees at once what another node has changed. Nothing is booked by what
stands here: whoever books asks the database itself.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduling import calendars, slots
from scheduling.calendars import Owner
from scheduling.db import Tx
from scheduling.finding import facts
from scheduling.finding.facts import Candidate, Stamps
from scheduling.finding.kept import Kept, in_parts
from scheduling.finding.look import Known, Look, Terms
from scheduling.slots import Rules

MOST_BYTES = 64 * 1024 * 1024
BEHIND, AHEAD = timedelta(days=2), timedelta(days=400)  # how far rules are read: a horizon is a year at most
READ_AT_ONCE = 32  # calendars whose rules are read in one go: others wait for the same processor


@dataclass(frozen=True, slots=True)
class _Seen:
    """All active specialists at one moment; `text` is what the database said of their stamps."""

    text: str
    stamps: Mapping[int, Stamps]
    known: Mapping[int, Known]
    until: datetime


class Warm:
    """One for each process. `most_bytes` bounds what the starts take; what is known of calendars is bounded by how
    many there are."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._seen: _Seen | None = None
        self._known: dict[int, Known] = {}
        self._kept = Kept(most_bytes)

    @property
    def bytes(self) -> int:
        """What the starts take."""
        return self._kept.bytes

    async def look(self, tx: Tx, *, now: datetime) -> Look:
        """All active specialists as this transaction sees them; it must have written nothing yet."""
        text = await facts.stamps(tx)
        seen = self._seen
        if seen is None or seen.text != text or seen.until < now:
            seen = self._seen = await self._seen_anew(tx, text, now)
        return Look(self._kept, tx, now, seen.stamps, seen.known)

    async def rules(self, tx: Tx, stamps: Mapping[int, Stamps], *, now: datetime) -> dict[int, Rules]:
        """The rules of these as they are as long as their stamps are these; who does not exist is left out."""
        known = self._good(stamps, stamps, now)
        if missing := [who for who in stamps if who not in known]:
            async with self._kept.at_work:
                found = self._good(missing, stamps, now)
                known |= found
                known |= await self._read(tx, [who for who in missing if who not in found], stamps, now)
        return {who: each.rules for who, each in known.items()}

    async def _seen_anew(self, tx: Tx, text: str, now: datetime) -> _Seen:
        stamps = facts.read_stamps(text)
        known = self._good(stamps, stamps, now)
        for some in in_parts([who for who in stamps if who not in known], READ_AT_ONCE):
            async with self._kept.at_work:
                # What another look has read meanwhile is as good only if it saw the same.
                found = self._good(some, stamps, now)
                known |= found
                known |= await self._read(tx, [who for who in some if who not in found], stamps, now)
            await asyncio.sleep(0)
        gone = self._known.keys() - stamps.keys()
        for who in gone:
            del self._known[who]
        self._kept.forget(gone, slots.minute(now))
        until = min((each.until for each in known.values()), default=now + AHEAD)
        return _Seen(text, stamps, {who: known[who] for who in stamps if who in known}, until)

    def _good(self, whom: Iterable[int], stamps: Mapping[int, Stamps], now: datetime) -> dict[int, Known]:
        """What is known of these and still so."""
        found = ((who, self._known.get(who)) for who in whom)
        return {who: known for who, known in found if known and known.stamp == stamps[who].rules and known.until >= now}

    async def _read(self, tx: Tx, whom: Sequence[int], stamps: Mapping[int, Stamps], now: datetime) -> dict[int, Known]:
        if not whom:
            return {}
        found = await facts.candidates(tx, whom)
        owners = [Owner(each.id, each.zone, each.district_id) for each in found]
        rules = await calendars.rules(tx, owners, since=now - BEHIND, until=now + AHEAD)

        def known(of: Candidate) -> Known:
            limits = rules[of.id].limits
            terms = Terms(of.zone, limits.notice_min, limits.horizon_days)
            # Half of what was read ahead may pass before it is read again.
            return Known(stamps[of.id].rules, of, rules[of.id], terms, now + AHEAD / 2)

        fresh = {each.id: known(each) for each in found}
        self._known |= fresh
        return fresh
