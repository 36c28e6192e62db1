"""What outlives a socket: of each tab the act expected next and the last answers, so that each act is done once."""

import asyncio
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Any

from signaling.port import Refusal
from signaling.views import Answer

ACKS_KEPT = 64
TAB_KEPT_S = 3600.0
# What says that it is over may be some seconds old.
OVER_KEPT_S = 10.0

# Room, seat and instance: what stays the same over reconnects.
Place = tuple[int, int, str]


@dataclass(eq=False, slots=True)
class Tab:
    """One life of one page in one seat. `lock` is held by the act under way."""

    place: Place
    expected: int = 1
    acks: dict[int, Answer] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    used: float = 0.0

    def expect(self, seq: int) -> None:
        """The page says which is the oldest it has no answer to: after a restart of ours it knows more than we do."""
        if seq > self.expected:
            self.expected = seq
            self.acks.clear()

    def keep(self, answer: Answer) -> None:
        """The act expected is done, this was said to it."""
        self.acks[self.expected] = answer
        self.acks.pop(self.expected - ACKS_KEPT, None)
        self.expected += 1

    async def unread(self, said: tuple[Any, ...], refusal: Refusal) -> Refusal:
        """What cannot be read uses its number up all the same, or nothing after it would ever be done."""
        seq = said[0].get("seq") if said and isinstance(said[0], dict) else None
        if type(seq) is not int:
            return refusal
        async with self.lock:
            if seq > self.expected:
                return Refusal("out_of_order", expected=self.expected)
            if seq == self.expected:
                self.keep({"ok": False, "fault": {"code": refusal.code, **refusal.data}})
        return refusal


class Tabs:
    """All tabs of this node."""

    def __init__(self) -> None:
        self._tabs: dict[Place, Tab] = {}

    def __len__(self) -> int:
        return len(self._tabs)

    def of(self, place: Place, now: float) -> Tab:
        """The tab of that place, used now (by the loop's clock)."""
        tab = self._tabs.get(place)
        if tab is None:
            tab = self._tabs[place] = Tab(place)
        tab.used = now
        return tab

    async def finish(self) -> None:
        """Until what is under way has ended."""
        for tab in list(self._tabs.values()):
            async with tab.lock:
                pass

    def forget(self, now: float, *, alive: Container[Place], over: Callable[[Place], bool]) -> None:
        """Of the tabs without a line: drop those unused for long, and those of which `over` says nobody comes back."""
        for place, tab in list(self._tabs.items()):
            if place not in alive and now - tab.used > (OVER_KEPT_S if over(place) else TAB_KEPT_S):
                del self._tabs[place]
