"""Codes and links: when they work, for whom, and what a person is told when they do not."""

from datetime import datetime, timedelta

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
    assert visit["client"]["name"] == "Виктор Семёнович Лапин"


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
        from scheduling import joincodes  # noqa: PLC0415 - the specialist's word comes over the socket, tested there

        request = await tx.get_one(joincodes.Takeover, asked["request"])
        seat = await tx.get_one(joincodes.Seat, request.seat_id)
        await joincodes.decide_takeover(tx, request.id, booking_id=seat.booking_id, allow=True)
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
