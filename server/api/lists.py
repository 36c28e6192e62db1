"""Lists from files: brought, looked over, decided about, accepted all at once or cancelled; and what was refused."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from scheduling import audit, lists
from scheduling.errors import ListRowMoved
from scheduling.lists import Choice, Kind, ListRow, ListUpload, Only, Status, Verdict
from scheduling.people import Account, Client
from server.documents import CSV, XLSX, Document
from server.documents import tables as files
from server.endpoint import Ask, endpoint
from server.lists import papers
from server.lists.applying import APPLIER
from server.lists.work import READER
from server.shapes import Form, Id, Instant, Line, View
from server.uploads import Upload

Format = Literal["csv", "xlsx"]


class NewList(Form):
    kind: Kind
    name: Line = Field(min_length=1)


class OneKind(Form):
    kind: Kind
    format: Format = "xlsx"


class OneFormat(Form):
    format: Format = "xlsx"


class RowsQuery(Form):
    """`after` is the line behind which to go on."""

    only: Only = "all"
    after: int = Field(default=0, ge=0, le=2**31 - 1)
    limit: int = Field(default=50, ge=1, le=200)


class RowChoice(Form):
    """The client whom the row means; null: somebody new."""

    same_as: Id | None = None


class AllChoice(Form):
    choice: Literal["new", "same"]


class ListProblem(View):
    """Why the file cannot be read; `line` is where it was found, if that can be said."""

    code: str
    line: int | None
    message: str


class ListCounts(View):
    new: int
    known: int
    doubtful: int
    undecided: int
    refused: int


class EarlierList(View):
    id: int
    name: str
    at: Instant


class ListView(View):
    """`about` is how many rows there may be while it is read, `rows_applied` how many are written while it is accepted
    or taken away again. `codes_open`: the codes of its certificates were not handed out yet. `problem` says why it was
    not read, or not accepted; `before` is a list of the same bytes that was accepted."""

    id: int
    version: int
    kind: Kind
    name: str
    size: int
    status: Status
    brought_by: str
    created_at: Instant
    finished_at: Instant | None
    about: int
    rows_read: int
    rows_refused: int
    rows_doubtful: int
    rows_applied: int
    codes_open: bool
    counts: ListCounts | None
    columns: list[str]
    unknown: list[str]
    notes: dict[str, Any]
    problem: ListProblem | None
    before: EarlierList | None


class ListItem(View):
    id: int
    kind: Kind
    name: str
    status: Status
    created_at: Instant
    rows_read: int
    rows_refused: int


class ListItems(View):
    items: list[ListItem]


class RowProblem(View):
    field: str
    code: str
    message: str


class PersonView(View):
    """A client as far as it helps to tell people apart; `score` 0…100, `because` are codes."""

    id: int
    name: str
    birth_year: int
    birth_date: date | None
    phone: str
    settlement: str
    score: int | None = None
    because: list[str] = Field(default=[])


class ListRowView(View):
    """`cells` are what stands in the file, by column; `facts` what was understood of it."""

    line: int
    verdict: Verdict
    choice: Choice
    cells: dict[str, str]
    facts: dict[str, Any] | None
    problems: list[RowProblem]
    client: PersonView | None
    candidates: list[PersonView]


class ListRows(View):
    items: list[ListRowView]
    more: bool


@endpoint("GET", "/lists", allow="lists")
async def listed(ask: Ask) -> ListItems:
    """The last lists of the own district, newest first."""
    return ListItems(items=[ListItem.model_validate(each) for each in await lists.listed(ask.tx, ask.actor, limit=30)])


@endpoint("GET", "/lists/template", allow="lists", produces=(CSV, XLSX))
async def template(ask: Ask, query: OneKind) -> Document:
    """An empty list to fill in: the headings and one row as an example."""
    table = papers.template(ask.centre.words, query.kind, ask.language, today=ask.today)
    return _file(ask, papers.template_name(ask.centre.words, query.kind, ask.language), table, query.format)


@endpoint("POST", "/lists", allow="lists", status=201, idempotent=True, etag=True)
async def bring(ask: Ask, query: NewList, file: Upload) -> ListView:
    """A file to be read: its bytes are the body. It is read in the background; ask for the list to see how far."""
    reader = ask.request.app[READER]
    made = await lists.begin(
        ask.tx, ask.actor, query.kind, name=query.name, hash_=file.hash, size=file.size, now=ask.now
    )
    reader.keep(file, made.id)
    ask.afterwards.append(lambda: reader.begin(made.id))
    return await _view(ask, made)


@endpoint("GET", "/lists/{number}", allow="lists", etag=True)
async def show(ask: Ask, number: int) -> ListView:
    return await _view(ask, await lists.own(ask.tx, ask.actor, number))


@endpoint("DELETE", "/lists/{number}", allow="lists")
async def cancel(ask: Ask, number: int) -> None:
    """Also while it is read or being accepted. What it said of people is gone; an accepted one stays."""
    found = await lists.cancel(ask.tx, ask.actor, number, now=ask.now)
    if found.status == "undoing":
        applier = ask.request.app[APPLIER]
        ask.afterwards.append(lambda: applier.begin(number))


@endpoint("GET", "/lists/{number}/rows", allow="lists", transaction="write")
async def rows(ask: Ask, number: int, query: RowsQuery) -> ListRows:
    """What will happen with each row, in the order of the file. That somebody looked is kept (152-ФЗ)."""
    found = await lists.rows(
        ask.tx, ask.actor, number, only=query.only, after=query.after, limit=query.limit + 1, now=ask.now
    )
    shown = found[: query.limit]
    known = await lists.people_of(ask.tx, shown)
    return ListRows(items=[_row(ask, each, known) for each in shown], more=len(found) > query.limit)


@endpoint("POST", "/lists/{number}/rows/{line}/choice", allow="lists", etag=True)
async def choose(ask: Ask, number: int, line: int, body: RowChoice) -> ListView:
    """Who the person of a doubtful row is.

    What stands against his row, such as the same request still open, refuses it now, as when the list was read.
    """
    chosen = await lists.choose(
        ask.tx, ask.actor, number, line, same_as=body.same_as, now=ask.now, region=ask.centre.settings.region_code
    )
    return await _view(ask, chosen)


@endpoint("POST", "/lists/{number}/choice", allow="lists", etag=True)
async def choose_all(ask: Ask, number: int, body: AllChoice) -> ListView:
    """The same answer for every doubtful row that has none yet; `same` takes the likeliest client of each."""
    region = ask.centre.settings.region_code
    chosen = await lists.choose_all(ask.tx, ask.actor, number, body.choice, now=ask.now, region=region)
    return await _view(ask, chosen)


@endpoint("POST", "/lists/{number}/accept", allow="lists", etag=True, if_match=True)
async def accept(ask: Ask, number: int) -> ListView:
    """Every row that is not refused, or nothing. A long list is `accepting` for a while: ask for it to see how far."""
    paper = lists.Issuing(key=ask.centre.key, region=ask.centre.settings.region_code)
    try:
        accepted = await lists.accept(ask.tx, ask.actor, number, version=ask.version, now=ask.now, paper=paper)
    except ListRowMoved as moved:
        moved.why = papers.why_not(ask.centre.words, moved, ask.language)
        raise
    if accepted.status == "accepting":
        applier = ask.request.app[APPLIER]
        ask.afterwards.append(lambda: applier.begin(number))
    return await _view(ask, accepted)


@endpoint("POST", "/lists/{number}/codes", allow="certificates.write", produces=(XLSX,))
async def codes(ask: Ask, number: int) -> Document:
    """The six digits of every certificate of an accepted list, made as they are written and kept nowhere.

    Asked for again they are others, and those before stop working.
    """
    issued = await lists.hand_out_codes(ask.tx, ask.actor, number, now=ask.now, key=ask.centre.key)
    found = await lists.own(ask.tx, ask.actor, number)
    table = papers.codes(ask.centre.words, found, issued, ask.language)
    return _file(ask, table.title, table, "xlsx")


@endpoint("GET", "/lists/{number}/report", allow="lists", transaction="write", produces=(CSV, XLSX))
async def report(ask: Ask, number: int, query: OneFormat) -> Document:
    """Every refused row as it stood, with what was wrong: to be put right and brought again."""
    found = await lists.own(ask.tx, ask.actor, number)
    refused = await lists.refused_rows(ask.tx, found.id)
    audit.note(ask.tx, "list_report", "list", found.id, now=ask.now, account=ask.actor.account_id)
    table = papers.report(ask.centre.words, found, refused, ask.language)
    return _file(ask, papers.report_name(ask.centre.words, found, ask.language), table, query.format)


def _file(ask: Ask, name: str, table: files.Table, format_: Format) -> Document:
    return files.separated(name, table) if format_ == "csv" else files.workbook(name, [table], now=ask.now)


async def _view(ask: Ask, found: ListUpload) -> ListView:
    words, language = ask.centre.words, ask.language
    counted = await lists.counts(ask.tx, found.id) if found.status == "ready" else None
    before = await lists.accepted_before(ask.tx, found)
    problem = papers.file_problem(words, found.problem, language)
    facts = found.facts
    return ListView(
        **{name: getattr(found, name) for name in ("id", "version", "kind", "name", "size", "status", "created_at")},
        **{name: getattr(found, name) for name in ("finished_at", "rows_read", "rows_refused", "rows_doubtful")},
        rows_applied=found.rows_applied,
        codes_open=found.kind == "certificates" and found.status == "accepted" and "codes_at" not in facts,
        brought_by=(await ask.tx.get_one(Account, found.account_id)).name,
        about=facts.get("about", 0),
        counts=ListCounts.model_validate(counted or facts["accepted"]) if counted or "accepted" in facts else None,
        columns=[papers.column(words, each, language) for each in facts.get("columns", ())],
        unknown=facts.get("unknown", []),
        notes=facts.get("notes", {}),
        problem=None if problem is None else ListProblem.model_validate(problem),
        before=EarlierList(id=before.id, name=before.name, at=before.finished_at or before.created_at)
        if before
        else None,
    )


def _row(ask: Ask, row: ListRow, known: dict[int, Client]) -> ListRowView:
    words, language = ask.centre.words, ask.language
    offered = [(known[each["client"]], each) for each in row.candidates if each["client"] in known]
    return ListRowView(
        line=row.line,
        verdict=row.verdict,
        choice=row.choice,
        cells=row.cells,
        facts=row.facts,
        problems=[RowProblem(**papers.row_problem(words, each, language)) for each in row.problems],
        client=_person(known[row.client_id]) if row.client_id in known else None,
        candidates=[
            _person(client).model_copy(update={"score": each["score"], "because": list(each["because"])})
            for client, each in offered
        ],
    )


def _person(client: Client) -> PersonView:
    return PersonView.model_validate(client)
