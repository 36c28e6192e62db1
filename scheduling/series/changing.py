"""Promising a course, moving it and giving it up: all of what is asked for, or nothing of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from scheduling import bookings, calendars, consents, occupancy, people, standards
from scheduling.access import Actor
from scheduling.bookings import OPEN, Booking, CancelReason, Mode
from scheduling.calendars import recurring
from scheduling.db import Tx
from scheduling.errors import BookingRefused, NotFound, SeriesRefused, VersionMoved, invalid
from scheduling.finding import Lasting, Look
from scheduling.series.course import MOST_SESSIONS, Course, Preview, Wanted, days_of, plan
from scheduling.series.placing import Key
from scheduling.series.tables import Scope, Series
from scheduling.timezones import instant, is_skipped


async def accept(
    tx: Tx,
    actor: Actor,
    course: Course,
    wanted: Sequence[Wanted],
    *,
    now: datetime,
    mode: Mode = "video",
    topic: str | None = None,
) -> tuple[Series, list[Booking]]:
    """Books these times, all or none. Refused: `series_refused` with every one that cannot be had and why,
    `not_found`, `invalid_input`."""
    if not 2 <= len(wanted) <= MOST_SESSIONS:
        raise invalid("sessions", "course_length", min=2, max=MOST_SESSIONS)
    days = {each.day for each in wanted}
    if len(days) != len(wanted):
        raise invalid("sessions", "doubled")
    if not days <= set(days_of(course, now)):
        raise invalid("sessions", "not_an_occurrence")
    await consents.hold_still(tx, {course.client, *course.with_clients})
    specialist = await people.own_line(tx, actor, course.specialist)
    district = (await people.client(tx, actor, course.client)).district_id
    begins = min(each.starts for each in wanted)
    standard = await standards.service_at(tx, course.service, specialist.zone, begins, district)
    made = Series(
        client_id=course.client,
        specialist_id=course.specialist,
        standard_id=standard.id,
        rrule=recurring.read(course.rrule, course.first_day).text,
        first_day=course.first_day,
        start_min=course.start_min,
        times=len(wanted),
        zone=specialist.zone,
        created_at=now,
        created_by=actor.account_id,
    )
    tx.add(made)
    await tx.flush()
    await _held_still(tx, {each.specialist for each in wanted})
    booked: list[Booking] = []
    wrong: list[dict[str, Any]] = []
    for each in sorted(wanted, key=lambda each: each.starts):
        try:
            async with tx.begin_nested():
                booked.append(await _book(tx, actor, course, each, made, now, mode, topic))
        except BookingRefused as refusal:
            wrong.append(_wrong(each.day, each.starts, refusal.code))
    if wrong:
        raise SeriesRefused(wrong)
    return made, booked


async def _book(
    tx: Tx, actor: Actor, course: Course, each: Wanted, series: Series, now: datetime, mode: Mode, topic: str | None
) -> Booking:
    made = await bookings.book(
        tx,
        actor,
        now=now,
        client=course.client,
        specialist=each.specialist,
        service=course.service,
        starts=each.starts,
        mode=mode,
        topic=topic,
        with_clients=course.with_clients,
        with_resources=course.with_resources,
    )
    made.series_id, made.series_day = series.id, each.day
    await tx.flush()
    return made


async def series(tx: Tx, actor: Actor, series_id: int) -> tuple[Series, list[Booking]]:
    """A series with its bookings as far as this actor may see them, in order of time. Refused: `not_found`."""
    found = await tx.get(Series, series_id)
    own = [] if found is None else await bookings.of_series(tx, actor, series_id)
    if found is None or not own:
        raise NotFound
    return found, own


def seen(found: Series, own: Sequence[Booking]) -> int:
    """The version of a series as somebody sees it: it moves with the series and with each of its bookings, so that
    nobody moves a course of which a session was moved meanwhile."""
    return found.version + sum(each.version - 1 for each in own)


async def plan_move(
    tx: Tx,
    actor: Actor,
    series_id: int,
    *,
    now: datetime,
    since: int,
    days: int,
    start_min: int,
    scope: Scope,
    look: Look | None = None,
) -> tuple[list[Booking], Preview]:
    """What would come of a move: the bookings, and for each whether it can follow, or why not and what is nearest."""
    _, chosen = await _chosen(tx, actor, series_id, since, scope, now)
    if not chosen:
        return [], Preview([], "UTC")
    others = await bookings.participants(tx, [each.id for each in chosen])
    beside = [Key("client", chosen[0].client_id)]
    for one in (one for each in chosen for one in others.get(each.id, ())):
        found = Key("client", one.client_id) if one.client_id else Key("resource", one.resource_id or 0)
        beside += [found] if found not in beside else []
    first = next(each for each in chosen if each.id == since) if any(e.id == since for e in chosen) else chosen[0]
    sessions = await plan(
        tx,
        actor,
        [replace(_shifted(each, days, start_min), terms=calendars.as_service(each.standard)) for each in chosen],
        code=chosen[0].standard.code,
        lasting=Lasting.always(calendars.as_service(chosen[0].standard)),
        whom={each.specialist_id: each.specialist for each in chosen},
        keys=beside,
        now=now,
        zone=first.zone,
        leaving=[each.starts for each in chosen],
        look=look,
    )
    return chosen, Preview(sessions, first.zone)


async def move(
    tx: Tx,
    actor: Actor,
    series_id: int,
    *,
    version: int,
    now: datetime,
    since: int,
    days: int,
    start_min: int,
    scope: Scope,
    instead: Mapping[int, tuple[datetime, int]] | None = None,
) -> list[Booking]:
    """Puts the open sessions from the booking `since` on (or all of them) on so many days later or earlier, at another
    time of the day; all or none. `instead` are other times for some of them, by booking, with the specialist; its own
    present time leaves one where it is. Refused: `version_moved`, `series_refused`, `not_found`."""
    kept, chosen = await _to_change(tx, actor, series_id, version, since, scope, now)
    other = dict(instead or {})
    if not other.keys() <= {each.id for each in chosen}:
        raise invalid("sessions", "unknown")
    wanted = {each.id: _shifted(each, days, start_min) for each in chosen}
    for number, (starts, whom) in other.items():
        wanted[number] = Wanted(wanted[number].day, starts, whom)
    going = [each for each in chosen if (wanted[each.id].starts, wanted[each.id].specialist) != _stands(each)]
    targets = {number: await people.own_line(tx, actor, number) for number in {wanted[e.id].specialist for e in going}}
    await _held_still(tx, {each.specialist_id for each in going} | targets.keys())
    for each in going:
        await occupancy.release(tx, booking=each.id)
    wrong: list[dict[str, Any]] = []
    for each in going:
        number, to = each.id, wanted[each.id]  # a refused booking cannot be read any more
        if not to.exists:
            wrong.append(_wrong(to.day, to.starts, "no_such_time", booking=number))
            continue
        try:
            async with tx.begin_nested():
                await bookings.move_to(tx, each, targets[to.specialist], to.starts, now=now, by=actor.account_id)
        except BookingRefused as refusal:
            wrong.append(_wrong(to.day, to.starts, refusal.code, booking=number))
    if wrong:
        raise SeriesRefused(wrong)
    kept.version += 1
    await tx.flush()
    return going


async def cancel(
    tx: Tx,
    actor: Actor,
    series_id: int,
    *,
    version: int,
    now: datetime,
    since: int,
    scope: Scope,
    reason: CancelReason,
) -> list[Booking]:
    """Cancels the open sessions from the booking `since` on, or all of them."""
    kept, chosen = await _to_change(tx, actor, series_id, version, since, scope, now)
    await _held_still(tx, {each.specialist_id for each in chosen})
    for each in chosen:
        await bookings.cancel_it(tx, each, reason, now=now, by=actor.account_id)
    kept.version += 1
    await tx.flush()
    return chosen


async def _to_change(
    tx: Tx, actor: Actor, series_id: int, version: int, since: int, scope: Scope, now: datetime
) -> tuple[Series, list[Booking]]:
    """Locked with all its bookings: whoever changes one of them at the same time comes before or after."""
    await tx.execute(select(Series.id).where(Series.id == series_id).with_for_update())
    own = select(Booking.id).where(Booking.series_id == series_id).order_by(Booking.id)
    await tx.execute(own.with_for_update())
    kept, visible = await series(tx, actor, series_id)
    if seen(kept, visible) != version:
        raise VersionMoved(seen(kept, visible))
    return await _chosen(tx, actor, series_id, since, scope, now)


async def _chosen(
    tx: Tx, actor: Actor, series_id: int, since: int, scope: Scope, now: datetime
) -> tuple[Series, list[Booking]]:
    """Those that are meant and open. What has begun is past, also when nobody has said yet how it ended: only who names
    one by itself means it."""
    kept, own = await series(tx, actor, series_id)
    first = next((each for each in own if each.id == since), None)
    if first is None:
        raise NotFound
    ahead = [each for each in own if each.starts > now]
    chosen = {"one": [first], "following": [each for each in ahead if each.starts >= first.starts], "all": ahead}[scope]
    return kept, [each for each in chosen if each.status in OPEN]


async def _held_still(tx: Tx, specialists: set[int]) -> None:
    """Always in the same order, so that two courses wait in a row and not in a circle."""
    for each in sorted(specialists):
        await calendars.hold_busy_still(tx, each)


def _shifted(each: Booking, days: int, start_min: int) -> Wanted:
    day = datetime.fromisoformat(each.wall).date() + timedelta(days=days)
    wall = f"{day}T{start_min // 60:02}:{start_min % 60:02}"
    return Wanted(day, instant(each.zone, wall, 0), each.specialist_id, not is_skipped(each.zone, wall))


def _stands(each: Booking) -> tuple[datetime, int]:
    return each.starts, each.specialist_id


def _wrong(day: date, starts: datetime, code: str, **more: int) -> dict[str, Any]:
    return {"day": day.isoformat(), "starts": starts.isoformat(), "code": code, **more}
