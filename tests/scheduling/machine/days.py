"""A calendar in the machine: whole days that differ, absences, limits, and taking the last changes back."""

from collections.abc import Awaitable, Callable, Collection
from copy import deepcopy
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from scheduling import calendars, slots
from scheduling.db import Tx
from tests.scheduling.machine import clocks
from tests.scheduling.machine.base import Base, nth, times, whose
from tests.scheduling.machine.sheet import Limits

MOST_STEPS_BACK = 20

several = st.sampled_from(
    (
        *((), ((540, 600),), ((660, 780),), ((480, 720), (900, 1440)), ((0, 1440),), ((780, 840), (480, 540))),
        ((480, 720), (700, 800)),
    )
)
offsets = st.integers(-9, 16)


class Days(Base):
    def change(
        self,
        what: str,
        who: int,
        allowed: Collection[str],
        work: Callable[[Tx, int, int], Awaitable[Any]],
        late: int = 0,
    ) -> bool:
        """A change of a calendar as the edge makes it: remembered, then done. `late` makes its version an old one."""
        number, by = self.there.specialists[who], self.there.actors[0].account_id
        before, version = deepcopy(self.model.sheets[who]), self.world.version(who)

        async def whole(tx: Tx) -> bool:
            await calendars.remember(tx, number, what=what.replace(" ", "_"), by=by, now=self.now)
            await work(tx, number, version - late)
            return True

        done = self.tried(what, allowed, whole) is not None
        if done:
            self.undoable[who] = [*self.undoable[who], before][-MOST_STEPS_BACK:]
        assert (self.world.version(who) > version) is done
        return done

    def day(self, offset: int) -> date:
        return self.now.date() + timedelta(days=offset)

    # --- whole days and stretches -------------------------------------------------------------------------------------
    @rule(who=whose, offset=offsets, windows=several)
    def add_exception(self, who: int, offset: int, windows: tuple[tuple[int, int], ...]) -> None:
        day, today = self.day(offset), clocks.day(self.model.sheets[who].zone, clocks.minute(self.now))
        overlap = len(windows) == 2 and windows[0][1] > windows[1][0] and windows[1][1] > windows[0][0]
        allowed = {"invalid_input"} if overlap or day < today else set()

        async def work(tx: Tx, number: int, _: int) -> None:
            await calendars.add_exception(tx, number, day=day, windows=windows, today=today)

        if self.change("add exception", who, allowed, work):
            self.model.sheets[who].exceptions[day] = (0, windows)
            self.learn(who)

    @precondition(lambda self: any(sheet.exceptions for sheet in self.model.sheets))
    @rule(who=whose, owner=whose, number=nth)
    def remove_exception(self, who: int, owner: int, number: int) -> None:
        owner = self._with(owner, "exceptions")
        who = who if number % 5 == 0 else owner
        days = sorted(self.model.sheets[owner].exceptions)
        day = days[number % len(days)]
        taken_back = self.model.sheets[owner].exceptions[day][0]

        async def work(tx: Tx, whom: int, _: int) -> None:
            await calendars.remove_exception(tx, whom, taken_back)

        if self.change("remove exception", who, set() if who == owner else {"not_found"}, work):
            del self.model.sheets[who].exceptions[day]
            self.learn(who)

    @rule(
        who=whose, when=times, hours=st.sampled_from((0, 1, 2, 5, 12, 30, 24 * 14)), seconds=st.sampled_from((0, 0, 20))
    )
    def add_absence(self, who: int, when: tuple[str, int], hours: int, seconds: int) -> None:
        starts = self.at(when, who, "1739") + timedelta(seconds=seconds)
        ends = starts + timedelta(hours=hours, seconds=seconds)
        allowed = {"invalid_input"} if starts >= ends or ends <= self.now else set()

        async def work(tx: Tx, number: int, _: int) -> None:
            await calendars.add_absence(tx, number, starts=starts, ends=ends, kind="sick", now=self.now)

        if self.change("add absence", who, allowed, work):
            self.model.sheets[who].absences[0] = (starts, ends)
            self.learn(who)

    @precondition(lambda self: any(sheet.absences for sheet in self.model.sheets))
    @rule(who=whose, owner=whose, number=nth)
    def remove_absence(self, who: int, owner: int, number: int) -> None:
        owner = self._with(owner, "absences")
        who = who if number % 5 == 0 else owner
        numbers = sorted(self.model.sheets[owner].absences)
        taken_back = numbers[number % len(numbers)]

        async def work(tx: Tx, whom: int, _: int) -> None:
            await calendars.remove_absence(tx, whom, taken_back)

        if self.change("remove absence", who, set() if who == owner else {"not_found"}, work):
            del self.model.sheets[who].absences[taken_back]
            self.learn(who)

    @rule(
        who=whose,
        limits=st.builds(
            Limits,
            notice_min=st.sampled_from((0, 60, 300, 1500)),
            horizon_days=st.sampled_from((1, 4, 30, 30)),
            step_min=st.sampled_from((20, 30, 45, 50)),
            max_per_day=st.sampled_from((None, None, 1, 2, 3)),
            max_per_week=st.sampled_from((None, None, 2, 4)),
            longest_run_min=st.sampled_from((None, None, 80, 120)),
            break_min=st.sampled_from((5, 15, 30)),
            change_notice_min=st.sampled_from((0, 180, 1440)),
        ),
        late=st.sampled_from((0,) * 9 + (1,)),
    )
    def set_limits(self, who: int, limits: Limits, late: int) -> None:
        self.limit(who, limits, late)

    def limit(self, who: int, limits: Limits, late: int = 0) -> None:
        values = asdict(limits)
        notice = values.pop("change_notice_min")
        allowed = {"version_moved"} if late else set()
        if limits.notice_min >= limits.horizon_days * 1440:
            allowed = {"invalid_input"}

        async def work(tx: Tx, number: int, version: int) -> None:
            whole = slots.Limits(**values)
            await calendars.set_limits(tx, number, version=version, limits=whole, change_notice_min=notice)

        if self.change("set limits", who, allowed, work, late):
            self.model.sheets[who].limits = limits
            self.learn(who)

    @rule(who=whose, anybody=st.sampled_from((False,) * 9 + (True,)), late=st.sampled_from((0,) * 9 + (1,)))
    def undo(self, who: int, anybody: bool, late: int) -> None:
        """Takes the last change back, one after the other; what was before it is there exactly."""
        changed = [number for number, steps in enumerate(self.undoable) if steps]
        who = who if anybody or not changed else changed[who % len(changed)]
        steps, version = self.undoable[who], self.world.version(who) - late
        allowed = {"version_moved"} if late else {"nothing_to_undo"} if not steps else set()

        async def work(tx: Tx) -> str:
            return await calendars.undo(tx, self.there.specialists[who], version=version)

        if self.tried("undo", allowed, work):
            before, sheet = steps.pop(), self.model.sheets[who]
            sheet.limits, sheet.rules, sheet.singles = before.limits, before.rules, before.singles
            sheet.exceptions, sheet.absences = before.exceptions, before.absences
            self.learn(who)

    def _with(self, who: int, what: str) -> int:
        """The next specialist who has any of these."""
        count = len(self.model.sheets)
        return next(n % count for n in range(who, who + count) if getattr(self.model.sheets[n % count], what))
