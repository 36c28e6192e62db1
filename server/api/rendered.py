"""Services rendered: the client's word with one tap or brought by staff, two versions side by side, and who settles."""

from datetime import date, timedelta
from typing import Any, Literal

from pydantic import Field

from scheduling import acts, audit, bookings, concluded, sessions, tries
from scheduling.acts import Favour, How, Rendered, State, listing
from scheduling.acts.confirming import LONGEST_MIN, WAITS_DAYS
from scheduling.acts.listing import Told
from scheduling.db import Tx
from scheduling.errors import InvalidInput, NotOverYet, NotPermitted, Refused
from server.endpoint import Ask, endpoint
from server.shapes import Day, Digits6, Form, Instant, Line, View

# Wrong codes of one account within the window: a dictated code is known or it is not.
WRONG_CODES, WINDOW = 10, timedelta(minutes=10)


class ClientsWord(Form):
    """`minutes` 0: there was no session; null: not said."""

    agrees: bool
    text: Line = ""
    minutes: int | None = Field(default=None, ge=0, le=LONGEST_MIN)


class Confirmation(Form):
    """`code` is the six digits of the client's slip, where `how` says that he dictated them."""

    how: How
    code: Digits6 | None = None


class Dispute(Form):
    text: Line = ""
    minutes: int | None = Field(default=None, ge=0, le=LONGEST_MIN)


class Settlement(Form):
    favour: Favour
    minutes: int | None = Field(default=None, ge=0, le=LONGEST_MIN)
    because: Line = Field(min_length=3)


class Someone(View):
    id: int
    name: str


class ServiceNamed(View):
    code: str
    name: str


class SaidByClient(View):
    agrees: bool
    minutes: int | None
    text: str
    how: str
    at: Instant


class Measured(View):
    """What the house measured, which the provider stands by. `by_facts`: it alone speaks for a session by the
    standard."""

    minutes: int
    share: int
    mode: str
    standard: int
    by_facts: bool
    at: Instant


class Settled(View):
    favour: Favour
    minutes: int
    sum_kopecks: int
    because: str
    by: str
    at: Instant


class OnAct(View):
    id: int
    number: str | None
    status: str
    n: int
    sum_kopecks: int
    correction: bool


class RenderedView(View):
    booking: int
    version: int
    state: State
    overdue: bool
    day: Day
    client: Someone
    provider: Someone
    specialist: str
    service: ServiceNamed
    certificate: str | None
    source: str
    payment: str
    norm_min: int
    actual_min: int
    unit: str
    quantity: int
    unit_kopecks: int
    sum_kopecks: int
    copay_kopecks: int
    confirmed_how: str | None
    confirmed_at: Instant | None
    client_said: SaidByClient | None
    provider_said: Measured | None
    settled: Settled | None
    acts: list[OnAct]


class RenderedOne(View):
    item: RenderedView | None


class CountsView(View):
    proposed: int
    overdue: int
    disputed: int
    confirmed: int
    settled: int


class RenderedList(View):
    """`more`: the number to go on from, null at the end."""

    items: list[RenderedView]
    counts: CountsView
    more: int | None


class RenderedQuery(Form):
    state: Literal["proposed", "disputed", "confirmed", "settled", "all"] = "proposed"
    since: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    after: int = Field(default=0, ge=0, le=2**31 - 1)
    limit: int = Field(default=50, ge=1, le=200)


@endpoint("POST", "/join/rendered", allow="seat")
async def say(ask: Ask, body: ClientsWord) -> None:
    """One tap after the session: it was held, or it was not so. Refused: `not_over_yet`, `not_permitted` for guests,
    `rendered_not_open` once it is settled."""
    if ask.seat.role != "client":
        raise NotPermitted
    booked = await bookings.by_id(ask.tx, ask.seat.booking_id)
    if ask.now < booked.starts and not await sessions.met(ask.tx, booked.id):
        raise NotOverYet(booked.ends)
    await acts.client_says(ask.tx, booked, **body.model_dump(), now=ask.now)
    audit.note(ask.tx, "rendered_said", "booking", booked.id, now=ask.now, seat=ask.seat.id)


@endpoint("GET", "/rendered", allow="rendered.read")
async def listed(ask: Ask, query: RenderedQuery) -> RenderedList:
    """Sessions of the own district (a specialist's: her own) as services rendered, the newest first."""
    states: tuple[State, ...] = ("proposed", "disputed", "confirmed", "settled", "withdrawn")
    found = await listing.of_state(
        ask.tx,
        ask.actor,
        states=states if query.state == "all" else (query.state,),
        since=query.since,
        until=query.until,
        after=query.after,
        limit=query.limit,
    )
    counts = await listing.counts(ask.tx, ask.actor, today=ask.today)
    return RenderedList(
        items=[view(each, ask.today) for each in found],
        counts=CountsView.model_validate(counts),
        more=found[-1].row.booking_id if len(found) == query.limit else None,
    )


@endpoint("GET", "/rendered/{booking}", allow="rendered.read", transaction="write")
async def show(ask: Ask, booking: int) -> RenderedOne:
    """One session, null while it was not held and nobody has spoken of it."""
    found = await listing.one(ask.tx, ask.actor, booking)
    _audited(ask, "rendered_seen", booking)
    return RenderedOne(item=view(found, ask.today) if found else None)


@endpoint("POST", "/rendered/{booking}/confirm", allow="rendered.write", etag=True, if_match=True, transaction="own")
async def confirm(ask: Ask, booking: int, body: Confirmation) -> RenderedView:
    """The client's yes: he dictated his code, or told it. A wrong code is counted although it is refused."""
    who = f"account:{ask.actor.account_id}"

    async def work(tx: Tx) -> RenderedView | Refused:
        await tries.must_have_left(tx, "rendered", who, now=ask.now, limit=WRONG_CODES, window=WINDOW)
        word: dict[str, Any] = {"how": body.how, "code": body.code, "key": ask.centre.key}
        try:
            row = await acts.confirm(tx, ask.actor, booking, version=ask.version, **word, now=ask.now)
        except InvalidInput as refusal:
            await tries.failed(tx, "rendered", who, now=ask.now)
            return refusal
        ask.tx = tx
        return await _changed(ask, row, "rendered_confirmed")

    answer = await ask.centre.database.written(work)
    if isinstance(answer, Refused):
        raise answer
    return answer


@endpoint("POST", "/rendered/{booking}/dispute", allow="rendered.write", etag=True, if_match=True)
async def dispute(ask: Ask, booking: int, body: Dispute) -> RenderedView:
    """The client's no as staff heard it; his version is kept beside the provider's."""
    row = await acts.dispute(ask.tx, ask.actor, booking, version=ask.version, **body.model_dump(), now=ask.now)
    return await _changed(ask, row, "rendered_disputed")


@endpoint("POST", "/rendered/{booking}/settle", allow="acts.write", etag=True, if_match=True)
async def settle(ask: Ask, booking: int, body: Settlement) -> RenderedView:
    """The officer settles a dispute by either version or by minutes of his own, and says why; what was paid follows."""
    row = await acts.settle(ask.tx, ask.actor, booking, version=ask.version, **body.model_dump(), now=ask.now)
    await concluded.settled(ask.tx, await bookings.by_id(ask.tx, booking), now=ask.now)
    return await _changed(ask, row, "rendered_settled")


async def _changed(ask: Ask, row: Rendered, act: str) -> RenderedView:
    _audited(ask, act, row.booking_id)
    return view((await listing.told(ask.tx, [row]))[0], ask.today)


def _audited(ask: Ask, act: str, booking: int) -> None:
    audit.note(ask.tx, act, "booking", booking, now=ask.now, account=ask.actor.account_id)


def view(told: Told, today: date) -> RenderedView:
    row = told.row
    names = ("booking_id", "client_id", "provider_id", "district_id", "line_id", "year", "standard_id", "confirmed_by")
    facts = {name: value for name, value in vars(row).items() if not name.startswith("_") and name not in names}
    return RenderedView(
        **facts
        | {
            "booking": row.booking_id,
            "overdue": row.state == "proposed" and row.day < today - timedelta(days=WAITS_DAYS),
            "client": Someone(id=row.client_id, name=told.client),
            "provider": Someone(id=row.provider_id, name=told.provider),
            "specialist": told.specialist,
            "service": ServiceNamed(code=told.code, name=told.service),
            "certificate": told.certificate,
            "client_said": _some(SaidByClient, row.client_said),
            "provider_said": _some(Measured, row.provider_said),
            "settled": _settled(row.settled),
            "acts": [
                OnAct(
                    id=act.id,
                    number=act.number if act.status == "signed" else None,
                    status=act.status,
                    n=line.n,
                    sum_kopecks=line.sum_kopecks,
                    correction=line.corrects_id is not None,
                )
                for act, line in told.acts
            ],
        }
    )


def _some(kind: type[View], said: dict[str, Any] | None) -> Any:
    """The fields of a kept word that its view shows."""
    return kind.model_validate({name: said[name] for name in kind.model_fields}) if said else None


def _settled(said: dict[str, Any] | None) -> Settled | None:
    if said is None:
        return None
    return Settled.model_validate(
        {name: said[name] for name in ("favour", "minutes", "because", "at")}
        | {"sum_kopecks": said["sum"], "by": said["name"]}
    )
