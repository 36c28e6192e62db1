"""A client's own hand on his booking: what he is offered, what a change means for all others, and who may not."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import update

from scheduling.people import District
from tests.server.house import Browser, House, body, booked

ZONE = ZoneInfo("Asia/Novosibirsk")
TIMES = "/api/v1/join/times"
ORLOVA = {"service": "1739", "specialist": "1", "from": "2026-11-23", "limit": "200"}


async def own(house: House, *, starts: str | None = None) -> tuple[Browser, dict[str, Any]]:
    """A phone that has opened the link of a booking, days before its hour; and the booking with code and link."""
    made = await booked(await house.staff("suzun"), starts=starts or await free(house, nth=-1))
    phone = house.browser()
    await body(await phone.post("/api/v1/join", json={"secret": made["link"].partition("#")[2]}), 200)
    return phone, made


async def free(house: House, *, nth: int) -> str:
    """A time at which anybody could be booked with Orlova."""
    return (await offered(house))[nth]


async def offered(house: House) -> list[str]:
    found = await body(await (await house.staff("suzun")).get("/api/v1/slots", params=ORLOVA), 200)
    return [slot["starts"] for slot in found["items"]]


async def change(phone: Browser, what: str, version: int, starts: str | None = None, key: str = "") -> Any:
    headers = {"If-Match": f'"{version}"'} | ({"Idempotency-Key": key} if key else {})
    return await phone.post(f"/api/v1/join/{what}", json={"starts": starts} if starts else {}, headers=headers)


async def seen_by(house: House, login: str, number: int) -> dict[str, Any]:
    found: dict[str, Any] = await body(await (await house.staff(login)).get(f"/api/v1/bookings/{number}"), 200)
    return found


def starts_of(times: dict[str, Any]) -> list[str]:
    return [each for day in times["days"] for each in day["starts"]]


async def test_he_is_offered_few_times_on_few_days(ryadom: House) -> None:
    phone, made = await own(ryadom)
    times = await body(await phone.get(TIMES), 200)
    assert len(times["days"]) == 10
    assert times["may_change"]
    assert times["none_because"] is None
    for day in times["days"]:
        walls = [datetime.fromisoformat(each).astimezone(ZONE) for each in day["starts"]]
        assert {f"{wall:%Y-%m-%d}" for wall in walls} == {day["day"]}
        halves = [(wall.hour, wall.minute // 30) for wall in walls]
        assert halves == sorted(set(halves)), "one time of each half of an hour"
    assert made["booking"]["starts"] not in starts_of(times), "what he has already is no choice"
    before = {each for each in starts_of(times) if each < made["booking"]["starts"][:10]}
    assert before
    assert before < set(await offered(ryadom)), "what others could have as well"


async def test_later_days_go_on_where_the_first_ones_ended(ryadom: House) -> None:
    phone, _ = await own(ryadom)
    first = await body(await phone.get(TIMES), 200)
    later = await body(await phone.get(TIMES, params={"from": first["more_from"]}), 200)
    assert later["days"][0]["day"] == first["more_from"] > first["days"][-1]["day"]


async def test_days_are_those_of_his_own_calendar(ryadom: House) -> None:
    """What is Tuesday morning for the specialist is Monday afternoon for him."""
    async with ryadom.centre.database.write() as tx:
        await tx.execute(update(District).where(District.id == 1).values(zone="America/Adak"))
    phone, _ = await own(ryadom)
    times = await body(await phone.get(TIMES), 200)
    assert times["zone"] == "America/Adak"
    adak = ZoneInfo("America/Adak")
    for day in times["days"]:
        instants = [datetime.fromisoformat(each) for each in day["starts"]]
        assert {f"{each.astimezone(adak):%Y-%m-%d}" for each in instants} == {day["day"]}
        assert {f"{each.astimezone(ZONE) - timedelta(days=1):%Y-%m-%d}" for each in instants} == {day["day"]}


async def test_his_move_is_seen_by_all_and_frees_the_old_time(ryadom: House) -> None:
    phone, made = await own(ryadom)
    old, number = made["booking"]["starts"], made["booking"]["id"]
    wanted = starts_of(await body(await phone.get(TIMES), 200))[-1]
    moved = await body(await change(phone, "move", made["booking"]["version"], wanted), 200)
    assert (moved["starts"], moved["version"]) == (wanted, made["booking"]["version"] + 1)
    for login in ("suzun", "orlova"):
        assert (await seen_by(ryadom, login, number))["starts"] == wanted
    now_free = await offered(ryadom)
    assert old in now_free
    assert wanted not in now_free


async def test_code_link_and_phone_go_on_to_the_new_time(ryadom: House) -> None:
    phone, made = await own(ryadom, starts=await free(ryadom, nth=40))
    wanted = starts_of(await body(await phone.get(TIMES, params={"from": "2026-12-18"}), 200))[-1]
    await body(await change(phone, "move", 1, wanted), 200)
    ryadom.at(datetime.fromisoformat(wanted))
    known = await body(await phone.get("/api/v1/join"), 200)
    assert known["starts"] == wanted
    await body(await phone.post("/api/v1/join", json={"code": made["code"]["digits"]}), 200)
    await body(await phone.post("/api/v1/join", json={"secret": made["link"].partition("#")[2]}), 200)


async def test_a_phone_keeps_its_seat_when_the_office_moves_the_booking(ryadom: House) -> None:
    """It may ask for the first time long after the day on which the booking would have been over."""
    phone, made = await own(ryadom, starts=await free(ryadom, nth=40))
    office = await ryadom.staff("suzun")
    wanted = (await offered(ryadom))[-1]
    path = f"/api/v1/bookings/{made['booking']['id']}/move"
    await body(await office.post(path, json={"starts": wanted}, headers={"If-Match": '"1"'}), 200)
    ryadom.at(datetime.fromisoformat(wanted))
    assert (await body(await phone.get("/api/v1/join"), 200))["starts"] == wanted


async def test_a_change_that_is_sent_twice_is_done_once(ryadom: House) -> None:
    """The line died before the answer came; the phone sends the same again."""
    phone, made = await own(ryadom)
    wanted = starts_of(await body(await phone.get(TIMES), 200))[0]
    first = await body(await change(phone, "move", 1, wanted, key="one-wish"), 200)
    again = await body(await change(phone, "move", 1, wanted, key="one-wish"), 200)
    assert again == first
    journal = (await seen_by(ryadom, "suzun", made["booking"]["id"]))["version"]
    assert journal == 2


async def test_shortly_before_he_is_told_whom_to_call(ryadom: House) -> None:
    phone, made = await own(ryadom)
    starts = datetime.fromisoformat(made["booking"]["starts"])
    ryadom.at(starts - timedelta(minutes=180))
    assert (await body(await phone.get(TIMES), 200))["may_change"]
    ryadom.later(seconds=1)
    times = await body(await phone.get(TIMES), 200)
    assert not times["may_change"]
    for what, wish in (("move", starts_of(times)[0]), ("cancel", None)):
        refused = await body(await change(phone, what, 1, wish), 409)
        assert refused["code"] == "change_too_late"
        assert refused["office_phone"] == "+7 383 462-11-40"
        assert datetime.fromisoformat(refused["until"]) == starts - timedelta(minutes=180)
    said = await body(await change(phone, "confirm", 1), 200)
    assert said["status"] == "confirmed", "that he comes he may say until he comes"


async def test_three_times_nearby_when_another_was_faster(ryadom: House) -> None:
    phone, made = await own(ryadom)
    wanted = starts_of(await body(await phone.get(TIMES), 200))[20]
    await booked(await ryadom.staff("suzun"), client=1, starts=wanted)
    refused = await body(await change(phone, "move", 1, wanted), 409)
    assert refused["code"] == "slot_taken"
    near = [datetime.fromisoformat(each["starts"]) for each in refused["alternatives"]]
    assert len(near) == 3
    assert near == sorted(near)
    assert all(abs(each - datetime.fromisoformat(wanted)) <= timedelta(hours=3) for each in near)
    assert (await seen_by(ryadom, "suzun", made["booking"]["id"]))["starts"] == made["booking"]["starts"]
    await body(await change(phone, "move", 1, refused["alternatives"][1]["starts"]), 200)


async def test_who_looked_at_an_older_booking_changes_nothing(ryadom: House) -> None:
    phone, made = await own(ryadom)
    wanted, other = starts_of(await body(await phone.get(TIMES), 200))[:2]
    path = f"/api/v1/bookings/{made['booking']['id']}/move"
    office = await ryadom.staff("suzun")
    await body(await office.post(path, json={"starts": wanted}, headers={"If-Match": '"1"'}), 200)
    for what, wish in (("move", other), ("cancel", None), ("confirm", None)):
        assert (await body(await change(phone, what, 1, wish), 412))["code"] == "version_moved"
    assert (await seen_by(ryadom, "suzun", made["booking"]["id"]))["starts"] == wanted


async def test_a_cancelled_booking_is_gone_for_good(ryadom: House) -> None:
    phone, made = await own(ryadom)
    old = made["booking"]["starts"]
    gone = await body(await change(phone, "cancel", 1), 200)
    assert gone["status"] == "cancelled"
    assert old in await offered(ryadom)
    times = await body(await phone.get(TIMES), 200)
    assert (times["status"], times["may_change"]) == ("cancelled", False)
    for what, wish in (("move", old), ("cancel", None), ("confirm", None)):
        assert (await body(await change(phone, what, 2, wish), 409))["code"] == "booking_not_open"
    assert (await seen_by(ryadom, "orlova", made["booking"]["id"]))["status"] == "cancelled"


async def test_a_guest_changes_nothing_of_the_booking(ryadom: House) -> None:
    _, made = await own(ryadom)
    office = await ryadom.staff("suzun")
    number, client = made["booking"]["id"], made["booking"]["client"]["id"]
    agreed = {"purpose": "third_person", "how": "aloud"}
    await body(await office.post(f"/api/v1/clients/{client}/consents", json=agreed), 201)
    for role, name in (("companion", "Сопровождающая"), ("interpreter", "Переводчица")):
        guest = await body(
            await office.post(f"/api/v1/bookings/{number}/seats", json={"role": role, "name": name}), 201
        )
        phone = ryadom.browser()
        await body(await phone.post("/api/v1/join", json={"secret": guest["link"].partition("#")[2]}), 200)
        assert (await body(await phone.get(TIMES), 403))["code"] == "not_permitted"
        for what, wish in (("move", made["booking"]["starts"]), ("cancel", None), ("confirm", None)):
            assert (await body(await change(phone, what, 1, wish), 403))["code"] == "not_permitted"
    assert (await seen_by(ryadom, "suzun", number))["status"] == "booked"


async def test_where_nothing_is_free_he_is_told_why_and_from_when_on_something_is(ryadom: House) -> None:
    phone, _ = await own(ryadom)
    away = {"starts": "2026-11-20T00:00:00Z", "ends": "2027-01-04T00:00:00Z", "kind": "vacation"}
    orlova = await ryadom.staff("orlova")
    await body(await orlova.post("/api/v1/specialists/1/absences", json=away), 201)
    times = await body(await phone.get(TIMES), 200)
    assert (times["days"], times["none_because"]) == ([], "absent")
    later = await body(await phone.get(TIMES, params={"from": times["more_from"]}), 200)
    assert later["days"][0]["day"] == times["more_from"] >= "2027-01-04"
