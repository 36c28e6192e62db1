"""Free time of 1 to 1,000 specialists over 30 days, half booked: kept warm, beside plain intervals over fresh rows."""

import gc
import random
import sys
import tempfile
from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from types import FunctionType, ModuleType
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from bench.data_people import Worker, clients
from bench.data_work import Book, Rows, write, write_all
from bench.figure import Figure, Subject, figure
from scheduling import slots
from scheduling.calendars import Absence, Calendar, WeeklyHours, WorkingRule
from scheduling.db import Tx
from scheduling.finding import Warm
from scheduling.occupancy import Occupancy
from scheduling.people import Account, District, Institution, Specialist
from scheduling.slots import Service
from scheduling.standards import ServiceStandard
from server.database import Database

ZONE = "Asia/Novosibirsk"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DAYS, HORIZON = 30, 60
UNTIL = NOW + timedelta(days=DAYS)
SERVICE = Service("1739", duration_min=40, buffer_min=10)
SPECIALISTS = {"slots.month_1": 1, "slots.month_10": 10, "slots.month_100": 100, "slots.month_1000": 1000}
MOVED, COLD, MEMORY = "slots.month_1000_a_tenth_moved", "slots.month_1000_cold", "slots.warm_mb"
OLD, OLD_COLD = "slots.month_1000_5_years", "slots.month_1000_cold_5_years"
MOST = 1000
OF_ALL = frozenset({MOVED, COLD, MEMORY, OLD, OLD_COLD})
NAMES = (*SPECIALISTS, MOVED, COLD, MEMORY, OLD, OLD_COLD)
REFERENCE = "rows read, datetimes compared, every grid start tried"
BOUNDED = "its free starts alone; at most 64 MiB of them are kept"
YOUNG = "the same without 5 years of past bookings, 200 of each specialist"
YEARS, PAST = 5, 200
WINDOWS = ((540, 780), (840, 1080))
STEP = 15

Starts = dict[int, list[datetime]]


async def measure(wanted: frozenset[str]) -> list[Figure]:
    figures: list[Figure] = []
    for name, count in SPECIALISTS.items():
        if name in wanted or (count == MOST and wanted & OF_ALL):
            figures += await _of(name, count, wanted)
    return [each for each in figures if each.name in wanted]


async def _of(name: str, count: int, wanted: frozenset[str]) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="ryadom-bench-") as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder)}/bench.sqlite3")
        await database.migrate()
        await database.written(lambda tx: _fill(tx, count))
        warm = Warm()
        cold = await _cold(database)
        if await _listed(database, warm) != await _plainly(database):
            raise AssertionError("the search and its reference disagree")
        ours = await _timed(lambda: _ours(database, warm), 15)
        theirs = await _timed(lambda: _plainly(database), 3)
        figures = [figure(name, "ms", ours, (REFERENCE, theirs))]
        if count == MOST:
            moved = [await _moved(database, warm) for _ in range(5)]
            await _ours(database, warm, HORIZON)
            figures += [
                figure(MOVED, "ms", moved, (REFERENCE, theirs)),
                figure(COLD, "ms", cold, (REFERENCE, theirs)),
                figure(
                    MEMORY, "MB", [_bytes(warm) / 1e6], ("its free starts alone, which are bounded", [warm.bytes / 1e6])
                ),
            ]
        if count == MOST and wanted & {OLD, OLD_COLD}:
            await _grow_old(database)
            figures += [
                figure(OLD_COLD, "ms", await _cold(database), (YOUNG, cold)),
                figure(OLD, "ms", await _timed(lambda: _ours(database, warm), 15), (YOUNG, ours)),
            ]
        await database.close()
    return figures


async def _cold(database: Database) -> list[float]:
    return [await _once(lambda: _ours(database, Warm())) for _ in range(3)]


def _bytes(warm: Warm) -> int:
    """Everything that would be gone without it, the rules and windows of all calendars as well."""
    known: set[int] = set()
    found, size = [warm], 0
    while found:
        each: object = found.pop()
        if id(each) in known or isinstance(each, type | ModuleType | FunctionType | AbstractEventLoop):
            continue
        known.add(id(each))
        size += sys.getsizeof(each)
        found += gc.get_referents(each)
    return size


async def _ours(database: Database, warm: Warm, days: int = DAYS) -> int:
    """How many free starts there are: all of them stand in arrays, none is made into something to be shown."""
    async with database.read() as tx:
        look = await warm.look(tx, now=NOW)
        found = await look.starts(list(look.known), SERVICE, since=NOW, until=NOW + timedelta(days=days))
        return sum(len(starts) for starts in found.values())


async def _listed(database: Database, warm: Warm) -> Starts:
    async with database.read() as tx:
        look = await warm.look(tx, now=NOW)
        found = await look.starts(list(look.known), SERVICE, since=NOW, until=UNTIL)
        return {who: [slots.instant(start) for start in starts] for who, starts in found.items()}


async def _moved(database: Database, warm: Warm) -> float:
    """One in ten of the calendars has another booking since the last look."""
    async with database.write() as tx:
        await tx.execute(
            update(Calendar).where(Calendar.specialist_id % 10 == 0).values(busy_stamp=Calendar.busy_stamp + 1)
        )
    return await _once(lambda: _ours(database, warm))


# --- the straightforward way ------------------------------------------------------------------------------------------
async def _plainly(database: Database) -> Starts:
    """What one would write first: rows of everybody, then each start of the grid against every interval of its day."""
    async with database.read() as tx:
        whom = (await tx.execute(select(Specialist.id, Specialist.zone).order_by(Specialist.id))).all()
        limits = {row.specialist_id: row for row in await tx.scalars(select(Calendar))}
        rules: dict[int, list[WorkingRule]] = {}
        for rule in await tx.scalars(select(WorkingRule)):
            rules.setdefault(rule.specialist_id, []).append(rule)
        away: dict[int, list[tuple[datetime, datetime]]] = {}
        for absence in await tx.scalars(select(Absence).where(Absence.starts < UNTIL, Absence.ends > NOW)):
            away.setdefault(absence.specialist_id, []).append((absence.starts, absence.ends))
        busy: dict[int, list[tuple[datetime, datetime]]] = {}
        columns = (Occupancy.who, Occupancy.since, Occupancy.until)
        now, end = slots.minute(NOW), slots.minute(UNTIL)
        rows = select(*columns).where(Occupancy.kind == "specialist", Occupancy.since < end, Occupancy.until > now)
        for who, since, until in await tx.execute(rows):
            busy.setdefault(who, []).append((slots.instant(since), slots.instant(until)))
    return {
        who: _plain(zone, rules.get(who, []), limits[who], away.get(who, []), busy.get(who, [])) for who, zone in whom
    }


def _plain(
    zone_name: str,
    rules: list[WorkingRule],
    limits: Calendar,
    away: list[tuple[datetime, datetime]],
    busy: list[tuple[datetime, datetime]],
) -> list[datetime]:
    zone = ZoneInfo(zone_name)
    length, buffer = timedelta(minutes=SERVICE.duration_min), timedelta(minutes=SERVICE.buffer_min)
    found: list[datetime] = []
    today = NOW.astimezone(zone).date()
    for day in (today + timedelta(days=number) for number in range(DAYS + 1)):
        near = [(a, b) for a, b in busy if abs((a.date() - day).days) <= 1]
        for rule in rules:
            # What python-dateutil answers for a weekly rule, without asking it for each day.
            if f"BYDAY={('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[day.weekday()]}" in rule.rrule:
                found += _window(day, zone, rule, limits, length, buffer, near, away)
    earliest = NOW + timedelta(minutes=limits.notice_min)
    return [start for start in found if earliest <= start < UNTIL]


def _window(
    day: date,
    zone: ZoneInfo,
    rule: WorkingRule,
    limits: Calendar,
    length: timedelta,
    buffer: timedelta,
    busy: list[tuple[datetime, datetime]],
    away: list[tuple[datetime, datetime]],
) -> list[datetime]:
    starts, at, closes = [], _at(day, rule.start_min, zone), _at(day, rule.end_min, zone)
    while at + length <= closes:
        free = not any(a < at + length + buffer and at < b for a, b in busy)
        if free and not any(a < at + length and at < b for a, b in away):
            starts.append(at)
        at += timedelta(minutes=limits.step_min)
    return starts


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(*divmod(minutes, 60)), zone).astimezone(UTC)


# --- what is measured -------------------------------------------------------------------------------------------------
async def _fill(tx: Tx, count: int) -> None:
    """Specialists with a working week and a lunch break, a week of vacation, and half of their time booked."""
    district = District(name="Район", zone=ZONE)
    tx.add(district)
    await tx.flush()
    house = Institution(name="Центр", kind="state", district_id=district.id, phone="")
    tx.add(house)
    await tx.flush()
    for number in range(count):
        chance = random.Random(number)
        account = Account(login=f"s{number}", name="", password_hash="", roles=["specialist"], institution_id=house.id)
        tx.add(account)
        await tx.flush()
        facts = {"topics": [], "languages": ["ru"], "services": [SERVICE.code]}
        made = Specialist(account_id=account.id, institution_id=house.id, name=f"С {number}", zone=ZONE, **facts)
        tx.add(made)
        await tx.flush()
        tx.add(Calendar(specialist_id=made.id, notice_min=120, step_min=STEP))
        hours = [WeeklyHours(weekday, *window) for weekday in range(5) for window in WINDOWS]
        tx.add_all(WorkingRule(specialist_id=made.id, **each.columns()) for each in hours)
        vacation = NOW + timedelta(days=chance.randrange(7, 20))
        tx.add(Absence(specialist_id=made.id, starts=vacation, ends=vacation + timedelta(days=7), kind="vacation"))
        await tx.flush()
        await tx.execute(insert(Occupancy), _booked(made.id, chance))


def _booked(who: int, chance: random.Random) -> list[dict[str, object]]:
    """About half of each window, session by session with its buffer, none overlapping another."""
    rows = []
    monday = NOW.astimezone(ZoneInfo(ZONE)).date()
    for day in (monday + timedelta(days=number) for number in range(DAYS + 1)):
        for start, end in WINDOWS:
            at = start + STEP * chance.randrange(4)
            while at + 50 <= end:
                starts = slots.minute(_at(day, at, ZoneInfo(ZONE)))
                times = {"starts": starts, "ends": starts + 40, "since": starts, "until": starts + 50}
                rows.append({"kind": "specialist", "who": who, **times})
                at += 50 + STEP * chance.randrange(2, 6)
    return rows


async def _grow_old(database: Database) -> None:
    """Years of bookings that are over, each specialist's with a client of her own."""
    homes = [1]
    chance = random.Random(YEARS)
    terms = {"kind": "", "form": "", "modes": [], "price_kopecks": 0, "valid_from": date(2020, 1, 1)}
    async with database.write() as tx:
        standard = ServiceStandard(
            code=SERVICE.code, version=1, name="", duration_min=SERVICE.duration_min, buffer_min=10, **terms
        )
        tx.add(standard)
        whom = list(await tx.scalars(select(Specialist).order_by(Specialist.id)))
        await write(tx, "client", [*clients(1, len(whom), homes, 1, NOW, chance)])
    rows = Rows([], [], [], [])
    for who in whom:
        worker = Worker(who.id, who.zone, homes[0])
        Book(worker, [who.id], [standard], 1, NOW, chance, 1, rows).past(PAST, YEARS)
    async with database.write() as tx:
        await write_all(tx, rows)


async def _once(act: Callable[[], Awaitable[object]]) -> float:
    begun = perf_counter()
    await act()
    return (perf_counter() - begun) * 1000


async def _timed(act: Callable[[], Awaitable[object]], runs: int) -> list[float]:
    """Milliseconds of each run, the collector held still as the server does after its start."""
    await act()
    gc.collect()
    gc.freeze()
    times = [await _once(act) for _ in range(runs)]
    gc.unfreeze()
    return times


SUBJECT = Subject(NAMES, measure)
