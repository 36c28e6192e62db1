"""Views: the shapes of docs/api.md that several endpoints answer with, and how they are read together."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from scheduling import bookings, feedback, linechecks, paying, sessions
from scheduling.bookings import Booking, Participant
from scheduling.certificates import Certificate
from scheduling.db import Tx
from scheduling.feedback import Feedback
from scheduling.joincodes import Seat
from scheduling.linechecks import LineCheck
from scheduling.people import Client, District, Institution, Specialist
from scheduling.sessions import QualitySample, Session
from scheduling.standards import ServiceStandard
from server.shapes import Instant, View

RoomState = Literal["empty", "waiting", "live", "paused", "closed"]


class DistrictView(View):
    id: int
    name: str
    zone: str


class InstitutionView(View):
    id: int
    name: str
    kind: str


class SpecialistView(View):
    id: int
    name: str
    institution: InstitutionView


class ClientRef(View):
    id: int
    name: str
    birth_year: int
    phone: str


class ServiceRef(View):
    code: str
    version: int
    name: str
    duration_min: int


class RoomView(View):
    state: RoomState
    client_here: bool
    specialist_here: bool
    waiting_since: Instant | None
    live_since: Instant | None
    closed_at: Instant | None
    help_at: Instant | None
    help_why: str | None
    help_answered_at: Instant | None
    phone: bool


class LineCheckView(View):
    verdict: str
    microphone: str
    camera: str
    at: Instant


class QualityView(View):
    at: Instant
    loss: float | None
    rtt_ms: float | None
    path: str | None


class FeedbackView(View):
    score: int


class ParticipantView(View):
    """Who or what takes part beside specialist and client: a companion (`client`), a room, an interpreter."""

    role: str
    name: str
    client: int | None = Field(validation_alias="client_id")
    resource: int | None = Field(validation_alias="resource_id")


class InSeries(View):
    """It is number `n` `of` so many of a course; null when cancelled."""

    id: int
    n: int | None
    of: int | None


class PaidByView(View):
    """A certificate, by what stands on its paper."""

    id: int
    number: str


class BookingView(View):
    id: int
    version: int
    status: str
    starts: Instant
    ends: Instant
    zone: str
    specialist_zone: str
    specialist: SpecialistView
    client: ClientRef
    service: ServiceRef
    mode: str
    topic: str | None
    price_kopecks: int
    room: RoomView
    line_check: LineCheckView | None
    quality: QualityView | None
    feedback: FeedbackView | None
    code_used: bool
    participants: list[ParticipantView]
    series: InSeries | None
    application: int | None
    certificate: PaidByView | None


class BookingList(View):
    items: list[BookingView]


async def booking_views(tx: Tx, booked: Sequence[Booking]) -> list[BookingView]:
    """The bookings as people see them: six to eight queries, however many there are."""
    numbers = [booking.id for booking in booked]
    rooms = await sessions.of_bookings(tx, numbers)
    seats = await sessions.seats_of(tx, numbers)
    checks = await linechecks.of_role(tx, numbers, "client")
    quality = await sessions.latest_quality(tx, numbers)
    said = await feedback.of_bookings(tx, numbers)
    others = await bookings.participants(tx, numbers)
    courses = {booking.series_id for booking in booked if booking.series_id is not None}
    places = await bookings.places_in_series(tx, sorted(courses)) if courses else {}
    papers = await paying.papers(tx, booked)
    return [
        booking_view(
            booking,
            rooms.get(booking.id),
            seats[booking.id],
            checks.get(booking.id),
            quality.get(booking.id),
            said.get(booking.id),
            others.get(booking.id, ()),
            places.get(booking.id),
            papers.get(booking.id),
        )
        for booking in booked
    ]


async def one_booking(tx: Tx, booked: Booking) -> BookingView:
    return (await booking_views(tx, [booked]))[0]


def new_booking_view(
    booked: Booking, seats: Sequence[Seat], others: Sequence[Participant], paper: Certificate | None = None
) -> BookingView:
    """A booking just made: nothing has happened to it that would have to be looked up."""
    return booking_view(booked, None, seats, None, None, None, others, paper=paper)


def booking_view(
    booked: Booking,
    room: Session | None,
    seats: Sequence[Seat],
    check: LineCheck | None,
    quality: QualitySample | None,
    said: Feedback | None,
    others: Sequence[Participant],
    place: tuple[int, int] | None = None,
    paper: Certificate | None = None,
) -> BookingView:
    return BookingView(
        id=booked.id,
        version=booked.version,
        status=booked.status,
        starts=booked.starts,
        ends=booked.ends,
        zone=booked.client.district.zone,
        specialist_zone=booked.specialist.zone,
        specialist=specialist_view(booked.specialist),
        client=ClientRef.model_validate(booked.client),
        service=service_ref(booked.standard),
        mode=booked.mode,
        topic=booked.topic,
        price_kopecks=booked.price_kopecks,
        room=room_view(room, seats),
        line_check=None if check is None else LineCheckView.model_validate(check),
        quality=None if quality is None else QualityView.model_validate(quality),
        feedback=None if said is None else FeedbackView.model_validate(said),
        code_used=any(seat.redeemed_at is not None for seat in seats if seat.role == "client"),
        participants=[ParticipantView.model_validate(each) for each in others],
        series=None if booked.series_id is None else _in_series(booked.series_id, place),
        application=booked.application_id,
        certificate=None if paper is None else PaidByView.model_validate(paper),
    )


def _in_series(number: int, place: tuple[int, int] | None) -> InSeries:
    n, of = place or (None, None)
    return InSeries(id=number, n=n, of=of)


def room_view(room: Session | None, seats: Sequence[Seat]) -> RoomView:
    here = {seat.role for seat in seats if seat.here}
    return RoomView(
        state=room.state if room else "empty",
        client_here="client" in here,
        specialist_here="specialist" in here,
        waiting_since=room.waiting_since if room else None,
        live_since=room.live_since if room else None,
        closed_at=room.closed_at if room else None,
        help_at=room.help_at if room else None,
        help_why=room.help_why if room else None,
        help_answered_at=room.help_answered_at if room else None,
        phone=room.phone if room else False,
    )


def specialist_view(specialist: Specialist) -> SpecialistView:
    return SpecialistView(id=specialist.id, name=specialist.name, institution=institution_view(specialist.institution))


def institution_view(institution: Institution) -> InstitutionView:
    return InstitutionView.model_validate(institution)


def service_ref(standard: ServiceStandard) -> ServiceRef:
    return ServiceRef.model_validate(standard)


def district_view(district: District) -> DistrictView:
    return DistrictView.model_validate(district)


class ConsentView(View):
    id: int
    purpose: str
    version: int
    given_at: Instant
    how: str
    taken_by: int
    withdrawn_at: Instant | None


class ClientView(View):
    id: int
    version: int
    name: str
    birth_year: int
    phone: str
    email: str
    language: str
    remark: str
    settlement: str
    birth_date: date | None
    sex: str
    snils: str
    address: str
    district: DistrictView
    created_at: Instant
    consents: list[ConsentView]


class ClientList(View):
    items: list[ClientView]


def client_view(client: Client, consents: Sequence[ConsentView] = ()) -> ClientView:
    return ClientView(
        id=client.id,
        version=client.version,
        name=client.name,
        birth_year=client.birth_year,
        phone=client.phone,
        email=client.email,
        language=client.language,
        remark=client.remark,
        settlement=client.settlement,
        birth_date=client.birth_date,
        sex=client.sex,
        snils=client.snils,
        address=client.address,
        district=district_view(client.district),
        created_at=client.created_at,
        consents=list(consents),
    )
