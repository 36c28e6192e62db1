"""Watching over: the sessions that go on now, how each seat of them is heard, and who calls for help."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from scheduling import bookings, health, sessions
from scheduling.access import Actor
from scheduling.bookings import Booking
from scheduling.db import Tx
from scheduling.health import Health, Report, Sitting
from scheduling.joincodes import Seat
from scheduling.sessions import QualitySample, Session

LIVING = ("waiting", "live", "paused")
# Older samples say nothing of now.
RECENT = timedelta(seconds=20)
# Reports of one browser that come within this belong together: one for each other person in the room.
TOGETHER = timedelta(seconds=2)
# A client alone for so long past his hour needs somebody.
LONG_WAIT = timedelta(minutes=5)


@dataclass(frozen=True)
class Watched:
    """One seat and how it is."""

    seat: Seat
    health: Health
    because: tuple[str, ...]


@dataclass(frozen=True)
class Going:
    """A session that goes on, with what is known of it now."""

    booked: Booking
    room: Session
    seats: Sequence[Watched]
    health: Health
    because: tuple[str, ...]

    @property
    def calls(self) -> bool:
        """Somebody called for help and nobody has answered."""
        return self.room.help_at is not None and self.room.help_answered_at is None

    def needs(self, now: datetime) -> str | None:
        """Why it needs somebody now: help, bad, waiting; None when it does not."""
        if self.calls:
            return "help"
        if self.health == "bad":
            return "bad"
        waits = self.room.state != "live" and any(each.seat.role == "client" and each.seat.here for each in self.seats)
        return "waiting" if waits and now - self.booked.starts >= LONG_WAIT else None


async def going_on(tx: Tx, actor: Actor, *, now: datetime) -> list[Going]:
    """The sessions of this actor's sight, those first that need somebody, then in order of time."""
    rooms = {row.booking_id: row for row in await tx.scalars(select(Session).where(Session.state.in_(LIVING)))}
    found = await bookings.among(tx, actor, list(rooms))
    seats = await sessions.seats_of(tx, [each.id for each in found])
    reports = await _reports(tx, [each.id for each in found], since=now - RECENT)
    going = [_going(each, rooms[each.id], seats[each.id], reports, now) for each in found]
    return sorted(going, key=lambda each: _order(each, now))


async def answered(tx: Tx, booked: Booking, *, now: datetime) -> None:
    """Somebody has taken the call for help up; where nobody calls, or two answer, nothing more happens."""
    room = await tx.get(Session, booked.id, with_for_update=True)
    if room is None or room.help_at is None or room.help_answered_at is not None:
        return
    room.help_answered_at = now
    sessions.remember(tx, booked.id, None, "help_answered", now=now)
    await tx.flush()


def _going(
    booked: Booking, room: Session, seats: Sequence[Seat], reports: dict[int, list[QualitySample]], now: datetime
) -> Going:
    watched = []
    for seat in seats:
        level, because = health.of_seat(_sitting(room, seat, reports.get(seat.id, []), now))
        watched.append(Watched(seat, level, because))
    level, because = health.of_room((each.health, each.because) for each in watched)
    return Going(booked, room, watched, level, because)


def _sitting(room: Session, seat: Seat, samples: Sequence[QualitySample], now: datetime) -> Sitting:
    """By telephone and alone nobody's browser has anything to report."""
    talks = room.state == "live" and not room.phone and room.live_since is not None
    since = max(filter(None, [room.live_since, seat.admitted_at]), default=now)
    return Sitting(
        here=seat.here,
        admitted=talks and (seat.role == "specialist" or seat.admitted_at is not None),
        talks_for_s=(now - since).total_seconds(),
        age_s=(now - samples[0].at).total_seconds() if samples else None,
        reports=[Report(each.loss, each.rtt_ms, each.concealed, each.frozen_ms) for each in samples],
        rung=seat.rung,
        why=seat.why,
    )


async def _reports(tx: Tx, booking_ids: Sequence[int], *, since: datetime) -> dict[int, list[QualitySample]]:
    """The newest samples of each seat, those of one report together."""
    recent = (QualitySample.booking_id.in_(booking_ids), QualitySample.at >= since)
    newest = select(QualitySample.seat_id, func.max(QualitySample.at)).where(*recent).group_by(QualitySample.seat_id)
    last = dict((await tx.execute(newest)).all())
    found: dict[int, list[QualitySample]] = {}
    for row in await tx.scalars(select(QualitySample).where(*recent).order_by(QualitySample.id.desc())):
        if last[row.seat_id] - row.at <= TOGETHER:
            found.setdefault(row.seat_id, []).append(row)
    return found


def _order(going: Going, now: datetime) -> tuple[int, datetime, int]:
    ranks = {"help": 0, "bad": 1, "waiting": 2, None: 3}
    since = going.room.help_at if going.calls and going.room.help_at else going.booked.starts
    return ranks[going.needs(now)], since, going.booked.id
