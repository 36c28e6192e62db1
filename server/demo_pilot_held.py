"""The sessions of the demo's certificates: when they were, how they ended, and the journal of each that was held."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Novosibirsk")
MOST = 6
# How sessions ended, of a hundred.
ENDED = (
    *["took_place"] * 83,
    *["cancelled"] * 6,
    *["missed"] * 5,
    *["failed_technically"] * 3,
    *["client_gave_up"] * 2,
    "specialist_late",
)
CLOCKS = (time(9), time(10), time(11), time(12), time(14), time(15), time(16))
# Sessions of the districts that the demo's own staff work in end so long ago: their days and weeks stay as they are.
QUIET = timedelta(days=75)
MODES = (*["video"] * 7, *["voice"] * 2, "phone")
LENGTHS = (26, 31, 34, 36, 38, 38, 39, 40, 40, 40, 41, 43)
LATE = (0, 0, 0, 0, 1, 1, 2, 3, 5, 8)
GROUPS = ("openness", "comfort", "goodwill", "satisfaction", "accessibility")

Put = Callable[..., int]


class Paper(Protocol):
    @property
    def chosen(self) -> datetime | None: ...
    @property
    def lines(self) -> dict[str, tuple[int, int]]: ...


@dataclass(frozen=True)
class Visit:
    """One session: booked at `made`; `length` and `late` in minutes, of one that was held."""

    code: str
    made: datetime
    starts: datetime
    status: str
    length: int
    late: int
    mode: str


def visits(
    chance: Random, paper: Paper, taken: set[datetime], now: datetime, until: datetime, *, quiet: bool
) -> list[Visit]:
    """One a week from some days after the choice on; in some weeks none. Those of the days to come are booked. `taken`
    are the starts that the psychologist has given to others, and gives here."""
    if paper.chosen is None or chance.random() < 0.12:
        return []
    day = paper.chosen.astimezone(ZONE).date() + timedelta(days=chance.randrange(4, 16))
    clock, code = chance.choice(CLOCKS), next(iter(paper.lines))
    most = min(chance.randrange(1, MOST + 1), paper.lines[code][1])
    found: list[Visit] = []
    while len(found) < most:
        day += timedelta(days=1) if day.weekday() > 4 else timedelta()
        starts = _free(day, clock, taken)
        if starts > (until - QUIET if quiet else now + timedelta(days=14)):
            break
        if quiet or starts < now - timedelta(days=1):
            status = chance.choice(ENDED)
        elif starts > now + timedelta(days=2):
            status = "booked"
        else:
            break
        made = max(paper.chosen + timedelta(hours=1), starts - timedelta(days=9))
        how = chance.choice(LENGTHS), chance.choice(LATE), chance.choice(MODES)
        found.append(Visit(code, min(made, now), starts, status, *how))
        taken.add(starts)
        day += timedelta(days=chance.choice((7, 7, 7, 14)))
    return found


def _free(day: date, clock: time, taken: set[datetime]) -> datetime:
    """The same hour if she has it, else the next she has that day or on the days after."""
    while True:
        for each in (clock, *CLOCKS):
            starts = datetime.combine(day, each, ZONE).astimezone(UTC)
            if starts not in taken:
                return starts
        day += timedelta(days=1)


def talk(put: Put, chance: Random, visit: Visit, booking: int) -> None:
    """Room, seats, stays, admission, and of every other what the client said of it."""
    begins = visit.starts + timedelta(minutes=visit.late)
    over = begins + timedelta(minutes=visit.length)
    put("session", booking_id=booking, state="closed", was_live=True, ended="ended", live_since=begins, closed_at=over)
    for role in ("specialist", "client"):
        seat = put("seat", booking_id=booking, role=role, replaced=[])
        came = visit.starts if role == "specialist" else begins
        mode = "voice" if visit.mode == "phone" else visit.mode
        put("presence", booking_id=booking, seat_id=seat, mode=mode, entered_at=came, last_seen_at=over, left_at=over)
        if role == "client":
            put("journal_event", booking_id=booking, seat_id=seat, at=begins, kind="admitted", data={})
            put("journal_event", booking_id=booking, seat_id=seat, at=begins, kind="saw_media", data={})
        elif visit.mode == "phone":
            put("journal_event", booking_id=booking, seat_id=seat, at=begins, kind="phone", data={"on": True})
    if chance.random() < 0.5:
        mood = chance.choice((3, 4, 4, 5, 5, 5))
        answers = {name: max(1, mood - (chance.random() < 0.3)) for name in GROUPS}
        put("feedback", booking_id=booking, score=2 if mood == 3 else 3, at=over, **answers)
