"""The client's own hand on his booking: other times of the same specialist, moving there, giving it up."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from heapq import nsmallest
from itertools import groupby
from zoneinfo import ZoneInfo

from pydantic import Field

from scheduling import audit, bookings, calendars, concluded, finding, people, sessions
from scheduling.bookings import Booking
from scheduling.errors import BookingRefused, NotPermitted, Refused
from scheduling.finding import Found, Slot, Span, Wish
from server.api.bookings import look, wake
from server.bus import of_calendar
from server.endpoint import Ask, endpoint
from server.shapes import Day, Form, Instant, View

# Days that are looked through, and days with free time that are shown at once: a list to read on a small screen.
DAYS, MOST_DAYS = 28, 10
# Every free start of four weeks, at steps of five minutes.
EVERY = DAYS * 24 * 12
# A person chooses among the hours of a day, not among its quarters: the first free start of each half of an hour.
APART_S = 30 * 60
# Times near one that was just taken are looked for from so many days before it.
NEAREST, AROUND = 3, 3


class TimesQuery(Form):
    """Days of the client's own district; from today on when not given."""

    first_day: Day | None = Field(default=None, alias="from")


class FreeTime(View):
    starts: Instant
    ends: Instant


class FreeDay(View):
    """`day` as the client's calendar has it."""

    day: date
    starts: list[Instant]


class OwnTimes(View):
    """`zone` is the client's; `change_until` is the last moment at which he moves or cancels by himself. `more_from`
    is the day to ask from for further days."""

    version: int
    status: str
    zone: str
    starts: Instant
    change_until: Instant
    may_change: bool
    days: list[FreeDay]
    more_from: date | None
    none_because: str | None


class OwnMove(Form):
    starts: Instant


class OwnBooking(View):
    booking: int
    version: int
    status: str
    starts: Instant
    ends: Instant
    zone: str


async def nearest(ask: Ask, refusal: Refused, *, body: OwnMove) -> dict[str, object]:
    """Three times near the one that was just taken."""
    if not isinstance(refusal, BookingRefused):
        return {}
    booked = await _own(ask)
    found = await _free(ask, booked, body.starts - timedelta(days=AROUND))
    near = nsmallest(NEAREST, _apart(booked, found), key=lambda slot: abs(slot.starts - body.starts))
    near.sort(key=lambda slot: slot.starts)
    return {"alternatives": [FreeTime(starts=slot.starts, ends=slot.ends) for slot in near]}


@endpoint("GET", "/join/times", allow="seat", etag=True)
async def times(ask: Ask, query: TimesQuery) -> OwnTimes:
    """Free times of his specialist in the next four weeks, day by day on the clock of his own district."""
    booked = await _own(ask)
    zone = booked.client.district.zone
    since = ask.now if query.first_day is None else finding.midnight(zone, query.first_day)
    found = await _free(ask, booked, since)
    days = [
        FreeDay(day=day, starts=[slot.starts for slot in of_day])
        for day, of_day in groupby(_apart(booked, found), lambda slot: _day(slot, zone))
    ]
    later = [day.day for day in days[MOST_DAYS:]] or [_day(slot, zone) for slot in found.nearest]
    until = await bookings.change_until(ask.tx, booked)
    return OwnTimes(
        version=booked.version,
        status=booked.status,
        zone=zone,
        starts=booked.starts,
        change_until=until,
        may_change=booked.status in bookings.OPEN and ask.now <= until,
        days=days[:MOST_DAYS],
        more_from=later[0] if later else None,
        none_because=found.none_because,
    )


@endpoint("POST", "/join/move", allow="seat", idempotent=True, etag=True, if_match=True, explain=nearest)
async def move(ask: Ask, body: OwnMove) -> OwnBooking:
    """Puts his booking on another free time of the same specialist; code, link and seat stay the same. 409
    `change_too_late` with the office's phone."""
    booked = await bookings.to_change_by_client(ask.tx, _seat(ask), version=ask.version, now=ask.now)
    target = await people.specialist(ask.tx, booked.specialist_id)
    await bookings.move_to(ask.tx, booked, target, body.starts, now=ask.now, by=None, because="client")
    await concluded.moved(ask.tx, booked, now=ask.now)
    await sessions.begin_anew(ask.tx, booked.id)
    return _changed(ask, booked, "moved_by_client")


@endpoint("POST", "/join/confirm", allow="seat", idempotent=True, etag=True, if_match=True)
async def confirm(ask: Ask) -> OwnBooking:
    """He says that he comes."""
    booked = await bookings.to_change_by_client(ask.tx, _seat(ask), version=ask.version, now=ask.now, at_any_time=True)
    await bookings.confirm_it(ask.tx, booked, now=ask.now, by=None)
    return _changed(ask, booked, "confirmed_by_client")


@endpoint("POST", "/join/cancel", allow="seat", idempotent=True, etag=True, if_match=True)
async def cancel(ask: Ask) -> OwnBooking:
    """Gives his booking up; the time is free for others at once. 409 `change_too_late` with the office's phone."""
    booked = await bookings.to_change_by_client(ask.tx, _seat(ask), version=ask.version, now=ask.now)
    await bookings.cancel_it(ask.tx, booked, "client_asked", now=ask.now, by=None)
    await concluded.follow(ask.tx, booked, now=ask.now)
    return _changed(ask, booked, "cancelled_by_client")


def _changed(ask: Ask, booked: Booking, act: str) -> OwnBooking:
    audit.note(ask.tx, act, "booking", booked.id, now=ask.now, seat=ask.seat.id)
    ask.rights_changed.append(booked.id)
    ask.wakes += [wake(booked), of_calendar(booked.specialist_id)]
    return OwnBooking(
        booking=booked.id,
        version=booked.version,
        status=booked.status,
        starts=booked.starts,
        ends=booked.ends,
        zone=booked.client.district.zone,
    )


def _seat(ask: Ask) -> int:
    """The booking of the client himself: a guest changes nothing of it. Refused: `not_permitted`."""
    if ask.seat.role != "client":
        raise NotPermitted
    return ask.seat.booking_id


async def _own(ask: Ask) -> Booking:
    return await bookings.by_id(ask.tx, _seat(ask))


async def _free(ask: Ask, booked: Booking, since: datetime) -> Found:
    """Of the same specialist and service, without times when he is with somebody else; his own one counts as free."""
    zone = booked.client.district.zone
    wish = Wish(
        booked.standard.code,
        specialists=frozenset({booked.specialist_id}),
        client=booked.client_id,
        ignoring=booked.id,
        terms=calendars.as_service(booked.standard),
    )
    span = Span(zone, max(since, ask.now).astimezone(ZoneInfo(zone)).date(), DAYS)
    return await finding.find(await look(ask), wish, span, limit=EVERY)


def _apart(booked: Booking, found: Found) -> Iterable[Slot]:
    """Without the time he has; of each half of an hour the first."""
    others = (slot for slot in found.items if slot.starts != booked.starts)
    return (next(of_half) for _, of_half in groupby(others, lambda slot: slot.starts.timestamp() // APART_S))


def _day(slot: Slot, zone: str) -> date:
    return slot.starts.astimezone(ZoneInfo(zone)).date()
