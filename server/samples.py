"""Quality samples, written together: what came while the last ones were being written makes one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from scheduling import bookings, sessions
from scheduling.bookings import Booking
from scheduling.db import Tx
from signaling.port import Sample, SeatPass, Unavailable

T = TypeVar("T")
# More in one go would keep other writers waiting for too long.
AT_ONCE = 50


class Written(Protocol):
    """A write transaction; Unavailable when nothing was kept."""

    async def __call__(self, work: Callable[[Tx], Awaitable[T]], /) -> T: ...


@dataclass(eq=False, slots=True)
class _Measured:
    """What one seat told; `kept` is the answer to him."""

    seat: SeatPass
    samples: Sequence[Sample]
    at: datetime
    kept: asyncio.Future[Booking] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Samples:
    """Five hundred rooms tell how their lines are two hundred times a second; a commit each would hold up the rest."""

    def __init__(self, written: Written) -> None:
        self._written = written
        self._waiting: list[_Measured] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, seat: SeatPass, samples: Sequence[Sample], at: datetime) -> Booking:
        """Returns when they are kept. Raises what one's own transaction would raise."""
        measured = _Measured(seat, samples, at)
        self._waiting.append(measured)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await measured.kept

    async def _write(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                await self._write_together(some)
        finally:
            self._writing = None

    async def _write_together(self, some: list[_Measured]) -> None:
        try:
            found = await self._written(lambda tx: _kept(tx, some))
        except Unavailable as error:
            for measured in some:
                _refuse(measured, error)
        except Exception as error:
            if len(some) == 1:
                return _refuse(some[0], error)
            # One that cannot be kept is no reason to lose the others.
            for measured in some:
                await self._write_together([measured])
        else:
            for measured, booked in zip(some, found, strict=True):
                if not measured.kept.done():
                    measured.kept.set_result(booked)
        return None


async def _kept(tx: Tx, some: Sequence[_Measured]) -> list[Booking]:
    for measured in some:
        for sample in measured.samples:
            facts = asdict(sample)
            del facts["seat"]
            room, seat = measured.seat.room, measured.seat.seat
            tx.add(sessions.QualitySample(booking_id=room, seat_id=seat, at=measured.at, **facts))
    await sessions.still_here(tx, {measured.seat.seat for measured in some}, now=max(each.at for each in some))
    return [await bookings.by_id(tx, measured.seat.room) for measured in some]


def _refuse(measured: _Measured, error: Exception) -> None:
    if not measured.kept.done():
        measured.kept.set_exception(error)
