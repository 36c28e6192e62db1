"""the health of relays: each is asked for an allocation now and then; people are given those that answer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from server.turn.addresses import Address, address
from server.turn.proof import Why, allocation
from signaling.ice import IceSettings, Relay, with_credential

EVERY_S = 30.0
# One lost packet is no illness: a relay that was well is left out only when it fails twice running.
STRIKES = 2
VALID = timedelta(minutes=5)
log = structlog.get_logger()


@dataclass(frozen=True)
class Health:
    """What the last round found: each way of the relay, and how many rounds running not one of them worked."""

    ways: Mapping[str, Why] = field(default_factory=dict)
    failures: int = 0

    @property
    def is_sick(self) -> bool:
        return self.failures >= STRIKES

    @property
    def broken(self) -> int:
        return sum(why != "ok" for why in self.ways.values())


def after(before: Health, ways: Mapping[str, Why]) -> Health:
    """A relay lives while one of its ways does."""
    return Health(ways, 0 if "ok" in ways.values() else before.failures + 1)


def ordered(relays: Sequence[Relay], health: Mapping[str, Health]) -> tuple[Relay, ...]:
    """The administrator's order, but whole ones before those with a broken way, and no sick ones.

    If all are sick all stay: perhaps it is our own line that is broken, and a browser's is not.
    """
    alive = [relay for relay in relays if not health.get(relay.name, Health()).is_sick]
    return tuple(sorted(alive or relays, key=lambda relay: health.get(relay.name, Health()).broken))


class RelayWatch:
    """Keeps `ice.relays` in order while the application runs."""

    def __init__(self, ice: IceSettings, now: Callable[[], datetime], *, every_s: float = EVERY_S) -> None:
        self._ice = ice
        self._all = ice.relays
        self._now = now
        self._every_s = every_s
        self.health: dict[str, Health] = {}

    async def running(self, _: web.Application) -> AsyncIterator[None]:
        """For `cleanup_ctx`: nothing waits for the first round, and without relays there is none."""
        task = asyncio.create_task(self._rounds()) if self._all else None
        yield
        if task:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def look(self) -> None:
        """One round over all relays at once."""
        found = await asyncio.gather(*(self._ways(relay) for relay in self._all))
        for relay, ways in zip(self._all, found, strict=True):
            before = self.health.get(relay.name, Health(dict.fromkeys(relay.urls, "ok")))
            now = self.health[relay.name] = after(before, ways)
            if before.ways != now.ways or before.is_sick != now.is_sick:
                log.warning("relay", relay=relay.name, ways=dict(ways), given_to_people=not now.is_sick)
        self._ice.relays = ordered(self._all, self.health)

    async def _rounds(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("relays")  # the next round may find them again
            await asyncio.sleep(self._every_s)  # the interval itself; nothing waits for it

    async def _ways(self, relay: Relay) -> dict[str, Why]:
        answers = await asyncio.gather(*(self._asked(relay, url) for url in relay.urls))
        return dict(zip(relay.urls, answers, strict=True))

    async def _asked(self, relay: Relay, url: str) -> Why:
        try:
            where: Address = address(url)
        except ValueError:
            return "answer"
        mine = with_credential(relay, "health", self._now() + VALID)
        why, _ = await allocation(where, mine.username or "", mine.credential or "")
        return why
