"""How a session ended, from the room's events to the word of a person, on both engines."""

from datetime import datetime, timedelta

import pytest

from tests.server.house import House, body
from tests.server.visit import BAD, GOOD, Visit, opened


async def talked(visit: Visit, minutes: float) -> None:
    await visit.enters(visit.client, 0)
    await visit.enters(visit.specialist, 0)
    await visit.is_let_in(visit.client, 1)
    await visit.closes(1 + minutes)


def codes(ending: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["code"] for each in ending["evidence"]]


async def test_a_talk_took_place_by_itself_and_a_person_confirms_it(ryadom: House) -> None:
    visit = await opened(ryadom)
    await talked(visit, 38)
    ending = await visit.ending()
    assert (ending["proposal"], ending["status"], ending["confirmed"]) == ("took_place", "took_place", None)
    told = ending["evidence"][0]
    assert (told["code"], told["minutes"], told["of"], told["mode"]) == ("both_present", 38, 40, "video")
    known = {"If-Match": f'"{ending["version"]}"'}
    await body(await visit.coordinator.post(f"{visit.path}/outcome", json={"status": "took_place"}, headers=known), 200)
    said = (await visit.ending())["confirmed"]
    assert (said["outcome"], said["by"], said["because"]) == ("took_place", "Ирина Павловна Соколова", "")


async def test_a_person_corrects_what_was_noted_and_says_why(ryadom: House) -> None:
    visit = await opened(ryadom)
    await talked(visit, 5)
    known = {"If-Match": f'"{(await visit.ending())["version"]}"'}
    asked = {"status": "failed_technically", "because": "Слышно не было, говорили жестами"}
    settled = await body(await visit.coordinator.post(f"{visit.path}/outcome", json=asked, headers=known), 200)
    assert settled["status"] == "failed_technically"
    ending = await visit.ending()
    assert (ending["proposal"], ending["confirmed"]["because"]) == ("took_place", asked["because"])
    history = (await body(await visit.coordinator.get(f"{visit.path}/history"), 200))["items"]
    assert [each["what"] for each in history] == ["booked", "took_place", "failed_technically"]
    stale = await visit.coordinator.post(f"{visit.path}/outcome", json=asked, headers=known)
    assert stale.status == 412


async def test_every_outcome_can_be_noted(ryadom: House) -> None:
    visit = await opened(ryadom)
    await talked(visit, 0.2)
    for status in ("missed", "client_gave_up", "specialist_late", "failed_technically", "took_place"):
        known = {"If-Match": f'"{(await visit.ending())["version"]}"'}
        settled = await visit.coordinator.post(f"{visit.path}/outcome", json={"status": status}, headers=known)
        assert (await body(settled, 200))["status"] == status
        assert (await visit.ending())["confirmed"]["outcome"] == status


@pytest.mark.parametrize("mode", ["phone", "in_person"])
async def test_what_was_held_elsewhere_is_not_called_missed(ryadom: House, mode: str) -> None:
    """No room was needed, so an empty one says nothing; what she notes counts as it was booked."""
    coordinator = await ryadom.staff("suzun")
    slots = await body(await coordinator.get("/api/v1/slots", params={"service": "1739", "specialist": "1"}), 200)
    wish = {"client": 2, "specialist": 1, "service": "1739", "starts": slots["items"][0]["starts"], "mode": mode}
    booking = (await body(await coordinator.post("/api/v1/bookings", json=wish), 201))["booking"]
    ryadom.at(datetime.fromisoformat(booking["ends"]))
    path = f"/api/v1/bookings/{booking['id']}"
    ending = await body(await coordinator.get(f"{path}/outcome"), 200)
    assert (ending["proposal"], ending["evidence"]) == (None, [])
    known = {"If-Match": f'"{ending["version"]}"'}
    await body(await coordinator.post(f"{path}/outcome", json={"status": "took_place"}, headers=known), 200)
    said = (await body(await coordinator.get(f"/api/v1/rendered/{booking['id']}"), 200))["item"]["provider_said"]
    assert (said["minutes"], said["mode"], said["by_facts"]) == (40, mode, False)


async def test_two_who_sat_side_by_side_unheard_held_no_session(ryadom: House) -> None:
    """Nobody was let in: what stood in the journal before as "both present" is not a talk."""
    visit = await opened(ryadom)
    await visit.enters(visit.client, 0)
    await visit.enters(visit.specialist, 1)
    await visit.closes(12)
    assert (await visit.booking_now())["status"] == "booked"
    ending = await visit.ending()
    assert ending["proposal"] == "specialist_late"
    assert "not_let_in" in codes(ending)


async def test_a_dead_line_is_a_technical_failure_and_never_the_clients_fault(ryadom: House) -> None:
    visit = await opened(ryadom, service="1741")
    await visit.enters(visit.client, 0)
    await visit.enters(visit.specialist, 0)
    await visit.is_let_in(visit.client, 1)
    for away, back in ((3, 5), (8, 10)):
        await visit.reports(visit.client, away - 0.1, **BAD)
        await visit.is_lost(visit.client, away)
        await visit.enters(visit.client, back)
    await visit.is_lost(visit.client, 12)
    await visit.closes(15)
    ending = await visit.ending()
    assert (ending["proposal"], (await visit.booking_now())["status"]) == ("failed_technically", "booked")
    dead = next(each for each in ending["evidence"] if each["code"] == "client_line_dead")
    assert (dead["times"], dead["minutes"]) == (3, 7)
    assert "too_short" in codes(ending), "1741 asks for half of its forty minutes together"


async def test_a_client_who_waited_in_vain_is_not_called_absent(ryadom: House) -> None:
    visit = await opened(ryadom)
    await visit.enters(visit.client, -3)
    await visit.leaves(visit.client, 14)
    await visit.passes(50)
    ending = await visit.ending()
    assert (ending["proposal"], codes(ending)) == (
        "specialist_late",
        ["client_waited", "client_left", "specialist_never_came"],
    )


async def test_what_went_on_by_telephone_counts_with_the_clients_page_closed(ryadom: House) -> None:
    visit = await opened(ryadom, service="1741")
    await visit.enters(visit.client, 0)
    await visit.enters(visit.specialist, 0)
    await visit.is_let_in(visit.client, 1)
    await visit.goes_by_phone(5)
    await visit.is_lost(visit.client, 6)
    await visit.closes(38)
    ending = await visit.ending()
    assert (ending["proposal"], (await visit.booking_now())["status"]) == ("took_place", "took_place")
    told = {each["code"]: each for each in ending["evidence"]}
    assert (told["both_present"]["minutes"], told["both_present"]["mode"]) == (37, "phone")
    assert told["by_phone"]["minutes"] == 33
    journal = await body(await visit.coordinator.get(f"{visit.path}/journal"), 200)
    assert {each["mode"] for each in journal["presences"] if each["role"] == "specialist"} == {"video", "phone"}
    assert [each["data"] for each in journal["events"] if each["kind"] == "phone"] == [{"on": True}]
    assert journal["states"] == ["waiting", "live", "closed"]


async def test_the_ending_is_asked_for_from_the_start_on(ryadom: House) -> None:
    visit = await opened(ryadom)
    visit.at(-1)
    early = await body(await visit.coordinator.get(f"{visit.path}/outcome"), 409)
    assert early["code"] == "not_over_yet"
    await talked(visit, 2)
    visit.at(5)
    assert (await visit.ending())["proposal"] == "took_place"


async def test_a_talk_before_its_hour_can_be_confirmed_at_once(ryadom: House) -> None:
    visit = await opened(ryadom)
    await visit.enters(visit.client, -14)
    await visit.enters(visit.specialist, -14)
    await visit.is_let_in(visit.client, -13)
    await visit.closes(-3)
    ending = await visit.ending()
    assert (ending["proposal"], ending["status"]) == ("took_place", "took_place")
    known = {"If-Match": f'"{ending["version"]}"'}
    said = await visit.coordinator.post(f"{visit.path}/outcome", json={"status": "took_place"}, headers=known)
    assert (await body(said, 200))["status"] == "took_place"


async def test_a_cancelled_booking_has_no_ending(ryadom: House) -> None:
    visit = await opened(ryadom)
    known = {"If-Match": f'"{(await visit.booking_now())["version"]}"'}
    gone = await visit.coordinator.post(f"{visit.path}/cancel", json={"reason": "office"}, headers=known)
    assert gone.status == 200
    assert (await body(await visit.coordinator.get(f"{visit.path}/outcome"), 409))["code"] == "booking_not_open"


async def test_what_was_said_before_a_move_is_no_part_of_the_session(ryadom: House) -> None:
    visit = await opened(ryadom)
    await visit.enters(visit.client, 0)
    await visit.enters(visit.specialist, 0)
    await visit.is_let_in(visit.client, 1)
    await visit.passes(9)
    known = {"If-Match": f'"{(await visit.booking_now())["version"]}"'}
    later = {"starts": (visit.starts + timedelta(days=7)).isoformat()}
    assert (await visit.coordinator.post(f"{visit.path}/move", json=later, headers=known)).status == 200
    visit.at(7 * 24 * 60 + 20)
    visit.coordinator = await ryadom.staff("suzun")
    ending = await visit.ending()
    assert (ending["proposal"], codes(ending)) == ("missed", ["client_opened", "specialist_never_came"])


async def test_a_guest_beside_the_specialist_makes_no_session_of_it(ryadom: House) -> None:
    """The daughter came and talked, her mother never did."""
    visit = await opened(ryadom)
    daughter = await visit.invites()
    await visit.enters(visit.specialist, 0)
    await visit.enters(daughter, 0)
    await visit.is_let_in(daughter, 1)
    await visit.reports(visit.specialist, 5, **GOOD)
    await visit.closes(20)
    assert (await visit.ending())["proposal"] != "took_place"
    assert (await visit.booking_now())["status"] == "booked"


async def test_a_seat_taken_back_in_the_middle_leaves_the_room_and_stays_in_the_journal(ryadom: House) -> None:
    visit = await opened(ryadom)
    daughter = await visit.invites()
    for seat in (visit.specialist, visit.client, daughter):
        await visit.enters(seat, 0)
    for guest in (visit.client, daughter):
        await visit.is_let_in(guest, 1)
    await visit.passes(5)
    await body(await visit.coordinator.delete(f"{visit.path}/seats/{daughter.seat}"), 204)
    assert [seat.role for seat in (await visit.desk.look(visit.booking)).seats] == ["specialist", "client"]
    await visit.is_lost(daughter, 6)
    journal = await body(await visit.coordinator.get(f"{visit.path}/journal"), 200)
    hers = [each for each in journal["presences"] if each["role"] == "relative"]
    assert [datetime.fromisoformat(each["left_at"]) for each in hers] == [visit.starts + timedelta(minutes=5)]
    told = [each["kind"] for each in journal["events"] if each["role"] == "relative"]
    assert told == ["invited", "entered", "admitted", "saw_media", "left", "revoked"]


async def test_a_server_that_was_away_over_the_end_blames_nobody(ryadom: House) -> None:
    """Dead at minute 10 of 40, back long after the end: the first sweep closes the room, and saw nobody leave."""
    visit = await opened(ryadom, service="1741")
    await visit.enters(visit.client, 0)
    await visit.enters(visit.specialist, 0)
    await visit.is_let_in(visit.client, 1)
    for seat in (visit.client, visit.specialist):
        await visit.reports(seat, 10, **GOOD)
    await visit.is_closed_by_the_clock(90)
    assert (await visit.ending())["proposal"] == "failed_technically"
