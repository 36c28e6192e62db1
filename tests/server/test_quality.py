"""Quality over HTTP: the demo's past weeks by place and week, for whom, and without names."""

from scheduling.quality import LEAST
from tests.server.house import House, body
from tests.server.visit import BAD, opened


async def test_the_analyst_sees_the_region_by_settlement(ryadom: House) -> None:
    analyst = await ryadom.staff("analyst")
    table = await body(await analyst.get("/api/v1/quality"), 200)
    places = {each["key"]: each for each in table["items"]}
    assert {"р. п. Сузун", "с. Шарчино", "г. Куйбышев"} <= set(places)
    assert places["с. Шарчино"]["concealed"] > places["р. п. Сузун"]["concealed"]
    assert sum(places["с. Шарчино"]["rungs"].values()) == 1
    assert all(each["sessions"] >= LEAST for each in table["items"])
    assert not any(name in str(table) for name in ("Воробьёва", "Орлова", "555"))


async def test_a_coordinator_sees_her_own_district_and_weeks_in_order(ryadom: House) -> None:
    suzun = await ryadom.staff("suzun")
    table = await body(await suzun.get("/api/v1/quality", params={"by": "district"}), 200)
    assert [each["district"] for each in table["items"]] == ["Сузунский район"]
    weeks = await body(await suzun.get("/api/v1/quality", params={"by": "week"}), 200)
    mondays = [each["key"] for each in weeks["items"]]
    assert len(mondays) > 4
    assert mondays == sorted(mondays)


async def test_few_sessions_tell_nothing(ryadom: House) -> None:
    """Two days with one session: neither its loss nor that it was one."""
    visit = await opened(ryadom)
    await visit.enters(visit.client, 0)
    await visit.enters(visit.specialist, 0)
    await visit.is_let_in(visit.client, 1)
    await visit.reports(visit.client, 2, **BAD)
    await visit.closes(10)
    asked = {"from": f"{visit.starts:%Y-%m-%d}", "until": f"{visit.starts:%Y-%m-%d}", "by": "settlement"}
    table = await body(await visit.coordinator.get("/api/v1/quality", params=asked), 200)
    (cell,) = table["items"]
    assert (cell["withheld"], cell["sessions"], cell["loss"], table["total"]["sessions"]) == (True, 0, None, 0)


async def test_days_are_a_year_at_most_and_others_see_nothing(ryadom: House) -> None:
    analyst = await ryadom.staff("analyst")
    asked = {"from": "2024-01-01", "until": "2026-01-01"}
    assert (await body(await analyst.get("/api/v1/quality", params=asked), 422))["code"] == "invalid_input"
    for login in ("orlova", "admin", "officer"):
        assert (await (await ryadom.staff(login)).get("/api/v1/quality")).status == 403


async def test_settlements_are_a_hint_while_a_card_is_filled_in(ryadom: House) -> None:
    suzun = await ryadom.staff("suzun")
    known = (await body(await suzun.get("/api/v1/settlements"), 200))["items"]
    assert known == ["р. п. Сузун", "с. Битки", "с. Шарчино"]
    card = {"name": "Новая Клиентка", "birth_year": 1950, "settlement": "с. Малышево"}
    made = await suzun.post("/api/v1/clients", json=card | {"consents": [{"purpose": "processing", "how": "paper"}]})
    assert (await body(made, 201))["settlement"] == "с. Малышево"
    assert "с. Малышево" in (await body(await suzun.get("/api/v1/settlements"), 200))["items"]
