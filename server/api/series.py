"""Series: a course of sessions, looked over, accepted all at once, moved and cancelled from one of them on."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from scheduling import joincodes, series, sessions
from scheduling.bookings import Booking, CancelReason, Mode
from scheduling.calendars import recurring
from scheduling.series import MOST_SESSIONS, Course, Scope, Session
from server.api.bookings import CodeView, Topic, code_of, moved
from server.api.calendar_views import WallIn
from server.api.views import BookingView, booking_views
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Form, Id, Instant, View

Rrule = Annotated[str, StringConstraints(min_length=1, max_length=recurring.LONGEST_TEXT)]


class CourseForm(Form):
    """`times` sessions by an RRULE (RFC 5545) from `first_day` on, at `start` on the specialist's clock; `before` is
    the day by which all should be done."""

    client: Id
    specialist: Id
    service: Code
    rrule: Rrule
    first_day: Day
    start: WallIn
    times: int = Field(ge=2, le=MOST_SESSIONS)
    before: Day | None = None

    @property
    def course(self) -> Course:
        facts = self.model_dump(include={"client", "specialist", "service", "rrule", "first_day", "times", "before"})
        return Course(**facts, start_min=self.start)


class SessionView(View):
    """`reason` says why `starts` cannot be had; `instead` is the nearest free time, null when there is none."""

    day: date
    starts: Instant
    reason: str | None
    instead: Instant | None
    late: bool


class PreviewView(View):
    sessions: list[SessionView]
    zone: str
    fits: bool
    too_often: bool


class SessionForm(Form):
    day: Day
    starts: Instant


class NewSeries(CourseForm):
    """The times that a person accepted, each with its `day` by the rule."""

    sessions: list[SessionForm] = Field(min_length=2, max_length=MOST_SESSIONS)
    mode: Mode = "video"
    topic: Topic | None = None


class SeriesView(View):
    id: int
    version: int
    rrule: str
    first_day: date
    zone: str
    bookings: list[BookingView]


class SeriesCode(View):
    booking: int
    code: CodeView
    link: str


class SeriesBooked(View):
    """The only answer that holds the codes: the server keeps their hashes."""

    series: SeriesView
    codes: list[SeriesCode]


class SeriesMove(Form):
    """The sessions from the booking `since` on go so many `days` later (or earlier), to another time of the day."""

    since: Id
    scope: Scope
    days: int = Field(ge=-31, le=31)
    start: WallIn


class SeriesCancel(Form):
    since: Id
    scope: Scope
    reason: CancelReason


@endpoint("POST", "/series/preview", allow="bookings.write", transaction="read")
async def preview(ask: Ask, body: CourseForm) -> PreviewView:
    """What would come of a course: each session free, or why not and what is nearest. Nothing is kept."""
    found = await series.preview(ask.tx, ask.actor, body.course, now=ask.now)
    shown = [_session(each) for each in found.sessions]
    return PreviewView(sessions=shown, zone=found.zone, fits=found.fits, too_often=found.too_often)


@endpoint("POST", "/series", allow="bookings.write", status=201, idempotent=True)
async def accept(ask: Ask, body: NewSeries) -> SeriesBooked:
    """Books all of them or none. 409 `series_refused` names those that cannot be had."""
    wanted = [(each.day, each.starts) for each in body.sessions]
    made, booked = await series.accept(
        ask.tx, ask.actor, body.course, wanted, now=ask.now, mode=body.mode, topic=body.topic
    )
    codes = []
    for each in booked:
        _, issued = await joincodes.make_seats(ask.tx, each, key=ask.centre.key, now=ask.now)
        moved(ask, each, "booked")
        code, link = code_of(ask, each, issued)
        codes.append(SeriesCode(booking=each.id, code=code, link=link))
    return SeriesBooked(series=await _view(ask, made, booked), codes=codes)


@endpoint("GET", "/series/{number}", allow="bookings.read", etag=True)
async def show(ask: Ask, number: int) -> SeriesView:
    return await _seen(ask, number)


@endpoint("POST", "/series/{number}/move", allow="bookings.write", idempotent=True, etag=True, if_match=True)
async def move(ask: Ask, number: int, body: SeriesMove) -> SeriesView:
    """One, this and following, or all open sessions; all of those or none."""
    changed = await series.move(
        ask.tx,
        ask.actor,
        number,
        version=ask.version,
        now=ask.now,
        since=body.since,
        days=body.days,
        start_min=body.start,
        scope=body.scope,
    )
    for each in changed:
        await sessions.begin_anew(ask.tx, each.id)
        _told(ask, each, "moved")
    return await _seen(ask, number)


@endpoint("POST", "/series/{number}/cancel", allow="bookings.write", idempotent=True, etag=True, if_match=True)
async def cancel(ask: Ask, number: int, body: SeriesCancel) -> SeriesView:
    changed = await series.cancel(
        ask.tx,
        ask.actor,
        number,
        version=ask.version,
        now=ask.now,
        since=body.since,
        scope=body.scope,
        reason=body.reason,
    )
    for each in changed:
        _told(ask, each, "cancelled")
    return await _seen(ask, number)


def _told(ask: Ask, changed: Booking, act: str) -> None:
    ask.rights_changed.append(changed.id)
    moved(ask, changed, act)


def _session(each: Session) -> SessionView:
    return SessionView(day=each.day, starts=each.starts, reason=each.reason, instead=each.instead, late=each.late)


async def _seen(ask: Ask, number: int) -> SeriesView:
    return await _view(ask, *await series.series(ask.tx, ask.actor, number))


async def _view(ask: Ask, found: series.Series, own: list[Booking]) -> SeriesView:
    return SeriesView(
        id=found.id,
        version=found.version,
        rrule=found.rrule,
        first_day=found.first_day,
        zone=found.zone,
        bookings=await booking_views(ask.tx, own),
    )
