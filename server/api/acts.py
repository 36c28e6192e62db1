"""Acts: the months of a year by provider, one act with its lines and what it leaves out, made, signed, taken along."""

from collections import defaultdict

from pydantic import Field

from scheduling import acts, audit
from scheduling.acts import listing, making, reading
from scheduling.acts.due import LeftOut
from scheduling.acts.reading import Cell, Line, Whole
from scheduling.errors import NotFound
from server.api.act_papers import paper, table
from server.api.rendered import Someone
from server.documents import Document, pdf
from server.documents.tables import workbook
from server.endpoint import Ask, endpoint
from server.shapes import Day, Form, Id, Instant, Name, View


class NewAct(Form):
    """`month` is its first day; without a district the officer's own."""

    provider: Id
    district: Id | None = None
    month: Day


class Signature(Form):
    """Who signs for the provider."""

    signed_for: Name


class ActsQuery(Form):
    year: int = Field(ge=2000, le=2100)
    district: Id | None = None


class ProviderRef(View):
    id: int
    name: str
    kind: str


class ActBrief(View):
    """`number` is null while it is a draft."""

    id: int
    number: str | None
    status: str
    lines: int
    sum_kopecks: int


class MonthView(View):
    provider: int
    district: int
    source: str
    year: int
    month: Day
    acts: list[ActBrief]
    ready: int
    ready_kopecks: int
    proposed: int
    disputed: int
    corrections: int


class ActsOfYear(View):
    providers: list[ProviderRef]
    districts: list[Someone]
    items: list[MonthView]


class LineEvidence(View):
    """What spoke for it when the act was made: minutes with both present, their share in thousandths, how the client
    confirmed it."""

    minutes: int
    of: int
    share: int | None
    mode: str | None
    standard: int | None
    by_facts: bool
    how: str | None
    at: Instant | None
    copay_kopecks: int


class Corrected(View):
    act: str
    n: int


class ActLineView(View):
    """Who may not see names gets neither client nor certificate nor booking."""

    n: int
    booking: int | None
    client: Someone | None
    certificate: str | None
    day: Day
    code: str
    name: str
    unit: str
    quantity: int
    minutes: int
    unit_kopecks: int
    sum_kopecks: int
    evidence: LineEvidence
    corrects: Corrected | None
    because: str


class ServiceTotal(View):
    code: str
    name: str
    lines: int
    quantity: int
    minutes: int
    sum_kopecks: int


class LeftOutView(View):
    """A session that the act does not take: `proposed` (nobody confirmed it), `disputed`, or on another draft."""

    booking: int | None
    client: Someone | None
    day: Day
    code: str
    sum_kopecks: int
    why: str
    act: int | None


class ActView(View):
    id: int
    version: int
    number: str | None
    status: str
    provider: ProviderRef
    district: Someone
    source: str
    year: int
    month: Day
    made_at: Instant
    made_by: str
    signed_at: Instant | None
    signed_by: str | None
    signed_for: str
    sum_kopecks: int
    totals: list[ServiceTotal]
    lines: list[ActLineView]
    left_out: list[LeftOutView]


class Made(View):
    """The drafts by number, and all that they leave out."""

    items: list[ActBrief]
    left_out: list[LeftOutView]


@endpoint("GET", "/acts", allow="acts.read")
async def of_year(ask: Ask, query: ActsQuery) -> ActsOfYear:
    """The months of a year by provider, source and budget year: what stands on acts, and what waits."""
    cells = await reading.year(ask.tx, ask.actor, query.year, district=query.district)
    providers, districts = await reading.names(ask.tx, cells)
    return ActsOfYear(
        providers=[ProviderRef.model_validate(each) for each in sorted(providers.values(), key=lambda each: each.name)],
        districts=[Someone.model_validate(each) for each in sorted(districts.values(), key=lambda each: each.name)],
        items=[_month(each) for each in cells],
    )


@endpoint("POST", "/acts", allow="acts.write")
async def make(ask: Ask, body: NewAct) -> Made:
    """Makes the drafts of a month, or makes them anew from what is agreed upon by now: one for each source of money and
    budget year. Refused: `not_found`, `invalid_input` (no first day of a month that has begun)."""
    district = body.district or ask.actor.district_id
    if district is None:
        raise NotFound
    drafts, left_out = await acts.make(
        ask.tx, ask.actor, provider=body.provider, district=district, month=body.month, now=ask.now
    )
    for each in drafts:
        _audited(ask, "act_made", each.id)
    wholes = [await reading.whole(ask.tx, ask.actor, each.id) for each in drafts]
    return Made(items=[_brief(each) for each in wholes], left_out=await _left_out(ask, left_out))


@endpoint("GET", "/acts/{act}.pdf", allow="acts.write", transaction="write")
async def as_paper(ask: Ask, act: int) -> Document:
    """The act to sign on paper; a draft says so."""
    whole = await _with_names(ask, act)
    _audited(ask, "act_printed", act)
    made = await paper(ask.tx, whole, ask.centre.words, ask.language)
    return pdf.document(_file(ask, whole), made, ask.centre.words, ask.language, now=ask.now)


@endpoint("GET", "/acts/{act}.xlsx", allow="acts.write", transaction="write")
async def as_table(ask: Ask, act: int) -> Document:
    """The lines of the act with their evidence, and its totals by service."""
    whole = await _with_names(ask, act)
    _audited(ask, "act_printed", act)
    return workbook(_file(ask, whole), table(whole, ask.centre.words, ask.language), now=ask.now)


@endpoint("GET", "/acts/{act}", allow="acts.read", etag=True, transaction="write")
async def show(ask: Ask, act: int) -> ActView:
    """One act. Whoever works elsewhere, or only looks at figures, gets its sums alone."""
    _audited(ask, "act_seen", act)
    return await _view(ask, act)


@endpoint("DELETE", "/acts/{act}", allow="acts.write", if_match=True)
async def throw_away(ask: Ask, act: int) -> None:
    """A draft is thrown away. Refused: `act_signed`."""
    await acts.throw_away(ask.tx, ask.actor, act, version=ask.version)
    _audited(ask, "act_thrown_away", act)


@endpoint("POST", "/acts/{act}/sign", allow="acts.write", etag=True, if_match=True)
async def sign(ask: Ask, act: int, body: Signature) -> ActView:
    """Signs the act: from then on nothing of it changes. Refused: `act_signed`, `act_stale`, `act_disagrees`."""
    await acts.sign(ask.tx, ask.actor, act, version=ask.version, signed_for=body.signed_for, now=ask.now)
    _audited(ask, "act_signed", act)
    return await _view(ask, act)


async def _with_names(ask: Ask, act_id: int) -> Whole:
    """An act to print: its lines name people, so it is for its own district, whatever else an account may look at."""
    whole = await reading.whole(ask.tx, ask.actor, act_id)
    if not ask.actor.serves_district(whole.act.district_id):
        raise NotFound
    return whole


async def _view(ask: Ask, act_id: int) -> ActView:
    whole = await reading.whole(ask.tx, ask.actor, act_id)
    act, names = whole.act, ask.actor.serves_district(whole.act.district_id)
    return ActView(
        id=act.id,
        version=act.version,
        number=_number(whole),
        status=act.status,
        provider=ProviderRef.model_validate(whole.provider),
        district=Someone.model_validate(whole.district),
        source=act.source,
        year=act.year,
        month=act.month,
        made_at=act.made_at,
        made_by=whole.made_by,
        signed_at=act.signed_at,
        signed_by=whole.signed_by,
        signed_for=act.signed_for,
        sum_kopecks=sum(each.line.sum_kopecks for each in whole.lines),
        totals=_totals(whole),
        lines=[_line(each) for each in whole.lines] if names else [],
        left_out=await _left_out(ask, await making.waiting(ask.tx, act)) if names else [],
    )


def _number(whole: Whole) -> str | None:
    return whole.act.number if whole.act.status == "signed" else None


def _brief(whole: Whole) -> ActBrief:
    return ActBrief(
        id=whole.act.id,
        number=_number(whole),
        status=whole.act.status,
        lines=len(whole.lines),
        sum_kopecks=sum(each.line.sum_kopecks for each in whole.lines),
    )


def _line(each: Line) -> ActLineView:
    line = each.line
    return ActLineView(
        n=line.n,
        booking=line.booking_id,
        client=Someone(id=line.client_id, name=each.client),
        certificate=each.certificate,
        day=line.day,
        code=line.code,
        name=line.name,
        unit=line.unit,
        quantity=line.quantity,
        minutes=line.minutes,
        unit_kopecks=line.unit_kopecks,
        sum_kopecks=line.sum_kopecks,
        evidence=LineEvidence.model_validate(line.evidence),
        corrects=Corrected(act=each.corrects[0], n=each.corrects[1]) if each.corrects else None,
        because=line.because,
    )


def _totals(whole: Whole) -> list[ServiceTotal]:
    by_code: dict[str, list[Line]] = defaultdict(list)
    for each in whole.lines:
        by_code[each.line.code].append(each)
    return [
        ServiceTotal(
            code=code,
            name=own[0].line.name,
            lines=len(own),
            quantity=sum(each.line.quantity for each in own),
            minutes=sum(each.line.minutes for each in own),
            sum_kopecks=sum(each.line.sum_kopecks for each in own),
        )
        for code, own in sorted(by_code.items())
    ]


async def _left_out(ask: Ask, left_out: list[LeftOut]) -> list[LeftOutView]:
    told = await listing.told(ask.tx, [each.row for each in left_out])
    return [
        LeftOutView(
            booking=each.row.booking_id,
            client=Someone(id=each.row.client_id, name=named.client),
            day=each.row.day,
            code=named.code,
            sum_kopecks=each.row.sum_kopecks,
            why=each.why,
            act=each.act.id if each.act else None,
        )
        for each, named in zip(left_out, told, strict=True)
    ]


def _month(cell: Cell) -> MonthView:
    provider, district, source, year, month = cell.place
    return MonthView(
        provider=provider,
        district=district,
        source=source,
        year=year,
        month=month,
        acts=[
            ActBrief(id=each.id, number=each.number, status=each.status, lines=each.lines, sum_kopecks=each.kopecks)
            for each in cell.acts
        ],
        ready=cell.ready,
        ready_kopecks=cell.ready_kopecks,
        proposed=cell.proposed,
        disputed=cell.disputed,
        corrections=cell.corrections,
    )


def _file(ask: Ask, whole: Whole) -> str:
    """«Акт 4-2026-003»: what a person looks for in a folder."""
    number = _number(whole)
    if number is not None:
        return ask.centre.words(ask.language, "staff.acts.file", number=number.replace("/", "-"))
    return ask.centre.words(ask.language, "staff.acts.file_draft", month=f"{whole.act.month:%Y-%m}")


def _audited(ask: Ask, act: str, act_id: int) -> None:
    audit.note(ask.tx, act, "act", act_id, now=ask.now, account=ask.actor.account_id)
