"""A certificate from its first reserve to its last unit: what is kept, spent, given back, and what budgets say."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from scheduling import concluded, ledger
from scheduling.certificates import CertificateLine
from scheduling.certificates.tables import Tariff
from scheduling.people import Specialist
from tests.scheduling.ledger.money import PRICE, Department
from tests.scheduling.region import NOW

RICH = 1_000_000_00


async def holds(office: Department, certificate: int) -> dict[str, int]:
    """Of its line, what is not nought."""
    async with office.database.read() as tx:
        line = (await tx.scalars(select(CertificateLine).where(CertificateLine.certificate_id == certificate))).one()
        found = (await ledger.of_lines(tx, [line.id]))[line.id]
    return {kind: balance for kind, balance in found.items() if balance and kind != "outside"}


async def fund(office: Department, provider: int | None) -> dict[str, int]:
    async with office.database.write() as tx:
        of = (await office._fund(tx, provider)).id
        found = (await ledger.of_budgets(tx, [of]))[of]
    return {kind: balance for kind, balance in found.items() if balance and kind not in {"outside", "left"}}


@pytest.fixture
async def chosen(office: Department) -> Department:
    """Three sessions, to be had at the state's centre."""
    for whose in (None, 0, 1):
        assert await office.plan(whose, RICH) == "planned"
    assert isinstance(await office.issue(3), int)
    assert await office.choose(office.certificates[0], 0) == "chosen"
    return office


async def test_a_session_is_kept_when_it_is_booked_and_spent_when_it_was_held(chosen: Department) -> None:
    office, [card] = chosen, chosen.certificates
    assert await fund(office, None) == await fund(office, 0) == {"issued": 3 * PRICE}
    await office.book(card, 0)
    assert await holds(office, card) == {"available": 2, "reserved": 1}
    assert await fund(office, None) == await fund(office, 0) == {"issued": 2 * PRICE, "reserved": PRICE}
    assert await office.end_as(office.booked[0], "took_place") == "took_place"
    assert await holds(office, card) == {"available": 2, "consumed": 1}
    assert await fund(office, None) == await fund(office, 0) == {"issued": 2 * PRICE, "consumed": PRICE}
    await office.must_agree()


@pytest.mark.parametrize("end", ["missed", "client_gave_up", "specialist_late", "failed_technically", "cancelled"])
async def test_what_was_not_rendered_is_given_back(chosen: Department, end: str) -> None:
    office, [card] = chosen, chosen.certificates
    await office.book(card, 0)
    await (office.cancel(office.booked[0]) if end == "cancelled" else office.end_as(office.booked[0], end))
    assert await holds(office, card) == {"available": 3}
    assert await fund(office, 0) == {"issued": 3 * PRICE}
    await office.must_agree()


async def test_an_end_that_is_corrected_moves_back_and_forth(chosen: Department) -> None:
    office, [card] = chosen, chosen.certificates
    await office.book(card, 0)
    for end, left in (("took_place", 2), ("missed", 3), ("took_place", 2), ("took_place", 2), ("client_gave_up", 3)):
        await office.end_as(office.booked[0], end)
        assert (await holds(office, card))["available"] == left
        await office.must_agree()


async def test_the_last_unit_is_the_last(chosen: Department) -> None:
    office, [card] = chosen, chosen.certificates
    for _ in range(3):
        assert isinstance(await office.book(card, 0), int)
    assert await office.book(card, 0) == "certificate_used_up"
    await office.cancel(office.booked[1])
    assert isinstance(await office.book(card, 0), int)
    await office.must_agree()


async def test_a_correction_cannot_take_what_another_booking_holds_by_now(chosen: Department) -> None:
    office, [card] = chosen, chosen.certificates
    for _ in range(3):
        await office.book(card, 0)
    await office.end_as(office.booked[0], "missed")
    await office.book(card, 0)
    assert await office.end_as(office.booked[0], "took_place") == "certificate_used_up"
    await office.must_agree()


async def test_the_balance_goes_along_to_another_provider_and_what_is_booked_stays(chosen: Department) -> None:
    office, [card] = chosen, chosen.certificates
    await office.book(card, 0)
    assert await office.choose(card, 1) == "chosen"
    assert await fund(office, 0) == {"reserved": PRICE}
    assert await fund(office, 1) == {"issued": 2 * PRICE}
    assert await office.book(card, 0) == "other_provider"
    assert isinstance(await office.book(card, 1), int)
    await office.end_as(office.booked[0], "took_place")
    assert await fund(office, 0) == {"consumed": PRICE}
    await office.end_as(office.booked[0], "failed_technically")
    assert await fund(office, 0) == {}
    assert await fund(office, 1) == {"issued": 2 * PRICE, "reserved": PRICE}
    await office.must_agree()


async def test_what_comes_back_to_a_revoked_certificate_is_nobodys(chosen: Department) -> None:
    office, [card] = chosen, chosen.certificates
    await office.book(card, 0)
    assert await office.end(card) == "ended"
    assert await holds(office, card) == {"expired": 2, "reserved": 1}
    await office.cancel(office.booked[0])
    assert await holds(office, card) == {"expired": 3}
    assert await fund(office, None) == {"expired": 3 * PRICE}
    assert await office.free(None) == "freed"
    assert await fund(office, None) == {}
    assert await office.book(card, 0) == "certificate_not_live"
    await office.must_agree()


async def test_what_becomes_known_after_a_replacement_counts_for_the_new_paper(chosen: Department) -> None:
    """The holder loses no session by losing his paper, and what was held after all can be paid."""
    office, [old] = chosen, chosen.certificates
    await office.book(old, 0)
    await office.book(old, 0)
    await office.end_as(office.booked[0], "took_place")
    await office.end_as(office.booked[1], "missed")
    assert await office.replace(old) == "replaced"
    new = office.certificates[1]
    assert await holds(office, new) == {"available": 2}
    await office.end_as(office.booked[0], "failed_technically")
    assert await holds(office, new) == {"available": 3}
    await office.must_agree()
    await office.end_as(office.booked[1], "took_place")
    assert await holds(office, new) == {"available": 2, "consumed": 1}
    assert await fund(office, None) == await fund(office, 0) == {"issued": 2 * PRICE, "consumed": PRICE}
    await office.must_agree()
    assert await office.replace(new) == "replaced"
    await office.end_as(office.booked[1], "missed")
    assert await holds(office, office.certificates[2]) == {"available": 3}
    await office.must_agree()


async def test_all_used_up_a_replaced_paper_still_gives_back(chosen: Department) -> None:
    """Of a service of which nothing was left the new paper did not know."""
    office, [old] = chosen, chosen.certificates
    for _ in range(3):
        await office.book(old, 0)
    await office.end_as(office.booked[0], "took_place")
    await office.end_as(office.booked[1], "took_place")
    assert await office.replace(old) == "replaced"
    for number in (2, 0):
        await office.end_as(office.booked[number], "missed")
    assert await holds(office, office.certificates[1]) == {"available": 2}
    await office.must_agree()


async def test_a_late_correction_leaves_other_peoples_money_alone(chosen: Department) -> None:
    """At the provider he left nothing is promised to him: what is there is for those who came since."""
    office, [card] = chosen, chosen.certificates
    await office.book(card, 0)
    await office.end_as(office.booked[0], "missed")
    await office.choose(card, 1)
    await office.issue(1)
    other = office.certificates[1]
    await office.choose(other, 0)
    await office.plan(0, PRICE)
    assert await office.end_as(office.booked[0], "took_place") == "budget_short"
    assert isinstance(await office.book(other, 0), int)
    await office.must_agree()


async def charges(office: Department, provider: int, kopecks: int) -> None:
    async with office.database.write() as tx:
        whose = office.providers[provider]
        tx.add(Tariff(institution_id=whose, code="1739", kopecks=kopecks, valid_from=date(2026, 1, 1)))


async def test_what_was_saved_and_promised_to_others_does_not_stand_in_the_way_of_the_truth(chosen: Department) -> None:
    """A cheaper session left money over at the provider; by the time it is known that there was none, it is gone."""
    office, [card] = chosen, chosen.certificates
    await charges(office, 1, 30_000)
    await office.choose(card, 1)
    await office.plan(1, 3 * PRICE)
    await office.book(card, 1)
    await office.end_as(office.booked[0], "took_place")
    assert await fund(office, 1) == {"issued": 2 * PRICE, "consumed": 30_000}
    assert await office.plan(1, 2 * PRICE + 30_000) == "planned"
    assert await office.end_as(office.booked[0], "missed") == "missed"
    assert await holds(office, card) == {"available": 3}
    assert await fund(office, 1) == {"issued": 2 * PRICE + 30_000}
    await office.must_agree()
    assert [isinstance(await office.book(card, 1), int) for _ in range(2)] == [True, True]
    assert await office.book(card, 1) == "budget_short"
    await office.plan(1, 3 * PRICE)
    assert isinstance(await office.book(card, 1), int)
    await office.must_agree()


async def test_money_on_a_certificate_is_kept_as_far_as_the_budget_pays(office: Department) -> None:
    """What a provider takes above the norm is the holder's, and takes nothing of his certificate."""
    for whose in (None, 0):
        await office.plan(whose, RICH)
    await charges(office, 0, 60_000)
    await office.issue(2 * PRICE, unit="kopeck", cost=1)
    [card] = office.certificates
    await office.choose(card, 0)
    assert [isinstance(await office.book(card, 0), int) for _ in range(2)] == [True, True]
    assert await holds(office, card) == {"reserved": 2 * PRICE}
    await office.must_agree()


async def test_a_booking_that_follows_its_holder_has_the_price_of_whom_it_goes_to(chosen: Department) -> None:
    office, [card] = chosen, chosen.certificates
    await charges(office, 1, 30_000)
    await office.book(card, 0)
    await office.choose(card, 1)
    async with office.database.write() as tx:
        booked = await office._booking(tx, office.booked[0])
        booked.specialist = await tx.get_one(Specialist, office.specialists[1])
        await concluded.moved(tx, booked, now=NOW)
    await office.end_as(office.booked[0], "took_place")
    assert await fund(office, 0) == {}
    assert await fund(office, 1) == {"issued": 2 * PRICE, "consumed": 30_000}
    await office.must_agree()


async def test_without_money_nothing_is_issued_nor_promised(office: Department) -> None:
    assert await office.issue(3) == "budget_short"
    await office.plan(None, 3 * PRICE)
    assert isinstance(await office.issue(3), int)
    assert await office.issue(1) == "budget_short"
    assert await office.choose(office.certificates[0], 1) == "budget_short"
    await office.plan(1, 3 * PRICE - 1)
    assert await office.choose(office.certificates[0], 1) == "budget_short"
    await office.plan(1, 3 * PRICE)
    assert await office.choose(office.certificates[0], 1) == "chosen"
    assert await office.plan(None, 3 * PRICE - 1) == "plan_below_use"
    await office.must_agree()


@pytest.mark.parametrize(
    ("terms", "kept", "spent"),
    [
        ({"units": 120, "unit": "minute", "cost": 1186}, 40, 0),
        ({"units": 3 * PRICE, "unit": "kopeck", "cost": 1}, PRICE, PRICE),
        ({"units": 3, "copay": 7429}, 1, 1),
    ],
    ids=["minutes", "kopecks", "with a part of one's own"],
)
async def test_other_units(office: Department, terms: dict[str, Any], kept: int, spent: int) -> None:
    for whose in (None, 0):
        await office.plan(whose, RICH)
    assert isinstance(await office.issue(**terms), int)
    [card] = office.certificates
    await office.choose(card, 0)
    await office.book(card, 0)
    assert (await holds(office, card))["reserved"] == kept
    await office.must_agree()
    await office.end_as(office.booked[0], "took_place")  # nobody was seen in its room: by the minute it costs nothing
    assert (await holds(office, card)).get("consumed", 0) == spent
    await office.must_agree()
