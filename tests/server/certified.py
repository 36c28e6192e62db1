"""A client of the demo house with a certificate, its money in the budgets, and sessions that it pays."""

from datetime import datetime, timedelta
from typing import Any

from scheduling import budgets, ledger
from scheduling.certificates import Certificate, CertificateLine
from scheduling.db import Tx
from scheduling.ledger import Move
from scheduling.people import Client
from scheduling.standards import ServiceStandard
from tests.server import visit
from tests.server.house import Browser, House, body
from tests.server.visit import Visit

PLAN = 10_000_000
# What 1739 costs: 474.29 ₽ for 40 minutes.
COST = 47_429
NOVEMBER = "2026-11-01"


async def certified(house: House, **how: Any) -> int:
    """The number of a certificate in the database, issued, with its provider chosen and its money set aside."""
    async with house.centre.database.write() as tx:
        return await issued(tx, now=house.now, **how)


async def issued(
    tx: Tx,
    *,
    now: datetime,
    client: int = 2,
    provider: int = 1,
    service: int = 1,
    unit: str = "session",
    quantity: int = 10,
    unit_kopecks: int = COST,
    copay_kopecks: int = 0,
) -> int:
    holder, standard = await tx.get_one(Client, client), await tx.get_one(ServiceStandard, service)
    standard.periodicity = None  # how often it may be had is another subject
    line = CertificateLine(
        code=standard.code,
        standard_id=standard.id,
        unit=unit,
        quantity=quantity,
        unit_kopecks=unit_kopecks,
        copay_kopecks=copay_kopecks,
    )
    made = Certificate(
        number=f"54-{now.year}-{client:06}-{service}",
        status="issued",
        client_id=client,
        district_id=holder.district_id,
        issuer_id=1,
        issued_on=now.date() - timedelta(days=21),
        valid_until=now.date() + timedelta(days=219),
        year=now.year,
        created_at=now,
        created_by=1,
        lines=[line],
    )
    tx.add(made)
    await tx.flush()
    for whose in (None, provider):
        where: dict[str, Any] = {"district": holder.district_id, "year": now.year, "source": "region"}
        fund = await budgets.find_or_make(tx, **where, provider=whose)
        await ledger.post(tx, [Move("plan", ledger.budget(fund.id), "outside", "left", PLAN)], now=now)
    await budgets.grant(tx, made, made.lines, now=now, account=1)
    await budgets.choose(tx, made, made.lines, provider, now=now, account=1)
    made.status, made.provider_id = "chosen", provider
    return made.id


async def by_minutes(house: House, service: int = 1) -> None:
    """The region pays this service by minutes."""
    async with house.centre.database.write() as tx:
        (await tx.get_one(ServiceStandard, service)).payment = "minutes"


async def held(house: House, *, minutes: float = 40, **booking: Any) -> Visit:
    """A session of so many minutes with both present, closed by the specialist."""
    told = await visit.opened(house, **booking)
    await told.enters(told.specialist, 0)
    await told.enters(told.client, 0)
    await told.is_let_in(told.client, 0)
    await told.closes(minutes)
    return told


async def rendered(who: Browser, booking: int) -> dict[str, Any]:
    found: dict[str, Any] = (await body(await who.get(f"/api/v1/rendered/{booking}"), 200))["item"]
    return found


async def confirmed(who: Browser, booking: int) -> dict[str, Any]:
    """The coordinator has the client's yes."""
    version = (await rendered(who, booking))["version"]
    path, sent = f"/api/v1/rendered/{booking}/confirm", {"how": "coordinator"}
    answer = await who.post(path, json=sent, headers={"If-Match": f'"{version}"'})
    found: dict[str, Any] = await body(answer, 200)
    return found


async def made(officer: Browser, *, provider: int = 1, month: str = NOVEMBER) -> dict[str, Any]:
    found: dict[str, Any] = await body(
        await officer.post("/api/v1/acts", json={"provider": provider, "month": month}), 200
    )
    return found


async def act(officer: Browser, number: int) -> dict[str, Any]:
    found: dict[str, Any] = await body(await officer.get(f"/api/v1/acts/{number}"), 200)
    return found


async def signed(officer: Browser, number: int, *, version: int | None = None, status: int = 200) -> dict[str, Any]:
    """The officer's signature on the act as she sees it."""
    version = version or (await act(officer, number))["version"]
    sent = {"signed_for": "А. П. Воронцова"}
    answer = await officer.post(f"/api/v1/acts/{number}/sign", json=sent, headers={"If-Match": f'"{version}"'})
    found: dict[str, Any] = await body(answer, status)
    return found
