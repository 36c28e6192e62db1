"""The client's own hand on his booking: other times of the same specialist, moving there, giving it up."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import Field

from scheduling import audit, bookings, finding, people, sessions
from scheduling.bookings import Booking
from scheduling.errors import BookingRefused, NotPermitted, Refused
from scheduling.finding import Found, Span, Wish
from server.api.bookings import look, wake
from server.bus import of_calendar
from server.endpoint import Ask, endpoint
from server.shapes import Day, Form, Instant, View

DAYS, MOST = 28, 60
NEAREST = 3


class TimesQuery(Form):
    """Days of the client's own district; from today on when not given."""

    first_day: Day | None = Field(default=None, alias="from")


class FreeTime(View):
    starts: Instant
    ends: Instant


class OwnTimes(View):
    """`zone` is the client's; `change_until` is the last moment at which he moves or cancels by himself."""

    version: int
    zone: str
    starts: Instant
    change_until: Instant
    may_change: bool
    items: list[FreeTime]
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
    found = await _free(ask, booked, body.starts, NEAREST)
    return {"alternatives": [FreeTime(starts=slot.starts, ends=slot.ends) for slot in found.items]}


@endpoint("GET", "/join/times", allow="seat", etag=True)
async def times(ask: Ask, query: TimesQuery) -> OwnTimes:
    """Free times of his specialist for four weeks, on the clock of his own district."""
    booked = await _own(ask)
    zone = booked.client.district.zone
    since = ask.now if query.first_day is None else finding.midnight(zone, query.first_day)
    found = await _free(ask, booked, max(since, ask.now), MOST)
    until = await bookings.change_until(ask.tx, booked)
    return OwnTimes(
        version=booked.version,
        zone=zone,
        starts=booked.starts,
        change_until=until,
        may_change=booked.status in bookings.OPEN and ask.now <= until,
        items=[FreeTime(starts=slot.starts, ends=slot.ends) for slot in found.items],
        none_because=found.none_because,
    )


@endpoint("POST", "/join/move", allow="seat", idempotent=True, etag=True, if_match=True, explain=nearest)
async def move(ask: Ask, body: OwnMove) -> OwnBooking:
    """Puts his booking on another free time of the same specialist. 409 `change_too_late` with the office's phone."""
    booked = await bookings.to_change_by_client(ask.tx, _seat(ask), version=ask.version, now=ask.now)
    target = await people.specialist(ask.tx, booked.specialist_id)
    await bookings.move_to(ask.tx, booked, target, body.starts, now=ask.now, by=None, because="client")
    await sessions.begin_anew(ask.tx, booked.id)
    return _changed(ask, booked, "moved_by_client")


@endpoint("POST", "/join/cancel", allow="seat", idempotent=True, etag=True, if_match=True)
async def cancel(ask: Ask) -> OwnBooking:
    """Gives his booking up; the time is free for others at once. 409 `change_too_late` with the office's phone."""
    booked = await bookings.to_change_by_client(ask.tx, _seat(ask), version=ask.version, now=ask.now)
    await bookings.cancel_it(ask.tx, booked, "client_asked", now=ask.now, by=None)
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


async def _free(ask: Ask, booked: Booking, since: datetime, most: int) -> Found:
    """Of the same specialist and service, without times when he is with somebody else; his own one counts as free."""
    zone = booked.client.district.zone
    wish = Wish(
        booked.standard.code,
        specialists=frozenset({booked.specialist_id}),
        client=booked.client_id,
        ignoring=booked.id,
    )
    span = Span(zone, since.astimezone(ZoneInfo(zone)).date(), DAYS)
    return await finding.find(await look(ask), wish, span, limit=most)
