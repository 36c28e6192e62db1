"""Promising a time: the ordinary way, and the short one for what many ask in the same moment."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from pydantic import Field, ValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError

from scheduling import audit, bookings, concluded, finding, idempotency, joincodes, occupancy, paying, signins, slots
from scheduling.access import Actor
from scheduling.audit import AuditLine
from scheduling.bookings import Mode, promising
from scheduling.bookings.promising import Seen, Wish
from scheduling.db import Base, Tx, padded
from scheduling.errors import Refused, SlotTaken
from scheduling.finding import Look, Slot
from scheduling.idempotency import KeptAnswer
from scheduling.joincodes import Seat
from scheduling.slots import Taken
from scheduling.writing import Rows
from server import cookies, endpoint, problems, sealing
from server.api.bookings import CodeView, Topic, alternative, handed_out, instead, moved, wake
from server.api.views import BookingView, new_booking_view
from server.bus import of_calendar
from server.centre import Centre
from server.database import passing
from server.endpoint import Ask, Endpoint
from server.shapes import Code, Form, Id, Instant, View
from server.together import Together

# So often somebody looks again who was too late for what he saw; then he waits in the row of the ordinary way.
MOST_LOOKS = 20
NUMBERS_AT_ONCE = 64


class NewBooking(Form):
    client: Id
    specialist: Id
    service: Code
    starts: Instant
    mode: Mode = "video"
    topic: Topic | None = None
    with_clients: list[Id] = Field(default=[], max_length=4)
    with_resources: list[Id] = Field(default=[], max_length=4)
    hold: Id | None = None
    certificate: Id | None = None
    """Which certificate of the client pays."""
    application: Id | None = None
    """Which application of the client it is the answer to."""


class Booked(View):
    """The only answer that holds the code and the link: the server keeps their hashes."""

    booking: BookingView
    code: CodeView
    link: str


async def alternatives(ask: Ask, refusal: Refused, *, body: NewBooking) -> dict[str, Any]:
    return await instead(
        ask,
        refusal,
        service=body.service,
        specialist=body.specialist,
        starts=body.starts,
        client=body.client,
        companions=body.with_clients,
        resources=body.with_resources,
    )


async def shortly(served: Endpoint, request: web.Request, raw: str, language: str) -> web.Response | None:
    """The short way; None: this is a matter for the ordinary one."""
    return await request.app[DESK].book(served, request, raw, language)


@endpoint.endpoint(
    "POST", "/bookings", allow="bookings.write", status=201, idempotent=True, explain=alternatives, shortly=shortly
)
async def book(ask: Ask, body: NewBooking) -> Booked:
    """Books a slot and makes its seats, code and link in the same transaction."""
    plain = body.model_dump(exclude={"certificate", "application"})
    made = await bookings.book(ask.tx, ask.actor, now=ask.now, **plain)
    await concluded.made(
        ask.tx,
        made,
        now=ask.now,
        actor=ask.actor,
        certificate=body.certificate,
        application=body.application,
    )
    seats, issued = await joincodes.make_seats(ask.tx, made, key=ask.centre.key, now=ask.now)
    moved(ask, made, "booked")
    others = await bookings.participants(ask.tx, [made.id]) if body.with_clients or body.with_resources else {}
    papers = await paying.papers(ask.tx, [made])
    view = new_booking_view(made, seats, others.get(made.id, []), papers.get(made.id))
    return Booked(booking=view, **handed_out(ask.request, made, issued))


@dataclass(frozen=True, slots=True)
class _Question:
    token: str
    key: str | None
    wish: Wish


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look says: who asks, whether under his key an answer is kept, what there is to his wish, a free code."""

    actor: Actor | None
    answered: bool
    seen: Seen | None
    code: str | None
    now: datetime


class _TooLate(Exception):  # noqa: N818 - not an error: what was seen has moved, one looks again
    pass


class _NotPlain(Exception):  # noqa: N818 - nor is this
    pass


class Desk:
    """What bookings of one process share: looks taken together, and whose calendar is just being written to."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._looks = Together(self._look)
        self._others = Together(self._instead)
        self._numbers: deque[int] = deque()
        self._writing: dict[int, asyncio.Future[None]] = {}

    async def book(self, served: Endpoint, request: web.Request, raw: str, language: str) -> web.Response | None:
        question = _question(request, raw)
        if question is None:
            return None
        for _ in range(MOST_LOOKS):
            found = await self._looks.ask(question)
            if not _is_plain(served, found, question.wish, self._centre):
                return None
            try:
                return await self._answer(served, request, raw, language, question, found)
            except _TooLate:
                continue
            except (_NotPlain, IntegrityError):  # a guard, a code or a key: why, the ordinary way finds out
                return None
            except DBAPIError as error:  # two who wait for each other: the ordinary way tries again
                if not passing(error):
                    raise
                return None
        return None

    async def _answer(
        self, served: Endpoint, request: web.Request, raw: str, language: str, question: _Question, found: _Found
    ) -> web.Response | None:
        wish = question.wish
        assert found.actor
        assert found.seen
        reason = promising.why_not(wish, found.seen, now=found.now)
        if reason == "slot_taken":
            instead = await self._others.ask((found.actor, wish))
            return problems.refused(SlotTaken(), self._centre.words, language, alternatives=instead)
        if reason is not None:
            return None
        other = self._writing.get(wish.specialist)
        if other is not None:  # what was seen will be over in a moment
            await asyncio.wait([other])
            raise _TooLate
        return await self._promise(served, request, raw, question, found)

    async def _promise(
        self, served: Endpoint, request: web.Request, raw: str, question: _Question, found: _Found
    ) -> web.Response:
        assert found.actor
        assert found.seen
        assert found.code
        centre, wish, now, by = self._centre, question.wish, found.now, found.actor.account_id
        done = self._writing[wish.specialist] = asyncio.get_running_loop().create_future()
        try:
            async with centre.database.at_once(statements=1 if wish.hold is None else 2) as line:
                if wish.hold is not None and not await promising.end_hold(line, wish.hold, account=by, now=now):
                    raise _NotPlain
                number = self._numbers.popleft() if self._numbers else (await promising.numbers(line, 1))[0]
                made = promising.made_of(wish, found.seen, number, now=now, by=by)
                seats, issued = joincodes.new_seats(number, found.code, key=centre.key)
                view = new_booking_view(made, [Seat(**each, here=False) for each in seats], [])
                body = Booked(booking=view, **handed_out(request, made, issued)).model_dump_json()
                noted = audit.line("booked", "booking", number, now=now, account=by)
                rows: dict[type[Base], Rows] = {Seat: seats, AuditLine: [noted]}
                if question.key is not None:
                    key = endpoint.key_of(request, raw, question.key, f"account:{by}", centre)
                    sealed = sealing.seal(centre.key, question.key, body)
                    rows[KeptAnswer] = [idempotency.row(key, status=served.status, body=sealed, etag=None, now=now)]
                if not await promising.write(line, made, found.seen.stamps, rows):
                    raise _TooLate
        finally:
            del self._writing[wish.specialist]
            done.set_result(None)
        for each in (wake(made), of_calendar(made.specialist_id)):
            await centre.bus.tell(each)
        return endpoint.answer(body, served.status, None)

    async def _look(self, questions: Sequence[_Question]) -> list[_Found]:
        centre, now = self._centre, self._centre.now()
        async with centre.database.read() as tx:
            actors = await signins.actors(tx, {each.token for each in questions}, now=now)
            hidden = [each.key and endpoint.hidden_key(centre, each.key) for each in questions]
            seen = await promising.see(tx, centre.warm, [each.wish for each in questions], now=now)
            # After what is taken: whoever finds his own first try in the way finds its answer too.
            kept = await idempotency.known(tx, {each for each in hidden if each})
            codes = await joincodes.unused_codes(tx, len(questions), key=centre.key)
            if not centre.database.sqlite and len(self._numbers) < len(questions):
                self._numbers += await promising.numbers(tx, len(questions) + NUMBERS_AT_ONCE)
        codes += [None] * (len(questions) - len(codes))  # type: ignore[list-item]
        return [
            _Found(actors.get(each.token), key in kept, what, code, now)
            for each, key, what, code in zip(questions, hidden, seen, codes, strict=True)
        ]

    async def _instead(self, losers: Sequence[tuple[Actor, Wish]]) -> list[list[dict[str, Any]]]:
        """Three other times for each: to whoever wanted the same the same, unless he is with somebody at that time."""
        centre, now = self._centre, self._centre.now()
        found: dict[Any, list[Slot]] = {}  # the district is in the key: its standard says how long it takes
        async with centre.database.read() as tx:
            region = await centre.warm.look(tx, now=now)
            for actor, wish in losers:
                key = (wish.service, wish.specialist, wish.starts, actor.district_id)
                if key not in found:
                    found[key] = await _alternatives(region, actor, wish, client=None)
            away = await _away(tx, losers, [slot for each in found.values() for slot in each], now)
            shown = {key: [_plain(slot) for slot in each] for key, each in found.items()}
            answers = []
            for actor, wish in losers:
                key = (wish.service, wish.specialist, wish.starts, actor.district_id)
                taken = away.get(wish.client)
                if taken and any(_meets(slot, taken) for slot in found[key]):
                    own = await _alternatives(region, actor, wish, client=wish.client)
                    answers.append([_plain(slot) for slot in own])
                else:
                    answers.append(shown[key])
        return answers


def _question(request: web.Request, raw: str) -> _Question | None:
    """What is asked, if it is plain: a time for one person."""
    token, key = cookies.read(request, cookies.STAFF), request.headers.get("Idempotency-Key")
    try:
        body = NewBooking.model_validate_json(raw)
    except ValidationError:
        return None
    if token is None or body.with_clients or body.with_resources:
        return None
    if body.certificate is not None or body.application is not None:
        return None
    if key is not None and not endpoint.is_a_key(key):
        return None
    wish = Wish(body.client, body.specialist, body.service, body.starts, body.mode, body.topic, body.hold)
    return _Question(token, key, wish)


def _is_plain(served: Endpoint, found: _Found, wish: Wish, centre: Centre) -> bool:
    """Whether nothing but the time can be in the way."""
    return (
        found.actor is not None
        and endpoint.lets_in(served, found.actor, centre)
        and not found.answered
        and found.code is not None
        and found.seen is not None
        and promising.may_book(found.actor, wish, found.seen)
    )


async def _alternatives(region: Look, actor: Actor, wish: Wish, *, client: int | None) -> list[Slot]:
    return await finding.alternatives(
        *(region, actor),
        service=wish.service,
        specialist=wish.specialist,
        client=client,
        starts=wish.starts,
        district=actor.district_id,  # whoever comes this way books for clients of her own district
    )


async def _away(
    tx: Tx, losers: Sequence[tuple[Actor, Wish]], offered: Sequence[Slot], now: datetime
) -> dict[int, list[Taken]]:
    """When these clients are with somebody, around what may be offered to them."""
    if not offered:
        return {}
    whom = padded({wish.client for _, wish in losers})
    since, until = min(slot.starts for slot in offered), max(slot.ends for slot in offered)
    return await occupancy.taken(tx, "client", whom, since=since, until=until, now=now)


def _meets(slot: Slot, taken: Sequence[Taken]) -> bool:
    starts, ends = slots.minute(slot.starts), slots.minute_after(slot.ends)
    return any(starts < each.end and each.start < ends for each in taken)


def _plain(slot: Slot) -> dict[str, Any]:
    return alternative(slot).model_dump(mode="json")


DESK: web.AppKey[Desk] = web.AppKey("desk", Desk)
