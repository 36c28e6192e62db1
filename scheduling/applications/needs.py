"""What an application needs of the office now: a pure rule, and the same as a query over many at once.

Both say the same (tests hold them against each other): the rule explains one, the query counts and sorts all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, and_, case, exists, false, literal, or_, select

from scheduling.applications.tables import OPEN, Application
from scheduling.bookings.tables import OPEN as BOOKING_OPEN
from scheduling.bookings.tables import Booking

# In the order in which they are done: what cannot wait first.
Need = Literal[
    "overdue",  # the standard's last day has passed, or will pass before the first free time
    "missed",  # its last booking was missed, failed or cancelled: to be booked again
    "new",  # nobody has looked at it yet
    "doubtful",  # it may be somebody who has a card already
    "without_specialist",  # nobody in its district could take it, and no other institution is asked first
    "unassigned",  # looked at, but no specialist has it
    "to_book",  # she has it, and no time was made out
    "to_confirm",  # the client has not said that he comes tomorrow, or what he thinks of another specialist
    "to_close",  # its sessions were held, and none is ahead
]
NEEDS: tuple[Need, ...] = get_args(Need)


@dataclass(frozen=True, slots=True)
class Around:
    """What is so of a district today. `first_free` is by service the day of the first free time of any specialist, a
    day beyond the horizon where there is none; under None of any service. `helped` says whether somebody of the
    district's own or of its fallback could take what is asked for, by service, under None of any."""

    today: date
    now: datetime
    tomorrow_ends: datetime
    first_free: Mapping[str | None, date]
    helped: Mapping[str | None, bool]


@dataclass(frozen=True, slots=True)
class Standing:
    """What of an application decides. `held`: a session of it took place; `ahead`: an open booking begins later;
    `unconfirmed`: one of those begins until tomorrow's end and the client has not said that he comes."""

    status: str
    seen: bool
    service: str | None
    due_on: date | None
    assigned: bool
    proposed: bool
    setback: str | None
    likely: bool
    held: bool
    ahead: bool
    unconfirmed: bool


def needs(standing: Standing, around: Around) -> list[Need]:
    """What it needs, the first first. Nothing that is closed needs anything."""
    if standing.status not in OPEN:
        return []
    asked = {
        "overdue": _is_overdue(standing, around),
        "missed": standing.status == "assigned" and standing.setback is not None,
        "new": standing.status == "new" and not standing.seen,
        "doubtful": standing.likely,
        "without_specialist": not standing.assigned and not around.helped.get(standing.service, True),
        "unassigned": standing.status == "new" and standing.seen,
        "to_book": standing.status == "assigned" and standing.setback is None,
        "to_confirm": standing.proposed or (standing.status == "scheduled" and standing.unconfirmed),
        "to_close": standing.status == "scheduled" and not standing.ahead,
    }
    return [need for need in NEEDS if asked[need]]


def _is_overdue(standing: Standing, around: Around) -> bool:
    """The deadline is for the first session: once one was held or one is promised, it has nothing to say."""
    if standing.due_on is None or standing.held or standing.status == "scheduled":
        return False
    free = around.first_free.get(standing.service)
    return standing.due_on < around.today or (free is not None and standing.due_on < free)


def conditions(around: Around) -> dict[Need, ColumnElement[bool]]:
    """The same as conditions on open rows of `application`."""
    status, facts = Application.status, flags(around)
    scheduled, assigned = status == "scheduled", status == "assigned"
    late = or_(Application.due_on < around.today, *_before_first_free(around))
    unhelped = or_(*(_of_service(code) for code, helped in around.helped.items() if not helped), false())
    return {
        "overdue": and_(status.in_(("new", "assigned")), Application.due_on.is_not(None), late, ~facts["held"]),
        "missed": and_(assigned, Application.setback.is_not(None)),
        "new": and_(status == "new", Application.seen_at.is_(None)),
        "doubtful": Application.likely_id.is_not(None),
        "without_specialist": and_(Application.specialist_id.is_(None), unhelped),
        "unassigned": and_(status == "new", Application.seen_at.is_not(None)),
        "to_book": and_(assigned, Application.setback.is_(None)),
        "to_confirm": or_(Application.proposed_id.is_not(None), and_(scheduled, facts["unconfirmed"])),
        "to_close": and_(scheduled, ~facts["ahead"]),
    }


def flags(around: Around) -> dict[str, ColumnElement[bool]]:
    """What of its bookings decides, as conditions."""
    of_it = select(literal(1)).where(Booking.application_id == Application.id).correlate(Application)
    # Few bookings begin until tomorrow: their applications are found once, not asked for one by one.
    soon = (
        select(Booking.application_id)
        .where(
            Booking.starts > around.now,
            Booking.starts < around.tomorrow_ends,
            Booking.status == "booked",
            Booking.application_id.is_not(None),
        )
        .scalar_subquery()
    )
    return {
        "held": exists(of_it.where(Booking.status == "took_place")),
        "ahead": exists(of_it.where(Booking.status.in_(BOOKING_OPEN), Booking.ends > around.now)),
        "unconfirmed": Application.id.in_(soon),
    }


def rank(asked: Mapping[Need, ColumnElement[bool]]) -> ColumnElement[int]:
    """The place of an application's first need, for sorting: small is first."""
    return case(*((asked[need], place) for place, need in enumerate(NEEDS)), else_=len(NEEDS))


def standing_of(application: Application, facts: Sequence[Any]) -> Standing:
    """With what `flags` says of it, in that order."""
    held, ahead, unconfirmed = facts
    return Standing(
        status=application.status,
        seen=application.seen_at is not None,
        service=application.service,
        due_on=application.due_on,
        assigned=application.specialist_id is not None,
        proposed=application.proposed_id is not None,
        setback=application.setback,
        likely=application.likely_id is not None,
        held=bool(held),
        ahead=bool(ahead),
        unconfirmed=bool(unconfirmed),
    )


def _before_first_free(around: Around) -> list[ColumnElement[bool]]:
    return [and_(_of_service(code), Application.due_on < day) for code, day in around.first_free.items()]


def _of_service(code: str | None) -> ColumnElement[bool]:
    return Application.service.is_(None) if code is None else Application.service == code
