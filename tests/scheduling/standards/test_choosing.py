"""Which version holds where and when; and which of them hold anywhere, for what is kept ready for everybody."""

from datetime import date

import pytest

from scheduling import standards
from scheduling.errors import NotFound
from scheduling.standards import ServiceStandard, chosen
from server.database import Database

# Version by version: from which day, in which districts (None: everywhere).
VERSIONS: tuple[tuple[int, str, list[int] | None], ...] = (
    (1, "2024-01-01", None),
    (2, "2025-01-01", [1, 2]),
    (3, "2025-06-01", [2]),
    (4, "2026-01-01", None),
    (5, "2026-01-01", [3]),
)
ROWS = [
    ServiceStandard(code="1739", version=version, valid_from=date.fromisoformat(day), districts=where)
    for version, day, where in VERSIONS
]


@pytest.mark.parametrize(
    ("on", "held"),
    [
        ("2023-12-31", {1: None, 2: None, 3: None, None: None}),
        ("2024-01-01", {1: 1, 2: 1, 3: 1, None: 1}),
        ("2025-01-01", {1: 2, 2: 2, 3: 1, None: 1}),
        ("2025-06-01", {1: 2, 2: 3, 3: 1, None: 1}),
        ("2026-01-01", {1: 4, 2: 4, 3: 5, None: 4}),  # of one day the later version
    ],
)
def test_the_latest_version_that_covers_day_and_district(on: str, held: dict[int | None, int | None]) -> None:
    found = {district: chosen(ROWS, date.fromisoformat(on), district) for district in held}
    assert {district: each and each.version for district, each in found.items()} == held


@pytest.mark.parametrize(
    ("on", "held"),
    [("2023-12-31", []), ("2025-01-01", [1, 2]), ("2025-06-01", [1, 2, 3]), ("2026-01-01", [4, 5])],
)
async def test_the_database_is_asked_the_same(database: Database, on: str, held: list[int]) -> None:
    day = date.fromisoformat(on)
    async with database.write() as tx:
        tx.add_all(
            ServiceStandard(
                code="1739",
                version=version,
                name="Консультирование",
                kind="socio_psychological",
                form="at_home",
                modes=["video"],
                duration_min=40,
                buffer_min=10,
                price_kopecks=47429,
                valid_from=date.fromisoformat(since),
                districts=where,
            )
            for version, since, where in VERSIONS
        )
    async with database.read() as tx:
        assert [each.version for each in await standards.in_force_anywhere(tx, day)] == held
        for district in (1, 2, 3, None):
            wanted = chosen(ROWS, day, district)
            if wanted is None:
                with pytest.raises(NotFound):
                    await standards.service(tx, "1739", day, district)
                assert await standards.in_force(tx, day, district) == []
                continue
            found = await standards.service(tx, "1739", day, district)
            assert found.version == wanted.version
            assert [each.id for each in await standards.in_force(tx, day, district)] == [found.id]
