"""May this start be booked? The answer of a calendar inside the transaction that books."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling import occupancy, slots
from scheduling.calendars.reading import Owner, rules
from scheduling.db import Tx
from scheduling.errors import (
    BeyondHorizon,
    BookingRefused,
    BreakNeeded,
    DayFull,
    OutsideHours,
    SlotTaken,
    TooSoon,
    WeekFull,
    invalid,
)
from scheduling.people import Specialist
from scheduling.slots import Rules, Service
from scheduling.standards import ServiceStandard


async def must_be_open(
    tx: Tx,
    *,
    specialist: Specialist,
    service: ServiceStandard,
    starts: datetime,
    now: datetime,
    ignoring: int | None = None,
    ignoring_hold: int | None = None,
) -> None:
    """Passes when `starts` is a free slot of hers. `ignoring` is a booking that moves, `ignoring_hold` a hold that is
    turned into one; her institution must be loaded.

    Refused: `too_soon`, `beyond_horizon`, `outside_hours` (also off the grid), `slot_taken`, `day_full`, `week_full`,
    `break_needed`; `invalid_input` when she does not give this service.
    """
    if service.code not in specialist.services:
        raise invalid("specialist", "not_offered")
    if starts.second or starts.microsecond:
        raise OutsideHours
    owner = Owner(specialist.id, specialist.zone, specialist.institution.district_id)
    whose = (await rules(tx, [owner], since=starts, until=starts))[owner.id]
    taken = await occupancy.taken(
        tx,
        "specialist",
        [owner.id],
        since=starts,
        until=starts,
        now=now,
        ignoring=ignoring,
        ignoring_hold=ignoring_hold,
    )
    reason = slots.refusal(
        whose,
        as_service(service),
        taken.get(owner.id, ()),
        now=slots.minute_after(now),
        start=slots.minute(starts),
    )
    if reason is not None:
        raise refused(reason, whose, starts, now)


def as_service(standard: ServiceStandard) -> Service:
    return Service(standard.code, standard.duration_min, standard.buffer_min, standard.before_min)


def refused(reason: slots.Reason, whose: Rules, starts: datetime, now: datetime) -> BookingRefused:
    """The refusal that a reason of `slots` becomes for people."""
    limits, zone = whose.limits, ZoneInfo(whose.zone)
    day = starts.astimezone(zone).date()
    if reason == "too_soon":
        return TooSoon(slots.instant(slots.minute_after(now) + limits.notice_min))
    if reason == "beyond_horizon":
        after = now.astimezone(zone).date() + timedelta(days=limits.horizon_days + 1)
        return BeyondHorizon(datetime.combine(after, time(), zone))
    if reason == "day_full":
        return DayFull(day, limits.max_per_day or 0)
    if reason == "week_full":
        return WeekFull(day - timedelta(days=day.weekday()), limits.max_per_week or 0)
    if reason == "break_needed":
        return BreakNeeded(limits.longest_run_min or 0, limits.break_min)
    return SlotTaken() if reason == "slot_taken" else OutsideHours()
