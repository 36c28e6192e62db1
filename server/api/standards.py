"""Service standards: their versions with what they aim at, a new one published, one that nobody used taken back."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from scheduling import audit, standards
from scheduling.standards import ServiceStandard
from server.endpoint import Ask, endpoint
from server.shapes import Code, Form, Id, Instant, Line, View
from server.standard_facts import StandardFacts, alternatives


class StandardQuery(Form):
    code: Code | Literal[""] | None = None


class NewStandard(StandardFacts):
    """`districts` null: everywhere. `after`: the newest version its writer saw; there must be no newer."""

    code: Code = Field(max_length=16)
    after: int | None = Field(default=None, ge=0, le=1_000_000)
    districts: list[Id] | None = Field(default=None, max_length=200)
    because: Line = ""


class StandardView(View):
    """`state`: it holds somewhere today, is still to come, or others hold in its place. `removable`: it is to come and
    nothing was promised by it."""

    id: int
    code: str
    version: int
    name: str
    kind: str
    form: str
    modes: list[str]
    duration_min: int
    buffer_min: int
    before_min: int
    price_kopecks: int
    valid_from: date
    relay_only: bool
    least_share: float | None
    periodicity: list[dict[str, Any]] | None
    districts: list[int] | None
    deadline_days: int | None
    payment: str
    targets: dict[str, int]
    conditions: str
    staff_requirement: str
    because: str
    published_by: str | None
    published_at: Instant | None
    state: Literal["coming", "in_force", "past"]
    used: bool
    removable: bool


class StandardList(View):
    items: list[StandardView]


@endpoint("GET", "/standards", allow="catalogue")
async def listed(ask: Ask, query: StandardQuery) -> StandardList:
    """Every version, by service, the latest first."""
    return StandardList(items=await _views(ask, await standards.versions(ask.tx, query.code or None)))


@endpoint("GET", "/standards/{standard}", allow="catalogue")
async def show(ask: Ask, standard: int) -> StandardView:
    return await _view(ask, standard)


@endpoint("POST", "/standards", allow="standards.write", status=201, idempotent=True)
async def publish(ask: Ask, body: NewStandard) -> StandardView:
    """A new version, in force from its day on; what was booked before keeps the version it was booked by.

    412 `version_moved` where somebody published another one meanwhile."""
    facts = body.model_dump(exclude={"code", "after", "because", "periodicity"})
    terms = standards.Terms(**facts, periodicity=alternatives(body.periodicity))
    made = await standards.publish(
        ask.tx, ask.actor, body.code, terms, after=body.after, today=ask.today, now=ask.now, because=body.because
    )
    audit.note(ask.tx, "standard_published", "standard", made.id, now=ask.now, account=ask.actor.account_id)
    return await _view(ask, made.id)


@endpoint("DELETE", "/standards/{standard}", allow="standards.write")
async def take_back(ask: Ask, standard: int) -> None:
    """409 `standard_in_use` once it is in force or something was promised by it."""
    gone = await standards.take_back(ask.tx, standard, today=ask.today)
    audit.note(ask.tx, "standard_taken_back", "standard", gone.id, now=ask.now, account=ask.actor.account_id)


async def _view(ask: Ask, number: int) -> StandardView:
    return (await _views(ask, [await standards.version(ask.tx, number)]))[0]


async def _views(ask: Ask, rows: list[tuple[ServiceStandard, str | None]]) -> list[StandardView]:
    today = ask.today
    now_in_force = {each.id for each in await standards.in_force_anywhere(ask.tx, today)}
    used = await standards.used(ask.tx, [row.id for row, _ in rows])

    def view(row: ServiceStandard, publisher: str | None) -> StandardView:
        coming = row.valid_from > today
        facts = {name: getattr(row, name) for name in _COPIED}
        return StandardView(
            **facts,
            published_by=publisher,
            state="coming" if coming else "in_force" if row.id in now_in_force else "past",
            used=row.id in used,
            removable=coming and row.id not in used,
        )

    return [view(*each) for each in rows]


_COPIED = {column.key for column in ServiceStandard.__table__.columns} & set(StandardView.model_fields) - {
    "published_by"
}
