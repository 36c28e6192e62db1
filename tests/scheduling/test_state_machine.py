"""Booking, moving, cancelling and being away in any order: every answer is the one the wall clock gives."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from sqlalchemy import select

from scheduling import bookings, calendars, finding, slots
from scheduling.bookings import OPEN, Booking, BookingChange, Outcome
from scheduling.calendars import WeeklyHours
from scheduling.db import Tx
from scheduling.errors import NotFound, NotOpen, NotOverYet, Refused
from scheduling.slots import Interval, Limits, Service, Taken
from server.database import Database
from tests.scheduling.by_definition import by_definition, read_clock
from tests.scheduling.plain import DayException, Plain
from tests.scheduling.region import MONDAY, NOW, ZONE, Region, office_hours, settled

T = TypeVar("T")
TALK = Service("1739", 40, 10)
NEAR = 2 * slots.DAY
FEW = 2  # the second specialist takes no more a day

office_times = st.builds(
    lambda day, half: NOW.replace(hour=2, minute=0) + timedelta(days=day, minutes=30 * half),
    st.integers(0, 2),
    st.integers(0, 7),
)
any_times = st.integers(-60, 8 * slots.DAY).map(lambda minutes: NOW + timedelta(minutes=minutes))
times = st.one_of(office_times, office_times, any_times)
specialists = st.sampled_from((0, 1, 3))  # the last one's clock is an hour behind
clients = st.integers(0, 2)
days = st.integers(0, 5).map(lambda days: MONDAY + timedelta(days=days))
windows = st.sampled_from(((), ((540, 600),), ((480, 720), (900, 1440)), ((0, 1440),)))


@dataclass
class Known:
    """What the model believes of one booking."""

    specialist: int
    client: int
    start: int
    version: int = 1
    status: str = "booked"

    @property
    def talk(self) -> Interval:
        return self.start, self.start + TALK.duration_min

    @property
    def busy(self) -> Taken:
        return Taken(*self.talk, self.start, self.start + TALK.duration_min + TALK.buffer_min)


class Desk(RuleBasedStateMachine):
    """A coordinator and her centre on a real SQLite file, beside a model that knows nothing of SQL or of `slots`."""

    template: Path
    region: Region
    made = Bundle("made")
    absences = Bundle("absences")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        path = self.template.with_name("desk.sqlite3")
        for leftover in path.parent.glob("desk.sqlite3*"):
            leftover.unlink()
        shutil.copy(self.template, path)
        self.database = Database(f"sqlite+aiosqlite:///{path}")
        self.now = NOW
        self.warm = finding.Warm()
        self.bookings: dict[int, Known] = {}
        self.histories: dict[int, list[str]] = {}
        zones = (ZONE, ZONE, ZONE, "Asia/Omsk")
        weekly = tuple(office_hours())
        self.calendars = [Plain(zone, weekly, notice_min=60, horizon_days=30, step_min=30) for zone in zones]
        self.calendars[1] = replace(self.calendars[1], max_per_day=FEW)
        self.versions = [3, 4, 3, 3]

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()

    def written(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        return self.runner.run(self.database.written(work))

    def tried(self, work: Callable[[Tx], Awaitable[T]]) -> tuple[T | None, str | None]:
        """What came of it, or the code of the refusal."""
        try:
            return self.written(work), None
        except Refused as refusal:
            return None, refusal.code

    # --- bookings -----------------------------------------------------------------------------------------------------
    @rule(target=made, specialist=specialists, client=clients, starts=times)
    def book(self, specialist: int, client: int, starts: datetime) -> object:
        expected = self.reason(specialist, client, starts)
        booked, refused = self.tried(lambda tx: self.region.book(tx, specialist, client, starts, now=self.now))
        event(f"book: {refused}")
        assert refused == expected
        if booked is None:
            self.check_alternatives(specialist, client, starts)
            return multiple()
        self.bookings[booked.id] = Known(specialist, client, slots.minute(starts))
        self.histories[booked.id] = ["booked"]
        return booked.id

    @rule(target=made, specialist=specialists, client=clients, nth=st.integers(0, 9))
    def book_what_is_offered(self, specialist: int, client: int, nth: int) -> object:
        found = self.runner.run(self.offered(specialist))
        return self.book(specialist, client, found[nth].starts) if nth < len(found) else multiple()

    @rule(target=made, number=made, specialist=specialists, client=clients, minutes=st.sampled_from((-60, -30, 0, 30)))
    def book_beside(self, number: int, specialist: int, client: int, minutes: int) -> object:
        beside = slots.instant(self.bookings[number].start + minutes)
        return self.book(specialist, client, beside)

    @rule(number=made, other=made, minutes=st.sampled_from((-60, -30, 0, 30, 60)))
    def move_beside(self, number: int, other: int, minutes: int) -> None:
        beside = self.bookings[other]
        self.move(number, beside.specialist, slots.instant(beside.start + minutes))

    @rule(number=made, specialist=specialists, starts=times)
    def move(self, number: int, specialist: int, starts: datetime) -> None:
        known = self.bookings[number]
        expected = self.reason(specialist, known.client, starts, ignoring=number)
        if known.status not in OPEN:
            expected = NotOpen.code
        moved, refused = self.tried(
            lambda tx: bookings.move(
                tx,
                self.region.coordinator,
                number,
                version=known.version,
                now=self.now,
                starts=starts,
                specialist=self.region.specialists[specialist],
            )
        )
        event(f"move: {refused}")
        assert refused == expected
        if moved is None:
            return
        known.specialist, known.start, known.version = specialist, slots.minute(starts), known.version + 1
        self.histories[number].append("moved")

    @rule(number=made)
    def cancel(self, number: int) -> None:
        known = self.bookings[number]
        _, refused = self.tried(
            lambda tx: bookings.cancel(
                tx, self.region.coordinator, number, version=known.version, now=self.now, reason="client_asked"
            )
        )
        assert refused == (None if known.status in OPEN else NotOpen.code)
        if refused is None:
            self.becomes(number, "cancelled")

    @rule(number=made, outcome=st.sampled_from(("took_place", "missed")))
    def settle(self, number: int, outcome: Outcome) -> None:
        known = self.bookings[number]
        expected = NotOpen.code if known.status == "cancelled" else None
        if expected is None and slots.minute(self.now) < known.start:
            expected = NotOverYet.code
        _, refused = self.tried(
            lambda tx: bookings.settle(
                tx, self.region.coordinator, number, version=known.version, now=self.now, status=outcome
            )
        )
        event(f"settle: {refused}")
        assert refused == expected
        if refused is None:
            self.becomes(number, outcome)

    # --- calendars ----------------------------------------------------------------------------------------------------
    @rule(target=absences, specialist=specialists, starts=times, hours=st.integers(1, 12))
    def go_away(self, specialist: int, starts: datetime, hours: int) -> object:
        ends = starts + timedelta(hours=hours)
        if ends <= self.now:
            return multiple()
        added = self.written(
            lambda tx: calendars.add_absence(
                tx, self.region.specialists[specialist], starts=starts, ends=ends, kind="sick", now=self.now
            )
        )
        away = (slots.minute(starts), slots.minute(ends))
        self.change(specialist, absences=(*self.calendars[specialist].absences, away))
        return added.id, specialist, away

    @rule(absence=absences)
    def come_back(self, absence: tuple[int, int, Interval]) -> None:
        number, specialist, away = absence
        left = list(self.calendars[specialist].absences)
        if away not in left:
            return
        try:
            self.written(lambda tx: calendars.remove_absence(tx, self.region.specialists[specialist], number))
        except NotFound:
            return  # a twin of it is left
        left.remove(away)
        self.change(specialist, absences=tuple(left))

    @rule(specialist=specialists, day=days, windows=windows)
    def make_an_exception(self, specialist: int, day: date, windows: tuple[Interval, ...]) -> None:
        today = read_clock(ZoneInfo(ZONE), slots.minute(self.now))[0]
        if day < today:
            return
        self.written(
            lambda tx: calendars.add_exception(
                tx, self.region.specialists[specialist], day=day, windows=windows, today=today
            )
        )
        others = [exception for exception in self.calendars[specialist].exceptions if exception.day != day]
        self.change(specialist, exceptions=(*others, DayException(day, windows)))

    @rule(specialist=specialists, start=st.integers(7, 10), length=st.integers(3, 8))
    def change_hours(self, specialist: int, start: int, length: int) -> None:
        hours: list[WeeklyHours] = office_hours(start, start + length)
        self.written(
            lambda tx: calendars.set_hours(
                tx,
                self.region.specialists[specialist],
                version=self.versions[specialist],
                hours=hours,
                known_services=(),
            )
        )
        self.versions[specialist] += 1
        self.change(specialist, weekly=tuple(hours))

    @rule(
        specialist=specialists,
        notice_min=st.sampled_from((0, 60, 300)),
        horizon_days=st.sampled_from((2, 4, 30)),
        max_per_day=st.sampled_from((None, 1, 2, 3)),
        step_min=st.sampled_from((20, 30, 50)),
    )
    def change_limits(
        self, specialist: int, notice_min: int, horizon_days: int, max_per_day: int | None, step_min: int
    ) -> None:
        self.written(
            lambda tx: calendars.set_limits(
                tx,
                self.region.specialists[specialist],
                version=self.versions[specialist],
                limits=Limits(notice_min, horizon_days, step_min, max_per_day),
            )
        )
        self.versions[specialist] += 1
        self.calendars[specialist] = replace(
            self.calendars[specialist],
            notice_min=notice_min,
            horizon_days=horizon_days,
            max_per_day=max_per_day,
            step_min=step_min,
        )

    @rule(minutes=st.sampled_from((1, 45, 300)), seconds=st.sampled_from((0, 30)))
    def time_passes(self, minutes: int, seconds: int) -> None:
        self.now += timedelta(minutes=minutes, seconds=seconds)

    # --- what must hold -----------------------------------------------------------------------------------------------
    @invariant()
    def nobody_is_in_two_places_and_the_history_is_whole(self) -> None:
        rows, changes = self.runner.run(self.everything())
        held = [row for row in rows if row.status != "cancelled"]
        for one in held:
            for other in held:
                if one.id < other.id and one.specialist_id == other.specialist_id:
                    assert one.busy_until <= other.starts or other.busy_until <= one.starts
                if one.id < other.id and one.client_id == other.client_id:
                    assert one.ends <= other.starts or other.ends <= one.starts
        assert {row.id: (slots.minute(row.starts), row.status, row.version) for row in rows} == {
            number: (known.start, known.status, known.version) for number, known in self.bookings.items()
        }
        histories: dict[int, list[str]] = {}
        for change in changes:
            histories.setdefault(change.booking_id, []).append(change.what)
        assert histories == self.histories

    async def offered(self, specialist: int) -> list[finding.Slot]:
        async with self.database.read() as tx:
            wish = finding.Wish("1739", specialists=frozenset({self.region.specialists[specialist]}))
            today = self.now.astimezone(ZoneInfo(ZONE)).date()
            seen = await self.warm.look(tx, now=self.now)
            return (await finding.find(seen, wish, finding.Span(ZONE, today, 5), limit=10)).items

    async def everything(self) -> tuple[list[Booking], list[BookingChange]]:
        async with self.database.read() as tx:
            rows = list(await tx.scalars(select(Booking)))
            return rows, list(await tx.scalars(select(BookingChange).order_by(BookingChange.id)))

    def check_alternatives(self, specialist: int, client: int, starts: datetime) -> None:
        """What is offered instead can really be had."""

        async def offered() -> list[finding.Slot]:
            async with self.database.read() as tx:
                return await finding.alternatives(
                    await self.warm.look(tx, now=self.now),
                    self.region.coordinator,
                    service="1739",
                    specialist=self.region.specialists[specialist],
                    client=self.region.clients[client],
                    starts=starts,
                )

        for slot in self.runner.run(offered()):
            other = self.region.specialists.index(slot.specialist.id)
            assert self.reason(other, client, slot.starts) is None

    # --- the model ----------------------------------------------------------------------------------------------------
    def reason(self, specialist: int, client: int, starts: datetime, *, ignoring: int = 0) -> str | None:
        """The refusal that the definition demands, or None."""
        start, now = slots.minute(starts), slots.minute_after(self.now)
        rules = self.calendars[specialist]
        zone = ZoneInfo(rules.zone)
        if start < now + rules.notice_min:
            return "too_soon"
        if read_clock(zone, start)[0] > read_clock(zone, now)[0] + timedelta(days=rules.horizon_days):
            return "beyond_horizon"
        held = [item for number, item in self.bookings.items() if number != ignoring and item.status != "cancelled"]
        busy = [item.busy for item in held if item.specialist == specialist and abs(item.start - start) < NEAR]

        def free(rules: Plain, busy: list[Taken]) -> bool:
            return start in by_definition(rules, TALK, busy, now=now, since=start, until=start + 1)

        unlimited = replace(rules, max_per_day=None)
        if starts.second or not free(unlimited, []):
            return "outside_hours"
        if not free(unlimited, busy):
            return "slot_taken"
        if not free(rules, busy):
            return "day_full"
        theirs = [item.talk for item in held if item.client == client]
        return "client_busy" if any(begin < start + 40 and start < end for begin, end in theirs) else None

    def becomes(self, number: int, status: str) -> None:
        known = self.bookings[number]
        known.status, known.version = status, known.version + 1
        self.histories[number].append(status)

    def change(
        self,
        specialist: int,
        *,
        weekly: tuple[WeeklyHours, ...] | None = None,
        exceptions: tuple[DayException, ...] | None = None,
        absences: tuple[Interval, ...] | None = None,
    ) -> None:
        rules = self.calendars[specialist]
        self.calendars[specialist] = replace(
            rules,
            weekly=rules.weekly if weekly is None else weekly,
            exceptions=rules.exceptions if exceptions is None else exceptions,
            absences=rules.absences if absences is None else absences,
        )


def test_the_desk_in_any_order(migrated_sqlite: Path, tmp_path: Path) -> None:
    template = tmp_path / "template.sqlite3"
    shutil.copy(migrated_sqlite, template)

    async def prepared() -> Region:
        database = Database(f"sqlite+aiosqlite:///{template}")
        region = await settled(database)
        async with database.write() as tx:
            await calendars.set_limits(tx, region.specialists[1], version=3, limits=Limits(60, 30, 30, FEW))
        await database.close()
        return region

    Desk.template, Desk.region = template, asyncio.run(prepared())
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
