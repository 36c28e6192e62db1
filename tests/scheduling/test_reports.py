"""The pilot at a glance and the workbench over a year of raw journals: every figure is what plain counting finds."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from bench import data_year
from scheduling import glance, measured, workbench
from scheduling.glance import Opened
from scheduling.standards import ServiceStandard
from scheduling.workbench import INDICATORS, Asked, Spread
from server.database import Database
from tests.scheduling import plain_reports
from tests.scheduling.plain_measured import UTC_NOW as NOW
from tests.scheduling.plain_measured import recount
from tests.scheduling.test_measured import SMALL


@pytest.fixture
async def year(database: Database) -> Database:
    await data_year.places(database, SMALL, seed=11, now=NOW)
    await data_year.sit(database, 700, seed=11, now=NOW)
    async with database.write() as tx:
        await measured.rebuild(tx, NOW - timedelta(days=800), NOW + timedelta(days=60), now=NOW)
    return database


async def test_the_page_at_a_glance_says_what_plain_counting_finds(year: Database) -> None:
    """Also of whom there is one: nothing is hidden here, so that nothing is passed over."""
    async with year.read() as tx:
        rows = list((await recount(tx, now=NOW)).values())
        deadlines = {each.id: each.deadline_days for each in await tx.scalars(select(ServiceStandard))}
        for district in (None, *sorted({row["district_id"] for row in rows})[:3]):
            for alone in (False, True) if district else (False,):
                told = await glance.at_a_glance(
                    tx, NOW.year, district=district, alone=alone, opened=Opened(), least=1, now=NOW
                )
                compared = plain_reports.glance(asdict(told), rows, deadlines, district=district)
                assert compared.differ == []
                assert compared.figures > (120 if district is None else 60)


async def test_the_workbench_says_what_plain_counting_finds(year: Database) -> None:
    span = (NOW - timedelta(days=300)).date(), NOW.date()
    async with year.read() as tx:
        rows = list((await recount(tx, now=NOW)).values())
        whole = Asked("1740", *workbench.whole_months(*span))
        for asked, only in (
            (whole, {}),
            (Asked("1740", whole.since, whole.until, district=1), {"district_id": 1}),
            (Asked("1740", whole.since, whole.until, provider=2), {"provider_id": 2}),
        ):
            sessions = await workbench.gather(tx, asked)
            found = workbench.overview(sessions, asked, least=1)
            seen = {"code": asked.code, "since": asked.since, "until": asked.until, "rows": []}
            indicators = [{"name": name, "whole": _told(found[name])} for name in INDICATORS]
            compared = plain_reports.workbench(seen | {"indicators": indicators}, rows, **only)
            assert (compared.differ, compared.figures > 12) == ([], True)


def _told(spread: Spread) -> dict[str, object]:
    return asdict(spread) | {"sessions": spread.sessions, "median": spread.quantile(0.5)}
