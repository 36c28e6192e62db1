"""Placing the sessions of a course: which can be had, why not the others, and what comes nearest to each. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from scheduling import slots
from scheduling.calendars.plan import Plan
from scheduling.finding import Candidate, Lasting
from scheduling.slots import Reason, Rules, Service, Taken

SessionReason = Reason | Literal["client_busy", "resource_busy", "no_such_time", "holiday", "absent"]
REACH = timedelta(days=6)  # how far a session is put off at most, so that it stays in its week
_REACH = int(REACH / timedelta(minutes=1))
BEHIND = timedelta(days=14)  # how far behind a course that fills most days its end may move: over the longest holidays
_BEHIND = int(BEHIND / timedelta(minutes=1))


class Key(NamedTuple):
    """Who or what takes part beside the specialist: a client (the first of them is the one it is for), a resource."""

    kind: Literal["client", "resource"]
    id: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A session as it is wished: its day by the rule, when, with whom. `exists` is false where the clock skips it.
    `terms` is what it takes wherever it goes: that of a booking, which keeps its version."""

    day: date
    starts: datetime
    specialist: int
    exists: bool = True
    terms: Service | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """What comes of one: if it cannot be had, why, because `of` whom, and what is nearest; with `by` if that is
    another specialist. `late` is said of what would be booked."""

    day: date
    starts: datetime
    specialist: int
    reason: SessionReason | None = None
    of: tuple[str, ...] = ()
    instead: datetime | None = None
    by: Candidate | None = None
    late: bool = False


@dataclass
class Line:
    """One specialist's rules and what is taken of her time."""

    rules: Rules
    busy: list[Taken]


@dataclass
class Beside:
    """Somebody or something else that must be free: its name and when it is taken."""

    name: str
    busy: list[Taken]

    def is_taken(self, start: int, end: int) -> bool:
        return any(start < each.end and each.start < end for each in self.busy)


@dataclass
class Planner:
    """Places sessions; what is placed is taken for the others."""

    lines: Mapping[int, Line]
    others: Mapping[Lasting, Mapping[int, tuple[Candidate, Sequence[int]]]]
    """Free starts of specialists who could stand in, for each of the lengths that sessions have."""
    beside: Mapping[Key, Beside]
    lasting: Lasting
    now: int
    zone: str
    before: date | None = None
    _stands_in: dict[int, list[Taken]] = field(default_factory=dict)
    _days: set[int] = field(default_factory=set)
    _first: int = 0
    _dense_until: int | None = None

    def place(self, wanted: Sequence[Wanted]) -> list[Session]:
        """First those that can be had as they are wished, then something for each of the others."""
        self._days = {self._day(slots.minute(each.starts)) for each in wanted}
        self._first = min(slots.minute(each.starts) for each in wanted)
        self._dense_until = _dense_until([slots.minute(each.starts) for each in wanted])
        found = [self._as_wished(each) for each in wanted]
        pairs = zip(found, map(self.takes, wanted), strict=True)
        return [self._warned(each if each.reason is None else self._nearest(each, takes)) for each, takes in pairs]

    def takes(self, each: Wanted) -> Lasting:
        return self.lasting if each.terms is None else Lasting.always(each.terms)

    def _as_wished(self, each: Wanted) -> Session:
        start = slots.minute(each.starts)
        service = self.takes(each).at(self.lines[each.specialist].rules.zone, start)
        reason, of = self._refused(each, start, service)
        if reason is None:
            self._take(start, service, self.lines[each.specialist].busy)
        return Session(each.day, each.starts, each.specialist, reason, of)

    def _refused(self, each: Wanted, start: int, service: Service) -> tuple[SessionReason | None, tuple[str, ...]]:
        if not each.exists:
            return "no_such_time", ()
        line = self.lines[each.specialist]
        reason = slots.refusal(line.rules, service, line.busy, now=self.now, start=start)
        if reason == "outside_hours":
            return _why_closed(line.rules, service, start), ()
        if reason is not None:
            return reason, ()
        taken = [key for key, one in self.beside.items() if one.is_taken(start, start + service.duration_min)]
        if not taken:
            return None, ()
        kind = taken[0].kind
        names = tuple(self.beside[key].name for key in taken if key.kind == kind)
        return ("client_busy" if kind == "client" else "resource_busy"), names

    def _nearest(self, each: Session, takes: Lasting) -> Session:
        """The nearest of the same specialist, else of another one who is free."""
        wanted = slots.minute(each.starts)
        line = self.lines[each.specialist]
        # Whole days around its own, none before the day on which the course begins.
        day = wanted - self._wall(wanted)[1]
        near = (max(day - _REACH, self._first - self._wall(self._first)[1]), day + slots.DAY + _REACH)
        since, until = near[0], near[1] if self._dense_until is None else self._dense_until + _BEHIND
        zone = line.rules.zone
        own = [
            start
            for service, begin, end in takes.within(zone, since, until)
            for start in slots.free_starts(line.rules, service, line.busy, now=self.now, since=begin, until=end)
        ]
        start = self._best(wanted, own, zone, takes)
        if start is not None:
            self._take(start, takes.at(zone, start), line.busy)
            self._days.add(self._day(start))
            return replace(each, instead=slots.instant(start))
        return self._by_another(each, wanted, near, takes)

    def _by_another(self, each: Session, wanted: int, near: slots.Interval, takes: Lasting) -> Session:
        found: list[tuple[tuple[object, ...], int, int]] = []
        others = self.others.get(takes, {})
        for number, (who, starts) in others.items():
            if number == each.specialist:
                continue
            taken = [*self._stands_in.get(number, ()), *(self.lines[number].busy if number in self.lines else ())]
            able = [at for at in starts if near[0] <= at < near[1] and not _meets(at, takes.at(who.zone, at), taken)]
            start = self._best(wanted, able, who.zone, takes)
            if start is not None:
                found.append((self._rank(wanted, start), start, number))
        if not found:
            return each
        _, start, number = min(found)
        by = others[number][0]
        self._take(start, takes.at(by.zone, start), self._stands_in.setdefault(number, []))
        self._days.add(self._day(start))
        return replace(each, instead=slots.instant(start), by=by)

    def _best(self, wanted: int, starts: Iterable[int], zone: str, takes: Lasting) -> int | None:
        ends = ((at, at + takes.at(zone, at).duration_min) for at in starts)
        able = [at for at, end in ends if not any(one.is_taken(at, end) for one in self.beside.values())]
        return min(able, key=lambda start: self._rank(wanted, start), default=None)

    def _rank(self, wanted: int, start: int) -> tuple[object, ...]:
        """Its own day first, then a near day without another of the course; there the hour that is nearest."""
        (day, clock), (own_day, own_clock) = self._wall(start), self._wall(wanted)
        is_second = day != own_day and day in self._days
        return is_second, abs(day - own_day), abs(clock - own_clock), day < own_day, start

    def _day(self, start: int) -> int:
        return self._wall(start)[0]

    def _wall(self, start: int) -> tuple[int, int]:
        return _wall(self.zone, start)

    def _take(self, start: int, service: Service, busy: list[Taken]) -> None:
        end = start + service.duration_min
        busy.append(Taken(start, end, start - service.before_min, end + service.buffer_min))
        for one in self.beside.values():
            one.busy.append(Taken(start, end, start, end))

    def _warned(self, each: Session) -> Session:
        at = (each.instead or each.starts).astimezone(ZoneInfo(self.zone)).date()
        return replace(each, late=self.before is not None and at > self.before)


def _why_closed(rules: Rules, service: Service, start: int) -> SessionReason:
    present = replace(rules, absences=())
    if slots.possible_starts(present, service, (), since=start, until=start + 1):
        return "absent"
    days = rules.days.without_holidays() if isinstance(rules.days, Plan) else rules.days
    worked = replace(present, days=days)
    if slots.possible_starts(worked, service, (), since=start, until=start + 1):
        return "holiday"
    return "outside_hours"


def _dense_until(starts: Sequence[int]) -> int | None:
    """The end of a course that fills most days: what falls out of it is put behind it, not upon another session."""
    if len(starts) < 2 or max(starts) - min(starts) >= 3 * slots.DAY * len(starts):
        return None
    return max(starts)


def _meets(start: int, service: Service, taken: Iterable[Taken]) -> bool:
    since, until = start - service.before_min, start + service.duration_min + service.buffer_min
    return any(since < each.until and each.since < until for each in taken)


@lru_cache(maxsize=16384)
def _wall(zone: str, start: int) -> tuple[int, int]:
    """Day and minute of the day on a zone's clock."""
    local = slots.instant(start).astimezone(ZoneInfo(zone))
    return local.toordinal(), local.hour * 60 + local.minute
