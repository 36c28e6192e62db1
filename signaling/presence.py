"""Who is connected at which node, and each room's numbered log: in memory for one process, in Redis for several."""

import contextlib
import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, cast

import redis.asyncio as redis

from signaling.hearing import Channel, client
from signaling.port import Unavailable as Unavailable  # noqa: PLC0414 - raised here, so asked for here

log = logging.getLogger(__name__)

# A log longer than this, in entries or in bytes, begins anew under another epoch: everybody enters again, nobody fills
# the memory.
LOG_MOST = 2000
BYTES_MOST = 1_000_000
LOG_KEPT_S = 6 * 3600
# A connection that its node has not renewed for so long is gone with the node.
HERE_TTL_S = 6.0

Wake = Callable[[int | None], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a room's log. `to` names the seats that may read it, None all of them; `sender` None is the server."""

    kind: str
    data: Any
    at: str
    sender: int | None = None
    to: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Mark:
    """A place in a log. Another epoch is another log: numbers of two epochs do not compare."""

    epoch: str
    n: int


@dataclass(frozen=True)
class Tail:
    """The end of a log: where it stands and the entries asked for, `first` being the number of the first of them."""

    epoch: str
    head: int
    first: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Here:
    """A connection: which tab sits in which seat, at which node."""

    seat: int
    instance: str
    node: str


class Presence(Protocol):
    """Every method may raise Unavailable; then nothing was kept."""

    async def append(self, room: int, *entries: Entry) -> Mark:
        """Add to the log in one piece; the place of the last one. Everybody listening is woken."""

    async def since(self, room: int, cursor: int) -> Tail:
        """The entries after the cursor, or none when the cursor is not of this log."""

    async def arrive(self, room: int, here: Here) -> None:
        """This connection lives; to be repeated within HERE_TTL_S."""

    async def depart(self, room: int, here: Here) -> None:
        """This connection ended."""

    async def who(self, room: int) -> frozenset[Here]:
        """All living connections of the room, of all nodes."""

    async def begin_anew(self, room: int) -> None:
        """The room is another's now: an empty log under another epoch, and nobody reads the old one any more."""

    async def forget(self, room: int) -> None:
        """The room is closed: keep its log for the last readers, not for long."""

    async def start(self, wake: Wake) -> None:
        """Listen: `wake(room)` after something was appended, `wake(None)` when anything may have been missed."""

    async def stop(self) -> None:
        """Let go of connections and tasks."""

    @property
    def hears(self) -> bool:
        """Whether wake-ups arrive; without them news waits for the next sweep."""


# An entry as a log in memory keeps it: the fields of Entry, its data as the text of its JSON. So it takes a quarter of
# the memory, nobody can change it any more, and the collector need not look at it.
Kept = tuple[str, str, str, int | None, tuple[int, ...] | None]
# What stands around the data of an entry, about.
_AROUND = 80


@dataclass
class _Log:
    epoch: str = field(default_factory=lambda: secrets.token_hex(6))
    entries: list[Kept] = field(default_factory=list)
    size: int = 0


def _packed(entry: Entry) -> str:
    return json.dumps(asdict(entry), separators=(",", ":"))


class MemoryPresence:
    """For one process. After a restart the epochs are new, and everybody enters again."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, log_most: int = LOG_MOST, bytes_most: int = BYTES_MOST
    ) -> None:
        self._clock = clock
        self._log_most = log_most
        self._bytes_most = bytes_most
        self._logs: dict[int, _Log] = {}
        self._here: dict[int, dict[Here, float]] = {}
        self._wakes: list[Wake] = []

    async def append(self, room: int, *entries: Entry) -> Mark:
        kept = self._log(room)
        texts = [_written(entry) for entry in entries]
        size = sum(len(text[1]) + _AROUND for text in texts)
        if len(kept.entries) + len(entries) > self._log_most or kept.size + size > self._bytes_most:
            kept = self._logs[room] = _Log()
        kept.entries.extend(texts)
        kept.size += size
        for wake in self._wakes:
            wake(room)
        return Mark(kept.epoch, len(kept.entries))

    def append_at_once(self, room: int, entry: Kept, told: Wake) -> Mark | None:
        """Add one entry; `told` knows. None, and nothing happened, when the log must begin anew."""
        kept = self._log(room)
        size = len(entry[1]) + _AROUND
        if len(kept.entries) >= self._log_most or kept.size + size > self._bytes_most:
            return None
        kept.entries.append(entry)
        kept.size += size
        for wake in self._wakes:
            if wake != told:
                wake(room)
        return Mark(kept.epoch, len(kept.entries))

    def head(self, room: int) -> tuple[str, int]:
        """Epoch and number of the last entry."""
        kept = self._log(room)
        return kept.epoch, len(kept.entries)

    async def since(self, room: int, cursor: int) -> Tail:
        kept = self._log(room)
        return Tail(kept.epoch, len(kept.entries), cursor + 1, tuple(map(_read, kept.entries[cursor:])))

    async def arrive(self, room: int, here: Here) -> None:
        self._here.setdefault(room, {})[here] = self._clock() + HERE_TTL_S

    async def depart(self, room: int, here: Here) -> None:
        self._here.get(room, {}).pop(here, None)

    async def who(self, room: int) -> frozenset[Here]:
        now = self._clock()
        return frozenset(here for here, until in self._here.get(room, {}).items() if until > now)

    async def begin_anew(self, room: int) -> None:
        self._logs.pop(room, None)

    async def forget(self, room: int) -> None:
        self._here.pop(room, None)
        self._logs.pop(room, None)

    async def start(self, wake: Wake) -> None:
        self._wakes.append(wake)

    async def stop(self) -> None:
        self._wakes.clear()

    @property
    def hears(self) -> bool:
        return True

    def _log(self, room: int) -> _Log:
        kept = self._logs.get(room)
        if kept is None:
            kept = self._logs[room] = _Log()
        return kept


def _written(entry: Entry) -> Kept:
    return entry.kind, json.dumps(entry.data, separators=(",", ":")), entry.at, entry.sender, entry.to


def _read(kept: Kept) -> Entry:
    kind, text, at, sender, to = kept
    return Entry(kind, json.loads(text), at, sender, to)


# The epoch's name is part of the log's key, so a log can never be read under the epoch of another. One script is one
# step of Redis: two nodes appending at once get different numbers.
_APPEND = """
local epoch = redis.call('GET', KEYS[1])
if not epoch then epoch = ARGV[1] end
local log = KEYS[2] .. epoch
local size = 0
for i = 5, #ARGV do size = size + #ARGV[i] end
local kept = tonumber(redis.call('GET', log .. ':size') or 0)
if redis.call('LLEN', log) + #ARGV - 4 > tonumber(ARGV[3]) or kept + size > tonumber(ARGV[4]) then
  redis.call('DEL', log, log .. ':size')
  epoch = ARGV[1]
  log = KEYS[2] .. epoch
  kept = 0
end
redis.call('SET', KEYS[1], epoch, 'EX', ARGV[2])
redis.call('SET', log .. ':size', kept + size, 'EX', ARGV[2])
local n = 0
for i = 5, #ARGV do n = redis.call('RPUSH', log, ARGV[i]) end
redis.call('EXPIRE', log, ARGV[2])
redis.call('PUBLISH', KEYS[3], KEYS[4])
return {epoch, n}
"""

_SINCE = """
local epoch = redis.call('GET', KEYS[1])
if not epoch then
  epoch = ARGV[1]
  redis.call('SET', KEYS[1], epoch, 'EX', ARGV[2])
end
local log = KEYS[2] .. epoch
return {epoch, redis.call('LLEN', log), redis.call('LRANGE', log, ARGV[3], -1)}
"""

_ANEW = """
local epoch = redis.call('GET', KEYS[1])
if epoch then redis.call('DEL', KEYS[1], KEYS[2] .. epoch, KEYS[2] .. epoch .. ':size') end
"""

_FORGOTTEN_AFTER_S = 60


class RedisPresence:
    """For several nodes. The log is a list (RPUSH gives the number); publishing wakes and is never the only copy."""

    def __init__(
        self, url: str, *, prefix: str = "ryadom", log_most: int = LOG_MOST, bytes_most: int = BYTES_MOST
    ) -> None:
        self._redis = client(url, decode_responses=True)
        self._channel = Channel(url, f"{prefix}:rooms")
        self._prefix = prefix
        self._most = str(log_most), str(bytes_most)
        self._stopped = False

    async def append(self, room: int, *entries: Entry) -> Mark:
        lines = [_packed(entry) for entry in entries]
        fresh = secrets.token_hex(6)
        keys = (self._key(room, "epoch"), self._key(room, "log:"), self._channel.name, str(room))
        call = self._redis.eval(_APPEND, 4, *keys, fresh, str(LOG_KEPT_S), *self._most, *lines)
        epoch, n = await self._kept(call)
        return Mark(epoch, n)

    async def since(self, room: int, cursor: int) -> Tail:
        fresh = secrets.token_hex(6)
        keys = (self._key(room, "epoch"), self._key(room, "log:"))
        call = self._redis.eval(_SINCE, 2, *keys, fresh, str(LOG_KEPT_S), str(cursor))
        epoch, head, lines = await self._kept(call)
        return Tail(epoch, head, cursor + 1, tuple(_entry(line) for line in lines))

    async def arrive(self, room: int, here: Here) -> None:
        """A sorted set by the time of expiry: one entry a connection, expired ones are cut off when asked."""
        key = self._key(room, "here")
        pipe = self._redis.pipeline(transaction=True)
        pipe.zadd(key, {json.dumps(asdict(here), sort_keys=True): await self._now() + HERE_TTL_S})
        pipe.expire(key, int(HERE_TTL_S * 10))
        await self._kept(pipe.execute())

    async def depart(self, room: int, here: Here) -> None:
        await self._kept(self._redis.zrem(self._key(room, "here"), json.dumps(asdict(here), sort_keys=True)))

    async def who(self, room: int) -> frozenset[Here]:
        call = self._redis.zrange(self._key(room, "here"), f"({await self._now()}", "+inf", byscore=True)
        return frozenset(Here(**json.loads(line)) for line in await self._kept(call))

    async def begin_anew(self, room: int) -> None:
        await self._kept(self._redis.eval(_ANEW, 2, self._key(room, "epoch"), self._key(room, "log:")))

    async def forget(self, room: int) -> None:
        tail = await self.since(room, 0)
        pipe = self._redis.pipeline(transaction=True)
        pipe.delete(self._key(room, "here"))
        log_key = self._key(room, "log:") + tail.epoch
        for key in (self._key(room, "epoch"), log_key, f"{log_key}:size"):
            pipe.expire(key, _FORGOTTEN_AFTER_S)
        await self._kept(pipe.execute())

    async def start(self, wake: Wake) -> None:
        def heard(said: bytes) -> None:
            with contextlib.suppress(ValueError):  # not one of ours
                wake(int(said))

        self._channel.start(heard, lambda: wake(None))

    async def stop(self) -> None:
        self._stopped = True
        await self._channel.stop()
        with contextlib.suppress(redis.RedisError, OSError):
            await self._redis.aclose()

    @property
    def hears(self) -> bool:
        return self._channel.hears

    async def _now(self) -> float:
        """Redis' own clock, so that nodes need not agree on the time."""
        seconds, micro = await self._kept(self._redis.time())
        return float(seconds + micro / 1e6)

    async def _kept(self, call: Any) -> Any:
        if self._stopped:  # the library would open a connection anew, for a line that is noticed gone too late
            call.close()
            raise Unavailable("stopped")
        try:
            return await cast(Awaitable[Any], call)
        except (redis.RedisError, OSError) as error:
            raise Unavailable(type(error).__name__) from error

    def _key(self, room: int, what: str) -> str:
        return f"{self._prefix}:room:{room}:{what}"


def _entry(line: str) -> Entry:
    kept = json.loads(line)
    return Entry(**{**kept, "to": None if kept["to"] is None else tuple(kept["to"])})
