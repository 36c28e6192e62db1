"""Demo data: the pilot's two districts, its psychologists, staff of every role and a day of bookings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from scheduling import bookings, calendars, feedback, joincodes, measured, people, sessions
from scheduling.bookings import Booking
from scheduling.calendars import Calendar, WeeklyHours, WorkingRule, production
from scheduling.calendars.production import Move
from scheduling.consents import Consent, ConsentText
from scheduling.db import Tx
from scheduling.joincodes import Issued
from scheduling.people import Account, Client, District, Institution, Specialist
from scheduling.resources import Resource, ResourceKind
from scheduling.standards import ServiceStandard
from server import demo_applications, demo_past
from server.api.account import HASHER

ZONE = "Asia/Novosibirsk"
TRIAL_SPECIALIST = "orlova"
PASSWORD = "ryadom-demo"  # noqa: S105 - printed at every demo start; a real installation has no demo accounts


@dataclass(frozen=True)
class SignIn:
    """A demo person to sign in as."""

    login: str
    role: str
    name: str


SIGN_INS = (
    SignIn("suzun", "coordinator", "Ирина Павловна Соколова"),
    SignIn("kuybyshev", "coordinator", "Татьяна Викторовна Белова"),
    SignIn("orlova", "specialist", "Марина Сергеевна Орлова"),
    SignIn("zimin", "specialist", "Алексей Николаевич Зимин"),
    SignIn("lebedeva", "specialist", "Ольга Андреевна Лебедева"),
    SignIn("kim", "specialist", "Светлана Юрьевна Ким"),
    SignIn("voronova", "specialist", "Наталья Игоревна Воронова"),
    SignIn("officer", "officer", "Елена Михайловна Титова"),
    SignIn("analyst", "analyst", "Дмитрий Олегович Громов"),
    SignIn("admin", "administrator", "Павел Андреевич Кузнецов"),
)

DISTRICTS = (("Сузунский район", "district"), ("Куйбышевский район", "district"), ("город Новосибирск", "city"))
# name, kind, intake, district, phone, address
INSTITUTIONS = (
    ("КЦСОН Сузунского района", "state", True, 0, "+7 383 462-11-40", "р. п. Сузун, ул. Ленина, 51"),
    ("КЦСОН Куйбышевского района", "state", True, 1, "+7 383 625-08-72", "г. Куйбышев, ул. Краскома, 37"),
    ("Областной геронтологический центр", "state", False, 2, "+7 383 221-37-90", "г. Новосибирск, ул. Каменская, 16"),
    ("Центр помощи семье «Морской залив»", "state", False, 2, "+7 383 340-52-18", "г. Новосибирск, ул. Приморская, 22"),
    ("АНО «Тёплый дом»", "ngo", False, 2, "+7 383 209-64-31", "г. Новосибирск, ул. Советская, 64"),
)
# login: institution, topics, languages, weekdays, hours
PSYCHOLOGISTS = {
    "orlova": (0, ["anxiety", "loss", "loneliness", "illness"], ["ru"], range(5), ("09:00", "17:00")),
    "zimin": (1, ["family", "crisis", "care"], ["ru"], range(5), ("10:00", "18:00")),
    "lebedeva": (2, ["loss", "memory", "illness", "care"], ["ru", "en"], range(6), ("08:00", "15:00")),
    "kim": (3, ["family", "anxiety", "crisis"], ["ru"], range(1, 6), ("11:00", "19:00")),
    "voronova": (4, ["loneliness", "anxiety", "care", "memory"], ["ru", "en"], range(5), ("09:00", "16:00")),
}
OFFICES = {"suzun": 0, "kuybyshev": 1, "officer": 0, "analyst": 2, "admin": 2}
# code, name, minutes, kopecks, relay only (no address is learnt), least share with both present
SERVICES = (
    ("1739", "Социально-психологическое консультирование", 40, 47429, False, None),
    ("1740", "Психодиагностика и обследование личности", 30, 35571, False, None),
    ("1741", "Психологическая коррекция", 40, 47429, False, 0.5),
    ("1742", "Психологическая помощь пострадавшим от насилия", 40, 47429, True, None),
)
CLIENTS = (
    ("Анна Петровна Воробьёва", 1947, "+7 913 555-01-12", 0, "р. п. Сузун"),
    ("Виктор Семёнович Лапин", 1951, "+7 923 555-02-48", 0, "с. Битки"),
    ("Галина Ивановна Кравцова", 1944, "", 0, "с. Шарчино"),
    ("Надежда Фёдоровна Жукова", 1956, "+7 905 555-03-77", 0, "р. п. Сузун"),
    ("Степан Егорович Мельников", 1949, "+7 913 555-04-05", 1, "г. Куйбышев"),
    ("Лидия Максимовна Полякова", 1953, "+7 961 555-05-31", 1, "с. Абрамово"),
)
# kind, name, district, address, languages
RESOURCES: tuple[tuple[ResourceKind, str, int | None, str, list[str]], ...] = (
    ("room", "Кабинет связи, КЦСОН в Сузуне", 0, "р. п. Сузун, ул. Ленина, 51, каб. 4", []),
    ("room", "Пункт связи, сельсовет в Битках", 0, "с. Битки, ул. Советская, 12", []),
    ("room", "Кабинет связи, КЦСОН в Куйбышеве", 1, "г. Куйбышев, ул. Краскома, 37, каб. 2", []),
    ("interpreter", "Сурдопереводчик Ольга Ивановна Рябова", None, "", ["rsl"]),
)
# Days that the Government's decree moves, by year; of the others the Labour Code alone speaks.
MOVES = {2026: (Move(date(2026, 1, 3), date(2026, 1, 9)), Move(date(2026, 1, 4), date(2026, 12, 31)))}
# Days from the application to the first session, and what the standards of the pilot aim at (docs/indicators.md).
DEADLINE_DAYS = 10
TARGETS = {"waiting_days": 10, "both_share": 800, "late_min": 5, "video_share": 700, "satisfaction": 400}
# How often each service may be had, in any of these ways.
PERIODICITY: dict[str, list[dict[str, Any]]] = {
    "1739": [{"times": 2, "per": "month"}],
    "1740": [{"times": 6, "per": "year"}, {"times": 4, "per": "year"}],
    "1741": [{"times": 2, "per": "week"}, {"days": 10, "times": 2, "per": "year"}],
}


async def is_loaded(tx: Tx) -> bool:
    return bool(await tx.scalar(select(func.count()).select_from(District)))


async def load(tx: Tx, *, now: datetime) -> None:
    """The pilot, once, into an empty database."""
    districts = [District(name=name, kind=kind, zone=ZONE) for name, kind in DISTRICTS]
    tx.add_all(districts)
    await tx.flush()
    institutions = [
        Institution(name=name, kind=kind, intake=intake, district_id=districts[at].id, phone=phone, address=address)
        for name, kind, intake, at, phone, address in INSTITUTIONS
    ]
    tx.add_all(institutions)
    standards = _services(tx)
    _resources(tx, districts)
    for year in (now.year, now.year + 1):
        await calendars.set_year(tx, year, production.year(year, MOVES.get(year, ())))
    await tx.flush()
    accounts = await _accounts(tx, institutions)
    specialists = await _specialists(tx, accounts, institutions, now.astimezone(ZoneInfo(ZONE)).date())
    clients = await _clients(tx, accounts["suzun"], districts, now)
    await _day(tx, accounts["suzun"], specialists, clients, standards, now)
    await _past(tx, accounts["suzun"], specialists, clients, standards, now)
    await demo_applications.load(tx, accounts, districts, specialists, clients, now=now)
    await measured.rebuild(tx, now - timedelta(weeks=demo_past.WEEKS + 2), now, now=now)


def _services(tx: Tx) -> list[ServiceStandard]:
    made = [
        ServiceStandard(
            code=code,
            version=1,
            name=name,
            kind="socio_psychological",
            form="semi_residential",
            modes=["video", "voice", "phone", "in_person"],
            duration_min=minutes,
            buffer_min=10,
            price_kopecks=kopecks,
            valid_from=date(2024, 1, 1),
            relay_only=relay_only,
            least_share=least_share,
            periodicity=PERIODICITY.get(code),
            deadline_days=DEADLINE_DAYS,
            targets=TARGETS,
        )
        for code, name, minutes, kopecks, relay_only, least_share in SERVICES
    ]
    tx.add_all(made)
    return made


def _resources(tx: Tx, districts: list[District]) -> None:
    tx.add_all(
        Resource(
            kind=kind,
            name=name,
            address=address,
            languages=languages,
            district_id=None if at is None else districts[at].id,
        )
        for kind, name, at, address, languages in RESOURCES
    )


async def _accounts(tx: Tx, institutions: list[Institution]) -> dict[str, Account]:
    hashed = HASHER.hash(PASSWORD)
    made = {}
    for person in SIGN_INS:
        at = PSYCHOLOGISTS[person.login][0] if person.login in PSYCHOLOGISTS else OFFICES[person.login]
        made[person.login] = Account(
            login=person.login,
            name=person.name,
            password_hash=hashed,
            roles=[person.role],
            institution_id=institutions[at].id,
        )
    tx.add_all(made.values())
    await tx.flush()
    return made


async def _specialists(
    tx: Tx, accounts: dict[str, Account], institutions: list[Institution], today: date
) -> dict[str, Specialist]:
    """Five weeks of work, and of the first one every second Saturday at an assisted point."""
    made = {}
    for login, (at, topics, languages, weekdays, (start, end)) in PSYCHOLOGISTS.items():
        made[login] = Specialist(
            account_id=accounts[login].id,
            institution_id=institutions[at].id,
            name=accounts[login].name,
            zone=ZONE,
            topics=topics,
            languages=languages,
            services=[code for code, *_ in SERVICES],
        )
        tx.add(made[login])
        await tx.flush()
        tx.add(Calendar(specialist_id=made[login].id, notice_min=60, horizon_days=60, max_per_day=8, step_min=15))
        for weekday in weekdays:
            for begin, until in ((start, "13:00"), ("13:45", end)):
                window = WeeklyHours(weekday, _minutes(begin), _minutes(until))
                tx.add(WorkingRule(specialist_id=made[login].id, **window.columns()))
    monday = today - timedelta(days=today.weekday())
    saturday = WeeklyHours(5, _minutes("10:00"), _minutes("13:00"), valid_from=monday, every=2, place="point")
    tx.add(WorkingRule(specialist_id=made["orlova"].id, **saturday.columns()))
    await tx.flush()
    return made


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


async def _clients(tx: Tx, by: Account, districts: list[District], now: datetime) -> list[Client]:
    made = [
        Client(
            name=name,
            name_folded=people.folded(name),
            birth_year=year,
            phone=phone,
            phone_digits=people.digits(phone),
            district_id=districts[at].id,
            settlement=settlement,
            created_at=now - timedelta(days=20),
            created_by=by.id,
        )
        for name, year, phone, at, settlement in CLIENTS
    ]
    tx.add_all(made)
    await tx.flush()
    text = await tx.scalar(select(ConsentText).where(ConsentText.purpose == "processing", ConsentText.language == "ru"))
    if text is not None:
        tx.add_all(
            Consent(
                client_id=client.id,
                text_id=text.id,
                how="paper",
                given_at=now - timedelta(days=20),
                taken_by=by.id,
            )
            for client in made
        )
    return made


async def _day(
    tx: Tx,
    by: Account,
    specialists: dict[str, Specialist],
    clients: list[Client],
    standards: list[ServiceStandard],
    now: datetime,
) -> None:
    """Some bookings of yesterday, today and the next days, as if made at the desk."""
    today = now.astimezone(ZoneInfo(ZONE)).date()
    plan = (
        # days from today, clock, specialist, client, service, topic, how it ended, score
        (-2, "10:00", "orlova", 0, 0, "loss", "took_place", 3),
        (-1, "11:00", "orlova", 1, 1, "anxiety", "took_place", 2),
        (-1, "14:00", "lebedeva", 3, 0, "illness", "missed", None),
        (0, "09:15", "lebedeva", 2, 0, "memory", None, None),
        (0, "10:30", "zimin", 4, 2, "family", None, None),
        (0, "14:30", "kim", 3, 0, "anxiety", None, None),
        (1, "09:30", "orlova", 2, 0, "loneliness", None, None),
        (1, "11:00", "voronova", 5, 0, "care", None, None),
        (3, "10:15", "orlova", 0, 2, "loss", None, None),
        (4, "14:00", "zimin", 4, 0, "family", None, None),
    )
    for days, clock, login, client, service, topic, ended, score in plan:
        local = datetime.combine(today + timedelta(days=days), time.fromisoformat(clock), ZoneInfo(ZONE))
        starts = local.astimezone(UTC)
        made = _booking(by, specialists[login], clients[client], standards[service], starts, now, topic)
        over = made.ends < now
        made.status = ended or ("took_place" if over else "booked")
        tx.add(made)
        await tx.flush()
        await bookings.claim(tx, made, now)
        await joincodes.make_seats(tx, made, key=b"demo", now=now)
        if score is not None:
            await feedback.say(tx, made.id, score, now=made.ends)


async def _past(
    tx: Tx,
    by: Account,
    specialists: dict[str, Specialist],
    clients: list[Client],
    standards: list[ServiceStandard],
    now: datetime,
) -> None:
    """The weeks before: sessions that are over, with the figures of their lines."""
    today = now.astimezone(ZoneInfo(ZONE)).date()
    held = []
    for visit in demo_past.visits(today):
        starts = datetime.combine(visit.day, visit.clock, ZoneInfo(ZONE)).astimezone(UTC)
        who = specialists[visit.login], clients[visit.client], standards[visit.service]
        made = _booking(by, *who, starts, starts - timedelta(days=5), "loneliness")
        made.status = "failed_technically" if visit.failed else "took_place"
        held.append((made, visit))
    await demo_past.keep(tx, held)


def _booking(
    by: Account,
    specialist: Specialist,
    client: Client,
    standard: ServiceStandard,
    starts: datetime,
    now: datetime,
    topic: str | None,
) -> Booking:
    return Booking.of(specialist, client, standard, starts, created_at=now, created_by=by.id, topic=topic)


async def going_on(tx: Tx, *, now: datetime) -> Booking | None:
    """A consultation with somebody in its room: a new start of the server must not take their seats away."""
    return await tx.scalar(
        select(Booking)
        .join(sessions.Session, sessions.Session.booking_id == Booking.id)
        .where(sessions.Session.state.in_(("waiting", "live", "paused")), Booking.ends > now)
        .order_by(Booking.id)
        .limit(1)
    )


async def trial(tx: Tx, *, key: bytes, now: datetime) -> tuple[Booking, Issued] | None:
    """A consultation that is open right now, to be tried with two browsers, and a new code for it.

    None when its specialist or its client is booked otherwise at this time.
    """
    starts = now.replace(second=0, microsecond=0) - timedelta(minutes=now.minute % 5) + timedelta(minutes=5)
    specialist = await tx.scalar(select(Specialist).join(Account).where(Account.login == TRIAL_SPECIALIST))
    client = await tx.scalar(select(Client).where(Client.name_folded == people.folded(CLIENTS[0][0])))
    standard = await tx.scalar(select(ServiceStandard).where(ServiceStandard.code == SERVICES[0][0]))
    by = await tx.scalar(select(Account).where(Account.login == "suzun"))
    if specialist is None or client is None or standard is None or by is None:
        return None
    near = list(
        await tx.scalars(
            select(Booking).where(
                Booking.status != "cancelled",
                Booking.starts < starts + timedelta(minutes=standard.duration_min + standard.buffer_min),
                Booking.busy_until > starts,
                (Booking.specialist_id == specialist.id) | (Booking.client_id == client.id),
            )
        )
    )
    if not near:
        made = _booking(by, specialist, client, standard, starts, now, "anxiety")
        tx.add(made)
        await tx.flush()
        await bookings.claim(tx, made, now)
        _, issued = await joincodes.make_seats(tx, made, key=key, now=now)
        return made, issued
    found = near[0]
    theirs = found.specialist_id == specialist.id and found.client_id == client.id
    if len(near) > 1 or not theirs or found.status not in bookings.OPEN or not found.opens_at <= now < found.ends:
        return None
    return found, await joincodes.reissue(tx, found, key=key, now=now)
