"""Holds: a time kept for a few minutes while somebody fills in a form; it blocks others and ends by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from scheduling import calendars, occupancy, people, standards
from scheduling.access import Actor
from scheduling.db import Base, Tx
from scheduling.errors import HoldGone, NotFound, TooManyHolds
from scheduling.occupancy import Claim
from scheduling.people import Specialist
from scheduling.standards import ServiceStandard

LASTS = timedelta(minutes=10)
# Whoever opens form after form gives back the oldest of what he holds; nobody can hold a day of somebody else's work.
MOST = 3
MOST_OF_SPECIALIST = 12


class Hold(Base):
    """One time of one specialist, kept for an account until `expires_at`."""

    __tablename__ = "hold"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"), index=True)
    standard_id: Mapped[int] = mapped_column(ForeignKey("service_standard.id"))
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


async def hold(
    tx: Tx,
    actor: Actor,
    *,
    now: datetime,
    specialist: int,
    service: str,
    starts: datetime,
    client: int | None = None,
    resources: Sequence[int] = (),
) -> Hold:
    """Keeps a free time for this account, as long as it takes in the district of the `client`, else in its own.
    Refused as a booking would be, and `too_many_holds` (of one specialist)."""
    whose = await people.own_line(tx, actor, specialist)
    gone = await _pushed_out(tx, actor)
    # Theirs is the time that gets free; all in one order, so that two who hold wait in a row and not in a circle.
    for each in sorted({specialist, *gone.values()}):
        await calendars.hold_busy_still(tx, each)
    district = await standards.district_for(tx, actor, client)
    standard = await standards.service_at(tx, service, whose.zone, starts, district)
    await _must_have_room(tx, whose, now)
    await tx.execute(delete(Hold).where(Hold.id.in_(gone)))
    await calendars.must_be_open(tx, specialist=whose, service=standard, starts=starts, now=now)
    made = Hold(
        account_id=actor.account_id,
        specialist_id=specialist,
        standard_id=standard.id,
        starts=starts,
        ends=starts + standard.duration,
        expires_at=now + LASTS,
    )
    tx.add(made)
    await tx.flush()
    await occupancy.claim(
        tx,
        [claim_of(standard, specialist, starts, resources=resources)],
        now=now,
        hold_id=made.id,
        expires_at=made.expires_at,
    )
    return made


async def keep(tx: Tx, actor: Actor, hold_id: int, *, now: datetime) -> Hold:
    """Somebody is still at the form: the hold lasts on from now. Refused: `hold_gone`."""
    kept = await own(tx, actor, hold_id, now=now)
    kept.expires_at = now + LASTS
    await occupancy.prolong(tx, hold_id, kept.expires_at)
    await calendars.hold_busy_still(tx, kept.specialist_id)
    await tx.flush()
    return kept


async def give_back(tx: Tx, actor: Actor, hold_id: int) -> Hold:
    """The time is free again at once. Refused: `not_found`."""
    kept = await tx.get(Hold, hold_id)
    if kept is None or kept.account_id != actor.account_id:
        raise NotFound
    await calendars.hold_busy_still(tx, kept.specialist_id)
    await tx.execute(delete(Hold).where(Hold.id == hold_id))
    return kept


async def own(tx: Tx, actor: Actor, hold_id: int, *, now: datetime) -> Hold:
    """A hold of this account that has not ended. Refused: `hold_gone`."""
    kept = await tx.scalar(select(Hold).where(Hold.id == hold_id, Hold.account_id == actor.account_id))
    if kept is None or kept.expires_at <= now:
        raise HoldGone
    return kept


async def forget_old(tx: Tx, *, now: datetime) -> None:
    """Takes away what has expired; nobody was kept from that time since."""
    await tx.execute(delete(Hold).where(Hold.expires_at <= now))


def claim_of(
    standard: ServiceStandard,
    specialist: int,
    starts: datetime,
    *,
    clients: Sequence[int] = (),
    resources: Sequence[int] = (),
) -> Claim:
    """What a session of this service takes when it starts then."""
    return Claim(
        starts=starts,
        ends=starts + standard.duration,
        before=timedelta(minutes=standard.before_min),
        after=timedelta(minutes=standard.buffer_min),
        specialist=specialist,
        clients=clients,
        resources=resources,
    )


async def _pushed_out(tx: Tx, actor: Actor) -> dict[int, int]:
    """The holds of this account that one more pushes out, each with its specialist."""
    mine = select(Hold.id, Hold.specialist_id).where(Hold.account_id == actor.account_id)
    oldest = mine.order_by(Hold.expires_at.desc(), Hold.id.desc()).offset(MOST - 1)
    return {row.id: row.specialist_id for row in await tx.execute(oldest)}


async def _must_have_room(tx: Tx, whose: Specialist, now: datetime) -> None:
    of_specialist = select(func.count()).where(Hold.specialist_id == whose.id, Hold.expires_at > now)
    if (await tx.scalar(of_specialist) or 0) >= MOST_OF_SPECIALIST:
        raise TooManyHolds
