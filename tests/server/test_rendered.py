"""Services rendered: what a session proposes, the client's word, two versions of one session, and who settles them."""

from typing import Any

import pytest
from sqlalchemy import select

from scheduling import ledger
from scheduling.certificates import CertificateLine
from tests.server import visit
from tests.server.certified import COST, by_minutes, certified, confirmed, held, rendered
from tests.server.house import Browser, House, body
from tests.server.visit import Visit


async def of_line(house: House, certificate: int) -> dict[str, int]:
    async with house.centre.database.read() as tx:
        of_it = select(CertificateLine.id).where(CertificateLine.certificate_id == certificate)
        line = (await tx.scalars(of_it)).one()
        return (await ledger.of_lines(tx, [line]))[line]


async def spent(house: House, booking: int) -> list[int]:
    """What every budget has consumed for a booking, kopecks."""
    async with house.centre.database.read() as tx:
        stands = await ledger.of_booking(tx, booking)
    return [kinds.get("consumed", 0) for of, kinds in stands.items() if of.what == "budget"]


async def says(told: Visit, **word: Any) -> None:
    await body(await told.phone.post("/api/v1/join/rendered", json=word), 204)


async def settled(officer: Browser, booking: int, status: int = 200, **how: Any) -> dict[str, Any]:
    version = (await rendered(officer, booking))["version"]
    path = f"/api/v1/rendered/{booking}/settle"
    found: dict[str, Any] = await body(await officer.post(path, json=how, headers={"If-Match": f'"{version}"'}), status)
    return found


async def test_a_session_that_was_held_proposes_itself_with_its_evidence(ryadom: House) -> None:
    certificate = await certified(ryadom)
    told = await held(ryadom, certificate=certificate, minutes=37)
    row = await rendered(told.coordinator, told.booking)
    assert (row["state"], row["sum_kopecks"], row["quantity"], row["actual_min"]) == ("proposed", COST, 1, 37)
    said = row["provider_said"]
    assert (said["minutes"], said["share"], said["mode"], said["by_facts"]) == (37, 925, "video", True)
    assert (await of_line(ryadom, certificate))["consumed"] == 1
    assert await spent(ryadom, told.booking) == [COST, COST]


async def test_a_session_without_a_certificate_stands_in_the_registers_alone(ryadom: House) -> None:
    told = await held(ryadom)
    row = await rendered(told.coordinator, told.booking)
    assert (row["state"], row["certificate"], row["sum_kopecks"], row["quantity"]) == ("proposed", None, 0, 1)


async def test_where_minutes_are_paid_a_short_session_costs_less(ryadom: House) -> None:
    await by_minutes(ryadom)
    told = await held(ryadom, certificate=await certified(ryadom), minutes=31)
    assert (await rendered(told.coordinator, told.booking))["sum_kopecks"] == 36_757
    assert await spent(ryadom, told.booking) == [36_757, 36_757]


async def test_the_client_says_yes_with_one_tap_before_the_room_is_closed(ryadom: House) -> None:
    told = await visit.opened(ryadom, certificate=await certified(ryadom))
    await told.enters(told.specialist, 0)
    await told.enters(told.client, 0)
    await told.is_let_in(told.client, 0)
    await told.leaves(told.client, 38)
    await says(told, agrees=True)
    assert (await rendered(told.coordinator, told.booking))["state"] == "withdrawn"
    await told.closes(40)
    row = await rendered(told.coordinator, told.booking)
    assert (row["state"], row["confirmed_how"], row["actual_min"]) == ("confirmed", "tap", 38)


async def test_the_clients_last_word_counts(ryadom: House) -> None:
    told = await held(ryadom, certificate=await certified(ryadom))
    await says(told, agrees=False, text="Связь пропала", minutes=10)
    assert (await rendered(told.coordinator, told.booking))["state"] == "disputed"
    await says(told, agrees=True)
    row = await rendered(told.coordinator, told.booking)
    assert (row["state"], row["client_said"]["agrees"]) == ("confirmed", True)


async def test_a_guest_has_no_word_about_it(ryadom: House) -> None:
    told = await visit.opened(ryadom)
    await told.invites()
    guest = told.house.browser()
    asked = await told.coordinator.post(f"{told.path}/seats", json={"role": "companion", "name": "Внук"})
    code = (await body(asked, 201))["code"]["digits"]
    await body(await guest.post("/api/v1/join", json={"code": code}), 200)
    refused = await body(await guest.post("/api/v1/join/rendered", json={"agrees": True}), 403)
    assert refused["code"] == "not_permitted"


async def test_nothing_is_said_about_a_session_before_its_hour(ryadom: House) -> None:
    told = await visit.opened(ryadom)
    told.at(-10)
    early = await body(await told.phone.post("/api/v1/join/rendered", json={"agrees": True}), 409)
    assert early["code"] == "not_over_yet"
    assert await rendered(told.coordinator, told.booking) is None


async def test_the_coordinator_confirms_by_the_code_the_client_dictates(ryadom: House) -> None:
    told = await held(ryadom, certificate=await certified(ryadom))
    path = f"/api/v1/rendered/{told.booking}/confirm"
    other = f"{(int(told.code) + 1) % 10**6:06}"
    version = {"If-Match": f'"{(await rendered(told.coordinator, told.booking))["version"]}"'}
    wrong = await body(await told.coordinator.post(path, json={"how": "code", "code": other}, headers=version), 422)
    assert wrong["errors"][0]["field"] == "code"
    right = await body(await told.coordinator.post(path, json={"how": "code", "code": told.code}, headers=version), 200)
    assert (right["state"], right["confirmed_how"]) == ("confirmed", "code")


async def test_codes_are_not_guessed(ryadom: House) -> None:
    told = await held(ryadom)
    version = {"If-Match": f'"{(await rendered(told.coordinator, told.booking))["version"]}"'}
    path = f"/api/v1/rendered/{told.booking}/confirm"
    guesses = [f"{(int(told.code) + n) % 10**6:06}" for n in range(1, 11)]
    for guess in guesses:
        await body(await told.coordinator.post(path, json={"how": "code", "code": guess}, headers=version), 422)
    sent = {"how": "code", "code": told.code}
    late = await body(await told.coordinator.post(path, json=sent, headers=version), 429)
    assert late["code"] == "too_many_tries"


async def test_who_was_late_is_told_what_moved(ryadom: House) -> None:
    told = await held(ryadom)
    await says(told, agrees=True)
    path = f"/api/v1/rendered/{told.booking}/confirm"
    stale = await told.coordinator.post(path, json={"how": "coordinator"}, headers={"If-Match": '"1"'})
    assert (await body(stale, 412))["code"] == "version_moved"


@pytest.mark.parametrize(
    ("how", "minutes", "kopecks"),
    [
        ({"favour": "provider"}, 40, COST),
        ({"favour": "client"}, 20, 23_715),
        ({"favour": "other", "minutes": 30}, 30, 35_572),
        ({"favour": "other", "minutes": 0}, 0, 0),
    ],
)
async def test_the_officer_settles_two_versions_and_the_money_follows(
    ryadom: House, how: dict[str, Any], minutes: int, kopecks: int
) -> None:
    await by_minutes(ryadom)
    certificate = await certified(ryadom)
    told = await held(ryadom, certificate=certificate)
    await says(told, agrees=False, text="Двадцать минут, потом ничего не было слышно", minutes=20)
    officer = await ryadom.staff("officer")
    before = await body(await officer.get("/api/v1/rendered", params={"state": "disputed"}), 200)
    assert [each["booking"] for each in before["items"]] == [told.booking]
    row = await settled(officer, told.booking, **how, because="Прослушан журнал комнаты")
    assert (row["state"], row["actual_min"], row["sum_kopecks"]) == ("settled", minutes, kopecks)
    assert (row["client_said"]["minutes"], row["provider_said"]["minutes"]) == (20, 40), "both versions stay"
    assert row["settled"]["by"] == "Елена Михайловна Титова"
    assert await spent(ryadom, told.booking) == [kopecks, kopecks]
    assert (await of_line(ryadom, certificate))["consumed"] == (1 if minutes else 0)


async def test_what_the_client_did_not_say_cannot_be_taken_for_his_version(ryadom: House) -> None:
    told = await held(ryadom)
    await says(told, agrees=False, text="Меня никто не слышал")
    officer = await ryadom.staff("officer")
    refused = await settled(officer, told.booking, 422, favour="client", because="Верю получателю")
    assert refused["errors"][0]["field"] == "minutes"


async def test_only_a_dispute_is_settled_and_only_by_the_officer(ryadom: House) -> None:
    told = await held(ryadom)
    officer = await ryadom.staff("officer")
    refused = await settled(officer, told.booking, 409, favour="provider", because="На всякий случай")
    assert (refused["code"], refused["rendered_state"]) == ("rendered_not_open", "proposed")
    await says(told, agrees=False)
    sent = {"favour": "provider", "because": "Сама и решу"}
    path = f"/api/v1/rendered/{told.booking}/settle"
    await body(await told.coordinator.post(path, json=sent, headers={"If-Match": '"3"'}), 403)


async def test_a_settled_dispute_is_not_opened_by_a_tap(ryadom: House) -> None:
    told = await held(ryadom)
    await says(told, agrees=False, minutes=0)
    await settled(await ryadom.staff("officer"), told.booking, favour="provider", because="Есть запись журнала")
    late = await told.phone.post("/api/v1/join/rendered", json={"agrees": False})
    assert (await body(late, 409))["code"] == "rendered_not_open"


async def test_an_outcome_corrected_takes_the_proposal_back_and_brings_it_again(ryadom: House) -> None:
    certificate = await certified(ryadom)
    told = await held(ryadom, certificate=certificate)
    await says(told, agrees=True)
    for status, state, consumed in (("failed_technically", "withdrawn", 0), ("took_place", "confirmed", 1)):
        version = (await told.booking_now())["version"]
        sent = {"status": status, "because": "По словам обоих"}
        headers = {"If-Match": f'"{version}"'}
        await body(await told.coordinator.post(f"{told.path}/outcome", json=sent, headers=headers), 200)
        assert (await rendered(told.coordinator, told.booking))["state"] == state
        assert (await of_line(ryadom, certificate))["consumed"] == consumed


async def test_a_persons_word_against_the_facts_is_marked(ryadom: House) -> None:
    told = await visit.opened(ryadom, certificate=await certified(ryadom))
    told.at(50)
    headers = {"If-Match": f'"{(await told.booking_now())["version"]}"'}
    sent = {"status": "took_place", "because": "Говорили по телефону"}
    await body(await told.coordinator.post(f"{told.path}/outcome", json=sent, headers=headers), 200)
    row = await rendered(told.coordinator, told.booking)
    assert (row["state"], row["provider_said"]["by_facts"], row["actual_min"]) == ("proposed", False, 0)


async def test_what_nobody_confirms_for_a_week_is_listed_and_never_confirms_itself(ryadom: House) -> None:
    told = await held(ryadom, certificate=await certified(ryadom))
    ryadom.later(days=9)
    coordinator = await ryadom.staff("suzun")
    listed = await body(await coordinator.get("/api/v1/rendered"), 200)
    assert [(each["booking"], each["overdue"]) for each in listed["items"]] == [(told.booking, True)]
    assert (listed["counts"]["proposed"], listed["counts"]["overdue"]) == (1, 1)
    assert (await confirmed(coordinator, told.booking))["state"] == "confirmed"


async def test_another_district_knows_nothing_of_it(ryadom: House) -> None:
    told = await held(ryadom)
    kuybyshev = await ryadom.staff("kuybyshev")
    await body(await kuybyshev.get(f"/api/v1/rendered/{told.booking}"), 404)
    assert (await body(await kuybyshev.get("/api/v1/rendered"), 200))["items"] == []
    orlova, zimin = await ryadom.staff("orlova"), await ryadom.staff("zimin")
    assert (await rendered(orlova, told.booking))["booking"] == told.booking
    await body(await zimin.get(f"/api/v1/rendered/{told.booking}"), 404)
