"""The short way of what pages say most, signals and beats: done in one go, without a task, a wait or a second encoding.

What has to wait for anything, or is not plainly in order, takes the long way through the namespace, which answers it
as it always did: here only haste is refused. Why: docs/decisions/0011-an-own-hot-path.md.
"""

from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from signaling import rooms, wire
from signaling.fields import Wire
from signaling.port import SeatPass
from signaling.presence import Kept, MemoryPresence
from signaling.tabs import Tab
from signaling.telling import Clock, Floor, Line, Teller
from signaling.views import Answer, instant

BEGIN = "42/room,"
SIGNAL, BEAT = '["signal",', '["beat",'
# More than any page counts to.
_DIGITS = 12
DONE: Answer = {"ok": True, "value": {}}

Message = TypeVar("Message", bound=Wire)


@dataclass(slots=True)
class Relay:
    """For one process, whose log is in its own memory. `open` until the process takes nothing more."""

    teller: Teller
    log: MemoryPresence
    clock: Clock
    open: bool = True

    def take(self, line: Line, tab: Tab, frame: str) -> bool:
        """Whether this frame was done; if not, nothing has happened yet."""
        if not frame.startswith(BEGIN):
            return False
        at = frame.find("[", len(BEGIN))
        number = frame[len(BEGIN) : at]
        floor = self.teller.floors.get(line.seat.room)
        # Who is behind in the log is told by the pump, in the log's order; what is under way is waited for.
        if not (number.isdecimal() and number.isascii() and len(number) <= _DIGITS) or not floor or floor.behind:
            return False
        if not line.entered or tab.lock.locked():
            return False
        if frame.startswith(SIGNAL, at):
            return self._signal(line, tab, floor, number, frame[at + len(SIGNAL) : -1])
        return frame.startswith(BEAT, at) and self._beat(line, number, frame[at + len(BEAT) : -1])

    def _signal(self, line: Line, tab: Tab, floor: Floor, number: str, text: str) -> bool:
        message, room = _read(wire.Signal, text), floor.known
        if not message or not room or not self.open or message.seq != tab.expected:
            return False
        if not (line.known is room and line.to == message.to):
            # A room does not change, another takes its place: what was found once about it stays so.
            if not _may(room, line.seat, message.to):
                return False
            line.known, line.to = room, message.to
        if not line.bucket.take():
            return _too_fast(line, number)
        text = message.data.model_dump_json(exclude_unset=True)
        entry = ("signal", text, instant(self.clock()), line.seat.seat, (message.to,))
        if not (mark := self.log.append_at_once(room.room, entry, self.teller.wake)):
            return False
        tab.keep(DONE)
        line.say(f'3/room,{number}[{{"ok":true,"value":{{}}}}]')
        self._tell(floor, message.to, mark.n, mark.epoch, entry)
        return True

    def _tell(self, floor: Floor, to: int, n: int, epoch: str, entry: Kept) -> None:
        _, text, at, sender, _ = entry
        for line in floor.lines:
            if line.cursor != n - 1 or line.epoch != epoch or not line.direct:
                self.teller.wake(floor.room)
                continue
            line.cursor = n
            if line.seat.seat == to:
                line.say(
                    f'2/room,["log",{{"epoch":"{epoch}","n":{n},"prev":{line.sent},"at":"{at}","kind":"signal",'
                    f'"from":{sender},"data":{text}}}]'
                )
                line.sent = n

    def _beat(self, line: Line, number: str, text: str) -> bool:
        message = _read(wire.Beat, text)
        if not message or self.log.head(line.seat.room) != (line.epoch, line.cursor):
            return False
        if not line.bucket.take():
            return _too_fast(line, number)
        head = max(line.sent, message.cursor)
        line.say(f'3/room,{number}[{{"ok":true,"value":{{"epoch":"{line.epoch}","head":{head}}}}}]')
        return True


def _too_fast(line: Line, number: str) -> bool:
    line.say(f'3/room,{number}[{{"ok":false,"fault":{{"code":"too_fast"}}}}]')
    return True


def _may(room: rooms.Room, sender: SeatPass, to: int) -> bool:
    """Plainly allowed. What needs a look into the database, or at each address in it, takes the long way."""
    if room.ended or room.relay_only:
        return False
    sits = any(seat.seat == sender.seat and seat.admitted and seat.right == sender.right for seat in room.seats)
    return sits and any(seat.seat == to for seat in room.seats) and rooms.may_signal(room, sender.seat, to)


def _read(model: type[Message], text: str) -> Message | None:
    try:
        return model.model_validate_json(text)
    except ValidationError:
        return None
