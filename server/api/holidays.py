"""Days unlike their weekday: holidays, moved working days and short ones, of the region or of one district."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from pydantic import Field

from scheduling import audit, bookings, calendars
from scheduling.calendars import DayKind, Holiday, production
from scheduling.calendars.production import Move
from scheduling.errors import FieldError, InvalidInput
from server.endpoint import Ask, endpoint
from server.shapes import Day, Form, Id, Name, View

MOST_MOVES = 20


class NewHoliday(Form):
    """`like_day`: whose hours hold on it, for a `working` day or a `short` one that was moved."""

    day: Day
    name: Name
    district_id: Id | None = None
    kind: DayKind = "closed"
    like_day: Day | None = None


class HolidayView(View):
    """`bookings`: how many open ones still lie on a closed day; told to whoever keeps these days, else null."""

    id: int
    day: date
    name: str
    district_id: int | None
    kind: DayKind
    like_day: date | None
    bookings: int | None = None


class HolidayList(View):
    items: list[HolidayView]


class HolidayQuery(Form):
    year: int | None = Field(default=None, ge=2000, le=2100)


class MoveForm(Form):
    """By the Government's decree: `off` is worked (or was a holiday on a weekend), `to` is free instead."""

    off: Day
    to: Day


class YearForm(Form):
    year: int = Field(ge=2020, le=2100)
    moves: list[MoveForm] = Field(default=[], max_length=MOST_MOVES)


@endpoint("GET", "/holidays", allow="catalogue")
async def list_holidays(ask: Ask, query: HolidayQuery) -> HolidayList:
    year = query.year or ask.now.astimezone(ZoneInfo(ask.actor.zone)).year
    found = await calendars.holidays(ask.tx, first=date(year, 1, 1), last=date(year, 12, 31))
    return HolidayList(items=await _views(ask, found))


@endpoint("POST", "/holidays", allow="holidays.write", status=201, idempotent=True)
async def add_holiday(ask: Ask, body: NewHoliday) -> HolidayView:
    added = await calendars.add_holiday(ask.tx, **body.model_dump())
    _audited(ask, "holiday_added", added.id)
    return (await _views(ask, [added]))[0]


@endpoint("POST", "/holidays/year", allow="holidays.write", idempotent=True)
async def set_year(ask: Ask, body: YearForm) -> HolidayList:
    """The production calendar of a year, for the whole region: what the Labour Code says and this year's decree moves.
    Days of the region that stood there before give way; those of districts stay."""
    moves = [Move(each.off, each.to) for each in body.moves]
    errors = [FieldError(f"moves.{at}.{field}", code, {}) for at, field, code in production.wrong(body.year, moves)]
    if errors:
        raise InvalidInput(errors)
    days = production.year(body.year, moves)
    kept = await calendars.set_year(ask.tx, body.year, days)
    _audited(ask, "holidays_of_year_set", body.year)
    return HolidayList(items=await _views(ask, kept))


@endpoint("DELETE", "/holidays/{holiday}", allow="holidays.write")
async def remove_holiday(ask: Ask, holiday: int) -> None:
    await calendars.remove_holiday(ask.tx, holiday)
    _audited(ask, "holiday_removed", holiday)


async def _views(ask: Ask, days: Sequence[Holiday]) -> list[HolidayView]:
    """The days in the order given, for who keeps them with the bookings that must be moved away from them."""
    views = [HolidayView.model_validate(each) for each in days]
    if "holidays.write" not in ask.actor.may:
        return views
    closed = {each.day for each in days if each.kind == "closed"}
    first, last = min(closed, default=date.max), max(closed, default=date.min)
    own = {(each.day, each.district_id) for each in await calendars.holidays(ask.tx, first=first, last=last)}
    standing = await bookings.standing(ask.tx, closed, now=ask.now)
    for view in views:
        view.bookings = sum(
            many
            for (day, district), many in standing.items()
            if view.kind == "closed"
            and day == view.day
            # What is said of a district holds there in place of what is said of the region.
            and (district == view.district_id or (view.district_id is None and (day, district) not in own))
        )
    return views


def _audited(ask: Ask, act: str, number: int) -> None:
    audit.note(ask.tx, act, "holiday", number, now=ask.now, account=ask.actor.account_id)
