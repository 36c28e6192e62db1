"""Bookings: looking at them, moving and cancelling them, their code, their journal and their note."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from aiohttp import web
from pydantic import Field

from scheduling import (
    audit,
    bookings,
    calendars,
    concluded,
    consultations,
    finding,
    joincodes,
    outcomes,
    sessions,
    standards,
    tickets,
)
from scheduling.bookings import Booking, CancelReason, Status
from scheduling.errors import BookingRefused, JoinTooEarly, Refused, RoomClosed, invalid
from scheduling.finding import Look, Slot
from scheduling.joincodes import Issued
from scheduling.standards import ServiceStandard
from server.api.clashing import busy
from server.api.views import (
    BookingList,
    BookingView,
    InstitutionView,
    SpecialistView,
    booking_views,
    one_booking,
)
from server.bus import Wake, of_calendar
from server.endpoint import Ask, endpoint
from server.security import origins
from server.shapes import Day, Form, Id, Instant, Long, View

LONGEST_SPAN = timedelta(days=92)
Topic = Literal["anxiety", "loss", "family", "loneliness", "illness", "care", "crisis", "memory"]


class Range(Form):
    """Days of the asker's zone, both inclusive; today when not given."""

    since: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    specialist: Id | None = None
    status: Status | None = None


class Move(Form):
    starts: Instant
    specialist: Id | None = None


class Cancel(Form):
    reason: CancelReason


class CodeView(View):
    digits: str
    opens_at: Instant
    closes_at: Instant


class NewCode(View):
    code: CodeView
    link: str


class Alternative(View):
    specialist: SpecialistView
    starts: Instant
    ends: Instant
    zone: str


class ChangeView(View):
    at: Instant
    who: str | None
    what: str
    before: dict[str, Any]
    after: dict[str, Any]


class History(View):
    items: list[ChangeView]


class EventView(View):
    at: Instant
    seat: int | None
    role: str | None
    kind: str
    data: dict[str, Any]


class PresenceView(View):
    seat: int
    role: str
    entered_at: Instant
    left_at: Instant | None
    mode: str


class SampleView(View):
    at: Instant
    seat: int = Field(validation_alias="seat_id")
    loss: float | None
    rtt_ms: float | None
    in_kbps: float | None
    out_kbps: float | None
    codec: str | None
    width: int | None
    height: int | None
    fps: float | None
    path: str | None
    concealed: float | None
    frozen_ms: float | None
    rung: str | None


class Journal(View):
    booking: BookingView
    events: list[EventView]
    presences: list[PresenceView]
    quality: list[SampleView]
    both_present_s: int
    states: list[str]


class NoteText(Form):
    text: Long


class NoteView(View):
    text: str
    version: int
    saved_at: Instant | None


class TicketView(View):
    ticket: str
    expires_at: Instant


async def look(ask: Ask) -> Look:
    """The region's free time as this request's transaction sees it."""
    return await ask.centre.warm.look(ask.tx, now=ask.now)


async def instead(
    ask: Ask,
    refusal: Refused,
    *,
    service: str,
    specialist: int,
    starts: datetime,
    client: int | None = None,
    companions: Sequence[int] = (),
    resources: Sequence[int] = (),
    ignoring: int | None = None,
    standard: ServiceStandard | None = None,
) -> dict[str, Any]:
    """What helps who could not have a time: three others for all who take part, and who is `busy` where that is why."""
    if not isinstance(refusal, BookingRefused):
        return {}
    district = await standards.district_for(ask.tx, ask.actor, client)
    terms = None if standard is None else calendars.as_service(standard)
    standard = standard or await standards.service_at(ask.tx, service, ask.actor.zone, starts, district)
    found = await finding.alternatives(
        await look(ask),
        ask.actor,
        service=service,
        specialist=specialist,
        client=client,
        starts=starts,
        companions=companions,
        resources=resources,
        ignoring=ignoring,
        district=district,
        terms=terms,
    )
    clients = [*companions] if client is None else [client, *companions]
    ends = starts + standard.duration
    names = await busy(ask, refusal, clients=clients, resources=resources, starts=starts, ends=ends, ignoring=ignoring)
    return {"alternatives": [alternative(slot) for slot in found], **names}


async def instead_of_moving(ask: Ask, refusal: Refused, *, booking: int, body: Move) -> dict[str, Any]:
    moved = await bookings.booking(ask.tx, ask.actor, booking)
    others = (await bookings.participants(ask.tx, [moved.id])).get(moved.id, [])
    return await instead(
        ask,
        refusal,
        service=moved.standard.code,
        specialist=body.specialist or moved.specialist_id,
        starts=body.starts,
        client=moved.client_id,
        companions=[each.client_id for each in others if each.client_id is not None],
        resources=[each.resource_id for each in others if each.resource_id is not None],
        ignoring=moved.id,
        standard=moved.standard,
    )


@endpoint("GET", "/bookings", allow="bookings.read")
async def listed(ask: Ask, query: Range) -> BookingList:
    """The visible bookings of some days, in order of time."""
    today = ask.today
    first, last = query.since or today, query.until or query.since or today
    if last < first or last - first > LONGEST_SPAN:
        raise invalid("until", "out_of_range")
    found = await bookings.between(
        ask.tx,
        ask.actor,
        starts=finding.midnight(ask.actor.zone, first),
        until=finding.midnight(ask.actor.zone, _next(last)),
        specialist=query.specialist,
        status=query.status,
    )
    return BookingList(items=await booking_views(ask.tx, found))


@endpoint("GET", "/bookings/{booking}", allow="bookings.read", etag=True)
async def show(ask: Ask, booking: int) -> BookingView:
    return await one_booking(ask.tx, await bookings.booking(ask.tx, ask.actor, booking))


@endpoint(
    "POST",
    "/bookings/{booking}/move",
    allow="bookings.write",
    idempotent=True,
    etag=True,
    if_match=True,
    explain=instead_of_moving,
)
async def move(ask: Ask, booking: int, body: Move) -> BookingView:
    changed = await bookings.move(
        ask.tx, ask.actor, booking, version=ask.version, now=ask.now, starts=body.starts, specialist=body.specialist
    )
    await concluded.moved(ask.tx, changed, now=ask.now, account=ask.actor.account_id)
    await gone_over(ask, changed)
    return await one_booking(ask.tx, changed)


async def gone_over(ask: Ask, changed: Booking) -> None:
    """It has another time or specialist: its room begins anew, and the calendar that it left has time again."""
    await sessions.begin_anew(ask.tx, changed.id)
    ask.rights_changed.append(changed.id)
    moved(ask, changed, "moved")
    last, _ = (await bookings.history(ask.tx, changed.id))[-1]
    ask.wakes.append(of_calendar(last.before.get("specialist", changed.specialist_id)))


@endpoint("POST", "/bookings/{booking}/confirm", allow="bookings.write", idempotent=True, etag=True, if_match=True)
async def confirm(ask: Ask, booking: int) -> BookingView:
    """The client was asked and comes."""
    changed = await bookings.confirm(ask.tx, ask.actor, booking, version=ask.version, now=ask.now)
    moved(ask, changed, "confirmed")
    return await one_booking(ask.tx, changed)


@endpoint("POST", "/bookings/{booking}/cancel", allow="bookings.write", idempotent=True, etag=True, if_match=True)
async def cancel(ask: Ask, booking: int, body: Cancel) -> BookingView:
    changed = await bookings.cancel(ask.tx, ask.actor, booking, version=ask.version, now=ask.now, reason=body.reason)
    await concluded.follow(ask.tx, changed, now=ask.now, account=ask.actor.account_id)
    ask.rights_changed.append(changed.id)
    moved(ask, changed, "cancelled")
    return await one_booking(ask.tx, changed)


@endpoint("POST", "/bookings/{booking}/code", allow="bookings.write", idempotent=True)
async def new_code(ask: Ask, booking: int) -> NewCode:
    """A new code and link; the old ones and the device they opened stop working."""
    found = await bookings.booking(ask.tx, ask.actor, booking)
    await sessions.held_still(ask.tx, found.id)  # a letting-in under way would outlive the code
    issued = await joincodes.reissue(ask.tx, found, key=ask.centre.key, now=ask.now)
    ask.rights_changed.append(found.id)
    moved(ask, found, "code_issued")
    return NewCode(**handed_out(ask.request, found, issued))


@endpoint("GET", "/bookings/{booking}/history", allow="bookings.read")
async def history(ask: Ask, booking: int) -> History:
    found = await bookings.booking(ask.tx, ask.actor, booking)
    rows = await bookings.history(ask.tx, found.id)
    return History(
        items=[ChangeView(at=row.at, who=name, what=row.what, before=row.before, after=row.after) for row, name in rows]
    )


@endpoint("GET", "/bookings/{booking}/journal", allow="bookings.read")
async def journal(ask: Ask, booking: int) -> Journal:
    """Who was present when, by which mode and with what quality."""
    found = await bookings.booking(ask.tx, ask.actor, booking)
    events, presences, quality = await sessions.journal(ask.tx, found.id)
    roles = {seat.id: seat.role for seat in await sessions.all_seats(ask.tx, found.id)}
    together = (await outcomes.facts(ask.tx, found, now=ask.now)).together
    return Journal(
        booking=await one_booking(ask.tx, found),
        events=[
            EventView(
                at=row.at,
                seat=row.seat_id,
                role=roles[row.seat_id] if row.seat_id is not None else None,
                kind=row.kind,
                data=row.data,
            )
            for row in events
        ],
        presences=[
            PresenceView(
                seat=row.seat_id,
                role=roles[row.seat_id],
                entered_at=row.entered_at,
                left_at=row.left_at,
                mode=row.mode,
            )
            for row in presences
        ],
        quality=[SampleView.model_validate(row) for row in quality],
        both_present_s=int(outcomes.length(together).total_seconds()),
        states=[row.data["state"] for row in events if row.kind == "state"],
    )


@endpoint("GET", "/bookings/{booking}/note", allow="notes", etag=True)
async def note(ask: Ask, booking: int) -> NoteView:
    found = await bookings.booking(ask.tx, ask.actor, booking)
    kept = await consultations.note(ask.tx, ask.actor, found)
    return NoteView.model_validate(kept) if kept else NoteView(text="", version=0, saved_at=None)


@endpoint("PUT", "/bookings/{booking}/note", allow="notes", etag=True, if_match=True)
async def write_note(ask: Ask, booking: int, body: NoteText) -> NoteView:
    found = await bookings.booking(ask.tx, ask.actor, booking)
    kept = await consultations.write_note(ask.tx, ask.actor, found, body.text, version=ask.version, now=ask.now)
    return NoteView.model_validate(kept)


@endpoint("POST", "/bookings/{booking}/ticket", allow="sessions.lead")
async def ticket(ask: Ask, booking: int) -> TicketView:
    """The specialist's own way into the room."""
    await sessions.lock_booking(ask.tx, booking)  # moved at this moment, the ticket would open another's seat
    found = await bookings.booking(ask.tx, ask.actor, booking)
    if found.specialist_id != ask.actor.specialist_id:
        raise invalid("booking", "not_own")
    if ask.now < found.opens_at:
        raise JoinTooEarly(found.opens_at, found.starts, found.specialist.zone, "")
    if ask.now >= found.closes_at or found.status == "cancelled":
        raise RoomClosed
    seat = await joincodes.seat_of(ask.tx, found.id, "specialist")
    token, expires_at = await tickets.issue(ask.tx, seat.id, now=ask.now)
    return TicketView(ticket=token, expires_at=expires_at)


def moved(ask: Ask, changed: Booking, act: str) -> None:
    """What follows every change of a booking: a line of the audit, and the pages that show it wake up."""
    audit.note(ask.tx, act, "booking", changed.id, now=ask.now, account=ask.actor.account_id)
    ask.wakes += [wake(changed), of_calendar(changed.specialist_id)]


def wake(changed: Booking, kind: Literal["changed", "waiting", "help", "takeover"] = "changed") -> Wake:
    return Wake(kind, changed.id, changed.specialist_id, changed.client.district_id)


def handed_out(request: web.Request, made: Booking, issued: Issued) -> dict[str, Any]:
    """Code and link, as several answers hold them."""
    code, link = code_of(request, made, issued)
    return {"code": code, "link": link}


def code_of(request: web.Request, made: Booking, issued: Issued) -> tuple[CodeView, str]:
    link = f"{min(origins(request))}/visit#{issued.secret}"
    return CodeView(digits=issued.digits, opens_at=made.opens_at, closes_at=made.ends), link


def alternative(slot: Slot) -> Alternative:
    who = slot.specialist
    institution = InstitutionView(id=who.institution_id, name=who.institution, kind=who.institution_kind)
    return Alternative(
        specialist=SpecialistView(id=who.id, name=who.name, institution=institution),
        starts=slot.starts,
        ends=slot.ends,
        zone=who.zone,
    )


def _next(day: date) -> date:
    return day + timedelta(days=1)
