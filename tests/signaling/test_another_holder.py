"""Who holds a seat after somebody else: of what was said to the one before he reads nothing."""

from datetime import UTC, datetime, timedelta

from tests.signaling.conftest import eventually
from tests.signaling.fake_desk import CLIENT, SPECIALIST, FakeDesk
from tests.signaling.house import House, Person


async def test_the_log_of_a_moved_booking_is_read_by_nobody_who_comes_next(house: House, desk: FakeDesk) -> None:
    anna, ivan = await house.two()
    await ivan.ask("chat", id="line-0001", text="только ей")
    desk.move(7, datetime.now(UTC) + timedelta(days=7))
    await house.signaling.rooms.put_out_who_lost_the_right(7)
    for person in (anna, ivan):
        await eventually(
            lambda person=person: person.heard("closed") == [{"reason": "moved"}] and not person.client.connected
        )
        assert person.heard("epoch") == []
    another = Person(house, 7, SPECIALIST, "another-specialist")
    house.people.append(another)
    await another.come(epoch="of-old")
    asked = (await another.say("replay", cursor=0))["value"]["entries"]
    assert another.value["epoch"] != anna.value["epoch"]
    assert "chat" not in {entry["kind"] for entry in (*another.value["entries"], *asked)}


async def test_who_holds_the_seat_by_a_new_code_reads_no_chat_until_he_is_let_in(house: House, desk: FakeDesk) -> None:
    anna, ivan = await house.two()
    await ivan.ask("chat", id="line-0001", text="только ей")
    desk.give(7, CLIENT, "another device")
    await house.signaling.rooms.put_out_who_lost_the_right(7)
    another = Person(house, 7, CLIENT, "tab-of-new-device")
    house.people.append(another)
    await another.come(epoch="of-old")
    asked = (await another.say("replay", cursor=0))["value"]["entries"]
    assert {entry["kind"] for entry in (*another.value["entries"], *asked)} >= {"room"}
    assert "chat" not in {entry["kind"] for entry in (*another.value["entries"], *asked)}
    await anna.ask("admit", seat=CLIENT)
    again = (await another.say("replay", cursor=0))["value"]["entries"]
    assert "chat" in {entry["kind"] for entry in again}
