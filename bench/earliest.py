"""The earliest slot over HTTP: what a coordinator waits for while the client stands at the desk."""

import time

from sqlalchemy import select

from bench.figure import Figure, Subject, figure
from bench.house import house
from scheduling.calendars import Calendar, WeeklyHours, WorkingRule
from scheduling.db import Tx
from scheduling.people import Account, Specialist
from server.database import Database
from tests.support.live_server import LiveServer
from tests.support.staff import Staff, signed_in

MORE = 95
ASKED = 100
RUNS = 3
REFERENCE = "the answer to who is signed in"


async def measure(wanted: frozenset[str]) -> list[Figure]:
    """The 95th percentile of `ASKED` searches, one after another, of a month of 100 specialists."""
    async with house() as server:
        await _employ(server)
        async with signed_in(server.address, "coordinator") as staff:
            found = await staff.slots({"days": 30, "limit": 200})
            assert found, "there is free time in the month to come"
            ours = [await _p95(staff, "/slots", {"service": "1739", "days": 30}) for _ in range(RUNS)]
            theirs = [await _p95(staff, "/session", {}) for _ in range(RUNS)]
    return [figure("slots.earliest_http_p95", "ms", ours, (REFERENCE, theirs))]


async def _p95(staff: Staff, path: str, query: dict[str, str | int]) -> float:
    delays = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        (await staff.ask("GET", path, query=query)).ok()
        delays.append((time.perf_counter() - begun) * 1000)
    return sorted(delays)[int(ASKED * 0.95)]


async def _employ(server: LiveServer) -> None:
    """Colleagues like the demo's first specialist, until there are a hundred."""
    database = Database(server.database_url)

    async def work(tx: Tx) -> None:
        first = (await tx.scalars(select(Specialist))).first()
        assert first
        account = await tx.get_one(Account, first.account_id)
        for number in range(MORE):
            colleague = Account(
                login=f"colleague-{number}",
                name=f"Специалист {number}",
                password_hash=account.password_hash,
                roles=["specialist"],
                institution_id=account.institution_id,
            )
            tx.add(colleague)
            await tx.flush()
            await _calendar(tx, first, colleague)

    await database.written(work)
    await database.close()


async def _calendar(tx: Tx, like: Specialist, colleague: Account) -> None:
    made = Specialist(
        account_id=colleague.id,
        institution_id=like.institution_id,
        name=colleague.name,
        zone=like.zone,
        topics=like.topics,
        languages=like.languages,
        services=like.services,
    )
    tx.add(made)
    await tx.flush()
    tx.add(Calendar(specialist_id=made.id, notice_min=60, horizon_days=60, max_per_day=8, step_min=15))
    for weekday in range(5):
        tx.add(WorkingRule(specialist_id=made.id, **WeeklyHours(weekday, 540, 1020).columns()))


SUBJECT = Subject(("slots.earliest_http_p95",), measure)
