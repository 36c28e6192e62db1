"""The room machine by table and by chance."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling import rooms, views
from signaling.port import Refusal
from signaling.rooms import Admitted, Closed, Dismissed, Entered, Event, Left, MediaSet, PhoneSet, Room, Seat, TimeUp

ENDS = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SEATS = (Seat(1, "specialist", "Анна"), Seat(2, "client", "Иван"), Seat(3, "companion", "Мария"))
NEW = rooms.opened(7, ENDS, SEATS)
TABS = ("tab-a", "tab-b", "tab-c")


def played(*events: Event, room: Room = NEW) -> list[str]:
    states = [room.state]
    for event in events:
        room = rooms.step(room, event)
        states.append(room.state)
    return states


@pytest.mark.parametrize(
    ("events", "states"),
    [
        ([Entered(2, "tab-b")], ["empty", "waiting"]),
        ([Entered(2, "tab-b"), Left(2, "tab-b")], ["empty", "waiting", "empty"]),
        ([Entered(1, "tab-a"), Entered(2, "tab-b"), Admitted(1, 2)], ["empty", "waiting", "waiting", "live"]),
        ([Admitted(1, 2), Entered(2, "tab-b"), Entered(1, "tab-a")], ["empty", "empty", "waiting", "live"]),
        (
            [Admitted(1, 2), Entered(2, "tab-b"), Entered(1, "tab-a"), Left(2, "tab-b"), Left(1, "tab-a")],
            ["empty", "empty", "waiting", "live", "paused", "paused"],
        ),
        ([Admitted(1, 3), Entered(3, "tab-c"), Entered(2, "tab-b")], ["empty", "empty", "waiting", "waiting"]),
        ([TimeUp(ENDS - timedelta(seconds=1)), TimeUp(ENDS)], ["empty", "empty", "closed"]),
        ([Entered(1, "tab-a"), Closed(1), Left(1, "tab-a")], ["empty", "waiting", "closed", "closed"]),
    ],
)
def test_what_happens_in_a_room(events: list[Event], states: list[str]) -> None:
    assert played(*events) == states


def test_a_reload_keeps_the_place_and_an_old_tab_cannot_win_it_back() -> None:
    room = rooms.step(rooms.step(NEW, Admitted(1, 2)), Entered(2, "tab-a"))
    room = rooms.step(room, Entered(2, "tab-b"))
    assert room.seat(2).admitted
    assert rooms.step(room, Left(2, "tab-a")) is room
    with pytest.raises(Refusal, match="replaced"):
        rooms.step(room, Entered(2, "tab-a"))
    gone = rooms.step(room, Left(2, "tab-b"))
    assert rooms.step(gone, Entered(2, "tab-b")).seat(2).here


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (Admitted(2, 2), "not_permitted"),
        (Dismissed(2, 3), "not_permitted"),
        (Dismissed(1, 1), "not_permitted"),
        (PhoneSet(2, on=True), "not_permitted"),
        (Closed(2), "not_permitted"),
        (Entered(9, "tab-a"), "seat_unknown"),
        (Admitted(1, 9), "seat_unknown"),
    ],
)
def test_what_is_refused(event: Event, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        rooms.step(NEW, event)
    assert refused.value.code == code


def test_a_closed_room_lets_nobody_in() -> None:
    with pytest.raises(Refusal, match="room_closed"):
        rooms.step(rooms.step(NEW, Closed(1)), Entered(1, "tab-a"))


seats, tabs = st.sampled_from([1, 2, 3]), st.sampled_from(TABS)
events = st.one_of(
    st.builds(Entered, seats, tabs),
    st.builds(Left, seats, tabs),
    st.builds(Admitted, seats, seats),
    st.builds(Dismissed, seats, seats),
    st.builds(MediaSet, seats, st.booleans(), st.booleans()),
    st.builds(PhoneSet, st.none() | seats, st.booleans()),
    st.builds(TimeUp, st.just(ENDS - timedelta(minutes=1))),
    st.builds(Closed, seats),
    st.builds(TimeUp, st.just(ENDS)),
)
FOLLOWS = {
    "empty": {"empty", "waiting", "live", "closed"},
    "waiting": {"waiting", "empty", "live", "closed"},
    "live": {"live", "paused", "closed"},
    "paused": {"paused", "live", "closed"},
    "closed": {"closed"},
}


@given(st.lists(events, max_size=40))
def test_whatever_happens_the_room_stays_true(happening: list[Event]) -> None:
    room = NEW
    for event in happening:
        try:
            after = rooms.step(room, event)
        except Refusal:
            continue
        assert after.state in FOLLOWS[room.state]
        assert after.version == room.version + (after != room)
        put_out = {event.seat} if isinstance(event, Dismissed) else set()
        for new, old in zip(after.seats, room.seats, strict=True):
            assert new.admitted >= old.admitted or new.seat in put_out
        if after.state == "live":
            assert after.seat(1).here
            assert after.phone or any(seat.here and seat.admitted for seat in after.seats[1:])
        try:
            again = rooms.step(after, event)
        except Refusal:
            again = after
        assert again == after, "the same event twice changes nothing more"
        room = after


def test_the_news_of_a_seat_added_later() -> None:
    before = rooms.opened(7, ENDS, SEATS[:2])
    after = rooms.step(rooms.step(rooms.opened(7, ENDS, SEATS), Admitted(1, 3)), Entered(3, "tab-c"))
    assert [seat.seat for seat in views.let_in(before, after)] == [3]
    assert [entry.kind for entry in views.news(before, after, "now")] == ["room"]
    assert [entry.kind for entry in views.news(after, rooms.step(after, Closed(1)), "now")] == ["room", "closed"]


def test_who_is_asked_to_leave_waits_when_he_comes_back() -> None:
    room = NEW
    for event in (Entered(1, "tab-a"), Admitted(1, 3), Entered(3, "tab-c"), Dismissed(1, 3)):
        room = rooms.step(room, event)
    assert (room.seat(3).admitted, room.seat(3).here, room.state) == (False, False, "paused")
    assert not rooms.step(room, Entered(3, "tab-c")).seat(3).admitted


def test_by_telephone_it_goes_on_without_a_page_of_the_guest() -> None:
    room = rooms.step(rooms.step(NEW, Entered(1, "tab-a")), PhoneSet(None, on=True))
    assert room.state == "live"
    assert rooms.step(room, PhoneSet(1, on=False)).state == "paused"


def test_who_may_arrange_a_connection() -> None:
    """The waiting with the specialist alone, so that nothing is left to do when she lets them in."""
    allowed = {(a, b) for a in (1, 2, 3) for b in (1, 2, 3) if rooms.may_signal(NEW, a, b)}
    assert allowed == {(1, 2), (2, 1), (1, 3), (3, 1)}
    both = rooms.step(rooms.step(NEW, Admitted(1, 2)), Admitted(1, 3))
    assert rooms.may_signal(both, 2, 3)
