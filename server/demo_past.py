"""Demo data of the past weeks: sessions of every settlement with the figures of their lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from scheduling.bookings import Booking
from scheduling.db import Tx
from scheduling.joincodes import Seat
from scheduling.sessions import JournalEvent, Presence, QualitySample, Session

WEEKS = 8
# client, who sees him each week, service, weekday, clock
WEEKLY = (
    (0, "orlova", 0, 0, "15:00"),
    (4, "zimin", 2, 0, "16:00"),
    (1, "orlova", 0, 1, "15:00"),
    (2, "lebedeva", 0, 2, "12:00"),
    (4, "kim", 0, 2, "17:00"),
    (3, "voronova", 1, 3, "15:00"),
    (5, "zimin", 0, 3, "16:00"),
    (0, "kim", 0, 4, "12:00"),
)
SAMPLES = 4


@dataclass(frozen=True)
class Line:
    """How somebody's line is on the whole: shares, a round trip in ms."""

    loss: float
    rtt_ms: float
    concealed: float


# of each client
LINES = (
    Line(0.02, 70, 0.003),
    Line(0.11, 240, 0.04),
    Line(0.19, 420, 0.09),
    Line(0.03, 90, 0.006),
    Line(0.015, 60, 0.002),
    Line(0.08, 310, 0.03),
)


@dataclass(frozen=True)
class Visit:
    """One past session: client and service by their place in the demo's lists."""

    day: date
    clock: time
    login: str
    client: int
    service: int
    week: int
    failed: bool


def visits(today: date) -> Iterator[Visit]:
    """The sessions of the full weeks before this one, oldest first."""
    monday = today - timedelta(days=today.weekday())
    for week in range(WEEKS, 0, -1):
        for number, (client, login, service, weekday, clock) in enumerate(WEEKLY):
            day = monday + timedelta(days=weekday, weeks=-week)
            failed = LINES[client].concealed > 0.03 and (week + number) % 4 == 0
            if day < today - timedelta(days=2):  # the last two days have a plan of their own
                yield Visit(day, time.fromisoformat(clock), login, client, service, week, failed)


async def keep(tx: Tx, held: Sequence[tuple[Booking, Visit]]) -> None:
    """Bookings, seats, rooms and figures, a statement for each kind: every test of the house begins with this."""
    tx.add_all([made for made, _ in held])
    await tx.flush()
    seats = [[Seat(booking_id=made.id, role=role) for role in ("specialist", "client")] for made, _ in held]
    tx.add_all([seat for pair in seats for seat in pair])
    tx.add_all([_room(made) for made, _ in held])
    await tx.flush()
    for (made, visit), pair in zip(held, seats, strict=True):
        tx.add_all([*(_stay(made, seat, visit) for seat in pair), *_samples(made, pair[1], visit)])
        tx.add(JournalEvent(booking_id=made.id, seat_id=pair[1].id, at=made.starts, kind="admitted", data={}))
    await tx.flush()


def _until(made: Booking) -> timedelta:
    return timedelta(minutes=6) if made.status == "failed_technically" else made.ends - made.starts


def _room(made: Booking) -> Session:
    return Session(
        booking_id=made.id,
        state="closed",
        version=1,
        was_live=True,
        ended="ended",
        live_since=made.starts,
        closed_at=made.starts + _until(made),
    )


def _stay(made: Booking, seat: Seat, visit: Visit) -> Presence:
    concealed = LINES[visit.client].concealed
    mode = "phone" if visit.failed or concealed > 0.08 else "voice" if concealed > 0.035 else "video"
    ends = made.starts + _until(made)
    whose = {"booking_id": made.id, "seat_id": seat.id}
    return Presence(**whose, mode=mode, entered_at=made.starts, last_seen_at=ends, left_at=ends)


def _samples(made: Booking, seat: Seat, visit: Visit) -> Iterator[QualitySample]:
    line = LINES[visit.client]
    worse = 1 + 0.25 * (visit.week % 3 - 1) + (1.2 if visit.failed else 0.0)
    for n in range(SAMPLES):
        yield QualitySample(
            booking_id=made.id,
            seat_id=seat.id,
            at=made.starts + _until(made) * n / SAMPLES,
            loss=line.loss * worse,
            rtt_ms=line.rtt_ms * worse,
            concealed=line.concealed * worse,
            in_kbps=400.0,
            rung=_rung(line, n),
            path="relay",
        )


def _rung(line: Line, n: int) -> str:
    """The worse the line, the less could be sent, and the later in the session the less often much."""
    if line.concealed > 0.05:
        return ("tiny", "voice", "voice", "low")[n]
    return ("low", "high", "low", "tiny")[n] if line.concealed > 0.02 else "high"
