"""May this start be booked? The answer of a calendar inside the transaction that books."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling import slots
from scheduling.calendars.reading import Owner, busy, rules
from scheduling.db import Tx
from scheduling.errors import BeyondHorizon, BookingRefused, DayFull, OutsideHours, SlotTaken, TooSoon, invalid
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
) -> None:
    """Passes when `starts` is a free slot of hers. `ignoring` is a booking that moves; her institution must be loaded.

    Refused: `too_soon`, `beyond_horizon`, `outside_hours` (also off the grid), `slot_taken`, `day_full`;
    `invalid_input` when she does not give this service.
    """
    if service.code not in specialist.services:
        raise invalid("specialist", "not_offered")
    if starts.second or starts.microsecond:
        raise OutsideHours
    owner = Owner(specialist.id, specialist.zone, specialist.institution.district_id)
    whose = (await rules(tx, [owner], since=starts, until=starts))[owner.id]
    taken = await busy(tx, [owner.id], since=starts, until=starts, ignoring=ignoring)
    reason = slots.refusal(
        whose,
        as_service(service),
        taken.get(owner.id, ()),
        now=slots.minute_after(now),
        start=slots.minute(starts),
    )
    if reason is not None:
        raise _refused(reason, whose, starts, now)


def as_service(standard: ServiceStandard) -> Service:
    return Service(standard.code, standard.duration_min, standard.buffer_min)


def _refused(reason: slots.Reason, whose: Rules, starts: datetime, now: datetime) -> BookingRefused:
    if reason == "too_soon":
        return TooSoon(slots.instant(slots.minute_after(now) + whose.notice_min))
    zone = ZoneInfo(whose.zone)
    if reason == "beyond_horizon":
        after = now.astimezone(zone).date() + timedelta(days=whose.horizon_days + 1)
        return BeyondHorizon(datetime.combine(after, time(), zone))
    if reason == "day_full":
        return DayFull(starts.astimezone(zone).date(), whose.max_per_day or 0)
    return SlotTaken() if reason == "slot_taken" else OutsideHours()
