"""The client's side: a code or a link opens a seat, the line is checked, a ticket opens the socket."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from pydantic import Field, model_validator

from scheduling import audit, bookings, feedback, joincodes, linechecks, people, sessions, tickets, tries
from scheduling.bookings import Booking
from scheduling.db import Tx
from scheduling.errors import (
    BookingCancelled,
    CodeUnknown,
    JoinTooEarly,
    JoinTooLate,
    Refused,
    RoomClosed,
    UsedElsewhere,
)
from scheduling.joincodes import Redeemed, Seat, SeatRole
from server import cookies, security
from server.api.bookings import TicketView, wake
from server.api.views import RoomState
from server.endpoint import Ask, endpoint
from server.shapes import Digits6, Form, Instant, Line, Secret, View
from signaling import linecheck
from signaling.port import Refusal
from signaling.presence import Unavailable

WINDOW = timedelta(minutes=10)
# Failures within the window, by one address with a code or a link, and with codes by everybody together. A guessed
# code must belong to one of the few bookings whose door is open and whose seat is free: with ten of those among a
# million, sixty tries in ten minutes find one in about twelve days, and it opens a waiting room, nothing more.
PER_ADDRESS, PER_ADDRESS_BY_LINK, OVER_ALL = 10, 100, 60
REHEARSAL_LATER_S = 30
LONGEST_COOKIE_S = 400 * 86400  # RFC 6265bis, 5.5


T = TypeVar("T")
COUNTED = (CodeUnknown, JoinTooEarly, JoinTooLate, BookingCancelled, UsedElsewhere)


class Door(Form):
    """Either the six digits or the link's secret."""

    code: Digits6 | None = None
    secret: Secret | None = None

    @model_validator(mode="after")
    def one_of_them(self) -> "Door":
        if (self.code is None) == (self.secret is None):
            raise ValueError("either code or secret")
        return self


class PersonRef(View):
    name: str


class ServiceBrief(View):
    name: str
    duration_min: int


class RoomBrief(View):
    state: RoomState
    specialist_here: bool


class OfficeBrief(View):
    name: str
    phone: str


class Visit(View):
    booking: int
    role: SeatRole
    starts: Instant
    ends: Instant
    zone: str
    opens_at: Instant
    closes_at: Instant
    specialist: PersonRef
    service: ServiceBrief
    mode: str
    room: RoomBrief
    office: OfficeBrief
    feedback_given: bool
    telephone: str | None
    ticket: str | None
    now: Instant


class Asked(View):
    request: int


class TakeoverView(View):
    state: Literal["asked", "allowed", "refused"]


class Offer(Form):
    sdp: str = Field(max_length=40_000)


class Answer(View):
    check: str
    sdp: str


class Measured(Form):
    microphone: linecheck.Device
    camera: linecheck.Device
    sound: bool | None = None
    loss: float | None = Field(default=None, ge=0, le=1)
    rtt_ms: float | None = Field(default=None, ge=0, le=60_000)
    kbps: float | None = Field(default=None, ge=0, le=10_000_000)
    browser: Line = ""


class VerdictView(View):
    verdict: Literal["good", "voice_only", "too_weak"]


@endpoint("POST", "/join", allow="public", transaction="own")
async def join(ask: Ask, body: Door) -> Visit:
    """Opens the seat for this device. A failed try is counted, and the count is kept although the answer is a no."""
    device = _held(ask)

    async def work(tx: Tx) -> tuple[Redeemed, Visit]:
        opened = await joincodes.redeem(
            tx, key=ask.centre.key, now=ask.now, code=body.code, secret=body.secret, device=device
        )
        audit.note(tx, "seat_opened", "booking", opened.booking.id, now=ask.now, seat=opened.seat.id)
        visit = await _visit(tx, opened.seat, opened.booking, ask.now)
        # The first way onto the socket comes along: on a slow line each question costs a second.
        ticket = (await tickets.issue(tx, opened.seat.id, now=ask.now))[0] if _open(opened.booking, ask.now) else None
        return opened, visit.model_copy(update={"ticket": ticket})

    opened, visit = await _tried(ask, body, work)
    ask.set_cookies.append(_seat_cookie(opened.seat.id, opened.device))
    if opened.tied:
        ask.wakes.append(wake(opened.booking))
    return visit


@endpoint("GET", "/join", allow="seat")
async def visit(ask: Ask) -> Visit:
    booked = await bookings.by_id(ask.tx, ask.seat.booking_id)
    return await _visit(ask.tx, ask.seat, booked, ask.now)


@endpoint("DELETE", "/join", allow="public", transaction="own")
async def forget(ask: Ask) -> None:
    """Quick exit: this device forgets at once, whatever the server thinks."""
    ask.set_cookies.append(cookies.Change(cookies.SEAT, None))


@endpoint("POST", "/join/takeover", allow="public", status=202, transaction="own")
async def ask_takeover(ask: Ask, body: Door) -> Asked:
    """This device would like to go on in a seat that another one holds; the specialist decides."""

    async def work(tx: Tx) -> tuple[int, str, Seat, Booking]:
        request, device = await joincodes.ask_takeover(
            tx, key=ask.centre.key, now=ask.now, code=body.code, secret=body.secret
        )
        seat = await tx.get_one(Seat, request.seat_id)
        booked = await bookings.by_id(tx, seat.booking_id)
        sessions.remember(tx, booked.id, seat.id, "takeover_asked", now=ask.now)
        return request.id, device, seat, booked

    request, device, seat, booked = await _tried(ask, body, work)
    ask.set_cookies.append(_seat_cookie(seat.id, device))
    ask.wakes.append(wake(booked, "takeover"))
    with suppress(Unavailable):  # the question is kept: the specialist hears it when she enters
        await ask.centre.signaling.rooms.ask_takeover(booked.id, str(request))
    return Asked(request=request)


@endpoint("GET", "/join/takeover/{request_id}", allow="public")
async def takeover(ask: Ask, request_id: int) -> TakeoverView:
    found = await joincodes.takeover(ask.tx, request_id, key=ask.centre.key, device=_held(ask) or "")
    return TakeoverView.model_validate(found)


@endpoint("POST", "/join/ticket", allow="seat")
async def ticket(ask: Ask) -> TicketView:
    """A way onto the socket, from 30 minutes before the start until the room closes."""
    booked = await bookings.by_id(ask.tx, ask.seat.booking_id)
    if ask.now < booked.opens_at:
        office = await people.office(ask.tx, booked.client.district_id)
        phone = office.phone if office else ""
        raise JoinTooEarly(booked.opens_at, booked.starts, booked.client.district.zone, phone)
    if not _open(booked, ask.now):
        raise RoomClosed
    token, expires_at = await tickets.issue(ask.tx, ask.seat.id, now=ask.now)
    return TicketView(ticket=token, expires_at=expires_at)


@endpoint("POST", "/join/line-check", allow="seat", transaction="own")
async def begin_check(ask: Ask, body: Offer) -> Answer:
    """The browser's offer to the peer that sends back what it hears and sees."""
    await ask.tx.rollback()  # nobody else waits for this connection while addresses are gathered
    check, sdp = await ask.centre.line_checks.begin(body.sdp)
    return Answer(check=check, sdp=sdp)


@endpoint("POST", "/line-check", allow="public", transaction="own")
async def begin_rehearsal(ask: Ask, body: Offer) -> Answer:
    """The same without a booking; strangers together get at most half of the places."""
    await ask.tx.rollback()
    if len(ask.centre.line_checks) * 2 >= ask.centre.settings.line_checks:
        raise Refusal("check_busy", retry_after=REHEARSAL_LATER_S)
    check, sdp = await ask.centre.line_checks.begin(body.sdp)
    return Answer(check=check, sdp=sdp)


@endpoint("DELETE", "/join/line-check/{check}", allow="seat", transaction="own")
async def end_check(ask: Ask, check: str) -> None:
    await ask.centre.line_checks.end(check)


@endpoint("DELETE", "/line-check/{check}", allow="public", transaction="own")
async def end_rehearsal(ask: Ask, check: str) -> None:
    """The check's name is random and long: whoever knows it began it."""
    await ask.centre.line_checks.end(check)


@endpoint("PUT", "/join/line-check", allow="seat")
async def keep_check(ask: Ask, body: Measured) -> VerdictView:
    """What the browser measured, judged here; the booking keeps the latest."""
    verdict = linecheck.verdict(
        loss=body.loss, rtt_ms=body.rtt_ms, kbps=body.kbps, microphone=body.microphone, camera=body.camera
    )
    await linechecks.keep(
        ask.tx,
        linechecks.LineCheck(
            booking_id=ask.seat.booking_id,
            seat_id=ask.seat.id,
            at=ask.now,
            verdict=verdict,
            microphone=body.microphone,
            camera=body.camera,
            measured=body.model_dump(exclude={"microphone", "camera"}),
        ),
    )
    ask.wakes.append(wake(await bookings.by_id(ask.tx, ask.seat.booking_id)))
    return VerdictView(verdict=verdict)


async def _visit(tx: Tx, seat: Seat, booked: Booking, now: datetime) -> Visit:
    office = await people.office(tx, booked.client.district_id)
    room = await tx.get(sessions.Session, booked.id)
    seats = await sessions.seats(tx, booked.id)
    said = await feedback.of_bookings(tx, [booked.id])
    return Visit(
        booking=booked.id,
        role=seat.role,
        starts=booked.starts,
        ends=booked.ends,
        zone=booked.client.district.zone,
        opens_at=booked.opens_at,
        closes_at=booked.closes_at,
        specialist=PersonRef(name=booked.specialist.name),
        service=ServiceBrief(name=booked.standard.name, duration_min=booked.standard.duration_min),
        mode=booked.mode,
        room=RoomBrief(
            state=room.state if room else "empty",
            specialist_here=any(each.here for each in seats if each.role == "specialist"),
        ),
        office=OfficeBrief(name=office.name if office else "", phone=office.phone if office else ""),
        feedback_given=booked.id in said or seat.role != "client",
        telephone=_mostly_hidden(booked.client.phone) if seat.role == "client" else None,
        ticket=None,
        now=now,
    )


def _open(booked: Booking, now: datetime) -> bool:
    return booked.opens_at <= now < booked.closes_at and booked.status != "cancelled"


def _mostly_hidden(phone: str) -> str | None:
    """ "●●● ●●-12": enough to know one's own number again, and nothing for whoever found the slip."""
    last = people.digits(phone)[-2:]
    return f"●●● ●●-{last}" if len(last) == 2 else None


def _held(ask: Ask) -> str | None:
    """This device's secret, as the cookie has it."""
    return (cookies.read(ask.request, cookies.SEAT) or "").partition(".")[2] or None


def _seat_cookie(seat_id: int, device: str) -> cookies.Change:
    """The device keeps it as long as browsers keep anything: until when it opens the seat the booking says, which may
    be moved while the device is away."""
    return cookies.Change(cookies.SEAT, f"{seat_id}.{device}", LONGEST_COOKIE_S)


async def _tried(ask: Ask, door: Door, work: Callable[[Tx], Awaitable[T]]) -> T:
    """Does the work unless too many tries failed before; its own failure is counted in the same transaction.

    Every answer that tells whether a code exists counts, not only "there is no such code".
    """
    scope, most = ("code", PER_ADDRESS) if door.code is not None else ("link", PER_ADDRESS_BY_LINK)
    who = joincodes.keyed_hash(ask.centre.key, "address", tries.origin(security.address(ask.request)))

    async def counted(tx: Tx) -> T | Refused:
        await tries.in_turn(tx, scope)
        await tries.must_have_left(tx, scope, who, now=ask.now, limit=most, window=WINDOW)
        if door.code is not None:
            await tries.must_have_left(tx, scope, None, now=ask.now, limit=OVER_ALL, window=WINDOW)
        try:
            return await work(tx)
        except COUNTED as refusal:
            await tries.failed(tx, scope, who, now=ask.now)
            return refusal

    answer = await ask.centre.database.written(counted)
    if isinstance(answer, Refused):
        raise answer
    return answer
