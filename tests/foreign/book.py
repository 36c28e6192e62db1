"""Certificates to check: a house whose keys were rotated and withdrawn, its papers as tokens, and what it publishes."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scheduling.certificates import Certificate
from scheduling.certificates import keys as signing_keys
from scheduling.db import Tx
from server import certificate_tokens, sealing
from server.certificate_check import Paper, Service
from server.published import KEYS, REVOKED
from tests.foreign.forging import Desk, raw
from tests.server.house import House, house

USUAL = (Service("1739", "session", 24), Service("1741", "minute", 840), Service("taxi", "kopeck", 1_250_000))
MANY = tuple(Service(f"{1700 + n}", "session", n + 1) for n in range(20))
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Book:
    """What a stranger has on that day: the published files, and papers that are all genuine, by what they are."""

    today: date
    keys: str
    list_text: str
    good: dict[str, str]
    desk: Desk


def paper(number: str, issued: date, until: date, services: tuple[Service, ...] = USUAL) -> Paper:
    return Paper(number, "Отдел соцзащиты", "Сузунский район", "Иванова Анна Петровна", 1948, issued, until, services)


def row(number: str, status: str, issued: date, until: date, now: datetime) -> Certificate:
    """The certificate as the centre keeps it; who holds it is no matter here."""
    return Certificate(
        number=number,
        status=status,
        client_id=1,
        district_id=1,
        issuer_id=1,
        issued_on=issued,
        valid_until=until,
        year=issued.year,
        created_at=now,
        created_by=1,
    )


def written(folder: Path, migrated: Path) -> Book:
    """In a thread and a loop of its own, away from those of tests."""
    (folder / "ryadom.sqlite3").write_bytes(migrated.read_bytes())
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, _written(folder)).result()


async def _written(folder: Path) -> Book:
    async with house(folder / "data", f"sqlite+aiosqlite:///{folder / 'ryadom.sqlite3'}") as ryadom:
        async with ryadom.centre.database.write() as tx:
            good, desk = await _papers(ryadom, tx)
        browser = ryadom.browser()
        keys = await (await browser.get(KEYS)).text()
        listed = await (await browser.get(REVOKED)).text()
        return Book(ryadom.now.date(), keys, listed, good, Desk(**desk, list_text=listed))


async def _papers(ryadom: House, tx: Tx) -> tuple[dict[str, str], dict[str, object]]:
    """Three keys: the first was withdrawn, the second retired, the third signs."""
    key, today = ryadom.centre.key, ryadom.now.date()
    year = (today - 10 * DAY, today + 355 * DAY)
    for number, status in (("54-1", "issued"), ("54-2", "revoked"), ("54-3", "replaced")):
        tx.add(row(number, status, *year, ryadom.now))

    async def issued(number: str, *valid: date, services: tuple[Service, ...] = USUAL) -> str:
        return await certificate_tokens.issue(tx, paper(number, *(valid or year), services), key=key)

    unsafe = (await signing_keys.current(tx)).kid
    withdrawn = await issued("54-1")
    retired = await certificate_tokens.rotate(tx, key=key, now=ryadom.later(minutes=1))
    before = await issued("54-1")
    await certificate_tokens.withdraw(tx, unsafe, key=key, now=ryadom.later(minutes=1))
    current = await certificate_tokens.rotate(tx, key=key, now=ryadom.later(minutes=1))
    token = await issued("54-1")
    good = {
        "printed before the key was rotated": before,
        "printed after it": token,
        "with twenty services": await issued("54-20", services=MANY),
        "on its first and last day": await issued("54-5", today, today),
        "ten years long": await issued("54-6", today, today + 3660 * DAY),
    }
    private = sealing.open_sealed(key, f"certificates:{current.kid}", current.sealed.decode())
    desk = {
        "token": token,
        "other": await issued("54-7"),
        "kid": current.kid,
        "retired_kid": retired.kid,
        "public": raw(current.public),
        "signing": Ed25519PrivateKey.from_private_bytes(raw(private)),
        "withdrawn": withdrawn,
        "revoked": await issued("54-2"),
        "replaced": await issued("54-3"),
        "expired": await issued("54-8", today - 400 * DAY, today - DAY),
        "early": await issued("54-9", today + DAY, today + 365 * DAY),
    }
    return good, desk
