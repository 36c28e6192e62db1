"""A made-up region's bookings, as rows: half of the days to come, and years of what is over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from bench.data_people import Row, Worker
from scheduling import occupancy, slots
from scheduling.db import Base, Tx
from scheduling.slots import Rules
from scheduling.standards import ServiceStandard

DAYS = 30  # so far ahead half of the time is booked
HOURS = (9, 10, 11, 12, 14, 15, 16)
STEP = 15
# How past bookings ended, of a hundred.
ENDED = (
    *["took_place"] * 82,
    *["cancelled"] * 7,
    *["missed"] * 6,
    *["client_gave_up"] * 2,
    "specialist_late",
    *["failed_technically"] * 2,
)
REASONS = ("client_asked", "client_asked", "specialist_absent", "office", "mistake")
TOPICS = ("anxiety", "loss", "family", "loneliness", "illness", "care", "crisis", "memory")


@dataclass
class Rows:
    """Rows that belong together, by table, in the order in which they may be written."""

    booking: list[Row]
    booking_change: list[Row]
    occupancy: list[Row]
    seat: list[Row]


@dataclass(frozen=True, slots=True)
class Book:
    """A specialist's bookings; it adds to `rows`, of which the first booking has the number `first_id`. Each specialist
    has clients of her own, so that nobody is in two places at once."""

    worker: Worker
    clients: Sequence[int]
    standards: Sequence[ServiceStandard]
    by: int
    now: datetime
    chance: Random
    first_id: int
    rows: Rows

    def past(self, count: int, years: int) -> None:
        """So many bookings on working days of the years before today."""
        today = slots.local_day(self.worker.zone, slots.minute(self.now))
        # No clock of the region has been changed in these years: what it differs by today holds for all of them.
        offset = slots.clock(self.worker.zone, slots.minute(self.now), slots.minute(self.now) + 1)[0][2]
        days = [today - back for back in range(1, years * 365) if slots.day_of(today - back).weekday() < 5]
        places = len(days) * len(HOURS)
        for place in sorted(self.chance.sample(range(places), min(count, places))):
            day, hour = divmod(place, len(HOURS))
            starts = days[day] * slots.DAY + HOURS[hour] * 60 - offset
            self._add(starts, self.chance.choice(self.standards), self.chance.choice(ENDED))

    def to_come(self, rules: Rules) -> None:
        """About half of her open time from this morning on, session by session with its buffer."""
        zone = ZoneInfo(self.worker.zone)
        first = self.now.astimezone(zone).date()
        since, until = (slots.minute(_midnight(zone, first + timedelta(days=days))) for days in (0, DAYS + 1))
        for start, end in slots.open_time(rules, since=since, until=until):
            at = start + STEP * self.chance.randrange(4)
            while at + 50 <= end:
                over = at + 50 <= slots.minute(self.now)
                status = "took_place" if over else self.chance.choice(("booked", "booked", "confirmed"))
                self._add(at, self.standards[0], status)
                at += 50 + STEP * self.chance.randrange(2, 6)

    def _add(self, at: int, standard: ServiceStandard, status: str) -> None:
        number = self.first_id + len(self.rows.booking)
        client = self.chance.choice(self.clients)
        starts = slots.instant(at)
        local = starts.astimezone(ZoneInfo(self.worker.zone))
        ends = at + standard.duration_min
        created = min(starts - timedelta(days=self.chance.randint(1, 20)), self.now)
        reason = self.chance.choice(REASONS) if status == "cancelled" else None
        self.rows.booking.append(
            {
                "id": number,
                "version": 1 if reason is None else 2,
                "status": status,
                "specialist_id": self.worker.id,
                "client_id": client,
                "standard_id": standard.id,
                "starts": starts,
                "ends": slots.instant(ends),
                "busy_until": slots.instant(ends + standard.buffer_min),
                "zone": self.worker.zone,
                "wall": local.isoformat(timespec="minutes")[:16],
                "fold": local.fold,
                "mode": "video",
                "topic": self.chance.choice(TOPICS),
                "price_kopecks": standard.price_kopecks,
                "cancel_reason": reason,
                "created_at": created,
                "created_by": self.by,
            }
        )
        if reason is not None:
            after = {"status": "cancelled", "cancel_reason": reason}
            change = {"booking_id": number, "at": starts - timedelta(hours=20), "account_id": self.by}
            self.rows.booking_change.append(
                change | {"what": "cancelled", "before": {"status": "booked"}, "after": after}
            )
            return
        # What is long over has been swept out of it (`occupancy.forget_old`).
        if starts > self.now - occupancy.KEPT:
            span = {"starts": at, "ends": ends, "since": at, "booking_id": number}
            hers = {"kind": "specialist", "who": self.worker.id, "until": ends + standard.buffer_min}
            self.rows.occupancy += [span | hers, span | {"kind": "client", "who": client, "until": ends}]
        if starts > self.now - timedelta(days=1):
            plain = {"booking_id": number, "here": False, "replaced": [], "rung": "high"}
            plain |= {"audio": True, "video": True, "screen": False}
            self.rows.seat += [plain | {"role": "specialist"}, plain | {"role": "client"}]


async def write(tx: Tx, table: str, rows: Sequence[Row]) -> None:
    """Rows as they stand, past all that the application would do with them."""
    if rows:
        await tx.execute(insert(Base.metadata.tables[table]), rows)


async def write_all(tx: Tx, rows: Rows) -> None:
    for table, part in vars(rows).items():
        await write(tx, table, part)


def shares(clients: range, workers: int) -> Iterator[Sequence[int]]:
    """The clients of each specialist; somebody with more of them than there are has them all."""
    for at in range(workers):
        yield clients[at::workers] or clients


def _midnight(zone: ZoneInfo, day: date) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
