"""What may be booked by a certificate or a programme: never more often, and never more, than it says."""

from datetime import date

import pytest
from sqlalchemy import select

from scheduling import allowance, people, programmes
from scheduling.certificates.tables import Certificate, CertificateLine
from scheduling.db import Tx
from scheduling.errors import TooOften, VolumeUsedUp
from scheduling.people import Client
from scheduling.programmes import Facts, Line, ProgrammeLine
from scheduling.standards import ServiceStandard
from server.database import Database
from tests.scheduling.region import NOW, Region, settled, wall

TUESDAY, WEDNESDAY, DECEMBER = date(2026, 11, 24), date(2026, 11, 25), date(2026, 12, 1)
TWICE_A_MONTH = [{"times": 2, "per": "month"}]


@pytest.fixture
async def region(database: Database) -> Region:
    return await settled(database)


async def somebody(region: Region, tx: Tx) -> Client:
    return await people.client(tx, region.coordinator, region.clients[0])


async def programme(region: Region, tx: Tx, *lines: Line) -> list[ProgrammeLine]:
    facts = Facts("ИППСУ-1", date(2026, 11, 1), date(2026, 12, 31), lines)
    made = await programmes.add(
        tx, region.coordinator, await somebody(region, tx), facts, today=date(2026, 11, 23), now=NOW
    )
    return made.lines


def line(volume: int = 2, periodicity: list[dict[str, object]] | None = None) -> Line:
    return Line("1739", volume, date(2026, 11, 1), date(2026, 12, 31), periodicity)


async def certificate(
    region: Region, tx: Tx, *, programme: int | None = None, periodicity: list[dict[str, object]] | None
) -> CertificateLine:
    client = await somebody(region, tx)
    standard = await tx.scalar(select(ServiceStandard).where(ServiceStandard.code == "1739"))
    assert standard
    made = CertificateLine(
        code="1739", standard_id=standard.id, quantity=10, unit_kopecks=47429, periodicity=periodicity
    )
    tx.add(
        Certificate(
            number="54-1",
            status="in_use",
            client_id=client.id,
            district_id=client.district_id,
            issuer_id=region.institutions[0],
            issued_on=date(2026, 11, 1),
            valid_until=date(2027, 10, 31),
            year=2026,
            programme_id=programme,
            created_at=NOW,
            created_by=region.coordinator.account_id,
            lines=[made],
        )
    )
    await tx.flush()
    return made


async def allow(region: Region, tx: Tx, day: date, **by: object) -> None:
    await allowance.must_allow(tx, await somebody(region, tx), "1739", day, **by)  # type: ignore[arg-type]


async def test_without_a_paper_nothing_is_refused(region: Region) -> None:
    async with region.database.write() as tx:
        (await tx.get_one(ServiceStandard, 1)).periodicity = [{"times": 1, "per": "year"}]
        await programme(region, tx, line(volume=1))
        await region.book(tx, 0, 0, wall("10:00", TUESDAY))
        await allow(region, tx, WEDNESDAY)


async def test_a_certificate_is_used_as_often_as_it_says(region: Region) -> None:
    async with region.database.write() as tx:
        by = await certificate(region, tx, periodicity=TWICE_A_MONTH)
        await region.book(tx, 0, 0, wall("10:00", TUESDAY))
        await allow(region, tx, WEDNESDAY, line=by)
        second = await region.book(tx, 0, 0, wall("10:00", WEDNESDAY))
        with pytest.raises(TooOften) as refused:
            await allow(region, tx, date(2026, 11, 26), line=by)
        assert (refused.value.of, refused.value.earliest) == ("certificate", DECEMBER)
        assert [(each["used"], each["times"], each["until"]) for each in refused.value.norm] == [(2, 2, "2026-11-30")]
        await allow(region, tx, DECEMBER, line=by)
        await allow(region, tx, WEDNESDAY, line=by, ignoring=second.id)  # the booking itself stands already


async def test_a_certificate_that_says_nothing_of_how_often_keeps_to_the_standard(region: Region) -> None:
    async with region.database.write() as tx:
        (await tx.get_one(ServiceStandard, 1)).periodicity = [{"times": 1, "per": "week"}]
        by = await certificate(region, tx, periodicity=None)
        await region.book(tx, 0, 0, wall("10:00", TUESDAY))
        with pytest.raises(TooOften) as refused:
            await allow(region, tx, WEDNESDAY, line=by)
        assert (refused.value.of, refused.value.earliest) == ("standard", date(2026, 11, 30))


async def test_the_programme_behind_a_certificate_binds_it(region: Region) -> None:
    async with region.database.write() as tx:
        lines = await programme(region, tx, line(volume=1))
        by = await certificate(region, tx, programme=lines[0].programme_id, periodicity=TWICE_A_MONTH)
        await allow(region, tx, TUESDAY, line=by)
        await region.book(tx, 0, 0, wall("10:00", TUESDAY))
        with pytest.raises(VolumeUsedUp) as refused:
            await allow(region, tx, DECEMBER, line=by)
        assert (refused.value.of, refused.value.name, refused.value.volume) == ("programme", "ИППСУ-1", 1)
        await allow(region, tx, date(2027, 1, 11), line=by)  # its term is over, the certificate's is not


async def test_a_booking_by_a_programme_keeps_to_its_line(region: Region) -> None:
    async with region.database.write() as tx:
        lines = await programme(region, tx, line(volume=2, periodicity=[{"times": 1, "per": "month"}]))
        await region.book(tx, 0, 0, wall("10:00", TUESDAY))
        with pytest.raises(TooOften) as refused:
            await allow(region, tx, WEDNESDAY, programme=lines[0])
        assert refused.value.earliest == DECEMBER
        await region.book(tx, 0, 0, wall("10:00", DECEMBER))
        with pytest.raises(VolumeUsedUp):
            await allow(region, tx, date(2026, 12, 2), programme=lines[0])


async def test_what_was_cancelled_leaves_its_place_to_another(region: Region) -> None:
    async with region.database.write() as tx:
        lines = await programme(region, tx, line(volume=1))
        booked = await region.book(tx, 0, 0, wall("10:00", TUESDAY))
        for status, counts in (("took_place", True), ("missed", False), ("failed_technically", False)):
            booked.status = status
            await tx.flush()
            left = allowance.left_of(
                lines[0], (await allowance.sessions(tx, await somebody(region, tx))).get("1739", ())
            )
            assert (status, left) == (status, 0 if counts else 1)


async def test_two_papers_that_allow_different_days_agree_on_a_later_one(region: Region) -> None:
    async with region.database.write() as tx:
        (await tx.get_one(ServiceStandard, 1)).periodicity = [{"times": 1, "per": "week"}]
        await programme(region, tx, line(volume=5, periodicity=TWICE_A_MONTH))
        for day in (date(2026, 11, 24), DECEMBER, date(2026, 12, 7)):
            await region.book(tx, 0, 0, wall("10:00", day))
        found = await allowance.of(tx, await somebody(region, tx), "1739", on=TUESDAY)
        # This week and the next two are full by the standard, December by the programme, which ends with it.
        assert [(each.kind, each.earliest) for each in found.sources] == [
            ("standard", date(2026, 12, 14)),
            ("programme", TUESDAY),
        ]
        assert found.earliest is None
