"""What is looked for: of whom, what, where, on which days, at which part of the day, and beside whose other time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from scheduling import occupancy, slots
from scheduling.calendars import Place
from scheduling.finding.facts import Candidate
from scheduling.finding.lasting import Lasting
from scheduling.finding.look import Look
from scheduling.occupancy import Kind
from scheduling.slots import Interval, Service, Taken

Answer = TypeVar("Answer")

By = Literal["earliest", "day", "specialist", "course"]


@dataclass(frozen=True, slots=True)
class Wish:
    """Empty and None mean: no matter. `weekdays` (Monday = 0) and `part` (minutes of the day) are on the asker's clock;
    `client`, `companions` and `resources` are free in what is found, `ignoring` is a booking that is being moved.

    How long it takes is said by the standard that holds in the `district` on the day of each start, or is known
    already: `terms`."""

    service: str
    specialists: frozenset[int] = frozenset()
    topic: str | None = None
    language: str | None = None
    institutions: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset()
    place: Place | None = None
    weekdays: frozenset[int] = frozenset()
    part: Interval | None = None
    client: int | None = None
    companions: frozenset[int] = frozenset()
    resources: frozenset[int] = frozenset()
    ignoring: int | None = None
    district: int | None = None
    terms: Service | None = None

    def fits(self, who: Candidate) -> bool:
        return (
            self.service in who.services
            and (not self.specialists or who.id in self.specialists)
            and (self.topic is None or self.topic in who.topics)
            and (self.language is None or self.language in who.languages)
            and (not self.institutions or who.institution_id in self.institutions)
            and (not self.kinds or who.institution_kind in self.kinds)
        )

    @property
    def at_any_time(self) -> "Wish":
        """The same without wishes about the time of day and week and the place."""
        return replace(self, weekdays=frozenset(), part=None, place=None)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days on the asker's clock."""

    zone: str
    first_day: date
    days: int

    @property
    def since(self) -> datetime:
        return midnight(self.zone, self.first_day)

    @property
    def until(self) -> datetime:
        return midnight(self.zone, self.first_day + timedelta(days=self.days))

    @property
    def midnights(self) -> list[int]:
        """The minutes at which its days begin, and the one at which it ends."""
        days = (self.first_day + timedelta(days=number) for number in range(self.days + 1))
        return [slots.minute_after(midnight(self.zone, day)) for day in days]


def midnight(zone: str, day: date) -> datetime:
    """The instant at which a local day begins."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


class Sieve:
    """Lets a start through if it is as wished. `away` is when the client or a thing that is needed is taken."""

    def __init__(self, wish: Wish, look: Look, lasting: Lasting, zone: ZoneInfo, away: Sequence[Taken] = ()) -> None:
        self.wish = wish
        self.lasting = lasting
        self._look = look
        self._zone = zone
        self._away = away
        # A thousand calendars have the same few hundred starts: each is held against the wish once for each
        # of the lengths it may have.
        self._fits = _Once(lambda minutes: _Once(partial(self._as_wished, minutes)))
        self._walls: dict[str, _Once[tuple[int, int]]] = {}

    def through(self, who: Candidate, starts: Iterable[int]) -> Iterator[int]:
        if self._away or self.wish.weekdays or self.wish.part:
            starts = self._wished(who.zone, starts)
        return iter(starts) if self.wish.place is None else self._at_the_place(who, self.wish.place, starts)

    def _wished(self, zone: str, starts: Iterable[int]) -> Iterator[int]:
        if self.lasting.only is not None:
            return filter(self._fits[self.lasting.only.duration_min].__getitem__, starts)
        return (start for start in starts if self._fits[self.lasting.at(zone, start).duration_min][start])

    def _as_wished(self, takes: int, start: int) -> bool:
        """It is nobody else's, begins on such a day, and lies in the wished part of it from beginning to end."""
        end = start + takes
        if any(start < taken.end and taken.start < end for taken in self._away):
            return False
        wall = datetime.fromtimestamp(start * 60, self._zone)
        minutes = wall.hour * 60 + wall.minute
        since, until = self.wish.part or (0, slots.DAY)
        in_part = since <= minutes and minutes + takes <= until
        return (in_part or self.wish.part is None) and (not self.wish.weekdays or wall.weekday() in self.wish.weekdays)

    def _at_the_place(self, who: Candidate, place: Place, starts: Iterable[int]) -> Iterator[int]:
        days = self._look.rules(who.id).days
        if place not in days.places:
            return
        walls = self._walls.setdefault(who.zone, _Once(partial(_wall, ZoneInfo(who.zone))))
        for start in starts:
            day, minutes = walls[start]
            here = (each for each in days.windows(day) if each.place == place and each.serves(self.lasting.code))
            if any(each.start <= minutes < each.end for each in here):
                yield start


class _Once(dict[int, Answer]):
    """Of each start the answer, found when it is asked for first."""

    def __init__(self, find: Callable[[int], Answer]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, start: int) -> Answer:
        found = self[start] = self._find(start)
        return found


def _wall(zone: ZoneInfo, start: int) -> tuple[int, int]:
    """The day and the minute of it that a zone's clock shows."""
    wall = datetime.fromtimestamp(start * 60, zone)
    return slots.day_number(wall.date()), wall.hour * 60 + wall.minute


async def sieve(look: Look, wish: Wish, lasting: Lasting, span: Span) -> Sieve:
    """With everything read that a start is held against."""
    away = await taken_from(look, wish, span.since, span.until)
    return Sieve(wish, look, lasting, ZoneInfo(span.zone), away)


async def taken_from(look: Look, wish: Wish, since: datetime, until: datetime) -> list[Taken]:
    """When the client, a companion or a thing that is needed is taken."""
    whose: list[tuple[Kind, list[int]]] = [
        ("client", sorted(wish.companions | ({wish.client} if wish.client is not None else set()))),
        ("resource", sorted(wish.resources)),
    ]
    away: list[Taken] = []
    for kind, ids in whose:
        if ids:
            found = await occupancy.taken(
                look.tx, kind, ids, since=since, until=until, now=look.now, ignoring=wish.ignoring
            )
            away += [taken for each in found.values() for taken in each]
    return away
