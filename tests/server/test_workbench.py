"""The workbench over HTTP: an analyst tries a norm on what really happened."""

from server import demo_pilot
from tests.server.house import MONDAY, House, body


async def test_an_analyst_tries_a_norm(ryadom: House) -> None:
    async with ryadom.centre.database.write() as tx:
        await demo_pilot.load(tx, now=MONDAY)
    analyst = await ryadom.staff("analyst")
    asked = {"code": "1739", "from": "2026-01-15", "until": "2026-11-20", "indicator": "waiting_days", "norm": "7"}
    seen = await body(await analyst.get("/api/v1/workbench", params=asked), 200)
    assert (seen["since"], seen["until"]) == ("2026-01-01", "2026-11-30")
    waiting = next(each for each in seen["indicators"] if each["name"] == "waiting_days")
    pairs = waiting["whole"]["pairs"]
    kept, whole = sum(n for value, n in pairs if value <= 7), sum(n for _, n in pairs)
    assert (waiting["norm"], waiting["whole"]["sessions"]) == (7, whole)
    assert waiting["whole"]["met"] == kept / whole
    by = {rows["by"]: rows["items"] for rows in seen["rows"]}
    assert sum(each["sessions"] for each in by["district"]) == whole
    assert len(by["district"]) >= 5


async def test_the_demo_has_something_to_say_of_every_indicator(ryadom: House) -> None:
    """Whoever tries the workbench out finds a picture under each slider, of courses as well."""
    async with ryadom.centre.database.write() as tx:
        await demo_pilot.load(tx, now=MONDAY)
    analyst = await ryadom.staff("analyst")
    seen = await body(await analyst.get("/api/v1/workbench", params={"code": "1739"}), 200)
    told = {each["name"]: each["whole"]["pairs"] for each in seen["indicators"]}
    assert len(told) == 7
    for name, pairs in told.items():
        assert len(pairs) > 1, f"{name} is hardly told"


async def test_a_part_is_one_district_or_one_institution(ryadom: House) -> None:
    analyst = await ryadom.staff("analyst")
    both = {"district": "1", "provider": "1"}
    assert (await analyst.get("/api/v1/workbench", params=both)).status == 422
    for wrong in ({"code": "9999"}, {"district": "999"}, {"provider": "999"}):
        assert (await analyst.get("/api/v1/workbench", params=wrong)).status == 404
    turned = {"from": "2026-05-01", "until": "2026-04-01"}
    assert (await analyst.get("/api/v1/workbench", params=turned)).status == 422


async def test_nobody_else_looks_at_it(ryadom: House) -> None:
    for login in ("suzun", "orlova", "officer", "admin"):
        assert (await (await ryadom.staff(login)).get("/api/v1/workbench")).status == 403


async def test_the_target_is_that_of_the_version_in_force_where_one_looks(ryadom: House) -> None:
    analyst = await ryadom.staff("analyst")
    terms = {"code": "1739", "name": "Консультирование", "duration_min": 40, "buffer_min": 10, "price_kopecks": 47429}

    async def published(days: int, districts: list[int] | None, valid_from: str) -> int:
        more = {"targets": {"waiting_days": days}, "districts": districts, "valid_from": valid_from}
        return int((await body(await analyst.post("/api/v1/standards", json=terms | more), 201))["id"])

    today, tomorrow = "2026-11-23", "2026-11-24"
    everywhere = await published(14, None, today)
    here, there = await published(20, [1], today), await published(10, [2], today)
    await published(3, None, tomorrow)

    async def shown(**part: str) -> tuple[int, int]:
        seen = await body(await analyst.get("/api/v1/workbench", params={"code": "1739", **part}), 200)
        waiting = next(each for each in seen["indicators"] if each["name"] == "waiting_days")
        [service] = [each for each in seen["services"] if each["code"] == "1739"]
        return waiting["target"], service["standard"]

    assert await shown() == (14, everywhere)
    assert await shown(district="1") == (20, here)
    assert await shown(district="2") == (10, there)
