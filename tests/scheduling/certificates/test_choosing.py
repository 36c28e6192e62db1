"""The holder chooses: from a list kept as it was shown, once, and may go elsewhere with all that is left."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduling import budgets, ledger
from scheduling.certificate_use import choosing
from scheduling.certificate_use.choosing import Choice
from scheduling.certificate_use.sessions import Decided
from scheduling.certificate_use.shuffling import shuffled
from scheduling.certificates import finding
from scheduling.certificates.tables import CertificateChange, ProviderChoice, Tariff
from scheduling.db import Tx
from scheduling.errors import (
    BookingsUndecided,
    BudgetShort,
    CertificateNotOpen,
    ListingOutdated,
    OtherProvider,
    ProviderNotAdmitted,
    ProviderUnchanged,
    VersionMoved,
)
from tests.scheduling.certificates.holder import COST, YEAR, Holder, balances
from tests.scheduling.region import MONDAY, NOW, wall


async def funds(tx: Tx, provider: int | None) -> dict[str, int]:
    """What stands in a budget, without what is outside and what is nothing."""
    found = await budgets.find(tx, district=1, year=YEAR, source="region", provider=provider)
    assert found is not None
    stands = (await ledger.of_budgets(tx, [found.id]))[found.id]
    return {kind: held for kind, held in stands.items() if held and kind != "outside"}


async def ready(holder: Holder, quantity: int = 4, **more: object) -> int:
    """A certificate, and money everywhere."""
    await holder.plan(10_000_000)
    for provider in (holder.state, holder.ngo, holder.far):
        await holder.plan(1_000_000, provider)
    return (await holder.issue(quantity=quantity, **more)).certificate.id


async def test_state_and_ngo_stand_side_by_side_with_the_same_facts(holder: Holder) -> None:
    number = await ready(holder)
    async with holder.database.write() as tx:
        tx.add(Tariff(institution_id=holder.ngo, code="1739", kopecks=50_000, valid_from=MONDAY))
    shown = await holder.show(number)
    by_name = {each["name"]: each for each in shown.items}
    assert {name: each["kind"] for name, each in by_name.items()} == {
        "КЦСОН": "state",
        "Забота": "ngo",
        "Опора": "state",
    }
    assert len({tuple(sorted(each)) for each in shown.items}) == 1, "of each the same is said"
    prices = {
        name: (each["services"][0]["price_kopecks"], each["services"][0]["copay_kopecks"])
        for name, each in by_name.items()
    }
    assert prices == {"КЦСОН": (COST, 0), "Забота": (50_000, 50_000 - COST), "Опора": (COST, 0)}
    assert by_name["КЦСОН"]["next_free"] == wall("09:00").isoformat()
    assert [by_name[name]["own_district"] for name in ("КЦСОН", "Забота", "Опора")] == [True, True, False]
    assert {each["waiting_days"] for each in shown.items} == {None}, "too few to say"


async def test_the_list_is_kept_as_it_was_shown_and_its_seed_tells_its_order(holder: Holder) -> None:
    number = await ready(holder)
    for seed in range(5):
        shown = await holder.show(number, seed=seed)
        order = [each["provider"] for each in shown.items]
        assert order == shuffled(sorted(order), seed)


async def test_only_those_admitted_are_shown(holder: Holder) -> None:
    number = await ready(holder, providers=(holder.ngo, holder.far))
    shown = await holder.show(number)
    assert {each["provider"] for each in shown.items} == {holder.ngo, holder.far}
    with pytest.raises(ProviderNotAdmitted):
        await holder.choose(number, holder.state)


async def test_a_choice_promises_the_money_to_the_provider(holder: Holder) -> None:
    number = await ready(holder)
    chosen = await holder.choose(number, holder.ngo)
    assert (chosen.certificate.status, chosen.certificate.provider_id) == ("chosen", holder.ngo)
    async with holder.database.read() as tx:
        assert await funds(tx, holder.ngo) == {"left": 1_000_000 - 4 * COST, "issued": 4 * COST}
        kept = (await tx.scalars(select(ProviderChoice))).one()
    assert (kept.confirmed_by, kept.account_id, kept.from_id) == ("aloud", holder.officer.account_id, None)
    with pytest.raises(ProviderUnchanged):
        await holder.choose(number, holder.ngo)


async def test_a_list_of_long_ago_or_of_somebody_else_counts_for_nothing(holder: Holder) -> None:
    number = await ready(holder)
    other = (await holder.issue(1)).certificate.id
    foreign = (await holder.show(other)).id
    old = (await holder.show(number)).id
    with pytest.raises(ListingOutdated):
        await holder.choose(number, holder.ngo, listing=foreign)
    with pytest.raises(ListingOutdated):
        await holder.choose(number, holder.ngo, listing=old, now=NOW + timedelta(minutes=61))
    async with holder.database.write() as tx:
        on_paper = Choice(old, holder.ngo, "paper")
        version = (await finding.by_id(tx, number)).version
        await choosing.choose(tx, holder.officer, number, on_paper, version=version, now=NOW + timedelta(days=5))


async def test_of_two_who_choose_at_once_one_is_heard(holder: Holder) -> None:
    number = await ready(holder)
    listing = (await holder.show(number)).id
    version = (await holder.certificate(number)).version

    async def one(provider: int) -> str:
        async def work(tx: Tx) -> str:
            wish = Choice(listing, provider, "aloud")
            await choosing.choose(tx, holder.officer, number, wish, version=version, now=NOW)
            return "chosen"

        try:
            return await holder.database.written(work)
        except VersionMoved:
            return "too late"

    both = await asyncio.gather(*(one(provider) for provider in (holder.ngo, holder.state, holder.far)))
    assert sorted(both) == ["chosen", "too late", "too late"]
    async with holder.database.read() as tx:
        assert len(list(await tx.scalars(select(ProviderChoice)))) == 1
        issued = [await funds(tx, each) for each in (holder.ngo, holder.state, holder.far)]
    assert sum(each.get("issued", 0) for each in issued) == 4 * COST


async def test_going_elsewhere_keeps_the_balance(holder: Holder) -> None:
    """Four sessions with the NGO: one is booked and stays there, one is cancelled in time, the rest goes along."""
    number = await ready(holder)
    await holder.choose(number, holder.ngo)
    stays = await holder.book(2, wall("10:00"), number)
    goes = await holder.book(2, wall("12:00"), number)
    assert (await holder.certificate(number)).status == "in_use"
    with pytest.raises(BookingsUndecided) as asked:
        await holder.choose(number, holder.state)
    assert [each["id"] for each in asked.value.bookings] == [stays.id, goes.id]
    changed = await holder.choose(number, holder.state, decided=Decided([stays.id], [goes.id]))
    assert [each.id for each in changed.cancelled] == [goes.id]
    assert (changed.certificate.status, changed.choice.from_id) == ("in_use", holder.ngo)
    async with holder.database.read() as tx:
        assert await balances(tx, changed.certificate) == [{"available": 3, "reserved": 1}]
        assert await funds(tx, holder.ngo) == {"left": 1_000_000 - COST, "reserved": COST}
        assert await funds(tx, holder.state) == {"left": 1_000_000 - 3 * COST, "issued": 3 * COST}
        assert await ledger.disagreements(tx) == []
    await holder.book(0, wall("11:00"), number)
    with pytest.raises(OtherProvider):
        await holder.book(2, wall("12:00"), number)


async def test_where_the_new_providers_budget_lacks_nothing_changes(holder: Holder) -> None:
    number = await ready(holder)
    await holder.choose(number, holder.ngo)
    goes = await holder.book(2, wall("12:00"), number)
    before = await holder.certificate(number)
    async with holder.database.write() as tx:
        poor = await budgets.find(tx, district=1, year=YEAR, source="region", provider=holder.far)
        assert poor is not None
        await budgets.plan(tx, holder.officer, poor.id, version=poor.version, now=NOW, kopecks=COST)
    with pytest.raises(BudgetShort) as short:
        await holder.choose(number, holder.far, decided=Decided(cancel=[goes.id]))
    assert (short.value.of, short.value.name, short.value.missing_kopecks) == ("provider", "Опора", 3 * COST)
    after = await holder.certificate(number)
    assert (after.version, after.provider_id) == (before.version, holder.ngo)
    async with holder.database.read() as tx:
        assert await balances(tx, after) == [{"available": 3, "reserved": 1}]
        assert await funds(tx, holder.far) == {"left": COST}


async def test_each_step_stands_in_the_history(holder: Holder) -> None:
    number = await ready(holder)
    await holder.choose(number, holder.ngo)
    await holder.book(2, wall("10:00"), number)
    async with holder.database.read() as tx:
        lines = await tx.scalars(select(CertificateChange).order_by(CertificateChange.id))
        told = [(each.what, each.after.get("status")) for each in lines]
    assert told == [("formed", None), ("issue", "issued"), ("choose", "chosen"), ("begin", "in_use")]


async def test_nobody_chooses_for_what_is_not_issued_or_over(holder: Holder) -> None:
    number = await ready(holder)
    with pytest.raises(CertificateNotOpen):
        await holder.choose(number, holder.ngo, now=NOW + timedelta(days=60))
