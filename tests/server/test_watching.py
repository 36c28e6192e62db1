"""Watching over: what the coordinator sees of sessions that go on, who calls, and who may not see names."""

from typing import Any

from tests.server.house import Browser, House, body
from tests.server.visit import BAD, GOOD, Visit, opened


async def seen(browser: Browser, booking: int) -> dict[str, Any] | None:
    items = (await body(await browser.get("/api/v1/live"), 200))["items"]
    return next((each for each in items if each["booking"] == booking), None)


async def live(visit: Visit, browser: Browser | None = None) -> dict[str, Any]:
    found = await seen(browser or visit.coordinator, visit.booking)
    assert found is not None
    return found


async def talking(house: House) -> Visit:
    visit = await opened(house)
    await visit.enters(visit.client, 0)
    await visit.enters(visit.specialist, 0)
    await visit.is_let_in(visit.client, 1)
    return visit


async def test_a_session_appears_with_its_people_and_goes_with_its_end(ryadom: House) -> None:
    visit = await opened(ryadom)
    assert await seen(visit.coordinator, visit.booking) is None
    await visit.enters(visit.client, -5)
    waits = await live(visit)
    assert (waits["state"], waits["needs"], waits["client"]["name"]) == ("waiting", None, "Виктор Семёнович Лапин")
    visit.at(6)
    assert (await live(visit))["needs"] == "waiting"
    await visit.enters(visit.specialist, 7)
    await visit.is_let_in(visit.client, 7)
    assert (await live(visit))["state"] == "live"
    await visit.closes(20)
    assert await seen(visit.coordinator, visit.booking) is None


async def test_health_follows_the_newest_reports(ryadom: House) -> None:
    visit = await talking(ryadom)
    assert (await live(visit))["health"] == "unknown"
    await visit.reports(visit.client, 1.2, **GOOD)
    await visit.reports(visit.specialist, 1.2, **GOOD)
    assert (await live(visit))["health"] == "good"
    await visit.reports(visit.client, 1.3, **BAD)
    told = await live(visit)
    assert (told["health"], told["needs"], told["because"]) == ("bad", "bad", ["voice_breaks", "slow"])
    assert {seat["role"]: seat["health"] for seat in told["seats"]} == {"specialist": "good", "client": "bad"}
    await visit.reports(visit.client, 1.4, **GOOD)
    assert (await live(visit))["health"] == "good"
    visit.at(2)
    assert (await live(visit))["because"] == ["silent"]


async def test_a_call_for_help_comes_first_until_somebody_answers(ryadom: House) -> None:
    visit = await talking(ryadom)
    await visit.desk.help(visit.client, "phone", visit.at(2))
    told = await live(visit)
    assert (told["needs"], told["help"]["why"], told["help"]["role"], told["help"]["answered_at"]) == (
        *("help", "phone", "client"),
        None,
    )
    hers = await ryadom.staff("orlova")
    assert (await hers.post(f"{visit.path}/help/answered", json={})).status == 403
    for _ in range(2):
        await body(await visit.coordinator.post(f"{visit.path}/help/answered", json={}), 204)
    told = await live(visit)
    assert (told["needs"], told["help"]["answered_at"] is not None) == ("bad", True)
    await visit.desk.help(visit.client, "time", visit.at(3))
    again = await live(visit)
    assert (again["needs"], again["help"]["why"], again["help"]["answered_at"]) == ("help", "time", None)


async def test_the_coordinator_sends_a_talk_to_the_telephone_and_back(ryadom: House) -> None:
    visit = await talking(ryadom)
    await body(await visit.coordinator.post(f"{visit.path}/phone", json={"on": True}), 204)
    told = await live(visit)
    assert (told["phone"], told["state"], told["health"]) == (True, "live", "unknown")
    assert (await visit.desk.look(visit.booking)).phone is True
    await body(await visit.coordinator.post(f"{visit.path}/phone", json={"on": False}), 204)
    assert (await live(visit))["phone"] is False
    await visit.closes(20)
    assert (await visit.coordinator.post(f"{visit.path}/phone", json={"on": True})).status == 410


async def test_nobody_phones_before_the_door_opens(ryadom: House) -> None:
    visit = await opened(ryadom)
    visit.at(-45)
    early = await body(await visit.coordinator.post(f"{visit.path}/phone", json={"on": True}), 409)
    assert early["code"] == "join_too_early"


async def test_who_sees_what(ryadom: House) -> None:
    visit = await talking(ryadom)
    assert await seen(await ryadom.staff("kuybyshev"), visit.booking) is None
    assert await seen(await ryadom.staff("lebedeva"), visit.booking) is None
    assert (await live(visit, await ryadom.staff("orlova")))["client"]["phone"] == "+7 923 555-02-48"
    told = await live(visit, await ryadom.staff("analyst"))
    assert "Лапин" not in str(told)
    assert "Орлова" not in str(told)
    assert "555-02-48" not in str(told)
    assert told["district"]["name"] == "Сузунский район"
    assert (await (await ryadom.staff("admin")).get("/api/v1/live")).status == 403
