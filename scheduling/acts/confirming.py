"""The client's word about a session, whoever brings it; two versions kept side by side; and a person who settles it."""

import hmac
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from scheduling import joincodes, paying, sessions
from scheduling.access import Actor
from scheduling.acts.near import must_be_near
from scheduling.acts.proposing import HELD, blank, figure, found, stands
from scheduling.acts.tables import Rendered
from scheduling.bookings.reading import by_id
from scheduling.bookings.tables import Booking
from scheduling.db import Tx
from scheduling.errors import NotFound, RenderedNotOpen, VersionMoved, invalid
from scheduling.joincodes import Seat

How = Literal["code", "coordinator"]
Favour = Literal["provider", "client", "other"]
# A word that has not come by then is asked for by the coordinator.
WAITS_DAYS = 7
LONGEST_MIN = 600


async def client_says(
    tx: Tx, booked: Booking, *, agrees: bool, text: str = "", minutes: int | None = None, now: datetime
) -> Rendered:
    """The client himself, with one tap; the last word counts. It may come before the room is closed: it is kept until
    the session is known to have been held. Refused: `rendered_not_open` once a person has settled it."""
    row = await _to_speak_of(tx, booked)
    if row.settled is not None:
        raise RenderedNotOpen("settled")
    _heard(row, agrees=agrees, text=text, minutes=minutes, now=now, how="tap", account=None)
    if row.state != "withdrawn":
        row.state = stands(row)
    await tx.flush()
    return row


async def confirm(
    tx: Tx,
    actor: Actor,
    booking_id: int,
    *,
    version: int,
    how: How,
    code: str | None = None,
    key: bytes,
    now: datetime,
) -> Rendered:
    """The client's yes brought by staff: he dictated the code of his slip, or told the coordinator. Refused:
    `not_found`, `version_moved`, `rendered_not_open`, `invalid_input` (the code is not his)."""
    row = await _to_change(tx, actor, booking_id, version)
    if row.state not in {"proposed", "confirmed"}:
        raise RenderedNotOpen(row.state)
    if how == "code" and not await _is_his(tx, booking_id, code or "", key):
        raise invalid("code", "wrong_digits")
    _heard(row, agrees=True, text="", minutes=None, now=now, how=how, account=actor.account_id)
    row.state = stands(row)
    await tx.flush()
    return row


async def dispute(
    tx: Tx, actor: Actor, booking_id: int, *, version: int, text: str, minutes: int | None, now: datetime
) -> Rendered:
    """The client's no brought by staff, as he told it. Refused: as `confirm`."""
    row = await _to_change(tx, actor, booking_id, version)
    if row.state not in {"proposed", "confirmed", "disputed"}:
        raise RenderedNotOpen(row.state)
    _heard(row, agrees=False, text=text, minutes=minutes, now=now, how="coordinator", account=actor.account_id)
    row.state = stands(row)
    await tx.flush()
    return row


async def settle(
    tx: Tx,
    actor: Actor,
    booking_id: int,
    *,
    version: int,
    favour: Favour,
    minutes: int | None,
    because: str,
    now: datetime,
) -> Rendered:
    """A person settles what the two see differently: by either version, or by minutes of his own; none of them means
    that nothing was rendered. Both versions stay. Refused: `not_found`, `version_moved`, `rendered_not_open`,
    `invalid_input`."""
    row = await _to_change(tx, actor, booking_id, version)
    if row.state not in {"disputed", "settled"}:
        raise RenderedNotOpen(row.state)
    actual = _minutes(row, favour, minutes)
    booked = await by_id(tx, booking_id)
    await figure(tx, row, booked, actual, rendered=actual > 0)
    row.settled = {
        "favour": favour,
        "minutes": actual,
        "sum": row.sum_kopecks,
        "because": because,
        "by": actor.account_id,
        "name": actor.name,
        "at": now.isoformat(),
    }
    row.state = stands(row)
    row.version += 1
    await tx.flush()
    await paying.follow(tx, booked, row, now=now, account=actor.account_id)
    return row


def _minutes(row: Rendered, favour: Favour, minutes: int | None) -> int:
    said = row.provider_said if favour == "provider" else row.client_said if favour == "client" else None
    actual = minutes if favour == "other" else (said or {}).get("minutes")
    if actual is None:
        raise invalid("minutes", "missing")
    return int(actual)


def _heard(
    row: Rendered, *, agrees: bool, text: str, minutes: int | None, now: datetime, how: str, account: int | None
) -> None:
    """`minutes` are those that the client speaks of; 0 says that there was no session at all."""
    word: dict[str, Any] = {
        "agrees": agrees,
        "minutes": minutes,
        "took_place": agrees or bool(minutes or minutes is None),
    }
    row.client_said = word | {"text": text, "how": how, "at": now.isoformat()}
    row.confirmed_how = how if agrees else None
    row.confirmed_at = now if agrees else None
    row.confirmed_by = account if agrees else None
    row.version += 1


async def _to_speak_of(tx: Tx, booked: Booking) -> Rendered:
    await sessions.lock_booking(tx, booked.id)
    return await found(tx, booked.id) or await blank(tx, booked)


async def _to_change(tx: Tx, actor: Actor, booking_id: int, version: int) -> Rendered:
    """The row if it is of the actor's district. Whoever changes it waits for whoever changes the booking."""
    await sessions.lock_booking(tx, booking_id)
    row = await found(tx, booking_id)
    if row is None:
        await must_be_near(tx, actor, booking_id)
        raise RenderedNotOpen("withdrawn")
    if not actor.serves_district(row.district_id):
        raise NotFound
    if row.version != version:
        raise VersionMoved(row.version)
    booked = await tx.get_one(Booking, booking_id)
    if booked.status != HELD:
        raise RenderedNotOpen(row.state)
    return row


async def _is_his(tx: Tx, booking_id: int, code: str, key: bytes) -> bool:
    """Whether these are the digits on the slip of the client's seat."""
    kept = await tx.scalar(select(Seat.code_hash).where(Seat.booking_id == booking_id, Seat.role == "client"))
    return kept is not None and hmac.compare_digest(kept, joincodes.keyed_hash(key, "code", code))
