"""What should be so, in plain Python: calendars, promises, holds and courses, and why something cannot be had."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from tests.scheduling.machine import clocks
from tests.scheduling.machine.sheet import SERVICES, Holidays, Sheet, Special

HOLD_LASTS = timedelta(minutes=10)
MOST_HOLDS = 3
OPEN = ("booked", "confirmed")


@dataclass(frozen=True)
class Taken:
    """[start, end) is the session, [since, until) what nobody else of hers can have."""

    start: int
    end: int
    since: int
    until: int


def taken(code: str, start: int) -> Taken:
    kind = SERVICES[code]
    return Taken(start, start + kind.lasts, start - kind.before, start + kind.lasts + kind.after)


@dataclass
class Promise:
    """A booking. `said` is (zone, wall time, fold); `history` is (what, by whom, when)."""

    who: int
    client: int
    code: str
    start: int
    said: tuple[str, str, int]
    others: tuple[int, ...] = ()
    things: tuple[int, ...] = ()
    status: str = "booked"
    version: int = 1
    course: int | None = None
    history: list[tuple[str, int | None, datetime]] = field(default_factory=list)

    @property
    def taken(self) -> Taken:
        return taken(self.code, self.start)

    @property
    def clients(self) -> tuple[int, ...]:
        return (self.client, *self.others)

    @property
    def stands(self) -> bool:
        return self.status != "cancelled"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


@dataclass
class Kept:
    """A hold."""

    number: int
    actor: int
    who: int
    code: str
    start: int
    expires: datetime
    things: tuple[int, ...] = ()

    @property
    def taken(self) -> Taken:
        return taken(self.code, self.start)


@dataclass
class Course:
    who: int
    client: int
    version: int = 1


class Model:
    def __init__(self, now: datetime, sheets: Sequence[Sheet], *, bound: dict[int, int]) -> None:
        """`bound` names the actors who book for one specialist alone."""
        self.now = now
        self.sheets = list(sheets)
        self.bound = bound
        self.holidays: dict[int, tuple[date, int | None, Special]] = {}
        self.promises: dict[int, Promise] = {}
        self.holds: dict[int, Kept] = {}
        self.courses: dict[int, Course] = {}

    # --- what is taken ------------------------------------------------------------------------------------------------
    @property
    def special(self) -> Holidays:
        return {(day, district): special for day, district, special in self.holidays.values()}

    @property
    def live(self) -> list[Kept]:
        return [each for each in self.holds.values() if each.expires > self.now]

    def _all(self, without: Collection[int], without_hold: int | None) -> Iterator[Promise | Kept]:
        yield from (each for number, each in self.promises.items() if each.stands and number not in without)
        yield from (each for each in self.live if each.number != without_hold)

    def of(self, who: int, *, without: Collection[int] = (), without_hold: int | None = None) -> list[Taken]:
        return [each.taken for each in self._all(without, without_hold) if each.who == who]

    def busy(
        self,
        clients: Collection[int],
        things: Collection[int],
        code: str,
        start: int,
        *,
        without: Collection[int] = (),
        without_hold: int | None = None,
    ) -> set[str]:
        """The refusals that somebody or something else being busy gives."""
        end = start + SERVICES[code].lasts
        found = set()
        for each in self._all(without, without_hold):
            if each.taken.start < end and start < each.taken.end:
                if isinstance(each, Promise) and set(each.clients) & set(clients):
                    found.add("client_busy")
                if set(each.things) & set(things):
                    found.add("resource_busy")
        return found

    # --- when somebody is free ----------------------------------------------------------------------------------------
    def why(  # noqa: PLR0911 - one line for each reason
        self, who: int, code: str, at: datetime, busy: Sequence[Taken], *, offered: bool = False
    ) -> str | None:
        """Why she cannot be booked then, the most lasting reason first. `offered`: it fits into open time."""
        sheet, limits, start = self.sheets[who], self.sheets[who].limits, clocks.minute(at)
        if at != clocks.instant(start):
            return "outside_hours"
        if at < self.now + timedelta(minutes=limits.notice_min):
            return "too_soon"
        day, today = clocks.day(sheet.zone, start), clocks.day(sheet.zone, self._this_minute)
        if day > today + timedelta(days=limits.horizon_days):
            return "beyond_horizon"
        if not offered and start not in sheet.could_start(code, day, day, self.special):
            return "outside_hours"
        if meets(code, start, busy):
            return "slot_taken"
        is_counted = limits.max_per_day is not None or limits.max_per_week is not None
        days = [clocks.day(sheet.zone, each.start) for each in busy] if is_counted else []
        if limits.max_per_week is not None and sum(_week(each) == _week(day) for each in days) >= limits.max_per_week:
            return "week_full"
        if limits.max_per_day is not None and days.count(day) >= limits.max_per_day:
            return "day_full"
        if (
            limits.longest_run_min is not None
            and _run(taken(code, start), busy, limits.break_min) > limits.longest_run_min
        ):
            return "break_needed"
        return None

    def starts(
        self,
        who: int,
        code: str,
        since: datetime,
        until: datetime,
        *,
        without: Collection[int] = (),
        more: Iterable[Taken] = (),
    ) -> list[int]:
        """Every free start in [since, until)."""
        sheet = self.sheets[who]
        if code not in sheet.services:
            return []
        busy = [*self.of(who, without=without), *more]
        first, last = (clocks.day(sheet.zone, clocks.minute(at)) for at in (since, until))
        begin, end = clocks.minute(since), clocks.minute(until)
        return [
            at
            for at in sheet.could_start(code, first, last, self.special)
            if begin <= at < end and self.why(who, code, clocks.instant(at), busy, offered=True) is None
        ]

    @property
    def _this_minute(self) -> int:
        """The first minute that is not before now."""
        return clocks.minute(self.now + timedelta(seconds=59))

    # --- who may do what ----------------------------------------------------------------------------------------------
    def knows(self, actor: int, client: int) -> bool:
        """A specialist knows those who were ever booked with her; the desk everybody."""
        own = self.bound.get(actor)
        return own is None or any(each.who == own and each.client == client for each in self.promises.values())

    def sees(self, actor: int, number: int) -> bool:
        return actor not in self.bound or self.promises[number].who == self.bound[actor]

    def books_for(self, actor: int, who: int) -> bool:
        return self.bound.get(actor, who) == who

    # --- what is refused ----------------------------------------------------------------------------------------------
    def refuses_booking(self, actor: int, wanted: Promise, at: datetime, hold: int | None) -> set[str]:
        """The codes that may be answered; empty when it is booked."""
        unknown = any(not self.knows(actor, client) for client in wanted.clients)
        doubled = len(set(wanted.clients)) != len(wanted.clients)
        wrong = {"not_found"} if unknown or not self.books_for(actor, wanted.who) else set[str]()
        if doubled or wanted.code not in self.sheets[wanted.who].services:
            wrong.add("invalid_input")
        if wrong:
            return wrong
        mine = next((each for each in self.live if each.number == hold and each.actor == actor), None)
        reason = self.why(wanted.who, wanted.code, at, self.of(wanted.who, without_hold=hold))
        if hold is not None and mine is None:
            # Whose time that was matters to nobody any more.
            return {"hold_gone"} | ({reason} if reason else set())
        if reason:
            return {reason}
        return self.busy(wanted.clients, wanted.things, wanted.code, wanted.start, without_hold=hold)

    def refuses_change(self, actor: int, number: int, version: int) -> set[str]:
        if not self.sees(actor, number):
            return {"not_found"}
        promise = self.promises[number]
        if promise.version != version:
            return {"version_moved"}
        return set() if promise.is_open else {"booking_not_open"}

    def refuses_place(self, number: int, who: int, at: datetime, *, without: Collection[int] = ()) -> set[str]:
        """Why a booking cannot be put there."""
        promise = self.promises[number]
        if promise.code not in self.sheets[who].services:
            return {"invalid_input"}
        without = {number, *without}
        reason = self.why(who, promise.code, at, self.of(who, without=without))
        if reason:
            return {reason}
        return self.busy(promise.clients, promise.things, promise.code, clocks.minute(at), without=without)

    def given_way(self, actor: int) -> list[int]:
        """The holds of an actor that one more of his pushes out: all but his newest ones."""
        own = sorted((each for each in self.live if each.actor == actor), key=lambda each: (each.expires, each.number))
        return [each.number for each in own[: max(0, len(own) - MOST_HOLDS + 1)]]

    # --- what happens -------------------------------------------------------------------------------------------------
    def say(self, who: int, at: datetime) -> tuple[str, str, int]:
        zone = self.sheets[who].zone
        reads = clocks.wall(zone, clocks.minute(at))
        return zone, clocks.shown(reads), reads.fold

    def place(self, number: int, who: int, at: datetime, actor: int | None) -> None:
        promise = self.promises[number]
        promise.who, promise.start, promise.said = who, clocks.minute(at), self.say(who, at)
        self._changed(promise, "moved", actor)

    def become(self, number: int, status: str, actor: int | None) -> None:
        promise = self.promises[number]
        promise.status = status
        self._changed(promise, status, actor)

    def follow(self, number: int, at: datetime) -> None:
        promise = self.promises[number]
        promise.start = clocks.minute(at)
        self._changed(promise, "moved", None)

    def _changed(self, promise: Promise, what: str, actor: int | None) -> None:
        promise.version += 1
        promise.history.append((what, actor, self.now))

    def drifts(self) -> dict[int, tuple[datetime, bool]]:
        """Open promises whose wall time is another instant now, and whether the clock never shows it."""
        found = {}
        for number, promise in self.promises.items():
            soon = clocks.instant(promise.start) > self.now - timedelta(days=1)
            at = clocks.promised(*promise.said)
            if promise.is_open and soon and at != clocks.instant(promise.start):
                found[number] = at, clocks.never_shown(*promise.said[:2])
        return found

    # --- courses ------------------------------------------------------------------------------------------------------
    def course_of(self, number: int) -> list[int]:
        own = [each for each, promise in self.promises.items() if promise.course == number]
        return sorted(own, key=lambda each: (self.promises[each].start, each))

    def wish(
        self, who: int, clients: Collection[int], things: Collection[int], code: str, start: int, more: Sequence[Taken]
    ) -> set[str]:
        """Why a session of a course cannot be had, beside those (`more`) that are placed already; empty when it can."""
        reason = self.why(who, code, clocks.instant(start), [*self.of(who), *more])
        if reason:
            return {reason}
        end = start + SERVICES[code].lasts
        own = {"client_busy"} if any(start < each.end and each.start < end for each in more) else set()
        return own | self.busy(clients, things, code, start)

    def what_if(self) -> "Model":
        """A copy to try things on; calendars are shared."""
        other = Model(self.now, self.sheets, bound=self.bound)
        other.holidays, other.holds, other.courses = self.holidays, dict(self.holds), self.courses
        other.promises = {number: replace(each, history=list(each.history)) for number, each in self.promises.items()}
        return other


def meets(code: str, start: int, busy: Iterable[Taken]) -> bool:
    """Whether a session then would take time, buffers included, that is taken already."""
    new = taken(code, start)
    return any(new.since < each.until and each.since < new.until for each in busy)


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _run(new: Taken, busy: Sequence[Taken], pause: int) -> int:
    """How long the stretch of sessions is that a new one would belong to; 0 when it would stand alone."""
    run, rest = [new], list(busy)
    while near := [each for each in rest if any(_close(each, other, pause) for other in run)]:
        run += near
        rest = [each for each in rest if each not in near]
    return max(each.end for each in run) - min(each.start for each in run) if len(run) > 1 else 0


def _close(one: Taken, other: Taken, pause: int) -> bool:
    return one.start < other.end + pause and other.start < one.end + pause
