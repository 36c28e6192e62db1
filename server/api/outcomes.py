"""How a session ended: the server's proposal with its evidence, and the word of a person."""

from typing import Any

from scheduling import bookings, concluded, outcomes, sessions
from scheduling.bookings import Outcome
from scheduling.errors import NotOpen, NotOverYet
from scheduling.outcomes import Evidence
from server.api.bookings import moved
from server.api.views import BookingView, one_booking
from server.endpoint import Ask, endpoint
from server.shapes import Form, Instant, Remark, View


class Settle(Form):
    status: Outcome
    because: Remark = ""


class EvidenceView(View):
    """`code` says what it is (words: `staff.evidence.<code>`); of the others those that belong to it."""

    code: str
    at: Instant | None = None
    minutes: int | None = None
    of: int | None = None
    least: int | None = None
    times: int | None = None
    percent: int | None = None
    mode: str | None = None
    verdict: str | None = None
    microphone: str | None = None
    why: str | None = None
    who: str | None = None


class ConfirmedView(View):
    outcome: str
    by: str
    at: Instant
    because: str


class OutcomeView(View):
    """`proposal` is null where the house saw nothing of it: by telephone or side by side, without a room."""

    booking: int
    version: int
    status: str
    proposal: Outcome | None
    evidence: list[EvidenceView]
    confirmed: ConfirmedView | None


@endpoint("GET", "/bookings/{booking}/outcome", allow="bookings.read", etag=True)
async def outcome(ask: Ask, booking: int) -> OutcomeView:
    """What the facts speak for, also while it goes on. Refused: `not_over_yet`, `booking_not_open` (cancelled)."""
    found = await bookings.booking(ask.tx, ask.actor, booking)
    if found.status == "cancelled":
        raise NotOpen(found.status)
    if ask.now < found.starts and not await sessions.met(ask.tx, found.id):
        raise NotOverYet(found.ends)
    facts = await outcomes.facts(ask.tx, found, now=ask.now)
    proposal = None if outcomes.unseen(found, facts) else outcomes.proposed(facts)
    said = await outcomes.confirmed(ask.tx, found)
    return OutcomeView(
        booking=found.id,
        version=found.version,
        status=found.status,
        proposal=proposal.outcome if proposal else None,
        evidence=[_shown(each) for each in (proposal.evidence if proposal else ())],
        confirmed=ConfirmedView.model_validate(said) if said else None,
    )


@endpoint("POST", "/bookings/{booking}/outcome", allow="bookings.write", idempotent=True, etag=True, if_match=True)
async def settle(ask: Ask, booking: int, body: Settle) -> BookingView:
    """Confirms the proposal or corrects it; who did, when and why stays in the history."""
    changed = await bookings.settle(
        ask.tx,
        ask.actor,
        booking,
        version=ask.version,
        now=ask.now,
        status=body.status,
        because=body.because,
        met=await sessions.met(ask.tx, booking),
    )
    await concluded.follow(ask.tx, changed, now=ask.now, account=ask.actor.account_id)
    moved(ask, changed, "settled")
    return await one_booking(ask.tx, changed)


def _shown(evidence: Evidence) -> EvidenceView:
    facts: dict[str, Any] = evidence.data
    return EvidenceView(code=evidence.code, **facts)
