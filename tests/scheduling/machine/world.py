"""The centre itself for the machine: an engine's database, two nodes that keep free time warm, and those who ask."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import select

from scheduling import calendars, finding, people, slots, standards
from scheduling.access import Actor
from scheduling.bookings import Booking, BookingChange
from scheduling.calendars import Absence, Calendar, DayException, RuleOverride, WeeklyHours, WorkingRule
from scheduling.db import Tx
from scheduling.errors import Refused
from scheduling.holds import Hold
from scheduling.occupancy import Occupancy
from scheduling.people import Account, Specialist
from scheduling.resources import Resource
from scheduling.slots import Limits
from scheduling.standards import ServiceStandard
from server.database import Database
from tests.scheduling.region import settled
from tests.support.postgres import Postgres

T = TypeVar("T")
# A Monday, 07:30 in Novosibirsk. Within the weeks that follow Berlin's clocks go back (25 October), the 4th of November
# is a holiday, and the laws of `clocks` bite.
NOW = datetime(2026, 10, 19, 0, 30, tzinfo=UTC)
MONDAY = date(2026, 10, 19)
ZONES = ("Asia/Novosibirsk", "Asia/Novosibirsk", "Europe/Berlin", "Asia/Omsk")
DISTRICTS = (1, 1, 1, 2)
OFFERS = (("1739", "1740"), ("1739", "1740"), ("1739",), ("1739", "1740"))
CLIENTS = 4
HOURS = [WeeklyHours(weekday, 540, 780) for weekday in range(5)]
# On the night from Saturday to Sunday an hour comes twice in Berlin.
NIGHTS = [*HOURS, WeeklyHours(6, 60, 300)]


@dataclass(frozen=True)
class Settled:
    """Who and what is there, by number; the actors are two at the desk and the specialist 0 herself."""

    actors: tuple[Actor, ...]
    specialists: tuple[int, ...]
    clients: tuple[int, ...]
    things: tuple[int, ...]


@dataclass(frozen=True)
class Kept:
    """All that is kept of bookings."""

    bookings: Sequence[Booking]
    taken: Sequence[Occupancy]
    holds: Sequence[Hold]
    changes: Sequence[BookingChange]


@dataclass(frozen=True)
class Rows:
    """All that a calendar is made of."""

    calendar: Calendar
    rules: Sequence[WorkingRule]
    singles: Sequence[RuleOverride]
    exceptions: Sequence[DayException]
    absences: Sequence[Absence]


class Engine(Protocol):
    """Gives an example a copy of the settled region of its own."""

    @property
    def template_url(self) -> str: ...

    def new(self) -> str: ...

    def done(self, url: str) -> None: ...


class Files:
    def __init__(self, template: Path) -> None:
        self.template = template
        self._made = 0

    @property
    def template_url(self) -> str:
        return f"sqlite+aiosqlite:///{self.template}"

    def new(self) -> str:
        self._made += 1
        path = self.template.with_name(f"example-{self._made}.sqlite3")
        shutil.copy(self.template, path)
        return f"sqlite+aiosqlite:///{path}"

    def done(self, url: str) -> None:
        path = Path(url.removeprefix("sqlite+aiosqlite:///"))
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()


class Servers:
    def __init__(self, postgres: Postgres, template: str) -> None:
        self.postgres, self.template = postgres, template

    @property
    def template_url(self) -> str:
        return self.postgres.url(self.template)

    def new(self) -> str:
        return self.postgres.url(self.postgres.create(self.template))

    def done(self, url: str) -> None:
        self.postgres.drop(url.rpartition("/")[2].partition("?")[0])


async def settle(url: str) -> Settled:
    """Writes the region into an empty database: four specialists, two desks, four clients, a room, an interpreter."""
    database = Database(url)
    region = await settled(database, clients=CLIENTS)
    async with database.write() as tx:
        another = Account(
            login="desk-2",
            name="desk-2",
            password_hash="-",
            roles=["coordinator"],
            institution_id=region.institutions[0],
        )
        room = Resource(kind="room", name="Сельсовет", languages=[], district_id=1)
        interpreter = Resource(kind="interpreter", name="Переводчик", languages=["tt"])
        tx.add_all([another, room, interpreter])
        second = await tx.scalar(select(ServiceStandard).where(ServiceStandard.code == "1740"))
        assert second is not None
        second.before_min, second.periodicity = 15, [{"times": 2, "per": "week"}]
        for number, who in enumerate(region.specialists):
            specialist = await tx.get_one(Specialist, who)
            specialist.zone, specialist.services = ZONES[number], list(OFFERS[number])
            hours = NIGHTS if ZONES[number] == "Europe/Berlin" else HOURS
            await calendars.set_hours(tx, who, version=3, hours=hours, known_services=OFFERS[0])
            await calendars.set_limits(tx, who, version=4, limits=Limits(notice_min=60, horizon_days=30, step_min=30))
        await tx.flush()
        second_desk = await people.actor(tx, another.id)
        psychologist = await people.actor(tx, region.psychologist.account_id)
        things = (room.id, interpreter.id)
    await database.close()
    assert second_desk is not None
    assert psychologist is not None
    actors = (region.coordinator, second_desk, psychologist)
    return Settled(actors, tuple(region.specialists), tuple(region.clients), things)


class World:
    """One example's centre. `near` and `far` are the warm stores of two nodes on the same database."""

    def __init__(self, engine: Engine, there: Settled) -> None:
        self.there = there
        self._engine, self._url = engine, engine.new()
        self._runner = asyncio.Runner()
        self._database = Database(self._url)
        self.restart()

    def restart(self) -> None:
        """Both nodes start anew: nothing is warm."""
        self.near, self.far = finding.Warm(), finding.Warm()

    def close(self) -> None:
        self._runner.run(self._database.close())
        self._runner.close()
        self._engine.done(self._url)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def written(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        return self.run(self._database.written(work))

    def tried(self, work: Callable[[Tx], Awaitable[T]]) -> tuple[T | None, Refused | None]:
        try:
            return self.written(work), None
        except Refused as refusal:
            return None, refusal

    def read(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        async def looked() -> T:
            async with self._database.read() as tx:
                return await work(tx)

        return self.run(looked())

    # --- looking ------------------------------------------------------------------------------------------------------
    def found(
        self, warm: finding.Warm, now: datetime, wish: finding.Wish, span: finding.Span, **more: Any
    ) -> finding.Found:
        async def look(tx: Tx) -> finding.Found:
            return await finding.find(await warm.look(tx, now=now), wish, span, **more)

        return self.read(look)

    def free(
        self, warm: finding.Warm, now: datetime, code: str, since: datetime, until: datetime
    ) -> dict[int, list[datetime]]:
        """Every free start in [since, until), by specialist."""
        numbers = [each for each, offered in zip(self.there.specialists, OFFERS, strict=True) if code in offered]

        async def look(tx: Tx) -> dict[int, list[datetime]]:
            seen = await warm.look(tx, now=now)
            service = calendars.as_service(await standards.service(tx, code, now.date(), None))
            found = await seen.starts(numbers, service, since=since, until=until)
            return {self.there.specialists.index(who): [slots.instant(at) for at in found[who]] for who in found}

        return self.read(look)

    def listed(
        self, warm: finding.Warm, now: datetime, code: str, since: datetime, until: datetime
    ) -> dict[int, list[datetime]]:
        """The same as the search says it, for whole days (UTC)."""
        span = finding.Span("UTC", since.date(), (until - since).days)
        found: dict[int, list[datetime]] = {}
        for slot in self.found(warm, now, finding.Wish(code), span, limit=10**6).items:
            found.setdefault(self.there.specialists.index(slot.specialist.id), []).append(slot.starts)
        return found

    def alternatives(self, now: datetime, **wanted: Any) -> list[finding.Slot]:
        async def look(tx: Tx) -> list[finding.Slot]:
            return await finding.alternatives(await self.near.look(tx, now=now), self.there.actors[0], **wanted)

        return self.read(look)

    def rows(self, since: int) -> Kept:
        """Everything that is kept of bookings, with the changes that were written down since."""

        async def everything(tx: Tx) -> Kept:
            return Kept(
                (await tx.scalars(select(Booking).order_by(Booking.id))).all(),
                (await tx.scalars(select(Occupancy))).all(),
                (await tx.scalars(select(Hold))).all(),
                (
                    await tx.scalars(select(BookingChange).where(BookingChange.id > since).order_by(BookingChange.id))
                ).all(),
            )

        return self.read(everything)

    def version(self, who: int) -> int:
        async def of(tx: Tx) -> int:
            return (await tx.get_one(Calendar, self.there.specialists[who])).version

        return self.read(of)

    def sheet(self, who: int) -> Rows:
        async def of(tx: Tx) -> Rows:
            number = self.there.specialists[who]
            days = select(DayException).where(DayException.specialist_id == number)
            away = select(Absence).where(Absence.specialist_id == number)
            return Rows(
                await tx.get_one(Calendar, number),
                await calendars.working_rules(tx, number),
                await calendars.overrides(tx, number),
                (await tx.scalars(days)).all(),
                (await tx.scalars(away)).all(),
            )

        return self.read(of)

    def move_house(self, who: int, zone: str) -> None:
        """She works in another zone from now on, as whoever administers specialists writes it down."""

        async def work(tx: Tx) -> None:
            await calendars.hold_still(tx, self.there.specialists[who])
            (await tx.get_one(Specialist, self.there.specialists[who])).zone = zone

        self.written(work)


def soon(now: datetime, minutes: int) -> datetime:
    """A whole minute so far from now."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
