"""/room over real sockets: who may come in, who hears what, and that each thing is done once."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import socketio
from pydantic import TypeAdapter

from signaling import rooms, wire
from signaling.presence import MemoryPresence
from tests.signaling.conftest import eventually
from tests.signaling.fake_desk import CLIENT, COMPANION, SPECIALIST, TURN, FakeDesk, room_of
from tests.signaling.house import House, Person, served

OFFER = {"pair": "a.b", "generation": 1, "description": {"type": "offer", "sdp": "v=0"}}


async def test_a_consultation_from_waiting_to_the_end(house: House, desk: FakeDesk) -> None:
    desk.ice_settings = TURN
    anna = await house.person(7, SPECIALIST)
    ivan = await house.person(7, CLIENT)
    assert anna.value["you"]["admitted"]
    assert not ivan.value["you"]["admitted"]
    assert ivan.value["ice"][0]["username"].endswith("7-2"), "his connection is made ready while he waits"
    assert ivan.value["room"]["state"] == "waiting"
    assert (await anna.ask("admit", seat=CLIENT))["ok"]
    await eventually(lambda: ivan.heard("ice"))
    assert ivan.heard("ice")[0]["servers"][0]["username"].endswith("7-2")
    assert anna.heard("ice") == []
    await ivan.ask("signal", to=SPECIALIST, data=OFFER)
    said = await ivan.ask("chat", id="line-0001", text="Слышно?")
    assert said["value"]["text"] == "Слышно?"
    await anna.ask("seen", seat=CLIENT)
    await anna.ask("quality", samples=[{"seat": CLIENT, "loss": 0.01, "rtt_ms": 40, "path": "direct"}])
    await ivan.ask("media", audio=True, video=False)
    await ivan.ask("help")
    await eventually(lambda: anna.heard("signal") == [OFFER] and anna.heard("chat"))
    await anna.ask("close")
    await eventually(lambda: ivan.heard("closed") == [{"reason": "ended"}])
    assert desk.history[7] == ["empty", "waiting", "live", "closed"]
    for person in (anna, ivan):
        wire.Entered.model_validate(person.value)
        for entry in person.entries:
            TypeAdapter(wire.Entry).validate_python(entry)
    assert desk.seen_pairs == [(SPECIALIST, CLIENT)]
    assert desk.called_help == [(CLIENT, "help")]
    assert desk.samples[0][1].loss == 0.01
    assert [seat["media"]["video"] for seat in ivan.heard("room")[-2]["seats"]] == [True, False, True]


async def test_every_seat_reads_only_what_is_his_and_can_see_a_hole(house: House) -> None:
    anna, ivan = await house.two()
    maria = await house.person(7, COMPANION)
    await ivan.ask("signal", to=SPECIALIST, data=OFFER)
    await ivan.ask("chat", id="line-0001", text="только для допущенных")
    await ivan.ask("media", audio=False, video=False)
    await eventually(lambda: len(maria.entries) == 2 and anna.heard("room")[-1]["seats"][1]["media"]["audio"] is False)
    assert [entry["kind"] for entry in maria.entries] == ["room", "room"], "her own coming, and the muting"
    for person in (anna, ivan, maria):
        before = [person.value["head"], *(entry["n"] for entry in person.entries)]
        assert [entry["prev"] for entry in person.entries] == before[:-1]
    assert (await maria.say("replay", cursor=0))["value"]["entries"][-1] == maria.entries[-1] | {
        "prev": (await maria.say("replay", cursor=0))["value"]["entries"][-2]["n"]
    }


async def test_what_is_said_to_a_newcomer_while_he_takes_his_seat_reaches_him(house: House, desk: FakeDesk) -> None:
    """The other side answers a reload at once: its offer may be in the log before the newcomer has his answer."""
    anna, ivan = await house.two()
    slow, chat = asyncio.Event(), desk.chat

    async def waits(room: int) -> Any:
        await slow.wait()
        return await chat(room)

    desk.chat = waits  # type: ignore[method-assign]  # between taking the seat and being answered
    coming = asyncio.create_task(house.person(7, CLIENT, "tab-after-reload"))
    await eventually(lambda: anna.heard("room")[-1]["seats"][1]["instance"] == "tab-after-reload")
    await anna.ask("signal", to=CLIENT, data=OFFER)
    slow.set()
    reloaded = await coming
    await eventually(lambda: reloaded.heard("signal"))
    assert reloaded.heard("signal") == [OFFER]
    assert ivan.heard("signal") == []


async def test_who_was_not_let_in_can_say_nothing_to_anybody(house: House) -> None:
    anna = await house.person(7, SPECIALIST)
    ivan = await house.person(7, CLIENT)
    for event, data in [
        ("signal", {"to": COMPANION, "data": OFFER}),
        ("chat", {"id": "line-0001", "text": "пустите"}),
        ("seen", {"seat": SPECIALIST}),
        ("quality", {"samples": [{"seat": SPECIALIST}]}),
    ]:
        assert (await ivan.ask(event, **data))["fault"]["code"] == "not_admitted", event
    for event, data in [("admit", {"seat": CLIENT}), ("close", {}), ("takeover", {"request": "x", "allow": True})]:
        assert (await ivan.ask(event, **data))["fault"]["code"] == "not_permitted", event
    assert ivan.heard("signal") == []
    assert anna.heard("chat") == []


async def test_a_signal_never_leaves_the_room(house: House, desk: FakeDesk) -> None:
    desk.open(room_of(8))
    _, ivan = await house.two(7)
    other_anna, _ = await house.two(8)
    assert (await ivan.ask("signal", to=99, data=OFFER))["fault"]["code"] == "seat_unknown"
    assert (await ivan.ask("signal", to=CLIENT, data=OFFER))["fault"]["code"] == "seat_unknown"
    await ivan.ask("signal", to=SPECIALIST, data=OFFER)
    assert other_anna.heard("signal") == []


async def test_a_message_said_twice_is_done_once_and_answered_twice(house: House, desk: FakeDesk) -> None:
    _, ivan = await house.two()
    first = await ivan.say("chat", seq=1, id="line-0001", text="раз")
    again = await ivan.say("chat", seq=1, id="line-0001", text="раз")
    ahead = await ivan.say("chat", seq=3, id="line-0003", text="три")
    assert first == again
    assert ahead == {"ok": False, "fault": {"code": "out_of_order", "expected": 2}}
    assert [line.text for line in desk.lines[7]] == ["раз"]


async def test_what_was_not_kept_is_not_acknowledged(house: House, desk: FakeDesk) -> None:
    _, ivan = await house.two()
    desk.broken = True
    assert (await ivan.say("chat", seq=1, id="line-0001", text="раз"))["fault"] == {"code": "unavailable"}
    desk.broken = False
    assert (await ivan.say("chat", seq=1, id="line-0001", text="раз"))["ok"]


async def test_what_fails_for_good_is_answered_for_good_and_the_next_goes_on(house: House, desk: FakeDesk) -> None:
    _, ivan = await house.two()
    desk.poison = "раз"
    for _ in range(2):
        answer = await ivan.say("chat", seq=1, id="line-0001", text="раз")
        assert answer == {"ok": False, "fault": {"code": "internal"}}
    assert (await ivan.say("chat", seq=2, id="line-0002", text="два"))["ok"]


async def test_a_lost_entry_is_asked_for_again(house: House) -> None:
    anna, ivan = await house.two()
    cursor = anna.value["head"]
    await ivan.ask("signal", to=SPECIALIST, data=OFFER)
    replayed = (await anna.say("replay", cursor=cursor))["value"]
    assert [entry["kind"] for entry in replayed["entries"]][-1] == "signal"
    assert (await anna.say("beat", cursor=cursor))["value"]["head"] == replayed["head"]


async def test_the_same_tab_comes_back_and_hears_what_it_missed(house: House, desk: FakeDesk) -> None:
    anna, ivan = await house.two()
    cursor, epoch = (await anna.say("beat", cursor=0))["value"]["head"], anna.value["epoch"]
    await anna.gone()
    await ivan.ask("signal", to=SPECIALIST, data=OFFER)
    await anna.come(cursor=cursor, epoch=epoch)
    assert [entry["kind"] for entry in anna.value["entries"]] == ["signal"]
    assert desk.history[7] == ["empty", "waiting", "live"]


async def test_a_reload_takes_the_seat_and_the_old_tab_is_told(house: House, desk: FakeDesk) -> None:
    anna, ivan = await house.two()
    again = await house.person(7, CLIENT, "the-tab-after")
    assert again.value["you"]["admitted"]
    await eventually(lambda: ivan.heard("replaced") == [{"instance": "the-tab-after"}] and not ivan.client.connected)
    await eventually(lambda: anna.heard("room")[-1]["seats"][1]["instance"] == "the-tab-after")
    assert desk.history[7] == ["empty", "waiting", "live"]
    await ivan.connect()
    assert (await ivan.say("enter", seq=1, cursor=0, epoch=""))["fault"]["code"] == "replaced"


async def test_nobody_is_let_in_twice_because_the_server_died(desk: FakeDesk) -> None:
    async with served(desk) as house:
        await house.two()
    async with served(desk) as house:
        ivan = await house.person(7, CLIENT, "tab-of-seat-2")
        anna = await house.person(7, SPECIALIST)
        assert ivan.value["you"]["admitted"]
        assert anna.value["room"]["state"] == "live"
        assert (await ivan.ask("signal", to=SPECIALIST, data=OFFER))["ok"]
    assert desk.history[7] == ["empty", "waiting", "live"]


async def test_a_dead_line_counts_as_gone_only_after_the_grace(desk: FakeDesk) -> None:
    async with served(desk, grace=timedelta(seconds=8)) as house:
        anna, ivan = await house.two()
        await ivan.client.eio.disconnect(abort=True)
        await eventually(lambda: not ivan.client.connected)
        await asyncio.sleep(0.1)
        now = asyncio.get_running_loop().time()
        await house.signaling.rooms.sweep(now)
        await house.signaling.rooms.sweep(now + 7)
        assert desk.rooms[7].state == "live"
        await house.signaling.rooms.sweep(now + 8.1)
        assert desk.rooms[7].state == "paused"
        await eventually(lambda: anna.heard("room")[-1]["state"] == "paused")


async def test_leaving_counts_at_once_and_coming_back_is_entering(house: House, desk: FakeDesk) -> None:
    _, ivan = await house.two()
    assert (await ivan.ask("leave"))["ok"]
    assert desk.history[7] == ["empty", "waiting", "live", "paused"]
    assert (await ivan.ask("help"))["fault"]["code"] == "not_entered"
    await ivan.say("enter", seq=3, cursor=0, epoch="")
    assert desk.history[7][-1] == "live"


async def test_a_room_closes_when_its_time_is_over(house: House, desk: FakeDesk) -> None:
    _, ivan = await house.two()
    desk.later(7, datetime.now(UTC) - timedelta(seconds=1))
    await house.signaling.rooms.sweep(asyncio.get_running_loop().time())
    await eventually(lambda: ivan.heard("closed") == [{"reason": "time"}])
    with pytest.raises(socketio.exceptions.ConnectionError):
        await house.person(7, CLIENT, "one-more-tab")


async def test_the_trouble_of_one_room_is_no_other_rooms(house: House, desk: FakeDesk) -> None:
    await house.two(7)
    _, ivan = await house.two(8)
    for room in (7, 8):
        desk.later(room, datetime.now(UTC) - timedelta(seconds=1))
    step = desk.step

    async def breaks(room: int, event: Any, at: datetime) -> Any:
        if room == 7:
            raise ValueError("a fault of ours")
        return await step(room, event, at)

    desk.step = breaks  # type: ignore[method-assign]  # one room's row cannot be read
    await house.signaling.rooms.sweep(asyncio.get_running_loop().time())
    await eventually(lambda: ivan.heard("closed") == [{"reason": "time"}])


async def test_a_log_that_grew_too_long_begins_anew_and_everybody_enters_again(desk: FakeDesk) -> None:
    async with served(desk, MemoryPresence(log_most=12)) as house:
        anna, ivan = await house.two()
        while (await ivan.ask("signal", to=SPECIALIST, data=OFFER))["ok"]:
            assert ivan.seq < 20
        await eventually(lambda: {entry["epoch"] for entry in anna.entries} > {anna.value["epoch"]})
        assert (await anna.say("beat", cursor=1))["fault"]["code"] == "not_entered"
        await anna.say("enter", seq=1, cursor=0, epoch=anna.value["epoch"])
        heard = len(anna.heard("signal"))
        await ivan.say("enter", seq=ivan.seq, cursor=0, epoch="")
        assert (await ivan.say("signal", seq=ivan.seq, to=SPECIALIST, data=OFFER))["ok"]
        await eventually(lambda: len(anna.heard("signal")) > heard)


async def test_another_device_asks_and_the_specialist_answers(house: House, desk: FakeDesk) -> None:
    anna, ivan = await house.two()
    await house.signaling.rooms.ask_takeover(7, "request-1")
    await eventually(lambda: anna.heard("takeover") == [{"request": "request-1"}])
    assert (await anna.ask("takeover", request="request-1", allow=True))["ok"]
    assert desk.decided == [("request-1", True)]
    assert ivan.heard("takeover") == []


async def test_what_another_device_asked_while_she_was_away_she_is_told_when_she_comes(
    house: House, desk: FakeDesk
) -> None:
    desk.asked = ["request-1"]
    anna, ivan = await house.person(7, SPECIALIST), await house.person(7, CLIENT)
    assert anna.value["takeovers"] == [{"request": "request-1"}]
    assert ivan.value["takeovers"] == []


async def test_a_new_code_puts_the_old_device_out_at_once(house: House, desk: FakeDesk) -> None:
    anna, ivan = await house.two()
    spare = Person(house, 7, CLIENT, "a-spare-line-of-his")
    await spare.connect()
    await ivan.ask("chat", id="line-0001", text="пока можно")
    desk.give(7, CLIENT, "another device")
    await house.signaling.rooms.put_out_who_lost_the_right(7)
    await eventually(lambda: ivan.heard("replaced") == [{"instance": ""}] and not ivan.client.connected)
    await eventually(lambda: not anna.heard("room")[-1]["seats"][1]["here"])
    assert ivan.entries[-1]["prev"] == ivan.entries[-2]["n"]
    assert desk.history[7] == ["empty", "waiting", "live", "paused"]
    assert (await spare.say("enter", seq=1, cursor=0, epoch=""))["fault"]["code"] == "replaced"
    await spare.gone()
    again = await house.person(7, CLIENT, "tab-of-new-device")
    assert not again.value["you"]["admitted"]
    assert (await again.ask("chat", id="line-0002", text="и я"))["fault"]["code"] == "not_admitted"
    assert anna.client.connected


async def test_the_right_given_to_somebody_else_holds_without_a_word_from_the_house(
    house: House, desk: FakeDesk
) -> None:
    _, ivan = await house.two()
    desk.give(7, CLIENT, "another device")
    await house.signaling.rooms.sweep(asyncio.get_running_loop().time())
    await eventually(lambda: ivan.heard("replaced") == [{"instance": ""}] and not ivan.client.connected)


async def test_a_cancelled_booking_closes_its_room(house: House, desk: FakeDesk) -> None:
    anna, ivan = await house.two()
    desk.rooms[7] = rooms.called_off(desk.rooms[7])
    await house.signaling.rooms.put_out_who_lost_the_right(7)
    for person in (anna, ivan):
        await eventually(lambda person=person: person.heard("closed") == [{"reason": "cancelled"}])
    assert (await ivan.ask("chat", id="line-0001", text="алло"))["fault"]["code"] == "room_closed"


async def test_a_moved_booking_sends_everybody_home(house: House, desk: FakeDesk) -> None:
    anna, ivan = await house.two()
    for seat in (SPECIALIST, CLIENT):
        desk.give(7, seat, "next week")
    desk.later(7, datetime.now(UTC) + timedelta(days=7))
    await house.signaling.rooms.put_out_who_lost_the_right(7)
    for person in (anna, ivan):
        await eventually(
            lambda person=person: person.heard("closed") == [{"reason": "moved"}] and not person.client.connected
        )
    assert not any(seat.here for seat in desk.rooms[7].seats)


async def test_an_allowed_takeover_puts_the_old_device_out(house: House, desk: FakeDesk) -> None:
    anna, ivan = await house.two()
    takeover = desk.takeover

    async def gives(*args: Any) -> None:
        await takeover(*args)
        desk.give(7, CLIENT, "another device")

    desk.takeover = gives  # type: ignore[method-assign]  # what the house does when it is allowed
    assert (await anna.ask("takeover", request="request-1", allow=True))["ok"]
    await eventually(lambda: ivan.heard("replaced") == [{"instance": ""}] and not ivan.client.connected)


async def test_long_polling_carries_a_whole_visit(house: House) -> None:
    anna = await house.person(7, SPECIALIST)
    ivan = await house.person(7, CLIENT, transports=("polling",))
    await anna.ask("admit", seat=CLIENT)
    await ivan.ask("signal", to=SPECIALIST, data=OFFER)
    await eventually(lambda: anna.heard("signal") == [OFFER])


@pytest.mark.parametrize(("ticket", "v", "code"), [("no such ticket", 1, "ticket_spent"), ("", 2, "version_unknown")])
async def test_a_refused_connect_says_why(house: House, ticket: str, v: int, code: str) -> None:
    ivan = Person(house, 7, CLIENT, "tab-of-seat-2")
    why: list[dict[str, object]] = []

    async def refused(data: dict[str, object]) -> None:
        why.append(data)

    ivan.client = socketio.AsyncClient(reconnection=False)
    ivan.client.on("connect_error", refused, namespace="/room")
    auth = {"v": v, "ticket": ticket or house.desk.ticket(7, CLIENT), "instance": ivan.instance}
    with pytest.raises(socketio.exceptions.ConnectionError):
        await ivan.client.connect(house.url, namespaces=["/room"], auth=auth, transports=["websocket"])
    assert why[0]["data"]["code"] == code  # type: ignore[index]


async def test_a_ticket_opens_one_connection(house: House) -> None:
    ticket = house.desk.ticket(7, CLIENT)
    await Person(house, 7, CLIENT, "first-of-tabs").connect(ticket=ticket)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await Person(house, 7, CLIENT, "second-of-tabs").connect(ticket=ticket)


async def test_who_waits_arranges_his_connection_with_the_specialist(house: House) -> None:
    anna = await house.person(7, SPECIALIST)
    ivan = await house.person(7, CLIENT)
    assert (await anna.ask("signal", to=CLIENT, data=OFFER))["ok"]
    assert (await ivan.ask("signal", to=SPECIALIST, data=OFFER))["ok"]
    await eventually(lambda: ivan.heard("signal") and anna.heard("signal"))
    assert ivan.heard("room")[-1]["seats"][1]["admitted"] is False


async def test_a_guest_is_asked_to_leave_and_comes_back_to_wait(house: House) -> None:
    anna = await house.person(7, SPECIALIST)
    maria = await house.person(7, COMPANION)
    await anna.ask("admit", seat=COMPANION)
    assert (await maria.ask("chat", id="line-0001", text="я тут"))["ok"]
    assert (await maria.ask("dismiss", seat=CLIENT))["fault"]["code"] == "not_permitted"
    assert (await anna.ask("dismiss", seat=COMPANION))["ok"]
    await eventually(lambda: maria.heard("dismissed"))
    await eventually(lambda: not maria.client.connected)
    again = await house.person(7, COMPANION, "new-tab-of-maria")
    assert not again.value["you"]["admitted"]
    assert (await again.ask("chat", id="line-0002", text="можно?"))["fault"]["code"] == "not_admitted"


async def test_by_telephone_and_back_everybody_sees_it(house: House) -> None:
    anna = await house.person(7, SPECIALIST)
    ivan = await house.person(7, CLIENT)
    assert (await ivan.ask("phone", on=True))["fault"]["code"] == "not_permitted"
    await anna.ask("phone", on=True)
    await eventually(lambda: ivan.heard("room")[-1]["phone"])
    assert ivan.heard("room")[-1]["state"] == "live"
    await house.signaling.rooms.go_on_by_phone(7, on=False)
    await eventually(lambda: not ivan.heard("room")[-1]["phone"])


async def test_a_hidden_service_passes_no_address_of_a_person_on(house: House, desk: FakeDesk) -> None:
    desk.rooms[7] = replace(desk.rooms[7], relay_only=True)
    anna = await house.person(7, SPECIALIST)
    ivan = await house.person(7, CLIENT)
    assert ivan.value["relay_only"] is True
    at_home = {"candidate": "candidate:1 1 udp 2122260223 192.168.1.7 50000 typ host", "sdpMid": "0"}
    relayed = {"candidate": "candidate:2 1 udp 41885439 203.0.113.9 49152 typ relay raddr 198.51.100.4 rport 50000"}
    await ivan.ask("signal", to=SPECIALIST, data={"pair": "a.b", "generation": 1, "candidates": [at_home, relayed]})
    await eventually(lambda: anna.heard("signal"))
    told = str(anna.heard("signal"))
    assert "203.0.113.9" in told
    assert "192.168.1.7" not in told
    assert "198.51.100.4" not in told
