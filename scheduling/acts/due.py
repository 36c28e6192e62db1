"""What an act of a month has to say: services agreed upon that stand on none yet, and what became of those that do."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from scheduling.acts.proposing import AGREED
from scheduling.acts.tables import Act, ActLine, Rendered
from scheduling.bookings.tables import Booking, BookingChange
from scheduling.certificates.tables import CertificateLine
from scheduling.db import Tx
from scheduling.standards import ServiceStandard


@dataclass(frozen=True)
class Key:
    """Whose money an act spends: of which budget, and for whose work."""

    provider: int
    district: int
    source: str
    year: int


@dataclass(frozen=True)
class Figures:
    """What stands on acts, or should: units, minutes, kopecks."""

    quantity: int = 0
    minutes: int = 0
    kopecks: int = 0

    def __sub__(self, other: "Figures") -> "Figures":
        return Figures(self.quantity - other.quantity, self.minutes - other.minutes, self.kopecks - other.kopecks)


@dataclass(frozen=True)
class LeftOut:
    """A session that an act does not take, and why: nobody confirmed it, it is disputed, or it stands on the draft
    `act`."""

    row: Rendered
    why: str
    act: Act | None = None


@dataclass(frozen=True)
class Due:
    """All that an act of a month would say: its lines, not yet numbered, and what it leaves out."""

    lines: list[ActLine]
    left_out: list[LeftOut]


def month_end(month: date) -> date:
    """The last day of the month that begins on a day."""
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


async def on(tx: Tx, key: Key, month: date, *, but: int | None = None) -> Due:
    """What is due up to the end of a month, as if the draft `but` were not there."""
    rows = await _rows(tx, key, month_end(month))
    standing = await lines_of(tx, [row.booking_id for row in rows], but=but)
    facts = await _named(tx, rows)
    lines: list[ActLine] = []
    left_out: list[LeftOut] = []
    for row in rows:
        own = standing.get(row.booking_id, [])
        draft = next((act for act, _ in own if act.status == "draft"), None)
        if draft is not None:
            left_out.append(LeftOut(row, "elsewhere", draft))
        elif row.state in {"proposed", "disputed"}:
            left_out.append(LeftOut(row, row.state))
        else:
            lines += _lines(row, [line for _, line in own], facts)
    return Due(sorted(lines, key=lambda each: (each.corrects_id is not None, each.day, each.booking_id)), left_out)


async def lines_of(tx: Tx, bookings: Sequence[int], *, but: int | None = None) -> dict[int, list[tuple[Act, ActLine]]]:
    """Where bookings stand, by booking, in the order in which it was written."""
    stood: dict[int, list[tuple[Act, ActLine]]] = defaultdict(list)
    for part in parts(bookings):
        statement = select(Act, ActLine).join(Act, Act.id == ActLine.act_id).where(ActLine.booking_id.in_(part))
        for act, line in await tx.execute(statement.order_by(ActLine.id)):
            if act.id != but:
                stood[line.booking_id].append((act, line))
    return stood


def agreed(row: Rendered) -> Figures:
    """What should stand on acts for a session once all is said."""
    if row.state not in AGREED or row.quantity == 0:
        return Figures()
    return Figures(row.quantity, row.actual_min, row.sum_kopecks)


def stood(lines: Iterable[ActLine]) -> Figures:
    """What stands on acts for a session, corrections counted in."""
    own = list(lines)
    return Figures(
        sum(each.quantity for each in own), sum(each.minutes for each in own), sum(each.sum_kopecks for each in own)
    )


@dataclass(frozen=True)
class _Facts:
    """What the lines of an act name beside the figures."""

    standards: dict[int, ServiceStandard]
    certificates: dict[int, int]
    reasons: dict[int, str]


def _lines(row: Rendered, own: Sequence[ActLine], facts: _Facts) -> list[ActLine]:
    """The one line that a session needs to stand right, if any."""
    missing = agreed(row) - stood(own)
    if missing == Figures() or (not own and agreed(row) == Figures()):
        return []
    standard = facts.standards[row.standard_id]
    line = ActLine(
        booking_id=row.booking_id,
        client_id=row.client_id,
        certificate_id=facts.certificates[row.line_id or 0],
        day=row.day,
        code=standard.code,
        name=standard.name,
        unit=row.unit,
        quantity=missing.quantity,
        minutes=missing.minutes,
        unit_kopecks=row.unit_kopecks,
        sum_kopecks=missing.kopecks,
        evidence=_evidence(row),
    )
    if own:
        line.corrects_id = own[0].id
        line.because = (row.settled or {}).get("because") or facts.reasons.get(row.booking_id, "")
    return [line]


def _evidence(row: Rendered) -> dict[str, Any]:
    """What speaks for a line, as it was when the act was made."""
    measured = row.provider_said or {}
    return {
        "minutes": measured.get("minutes", 0),
        "of": row.norm_min,
        "share": measured.get("share"),
        "mode": measured.get("mode"),
        "standard": measured.get("standard"),
        "by_facts": measured.get("by_facts", False),
        "how": "settled" if row.state == "settled" else row.confirmed_how,
        "at": (row.settled or {}).get("at") or (row.confirmed_at.isoformat() if row.confirmed_at else None),
        "copay_kopecks": row.copay_kopecks,
    }


async def _rows(tx: Tx, key: Key, until: date) -> list[Rendered]:
    mine = (
        Rendered.provider_id == key.provider,
        Rendered.district_id == key.district,
        Rendered.source == key.source,
        Rendered.year == key.year,
        Rendered.line_id.is_not(None),
        Rendered.day <= until,
    )
    fresh = {"populate_existing": True}
    found = await tx.scalars(
        select(Rendered).where(*mine).order_by(Rendered.day, Rendered.booking_id), execution_options=fresh
    )
    return list(found)


async def _named(tx: Tx, rows: Sequence[Rendered]) -> _Facts:
    numbers = sorted({row.standard_id for row in rows})
    standards = await tx.scalars(select(ServiceStandard).where(ServiceStandard.id.in_(numbers)))
    certificates: dict[int, int] = {}
    for part in parts(sorted({row.line_id for row in rows if row.line_id is not None})):
        pairs = await tx.execute(
            select(CertificateLine.id, CertificateLine.certificate_id).where(CertificateLine.id.in_(part))
        )
        certificates.update((line, number) for line, number in pairs)
    gone = [row.booking_id for row in rows if row.state == "withdrawn"]
    return _Facts({each.id: each for each in standards}, certificates, await _reasons(tx, gone))


async def _reasons(tx: Tx, bookings: Sequence[int]) -> dict[int, str]:
    """Why a session counts as held no more: what was written beside it, or its outcome by name."""
    reasons: dict[int, str] = {}
    for part in parts(bookings):
        statement = (
            select(BookingChange.booking_id, BookingChange.what, BookingChange.after)
            .join(Booking, Booking.id == BookingChange.booking_id)
            .where(BookingChange.booking_id.in_(part), BookingChange.what == Booking.status)
            .order_by(BookingChange.id)
        )
        for booking, what, after in await tx.execute(statement):
            reasons[booking] = (str(after.get("because", "")) or what)[:200]
    return reasons


def parts(numbers: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    """Not more at once than a statement can name."""
    return (numbers[at : at + size] for at in range(0, len(numbers), size))
