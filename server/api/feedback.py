"""How it was: the client's tap and his five answers, the same written down after a call, what is told of a house."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from scheduling import audit, bookings, concluded, feedback, finding, sessions
from scheduling.errors import NotOverYet, NotPermitted, invalid
from scheduling.feedback import Group
from scheduling.workbench import whole_months
from server.api.bookings import wake
from server.api.views import BookingView, one_booking
from server.endpoint import Ask, endpoint
from server.shapes import Day, Form, View

USUAL_SPAN, LONGEST_SPAN = timedelta(days=91), timedelta(days=366)
Five = Annotated[int, Field(ge=1, le=5)]


class Score(Form):
    """`score` is the one tap; the five groups (НОК) are 1…5, null where it was passed over, unsaid stays as it was."""

    score: Literal[1, 2, 3]
    openness: Five | None = None
    comfort: Five | None = None
    goodwill: Five | None = None
    satisfaction: Five | None = None
    accessibility: Five | None = None

    @property
    def answers(self) -> dict[Group, int | None]:
        return {group: getattr(self, group) for group in feedback.GROUPS if group in self.model_fields_set}


class Questions(View):
    """The words of the five questions come by themselves: they are no part of the way to the conversation."""

    words: dict[str, str]


class RatingQuery(Form):
    """Whole months of the asker's zone are looked at: those of `from` and `until` and between, the last thirteen weeks
    when not given. Of two spans that differ by a day, one answer would be the difference."""

    since: Day | None = Field(default=None, alias="from")
    until: Day | None = None


class MeanView(View):
    mean: float
    answers: int


class RatingView(View):
    """`groups`: those that enough people answered."""

    institution: int
    name: str
    kind: str
    answers: int
    good: float
    groups: dict[Group, MeanView]


class RatingTable(View):
    """`least`: of fewer people nothing is told; `hidden`: so many institutions are not in the list for that."""

    items: list[RatingView]
    least: int
    hidden: int
    since: date
    until: date


@endpoint("POST", "/join/feedback", allow="seat")
async def say(ask: Ask, body: Score) -> None:
    """One tap: 3 good, 2 so-so, 1 bad; the last one counts, and of the five groups too. Refused: `not_over_yet` before
    the session, and `not_permitted` for guests: how it was is the client's to say."""
    _his_to_say(ask)
    booked = await bookings.by_id(ask.tx, ask.seat.booking_id)
    if ask.now < booked.starts and (await ask.tx.get(sessions.Session, booked.id)) is None:
        raise NotOverYet(booked.ends)
    await feedback.say(ask.tx, booked.id, body.score, now=ask.now, answers=body.answers)
    await concluded.answered(ask.tx, booked, now=ask.now)
    ask.wakes.append(wake(booked))


@endpoint("GET", "/join/questions", allow="seat")
async def questions(ask: Ask) -> Questions:
    """The five questions after the one tap, in the person's language."""
    _his_to_say(ask)
    return Questions(words=ask.centre.words.starting(ask.language, ("five.",)))


@endpoint("PUT", "/bookings/{booking}/feedback", allow="clients.write")
async def write_down(ask: Ask, booking: int, body: Score) -> BookingView:
    """What the client said by telephone. Not by the specialist of whom it was said, nor over what he tapped himself."""
    booked = await bookings.booking(ask.tx, ask.actor, booking)
    if ask.actor.specialist_id == booked.specialist_id:
        raise NotPermitted
    if booked.status != "took_place" or ask.now < booked.starts:
        raise NotOverYet(booked.ends)
    await feedback.write_down(ask.tx, booked.id, body.score, now=ask.now, answers=body.answers)
    await concluded.answered(ask.tx, booked, now=ask.now)
    audit.note(ask.tx, feedback.WRITTEN, "booking", booked.id, now=ask.now, account=ask.actor.account_id)
    ask.wakes.append(wake(booked))
    return await one_booking(ask.tx, booked)


@endpoint("GET", "/ratings", allow="workbench")
async def ratings(ask: Ask, query: RatingQuery) -> RatingTable:
    """What people said of each institution in the five groups; of too few people nothing."""
    first, last = _span(ask, query)
    starts, ends = _midnight(ask, first), _midnight(ask, last + timedelta(days=1))
    least = ask.centre.settings.least_answers
    told = await feedback.of_institutions(ask.tx, since=starts, until=ends, least=least)
    every = await feedback.of_institutions(ask.tx, since=starts, until=ends, least=1)
    houses = await feedback.houses(ask.tx, list(told))
    items = [
        RatingView(
            institution=house.id,
            name=house.name,
            kind=house.kind,
            answers=told[house.id].answers,
            good=told[house.id].good,
            groups={group: MeanView.model_validate(mean) for group, mean in told[house.id].groups.items()},
        )
        for house in houses
    ]
    return RatingTable(items=items, least=least, hidden=len(every) - len(told), since=first, until=last)


def _span(ask: Ask, query: RatingQuery) -> tuple[date, date]:
    last = query.until or ask.today
    first = query.since or last - USUAL_SPAN
    if last < first or last - first > LONGEST_SPAN:
        raise invalid("until", "out_of_range")
    return whole_months(first, last)


def _midnight(ask: Ask, day: date) -> datetime:
    return finding.midnight(ask.actor.zone, day)


def _his_to_say(ask: Ask) -> None:
    if ask.seat.role != "client":
        raise NotPermitted
