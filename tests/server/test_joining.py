"""Codes and links: when they work, for whom, and what a person is told when they do not."""

import asyncio
from datetime import datetime, timedelta

from scheduling import joincodes, sessions, tries
from tests.server.house import Browser, House, body, booked


async def made(house: House) -> tuple[Browser, dict[str, str], datetime, datetime]:
    """A booking: the coordinator, the door's two keys, its start and end."""
    coordinator = await house.staff("suzun")
    answer = await booked(coordinator)
    keys = {"code": answer["code"]["digits"], "secret": answer["link"].partition("#")[2]}
    starts, ends = (datetime.fromisoformat(answer["booking"][name]) for name in ("starts", "ends"))
    return coordinator, keys, starts, ends


async def test_the_code_opens_the_door_from_thirty_minutes_before_to_the_end(ryadom: House) -> None:
    _, keys, starts, ends = await made(ryadom)
    door = {"code": keys["code"]}
    ryadom.at(starts - timedelta(minutes=31))
    early = await body(await ryadom.browser().post("/api/v1/join", json=door), 409)
    assert early["code"] == "join_too_early"
    assert datetime.fromisoformat(early["opens_at"]) == starts - timedelta(minutes=30)
    assert early["zone"] == "Asia/Novosibirsk"
    assert early["office_phone"].startswith("+7")
    ryadom.at(ends)
    assert (await body(await ryadom.browser().post("/api/v1/join", json=door), 410))["code"] == "join_too_late"
    ryadom.at(starts - timedelta(minutes=30))
    visit = await body(await ryadom.browser().post("/api/v1/join", json=door), 200)
    assert visit["specialist"]["name"] == "Марина Сергеевна Орлова"
    assert "Лапин" not in str(visit), "whoever holds a code does not learn the client's name"


async def test_digits_may_come_as_people_write_them(ryadom: House) -> None:
    _, keys, starts, _ = await made(ryadom)
    ryadom.at(starts)
    dictated = f" {keys['code'][:3]}-{keys['code'][3:]} "
    await body(await ryadom.browser().post("/api/v1/join", json={"code": dictated}), 200)


async def test_the_link_works_from_the_booking_on_but_the_socket_waits(ryadom: House) -> None:
    _, keys, starts, _ = await made(ryadom)
    phone = ryadom.browser()
    await body(await phone.post("/api/v1/join", json={"secret": keys["secret"]}), 200)
    assert (await body(await phone.post("/api/v1/join/ticket"), 409))["code"] == "join_too_early"
    ryadom.at(starts - timedelta(minutes=20))
    ticket = await body(await phone.post("/api/v1/join/ticket"), 200)
    assert len(ticket["ticket"]) >= 32


async def test_a_seat_stays_with_its_device(ryadom: House) -> None:
    _, keys, starts, _ = await made(ryadom)
    ryadom.at(starts)
    first, second = ryadom.browser(), ryadom.browser()
    await body(await first.post("/api/v1/join", json={"code": keys["code"]}), 200)
    taken = await body(await second.post("/api/v1/join", json={"code": keys["code"]}), 409)
    assert taken["code"] == "used_elsewhere"
    await body(await first.post("/api/v1/join", json={"code": keys["code"]}), 200)
    await body(await first.get("/api/v1/join"), 200)


async def test_another_device_waits_for_the_specialists_word(ryadom: House) -> None:
    _, keys, starts, _ = await made(ryadom)
    ryadom.at(starts)
    first, second = ryadom.browser(), ryadom.browser()
    await body(await first.post("/api/v1/join", json={"code": keys["code"]}), 200)
    asked = await body(await second.post("/api/v1/join/takeover", json={"code": keys["code"]}), 202)
    place = f"/api/v1/join/takeover/{asked['request']}"
    assert await body(await second.get(place), 200) == {"state": "asked"}
    assert (await second.get("/api/v1/join")).status == 401
    assert (await first.get(place)).status == 404
    async with ryadom.centre.database.write() as tx:
        request = await tx.get_one(joincodes.Takeover, asked["request"])
        seat = await tx.get_one(joincodes.Seat, request.seat_id)
        await joincodes.decide_takeover(tx, request.id, booking_id=seat.booking_id, allow=True, now=ryadom.now)
    assert await body(await second.get(place), 200) == {"state": "allowed"}
    await body(await second.get("/api/v1/join"), 200)
    assert (await first.get("/api/v1/join")).status == 401


async def test_a_new_code_ends_the_old_one(ryadom: House) -> None:
    coordinator, keys, starts, _ = await made(ryadom)
    ryadom.at(starts)
    phone = ryadom.browser()
    visit = await body(await phone.post("/api/v1/join", json={"code": keys["code"]}), 200)
    fresh = await body(await coordinator.post(f"/api/v1/bookings/{visit['booking']}/code"), 200)
    assert (await phone.get("/api/v1/join")).status == 401
    assert (await ryadom.browser().post("/api/v1/join", json={"code": keys["code"]})).status == 404
    await body(await ryadom.browser().post("/api/v1/join", json={"code": fresh["code"]["digits"]}), 200)


async def test_one_phone_holds_the_seats_of_all_its_bookings(ryadom: House) -> None:
    """Opening next week's link to test the line must not lose today's seat."""
    coordinator, keys, starts, _ = await made(ryadom)
    other = (await booked(coordinator, client=2))["link"].partition("#")[2]
    ryadom.at(starts)
    phone = ryadom.browser()
    for secret in (keys["secret"], other, keys["secret"], other):
        await body(await phone.post("/api/v1/join", json={"secret": secret}), 200)
    stranger = ryadom.browser()
    assert (await stranger.post("/api/v1/join", json={"secret": other})).status == 409


async def test_a_link_opened_weeks_ahead_still_opens_its_seat_on_the_day(ryadom: House) -> None:
    _, keys, starts, ends = await made(ryadom)
    ryadom.at(starts - timedelta(days=20))
    phone = ryadom.browser()
    answer = await phone.post("/api/v1/join", json={"secret": keys["secret"]})
    assert int(answer.cookies["ryadom_seat"]["max-age"]) > 300 * 86400
    ryadom.at(ends + timedelta(hours=20))
    seat = f"ryadom_seat={answer.cookies['ryadom_seat'].value}"  # the test's jar counts time by another clock
    await body(await ryadom.browser().get("/api/v1/join", headers={"Cookie": seat}), 200)
    ryadom.at(ends + timedelta(hours=26))
    await body(await ryadom.browser().get("/api/v1/join", headers={"Cookie": seat}), 401)


async def test_a_code_of_a_far_booking_tells_a_guesser_nothing(ryadom: House) -> None:
    _, keys, starts, _ = await made(ryadom)
    ryadom.at(starts - timedelta(hours=25))
    unknown = await body(await ryadom.browser().post("/api/v1/join", json={"code": keys["code"]}), 404)
    assert unknown == await body(await ryadom.browser().post("/api/v1/join", json={"code": "000000"}), 404)


async def test_a_hundred_guesses_at_once_are_counted_one_by_one(ryadom: House) -> None:
    guesser = ryadom.browser()
    answers = await asyncio.gather(*(guesser.post("/api/v1/join", json={"code": f"{n:06}"}) for n in range(100)))
    statuses = [answer.status for answer in answers]
    assert (statuses.count(404), statuses.count(429)) == (10, 90)


async def test_everybody_together_has_a_budget_and_links_do_not_spend_it(ryadom: House) -> None:
    _, keys, starts, _ = await made(ryadom)
    ryadom.at(starts)
    async with ryadom.centre.database.write() as tx:
        for n in range(60):
            await tries.failed(tx, "code", f"somebody-{n}", now=ryadom.now)
    assert (await ryadom.browser().post("/api/v1/join", json={"code": keys["code"]})).status == 429
    await body(await ryadom.browser().post("/api/v1/join", json={"secret": keys["secret"]}), 200)


async def test_a_new_code_wins_over_a_device_that_comes_in_at_that_moment(ryadom: House) -> None:
    coordinator, keys, starts, _ = await made(ryadom)
    ryadom.at(starts)
    listed = await body(await coordinator.get("/api/v1/bookings"), 200)
    booking = next(item["id"] for item in listed["items"] if item["client"]["id"] == 2)
    for _ in range(6):
        phone = ryadom.browser()
        joined, fresh = await asyncio.gather(
            phone.post("/api/v1/join", json={"secret": keys["secret"]}),
            coordinator.post(f"/api/v1/bookings/{booking}/code"),
        )
        keys["secret"] = (await body(fresh, 200))["link"].partition("#")[2]
        if joined.status == 200:
            assert (await phone.get("/api/v1/join")).status == 401, "whoever came by the old link is out"


async def test_who_asked_by_the_old_code_is_not_offered_after_a_new_one(ryadom: House) -> None:
    coordinator, keys, starts, _ = await made(ryadom)
    ryadom.at(starts)
    first, second = ryadom.browser(), ryadom.browser()
    visit = await body(await first.post("/api/v1/join", json={"code": keys["code"]}), 200)
    asked = await body(await second.post("/api/v1/join/takeover", json={"code": keys["code"]}), 202)
    await body(await coordinator.post(f"/api/v1/bookings/{visit['booking']}/code"), 200)
    assert await body(await second.get(f"/api/v1/join/takeover/{asked['request']}"), 200) == {"state": "refused"}
    async with ryadom.centre.database.read() as tx:
        assert await joincodes.open_takeovers(tx, visit["booking"], now=ryadom.now) == []


async def test_a_link_opened_again_at_the_hour_counts_as_a_try(ryadom: House) -> None:
    """He tied his phone the day before; that he came at the hour and got no further must not count against him."""
    coordinator, keys, starts, ends = await made(ryadom)
    ryadom.at(starts - timedelta(days=1))
    phone = ryadom.browser()
    booking = (await body(await phone.post("/api/v1/join", json={"secret": keys["secret"]}), 200))["booking"]
    tried = []
    for minutes in (-31, -20, 5):
        ryadom.at(starts + timedelta(minutes=minutes))
        await body(await phone.post("/api/v1/join", json={"secret": keys["secret"]}), 200)
        async with ryadom.centre.database.read() as tx:
            tried.append((await joincodes.seat_of(tx, booking, "client")).redeemed_at)
    assert tried == [starts - timedelta(days=1), *2 * [starts - timedelta(minutes=20)]]
    ryadom.at(ends + timedelta(hours=1))
    outcome = await body(await coordinator.get(f"/api/v1/bookings/{booking}/outcome"), 200)
    assert outcome["evidence"][0]["code"] == "client_opened"
    assert outcome["proposal"] != "missed"


async def test_takeovers_cannot_be_asked_without_end(ryadom: House) -> None:
    _, keys, starts, _ = await made(ryadom)
    ryadom.at(starts)
    await body(await ryadom.browser().post("/api/v1/join", json={"secret": keys["secret"]}), 200)
    stranger = ryadom.browser()
    asked = [(await stranger.post("/api/v1/join/takeover", json={"secret": keys["secret"]})).status for _ in range(5)]
    assert asked == [202, 202, 202, 429, 429]


async def test_a_moved_booking_opens_its_room_anew(ryadom: House) -> None:
    coordinator, _, starts, _ = await made(ryadom)
    ryadom.at(starts)
    listed = await body(await coordinator.get("/api/v1/bookings"), 200)
    booking = next(item for item in listed["items"] if item["client"]["id"] == 2)
    async with ryadom.centre.database.write() as tx:
        room = await sessions.opened(tx, booking["id"])
        room.state, room.ended, room.closed_at = "closed", "ended", ryadom.now
    query = {"service": "1739", "specialist": "1", "from": "2026-11-25"}
    later = (await body(await coordinator.get("/api/v1/slots", params=query), 200))["items"][0]["starts"]
    headers = {"If-Match": f'"{booking["version"]}"'}
    moved = await body(
        await coordinator.post(f"/api/v1/bookings/{booking['id']}/move", json={"starts": later}, headers=headers), 200
    )
    assert (moved["room"]["state"], moved["room"]["closed_at"]) == ("empty", None)


async def test_the_specialist_opens_the_door_no_earlier_than_the_client(ryadom: House) -> None:
    await made(ryadom)
    orlova = await ryadom.staff("orlova")
    listed = await body(await orlova.get("/api/v1/bookings", params={"from": "2026-11-23"}), 200)
    booking = next(item for item in listed["items"] if item["client"]["id"] == 2)
    ryadom.at(datetime.fromisoformat(booking["starts"]) - timedelta(minutes=40))
    early = await body(await orlova.post(f"/api/v1/bookings/{booking['id']}/ticket"), 409)
    assert early["code"] == "join_too_early"
    ryadom.later(minutes=15)
    await body(await orlova.post(f"/api/v1/bookings/{booking['id']}/ticket"), 200)


async def test_a_cancelled_booking_says_so(ryadom: House) -> None:
    coordinator, keys, starts, _ = await made(ryadom)
    number = (await body(await coordinator.get("/api/v1/bookings", params={"from": "2026-11-23"}), 200))["items"]
    mine = next(item for item in number if item["client"]["id"] == 2)
    await body(
        await coordinator.post(
            f"/api/v1/bookings/{mine['id']}/cancel", json={"reason": "client_asked"}, headers={"If-Match": '"1"'}
        ),
        200,
    )
    ryadom.at(starts)
    refused = await body(await ryadom.browser().post("/api/v1/join", json={"code": keys["code"]}), 410)
    assert refused["code"] == "booking_cancelled"


async def test_guessing_is_limited_by_address_and_the_limit_passes(ryadom: House) -> None:
    _, keys, starts, _ = await made(ryadom)
    ryadom.at(starts)
    guesser = ryadom.browser()
    statuses = [(await guesser.post("/api/v1/join", json={"code": f"{n:06}"})).status for n in range(10)]
    assert set(statuses) == {404}
    refused = await body(await guesser.post("/api/v1/join", json={"code": keys["code"]}), 429)
    assert 0 < refused["retry_after"] <= 601
    ryadom.later(minutes=11)
    await body(await guesser.post("/api/v1/join", json={"code": keys["code"]}), 200)


async def test_quick_exit_forgets_the_seat_on_this_device(ryadom: House) -> None:
    _, keys, starts, _ = await made(ryadom)
    ryadom.at(starts)
    phone = ryadom.browser()
    await body(await phone.post("/api/v1/join", json={"code": keys["code"]}), 200)
    assert (await phone.delete("/api/v1/join")).status == 204
    assert (await phone.get("/api/v1/join")).status == 401


async def test_neither_code_nor_secret_nor_device_stands_in_the_database(ryadom: House) -> None:
    _, keys, starts, _ = await made(ryadom)
    ryadom.at(starts)
    phone = ryadom.browser()
    await body(await phone.post("/api/v1/join", json={"code": keys["code"]}), 200)
    device = next(cookie.value for cookie in phone.session.cookie_jar if cookie.key == "ryadom_seat").partition(".")[2]
    from server.tables import Base  # noqa: PLC0415 - only this test looks at every table

    async with ryadom.centre.database.read() as tx:
        for table in Base.metadata.sorted_tables:
            kept = str((await tx.execute(table.select())).all())
            assert not any(word in kept for word in (keys["code"], keys["secret"], device)), table.name
