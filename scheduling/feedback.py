"""Feedback: with one tap the client says how it was, with five more how it was in the five groups of the law (НОК)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ForeignKey, case, func, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.bookings.tables import Booking
from scheduling.db import Base, Tx
from scheduling.errors import FeedbackGiven
from scheduling.people import Institution, Specialist

# The groups of criteria of the independent assessment of quality (442-ФЗ, art. 23.1): openness of information; comfort
# and waiting time; goodwill; satisfaction; accessibility for people with disabilities.
Group = Literal["openness", "comfort", "goodwill", "satisfaction", "accessibility"]
GROUPS: tuple[Group, ...] = get_args(Group)
WRITTEN = "feedback_written"


class Feedback(Base):
    """`score` is 1 (bad), 2 (so-so) or 3 (good); the last tap counts."""

    __tablename__ = "feedback"
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True, autoincrement=False)
    score: Mapped[int]
    at: Mapped[datetime]
    # The five groups of the independent assessment of quality (НОК), 1…5 each, None where it was passed over.
    openness: Mapped[int | None]
    comfort: Mapped[int | None]
    goodwill: Mapped[int | None]
    satisfaction: Mapped[int | None]
    accessibility: Mapped[int | None]
    # Whose hand it was the last time: what the client tapped himself, staff do not write over.
    by_staff: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True)
class Mean:
    """Of 1…5, by so many answers."""

    mean: float
    answers: int


@dataclass(frozen=True)
class Ratings:
    """What people said of an institution: so many answers, the share of "good", and the groups that enough people
    answered."""

    answers: int
    good: float
    groups: dict[Group, Mean]


async def say(
    tx: Tx, booking_id: int, score: int, *, now: datetime, answers: Mapping[Group, int | None] | None = None
) -> None:
    """The last word counts, of each group by itself: those that `answers` does not name stay as they are."""
    kept = await _put(tx, booking_id, score, now, answers or {})
    kept.by_staff = False
    await tx.flush()


async def write_down(
    tx: Tx, booking_id: int, score: int, *, now: datetime, answers: Mapping[Group, int | None]
) -> None:
    """What the client said by telephone, by the hand of staff. Refused: `feedback_given` when he has tapped it himself
    since: nobody writes over that."""
    found = await tx.get(Feedback, booking_id, with_for_update=True)
    if found is not None and not found.by_staff:
        raise FeedbackGiven
    kept = await _put(tx, booking_id, score, now, dict.fromkeys(GROUPS) | dict(answers))
    kept.by_staff = True
    await tx.flush()


async def _put(tx: Tx, booking_id: int, score: int, now: datetime, answers: Mapping[Group, int | None]) -> Feedback:
    kept = await tx.get(Feedback, booking_id)
    if kept is None:
        kept = Feedback(booking_id=booking_id)
        tx.add(kept)
    kept.score, kept.at = score, now
    for group, value in answers.items():
        setattr(kept, group, value)
    return kept


async def of_bookings(tx: Tx, booking_ids: Sequence[int]) -> dict[int, Feedback]:
    rows = await tx.scalars(select(Feedback).where(Feedback.booking_id.in_(booking_ids)))
    return {row.booking_id: row for row in rows}


async def of_institution(tx: Tx, institution: int, *, since: datetime, until: datetime, least: int) -> Ratings | None:
    """What is told of it: None while fewer than `least` people have said anything in [since, until)."""
    return (await of_institutions(tx, since=since, until=until, least=least, only=[institution])).get(institution)


async def of_institutions(
    tx: Tx, *, since: datetime, until: datetime, least: int, only: Sequence[int] | None = None
) -> dict[int, Ratings]:
    """The same of many, by the institution whose specialist was talked to. Of whom too few people have said anything is
    not in it, and a group that too few answered is not in its ratings: people, for one may have answered ten times."""
    good = func.sum(case((Feedback.score == 3, 1), else_=0))
    columns = [column for group in GROUPS for column in _of_group(group)]
    asked = (
        select(Specialist.institution_id, func.count(), func.count(Booking.client_id.distinct()), good, *columns)
        .select_from(Feedback)
        .join(Booking, Booking.id == Feedback.booking_id)
        .join(Specialist, Specialist.id == Booking.specialist_id)
        .where(Feedback.at >= since, Feedback.at < until)
        .group_by(Specialist.institution_id)
    )
    if only is not None:
        asked = asked.where(Specialist.institution_id.in_(only))
    return {
        house: _rated(count, *sums, least=least)
        for house, count, people, *sums in await tx.execute(asked)
        if people >= least
    }


async def houses(tx: Tx, institutions: Sequence[int]) -> list[Institution]:
    """By their names."""
    found = await tx.scalars(select(Institution).where(Institution.id.in_(institutions)))
    return sorted(found, key=lambda each: (each.name, each.id))


def _of_group(group: Group) -> tuple[Any, Any, Any]:
    """The sum of the answers, how many there are, and of how many people."""
    column = getattr(Feedback, group)
    return func.sum(column), func.count(column), func.count(case((column.is_not(None), Booking.client_id)).distinct())


def _rated(count: int, good: int, *sums: int | None, least: int) -> Ratings:
    found = zip(GROUPS, sums[::3], sums[1::3], sums[2::3], strict=True)
    means = {
        group: Mean(round(int(total or 0) / said, 2), said)
        for group, total, said, people in found
        if said and people and people >= least
    }
    return Ratings(count, round(int(good) / count, 3), means)
