"""Issuing certificates: one or a whole list of them, formed first, then issued with money set aside and a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from scheduling import budgets
from scheduling.access import Actor
from scheduling.certificates import codes, history, numbers, wanted
from scheduling.certificates.finding import to_change
from scheduling.certificates.tables import AdmittedProvider, Certificate
from scheduling.certificates.wanted import Wanted
from scheduling.db import Tx
from scheduling.errors import NotFound, invalid
from scheduling.people import Client


@dataclass(frozen=True)
class Issued:
    """`digits` are on the paper and nowhere else: the server keeps their hash."""

    certificate: Certificate
    digits: str


async def form(tx: Tx, actor: Actor, asked: Wanted, *, now: datetime, region: str) -> Certificate:
    """A certificate being formed: it has its number and holds nothing yet. `region` begins the number.

    Refused: `not_found` for a foreign client, `standard_not_in_force`, `provider_not_admitted`,
    `certificate_overlaps`, `certificate_number_taken`, `invalid_input`.
    """
    client = await wanted.holder(tx, asked.client)
    if not actor.serves_district(client.district_id):
        raise NotFound
    on = today(client, now)
    wanted.check_days(asked, on)
    lines = await wanted.checked_lines(tx, asked, client, on=on)
    await wanted.check_beside(tx, asked, client, on=on)
    await wanted.check_providers(tx, asked)
    await wanted.must_not_overlap(tx, client, [each.code for each in lines], on)
    year = asked.year or on.year
    made = Certificate(
        number=await _number(tx, asked, client, year, region),
        status="forming",
        client_id=client.id,
        representative_id=asked.representative,
        district_id=client.district_id,
        issuer_id=actor.institution_id,
        valid_until=asked.valid_until,
        year=year,
        source=asked.source,
        programme_id=asked.programme,
        list_id=asked.list_id,
        created_at=now,
        created_by=actor.account_id,
        lines=lines,
    )
    tx.add(made)
    await tx.flush()
    tx.add_all(AdmittedProvider(certificate_id=made.id, institution_id=each) for each in sorted(set(asked.providers)))
    history.remember(tx, made, "formed", now=now, account=actor.account_id, after={"number": made.number})
    await tx.flush()
    return made


async def issue(tx: Tx, actor: Actor, certificate_id: int, *, version: int, now: datetime, key: bytes) -> Issued:
    """Money is set aside and units are granted; the code can be read this once. Refused: `version_moved`,
    `certificate_not_open`, `certificate_overlaps`, `budget_short`."""
    found = await to_change(tx, actor, certificate_id, version=version)
    return await _issue(tx, found, now=now, account=actor.account_id, key=key)


async def issue_at_once(tx: Tx, actor: Actor, asked: Wanted, *, now: datetime, region: str, key: bytes) -> Issued:
    """Formed and issued in one step, for lists and for what is written down as it was: `now` may lie in the past."""
    made = await form(tx, actor, asked, now=now, region=region)
    return await _issue(tx, made, now=now, account=actor.account_id, key=key)


async def issue_many(
    tx: Tx, actor: Actor, asked: Sequence[Wanted], *, now: datetime, region: str, key: bytes
) -> list[Issued]:
    """All of them, or none: the first refusal ends the transaction with everything before it."""
    return [await issue_at_once(tx, actor, each, now=now, region=region, key=key) for each in asked]


async def renew_code(tx: Tx, actor: Actor, certificate_id: int, *, version: int, now: datetime, key: bytes) -> Issued:
    """Other digits for a paper whose digits were lost or seen by somebody. Refused: `certificate_not_open`."""
    found = await to_change(tx, actor, certificate_id, version=version)
    history.must_be_live(found)
    digits = codes.issue(found, key=key)
    history.remember(tx, found, "code", now=now, account=actor.account_id)
    found.version += 1
    await tx.flush()
    return Issued(found, digits)


async def _issue(tx: Tx, found: Certificate, *, now: datetime, account: int, key: bytes) -> Issued:
    client = await wanted.holder(tx, found.client_id)
    on = today(client, now)
    if found.valid_until < on:
        raise invalid("valid_until", "out_of_range", min=on.isoformat())
    await wanted.must_not_overlap(tx, client, [each.code for each in found.lines], on, but=found.id)
    if numbers.as_seen(found.number) != found.number:  # formed before numbers were kept as they are seen
        found.number = await numbers.must_be_free(tx, numbers.as_seen(found.number), region="")
    history.step(tx, found, "issue", now=now, account=account)
    found.issued_on = on
    found.year = max(found.year, on.year)  # formed in December, it still takes the money of the year it is issued in
    await budgets.grant(tx, found, found.lines, now=now, account=account)
    digits = codes.issue(found, key=key)
    await tx.flush()
    return Issued(found, digits)


async def _number(tx: Tx, asked: Wanted, client: Client, year: int, region: str) -> str:
    if asked.number is not None:
        return await numbers.must_be_free(tx, asked.number, region=region)
    return await numbers.following(tx, client.district_id, year, region=region)


def today(client: Client, now: datetime) -> date:
    """The day in the holder's district."""
    return now.astimezone(ZoneInfo(client.district.zone)).date()
