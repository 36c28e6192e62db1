"""Holds: a time kept for some minutes while somebody fills in the form of a booking."""

from pydantic import Field

from scheduling import holds
from scheduling.errors import Refused
from scheduling.holds import Hold
from server.api.bookings import instead
from server.bus import of_calendar
from server.endpoint import Ask, endpoint
from server.shapes import Code, Form, Id, Instant, View


class NewHold(Form):
    """`client`: for whom, where he is known already: the standard of his district says how long it takes."""

    specialist: Id
    service: Code
    starts: Instant
    client: Id | None = None
    resources: list[Id] = Field(default=[], max_length=4)


class HoldView(View):
    id: int
    specialist: int
    starts: Instant
    ends: Instant
    expires_at: Instant


async def alternatives(ask: Ask, refusal: Refused, *, body: NewHold) -> dict[str, object]:
    return await instead(ask, refusal, **body.model_dump())


@endpoint("POST", "/holds", allow="bookings.write", status=201, idempotent=True, explain=alternatives)
async def hold(ask: Ask, body: NewHold) -> HoldView:
    """Keeps a free time for ten minutes; the oldest of more than three of one account is given back."""
    made = await holds.hold(ask.tx, ask.actor, now=ask.now, **body.model_dump())
    return _told(ask, made)


@endpoint("POST", "/holds/{hold}/keep", allow="bookings.write")
async def keep(ask: Ask, hold: int) -> HoldView:
    """Somebody is still at the form: ten minutes more from now on. 410 `hold_gone` when it was too late."""
    return _told(ask, await holds.keep(ask.tx, ask.actor, hold, now=ask.now))


@endpoint("DELETE", "/holds/{hold}", allow="bookings.write")
async def give_back(ask: Ask, hold: int) -> None:
    given = await holds.give_back(ask.tx, ask.actor, hold)
    ask.wakes.append(of_calendar(given.specialist_id))


def _told(ask: Ask, made: Hold) -> HoldView:
    ask.wakes.append(of_calendar(made.specialist_id))
    return HoldView(
        id=made.id, specialist=made.specialist_id, starts=made.starts, ends=made.ends, expires_at=made.expires_at
    )
