"""The sweep that looks after the rooms, between the steps of somebody else."""

import asyncio

from signaling import rooms
from tests.signaling.fake_desk import CLIENT, SPECIALIST, FakeDesk
from tests.signaling.house import House


async def test_a_sweep_while_he_is_asked_to_leave_does_not_bring_him_back(house: House, desk: FakeDesk) -> None:
    await house.two()
    desk.rooms[7] = rooms.step(desk.rooms[7], rooms.Dismissed(SPECIALIST, CLIENT))  # kept, and his line not yet ended
    sweep, now = house.signaling.rooms.sweep, asyncio.get_running_loop().time()
    await sweep(now)
    assert not desk.rooms[7].seat(CLIENT).here
    await sweep(now + 2)
    assert desk.rooms[7].seat(CLIENT).here, "a seat left by mistake is taken again by the line that lives"
