"""Many consultations that are open right now on a running demo server, with the cookies of all who belong to them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from scheduling import bookings, joincodes, people, signins
from scheduling.bookings import Booking
from scheduling.calendars import Calendar
from scheduling.db import Tx
from scheduling.people import Account, Client, Institution, Specialist
from scheduling.standards import ServiceStandard
from server import cookies
from server.database import Database
from server.settings import installation_key
from tests.support.live_server import LiveServer


@dataclass(frozen=True)
class Place:
    """One person's seat: which cookie opens it, and where tickets for the socket are asked for."""

    booking: int
    seat: int
    other: int
    specialist: bool
    cookie: str
    ticket_path: str


async def consultations(server: LiveServer, count: int) -> list[tuple[Place, Place]]:
    """Specialist and client of `count` new bookings that start in five minutes."""
    database = Database(server.database_url)
    key = installation_key(server.data)

    async def work(tx: Tx) -> list[tuple[Place, Place]]:
        return [await _consultation(tx, key, number) for number in range(count)]

    try:
        return await database.written(work)
    finally:
        await database.close()


async def _consultation(tx: Tx, key: bytes, number: int) -> tuple[Place, Place]:
    now = datetime.now(UTC)
    house = (await tx.scalars(select(Institution).where(Institution.intake))).first()
    standard = (await tx.scalars(select(ServiceStandard).where(ServiceStandard.code == "1739"))).first()
    assert house
    assert standard
    account = Account(
        login=f"of-many-{number}", name="Психолог", password_hash="", roles=["specialist"], institution_id=house.id
    )
    tx.add(account)
    await tx.flush()
    specialist = Specialist(
        account_id=account.id,
        institution_id=house.id,
        name=f"Психолог {number}",
        zone="Asia/Novosibirsk",
        topics=[],
        languages=["ru"],
        services=["1739"],
    )
    name = f"Получатель {number}"
    client = Client(
        name=name,
        name_folded=people.folded(name),
        birth_year=1949,
        district_id=house.district_id,
        created_at=now,
        created_by=account.id,
    )
    tx.add_all([specialist, client])
    await tx.flush()
    tx.add(Calendar(specialist_id=specialist.id))
    booked = _booked(specialist, client, standard, account, now)
    tx.add(booked)
    await tx.flush()
    await bookings.claim(tx, booked, now)
    (hers, his), issued = await joincodes.make_seats(tx, booked, key=key, now=now)
    opened = await joincodes.redeem(tx, key=key, now=now, secret=issued.secret)
    token = await signins.begin(tx, account.id, now=now)
    return (
        Place(booked.id, hers.id, his.id, True, f"{cookies.STAFF}={token}", f"/api/v1/bookings/{booked.id}/ticket"),
        Place(booked.id, his.id, hers.id, False, f"{cookies.SEAT}={his.id}.{opened.device}", "/api/v1/join/ticket"),
    )


def _booked(specialist: Specialist, client: Client, standard: ServiceStandard, by: Account, now: datetime) -> Booking:
    starts = now.replace(second=0, microsecond=0) + timedelta(minutes=5)
    return Booking.of(specialist, client, standard, starts, created_at=now, created_by=by.id)
