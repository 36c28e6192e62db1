"""Courses of sessions: what went wrong in other products, and what holds here."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling import bookings, calendars, series
from scheduling.bookings import Booking
from scheduling.errors import SeriesRefused
from scheduling.series import Course, Preview, Scope, Wanted
from tests.issues.edge import Edge, match, stamp
from tests.issues.office import Office, office, works
from tests.scheduling.region import Region

ZONE = "Asia/Novosibirsk"
NOW = "2026-11-23 07:30"
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
WEEKLY = "FREQ=WEEKLY;BYDAY=TU"


class Desk:
    """A course of the client 0 with one specialist, Tuesdays at ten."""

    def __init__(self, opened: Office) -> None:
        self.opened = opened
        self.region = opened.region
        self.number = 0

    def course(self, **more: Any) -> Course:
        facts: dict[str, Any] = {"rrule": WEEKLY, "first_day": MONDAY, "start_min": 600, "times": 4} | more
        return Course(client=self.region.clients[0], specialist=self.opened.who, service="1739", **facts)

    async def preview(self, **more: Any) -> Preview:
        async with self.region.database.read() as tx:
            return await series.preview(tx, self.region.coordinator, self.course(**more), now=self.opened.now)

    async def accept(self, times: int = 4, rrule: str = WEEKLY, starts: Sequence[datetime] = ()) -> None:
        course = self.course(times=times, rrule=rrule)
        days = [each.day for each in (await self.preview(times=times, rrule=rrule)).sessions]
        at = starts or [self.opened.at(f"{day} 10:00") for day in days]
        wanted = [Wanted(day, each, self.opened.who) for day, each in zip(days, at, strict=True)]
        async with self.region.database.write() as tx:
            made, _ = await series.accept(tx, self.region.coordinator, course, wanted, now=self.opened.now)
            self.number = made.id

    async def own(self) -> list[Booking]:
        async with self.region.database.read() as tx:
            return (await series.series(tx, self.region.coordinator, self.number))[1]

    async def stand(self) -> list[str]:
        """The open sessions: «24.11 10:00»."""
        zone = ZoneInfo(self.opened.zone)
        own = await self.own()
        return [f"{each.starts.astimezone(zone):%d.%m %H:%M}" for each in own if each.status == "booked"]

    async def _seen(self) -> int:
        async with self.region.database.read() as tx:
            return series.seen(*await series.series(tx, self.region.coordinator, self.number))

    async def move(
        self, nth: int, scope: Scope, *, days: int = 0, start: int = 660, now: datetime | None = None
    ) -> None:
        version, since = await self._seen(), (await self.own())[nth].id
        async with self.region.database.write() as tx:
            await series.move(
                tx,
                self.region.coordinator,
                self.number,
                version=version,
                now=now or self.opened.now,
                since=since,
                days=days,
                start_min=start,
                scope=scope,
            )

    async def cancel(self, nth: int, scope: Scope, *, now: datetime | None = None) -> None:
        version, since = await self._seen(), (await self.own())[nth].id
        async with self.region.database.write() as tx:
            await series.cancel(
                tx,
                self.region.coordinator,
                self.number,
                version=version,
                now=now or self.opened.now,
                since=since,
                scope=scope,
                reason="client_asked",
            )


@pytest.fixture
async def desk(region: Region) -> Desk:
    return Desk(await office(region, ZONE, NOW, works("09:00-13:00")))


async def test_each_date_of_a_course_is_looked_at(desk: Desk) -> None:
    """calcom/cal.com#25287: a weekly series was offered although every second week was taken."""
    for week in (1, 3):
        await desk.opened.book(desk.opened.at("2026-11-24 10:00") + timedelta(weeks=week), week)
    found = await desk.preview()
    assert [each.reason for each in found.sessions] == [None, "slot_taken", None, "slot_taken"]


async def test_the_twelfth_date_is_looked_at_as_the_first_is(desk: Desk) -> None:
    """calcom/cal.com#11654: of twelve dates two were checked, on purpose.

    Here all are: who comes by bus for a session in February wants to know now whether it will take place."""
    await desk.opened.book(desk.opened.at("2026-11-24 10:00") + timedelta(weeks=11), 1)
    found = await desk.preview(times=12)
    assert [each.reason for each in found.sessions] == [None] * 11 + ["slot_taken"]


async def test_what_is_refused_has_not_been_booked_in_part(desk: Desk) -> None:
    """calcom/cal.com#16387: a conflict at the third date was shown as an error, and bookings and letters were made all
    the same; calcom/cal.com#10673 made all but the first and could not cancel them."""
    await desk.opened.book(desk.opened.at("2026-12-08 10:00"), 1)
    with pytest.raises(SeriesRefused) as refusal:
        await desk.accept()
    assert [(each["day"], each["code"]) for each in refusal.value.sessions] == [("2026-12-08", "slot_taken")]
    async with desk.region.database.read() as tx:
        assert await bookings.of_client(tx, desk.region.coordinator, desk.region.clients[0]) == []
    assert await desk.opened.tried("2026-11-24 10:00", 2) == "booked"


async def test_a_course_is_as_many_sessions_after_a_move_as_before(desk: Desk) -> None:
    """calcom/cal.com#12461: of a series of three the third was moved, and there were five."""
    await desk.accept(3)
    await desk.move(2, "one", days=1)
    assert await desk.stand() == ["24.11 10:00", "01.12 10:00", "09.12 11:00"]
    assert len(await desk.own()) == 3


async def test_one_is_one(desk: Desk) -> None:
    """calcom/cal.com#3448: cancelling one session took the whole series away."""
    await desk.accept()
    await desk.cancel(1, "one")
    assert await desk.stand() == ["24.11 10:00", "08.12 10:00", "15.12 10:00"]


@pytest.mark.parametrize("scope", ["following", "all"])
async def test_the_rest_of_a_course_is_its_future(desk: Desk, scope: Scope) -> None:
    """calcom/cal.com#3448 again: "cancel the remaining ones" cancelled past sessions too.

    Nobody has said yet how the first one ended: it is open, and it is over."""
    await desk.accept()
    after_the_first = desk.opened.at("2026-11-25 12:00")
    await desk.cancel(0, scope, now=after_the_first)
    assert [each.status for each in await desk.own()] == ["booked", "cancelled", "cancelled", "cancelled"]


async def test_a_session_that_is_over_does_not_keep_the_others_from_moving(desk: Desk) -> None:
    """calcom/cal.com#12461 and #3448 together: all of a course goes to eleven o'clock; the first is over, and a time
    that has passed is no reason to refuse the rest."""
    await desk.accept()
    await desk.move(0, "all", now=desk.opened.at("2026-11-25 12:00"))
    assert await desk.stand() == ["24.11 10:00", "01.12 11:00", "08.12 11:00", "15.12 11:00"]


async def test_the_remaining_are_all_of_them_and_not_the_next(desk: Desk) -> None:
    """calcom/cal.com#16203: "cancel the remaining ones" cancelled the nearest alone."""
    await desk.accept()
    await desk.cancel(1, "following")
    assert await desk.stand() == ["24.11 10:00"]
    for week in (1, 2, 3):
        starts = desk.opened.at("2026-11-24 10:00") + timedelta(weeks=week)
        assert await desk.opened.tried(starts, week) == "booked", "and their times are free"


async def test_a_course_says_how_many_sessions_it_really_has(edge: Edge, desk: Desk) -> None:
    """calcom/cal.com#3803: five of at most twelve were booked, and the page said twelve."""
    edge.at(desk.opened.now)
    person = await edge.person("desk")
    await desk.accept(5)
    await desk.cancel(4, "one")
    shown = await person.ok("GET", f"/series/{desk.number}")
    assert len([each for each in shown["bookings"] if each["status"] == "booked"]) == 4
    first = await person.ok("GET", f"/bookings/{(await desk.own())[0].id}")
    assert (first["series"]["n"], first["series"]["of"]) == (1, 4)


async def test_a_cancelled_date_is_in_nobodys_way_when_the_rest_moves(desk: Desk) -> None:
    """indico/indico#3980: changing a series complained of a date that had been cancelled and was somebody else's
    now."""
    await desk.accept()
    await desk.cancel(1, "one")
    await desk.opened.book("2026-12-01 11:00", 1)
    await desk.move(0, "all")
    assert await desk.stand() == ["24.11 11:00", "08.12 11:00", "15.12 11:00"]


async def test_a_course_that_moves_is_held_against_every_date(desk: Desk) -> None:
    """meeting-room-booking-system/mrbs-code#1612: a series was edited onto a single entry, and nothing was said."""
    await desk.accept()
    await desk.opened.book("2026-12-08 11:00", 1)
    with pytest.raises(SeriesRefused) as refusal:
        await desk.move(0, "all")
    assert [(each["day"], each["code"]) for each in refusal.value.sessions] == [("2026-12-08", "slot_taken")]
    assert await desk.stand() == ["24.11 10:00", "01.12 10:00", "08.12 10:00", "15.12 10:00"]


async def test_a_course_may_move_into_times_that_it_leaves_itself(desk: Desk) -> None:
    """calcom/cal.com#2668 for a whole course: a week later, each session goes where the next one was."""
    await desk.accept()
    await desk.move(0, "all", days=7, start=600)
    assert await desk.stand() == ["01.12 10:00", "08.12 10:00", "15.12 10:00", "22.12 10:00"]


async def test_a_course_over_the_change_of_the_clock_is_at_ten_on_the_wall(region: Region) -> None:
    """odoo/odoo#27985 for sessions: a weekly course in Brussels stays at ten when the clock goes back."""
    opened = await office(region, "Europe/Brussels", "2026-10-12 08:00", works("09:00-13:00"))
    found = await Desk(opened).preview(first_day=date(2026, 10, 13), times=3)
    assert [each.starts.hour for each in found.sessions] == [8, 8, 9]
    assert [each.reason for each in found.sessions] == [None, None, None]


async def test_a_session_at_an_hour_that_is_skipped_is_named_and_put_elsewhere(region: Region) -> None:
    """dateutil/dateutil#1425 for sessions: a course at 02:30 over the night of the change in New York."""
    opened = await office(region, "America/New_York", "2025-03-05 09:00", works("00:00-06:00"))
    found = await Desk(opened).preview(rrule="FREQ=DAILY", first_day=date(2025, 3, 8), start_min=150, times=3)
    assert [each.reason for each in found.sessions] == [None, "no_such_time", None]
    instead = found.sessions[1].instead
    assert instead is not None
    assert f"{instead.astimezone(ZoneInfo('America/New_York')):%d %H:%M}" in ("09 01:30", "09 03:00", "09 03:30")


async def test_who_cancels_says_whether_it_is_one_or_more(edge: Edge, desk: Desk) -> None:
    """nextcloud/calendar#439 for sessions: nothing is guessed; without a scope nothing is cancelled."""
    edge.at(desk.opened.now)
    person = await edge.person("desk")
    await desk.accept()
    version = (await person.ok("GET", f"/series/{desk.number}"))["version"]
    form = {"since": (await desk.own())[0].id, "reason": "client_asked"}
    status, said = await person.ask("POST", f"/series/{desk.number}/cancel", form, **match(version))
    assert (status, said["errors"][0]["field"]) == (422, "scope")
    assert len(await desk.stand()) == 4


async def test_a_form_that_is_sent_twice_makes_one_course(edge: Edge, desk: Desk) -> None:
    """calcom/cal.com#16387 again: after an error that was none people sent the form once more, and there were two."""
    edge.at(desk.opened.now)
    person = await edge.person("desk")
    days = [each.day for each in (await desk.preview()).sessions]
    sessions = [{"day": str(day), "starts": stamp(desk.opened.at(f"{day} 10:00"))} for day in days]
    form = {
        "client": desk.region.clients[0],
        "specialist": desk.opened.who,
        "service": "1739",
        "rrule": WEEKLY,
        "first_day": str(MONDAY),
        "start": "10:00",
        "times": 4,
        "sessions": sessions,
    }
    key = {"headers": {"Idempotency-Key": "one course, sent twice"}}
    first, again = await person.ask("POST", "/series", form, **key), await person.ask("POST", "/series", form, **key)
    assert first[0] == again[0] == 201
    assert first[1]["series"]["id"] == again[1]["series"]["id"]
    async with desk.region.database.read() as tx:
        assert len(await bookings.of_client(tx, desk.region.coordinator, desk.region.clients[0])) == 4


async def test_a_limit_a_week_counts_what_the_course_has_taken_itself(desk: Desk) -> None:
    """calcom/cal.com#28544 for sessions: each of three was within the limit of two, one by one, and together they were
    not."""
    await desk.opened.limit(max_per_week=2)
    found = await desk.preview(rrule="FREQ=DAILY", first_day=TUESDAY, times=3)
    assert [each.reason for each in found.sessions] == [None, None, "week_full"]
    with pytest.raises(SeriesRefused):
        await desk.accept(3, "FREQ=DAILY")


async def test_on_a_holiday_a_course_has_another_day_and_says_why(desk: Desk) -> None:
    """openemr/openemr#731 for sessions: a date of a course on a closed day is not quietly kept and not quietly lost."""
    async with desk.region.database.write() as tx:
        await calendars.add_holiday(tx, day=date(2026, 12, 1), name="День области")
    found = await desk.preview()
    assert [each.reason is None for each in found.sessions] == [True, False, True, True]
    instead = found.sessions[1].instead
    assert instead is not None
    assert instead.astimezone(ZoneInfo(ZONE)).date() != date(2026, 12, 1)
    assert abs(instead - desk.opened.at("2026-12-01 10:00")) < timedelta(days=7)
