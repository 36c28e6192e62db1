"""How the wire shows rooms, log entries, chat and ICE servers: pure, from our types to plain data."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from signaling.ice import IceServer
from signaling.port import Refusal, Said, SeatPass
from signaling.presence import Entry, Tail
from signaling.rooms import Room, Seat

Answer = dict[str, Any]


def ok(value: Any) -> Answer:
    """An ack that says yes."""
    return {"ok": True, "value": value}


def fault(code: str, **data: Any) -> Answer:
    """An ack that says no."""
    return {"ok": False, "fault": {"code": code, **data}}


def again(answer: Answer) -> Any:
    """The value of a kept ack, or its refusal."""
    if answer["ok"]:
        return answer["value"]
    said = dict(answer["fault"])
    raise Refusal(said.pop("code"), **said)


def news(known: Room | None, room: Room, at: str) -> list[Entry]:
    """What changed since the room known before, as entries: who was replaced, the view, the end."""
    entries = [
        Entry("replaced", {"instance": seat.instance}, at, to=(seat.seat,))
        for seat in room.seats
        if seat.here and seat.replaced and _before(known, seat).instance != seat.instance
    ]
    entries.append(Entry("room", room_view(room), at))
    if room.ended and not (known and known.ended):
        entries.append(Entry("closed", {"reason": room.ended}, at))
    return entries


def ice_entry(seat: Seat, servers: Sequence[IceServer], at: str) -> Entry:
    return Entry("ice", {"servers": [ice_view(server) for server in servers]}, at, to=(seat.seat,))


def room_view(room: Room) -> Answer:
    """The room as wire.RoomView; nobody learns the instance of someone who is not here."""
    return {
        "version": room.version,
        "state": room.state,
        "phone": room.phone,
        "closes_at": instant(room.closes_at),
        "seats": [_seat_view(seat) for seat in room.seats],
    }


def _seat_view(seat: Seat) -> Answer:
    return {
        "seat": seat.seat,
        "role": seat.role,
        "name": seat.name,
        "here": seat.here,
        "admitted": seat.admitted,
        "instance": seat.instance if seat.here else None,
        "media": {
            "audio": seat.audio,
            "video": seat.video,
            "screen": seat.screen,
            "rung": seat.rung,
            "why": seat.why,
        },
    }


def let_in(known: Room | None, room: Room) -> list[Seat]:
    """The guests here who get fresh ICE servers: let in since, or perhaps since, when nothing was known before."""
    admitted = [seat for seat in room.seats if seat.here and seat.admitted and seat.role != "specialist"]
    return [seat for seat in admitted if not _before(known, seat).admitted]


def _before(known: Room | None, seat: Seat) -> Seat:
    """The seat as it was known; as nobody's, when it was not (a companion may get a seat at any time)."""
    nobodys = Seat(seat.seat, seat.role, seat.name)
    return next((old for old in known.seats if old.seat == seat.seat), nobodys) if known else nobodys


def seat_pass(room: Room, seat: Seat) -> SeatPass:
    return SeatPass(room.room, seat.seat, seat.role, seat.name, room.closes_at, seat.right)


def put_out(held: SeatPass, room: Room, at: str) -> Entry | None:
    """What a line hears whose right to its seat ended; None while the right stands."""
    sits = next((seat for seat in room.seats if seat.seat == held.seat), None)
    if sits is None:  # a guest whose seat was taken back
        return Entry("dismissed", {}, at)
    if held.right == sits.right:
        return None
    if held.closes_at != room.closes_at or held.role == "specialist":
        return Entry("closed", {"reason": "moved"}, at)
    return Entry("replaced", {"instance": ""}, at)


def rendered(tail: Tail, seat: int, prev: int, *, unread: int = 0) -> list[Answer]:
    """The entries this seat may read, each naming the one before it: a hole shows although others' are left out."""
    found = []
    for n, entry in enumerate(tail.entries, tail.first):
        if n > unread and (entry.to is None or seat in entry.to):
            found.append(log_entry(tail.epoch, n, prev, entry))
            prev = n
    return found


def readable(tail: Tail, seat: Seat, prev: int) -> list[Answer]:
    """What a seat that asks for the log may read: of what was said before, nothing until it is let in.

    Who holds the seat now may be another than the one those lines were for.
    """
    entries = tuple(entry if seat.admitted or entry.kind != "chat" else replace(entry, to=()) for entry in tail.entries)
    return rendered(replace(tail, entries=entries), seat.seat, prev)


def log_entry(epoch: str, n: int, prev: int, entry: Entry) -> Answer:
    known = {"epoch": epoch, "n": n, "prev": prev, "at": entry.at}
    return {**known, "kind": entry.kind, "from": entry.sender, "data": entry.data}


def chat_line(said: Said) -> Answer:
    return {"id": said.id, "seat": said.seat, "text": said.text, "at": instant(said.at)}


def ice_view(server: IceServer) -> Answer:
    return {**asdict(server), "urls": list(server.urls)}


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
