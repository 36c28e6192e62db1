"""Keeping what sessions came to: when one is over, when its outcome is corrected, and of whole years at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, delete, func, insert, or_, select, text
from sqlalchemy.orm import aliased

from scheduling.applications.tables import Application
from scheduling.bookings import OPEN, OUTCOMES, Booking
from scheduling.budgets.tables import Budget
from scheduling.db import Tx, padded
from scheduling.feedback import Feedback
from scheduling.ledger.tables import LedgerAccount, Movement
from scheduling.measured.figuring import Held, held, satisfaction
from scheduling.measured.reading import Told, facts, told
from scheduling.measured.tables import Measured

Row = dict[str, Any]
OVER = (*OUTCOMES, "cancelled")
AT_ONCE = 2_000


async def keep(tx: Tx, booking: Booking, *, now: datetime) -> None:
    """Writes anew what this booking came to, and what the others of its application and course come to by it: which
    of them was the first held, how many a course had. Nothing is kept of what is still to come."""
    await tx.flush()
    beside: list[ColumnElement[bool]] = [Booking.id == booking.id]
    if booking.application_id is not None:
        beside.append(Booking.application_id == booking.application_id)
    if booking.series_id is not None:
        beside.append(Booking.series_id == booking.series_id)
    whose = select(Booking.id, Booking.application_id, Booking.series_id).where(or_(*beside)).order_by(Booking.id)
    rows = (await tx.execute(whose)).all()
    await _hold_still(tx, {tie for row in rows for tie in _ties(*row)})
    await _write(tx, [row.id for row in rows], now)


async def rebuild(
    tx: Tx, since: datetime, until: datetime, *, now: datetime, done: Callable[[int], None] = lambda _: None
) -> int:
    """The same of every booking that begins in [since, until): how many are over. `done` hears of each part. Meanwhile
    nobody else keeps anything."""
    await _hold_all_still(tx)
    span = select(Booking.id).where(Booking.starts >= since, Booking.starts < until)
    ids = list(await tx.scalars(span.order_by(Booking.id)))
    kept = 0
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        kept += await _write(tx, part, now)
        done(len(part))
    return kept


# A lock of its own and not one on rows: whoever keeps has changed a booking, and would wait for one who changed another
# of the same course, who waits for him. Taken in one order, and held until all is written.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('measured'), 0)")
_AMONG_OTHERS = text("SELECT pg_advisory_xact_lock_shared(hashtext('measured'), 0)")
_TIE = text("SELECT pg_advisory_xact_lock(hashtext('measured ' || CAST(:kind AS text)), :number)")


def _ties(booking: int, application: int | None, series: int | None) -> list[tuple[str, int]]:
    """What this booking's figures hang together with: the others of its application and of its course."""
    found = [("application", application), ("series", series)]
    return [(kind, number) for kind, number in found if number is not None] or [("booking", booking)]


async def _hold_still(tx: Tx, ties: Iterable[tuple[str, int]]) -> None:
    """Two who keep figures that hang together go one after the other, and the second sees what the first has changed;
    on SQLite all who write do."""
    if tx.get_bind().dialect.name != "postgresql":
        return
    await tx.execute(_AMONG_OTHERS)
    for kind, number in sorted(ties):
        await tx.execute(_TIE, {"kind": kind, "number": number})


async def _hold_all_still(tx: Tx) -> None:
    if tx.get_bind().dialect.name == "postgresql":
        await tx.execute(_ALONE)


async def _write(tx: Tx, ids: Sequence[int], now: datetime) -> int:
    if not ids:
        return 0
    over = [each for each in await told(tx, ids) if each.status in OVER]
    rows = await _rows(tx, over, now) if over else []
    await tx.execute(delete(Measured).where(Measured.booking_id.in_(padded(ids))))
    if rows:
        # By the table: the class would write rows with the same gaps together, and each of the others by itself.
        await tx.execute(insert(Measured.metadata.tables[Measured.__tablename__]), rows)
    return len(rows)


async def _rows(tx: Tx, over: Sequence[Told], now: datetime) -> list[Row]:
    found = await facts(tx, over, now=now)
    received = await _received(tx, over)
    firsts = await _firsts(tx, over)
    courses = await _courses(tx, over)
    said = await _said(tx, over)
    paid = await _paid(tx, over)
    return [
        {
            **_where(each),
            **_talk(each, held(found[each.id]) if each.id in found else Held()),
            "waiting_days": _waited(each, received) if firsts.get(_chain(each), each.id) == each.id else None,
            "course_sessions": courses.get(each.id),
            "satisfaction": said.get(each.id),
            "paid_kopecks": paid.get(each.id, 0) if each.line_id is not None else None,
        }
        for each in over
    ]


def _where(each: Told) -> Row:
    day = _day(each.starts, each)
    return {
        "booking_id": each.id,
        "day": day,
        "month": day.year * 100 + day.month,
        "year": day.year,
        "district_id": each.district_id,
        "provider_id": each.provider_id,
        "specialist_id": each.specialist_id,
        "client_id": each.client_id,
        "standard_id": each.standard_id,
        "code": each.code,
        "outcome": each.status,
        "because": (each.cancel_reason or "") if each.status == "cancelled" else "",
    }


def _talk(each: Told, talk: Held) -> Row:
    """Who met in one room, or of whose talk no journal tells, met as it was booked."""
    as_booked = each.status == "took_place" and (each.mode == "in_person" or not talk.mode)
    return {
        "mode": each.mode if as_booked else talk.mode,
        "length_min": talk.length_min,
        "both_share": talk.both_share,
        "late_min": talk.late_min,
        "video_share": talk.video_share,
    }


def _chain(each: Told) -> tuple[str, int]:
    """What a session is one of: an application's, a course's, or nothing but itself."""
    if each.application_id is not None:
        return "application", each.application_id
    return ("series", each.series_id) if each.series_id is not None else ("booking", each.id)


def _waited(each: Told, received: Mapping[int, datetime]) -> int | None:
    """Days from the one local day to the other."""
    if each.status != "took_place":
        return None
    since = received[each.application_id] if each.application_id is not None else each.created_at
    return max(0, (_day(each.starts, each) - _day(since, each)).days)


def _day(at: datetime, each: Told) -> date:
    """On the client's clock, as `Booking.day`."""
    return at.astimezone(ZoneInfo(each.zone)).date()


async def _received(tx: Tx, over: Sequence[Told]) -> dict[int, datetime]:
    asked = _some(each.application_id for each in over)
    if not asked:
        return {}
    rows = await tx.execute(select(Application.id, Application.received_at).where(Application.id.in_(asked)))
    return {number: at for number, at in rows}  # noqa: C416 - rows are no pairs to mypy


async def _firsts(tx: Tx, over: Sequence[Told]) -> dict[tuple[str, int], int]:
    """The first session held of each application and of each course."""
    firsts: dict[tuple[str, int], int] = {}
    for name, column in (("application", Booking.application_id), ("series", Booking.series_id)):
        wanted = _some(number for kind, number in map(_chain, over) if kind == name)
        if not wanted:
            continue
        whose = select(column, Booking.id).where(column.in_(wanted), Booking.status == "took_place")
        if name == "series":
            whose = whose.where(Booking.application_id.is_(None))
        for number, first in await tx.execute(whose.order_by(Booking.starts, Booking.id)):
            firsts.setdefault((name, number or 0), first)
    return firsts


async def _courses(tx: Tx, over: Sequence[Told]) -> dict[int, int]:
    """How many were held, at the last session of each course of which none is to come."""
    wanted = _some(each.series_id for each in over)
    if not wanted:
        return {}
    whole = select(Booking.series_id, Booking.id, Booking.status).where(Booking.series_id.in_(wanted))
    courses: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for series, number, status in await tx.execute(whole.order_by(Booking.starts, Booking.id)):
        courses[series or 0].append((number, status))
    return {
        course[-1][0]: sum(status == "took_place" for _, status in course)
        for course in courses.values()
        if not any(status in OPEN for _, status in course)
    }


async def _said(tx: Tx, over: Sequence[Told]) -> dict[int, int]:
    groups = (
        *(Feedback.openness, Feedback.comfort, Feedback.goodwill),
        *(Feedback.satisfaction, Feedback.accessibility),
    )
    wanted = padded([each.id for each in over])
    rows = await tx.execute(select(Feedback.booking_id, Feedback.score, *groups).where(Feedback.booking_id.in_(wanted)))
    return {number: satisfaction(answers, score) for number, score, *answers in rows}


async def _paid(tx: Tx, over: Sequence[Told]) -> dict[int, int]:
    """What the districts' budgets hold as consumed because of each: what came in for it less what went out."""
    wanted = padded([each.id for each in over if each.line_id is not None])
    if not wanted:
        return {}
    source, target = aliased(LedgerAccount), aliased(LedgerAccount)
    amount = case((target.kind == "consumed", Movement.amount), else_=-Movement.amount)
    rows = await tx.execute(
        select(Movement.booking_id, func.sum(amount))
        .join(source, source.id == Movement.source_id)
        .join(target, target.id == Movement.target_id)
        .join(Budget, Budget.id == target.budget_id)
        .where(Movement.booking_id.in_(wanted), Budget.provider_id.is_(None))
        .where(or_(source.kind == "consumed", target.kind == "consumed"))
        .group_by(Movement.booking_id)
    )
    return {number or 0: int(sums) for number, sums in rows}


def _some(numbers: Iterable[int | None]) -> list[int]:
    return padded(sorted({number for number in numbers if number is not None}))
