"""Taking back changes of a calendar: after each undo it is exactly what it was, however the change went about it."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from scheduling import calendars
from scheduling.calendars import Absence, DayException, Owner, Wanted
from scheduling.db import Tx
from scheduling.errors import NothingToUndo, VersionMoved
from scheduling.slots import Limits, day_number
from tests.scheduling.region import MONDAY, NOW, ZONE, Region, wall

KNOWN = ("1739", "1740")
THURSDAY = MONDAY + timedelta(days=3)
EVERY_THURSDAY = Wanted("FREQ=WEEKLY;BYDAY=TH", MONDAY, 15 * 60, 18 * 60)
Act = Callable[[Tx], Awaitable[Any]]


class Desk:
    """A specialist's calendar, changed as the interface changes it: what it was is remembered first."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.who = region.specialists[0]

    async def does(self, what: str, act: Act) -> Any:
        async with self.region.database.write() as tx:
            await calendars.remember(tx, self.who, what=what, by=self.region.coordinator.account_id, now=NOW)
            return await act(tx)

    async def version(self) -> int:
        async with self.region.database.read() as tx:
            return (await calendars.settings(tx, self.who)).version

    async def undo(self) -> str:
        version = await self.version()
        async with self.region.database.write() as tx:
            return await calendars.undo(tx, self.who, version=version)

    async def state(self) -> dict[str, Any]:
        """Everything that a person could see of it for ten weeks."""
        until = NOW + timedelta(weeks=10)
        async with self.region.database.read() as tx:
            rules = (await calendars.rules(tx, [Owner(self.who, ZONE, 1)], since=NOW, until=until))[self.who]
            exceptions = list(await tx.scalars(select(DayException).where(DayException.specialist_id == self.who)))
            absences = list(await tx.scalars(select(Absence).where(Absence.specialist_id == self.who)))
        days = range(day_number(MONDAY), day_number(MONDAY) + 70)
        return {
            "windows": [(day, window) for day in days for window in rules.days.windows(day)],
            "limits": rules.limits,
            "exceptions": sorted((each.day, str(each.windows), each.reason) for each in exceptions),
            "absences": sorted((each.starts, each.ends, each.kind) for each in absences),
        }


@pytest.fixture
def desk(region: Region) -> Desk:
    return Desk(region)


async def changes(desk: Desk) -> list[tuple[str, Act]]:
    """One change of every kind; those that touch the rule of Thursdays find it by its hour."""

    def version(change: Callable[[Tx, int], Awaitable[Any]]) -> Act:
        async def act(tx: Tx) -> Any:
            return await change(tx, (await calendars.settings(tx, desk.who)).version)

        return act

    async def thursdays(tx: Tx) -> int:
        return next(rule.id for rule in await calendars.working_rules(tx, desk.who) if rule.start_min == 15 * 60)

    async def one(tx: Tx, version: int) -> None:
        windows = [(THURSDAY, 16 * 60, 18 * 60)]
        await calendars.override_day(tx, desk.who, await thursdays(tx), THURSDAY, windows, version=version)

    async def following(tx: Tx, version: int) -> None:
        since = THURSDAY + timedelta(weeks=2)
        await calendars.change_rule(
            tx,
            desk.who,
            await thursdays(tx),
            Wanted("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", since, 15 * 60, 17 * 60),
            version=version,
            known_services=KNOWN,
            since=since,
        )

    async def removed(tx: Tx, version: int) -> None:
        await calendars.remove_rule(tx, desk.who, await thursdays(tx), version=version)

    return [
        (
            "rule_added",
            version(lambda tx, v: calendars.add_rule(tx, desk.who, EVERY_THURSDAY, version=v, known_services=KNOWN)),
        ),
        ("rule_day_changed", version(one)),
        ("rule_changed", version(following)),
        (
            "exception_added",
            lambda tx: calendars.add_exception(tx, desk.who, day=MONDAY, windows=[(600, 660)], today=MONDAY),
        ),
        (
            "exception_added",
            lambda tx: calendars.add_exception(tx, desk.who, day=MONDAY, windows=[], today=MONDAY, reason="учёба"),
        ),
        (
            "absence_added",
            lambda tx: calendars.add_absence(
                tx, desk.who, starts=wall("09:00"), ends=wall("18:00", date(2026, 12, 4)), kind="vacation", now=NOW
            ),
        ),
        (
            "limits_changed",
            version(lambda tx, v: calendars.set_limits(tx, desk.who, version=v, limits=Limits(5, 20, 20, 3, 9, 90))),
        ),
        ("rule_removed", version(removed)),
        (
            "hours_changed",
            version(lambda tx, v: calendars.set_hours(tx, desk.who, version=v, hours=[], known_services=KNOWN)),
        ),
    ]


async def test_step_by_step_back_to_where_it_began(desk: Desk) -> None:
    states = [await desk.state()]
    names = []
    for what, act in await changes(desk):
        await desk.does(what, act)
        states.append(await desk.state())
        names.append(what)
        assert states[-1] != states[-2], what
    while names:
        states.pop()
        assert await desk.undo() == names.pop()
        assert await desk.state() == states[-1]
    with pytest.raises(NothingToUndo):
        await desk.undo()


async def test_a_change_after_an_undo_can_be_taken_back_as_well(desk: Desk) -> None:
    """Numbers of rows that went away may have been given to others by then."""
    begun = await desk.state()
    acts = await changes(desk)
    for what, act in acts[:3]:
        await desk.does(what, act)
    await desk.undo()
    await desk.undo()
    with_thursdays = await desk.state()
    for what, act in acts[1:3]:
        await desk.does(what, act)
    await desk.undo()
    await desk.undo()
    assert await desk.state() == with_thursdays
    await desk.undo()
    assert await desk.state() == begun


async def test_undo_is_refused_when_somebody_changed_it_meanwhile(desk: Desk) -> None:
    seen = await desk.version()
    what, act = (await changes(desk))[0]
    await desk.does(what, act)
    changed = await desk.state()
    with pytest.raises(VersionMoved):
        async with desk.region.database.write() as tx:
            await calendars.undo(tx, desk.who, version=seen)
    assert await desk.state() == changed


async def test_so_many_steps_are_kept_and_no_more(desk: Desk) -> None:
    for number in range(23):
        day = MONDAY + timedelta(days=number)
        await desk.does(
            "exception_added",
            lambda tx, day=day: calendars.add_exception(tx, desk.who, day=day, windows=[], today=MONDAY),
        )
    for _ in range(20):
        await desk.undo()
    with pytest.raises(NothingToUndo):
        await desk.undo()
    assert len((await desk.state())["exceptions"]) == 3


async def test_who_changed_it_last_is_said(desk: Desk) -> None:
    async with desk.region.database.read() as tx:
        assert await calendars.last_change(tx, desk.who) is None
    what, act = (await changes(desk))[0]
    await desk.does(what, act)
    async with desk.region.database.read() as tx:
        last = await calendars.last_change(tx, desk.who)
    assert last is not None
    assert (last.what, last.at, last.who) == ("rule_added", NOW, "desk")
