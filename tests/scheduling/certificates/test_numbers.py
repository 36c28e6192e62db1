"""Numbers of certificates: what already stands in the table stops nobody, and two spellings are one number."""

from datetime import date

import pytest
from sqlalchemy import select

from scheduling.certificates import issuing, numbers
from scheduling.certificates.tables import Certificate
from scheduling.errors import CertificateNumberTaken, InvalidInput
from server.certificate_check import hash_of
from tests.scheduling.certificates.holder import COST, KEY, Holder
from tests.scheduling.region import NOW

OURS = "54-01-2026-"


async def stands(holder: Holder, *written: str) -> None:
    """Rows as they came to be before anybody looked at their numbers."""
    async with holder.database.write() as tx:
        for number in written:
            tx.add(
                Certificate(
                    number=number,
                    status="expired",
                    client_id=holder.region.clients[0],
                    district_id=1,
                    issuer_id=holder.state,
                    valid_until=date(2026, 1, 1),
                    year=2026,
                    created_at=NOW,
                    created_by=holder.officer.account_id,
                )
            )


async def next_one(holder: Holder) -> str:
    async with holder.database.write() as tx:
        return await numbers.following(tx, 1, 2026, region="54")


async def free(holder: Holder, number: str, region: str = "54") -> str:
    async with holder.database.write() as tx:
        return await numbers.must_be_free(tx, number, region=region)


@pytest.mark.parametrize(
    "odd",
    [
        *("12А", "", " ", "-000007", "000007 ", "00 007", "0x0007", "1e5", "+00007", "1", "00007", "0000007"),
        *("2147483648", "99999999999999999999", "9" * 29, "００００１２", "٠٠٠٠١٢", "00001²"),
    ],
)
async def test_a_number_that_only_begins_like_ours_stops_nobody(holder: Holder, odd: str) -> None:
    await stands(holder, f"{OURS}000041", OURS + odd)
    assert await next_one(holder) == f"{OURS}000042"
    await holder.plan(10 * COST)
    assert (await holder.issue(1, 1)).certificate.number == f"{OURS}000042"


async def test_other_districts_years_and_regions_count_for_themselves(holder: Holder) -> None:
    await stands(holder, "54-01-2025-000009", "54-02-2026-000009", "22-01-2026-000009", "54-011-2026-000009")
    assert await next_one(holder) == f"{OURS}000001"


async def test_when_all_of_six_digits_are_used_up_there_are_seven(holder: Holder) -> None:
    await stands(holder, f"{OURS}999998")
    assert await next_one(holder) == f"{OURS}999999"
    await stands(holder, f"{OURS}999999", f"{OURS}0000007")
    assert await next_one(holder) == f"{OURS}1000000"
    await stands(holder, f"{OURS}1000000")
    assert await next_one(holder) == f"{OURS}1000001"


@pytest.mark.parametrize("known", ["54", ""])
@pytest.mark.parametrize(
    "number", ["54-01-2026-00001А", "54-01-2026-1", "54-07-2025-1234567", "54-01-2026-", "54-01-2026-\u00a0000012"]
)
async def test_what_reads_like_ours_is_refused_though_nobody_says_which_region_is_ours(
    holder: Holder, known: str, number: str
) -> None:
    with pytest.raises(InvalidInput):
        await free(holder, number, known)


async def test_what_reads_like_ours_and_can_be_counted_on_from_may_be_given(holder: Holder) -> None:
    for region in ("54", ""):
        assert await free(holder, f"{OURS}000012", region) == f"{OURS}000012"
    assert await free(holder, "22-01-2026-7") == "22-01-2026-7", "another region's"
    with pytest.raises(InvalidInput):
        await free(holder, "-01-2026-7", "")


@pytest.mark.parametrize(
    "spelled",
    [
        *("Н-17\u00a0й", "Н-17  й", "\u200bН-17 й\ufeff", "Н-1\u200b7 й", " Н-17\tй ", "Н-17\u2028й"),
        *("Н-17 и\u0306", "Н-17 и\u200b\u0306", "Н-\u00ad17 й", "\u202eН-17 й"),
    ],
)
async def test_two_spellings_are_one_number(holder: Holder, spelled: str) -> None:
    assert await free(holder, spelled) == "Н-17 й"
    await holder.plan(10 * COST)
    assert (await holder.issue(0, 1, number=spelled)).certificate.number == "Н-17 й"
    for again in ("Н-17 й", spelled, "Н-17\u3000й"):
        with pytest.raises(CertificateNumberTaken):
            await holder.issue(1, 1, number=again)


@pytest.mark.parametrize("number", ["", "  ", "\u200b", "\u00a0\ufeff", "№" * 41, "\u0958" * 40])
async def test_of_which_nothing_is_seen_or_too_much_is_none(holder: Holder, number: str) -> None:
    with pytest.raises(InvalidInput):
        await free(holder, number)


async def test_a_draft_that_was_spelled_oddly_is_issued_as_it_is_seen(holder: Holder) -> None:
    await holder.plan(10 * COST)
    drafts = []
    for client in (0, 1):
        async with holder.database.write() as tx:
            drafts.append(await issuing.form(tx, holder.officer, holder.wanted(client, 1), now=NOW, region="54"))
    async with holder.database.write() as tx:
        rows = {row.id: row for row in await tx.scalars(select(Certificate))}
        for draft, number in zip(drafts, ("Н 1\u200b", "Н  1"), strict=True):
            rows[draft.id].number = number
    async with holder.database.write() as tx:
        issued = await issuing.issue(tx, holder.officer, drafts[0].id, version=1, now=NOW, key=KEY)
    assert issued.certificate.number == "Н 1"
    with pytest.raises(CertificateNumberTaken):
        async with holder.database.write() as tx:
            await issuing.issue(tx, holder.officer, drafts[1].id, version=1, now=NOW, key=KEY)


def test_the_list_and_the_token_name_a_number_the_same_way() -> None:
    assert len({hash_of(numbers.as_seen(each)) for each in ("54 1", "54\u00a01", "54  1", "54 1\u200b", " 54 1")}) == 1
    assert numbers.as_seen("54-07-2026-000123") == "54-07-2026-000123"
