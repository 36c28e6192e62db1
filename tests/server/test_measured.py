"""What is said of a session and settled about it after its end stands in its figures at once."""

from typing import Any

from scheduling.measured import Measured
from tests.server.certified import by_minutes, certified, held, rendered
from tests.server.house import House, body
from tests.server.visit import Visit


async def figures(house: House, told: Visit) -> Measured:
    async with house.centre.database.read() as tx:
        return await tx.get_one(Measured, told.booking)


async def taps(told: Visit, **word: Any) -> None:
    await body(await told.phone.post("/api/v1/join/feedback", json=word), 204)


async def test_each_tap_moves_how_content_the_person_was(ryadom: House) -> None:
    told = await held(ryadom)
    assert (await figures(ryadom, told)).satisfaction is None
    await taps(told, score=2)
    assert (await figures(ryadom, told)).satisfaction == 300
    for answered, mean in ({"openness": 5}, 500), ({"comfort": 4}, 450), ({"goodwill": 4}, 433):
        await taps(told, score=2, **answered)
        assert (await figures(ryadom, told)).satisfaction == mean


async def test_what_the_coordinator_writes_down_counts_as_well(ryadom: House) -> None:
    told = await held(ryadom)
    for word, mean in ({"score": 1}, 100), ({"score": 3, "openness": 4, "goodwill": 5}, 450):
        await body(await told.coordinator.put(f"{told.path}/feedback", json=word), 200)
        assert (await figures(ryadom, told)).satisfaction == mean


async def test_what_was_paid_follows_a_dispute_and_what_was_measured_stays(ryadom: House) -> None:
    await by_minutes(ryadom)
    told = await held(ryadom, certificate=await certified(ryadom))
    before = await figures(ryadom, told)
    assert (before.paid_kopecks, before.length_min) == (47_429, 40)
    await body(await told.phone.post("/api/v1/join/rendered", json={"agrees": False, "minutes": 20}), 204)
    assert (await figures(ryadom, told)).paid_kopecks == 47_429, "two versions: nothing is settled yet"
    officer = await ryadom.staff("officer")
    version = (await rendered(officer, told.booking))["version"]
    word = {"favour": "client", "because": "Прослушан журнал комнаты"}
    headers = {"If-Match": f'"{version}"'}
    await body(await officer.post(f"/api/v1/rendered/{told.booking}/settle", json=word, headers=headers), 200)
    after = await figures(ryadom, told)
    assert (after.paid_kopecks, after.length_min) == (23_715, 40)
