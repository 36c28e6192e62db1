"""Applications as a coordinator and a person at home live them: asked for, found again, assigned, booked, closed."""

from typing import Any

import pytest

from scheduling.applications import Application
from scheduling.people import Specialist
from tests.server.house import Browser, House, body, booked

API = "/api/v1"
ANNA = {"name": "Воробьева Анна Петровна", "birth_year": 1947, "phone": "8 913 555 01 12"}


async def at_home(house: House, **more: Any) -> dict[str, Any]:
    """The form that a person without an account sends."""
    shown = await body(await house.browser().get(f"{API}/apply"), 200)
    suzun = next(each for each in shown["districts"] if each["name"] == "Сузунский район")
    return {"district": suzun["id"], "consent": shown["consent"]["hash"], **ANNA, **more}


async def one(coordinator: Browser, number: int) -> dict[str, Any]:
    found: dict[str, Any] = await body(await coordinator.get(f"{API}/applications/{number}"), 200)
    return found


async def do(coordinator: Browser, told: dict[str, Any], act: str, status: int = 200, **facts: Any) -> Any:
    answer = await coordinator.post(
        f"{API}/applications/{told['id']}/{act}", json=facts, headers={"If-Match": f'"{told["version"]}"'}
    )
    return await body(answer, status)


async def taken(coordinator: Browser, **more: Any) -> dict[str, Any]:
    facts = {"source": "desk", "name": "Пётр Ильич Сомов", "birth_year": 1955, "consent": "aloud", **more}
    made: dict[str, Any] = await body(await coordinator.post(f"{API}/applications", json=facts), 201)
    return made


async def test_a_person_asks_at_home_and_is_booked_from_it(ryadom: House) -> None:
    asked = await body(await ryadom.browser().post(f"{API}/apply", json=await at_home(ryadom, topic="anxiety")), 201)
    assert asked["office"]["phone"] == "+7 383 462-11-40"
    coordinator = await ryadom.staff("suzun")
    listed = await body(await coordinator.get(f"{API}/applications?needs=new"), 200)
    mine = next(each for each in listed["items"] if each["id"] == asked["number"])
    assert mine["needs"] == ["new", "doubtful"], "nobody looked yet, and she has a card that reads otherwise"
    told = await one(coordinator, asked["number"])
    assert told["needs"] == ["doubtful", "unassigned"]
    [card] = told["candidates"]
    assert (card["client"], card["because"]) == (1, ["name_same", "year_same", "phone_same"])
    told = await do(coordinator, told, "client", client=card["client"])
    assert told["needs"] == ["unassigned"]
    proposals = await body(await coordinator.get(f"{API}/applications/{told['id']}/specialists"), 200)
    first = proposals["items"][0]
    assert {"topic", "near"} <= set(first["because"])
    told = await do(coordinator, told, "specialist", specialist=first["specialist"]["id"])
    assert (told["status"], told["needs"]) == ("assigned", ["to_book"])
    starts = first["starts"]
    facts = {"client": 1, "specialist": first["specialist"]["id"], "service": "1739", "starts": starts}
    made = await body(await coordinator.post(f"{API}/bookings", json=facts | {"application": told["id"]}), 201)
    told = await one(coordinator, told["id"])
    assert (told["status"], [each["id"] for each in told["bookings"]]) == ("scheduled", [made["booking"]["id"]])
    whats = [line["what"] for line in told["history"]]
    assert whats == ["received", "seen", "linked", "assigned", "scheduled"]


async def test_a_cancelled_booking_brings_it_back_to_the_list(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    told = await taken(coordinator, client=3, name="Галина Ивановна Кравцова", birth_year=1944)
    slots = await body(await coordinator.get(f"{API}/slots", params={"service": "1739", "specialist": "1"}), 200)
    facts = {"client": 3, "specialist": 1, "service": "1739", "starts": slots["items"][5]["starts"]}
    made = (await body(await coordinator.post(f"{API}/bookings", json=facts | {"application": told["id"]}), 201))[
        "booking"
    ]
    match = {"If-Match": f'"{made["version"]}"'}
    await body(
        await coordinator.post(f"{API}/bookings/{made['id']}/cancel", json={"reason": "client_asked"}, headers=match),
        200,
    )
    told = await one(coordinator, told["id"])
    assert (told["status"], told["setback"], told["needs"]) == ("assigned", "cancelled", ["missed"])
    told = await do(coordinator, told, "close", reason="withdrawn", because="Передумала")
    assert (told["status"], told["needs"]) == ("closed", [])
    told = await do(coordinator, told, "reopen", because="Позвонила снова")
    assert told["status"] == "assigned"


async def test_a_course_is_an_answer_too(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    told = await taken(coordinator, client=3, name="Галина Ивановна Кравцова", birth_year=1944)
    course: dict[str, Any] = {"client": 3, "specialist": 1, "service": "1739", "rrule": "FREQ=DAILY;INTERVAL=2"}
    course |= {"first_day": "2026-12-01", "start": "10:00", "times": 3}
    found = await body(await coordinator.post(f"{API}/series/preview", json=course), 200)
    chosen = [{"day": each["day"], "starts": each["instead"] or each["starts"]} for each in found["sessions"]]
    wish = course | {"sessions": chosen, "application": told["id"]}
    await body(await coordinator.post(f"{API}/series", json=wish | {"client": 1}), 404)
    made = await body(await coordinator.post(f"{API}/series", json=wish), 201)
    told = await one(coordinator, told["id"])
    assert told["status"] == "scheduled"
    assert [each["id"] for each in told["bookings"]] == [each["booking"] for each in made["codes"]]
    assert [line["what"] for line in told["history"]].count("scheduled") == 3
    # One of three called off leaves the others; nothing is to be booked again as long as one stands.
    first = told["bookings"][0]
    cancel = {"json": {"reason": "client_asked"}, "headers": {"If-Match": '"1"'}}
    await body(await coordinator.post(f"{API}/bookings/{first['id']}/cancel", **cancel), 200)
    assert (await one(coordinator, told["id"]))["status"] == "scheduled"


async def test_an_application_is_not_anothers_booking(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    told = await taken(coordinator, client=3, name="Галина Ивановна Кравцова")
    slots = await body(await coordinator.get(f"{API}/slots", params={"service": "1739", "specialist": "1"}), 200)
    facts = {"client": 1, "specialist": 1, "service": "1739", "starts": slots["items"][5]["starts"]}
    await body(await coordinator.post(f"{API}/bookings", json=facts | {"application": told["id"]}), 404)


async def test_a_specialist_answers_only_what_was_given_to_her_of_her_own_client(ryadom: House) -> None:
    coordinator, orlova = await ryadom.staff("suzun"), await ryadom.staff("orlova")
    known = (await booked(coordinator, client=1, specialist=1))["booking"]["client"]["id"]
    a_strangers, hers = await taken(coordinator), await taken(coordinator, client=known, name="Анна Петровна Воробьёва")
    slots = await body(await orlova.get(f"{API}/slots", params={"service": "1739", "specialist": "1"}), 200)
    facts = {"client": known, "specialist": 1, "service": "1739", "starts": slots["items"][7]["starts"]}
    for told in (a_strangers, hers):
        await body(await orlova.post(f"{API}/bookings", json=facts | {"application": told["id"]}), 404)
        assert (await one(coordinator, told["id"]))["status"] == "new"
    await do(coordinator, await one(coordinator, hers["id"]), "specialist", specialist=1)
    await body(await orlova.post(f"{API}/bookings", json=facts | {"application": hers["id"]}), 201)
    assert (await one(coordinator, hers["id"]))["status"] == "scheduled"


async def test_nobody_is_given_what_she_does_not_do(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    able, unable = 1, 3
    async with ryadom.centre.database.write() as tx:
        (await tx.get_one(Specialist, unable)).services = ["1739"]
    told = await taken(coordinator, service="1740")
    refused = await do(coordinator, told, "specialist", 422, specialist=unable)
    assert [(each["field"], each["code"]) for each in refused["errors"]] == [("specialist", "not_offered")]
    told = await do(coordinator, told, "specialist", specialist=able)
    refused = await do(coordinator, told, "proposal", 422, specialist=unable, because="отпуск")
    assert [(each["field"], each["code"]) for each in refused["errors"]] == [("specialist", "not_offered")]


async def test_another_specialist_only_with_the_clients_word(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    made = (await booked(coordinator, client=1, specialist=1))["booking"]
    told = await taken(coordinator, client=1, name="Анна Петровна Воробьёва")
    told = await do(coordinator, told, "specialist", specialist=1)
    refused = await do(coordinator, told, "specialist", 409, specialist=3)
    assert refused["code"] == "consent_to_change_needed"
    told = await do(coordinator, told, "proposal", specialist=3, because="отпуск")
    assert (told["specialist"]["id"], told["proposed"]["id"], told["needs"]) == (1, 3, ["to_book", "to_confirm"][::1])
    standing = next(each for each in told["standing"] if each["id"] == made["id"])
    slots = await body(await coordinator.get(f"{API}/slots", params={"service": "1739", "specialist": "3"}), 200)
    move = {"booking": standing["id"], "version": standing["version"], "starts": slots["items"][3]["starts"]}
    nowhere = move | {"starts": "2026-11-24T20:00:00Z"}
    refused = await do(coordinator, told, "answer", 409, agreed=True, how="phone", moves=[nowhere])
    assert refused["code"] == "outside_hours"
    assert (await one(coordinator, told["id"]))["specialist"]["id"] == 1, "nothing moved"
    told = await do(coordinator, told, "answer", agreed=True, how="phone", moves=[move])
    assert (told["specialist"]["id"], told["proposed"]) == (3, None)
    moved = await body(await coordinator.get(f"{API}/bookings/{made['id']}"), 200)
    assert moved["specialist"]["id"] == 3
    agreed = next(line for line in told["history"] if line["what"] == "agreed")
    assert agreed["after"] == {"specialist": 3, "how": "phone", "moved": [made["id"]]}


async def test_two_coordinators_and_one_application(ryadom: House) -> None:
    first, second = await ryadom.staff("suzun"), await ryadom.staff("suzun")
    told = await taken(first)
    await do(first, told, "specialist", specialist=1)
    refused = await do(second, told, "specialist", 412, specialist=3)
    assert refused["code"] == "version_moved"


async def test_another_district_sees_nothing_of_it(ryadom: House) -> None:
    told = await taken(await ryadom.staff("suzun"))
    neighbour = await ryadom.staff("kuybyshev")
    await body(await neighbour.get(f"{API}/applications/{told['id']}"), 404)
    await do(neighbour, told, "specialist", 404, specialist=1)
    listed = await body(await neighbour.get(f"{API}/applications?limit=200"), 200)
    assert told["id"] not in [each["id"] for each in listed["items"]]


async def test_who_asks_twice_under_one_key_asked_once(ryadom: House) -> None:
    asking = await at_home(ryadom)
    headers = {"Idempotency-Key": "k" * 32}
    person = ryadom.browser()
    numbers = {
        (await body(await person.post(f"{API}/apply", json=asking, headers=headers), 201))["number"] for _ in range(3)
    }
    assert len(numbers) == 1
    other = await person.post(f"{API}/apply", json=asking | {"name": "Другой Человек"}, headers=headers)
    assert (await body(other, 409))["code"] == "key_reused"


async def test_an_address_that_asks_without_end_is_told_to_wait(ryadom: House) -> None:
    asking, person = await at_home(ryadom), ryadom.browser()
    statuses = [(await person.post(f"{API}/apply", json=asking)).status for _ in range(14)]
    assert statuses == [201] * 12 + [429] * 2
    ryadom.later(hours=1, minutes=1)
    assert (await person.post(f"{API}/apply", json=asking)).status == 201


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"consent": "0" * 64}, "consent_needed"),
        ({"district": 3}, "invalid_input"),
        ({"phone": "позвоните"}, "invalid_input"),
        ({"birth_year": 2090}, "invalid_input"),
        ({"wishes": {"parts": ["ночью"]}}, "invalid_input"),
        ({"remark": "\x00"}, "invalid_input"),
        ({"email": "a\x00b@mail.ru"}, "invalid_input"),
    ],
)
async def test_what_cannot_be_is_refused(ryadom: House, wrong: dict[str, Any], code: str) -> None:
    answer = await ryadom.browser().post(f"{API}/apply", json=await at_home(ryadom) | wrong)
    assert (await body(answer, 422))["code"] == code


async def test_a_card_is_made_of_what_he_said(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    asking = await at_home(ryadom, name="Зоя Львовна Ерёмина", birth_year=1950, phone="+7 913 000-11-22")
    number = (await body(await ryadom.browser().post(f"{API}/apply", json=asking), 201))["number"]
    told = await one(coordinator, number)
    assert (told["candidates"], told["consent_given"]) == ([], True)
    refused = await do(coordinator, told, "card", 422, consents=[])
    assert refused["code"] == "consent_needed"
    told = await do(coordinator, told, "card", consents=[{"purpose": "processing", "how": "aloud"}])
    card = await body(await coordinator.get(f"{API}/clients/{told['client']}"), 200)
    assert (card["name"], card["phone"]) == ("Зоя Львовна Ерёмина", "+7 913 000-11-22")


async def test_an_application_is_found_by_a_number_as_long_as_a_telephones(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    async with ryadom.centre.database.write() as tx:
        facts = {"district_id": 1, "source": "phone", "received_at": ryadom.now, "wishes": {}}
        tx.add(Application(id=123_456, name="Сомов Пётр", name_folded="сомов петр", **facts))

    async def found(query: str) -> list[str]:
        listed = await body(await coordinator.get(f"{API}/applications", params={"query": query}), 200)
        return [each["name"] for each in listed["items"]]

    assert (await found("123456"), await found("№ 123456")) == (["Сомов Пётр"], ["Сомов Пётр"])
    told = await taken(coordinator, phone="+7 913 512-34-56")
    assert sorted(await found("123456")) == sorted(["Сомов Пётр", told["name"]]), "a telephone as before"
    assert (await found("9135123456"), await found("9" * 40)) == ([told["name"]], [])


async def test_whom_a_lonely_district_asks_first(ryadom: House) -> None:
    admin, coordinator = await ryadom.staff("admin"), await ryadom.staff("suzun")
    named = await body(await admin.put(f"{API}/districts/1/fallback", json={"institution": 4}), 200)
    assert named["institution"]["name"] == "Центр помощи семье «Морской залив»"
    told = await taken(coordinator)
    proposals = await body(await coordinator.get(f"{API}/applications/{told['id']}/specialists"), 200)
    assert proposals["fallback"]["id"] == 4
    asked_first = [each for each in proposals["items"] if "fallback" in each["because"]]
    assert [each["institution"]["id"] for each in asked_first] == [4]
    assert (await coordinator.put(f"{API}/districts/1/fallback", json={"institution": 1})).status == 403
    free = await body(await admin.put(f"{API}/districts/1/fallback", json={"institution": None}), 200)
    assert free["institution"] is None
    assert free["most_free"]


async def test_who_stands_beside_a_client(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    facts = {"kind": "representative", "tie": "daughter", "name": "Ольга Лапина", "until": "2026-12-31"}
    refused = await body(await coordinator.post(f"{API}/clients/2/relations", json=facts), 422)
    assert refused["errors"][0]["field"] == "document"
    made = await body(
        await coordinator.post(f"{API}/clients/2/relations", json=facts | {"document": "Доверенность № 7"}), 201
    )
    assert not made["expired"]
    ryadom.later(days=60)
    coordinator = await ryadom.staff("suzun")
    [listed] = (await body(await coordinator.get(f"{API}/clients/2/relations"), 200))["items"]
    assert listed["expired"], "the paper's last day is over"
    match = {"If-Match": f'"{made["version"]}"'}
    ended = await body(await coordinator.post(f"{API}/clients/2/relations/{made['id']}/end", headers=match), 200)
    assert ended["ended_at"]
    himself = {"kind": "relative", "tie": "spouse", "other": 2}
    assert (await coordinator.post(f"{API}/clients/2/relations", json=himself)).status == 422


class TestJoinedCards:
    async def second(self, house: House, coordinator: Browser) -> int:
        facts = {**ANNA, "phone": "+7 913 555-01-13", "consents": [{"purpose": "processing", "how": "paper"}]}
        made: dict[str, Any] = await body(await coordinator.post(f"{API}/clients", json=facts), 201)
        return int(made["id"])

    async def test_everything_moves_and_the_old_number_leads_on(self, ryadom: House) -> None:
        coordinator = await ryadom.staff("suzun")
        gone = await self.second(ryadom, coordinator)
        made = (await booked(coordinator, client=gone, specialist=3))["booking"]
        told = await taken(coordinator, client=gone, name=ANNA["name"])
        shown = await body(await coordinator.get(f"{API}/clients/1/merge/{gone}"), 200)
        assert {each["field"] for each in shown["differences"]} == {"name", "phone", "settlement"}
        assert {each["what"]: each["count"] for each in shown["moves"]} == {
            "application": 1,
            "booking": 1,
            "consent": 2,
        }
        merge = {"gone": gone, "gone_version": shown["gone"]["version"], "take": ["phone"]}
        match = {"If-Match": f'"{shown["kept"]["version"]}"'}
        kept = await body(await coordinator.post(f"{API}/clients/1/merge", json=merge, headers=match), 200)
        assert (kept["name"], kept["phone"]) == ("Анна Петровна Воробьёва", "+7 913 555-01-13")
        led_on = await body(await coordinator.get(f"{API}/clients/{gone}"), 410)
        assert (led_on["code"], led_on["merged_into"]) == ("card_merged", 1)
        theirs = await body(await coordinator.get(f"{API}/clients/1/bookings"), 200)
        assert made["id"] in [each["id"] for each in theirs["items"]]
        assert (await one(coordinator, told["id"]))["client"] == 1
        again = await coordinator.post(f"{API}/clients/1/merge", json=merge, headers=match)
        assert again.status == 410, "the second coordinator comes too late"
        facts = {"client": 1, "specialist": 5, "service": "1739", "starts": made["starts"]}
        refused = await body(await coordinator.post(f"{API}/bookings", json=facts), 409)
        assert refused["code"] == "client_busy", "the time that came along is taken"
        assert (await coordinator.post(f"{API}/bookings", json=facts | {"client": gone})).status in (404, 410)

    async def test_two_who_are_booked_at_once_are_two(self, ryadom: House) -> None:
        coordinator = await ryadom.staff("suzun")
        gone = await self.second(ryadom, coordinator)
        for client, specialist in ((1, 1), (gone, 5)):
            await booked(coordinator, client=client, specialist=specialist, starts="2026-11-25T04:00:00Z")
        shown = await body(await coordinator.get(f"{API}/clients/1/merge/{gone}"), 200)
        assert [each["code"] for each in shown["conflicts"]] == ["both_booked"]
        merge = {"gone": gone, "gone_version": shown["gone"]["version"]}
        match = {"If-Match": f'"{shown["kept"]["version"]}"'}
        refused = await body(await coordinator.post(f"{API}/clients/1/merge", json=merge, headers=match), 409)
        assert (refused["code"], refused["conflicts"][0]["code"]) == ("merge_refused", "both_booked")
        assert (await coordinator.get(f"{API}/clients/{gone}")).status == 200, "nothing was moved"

    async def test_cards_of_relatives_are_two(self, ryadom: House) -> None:
        coordinator = await ryadom.staff("suzun")
        gone = await self.second(ryadom, coordinator)
        daughter = {"kind": "relative", "tie": "daughter", "other": gone}
        await body(await coordinator.post(f"{API}/clients/1/relations", json=daughter), 201)
        shown = await body(await coordinator.get(f"{API}/clients/1/merge/{gone}"), 200)
        assert [each["code"] for each in shown["conflicts"]] == ["related"]
