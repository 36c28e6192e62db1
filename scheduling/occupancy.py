"""Occupancy: who and what is taken when, by a booking or for a short while by a hold; guarded by the database itself.

One row for each specialist, client and resource (a room, an interpreter) of a booking. Two rows of one of them never
overlap: an exclusion constraint on PostgreSQL, a trigger on SQLite. The guards cannot know the time, so whoever claims
something first sweeps away the expired holds that lie in the way.

Times are whole minutes since 1970-01-01T00:00Z, as `slots` counts them: nothing is booked by the second, and a search
reads hundreds of thousands of these rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, ForeignKey, Index, String, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from scheduling import slots
from scheduling.db import Base, Tx
from scheduling.errors import BookingRefused, ClientBusy, ResourceBusy, SlotTaken
from scheduling.slots import Taken

Kind = Literal["specialist", "client", "resource"]
KINDS: tuple[Kind, ...] = get_args(Kind)
REFUSALS: Mapping[Kind, type[BookingRefused]] = {
    "specialist": SlotTaken,
    "client": ClientBusy,
    "resource": ResourceBusy,
}
# What is booked this far outside of a range can matter for it: the other end of a week.
MARGIN = timedelta(days=slots.MARGIN_DAYS)
KEPT = timedelta(days=60)
# No row is longer: the guard of SQLite looks no further back, so that years of history cost it nothing.
LONGEST = timedelta(days=1)


def guard(kind: Kind) -> str:
    """The name of the guard that migrations set up; the engines repeat it when they turn a row down."""
    return f"occupancy_{kind}_once"


class Occupancy(Base):
    """[since, until) belongs to the `kind` number `who`: [starts, ends) is the session, the rest its buffers."""

    __tablename__ = "occupancy"
    __table_args__ = (Index("ix_occupancy_who_since", "kind", "who", "since"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    who: Mapped[int]
    since: Mapped[int]
    until: Mapped[int]
    starts: Mapped[int]
    ends: Mapped[int]
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime | None] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one booking or hold takes: its session with the buffers around it, of the specialist alone."""

    starts: datetime
    ends: datetime
    before: timedelta
    after: timedelta
    specialist: int
    clients: Sequence[int] = ()
    resources: Sequence[int] = ()

    def rows(self, **owner: Any) -> list[dict[str, Any]]:
        starts, ends = slots.minute(self.starts), slots.minute_after(self.ends)
        span = {"starts": starts, "ends": ends}
        hers = {"since": slots.minute(self.starts - self.before), "until": slots.minute_after(self.ends + self.after)}
        others = {"since": starts, "until": ends}
        return [
            {"kind": "specialist", "who": self.specialist, **hers, **span, **owner},
            *({"kind": "client", "who": who, **others, **span, **owner} for who in self.clients),
            *({"kind": "resource", "who": who, **others, **span, **owner} for who in self.resources),
        ]


async def claim(tx: Tx, wanted: Iterable[Claim], *, now: datetime, **owner: Any) -> None:
    """Takes all of it or refuses: `slot_taken`, `client_busy`, `resource_busy`. `owner` names booking or hold."""
    rows = [row for each in wanted for row in each.rows(**{"expires_at": None, **owner})]
    # Everybody takes in the same order, so that two who want some of the same wait in a row and not in a circle.
    rows.sort(key=lambda row: (KINDS.index(row["kind"]), row["who"], row["since"]))
    await tx.execute(delete(Occupancy).where(Occupancy.expires_at <= now, _of([(r["kind"], r["who"]) for r in rows])))
    try:
        await tx.execute(insert(Occupancy), rows)
    except IntegrityError as error:
        raise refusal(str(error.orig)) or error from error


def refusal(message: str) -> BookingRefused | None:
    """What a guard's message means; None when it is none of theirs."""
    return next((REFUSALS[kind]() for kind in KINDS if guard(kind) in message), None)


async def release(tx: Tx, *, booking: int | None = None, hold: int | None = None) -> None:
    """Gives back everything a booking or a hold had taken."""
    owner = Occupancy.booking_id == booking if booking is not None else Occupancy.hold_id == hold
    await tx.execute(delete(Occupancy).where(owner))


async def forget_old(tx: Tx, *, now: datetime) -> None:
    """What is long over takes nobody's time: the table stays as large as two months of work, whatever the years."""
    await tx.execute(delete(Occupancy).where(Occupancy.until < slots.minute(now - KEPT)))


async def prolong(tx: Tx, hold_id: int, expires_at: datetime) -> None:
    await tx.execute(update(Occupancy).where(Occupancy.hold_id == hold_id).values(expires_at=expires_at))


async def taken(
    tx: Tx,
    kind: Kind,
    ids: Sequence[int],
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    ignoring: int | None = None,
    ignoring_hold: int | None = None,
) -> dict[int, list[Taken]]:
    """What is taken in [since, until) and around it, by number, ascending; expired holds count no more."""
    conditions: list[ColumnElement[bool]] = [
        Occupancy.kind == kind,
        Occupancy.who.in_(ids),
        Occupancy.since > slots.minute(since - MARGIN),
        Occupancy.since < slots.minute_after(until + MARGIN),
        or_(Occupancy.expires_at.is_(None), Occupancy.expires_at > now),
    ]
    if ignoring is not None:
        conditions.append(or_(Occupancy.booking_id.is_(None), Occupancy.booking_id != ignoring))
    if ignoring_hold is not None:
        conditions.append(or_(Occupancy.hold_id.is_(None), Occupancy.hold_id != ignoring_hold))
    columns = (Occupancy.who, Occupancy.starts, Occupancy.ends, Occupancy.since, Occupancy.until)
    groups: dict[int, list[Taken]] = {}
    rows = select(*columns).where(*conditions).order_by(Occupancy.who, Occupancy.starts)
    for who, *times in await tx.execute(rows):
        groups.setdefault(who, []).append(Taken(*times))
    return groups


async def held(
    tx: Tx, specialists: Sequence[int], *, since: datetime, until: datetime, now: datetime
) -> dict[int, list[Taken]]:
    """What of these specialists' time is only held, for a booking that is being written."""
    columns = (Occupancy.who, Occupancy.starts, Occupancy.ends, Occupancy.since, Occupancy.until)
    rows = await tx.execute(
        select(*columns)
        .where(
            Occupancy.kind == "specialist",
            Occupancy.who.in_(specialists),
            Occupancy.expires_at > now,
            Occupancy.starts < slots.minute_after(until),
            Occupancy.ends > slots.minute(since),
        )
        .order_by(Occupancy.starts)
    )
    groups: dict[int, list[Taken]] = {}
    for who, *times in rows:
        groups.setdefault(who, []).append(Taken(*times))
    return groups


def _of(whom: Iterable[tuple[str, int]]) -> ColumnElement[bool]:
    numbers: dict[str, set[int]] = {}
    for kind, who in whom:
        numbers.setdefault(kind, set()).add(who)
    return or_(*(((Occupancy.kind == kind) & Occupancy.who.in_(each)) for kind, each in numbers.items()))
