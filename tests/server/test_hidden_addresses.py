"""Services that hide everybody's address: from the standard to the room, and from a region's file."""

import json
from pathlib import Path

import pytest

from scheduling.standards import in_force
from server import region
from tests.server.house import MONDAY, House
from tests.server.visit import opened


@pytest.mark.parametrize(("service", "hidden"), [("1739", False), ("1742", True)])
async def test_a_room_hides_addresses_where_its_service_does(ryadom: House, service: str, hidden: bool) -> None:
    visit = await opened(ryadom, service=service)
    assert (await visit.desk.look(visit.booking)).relay_only is hidden


async def test_a_regions_file_says_which_services_do_and_how_long_both_must_be_there(
    ryadom: House, tmp_path: Path
) -> None:
    terms = {"name": "Помощь пострадавшим", "duration_min": 40, "price_kopecks": 1, "valid_from": "2026-01-01"}
    services = [{"code": "2001", **terms, "relay_only": True, "least_share": 0.5}, {"code": "2002", **terms}]
    file = tmp_path / "region.json"
    file.write_text(json.dumps({"services": services}), encoding="utf-8")
    async with ryadom.centre.database.write() as tx:
        await region.load(tx, region.read(file))
    async with ryadom.centre.database.read() as tx:
        known = {each.code: (each.relay_only, each.least_share) for each in await in_force(tx, MONDAY.date(), None)}
    assert (known["2001"], known["2002"]) == ((True, 0.5), (False, None))
