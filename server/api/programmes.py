"""Programmes (ИППСУ) of a client, with what is left of each line; what remains of his services by all his papers."""

from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import select

from scheduling import allowance, audit, people, programmes, standards
from scheduling.allowance import Allowance, Source
from scheduling.certificates.tables import Certificate
from scheduling.people import Client
from scheduling.programmes import Programme
from server.endpoint import Ask, endpoint
from server.shapes import Code, Day, Form, Id, Name, View
from server.standard_facts import Periodicity, alternatives

MOST_SESSIONS = 400


class LineForm(Form):
    """`volume` sessions of a service; its own term where that is shorter than the programme's."""

    code: Code = Field(max_length=16)
    volume: int = Field(ge=1, le=MOST_SESSIONS)
    periodicity: list[Periodicity] | None = Field(default=None, min_length=1, max_length=10)
    since: Day | None = None
    until: Day | None = None


class ProgrammeForm(Form):
    """`issuer` null: the institution of whoever writes it down."""

    number: Name = Field(max_length=40)
    issued_on: Day
    valid_until: Day
    lines: list[LineForm] = Field(min_length=1, max_length=30)
    issuer: Id | None = None

    @property
    def facts(self) -> programmes.Facts:
        lines = [
            programmes.Line(
                code=each.code,
                volume=each.volume,
                since=each.since or self.issued_on,
                until=each.until or self.valid_until,
                periodicity=alternatives(each.periodicity),
            )
            for each in self.lines
        ]
        return programmes.Facts(self.number, self.issued_on, self.valid_until, lines, self.issuer)


class Ending(Form):
    on: Day


class AlternativeView(View):
    """So many `times` a period (with `days`: courses of so many days), from `since` to `until`: how many of them are
    `used`, how many sessions are `left`, whether one on the day asked for is `allowed`."""

    times: int
    per: Literal["week", "month", "year"]
    days: int | None
    used: int
    left: int
    since: date
    until: date
    allowed: bool


class SourceView(View):
    """`kind` and `id`: the standard, a programme's line or a certificate's; `name`: its version or number. `volume` and
    `remaining` are sessions, null where there is no bound; `fit`: how many of those that remain find a day before it
    ends."""

    kind: Literal["standard", "programme", "certificate"]
    id: int
    name: str
    alternatives: list[AlternativeView]
    allowed: bool
    earliest: date | None
    since: date | None
    until: date | None
    volume: int | None
    remaining: int | None
    fit: int | None


class AllowanceView(View):
    """`earliest`: the first day that every one of the sources allows."""

    code: str
    name: str
    on: date
    sources: list[SourceView]
    earliest: date | None


class AllowanceList(View):
    items: list[AllowanceView]


class AllowanceQuery(Form):
    """`free`: the day of the next free time, before which nothing can be held."""

    service: Code
    on: Day | None = None
    certificate: Id | None = None
    free: Day | None = None
    booking: Id | None = None


class IssuerView(View):
    id: int
    name: str


class LinkView(View):
    id: int
    number: str
    status: str


class LineView(View):
    """`remaining` is what of its volume is neither held nor booked."""

    id: int
    code: str
    name: str
    volume: int
    periodicity: list[dict[str, Any]] | None
    since: date
    until: date
    remaining: int
    source: SourceView | None


class ProgrammeView(View):
    """`certificates` are those that name it, or that it is."""

    id: int
    version: int
    client: int
    number: str
    issuer: IssuerView
    issued_on: date
    valid_until: date
    ended_on: date | None
    state: Literal["in_force", "over", "ended"]
    lines: list[LineView]
    certificates: list[LinkView]


class ProgrammeList(View):
    items: list[ProgrammeView]


@endpoint("GET", "/clients/{client}/programmes", allow="programmes.read")
async def listed(ask: Ask, client: int) -> ProgrammeList:
    """The latest first, each line with what is left of it."""
    found = await people.client(ask.tx, ask.actor, client)
    return ProgrammeList(items=await _views(ask, found, await programmes.of_client(ask.tx, found.id)))


@endpoint("POST", "/clients/{client}/programmes", allow="programmes.write", status=201, idempotent=True, etag=True)
async def add(ask: Ask, client: int, body: ProgrammeForm) -> ProgrammeView:
    found = await people.client(ask.tx, ask.actor, client)
    today = _today(ask, found)
    return await _kept(
        ask, await programmes.add(ask.tx, ask.actor, found, body.facts, today=today, now=ask.now), "programme_added"
    )


@endpoint("PUT", "/programmes/{programme}", allow="programmes.write", etag=True, if_match=True)
async def change(ask: Ask, programme: int, body: ProgrammeForm) -> ProgrammeView:
    """All that it says, anew. 409 `programme_ended`."""
    today = _today(ask, await _client(ask, programme))
    changed = await programmes.change(ask.tx, ask.actor, programme, body.facts, version=ask.version, today=today)
    return await _kept(ask, changed, "programme_changed")


@endpoint("POST", "/programmes/{programme}/end", allow="programmes.write", etag=True, if_match=True)
async def end(ask: Ask, programme: int, body: Ending) -> ProgrammeView:
    """It gives nothing from the day after `on`."""
    today = _today(ask, await _client(ask, programme))
    ended = await programmes.end(ask.tx, ask.actor, programme, body.on, version=ask.version, today=today)
    return await _kept(ask, ended, "programme_ended")


@endpoint("GET", "/clients/{client}/allowance", allow="programmes.read")
async def remains(ask: Ask, client: int, query: AllowanceQuery) -> AllowanceView:
    """What remains of one service, on a day; `booking` is one that is being moved and does not count."""
    found = await people.client(ask.tx, ask.actor, client)
    on = query.on or _today(ask, found)
    return allowance_view(
        await allowance.of(
            ask.tx,
            found,
            query.service,
            on=on,
            certificate=query.certificate,
            free=query.free,
            ignoring=query.booking,
        )
    )


@endpoint("GET", "/clients/{client}/allowances", allow="programmes.read")
async def all_that_remains(ask: Ask, client: int) -> AllowanceList:
    """Of each service that a programme or certificate gives, or of which a session was or is to be this year."""
    found = await people.client(ask.tx, ask.actor, client)
    today = _today(ask, found)
    every = await allowance.every(ask.tx, found, on=today, since=date(today.year, 1, 1))
    return AllowanceList(items=[allowance_view(each) for each in every])


def allowance_view(found: Allowance) -> AllowanceView:
    sources = [source_view(each) for each in found.sources]
    return AllowanceView(code=found.code, name=found.name, on=found.on, sources=sources, earliest=found.earliest)


def source_view(source: Source) -> SourceView:
    return SourceView(
        kind=source.kind,
        id=source.id,
        name=source.name,
        alternatives=[AlternativeView(**allowance.plain(each)) for each in source.alternatives],
        allowed=source.allowed,
        earliest=source.earliest,
        since=source.since,
        until=source.until,
        volume=source.volume,
        remaining=source.remaining,
        fit=source.fit,
    )


def _today(ask: Ask, client: Client) -> date:
    return ask.now.astimezone(ZoneInfo(client.district.zone)).date()


async def _client(ask: Ask, programme: int) -> Client:
    found = await programmes.programme(ask.tx, ask.actor, programme)
    return await people.client(ask.tx, ask.actor, found.client_id)


async def _kept(ask: Ask, kept: Programme, act: str) -> ProgrammeView:
    audit.note(ask.tx, act, "client", kept.client_id, now=ask.now, account=ask.actor.account_id)
    client = await people.client(ask.tx, ask.actor, kept.client_id)
    return (await _views(ask, client, [kept]))[0]


async def _views(ask: Ask, client: Client, rows: list[Programme]) -> list[ProgrammeView]:
    today = _today(ask, client)
    taken = await allowance.sessions(ask.tx, client)
    every = await allowance.every(ask.tx, client, on=today, since=today)
    sources = {each.id: each for one in every for each in one.sources if each.kind == "programme"}
    names = {each.code: each.name for each, _ in reversed(await standards.versions(ask.tx))}
    linked = await _linked(ask, [each.id for each in rows])

    def line_view(line: programmes.ProgrammeLine) -> LineView:
        source = sources.get(line.id)
        return LineView(
            id=line.id,
            code=line.code,
            name=names.get(line.code, line.code),
            volume=line.volume,
            periodicity=line.periodicity,
            since=line.since,
            until=line.until,
            remaining=allowance.left_of(line, taken.get(line.code, ())),
            source=None if source is None else source_view(source),
        )

    return [
        ProgrammeView(
            id=each.id,
            version=each.version,
            client=each.client_id,
            number=each.number,
            issuer=IssuerView(id=each.issuer.id, name=each.issuer.name),
            issued_on=each.issued_on,
            valid_until=each.valid_until,
            ended_on=each.ended_on,
            state="ended" if each.ended_on else "over" if each.valid_until < today else "in_force",
            lines=[line_view(line) for line in each.lines],
            certificates=linked.get(each.id, []),
        )
        for each in rows
    ]


async def _linked(ask: Ask, ids: list[int]) -> dict[int, list[LinkView]]:
    rows = await ask.tx.scalars(select(Certificate).where(Certificate.programme_id.in_(ids)).order_by(Certificate.id))
    found: dict[int, list[LinkView]] = {}
    for each in rows:
        link = LinkView(id=each.id, number=each.number, status=each.status)
        found.setdefault(each.programme_id or 0, []).append(link)
    return found
