"""One specialist of the small region with a calendar written anew, in any zone and year, on a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduling import bookings, calendars, finding, holds, people
from scheduling.access import Actor
from scheduling.bookings import Booking
from scheduling.calendars import Calendar, Wanted, WorkingRule
from scheduling.db import Tx
from scheduling.errors import BookingRefused
from scheduling.finding import By, Found, Span, Warm, Wish
from scheduling.holds import Hold
from scheduling.people import Specialist
from scheduling.slots import Limits
from scheduling.standards import ServiceStandard
from tests.issues.wall import at, hours, shown
from tests.scheduling.region import Region

KNOWN = ("1739", "1740")


def works(open_at: str, on: str = "FREQ=DAILY", since: date = date(2001, 1, 1), last: date | None = None) -> Wanted:
    """A rule of work as somebody writes it into the calendar."""
    start, end = hours(open_at)
    return Wanted(on, since, start, end, last)


@dataclass
class Office:
    """`book`, `hold` and `find` ask as the coordinator of the region does, at `now`."""

    region: Region
    who: int
    zone: str
    now: datetime
    rules: list[int]

    # --- the calendar -------------------------------------------------------------------------------------------------
    async def version(self) -> int:
        async with self.region.database.read() as tx:
            return (await calendars.settings(tx, self.who)).version

    async def limit(self, **limits: Any) -> None:
        facts = {"notice_min": 0, "horizon_days": 366, "step_min": 30} | limits
        version = await self.version()
        async with self.region.database.write() as tx:
            await calendars.set_limits(tx, self.who, version=version, limits=Limits(**facts))

    async def add(self, wanted: Wanted) -> int:
        version = await self.version()
        async with self.region.database.write() as tx:
            rule = await calendars.add_rule(tx, self.who, wanted, version=version, known_services=KNOWN)
            return rule.id

    async def change(self, rule: int, wanted: Wanted, since: date | None = None) -> int:
        version = await self.version()
        async with self.region.database.write() as tx:
            changed = await calendars.change_rule(
                tx, self.who, rule, wanted, version=version, known_services=KNOWN, since=since
            )
            return changed.id

    async def remove(self, rule: int, since: date | None = None) -> None:
        version = await self.version()
        async with self.region.database.write() as tx:
            await calendars.remove_rule(tx, self.who, rule, version=version, since=since)

    async def one(self, rule: int, day: date, *windows: str, on: date | None = None) -> None:
        """One day of a rule as it really is."""
        version = await self.version()
        async with self.region.database.write() as tx:
            instead = [(on or day, *hours(each)) for each in windows]
            await calendars.override_day(tx, self.who, rule, day, instead, version=version)

    async def day(self, day: date, *windows: str) -> None:
        """A whole day as it really is, whatever the rules say."""
        async with self.region.database.write() as tx:
            today = self.now.astimezone(ZoneInfo(self.zone)).date()
            wanted = [hours(each) for each in windows]
            await calendars.add_exception(tx, self.who, day=day, windows=wanted, today=today)

    async def away(self, since: datetime, until: datetime) -> None:
        async with self.region.database.write() as tx:
            await calendars.add_absence(tx, self.who, starts=since, ends=until, kind="other", now=self.now)

    async def kept(self, rule: int) -> Wanted:
        """A rule as somebody reads it and sends it back unchanged."""
        async with self.region.database.read() as tx:
            row = await tx.get_one(WorkingRule, rule)
            return Wanted(row.rrule, row.first_day, row.start_min, row.end_min, row.last_day)

    async def windows(self, first: date, days: int) -> list[str]:
        """What is open: «26.11 15:00-18:00», in order of the days."""
        since = at(self.zone, f"{first}T12:00")
        async with self.region.database.read() as tx:
            whose = await people.specialist(tx, self.who)
            owner = calendars.Owner(self.who, self.zone, whose.institution.district_id)
            rules = await calendars.rules(tx, [owner], since=since, until=since + timedelta(days=days))
        numbers = [first + timedelta(days=number) for number in range(days)]
        return [
            f"{day:%d.%m} {window.start // 60:02}:{window.start % 60:02}-{window.end // 60:02}:{window.end % 60:02}"
            for day in numbers
            for window in rules[self.who].days.windows((day - date(1970, 1, 1)).days)
        ]

    # --- free time ----------------------------------------------------------------------------------------------------
    async def found(
        self,
        first: date,
        days: int = 1,
        *,
        by: By = "earliest",
        zone: str | None = None,
        now: datetime | None = None,
        limit: int = 200,
        weeks: int = 1,
        service: str = "1739",
        warm: Warm | None = None,
        **wish: Any,
    ) -> Found:
        """`zone` is the asker's, whose days these are."""
        async with self.region.database.read() as tx:
            seen = await (warm or Warm()).look(tx, now=now or self.now)
            asked = Wish(service, specialists=frozenset({self.who}), **wish)
            span = Span(zone or self.zone, first, days)
            return await finding.find(seen, asked, span, by=by, limit=limit, weeks=weeks)

    async def find(self, first: date, days: int = 1, **more: Any) -> list[datetime]:
        return [slot.starts for slot in (await self.found(first, days, **more)).items]

    async def clocks(self, first: date, days: int = 1, form: str = "%H:%M", **more: Any) -> list[str]:
        """Free starts on the specialist's own clock."""
        return shown(self.zone, await self.find(first, days, **more), form)

    # --- booking ------------------------------------------------------------------------------------------------------
    def at(self, text: str, *, second: bool = False) -> datetime:
        return at(self.zone, text, second=second)

    async def book(
        self,
        starts: datetime | str,
        client: int = 0,
        *,
        now: datetime | None = None,
        service: str = "1739",
        actor: Actor | None = None,
        **more: Any,
    ) -> Booking:
        async def work(tx: Tx) -> Booking:
            return await bookings.book(
                tx,
                actor or self.region.coordinator,
                now=now or self.now,
                client=self.region.clients[client],
                specialist=self.who,
                service=service,
                starts=self.at(starts) if isinstance(starts, str) else starts,
                **more,
            )

        return await self.region.database.written(work)

    async def tried(self, starts: datetime | str, client: int = 1, **more: Any) -> str:
        """How an attempt to book ends: "booked", or the code of the refusal."""
        try:
            await self.book(starts, client, **more)
        except BookingRefused as refusal:
            return refusal.code
        return "booked"

    async def move(self, booked: Booking, starts: datetime | str, *, version: int = 1, **more: Any) -> Booking:
        async with self.region.database.write() as tx:
            return await bookings.move(
                tx,
                self.region.coordinator,
                booked.id,
                version=version,
                now=more.pop("now", self.now),
                starts=self.at(starts) if isinstance(starts, str) else starts,
                specialist=more.pop("specialist", None),
            )

    async def moved(self, booked: Booking, starts: datetime | str, **more: Any) -> str:
        try:
            await self.move(booked, starts, **more)
        except BookingRefused as refusal:
            return refusal.code
        return "moved"

    async def cancel(self, booked: Booking, *, version: int = 1) -> None:
        async with self.region.database.write() as tx:
            await bookings.cancel(
                tx, self.region.coordinator, booked.id, version=version, now=self.now, reason="client_asked"
            )

    async def hold(
        self, starts: datetime | str, *, now: datetime | None = None, actor: Actor | None = None, **more: Any
    ) -> Hold:
        async with self.region.database.write() as tx:
            return await holds.hold(
                tx,
                actor or self.region.coordinator,
                now=now or self.now,
                specialist=self.who,
                service="1739",
                starts=self.at(starts) if isinstance(starts, str) else starts,
                **more,
            )

    async def stands(self, booked: Booking) -> Booking:
        """A booking as it stands now."""
        async with self.region.database.read() as tx:
            return await bookings.by_id(tx, booked.id)


async def office(
    region: Region,
    zone: str,
    now: str,
    *rules: Wanted,
    specialist: int = 0,
    lasts: int = 60,
    after: int = 0,
    before: int = 0,
    **limits: Any,
) -> Office:
    """`now` is on the clock of `zone`. The service 1739 lasts and keeps clear what is said here, for everybody."""
    who = region.specialists[specialist]
    opened = Office(region, who, zone, at(zone, now), [])
    async with region.database.write() as tx:
        (await tx.get_one(Specialist, who)).zone = zone
        for standard in await tx.scalars(select(ServiceStandard)):
            standard.valid_from = date(2000, 1, 1)
            if standard.code == "1739":
                standard.duration_min, standard.buffer_min, standard.before_min = lasts, after, before
        version = (await tx.get_one(Calendar, who)).version
        await calendars.set_hours(tx, who, version=version, hours=[], known_services=KNOWN)
    await opened.limit(**limits)
    for rule in rules:
        opened.rules.append(await opened.add(rule))
    return opened


def together(found: Sequence[datetime], *others: Sequence[datetime]) -> list[datetime]:
    """All of these in order of time, each once."""
    return sorted({*found, *(each for other in others for each in other)})
