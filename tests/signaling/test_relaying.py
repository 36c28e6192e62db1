"""The short way of signals and beats: it says what the long way says, and leaves to it whatever it is not sure of."""

import asyncio
import json
from itertools import pairwise

import pytest

from signaling import wire
from signaling.presence import MemoryPresence
from signaling.relaying import Relay
from tests.signaling.conftest import eventually
from tests.signaling.fake_desk import CLIENT, COMPANION, SPECIALIST, FakeDesk, room_of
from tests.signaling.house import House, Person, served
from tests.signaling.test_namespace import OFFER

STORY = [
    ("signal", {"to": CLIENT, "data": OFFER}),
    ("signal", {"to": CLIENT, "data": {**OFFER, "fresh": None}}),
    ("signal", {"to": SPECIALIST, "data": OFFER}),
    ("signal", {"to": 99, "data": OFFER}),
    ("signal", {"to": CLIENT, "data": {**OFFER, "more": 1}}),
    ("signal", {"to": CLIENT, "data": {"pair": 'я \u2028 "ы"', "generation": 2, "sync": {"remote": 0, "got": 0}}}),
    ("media", {"audio": False, "video": True}),
    ("signal", {"to": CLIENT, "data": {"pair": "a b", "generation": 3, "candidates": []}}),
    ("signal", {"to": "2", "data": OFFER}),
]


async def told(house: House) -> tuple[list[object], list[object]]:
    """A specialist tells the story: her answers, and what her client heard, without instants and the log's name."""
    anna, ivan = await house.two()
    ivan.entries.clear()
    answers = [await anna.ask(event, **data) for event, data in STORY]
    answers.append({**(await ivan.say("beat", cursor=3))["value"], "epoch": ""})
    await eventually(lambda: len(ivan.heard("signal")) >= 4 and ivan.heard("room"))
    return answers, [{**entry, "at": "", "epoch": ""} for entry in ivan.entries]


async def test_both_ways_tell_the_same_story() -> None:
    stories = []
    for short in (True, False):
        desk = FakeDesk()
        desk.open(room_of(7))
        async with served(desk) as house:
            if not short:
                house.signaling.rooms._relay = None
            stories.append([_plain(part) for part in await told(house)])
    assert stories[0] == stories[1]


def _plain(part: list[object]) -> str:
    """Without the instant at which the room closes."""
    kept = [{**said, "data": ""} if isinstance(said, dict) and said.get("kind") == "room" else said for said in part]
    return json.dumps(kept, ensure_ascii=False, indent=1)


async def test_what_is_plainly_in_order_takes_the_short_way(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = await counting(monkeypatch)
    anna, ivan = await house.two()
    await eventually(lambda: not any(floor.behind for floor in house.signaling.rooms._teller.floors.values()))
    await anna.ask("signal", to=CLIENT, data=OFFER)
    await ivan.say("beat", cursor=0)
    assert taken == [True, True]
    assert ivan.heard("signal") == [OFFER]


async def counting(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What the short way answered for each signal and beat from now on."""
    taken: list[bool] = []
    inner = Relay.take

    def take(self: Relay, line: object, tab: object, frame: str) -> bool:
        done = inner(self, line, tab, frame)  # type: ignore[arg-type]
        if '["signal"' in frame or '["beat"' in frame:
            taken.append(done)
        return done

    monkeypatch.setattr(Relay, "take", take)
    return taken


async def test_a_signal_said_again_is_told_once(house: House) -> None:
    anna, ivan = await house.two()
    first = await anna.ask("signal", to=CLIENT, data=OFFER)
    assert await anna.say("signal", seq=anna.seq, to=CLIENT, data=OFFER) == first
    assert (await anna.say("signal", seq=anna.seq + 2, to=CLIENT, data=OFFER))["fault"]["code"] == "out_of_order"
    assert ivan.heard("signal") == [OFFER]


async def test_a_hundred_signals_among_other_acts_arrive_in_their_order(house: House) -> None:
    """Said at once, some by the short way, some behind a chat that has to wait for the database."""
    anna, ivan = await house.two()
    acts = [
        anna.ask("chat", id=f"line-{n:04}", text=str(n))
        if n % 5 == 0
        else anna.ask("signal", to=CLIENT, data={"pair": "a b", "generation": n, "sync": {"remote": 0, "got": 0}})
        for n in range(50)
    ]
    assert all(answer["ok"] for answer in await asyncio.gather(*acts))
    await eventually(lambda: len(ivan.heard("signal")) + len(ivan.heard("chat")) == 50)
    heard = [entry for entry in ivan.entries if entry["kind"] in {"signal", "chat"}]
    numbers = [int(e["data"]["text"]) if e["kind"] == "chat" else e["data"]["generation"] for e in heard]
    assert numbers == list(range(50))
    assert all(later["prev"] == earlier["n"] for earlier, later in pairwise(heard))


async def test_who_lost_his_right_or_was_not_let_in_is_not_relayed(house: House, desk: FakeDesk) -> None:
    anna, ivan = await house.two()
    maria = await house.person(7, COMPANION)
    assert (await ivan.ask("signal", to=COMPANION, data=OFFER))["fault"]["code"] == "seat_unknown"
    assert (await maria.ask("signal", to=CLIENT, data=OFFER))["fault"]["code"] == "not_admitted"
    assert (await ivan.ask("signal", to=SPECIALIST, data=OFFER))["ok"]
    desk.give(7, CLIENT, "another device")
    await house.signaling.rooms.put_out_who_lost_the_right(7)
    await eventually(lambda: not ivan.client.connected)
    await eventually(lambda: not anna.heard("room")[-1]["seats"][1]["here"])
    assert anna.heard("signal") == [OFFER]
    assert maria.heard("signal") == []


async def test_what_came_by_the_short_way_is_replayed_and_met_on_entering(house: House) -> None:
    anna, ivan = await house.two()
    cursor = (await ivan.say("beat", cursor=0))["value"]["head"]
    await anna.ask("signal", to=CLIENT, data=OFFER)
    again: Person = await house.person(7, CLIENT, ivan.instance, cursor=cursor, epoch=ivan.value["epoch"])
    assert [entry["data"] for entry in again.value["entries"] if entry["kind"] == "signal"] == [OFFER]
    replayed = (await again.say("replay", cursor=cursor))["value"]["entries"]
    assert [entry["data"] for entry in replayed if entry["kind"] == "signal"] == [OFFER]
    assert wire.Signal.model_validate({"seq": 1, "to": 1, "data": OFFER})


async def test_a_log_that_is_full_begins_anew_by_the_long_way(desk: FakeDesk) -> None:
    async with served(desk, MemoryPresence(log_most=12)) as house:
        anna, ivan = await house.two()
        for _ in range(12):
            if not (await anna.ask("signal", to=CLIENT, data=OFFER))["ok"]:
                break
        await eventually(lambda: any(entry["kind"] == "epoch" for entry in ivan.entries))
        assert (await ivan.say("enter", seq=ivan.seq + 1, cursor=0, epoch=""))["value"]["epoch"] != ivan.value["epoch"]


async def test_haste_is_told_so(house: House) -> None:
    anna, _ = await house.two()
    data = {"pair": "a", "generation": 0}
    said = [anna.ask("signal", to=CLIENT, data=data) for _ in range(80)]
    answers = await asyncio.gather(*said)
    codes = {answer["fault"]["code"] for answer in answers if not answer["ok"]}
    assert "too_fast" in codes
    assert codes <= {"too_fast", "out_of_order"}  # what was said behind it waits for it
    assert sum(answer["ok"] for answer in answers) >= 50
