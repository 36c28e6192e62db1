"""The workbench over a year of raw journals: every figure as the raw rows give it, and nothing of too few people."""

from collections import Counter
from datetime import date, timedelta
from statistics import median
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from bench import data_year
from scheduling import measured, workbench
from scheduling.measured import Measured
from scheduling.workbench import INDICATORS, OF_HELD, SCALES, Asked
from server.database import Database
from tests.scheduling.plain_measured import UTC_NOW as NOW
from tests.scheduling.plain_measured import recount
from tests.scheduling.test_measured import SMALL

LEAST = 5
ASKED = Asked("1739", date(2026, 1, 1), date(2026, 11, 30))


@pytest.fixture
async def year(database: Database) -> Database:
    await data_year.places(database, SMALL, seed=7, now=NOW)
    await data_year.sit(database, 900, seed=7, now=NOW)
    async with database.write() as tx:
        await measured.rebuild(tx, NOW - timedelta(days=800), NOW + timedelta(days=60), now=NOW)
    return database


def _values(rows: list[dict[str, Any]], indicator: str, **only: Any) -> list[int]:
    """Plainly: what the raw rows say of this service and span."""
    found = []
    for row in rows:
        wanted = row["code"] == ASKED.code and ASKED.since <= row["day"] <= ASKED.until
        wanted = wanted and all(row[name] == value for name, value in only.items())
        wanted = wanted and (row["outcome"] == "took_place" or indicator not in OF_HELD)
        if wanted and row[indicator] is not None:
            found.append(row[indicator])
    return sorted(found)


async def test_every_spread_is_what_the_raw_rows_say(year: Database) -> None:
    async with year.read() as tx:
        rows = list((await recount(tx, now=NOW)).values())
        found = workbench.overview(await workbench.gather(tx, ASKED), ASKED, least=LEAST)
    for indicator in INDICATORS:
        values = _values(rows, indicator)
        assert values, indicator
        assert found[indicator].pairs == sorted(Counter(values).items())
        assert found[indicator].quantile(0.5) == median(values)
        assert sum(count for _, _, count in workbench.bins(indicator, found[indicator].pairs)) == len(values)
        norm = values[len(values) // 3]
        kept = [value <= norm if SCALES[indicator].most else value >= norm for value in values]
        assert workbench.met(indicator, found[indicator].pairs, norm) == sum(kept) / len(kept)


async def test_groups_are_those_of_the_raw_rows_and_come_to_the_whole(year: Database) -> None:
    columns = {"district": "district_id", "provider": "provider_id", "version": "standard_id"}
    async with year.read() as tx:
        rows = list((await recount(tx, now=NOW)).values())
        sessions = await workbench.gather(tx, ASKED, ("length_min",))
        for group, column in columns.items():
            found = workbench.groups(sessions, ASKED, "length_min", group, least=LEAST)  # type: ignore[arg-type]
            assert found
            for each in found:
                if each.id is not None:
                    values = _values(rows, "length_min", **{column: each.id})
                    assert each.pairs == sorted(Counter(values).items())
            if not any(each.withheld for each in found):
                assert sum(each.sessions for each in found) == len(_values(rows, "length_min"))


async def test_a_small_district_is_told_neither_by_itself_nor_by_what_the_others_leave(year: Database) -> None:
    """All but three people of a district move away: it stands with another, and both are asked for in vain."""
    async with year.write() as tx:
        rows = list((await recount(tx, now=NOW)).values())
        home = min(row["district_id"] for row in rows)
        stay = sorted({row["client_id"] for row in rows if row["district_id"] == home and row["code"] == "1739"})[:3]
        other = max(row["district_id"] for row in rows)
        moved = update(Measured).where(Measured.district_id == home, Measured.client_id.not_in(stay))
        await tx.execute(moved.values(district_id=other))
    async with year.read() as tx:
        sessions = await workbench.gather(tx, ASKED, ("length_min",))
        found = workbench.groups(sessions, ASKED, "length_min", "district", least=LEAST)
        alone = {each.id for each in found if each.id is not None}
        (together,) = [each for each in found if each.id is None]
        assert home not in alone
        assert together.merged >= 2
        whole = workbench.overview(await workbench.gather(tx, ASKED), ASKED, least=LEAST)
        left = whole["length_min"].sessions
        for district in {row["district_id"] for row in rows}:
            asked = Asked(ASKED.code, ASKED.since, ASKED.until, district)
            part = workbench.overview(await workbench.gather(tx, asked), asked, least=LEAST)
            assert part["length_min"].withheld == (district not in alone)
            left -= part["length_min"].sessions
        assert left == together.sessions, "the region less its districts is the small ones together and no single one"


async def test_an_institution_less_a_district_leaves_no_few(year: Database) -> None:
    """Three people of one district go where thirty of another go, and nobody else: of the institution and of the larger
    district at most one is told, in one answer as in two."""
    async with year.write() as tx:
        mine = select(Measured.client_id).where(Measured.code == ASKED.code, Measured.length_min.is_not(None))
        clients = sorted(set(await tx.scalars(mine.where(Measured.day.between(ASKED.since, ASKED.until)))))[:53]
        assert len(clients) == 53
        await tx.execute(delete(Measured).where(Measured.client_id.not_in(clients)))
        places = {1: (clients[33:], 1), 2: (clients[:3], 2), 3: (clients[3:33], 2)}
        for district, (people, provider) in places.items():
            here = update(Measured).where(Measured.code == ASKED.code, Measured.client_id.in_(people))
            await tx.execute(here.values(district_id=district, provider_id=provider))
    async with year.read() as tx:
        sessions = await workbench.gather(tx, ASKED, ("length_min",))
        told = {
            group: {each.id for each in workbench.groups(sessions, ASKED, "length_min", group, least=LEAST)}
            for group in workbench.GROUPS
        }
        assert told["district"] == {1, None}
        assert told["provider"] == {1, 2}
        for part, silent in (({"district": 3}, True), ({"district": 2}, True), ({"provider": 2}, False)):
            asked = Asked(ASKED.code, ASKED.since, ASKED.until, **part)
            seen = workbench.overview(await workbench.gather(tx, asked), asked, least=LEAST)
            assert seen["length_min"].withheld == silent


async def test_a_version_less_a_district_leaves_no_few(year: Database) -> None:
    async with year.write() as tx:
        few = sorted(set(await tx.scalars(select(Measured.client_id).where(Measured.code == ASKED.code))))[:3]
        home, old = (await tx.execute(select(Measured.district_id, Measured.standard_id).limit(1))).one()
        other = await tx.scalar(select(Measured.standard_id).where(Measured.standard_id != old).limit(1))
        mine = update(Measured).where(Measured.code == ASKED.code)
        await tx.execute(mine.values(standard_id=old))
        await tx.execute(mine.where(Measured.district_id == home).values(standard_id=other))
        await tx.execute(mine.where(Measured.client_id.in_(few)).values(standard_id=other, district_id=home + 1))
    async with year.read() as tx:
        sessions = await workbench.gather(tx, ASKED, ("length_min",))
        districts, versions = (
            {each.id for each in workbench.groups(sessions, ASKED, "length_min", group, least=LEAST)}
            for group in ("district", "version")
        )
        assert not (home in districts and other in versions), "the version less the district is three people"


def test_a_span_is_whole_months() -> None:
    assert workbench.whole_months(date(2026, 1, 17), date(2026, 2, 3)) == (date(2026, 1, 1), date(2026, 2, 28))
    assert workbench.whole_months(date(2026, 12, 5), date(2026, 12, 5)) == (date(2026, 12, 1), date(2026, 12, 31))
