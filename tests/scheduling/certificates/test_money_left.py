"""Of a certificate in roubles as many sessions are left as its holder can book: each takes what its provider takes."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from scheduling import allowance, people
from scheduling.certificates.tables import Tariff
from scheduling.certificates.wanted import WantedLine
from scheduling.errors import CertificateUsedUp
from scheduling.standards import ServiceStandard
from tests.scheduling.certificates.holder import COST, UNTIL, Holder
from tests.scheduling.region import MONDAY, wall

ROUBLES = 200_000  # 2 000.00 ₽
TARIFF = 40_000  # 400.00 ₽
LATER = date(2026, 12, 7)


async def paper(holder: Holder, unit: str = "kopeck", quantity: int = ROUBLES) -> int:
    for whose in (None, holder.state, holder.ngo):
        await holder.plan(10**7, whose)
    lines = (WantedLine("1739", quantity, unit),)  # type: ignore[arg-type]  # a test says it as a word
    return (await holder.issue(0, 1, lines=lines, valid_until=UNTIL)).certificate.id


async def tariff(holder: Holder, provider: int, kopecks: int, since: date = date(2026, 1, 1)) -> None:
    async with holder.database.write() as tx:
        tx.add(Tariff(institution_id=provider, code="1739", kopecks=kopecks, valid_from=since))


async def publish(holder: Holder, since: date, **terms: int) -> None:
    """Another version of 1739."""
    async with holder.database.write() as tx:
        same = {"name": "Услуга 1739", "kind": "socio_psychological", "form": "at_home", "modes": ["video"]}
        facts = {"duration_min": 40, "buffer_min": 10, "price_kopecks": COST} | terms
        tx.add(ServiceStandard(code="1739", version=2, valid_from=since, **same, **facts))


async def left(holder: Holder, certificate: int, on: date = MONDAY) -> tuple[int | None, int | None]:
    """What remains of how many sessions; the list of all services says the same."""
    async with holder.database.read() as tx:
        client = await people.client(tx, holder.region.coordinator, holder.region.clients[0])
        one = await allowance.of(tx, client, "1739", on=on, certificate=certificate)
        every = await allowance.every(tx, client, on=on, since=on)
    (paid,) = [each for each in one.sources if each.kind == "certificate"]
    listed = next(each for each in every if each.code == "1739")
    assert [each for each in listed.sources if each.kind == "certificate"] == [paid]
    assert (one.earliest is None) is (paid.remaining == 0)
    return paid.remaining, paid.volume


async def test_five_sessions_at_four_hundred_fit_into_two_thousand(holder: Holder) -> None:
    await tariff(holder, holder.ngo, TARIFF)
    certificate = await paper(holder)
    assert await left(holder, certificate) == (4, 4)  # nobody is chosen yet: the normative cost
    await holder.choose(certificate, holder.ngo)
    said = []
    for day in range(5):
        said.append(await left(holder, certificate))
        await holder.book(2, wall("10:00", MONDAY + timedelta(days=day)), certificate)
    assert said == [(number, 5) for number in (5, 4, 3, 2, 1)]
    assert await left(holder, certificate) == (0, 5)
    with pytest.raises(CertificateUsedUp):
        await holder.book(2, wall("12:00"), certificate)


async def test_a_dearer_provider_takes_no_more_than_the_normative_cost(holder: Holder) -> None:
    await tariff(holder, holder.ngo, 60_000)
    certificate = await paper(holder)
    await holder.choose(certificate, holder.ngo)
    assert await left(holder, certificate) == (4, 4)


async def test_the_tariff_and_the_standard_are_those_of_the_day(holder: Holder) -> None:
    await tariff(holder, holder.ngo, TARIFF)
    await tariff(holder, holder.ngo, 50_000, since=LATER)
    certificate = await paper(holder)
    await holder.choose(certificate, holder.ngo)
    assert await left(holder, certificate, LATER - timedelta(days=1)) == (5, 5)
    assert await left(holder, certificate, LATER) == (4, 4)
    await publish(holder, LATER, price_kopecks=30_000)
    assert await left(holder, certificate, LATER) == (6, 6)


async def test_minutes_are_those_of_the_standard_of_the_day(holder: Holder) -> None:
    certificate = await paper(holder, "minute", 240)
    await holder.choose(certificate, holder.ngo)
    assert await left(holder, certificate) == (6, 6)
    await publish(holder, LATER, duration_min=60)
    assert await left(holder, certificate, LATER) == (4, 4)


async def test_what_costs_the_budget_nothing_uses_nothing_up(holder: Holder) -> None:
    certificate = await paper(holder)
    async with holder.database.write() as tx:
        await tx.execute(update(ServiceStandard).values(price_kopecks=0))
    await holder.choose(certificate, holder.ngo)
    remaining, volume = await left(holder, certificate)
    assert remaining == volume == ROUBLES
