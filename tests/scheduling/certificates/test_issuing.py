"""Issuing: who gets which number, what money it takes, what stands in the way; many at once, and all or nothing."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from scheduling import budgets, ledger, people
from scheduling.certificates import codes, issuing
from scheduling.certificates.wanted import Wanted, WantedLine
from scheduling.db import Tx
from scheduling.errors import (
    BudgetShort,
    CertificateNotOpen,
    CertificateNumberTaken,
    CertificateOverlaps,
    InvalidInput,
    NotFound,
    ProviderNotAdmitted,
    StandardNotInForce,
    VersionMoved,
)
from tests.scheduling.certificates.holder import COST, KEY, YEAR, Holder, balances
from tests.scheduling.region import NOW


async def test_what_is_issued_is_granted_and_its_money_set_aside(holder: Holder) -> None:
    await holder.plan(1_000_000)
    issued = await holder.issue(quantity=4)
    number = f"54-{holder.officer.district_id:02}-2026-000001"
    assert (issued.certificate.number, issued.certificate.status) == (number, "issued")
    async with holder.database.read() as tx:
        assert await balances(tx, issued.certificate) == [{"available": 4}]
        fund = await budgets.find(tx, district=1, year=YEAR, source="region", provider=None)
        assert fund is not None
        stands = (await ledger.of_budgets(tx, [fund.id]))[fund.id]
        assert (stands["left"], stands["issued"]) == (1_000_000 - 4 * COST, 4 * COST)
    assert codes.fits(issued.certificate, issued.digits, key=KEY)
    assert not codes.fits(issued.certificate, f"{(int(issued.digits) + 1) % 10**6:06}", key=KEY)
    assert issued.digits not in (issued.certificate.code_hash or "")


async def test_a_budget_that_lacks_names_what_is_missing_and_keeps_the_draft(holder: Holder) -> None:
    await holder.plan(4 * COST - 100)
    async with holder.database.write() as tx:
        draft = await issuing.form(tx, holder.officer, holder.wanted(), now=NOW, region="54")
    with pytest.raises(BudgetShort) as short:
        async with holder.database.write() as tx:
            await issuing.issue(tx, holder.officer, draft.id, version=draft.version, now=NOW, key=KEY)
    assert (short.value.of, short.value.year, short.value.missing_kopecks) == ("district", YEAR, 100)
    kept = await holder.certificate(draft.id)
    assert (kept.status, kept.issued_on, kept.code_hash) == ("forming", None, None)


@pytest.mark.parametrize("number", ["54-01-2026-00001А", "54-01-2026-1", "54-07-2025-1234567", "54-01-2026-"])
async def test_a_number_that_reads_like_ours_and_is_none_is_refused(holder: Holder, number: str) -> None:
    with pytest.raises(InvalidInput):
        await holder.issue(number=number)


async def test_after_a_number_given_elsewhere_ours_go_on(holder: Holder) -> None:
    await holder.plan(100 * COST)
    await holder.issue(0, number=f"54-{holder.officer.district_id:02}-2026-999999")
    ends = [(await holder.issue(client)).certificate.number[-8:] for client in (1, 2)]
    assert ends == ["-1000000", "-1000001"]


async def test_formed_in_december_it_takes_the_money_of_the_year_it_is_issued_in(holder: Holder) -> None:
    await holder.plan(10 * COST)
    async with holder.database.write() as tx:
        asked = holder.wanted(valid_until=date(2027, 6, 30))
        draft = await issuing.form(tx, holder.officer, asked, now=NOW, region="54")
    later = NOW.replace(year=2027, month=1, day=11)
    with pytest.raises(BudgetShort) as short:
        async with holder.database.write() as tx:
            await issuing.issue(tx, holder.officer, draft.id, version=draft.version, now=later, key=KEY)
    assert short.value.year == 2027


async def test_numbers_have_no_gaps_though_some_give_up(holder: Holder) -> None:
    """Twelve issue at once from money for nine: the nine have the numbers one to nine."""
    await holder.plan(9 * COST)
    holders = [await _another(holder, number) for number in range(12)]

    async def one(client: int) -> str | None:
        async def work(tx: Tx) -> str:
            wanted = Wanted(client, date(2026, 12, 31), (WantedLine("1739", 1),))
            made = await issuing.issue_at_once(tx, holder.officer, wanted, now=NOW, region="54", key=KEY)
            return made.certificate.number

        try:
            return await holder.database.written(work)
        except BudgetShort:
            return None

    given = [number for number in await asyncio.gather(*(one(client) for client in holders)) if number]
    assert sorted(int(number[-6:]) for number in given) == list(range(1, 10))


async def _another(holder: Holder, number: int) -> int:
    async with holder.database.write() as tx:
        made = await people.register_client(
            tx, holder.region.coordinator, now=NOW, name=f"Держатель {number}", birth_year=1949
        )
        return made.id


async def test_a_list_is_issued_whole_or_not_at_all(holder: Holder) -> None:
    await holder.plan(2 * COST)
    asked = [holder.wanted(client, 1) for client in range(3)]
    with pytest.raises(BudgetShort):
        async with holder.database.write() as tx:
            await issuing.issue_many(tx, holder.officer, asked, now=NOW, region="54", key=KEY)
    async with holder.database.write() as tx:
        made = await issuing.issue_many(tx, holder.officer, asked[:2], now=NOW, region="54", key=KEY)
    assert [each.certificate.number[-6:] for each in made] == ["000001", "000002"]


async def test_a_number_given_elsewhere_is_kept_and_given_once(holder: Holder) -> None:
    await holder.plan(1_000_000)
    issued = await holder.issue(0, 1, number="Н-17/2026")
    assert issued.certificate.number == "Н-17/2026"
    with pytest.raises(CertificateNumberTaken):
        await holder.issue(1, 1, number="Н-17/2026")
    assert (await holder.issue(1, 1)).certificate.number.endswith("-000001")


async def test_one_service_has_one_certificate_at_a_time(holder: Holder) -> None:
    await holder.plan(1_000_000)
    first = await holder.issue(0, 1)
    with pytest.raises(CertificateOverlaps) as other:
        await holder.issue(0, 1)
    assert (other.value.number, other.value.service) == (first.certificate.number, "1739")
    await holder.issue(0, 1, lines=(WantedLine("1740", 1),))
    await holder.issue(1, 1)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"lines": (WantedLine("9999", 1),)}, StandardNotInForce),
        ({"lines": ()}, InvalidInput),
        ({"lines": (WantedLine("1739", 1), WantedLine("1739", 2))}, InvalidInput),
        ({"lines": (WantedLine("1739", 0),)}, InvalidInput),
        ({"lines": (WantedLine("1739", 1, copay_kopecks=10**9),)}, InvalidInput),
        ({"lines": (WantedLine("1739", 1, unit="kopeck", unit_kopecks=2),)}, InvalidInput),
        ({"valid_until": date(2026, 11, 22)}, InvalidInput),
        ({"valid_until": date(2036, 11, 22)}, InvalidInput),
        ({"providers": (10**6,)}, ProviderNotAdmitted),
        ({"representative": 10**6}, InvalidInput),
        ({"programme": 10**6}, InvalidInput),
    ],
)
async def test_what_cannot_be_issued(holder: Holder, more: dict[str, object], refusal: type[Exception]) -> None:
    await holder.plan(10**9)
    with pytest.raises(refusal):
        await holder.issue(0, 1, **more)


async def test_units_of_minutes_and_of_money(holder: Holder) -> None:
    await holder.plan(10**9)
    lines = (WantedLine("1739", 240, "minute"), WantedLine("1740", 500_000, "kopeck"))
    made = (await holder.issue(0, 1, lines=lines)).certificate
    assert [(each.unit, each.unit_kopecks, each.nominal_kopecks) for each in made.lines] == [
        ("minute", 1186, 240 * 1186),  # 474.29 ₽ for forty minutes: 11.857 ₽, rounded half up
        ("kopeck", 1, 500_000),
    ]


async def test_of_two_officers_who_issue_one_draft_at_once_one_does(holder: Holder) -> None:
    await holder.plan(1_000_000)
    async with holder.database.write() as tx:
        draft = await issuing.form(tx, holder.officer, holder.wanted(), now=NOW, region="54")

    async def one() -> str:
        async def work(tx: Tx) -> str:
            await issuing.issue(tx, holder.officer, draft.id, version=1, now=NOW, key=KEY)
            return "issued"

        try:
            return await holder.database.written(work)
        except VersionMoved:
            return "too late"

    assert sorted(await asyncio.gather(*(one() for _ in range(6)))) == ["issued", *["too late"] * 5]
    async with holder.database.read() as tx:
        assert await balances(tx, await holder.certificate(draft.id)) == [{"available": 4}]


async def test_new_digits_end_the_old_ones(holder: Holder) -> None:
    await holder.plan(1_000_000)
    issued = await holder.issue()
    shown = codes.pass_for(issued.certificate, key=KEY, now=NOW)
    async with holder.database.write() as tx:
        number, version = issued.certificate.id, issued.certificate.version
        again = await issuing.renew_code(tx, holder.officer, number, version=version, now=NOW, key=KEY)
    kept = await holder.certificate(number)
    assert codes.fits(kept, again.digits, key=KEY)
    assert not codes.is_open_to(kept, shown, key=KEY, now=NOW)


async def test_a_draft_has_no_digits_to_renew(holder: Holder) -> None:
    async with holder.database.write() as tx:
        draft = await issuing.form(tx, holder.officer, holder.wanted(), now=NOW, region="54")
    with pytest.raises(CertificateNotOpen):
        async with holder.database.write() as tx:
            await issuing.renew_code(tx, holder.officer, draft.id, version=1, now=NOW, key=KEY)


async def test_nobody_gets_a_certificate_who_is_not_there(holder: Holder) -> None:
    asked = replace(holder.wanted(), client=10**6)
    with pytest.raises(NotFound):
        async with holder.database.write() as tx:
            await issuing.form(tx, holder.officer, asked, now=NOW, region="54")


async def test_a_foreign_district_has_no_such_client(holder: Holder) -> None:
    stranger = replace(holder.officer, district_id=2)
    with pytest.raises(NotFound):
        async with holder.database.write() as tx:
            await issuing.form(tx, stranger, holder.wanted(), now=NOW, region="54")
