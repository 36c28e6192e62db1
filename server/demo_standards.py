"""The demo's standards to come and its programmes: a longer session tried in one district, and three papers."""

from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduling import standards
from scheduling.db import Tx
from scheduling.people import Account, Client, District
from scheduling.programmes import Programme, ProgrammeLine
from scheduling.standards import ServiceStandard, Terms

# Of a client (by place), the paper's number and, of each service, so many sessions and how often.
Ways = list[dict[str, Any]]
PAPERS: tuple[tuple[int, str, tuple[tuple[str, int, Ways | None], ...]], ...] = (
    (0, "54-26-0118", (("1739", 12, None), ("1740", 4, [{"times": 1, "per": "month"}]))),
    (1, "54-26-0203", (("1741", 20, [{"days": 10, "times": 2, "per": "year"}]),)),
    (4, "54-26-0087", (("1739", 6, None),)),
)


async def load(tx: Tx, *, now: datetime) -> None:
    """Beside what `demo.load` has made: the next year begins with 45 minutes in the second district."""
    districts = list(await tx.scalars(select(District).order_by(District.id)))
    clients = list(await tx.scalars(select(Client).order_by(Client.id).limit(1 + max(at for at, _, _ in PAPERS))))
    people = {each.login: each for each in await tx.scalars(select(Account))}
    by, analyst = people["suzun"], people["analyst"]
    today = now.astimezone(ZoneInfo(districts[0].zone)).date()
    first = await standards.service(tx, "1739", today, None)
    copied = {name: getattr(first, name) for name in (each.name for each in fields(Terms))}
    longer = {"duration_min": 45, "valid_from": date(today.year + 1, 1, 1), "districts": [districts[1].id]}
    aims = {"targets": {**first.targets, "waiting_days": 7}, "because": "Итог пилота: сорока минут не хватает"}
    tx.add(ServiceStandard(code="1739", version=2, published_by=analyst.id, published_at=now, **copied | longer | aims))
    issued = today - timedelta(days=20)
    until = issued + timedelta(days=364)
    for at, number, lines in PAPERS:
        rows = [
            ProgrammeLine(code=code, volume=volume, periodicity=often, since=issued, until=until)
            for code, volume, often in lines
        ]
        made = Programme(number=number, issued_on=issued, valid_until=until, lines=rows, created_at=now)
        made.client_id, made.issuer_id, made.created_by = clients[at].id, by.institution_id, by.id
        tx.add(made)
    await tx.flush()
