"""A made-up year of sessions as raw journals: who was there when and by which mode, what he said of it.

A case is one person's help: an application or none, then one session or a course of some weeks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from bench.data_people import Row
from scheduling.standards import ServiceStandard

TABLES = (
    "series",
    "application",
    "booking",
    "booking_change",
    "session",
    "seat",
    "presence",
    "journal_event",
    "feedback",
)
# How sessions ended, of a hundred.
ENDED = (
    *["took_place"] * 80,
    *["cancelled"] * 7,
    *["missed"] * 6,
    *["client_gave_up"] * 2,
    *["specialist_late"] * 2,
    *["failed_technically"] * 3,
)
REASONS = ("client_asked", "client_asked", "specialist_absent", "office", "mistake")
# How a session went on: by picture, by voice, from picture to voice, from picture to telephone.
WAYS = (*["video"] * 70, *["voice"] * 13, *["weaker"] * 10, *["phoned"] * 7)
HOURS = (9, 10, 11, 12, 14, 15, 16, 17)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Helper:
    """A specialist as far as her sessions need to know."""

    id: int
    zone: str


@dataclass
class Year:
    """`firsts` is the first free number of each table that is referred to by number."""

    helpers: Sequence[Helper]
    clients: Sequence[Row]  # id, district_id
    standards: Sequence[ServiceStandard]
    by: int
    until: datetime
    chance: Random
    firsts: dict[str, int]
    days: int = 365
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in TABLES})

    def __post_init__(self) -> None:
        self._next = {table: count(first) for table, first in self.firsts.items()}

    def parts(self, sessions: int, at_once: int = 5_000) -> Iterator[dict[str, list[Row]]]:
        """So many sessions, in parts that can be written one after the other."""
        left = sessions
        while left > 0:
            self.rows = {table: [] for table in TABLES}
            while left > 0 and len(self.rows["booking"]) < at_once:
                left -= self._case(left)
            yield self.rows

    def _case(self, most: int) -> int:
        chance = self.chance
        client, helper, standard = (
            chance.choice(self.clients),
            chance.choice(self.helpers),
            chance.choice(self.standards),
        )
        times = min(most, 1 if chance.random() < 0.5 else chance.randint(2, 8))
        first = self.until - timedelta(days=chance.randint(times * 7 + 2, self.days))
        zone = ZoneInfo(helper.zone)
        starts = first.astimezone(zone).replace(hour=chance.choice(HOURS), minute=0, second=0, microsecond=0)
        asked = starts - timedelta(
            days=chance.choice((1, 2, 3, 4, 5, 6, 8, 10, 13, 18, 25)), hours=chance.randint(0, 8)
        )
        application = self._application(client, asked) if chance.random() < 0.6 else None
        series = self._series(client, helper, standard, starts, times, asked) if times > 1 else None
        for number in range(times):
            self._session(client, helper, standard, starts + timedelta(weeks=number), asked, application, series)
        return times

    def _application(self, client: Row, at: datetime) -> int:
        number = next(self._next["application"])
        self.rows["application"].append(
            {
                "id": number,
                "status": "closed",
                "district_id": client["district_id"],
                "client_id": client["id"],
                "source": self.chance.choice(("desk", "phone", "site")),
                "name": "",
                "name_folded": "",
                "wishes": {},
                "received_at": at,
            }
        )
        return number

    def _series(
        self, client: Row, helper: Helper, standard: ServiceStandard, starts: datetime, times: int, at: datetime
    ) -> int:
        number = next(self._next["series"])
        self.rows["series"].append(
            {
                "id": number,
                "client_id": client["id"],
                "specialist_id": helper.id,
                "standard_id": standard.id,
                "rrule": f"FREQ=WEEKLY;COUNT={times}",
                "first_day": starts.date(),
                "start_min": starts.hour * 60,
                "times": times,
                "zone": helper.zone,
                "created_at": at,
                "created_by": self.by,
            }
        )
        return number

    def _session(
        self,
        client: Row,
        helper: Helper,
        standard: ServiceStandard,
        starts: datetime,
        asked: datetime,
        application: int | None,
        series: int | None,
    ) -> None:
        number, status = next(self._next["booking"]), self.chance.choice(ENDED)
        ends = starts + standard.duration
        self.rows["booking"].append(
            {
                "id": number,
                "status": status,
                "specialist_id": helper.id,
                "client_id": client["id"],
                "standard_id": standard.id,
                "starts": starts,
                "ends": ends,
                "busy_until": ends + standard.buffer_min * MINUTE,
                "zone": helper.zone,
                "wall": starts.strftime("%Y-%m-%dT%H:%M"),
                "series_id": series,
                "application_id": application,
                "price_kopecks": standard.price_kopecks,
                "cancel_reason": self.chance.choice(REASONS) if status == "cancelled" else None,
                "created_at": asked,
                "created_by": self.by,
            }
        )
        if status == "cancelled":
            return
        hers, his = next(self._next["seat"]), next(self._next["seat"])
        for seat, role in ((hers, "specialist"), (his, "client")):
            self.rows["seat"].append({"id": seat, "booking_id": number, "role": role, "replaced": []})
        closed = self._talk(number, status, hers, his, starts, ends)
        self.rows["session"].append(
            {
                "booking_id": number,
                "state": "closed",
                "was_live": status == "took_place",
                "ended": "ended",
                "closed_at": closed,
            }
        )
        if status == "took_place" and self.chance.random() < 0.45:
            self._feedback(number, closed)

    def _talk(self, booking: int, status: str, hers: int, his: int, starts: datetime, ends: datetime) -> datetime:
        """Who was there; when the room was closed."""
        second = timedelta(seconds=self.chance.randrange(60))
        came = starts + self.chance.choice((-6, -4, -3, -2, 0, 0, 1, 2, 4, 9)) * MINUTE + second
        she_came = starts + self.chance.choice((-3, -2, -1, -1, 0, 0, 1, 3)) * MINUTE
        if status == "missed":
            return self._there(booking, hers, "video", she_came, starts + 16 * MINUTE)
        if status == "specialist_late":
            return self._there(booking, his, "video", came, starts + 20 * MINUTE)
        if status == "client_gave_up":
            return starts + 15 * MINUTE
        let_in = max(came, she_came) + timedelta(seconds=self.chance.randrange(5, 90))
        self._happened(booking, his, let_in, "admitted")
        if status == "failed_technically":
            over = let_in + self.chance.randint(1, 6) * MINUTE
            self._there(booking, hers, "video", she_came, over)
            self._happened(booking, his, over, "left", lost=True)
            return self._there(booking, his, "video", came, over)
        over = ends + self.chance.choice((-16, -8, -4, -2, -1, 0, 0, 1, 3, 6)) * MINUTE + second
        way = self.chance.choice(WAYS)
        turned = let_in + (over - let_in) * self.chance.randint(1, 9) / 10
        if way == "phoned":
            self._happened(booking, hers, turned, "phone", on=True)
        for seat, since in ((hers, she_came), (his, came)):
            self._happened(booking, seat, since, "entered")
            if way in {"video", "voice"}:
                self._there(booking, seat, way, since, over)
                continue
            self._there(booking, seat, "video", since, turned)
            self._there(booking, seat, "phone" if way == "phoned" else "voice", turned, over)
        self._happened(booking, his, let_in, "saw_media", of=hers)
        return over

    def _there(self, booking: int, seat: int, mode: str, since: datetime, until: datetime) -> datetime:
        stay = {"entered_at": since, "last_seen_at": until, "left_at": until}
        self.rows["presence"].append({"booking_id": booking, "seat_id": seat, "mode": mode} | stay)
        return until

    def _happened(self, booking: int, seat: int, at: datetime, kind: str, **data: object) -> None:
        self.rows["journal_event"].append(
            {"booking_id": booking, "seat_id": seat, "at": at, "kind": kind, "data": data}
        )

    def _feedback(self, booking: int, at: datetime) -> None:
        groups = ("openness", "comfort", "goodwill", "satisfaction", "accessibility")
        mood = self.chance.choice((3, 4, 4, 5, 5, 5))
        answers = {name: self.chance.choice((None, mood, mood, max(1, mood - 1))) for name in groups}
        if self.chance.random() < 0.3:
            answers = dict.fromkeys(groups)
        self.rows["feedback"].append({"booking_id": booking, "score": {3: 2, 4: 3, 5: 3}[mood], "at": at, **answers})
