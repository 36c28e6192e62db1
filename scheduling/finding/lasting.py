"""How long a service takes on each day that is looked at: what was published for later holds from its first day on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from scheduling import calendars, slots, standards
from scheduling.db import Tx
from scheduling.errors import NotFound
from scheduling.finding.facts import Candidate
from scheduling.finding.look import Look
from scheduling.slots import Service
from scheduling.standards import ServiceStandard

_DAY = timedelta(days=1)


class Part(NamedTuple):
    """What holds in [since, until), local days counted from 1970-01-01; None: always before, always after."""

    service: Service
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Lasting:
    """One after the other, ascending. A session is as long as on the day on which it begins on its specialist's clock,
    because a booking takes the version of that day."""

    parts: tuple[Part, ...]

    @classmethod
    def always(cls, service: Service) -> "Lasting":
        return cls((Part(service),))

    @classmethod
    def by(cls, versions: Sequence[tuple[date, ServiceStandard]], first: date) -> "Lasting":
        """Of versions with their first days, none of which is before `first`; one that takes as long as the one before
        it is no other."""
        begun: list[tuple[date, Service]] = []
        for day, standard in versions:
            service = calendars.as_service(standard)
            if not begun or begun[-1][1] != service:
                begun.append((day, service))
        days = [None if day <= first else slots.day_number(day) for day, _ in begun]
        return cls(tuple(map(Part, (service for _, service in begun), days, [*days[1:], None])))

    @property
    def code(self) -> str:
        return self.parts[0].service.code

    @property
    def only(self) -> Service | None:
        """Where it is the same on every day there is: the ordinary case."""
        return self.parts[0].service if len(self.parts) == 1 else None

    def longest(self, first: date, last: date) -> int:
        """The minutes it takes at most on these days."""
        since, until = slots.day_number(first), slots.day_number(last)
        among = (part for part in self.parts if (part.since or 0) <= until and (part.until or until + 1) > since)
        return max(part.service.duration_min for part in among)

    def begins_after(self, day: date) -> bool:
        """Whether there is no such service yet on this day."""
        first = self.parts[0].since
        return first is not None and first > slots.day_number(day)

    def at(self, zone: str, start: int) -> Service:
        """Of a start on the clock of a zone."""
        if self.only is not None:
            return self.only
        begun = (part.service for part in reversed(self.parts) if start >= _first_minute(zone, part, start))
        return next(begun, self.parts[0].service)

    def within(self, zone: str, since: int, until: int) -> Iterator[tuple[Service, int, int]]:
        """The minutes [since, until) cut where it changes; nothing of days on which there is no such service."""
        for part in self.parts:
            begin = max(since, _first_minute(zone, part, since))
            end = until if part.until is None else min(until, slots.day_ends(zone, part.until - 1))
            if begin < end:
                yield part.service, begin, end

    async def starts(
        self, look: Look, able: Iterable[Candidate], *, since: datetime, until: datetime, ignoring: int | None = None
    ) -> dict[int, Sequence[int]]:
        """As `Look.starts`, each start with the length of its day."""
        if self.only is not None and self.parts[0].since is None:
            return await look.starts([who.id for who in able], self.only, since=since, until=until, ignoring=ignoring)
        of_zone: dict[str, list[int]] = {}
        for who in able:
            of_zone.setdefault(who.zone, []).append(who.id)
        found: dict[int, Sequence[int]] = {number: () for whom in of_zone.values() for number in whom}
        first, last = slots.minute_after(since), slots.minute_after(until)
        for zone, whom in of_zone.items():
            for service, begin, end in self.within(zone, first, last):
                part = {"since": slots.instant(begin), "until": slots.instant(end)}
                for number, starts in (await look.starts(whom, service, **part, ignoring=ignoring)).items():
                    found[number] = [*found[number], *starts] if found[number] else starts
        return found


async def how_long(tx: Tx, code: str, first: date, last: date, district: int | None, *, ahead: int = 0) -> Lasting:
    """In a district on the days from `first` to `last` and so many `ahead` of them, whoever's clock says when they
    begin; one query. Refused: `not_found` when there is no such service up to `last`."""
    since, until = first - _DAY, last + timedelta(days=ahead) + _DAY  # here it is another day already than there
    found = Lasting.by(await standards.over(tx, code, since, until, district), since)
    if found.begins_after(last):
        raise NotFound
    return found


def _first_minute(zone: str, part: Part, otherwise: int) -> int:
    return otherwise if part.since is None else slots.day_ends(zone, part.since - 1)
