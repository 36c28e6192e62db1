"""What every part of the machine shares: the centre beside its model, what is counted, what holds after each step."""

import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from scheduling import finding
from scheduling.bookings import BookingChange
from scheduling.db import Tx
from scheduling.errors import Refused
from tests.scheduling.machine import clocks
from tests.scheduling.machine.model import Model, Promise, Taken
from tests.scheduling.machine.sheet import NAMES, SINCE_EVER, Limits, Rule, Sheet, Window
from tests.scheduling.machine.world import (
    CLIENTS,
    DISTRICTS,
    HOURS,
    NIGHTS,
    NOW,
    OFFERS,
    ZONES,
    Engine,
    Kept,
    Settled,
    World,
    soon,
)

T = TypeVar("T")
WEEKS = 3
SPECIALISTS = len(ZONES)
OWN = 2  # the actor who is a specialist herself, number 0

whose = st.integers(0, SPECIALISTS - 1)
actors = st.sampled_from((0, 0, 0, 1, OWN))
clients = st.integers(0, CLIENTS - 1)
codes = st.sampled_from(("1739", "1739", "1740"))
nth = st.integers(0, 255)
things = st.sampled_from(((), (), (0,), (1,), (0, 1)))
# A free start by its number, one in open time whether it is taken or not, one beside another booking by so many
# minutes, or any minute at all.
times = st.one_of(
    st.tuples(st.just("free"), st.integers(0, 25)),
    st.tuples(st.just("free"), st.integers(0, 200)),
    st.tuples(st.just("open"), st.integers(0, 20)),
    st.tuples(st.just("beside"), st.sampled_from((-60, -50, -40, -30, 0, 30, 40, 50, 60))),
    st.tuples(st.just("any"), st.integers(-60, 8 * 1440)),
)


class Base(RuleBasedStateMachine):
    engine: ClassVar[Engine]
    there: ClassVar[Settled]
    folders: ClassVar[Mapping[str, Path]]
    steps: ClassVar[int] = 0
    fired: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        clocks.enact(clocks.TODAY, self.folders)
        self.world = World(self.engine, self.there)
        sheets = [
            Sheet(zone, district, frozenset(offers))
            for zone, district, offers in zip(ZONES, DISTRICTS, OFFERS, strict=True)
        ]
        self.model = Model(NOW, sheets, bound={OWN: 0})
        self.undoable: list[list[Sheet]] = [[] for _ in sheets]
        self.changes: list[BookingChange] = []
        self.refusal: Refused | None = None
        self.turn = 0
        for who, sheet in enumerate(sheets):
            hours = NIGHTS if sheet.zone == "Europe/Berlin" else HOURS
            sheet.rules = {-number: plainly(row.weekday, row.start, row.end) for number, row in enumerate(hours, 1)}
            self.learn(who)

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.all_is_as_it_should_be()
        finally:
            self.world.close()
            clocks.enact(clocks.TODAY, self.folders)

    # --- doing --------------------------------------------------------------------------------------------------------
    @property
    def now(self) -> datetime:
        return self.model.now

    def said(self, what: str, outcome: object = None, *, is_step: bool = True) -> None:
        """One step more, and what came of it."""
        type(self).steps += is_step
        line = f"{what}: {'done' if outcome is None else outcome}"
        type(self).fired[line] += 1
        event(line)

    def tried(self, what: str, allowed: Collection[str], work: Callable[[Tx], Awaitable[T]]) -> T | None:
        """Does it, and holds the answer against what may be answered; nothing allowed means that it must be done."""
        answer, self.refusal = self.world.tried(work)
        refusal = self.refusal
        code = None if refusal is None else refusal.code
        self.said(what, code)
        if code is None:
            assert not allowed, f"{what} was done, but should have been refused: {sorted(allowed)}"
        else:
            assert code in allowed, f"{what} was refused: {refusal!r}, and might have been: {sorted(allowed) or 'not'}"
        return answer

    def at(self, when: tuple[str, int], who: int, code: str) -> datetime:
        """A time that a rule is to try."""
        kind, number = when
        others = [each for each in self.model.promises.values() if each.stands]
        if kind == "free" and code in self.model.sheets[who].services:
            free = self.model.starts(who, code, self.now, self.now + timedelta(days=12))
            if free:
                return clocks.instant(free[number % len(free)])
        sheet = self.model.sheets[who]
        if kind == "open" and (near := sheet.could_start(code, *self.near_days, self.model.special)):
            return clocks.instant(near[number % len(near)])
        if kind == "beside" and others:
            return clocks.instant(others[number % len(others)].start + number)
        return soon(self.now, number if kind == "any" else number * 7)

    @property
    def near_days(self) -> tuple[date, date]:
        return self.now.date(), self.now.date() + timedelta(days=4)

    def some(self, number: int) -> int:
        """One of the bookings: of the newest most often."""
        known = sorted(self.model.promises, reverse=True)
        return known[number % len(known)]

    def wanted(self, who: int, client: int, code: str, at: datetime, **more: Any) -> Promise:
        return Promise(who, client, code, clocks.minute(at), self.model.say(who, at), **more)

    def learn(self, who: int) -> None:
        """Holds a calendar's rows against what is known, and learns under which numbers they stand now."""
        sheet, kept = self.model.sheets[who], self.world.sheet(who)
        singles: dict[int, dict[date, frozenset[tuple[date, int, int]]]] = {row.id: {} for row in kept.rules}
        for one in kept.singles:
            singles[one.rule_id][one.day] = frozenset((date.fromisoformat(d), s, e) for d, s, e in one.windows)
        left = {row.id: row for row in kept.rules}
        stands: dict[int, int] = {}
        for number, rule in sorted(sheet.rules.items(), key=lambda each: each[0] not in left):
            own = {day: frozenset(windows) for (of, day), windows in sheet.singles.items() if of == number}
            able = [each for each, row in left.items() if same(row, rule) and singles[each] == own]
            assert able, f"gone or another: rule {number} of {who}: {rule} {own}"
            stands[number] = number if number in able else able[0]
            del left[stands[number]]
        assert not left, f"nobody made the rules {sorted(left)} of {who}"
        sheet.rules = {stands[number]: rule for number, rule in sheet.rules.items()}
        sheet.singles = {(stands[number], day): windows for (number, day), windows in sheet.singles.items()}
        days = {row.day: (row.id, tuple(sorted((s, e) for s, e in row.windows))) for row in kept.exceptions}
        assert {day: windows for day, (_, windows) in days.items()} == {
            day: tuple(sorted(windows)) for day, (_, windows) in sheet.exceptions.items()
        }
        sheet.exceptions = days
        away = {row.id: (row.starts, row.ends) for row in kept.absences}
        assert sorted(away.values()) == sorted(sheet.absences.values())
        sheet.absences = away
        limits = {field.name: getattr(kept.calendar, field.name) for field in fields(Limits)}
        assert Limits(**limits) == sheet.limits

    # --- what holds after each step -----------------------------------------------------------------------------------
    @invariant()
    def what_must_hold(self) -> None:
        rows = self.world.rows(self.changes[-1].id if self.changes else 0)
        self.changes += rows.changes
        self.what_was_acknowledged_is_there(rows)
        self.nobody_and_nothing_is_in_two_places_and_no_time_is_lost(rows)
        self.each_change_is_told()
        # The first node after each step, the second now and then, so that more has moved since it looked last.
        self.turn += 1
        self.free_time_is_what_the_model_says(self.world.near, "1739" if self.turn % 2 else "1740")
        if self.turn % 7 == 0:
            self.free_time_is_what_the_model_says(self.world.far, "1740" if self.turn % 2 else "1739")

    def what_was_acknowledged_is_there(self, rows: Kept) -> None:
        booked, held, people = rows.bookings, rows.holds, self.there
        assert [row.id for row in booked] == sorted(self.model.promises)
        for row in booked:
            known = self.model.promises[row.id]
            last = known.taken
            assert (row.specialist_id, row.client_id) == (people.specialists[known.who], people.clients[known.client])
            assert (row.starts, row.ends) == (clocks.instant(last.start), clocks.instant(last.end))
            assert row.busy_until == clocks.instant(last.until)
            assert (row.status, row.version) == (known.status, known.version)
            assert (row.zone, row.wall, row.fold) == known.said
        live = {row.id: (row.starts, row.expires_at) for row in held if row.expires_at > self.now}
        assert live == {each.number: (clocks.instant(each.start), each.expires) for each in self.model.live}

    def nobody_and_nothing_is_in_two_places_and_no_time_is_lost(self, rows: Kept) -> None:
        live = [row for row in rows.taken if row.expires_at is None or row.expires_at > self.now]
        by_whom: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for row in live:
            by_whom.setdefault((row.kind, row.who), []).append((row.since, row.until))
        for whom, spans in by_whom.items():
            spans.sort()
            for earlier, later in pairwise(spans):
                assert earlier[1] <= later[0], f"{whom} is in two places"
        found = {
            (row.kind, row.who, row.since, row.until, row.starts, row.ends, row.booking_id, row.hold_id) for row in live
        }
        assert found == self._taken()

    def _taken(self) -> set[tuple[Any, ...]]:
        people, found = self.there, set()

        def take(each: Taken, who: int, clients: Collection[int], things: Collection[int], *by: int | None) -> None:
            session = (each.start, each.end, *by)
            found.add(("specialist", people.specialists[who], each.since, each.until, *session))
            found.update(("client", people.clients[one], each.start, each.end, *session) for one in clients)
            found.update(("resource", people.things[one], each.start, each.end, *session) for one in things)

        for number, promise in self.model.promises.items():
            if promise.stands:
                take(promise.taken, promise.who, promise.clients, promise.things, number, None)
        for hold in self.model.live:
            take(hold.taken, hold.who, (), hold.things, None, hold.number)
        return found

    def each_change_is_told(self) -> None:
        """Who, when, from where and to where; told one after the other they end in what is so."""
        told: dict[int, list[BookingChange]] = {number: [] for number in self.model.promises}
        for change in self.changes:
            told[change.booking_id].append(change)
        accounts = [actor.account_id for actor in self.there.actors]
        for number, promise in self.model.promises.items():
            changes = told[number]
            expected = [(what, None if actor is None else accounts[actor], at) for what, actor, at in promise.history]
            assert [(each.what, each.account_id, each.at) for each in changes] == expected
            state: dict[str, Any] = {"status": "booked"}
            for each in changes:
                assert each.before.items() <= state.items(), "it begins with what was so before"
                state |= {name: value for name, value in each.after.items() if name != "because"}
            assert datetime.fromisoformat(state["starts"]) == clocks.instant(promise.start)
            assert state["specialist"] == self.there.specialists[promise.who]
            assert state["status"] == promise.status

    def free_time_is_what_the_model_says(self, warm: finding.Warm, code: str, *, by_search: bool = False) -> None:
        first = self.now.astimezone(UTC).date()
        since = datetime(first.year, first.month, first.day, tzinfo=UTC)
        until = since + timedelta(weeks=WEEKS)
        ask = self.world.listed if by_search else self.world.free
        found = ask(warm, self.now, code, since, until)
        for who in range(SPECIALISTS):
            right = self.model.starts(who, code, since, until)
            shown = [clocks.minute(at) for at in found.get(who, ())]
            assert shown == right, _differ(who, code, shown, right)

    def all_is_as_it_should_be(self) -> None:
        """What is dear, once at the end: everything on both nodes, and on one that has just been started."""
        for warm in (self.world.near, self.world.far, finding.Warm()):
            for code in ("1739", "1740"):
                self.free_time_is_what_the_model_says(warm, code, by_search=True)
        kept = [(row.id, row.what, row.at, row.before, row.after) for row in self.world.rows(0).changes]
        assert kept == [(row.id, row.what, row.at, row.before, row.after) for row in self.changes], (
            "nothing is rewritten"
        )
        for who in range(SPECIALISTS):
            self.learn(who)


def plainly(weekday: int, start: int, end: int) -> Rule:
    return Rule(f"FREQ=WEEKLY;BYDAY={NAMES[weekday]}", SINCE_EVER, None, Window(start, end))


def same(row: Any, rule: Rule) -> bool:
    services = None if row.services is None else frozenset(row.services)
    window = Window(row.start_min, row.end_min, services, row.place)
    if (row.first_day, row.last_day, window) != (rule.first, rule.last, rule.window):
        return False
    return _bare(row.rrule) == _bare(rule.text)


def _bare(text: str) -> frozenset[str]:
    """Without its end and what goes without saying."""
    parts = {part for part in text.split(";") if part.partition("=")[0] not in ("COUNT", "UNTIL", "WKST")}
    return frozenset(parts - {"INTERVAL=1"})


def _differ(who: int, code: str, shown: list[int], right: list[int]) -> str:
    more, less = sorted(set(shown) - set(right)), sorted(set(right) - set(shown))
    return (
        f"specialist {who}, {code}: shown and not free {[str(clocks.instant(at)) for at in more[:5]]}, "
        f"free and not shown {[str(clocks.instant(at)) for at in less[:5]]}"
    )
