"""A small region for tests of time: two districts, four specialists, their calendars, a few clients, one service."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from scheduling import bookings, calendars, people
from scheduling.access import Actor
from scheduling.bookings import Booking
from scheduling.calendars import Calendar, WeeklyHours
from scheduling.db import Tx
from scheduling.people import Account, District, Institution, Specialist
from scheduling.slots import Limits
from scheduling.standards import ServiceStandard
from server.database import Database

ZONE = "Asia/Novosibirsk"
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # Monday, 07:30 in Novosibirsk
MONDAY = date(2026, 11, 23)


def wall(clock: str, day: date = MONDAY, zone: str = ZONE) -> datetime:
    """The instant at which a wall clock shows this time on a day."""
    hour, minute = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass
class Region:
    """`specialists[0]` and `[1]` are at the centre (state), `[2]` at an NGO, `[3]` an hour's zone to the west."""

    database: Database
    coordinator: Actor
    psychologist: Actor
    specialists: list[int]
    clients: list[int]
    institutions: list[int]

    async def book(self, tx: Tx, specialist: int, client: int, starts: datetime, *, now: datetime = NOW) -> Booking:
        return await bookings.book(
            tx,
            self.coordinator,
            now=now,
            client=self.clients[client],
            specialist=self.specialists[specialist],
            service="1739",
            starts=starts,
        )


async def settled(database: Database, *, clients: int = 6) -> Region:
    """Writes the region into an empty database."""
    async with database.write() as tx:
        districts = [
            District(name="Сузунский район", zone=ZONE),
            District(name="Куйбышевский район", zone="Asia/Omsk"),
        ]
        tx.add_all(districts)
        await tx.flush()
        houses = [
            Institution(name="КЦСОН", kind="state", intake=True, district_id=districts[0].id, phone="8 383 46 2-00-00"),
            Institution(name="Забота", kind="ngo", district_id=districts[0].id, phone="8 383 46 2-11-11"),
            Institution(name="Опора", kind="state", district_id=districts[1].id, phone="8 383 62 5-00-00"),
        ]
        standards = [
            _standard("1739", 40, 10),
            _standard("1740", 30, 0),
        ]
        tx.add_all([*houses, *standards])
        await tx.flush()
        desk = _account("desk", houses[0], "coordinator")
        tx.add(desk)
        made = [
            await _specialist(tx, "anna", "Анна", houses[0], ZONE, topics=["loss"], languages=["ru"]),
            await _specialist(tx, "vera", "Вера", houses[0], ZONE, topics=["anxiety"], languages=["ru", "tt"]),
            await _specialist(tx, "olga", "Ольга", houses[1], ZONE, topics=["loss", "anxiety"], languages=["ru"]),
            await _specialist(tx, "yulia", "Юлия", houses[2], "Asia/Omsk", topics=["family"], languages=["ru"]),
        ]
        await tx.flush()
        coordinator = await people.actor(tx, desk.id)
        psychologist = await people.actor(tx, made[0].account_id)
        assert coordinator is not None
        assert psychologist is not None
        known = [
            await people.register_client(tx, coordinator, now=NOW, name=f"Получатель {number}", birth_year=1950)
            for number in range(clients)
        ]
        return Region(
            database,
            coordinator,
            psychologist,
            [one.id for one in made],
            [client.id for client in known],
            [house.id for house in houses],
        )


def office_hours(start: int = 9, end: int = 13) -> list[WeeklyHours]:
    return [WeeklyHours(weekday, start * 60, end * 60) for weekday in range(5)]


async def _specialist(tx: Tx, login: str, name: str, house: Institution, zone: str, **more: list[str]) -> Specialist:
    account = _account(login, house, "specialist")
    tx.add(account)
    await tx.flush()
    made = Specialist(
        account_id=account.id, institution_id=house.id, name=name, zone=zone, services=["1739", "1740"], **more
    )
    tx.add(made)
    await tx.flush()
    tx.add(Calendar(specialist_id=made.id))
    await tx.flush()
    await calendars.set_hours(tx, made.id, version=1, hours=office_hours(), known_services=["1739", "1740"])
    await calendars.set_limits(tx, made.id, version=2, limits=Limits(notice_min=60, horizon_days=30, step_min=30))
    return made


def _account(login: str, house: Institution, role: str) -> Account:
    return Account(login=login, name=login, password_hash="-", roles=[role], institution_id=house.id)


def _standard(code: str, duration: int, buffer: int) -> ServiceStandard:
    return ServiceStandard(
        code=code,
        version=1,
        name=f"Услуга {code}",
        kind="socio_psychological",
        form="at_home",
        modes=["video", "phone"],
        duration_min=duration,
        buffer_min=buffer,
        price_kopecks=47429,
        valid_from=date(2020, 1, 1),
    )
