"""The whole story over HTTP, on both engines: somebody asks, is given a certificate, chooses, is helped; it is paid."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.server import visit
from tests.server.house import Browser, House, body
from tests.server.visit import Visit

API = "/api/v1"
SERVICE, COST = "1739", 47_429
SUZUN, WARM_HOUSE = 1, 5  # the office, and the NGO of psychologist 5
VORONOVA, ORLOVA = 5, 1
# Money of a source of its own: what the demo data plans and spends is another's.
SOURCE = "story"


async def post(who: Browser, path: str, expected: int = 200, *, version: int | None = None, **sent: Any) -> Any:
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return await body(await who.post(API + path, json=sent, headers=headers), expected)


async def get(who: Browser, path: str, **query: Any) -> Any:
    return await body(await who.get(API + path, params={name: str(value) for name, value in query.items()}), 200)


@dataclass
class Story:
    house: House
    coordinator: Browser
    officer: Browser
    client: int
    application: int

    async def budget(self, provider: int | None, kopecks: int) -> dict[str, Any]:
        """The officer plans it."""
        made = await post(self.officer, "/budgets", 201, provider=provider, year=2026, source=SOURCE)
        return await self.planned(made["id"], kopecks)

    async def planned(self, number: int, kopecks: int) -> dict[str, Any]:
        version = (await get(self.officer, f"/budgets/{number}"))["version"]
        answer = await self.officer.put(
            f"{API}/budgets/{number}", json={"planned_kopecks": kopecks}, headers={"If-Match": f'"{version}"'}
        )
        found: dict[str, Any] = await body(answer, 200)
        return found

    async def money(self, number: int) -> dict[str, int]:
        found = await get(self.officer, f"/budgets/{number}")
        return {kind: found[kind] for kind in ("issued", "reserved", "consumed", "expired") if found[kind]}

    async def issued(self, quantity: int, status: int = 200) -> dict[str, Any]:
        """A certificate for the client; the answer to issuing it, with the code on its paper."""
        made = await post(
            self.officer,
            "/certificates",
            201,
            client=self.client,
            valid_until="2026-12-31",
            lines=[{"code": SERVICE, "quantity": quantity}],
            source=SOURCE,
        )
        number = made["certificate"]["id"] if "certificate" in made else made["id"]
        version = (await get(self.officer, f"/certificates/{number}"))["version"]
        found: dict[str, Any] = await post(self.officer, f"/certificates/{number}/issue", status, version=version)
        return found

    async def chooses(self, certificate: int, provider: int, status: int = 200, **word: Any) -> Any:
        """The holder's word, from a list shown to him just now."""
        shown = await get(self.officer, f"/certificates/{certificate}/providers")
        assert provider in {each["provider"] for each in shown["listing"]["items"]}
        version = (await get(self.officer, f"/certificates/{certificate}"))["version"]
        sent = {"listing": shown["listing"]["id"], "provider": provider, **word}
        return await post(self.officer, f"/certificates/{certificate}/choice", status, version=version, **sent)

    async def left(self, certificate: int) -> dict[str, int]:
        [line] = (await get(self.officer, f"/certificates/{certificate}"))["lines"]
        return {kind: line[kind] for kind in ("available", "reserved", "consumed")}


@pytest.fixture
async def story(ryadom: House) -> Story:
    """Somebody has called the office, which does not know him yet."""
    coordinator, officer = await ryadom.staff("suzun"), await ryadom.staff("officer")
    taken = await post(
        coordinator,
        "/applications",
        201,
        source="phone",
        name="Зинаида Макаровна Лыкова",
        birth_year=1948,
        phone="+7 913 555-77-10",
        service=SERVICE,
        topic="loneliness",
        consent="aloud",
    )
    assert (taken["status"], taken["needs"][0]) == ("new", "unassigned")
    consents = [{"purpose": "processing", "how": "aloud"}, {"purpose": "handover", "how": "aloud"}]
    card = await post(
        coordinator, f"/applications/{taken['id']}/card", version=taken["version"], birth_year=1948, consents=consents
    )
    return Story(ryadom, coordinator, officer, card["client"], taken["id"])


async def assigned(story: Story, specialist: int) -> None:
    version = (await get(story.coordinator, f"/applications/{story.application}"))["version"]
    await post(
        story.coordinator, f"/applications/{story.application}/specialist", version=version, specialist=specialist
    )


async def held(story: Story, certificate: int, *, minutes: float = 40, **booking: Any) -> Visit:
    """A session on the certificate, both present for so long."""
    told = await visit.opened(story.house, client=story.client, certificate=certificate, **booking)
    await told.enters(told.specialist, 0)
    await told.enters(told.client, 0)
    await told.is_let_in(told.client, 0)
    await told.closes(minutes)
    return told


async def test_from_a_call_to_a_signed_act(story: Story) -> None:
    officer = story.officer
    await assigned(story, VORONOVA)
    district, provider = await story.budget(None, 10 * COST), await story.budget(WARM_HOUSE, 10 * COST)

    # The department issues a certificate; its holder reads his code from the paper and chooses an NGO.
    paper = await story.issued(4)
    card = paper["certificate"]["id"]
    assert await story.money(district["id"]) == {"issued": 4 * COST}
    await story.chooses(card, WARM_HOUSE, confirmed_by="code", code=paper["code"])
    assert await story.money(provider["id"]) == {"issued": 4 * COST}

    # Booking reserves, the session consumes.
    told = await visit.opened(
        story.house, client=story.client, certificate=card, application=story.application, specialist=VORONOVA
    )
    assert await story.left(card) == {"available": 3, "reserved": 1, "consumed": 0}
    assert (await get(story.coordinator, f"/applications/{story.application}"))["status"] == "scheduled"
    seen = await get(story.coordinator, f"/bookings/{told.booking}")
    assert (seen["application"], seen["certificate"]["id"]) == (story.application, card)
    await told.enters(told.specialist, 0)
    await told.enters(told.client, 0)
    await told.is_let_in(told.client, 0)
    await told.closes(38)
    assert await story.left(card) == {"available": 3, "reserved": 0, "consumed": 1}
    assert (
        await story.money(district["id"]) == await story.money(provider["id"]) == {"issued": 3 * COST, "consumed": COST}
    )

    # He confirms with one tap; the act takes it and, once signed, stands.
    await post(told.phone, "/join/rendered", 204, agrees=True)
    [line] = (await get(officer, "/rendered", state="confirmed"))["items"]
    assert (line["booking"], line["sum_kopecks"], line["actual_min"]) == (told.booking, COST, 38)
    act = await post(officer, "/acts", provider=WARM_HOUSE, month="2026-11-01")
    [number] = [each["id"] for each in act["items"]]
    seen = await get(officer, f"/acts/{number}")
    signed = await post(officer, f"/acts/{number}/sign", version=seen["version"], signed_for="А. П. Воронцова")
    assert signed["status"] == "signed"
    assert [each["booking"] for each in signed["lines"]] == [told.booking]
    assert signed["sum_kopecks"] == COST


async def test_a_budget_that_is_exhausted_says_what_is_missing(story: Story) -> None:
    await story.budget(None, 4 * COST - 1)
    refused = await story.issued(4, 409)
    assert (refused["code"], refused["of"], refused["missing_kopecks"]) == ("budget_short", "district", 1)
    assert "0,01" in refused["detail"]


async def test_cancelled_in_time_and_a_dead_line_cost_nothing(story: Story) -> None:
    await story.budget(None, 10 * COST)
    fund = await story.budget(SUZUN, 10 * COST)
    card = (await story.issued(2))["certificate"]["id"]
    await story.chooses(card, SUZUN, confirmed_by="aloud")
    told = await visit.opened(story.house, client=story.client, certificate=card, specialist=ORLOVA)
    seen = await get(story.coordinator, f"/bookings/{told.booking}")
    story.house.later(hours=-3)
    await post(story.coordinator, f"/bookings/{told.booking}/cancel", version=seen["version"], reason="client_asked")
    assert await story.left(card) == {"available": 2, "reserved": 0, "consumed": 0}
    again = await visit.opened(story.house, client=story.client, certificate=card, specialist=ORLOVA)
    assert await story.left(card) == {"available": 1, "reserved": 1, "consumed": 0}
    seen = await get(story.coordinator, f"/bookings/{again.booking}")
    again.at(30)
    ended = {"status": "failed_technically", "because": "связь"}
    await post(story.coordinator, f"/bookings/{again.booking}/outcome", version=seen["version"], **ended)
    assert await story.left(card) == {"available": 2, "reserved": 0, "consumed": 0}
    assert await story.money(fund["id"]) == {"issued": 2 * COST}


async def test_another_provider_takes_the_rest_along(story: Story) -> None:
    await story.budget(None, 10 * COST)
    state, ngo = await story.budget(SUZUN, 10 * COST), await story.budget(WARM_HOUSE, 10 * COST)
    card = (await story.issued(3))["certificate"]["id"]
    await story.chooses(card, SUZUN, confirmed_by="aloud")
    await held(story, card, specialist=ORLOVA)
    await story.chooses(card, WARM_HOUSE, confirmed_by="aloud", because="ближе по теме")
    assert await story.money(state["id"]) == {"consumed": COST}
    assert await story.money(ngo["id"]) == {"issued": 2 * COST}
    found = await get(story.coordinator, "/slots", service=SERVICE, specialist=ORLOVA, client=story.client)
    wanted = {"client": story.client, "specialist": ORLOVA, "service": SERVICE, "starts": found["items"][0]["starts"]}
    refused = await post(story.coordinator, "/bookings", 409, **wanted, certificate=card)
    assert (refused["code"], refused.get("provider")) == ("other_provider", "АНО «Тёплый дом»")


async def test_two_versions_of_what_was_so_and_one_that_is_settled(story: Story) -> None:
    await story.budget(None, 10 * COST)
    fund = await story.budget(SUZUN, 10 * COST)
    card = (await story.issued(2))["certificate"]["id"]
    await story.chooses(card, SUZUN, confirmed_by="aloud")
    told = await held(story, card, specialist=ORLOVA)
    await post(told.phone, "/join/rendered", 204, agrees=False, text="Меня никто не слышал", minutes=0)
    disputed = (await get(story.officer, f"/rendered/{told.booking}"))["item"]
    assert disputed["state"] == "disputed"
    assert disputed["client_said"]["text"] == "Меня никто не слышал"
    assert disputed["provider_said"]["minutes"] == 40
    settled = {"favour": "client", "because": "запись связи подтверждает"}
    await post(story.officer, f"/rendered/{told.booking}/settle", version=disputed["version"], **settled)
    assert await story.left(card) == {"available": 2, "reserved": 0, "consumed": 0}
    assert await story.money(fund["id"]) == {"issued": 2 * COST}
