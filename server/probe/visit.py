"""A visit from the code to the last word: both ends by the probe, or the client's alone against a real specialist."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from yarl import URL

from server.probe import door
from server.probe.door import Door, Refusal
from server.probe.media import Arrived
from server.probe.peer import Peer
from server.probe.seat import Fault, Seat
from server.probe.verdict import Direction, Measured, Stopped, Verdict, judged, stopped

Json = dict[str, Any]

SEAT_S = 20.0
PATH_S = 20.0
MEDIA_S = 10.0
CHAT_S = 10.0
BACK_S = 20.0


@dataclass(frozen=True)
class Order:
    """What is asked of the probe. Either `digits`, or `login` and `password` of an account made for it."""

    server: URL
    login: str = ""
    password: str = ""
    digits: str = ""
    relay: bool = False
    talk_s: float = 8.0
    patience_s: float = 60.0


@dataclass
class _End:
    """One end of the call: its seat, and its side of the pair as soon as the other is here."""

    role: str
    other: str
    seat: Seat
    order: Order
    peer: Peer | None = None
    early: list[Json] = field(default_factory=list)

    async def sit(self) -> float:
        """Takes the seat; how long it took, in milliseconds."""
        began = monotonic()
        self.seat.on_signal = self._heard
        await self.seat.sit(SEAT_S)
        await self.seat.ask("media", audio=True, video=True)
        return (monotonic() - began) * 1000

    async def meet(self, within_s: float) -> Peer:
        """As soon as the other is here, the pair is named and this side begins."""
        other = await self.seat.until(lambda: self.seat.other(self.other), within_s)
        heard = self.seat.heard
        relay = self.order.relay or heard.relay_only
        if relay and not turn_urls(heard.ice):
            raise Stopped("no_turn")
        offering = self.role == "specialist"
        names = [self.seat.instance, other["instance"]]
        self.peer = Peer(
            offering=offering,
            pair=".".join(names if offering else reversed(names)),
            say=lambda data: self._say(other["seat"], data),
            servers=heard.ice,
            relay=relay,
        )
        self.peer.begin()
        for data in self.early:
            self.peer.hear(data)
        return self.peer

    async def close(self) -> None:
        if self.peer:
            await self.peer.close()
        await self.seat.go()

    async def _say(self, seat: int, data: Json) -> None:
        with suppress(Fault, Stopped):
            await self.seat.ask("signal", to=seat, data=data)

    def _heard(self, _seat: int, data: Json) -> None:
        if self.peer:
            self.peer.hear(data)
        else:
            self.early.append(data)


async def probe(order: Order) -> Verdict:
    """Makes the call; never raises for what the server, the line or the people do."""
    measured = Measured(relay_asked=order.relay)
    try:
        await (_client_alone(order, measured) if order.digits else _both_ends(order, measured))
    except Stopped as stop:
        return stopped(stop, measured)
    except Fault as fault:
        return stopped(Stopped("refused", what="a message", because=str(fault)), measured)
    except Refusal as refusal:
        return stopped(Stopped("refused", what="a request", because=str(refusal)), measured)
    return judged(measured)


async def _both_ends(order: Order, measured: Measured) -> None:
    async with AsyncExitStack() as later:
        desk = await later.enter_async_context(door.device(order.server))
        me = await door.sign_in(desk, order.login, order.password)
        later.push_async_callback(_politely, lambda: desk.ask("DELETE", "/session"))
        booked = await door.book(desk, me)
        later.push_async_callback(_politely, lambda: desk.cancel(booked.booking))

        async def ticket() -> str:
            return str((await desk.ask("POST", f"/bookings/{booked.booking}/ticket"))["ticket"])

        client = await later.enter_async_context(_client(order, booked.digits, measured))
        specialist = _End("specialist", "client", Seat(order.server, ticket), order)
        later.push_async_callback(specialist.close)
        await specialist.sit()
        await _connected([client, specialist], measured, SEAT_S)

        began = monotonic()
        guest = client.seat.heard.you["seat"]
        await asyncio.gather(specialist.seat.ask("admit", seat=guest), _admitted(client, order.patience_s))
        measured.admit_ms = _since(began)
        await _talk([client, specialist], measured, began, order.talk_s)
        await _chat(client, specialist, measured)
        await _break(client, specialist, measured)


async def _client_alone(order: Order, measured: Measured) -> None:
    """A real specialist admits the probe; only what arrives here and what she reports can be measured."""
    async with _client(order, order.digits, measured) as client:
        admitted = asyncio.create_task(_admitted(client, order.patience_s))
        try:
            await _connected([client], measured, order.patience_s, unless=admitted)
            began = await admitted
        finally:
            admitted.cancel()
        await _talk([client], measured, began, order.talk_s)
        began = monotonic()
        await client.seat.ask("chat", id=secrets.token_hex(8), text="ryadom probe")
        measured.chat_ms = _since(began)
        await _break(client, None, measured)


@asynccontextmanager
async def _client(order: Order, digits: str, measured: Measured) -> AsyncIterator[_End]:
    """A device of the client's own, from the code to the seat."""
    async with door.device(order.server) as phone:
        began = monotonic()
        await door.join(phone, digits)
        measured.join_ms = _since(began)
        end = _End("client", "specialist", Seat(order.server, lambda: _ticket(phone)), order)
        try:
            measured.seat_ms = await end.sit()
            yield end
        finally:
            await end.close()
            await _politely(lambda: phone.ask("DELETE", "/join"))


async def _ticket(phone: Door) -> str:
    return str((await phone.ask("POST", "/join/ticket"))["ticket"])


async def _admitted(client: _End, within_s: float) -> float:
    """When it was."""
    try:
        await client.seat.until(lambda: client.seat.admitted, within_s)
    except TimeoutError:
        raise Stopped("not_admitted", seconds=round(within_s)) from None
    return monotonic()


async def _connected(
    ends: list[_End], measured: Measured, within_s: float, unless: "asyncio.Task[float] | None" = None
) -> None:
    """Before the admission: the pair connects, and nothing is sent on it yet."""
    meeting = asyncio.gather(*(end.meet(within_s) for end in ends))
    try:
        peers = await meeting
    except TimeoutError:
        # Nobody came, so nobody will admit: the wait for that says so.
        if unless:
            await unless
        raise Stopped("not_admitted", seconds=round(within_s)) from None
    began = monotonic()
    measured.relay_named = bool(turn_urls(ends[0].seat.heard.ice))
    await _when(lambda: all(peer.connected for peer in peers) or any(peer.stranded for peer in peers), PATH_S)
    measured.relay_given = any("relay" in peer.candidates for peer in peers)
    if not all(peer.connected for peer in peers):
        raise _no_path(ends[0], peers, measured)
    measured.ready_ms = _since(began)
    measured.path = peers[0].path
    if measured.relay_asked and measured.path != "relay":
        raise Stopped("wrong_path", path=measured.path)


def _no_path(end: _End, peers: list[Peer], measured: Measured) -> Stopped:
    if measured.relay_asked and not measured.relay_given:
        return Stopped("no_relay", urls=", ".join(turn_urls(end.seat.heard.ice)))
    kinds = sorted({kind for peer in peers for kind in peer.candidates})
    return Stopped("no_path", seconds=round(PATH_S), candidates=", ".join(kinds) or "none")


async def _talk(ends: list[_End], measured: Measured, admitted_at: float, talk_s: float) -> None:
    """Sound and picture both ways, for a while."""
    for end in ends:
        end.peer.flow()  # type: ignore[union-attr]  # every end has met the other before the admission
    for end in ends:
        assert end.peer
        ear = end.peer.ear
        for what, arrived in (("sound", ear.audio), ("picture", ear.video)):
            if not await _when(lambda arrived=arrived: arrived.first_at is not None, MEDIA_S):  # type: ignore[misc]
                raise Stopped("no_media", what=f"{what} to the {end.role}", seconds=round(MEDIA_S))
    await asyncio.sleep(talk_s)
    for end in ends:
        assert end.peer
        counted = await end.peer.counted()
        measured.to[end.role] = _direction(end.peer.ear.audio, end.peer.ear.video, admitted_at, counted.lost_in)
        measured.rtt_ms = counted.rtt_ms if measured.rtt_ms is None else measured.rtt_ms
        measured.loss_out = counted.lost_out if measured.loss_out is None else measured.loss_out
        measured.connections = max(measured.connections, end.peer.connections)
        if len(ends) > 1 and not end.peer.ear.audio.loudest:
            raise Stopped("no_media", what=f"sound other than silence to the {end.role}", seconds=round(talk_s))


def _direction(sound: Arrived, picture: Arrived, admitted_at: float, loss: float | None) -> Direction:
    first = [(each.first_at or 0) - admitted_at for each in (sound, picture)]
    return Direction(
        sound_ms=max(0.0, first[0]) * 1000,
        picture_ms=max(0.0, first[1]) * 1000,
        sounds=sound.frames,
        pictures=picture.frames,
        loudest=sound.loudest,
        loss=loss,
        pause_ms=max(sound.longest_pause_s, picture.longest_pause_s) * 1000,
    )


async def _chat(client: _End, specialist: _End, measured: Measured) -> None:
    """A line there, an answer back."""
    began = monotonic()
    for said, heard in ((client, specialist), (specialist, client)):
        line = secrets.token_hex(8)
        await said.seat.ask("chat", id=line, text="ryadom probe")
        if not await _when(lambda heard=heard, line=line: _has(heard.seat, line), CHAT_S):  # type: ignore[misc]
            raise Stopped("chat_lost", seconds=round(CHAT_S))
    measured.chat_ms = _since(began)


async def _break(client: _End, specialist: _End | None, measured: Measured) -> None:
    """The client's line breaks and comes back; what was said meanwhile arrives, and the sound goes on beside it."""
    assert client.peer
    ear = client.peer.ear
    paused, seated = ear.audio.longest_pause_s, client.seat.seated
    ear.audio.longest_pause_s = 0.0
    began = monotonic()
    await client.seat.drop()
    line = secrets.token_hex(8)
    if specialist:
        await specialist.seat.ask("chat", id=line, text="ryadom probe")
    if not await _when(lambda: client.seat.seated > seated, BACK_S):
        raise Stopped("not_back", seconds=round(BACK_S), because=client.seat.ended or "no answer")
    measured.reconnect_ms = _since(began)
    await client.peer.resync()
    if specialist and not await _when(lambda: _has(client.seat, line), CHAT_S):
        raise Stopped("hole")
    frames = ear.audio.frames
    if not await _when(lambda: ear.audio.frames > frames, MEDIA_S):
        raise Stopped("no_media", what="sound after a broken line", seconds=round(MEDIA_S))
    measured.reconnect_pause_ms = ear.audio.longest_pause_s * 1000
    ear.audio.longest_pause_s = max(paused, ear.audio.longest_pause_s)


def turn_urls(servers: list[Json]) -> list[str]:
    return [url for server in servers for url in server["urls"] if url.startswith(("turn:", "turns:"))]


def _has(seat: Seat, line: str) -> bool:
    return any(each["id"] == line for each in seat.heard.chat)


async def _when(found: Callable[[], bool], within_s: float) -> bool:
    """Whether it became true in time. Media has no event to wait for, so it is looked at."""
    until = monotonic() + within_s
    while not found():
        if monotonic() >= until:
            return False
        await asyncio.sleep(0.005)
    return True


async def _politely(act: Callable[[], Awaitable[object]]) -> None:
    """What is done on the way out must not hide why we go."""
    with suppress(Refusal, Stopped):
        await act()


def _since(began: float) -> float:
    return (monotonic() - began) * 1000
