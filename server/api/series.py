"""Series: a course of sessions, looked over, accepted all at once, moved and cancelled from one of them on."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from scheduling import concluded, joincodes, series, sessions
from scheduling.bookings import Booking, CancelReason, Mode
from scheduling.calendars import recurring
from scheduling.series import MOST_SESSIONS, Course, Scope, Session, Wanted
from server.api.bookings import CodeView, Topic, code_of, look, moved
from server.api.calendar_views import WallIn
from server.api.slots import candidate_view
from server.api.views import BookingView, SpecialistView, booking_views
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Form, Id, Instant, View

Rrule = Annotated[str, StringConstraints(min_length=1, max_length=recurring.LONGEST_TEXT)]


class SessionForm(Form):
    """A chosen time with its `day` by the rule; the course's own specialist when none is named."""

    day: Day
    starts: Instant
    specialist: Id | None = None


class CourseForm(Form):
    """`times` sessions by an RRULE (RFC 5545) from `first_day` on, at `start` on the specialist's clock; `before` is
    the day by which all should be done. `sessions` are times chosen instead of those of the rule."""

    client: Id
    specialist: Id
    service: Code
    rrule: Rrule
    first_day: Day
    start: WallIn
    times: int = Field(ge=-(2**31), le=2**31 - 1)
    before: Day | None = None
    with_clients: list[Id] = Field(default=[], max_length=4)
    with_resources: list[Id] = Field(default=[], max_length=4)
    sessions: list[SessionForm] = Field(default=[], max_length=MOST_SESSIONS)

    @property
    def course(self) -> Course:
        facts = self.model_dump(include={"client", "specialist", "service", "rrule", "first_day", "times", "before"})
        return Course(
            **facts,
            start_min=self.start,
            with_clients=tuple(self.with_clients),
            with_resources=tuple(self.with_resources),
        )

    @property
    def chosen(self) -> list[Wanted]:
        return [Wanted(each.day, each.starts, each.specialist or self.specialist) for each in self.sessions]


class SessionView(View):
    """`reason` says why `starts` cannot be had, `of` who or what is taken then; `instead` is the nearest free time,
    null when there is none, and `instead_by` another specialist who has it where the same has none near."""

    day: date
    starts: Instant
    specialist: int
    reason: str | None
    of: list[str]
    instead: Instant | None
    instead_by: SpecialistView | None
    late: bool


class NormView(View):
    """Of one alternative of the standard (so many `times` a period; with `days`, courses of so many days) the period
    that the course fills most: how many are `used` without it and `wanted` with it."""

    times: int
    per: Literal["week", "month", "year"]
    days: int | None
    since: date
    until: date
    used: int
    wanted: int


class PreviewView(View):
    """`too_often`: none of the alternatives of the standard, `norm`, allows it."""

    sessions: list[SessionView]
    zone: str
    fits: bool
    too_often: bool
    norm: list[NormView]


class NewSeries(CourseForm):
    """The times that a person accepted."""

    sessions: list[SessionForm] = Field(min_length=2, max_length=MOST_SESSIONS)
    mode: Mode = "video"
    topic: Topic | None = None
    certificate: Id | None = None
    application: Id | None = None


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


class MovedForm(Form):
    """Another time for one booking of those that move; its present one leaves it where it is."""

    booking: Id
    starts: Instant
    specialist: Id


class SeriesShift(Form):
    """The sessions from the booking `since` on go so many `days` later (or earlier), to another time of the day."""

    since: Id
    scope: Scope
    days: int = Field(ge=-31, le=31)
    start: WallIn


class SeriesMove(SeriesShift):
    sessions: list[MovedForm] = Field(default=[], max_length=MOST_SESSIONS)


class MovedView(SessionView):
    """`was` is when the booking is now."""

    booking: int
    was: Instant


class MovePreviewView(View):
    sessions: list[MovedView]
    zone: str
    fits: bool


class SeriesCancel(Form):
    since: Id
    scope: Scope
    reason: CancelReason


@endpoint("POST", "/series/preview", allow="bookings.write", transaction="read")
async def preview(ask: Ask, body: CourseForm) -> PreviewView:
    """What would come of a course: each session free, or why not and what is nearest. Nothing is kept."""
    found = await series.preview(ask.tx, ask.actor, body.course, now=ask.now, chosen=body.chosen, look=await look(ask))
    shown = [SessionView(**_session(each)) for each in found.sessions]
    norm = [
        NormView(**each.way._asdict(), since=each.since, until=each.until, used=each.before, wanted=each.after)
        for each in found.norm
    ]
    return PreviewView(sessions=shown, zone=found.zone, fits=found.fits, too_often=found.too_often, norm=norm)


@endpoint("POST", "/series", allow="bookings.write", status=201, idempotent=True)
async def accept(ask: Ask, body: NewSeries) -> SeriesBooked:
    """Books all of them or none. 409 `series_refused` names those that cannot be had."""
    made, booked = await series.accept(
        ask.tx, ask.actor, body.course, body.chosen, now=ask.now, mode=body.mode, topic=body.topic
    )
    codes = []
    for each in booked:
        paid_for = {"certificate": body.certificate, "application": body.application}
        await concluded.made(ask.tx, each, now=ask.now, actor=ask.actor, **paid_for)
        _, issued = await joincodes.make_seats(ask.tx, each, key=ask.centre.key, now=ask.now)
        moved(ask, each, "booked")
        code, link = code_of(ask.request, each, issued)
        codes.append(SeriesCode(booking=each.id, code=code, link=link))
    return SeriesBooked(series=await _view(ask, made, booked), codes=codes)


@endpoint("GET", "/series/{number}", allow="bookings.read", etag=True)
async def show(ask: Ask, number: int) -> SeriesView:
    return await _seen(ask, number)


@endpoint("POST", "/series/{number}/move/preview", allow="bookings.write", transaction="read")
async def preview_move(ask: Ask, number: int, body: SeriesShift) -> MovePreviewView:
    """What would come of a move: each session with where it goes, or why it cannot and what is nearest."""
    moving, found = await series.plan_move(
        ask.tx,
        ask.actor,
        number,
        now=ask.now,
        since=body.since,
        days=body.days,
        start_min=body.start,
        scope=body.scope,
        look=await look(ask),
    )
    shown = [
        MovedView(**_session(each), booking=booked.id, was=booked.starts)
        for booked, each in zip(moving, found.sessions, strict=True)
    ]
    return MovePreviewView(sessions=shown, zone=found.zone, fits=found.fits)


@endpoint("POST", "/series/{number}/move", allow="bookings.write", idempotent=True, etag=True, if_match=True)
async def move(ask: Ask, number: int, body: SeriesMove) -> SeriesView:
    """One, this and following, or all open sessions; all of those or none. 409 `series_refused` names each that
    cannot follow."""
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
        instead={each.booking: (each.starts, each.specialist) for each in body.sessions},
    )
    for each in changed:
        await concluded.moved(ask.tx, each, now=ask.now, account=ask.actor.account_id)
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
        await concluded.follow(ask.tx, each, now=ask.now, account=ask.actor.account_id)
        _told(ask, each, "cancelled")
    return await _seen(ask, number)


def _told(ask: Ask, changed: Booking, act: str) -> None:
    ask.rights_changed.append(changed.id)
    moved(ask, changed, act)


def _session(each: Session) -> dict[str, Any]:
    return {
        "day": each.day,
        "starts": each.starts,
        "specialist": each.specialist,
        "reason": each.reason,
        "of": list(each.of),
        "instead": each.instead,
        "instead_by": None if each.by is None else candidate_view(each.by),
        "late": each.late,
    }


async def _seen(ask: Ask, number: int) -> SeriesView:
    return await _view(ask, *await series.series(ask.tx, ask.actor, number))


async def _view(ask: Ask, found: series.Series, own: list[Booking]) -> SeriesView:
    return SeriesView(
        id=found.id,
        version=series.seen(found, own),
        rrule=found.rrule,
        first_day=found.first_day,
        zone=found.zone,
        bookings=await booking_views(ask.tx, own),
    )
