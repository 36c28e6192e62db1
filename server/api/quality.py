"""Quality over time: how sessions were, by settlement, district or week; too few of them are never told apart."""

from datetime import date, timedelta

from pydantic import Field

from scheduling import finding, quality
from scheduling.errors import invalid
from scheduling.quality import By, Cell
from server.endpoint import Ask, endpoint
from server.shapes import Day, Form, View

USUAL_SPAN, LONGEST_SPAN = timedelta(days=91), timedelta(days=366)


class QualityQuery(Form):
    """Days of the asker's zone, both inclusive; the last thirteen weeks when not given."""

    since: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    by: By = "settlement"


class CellView(View):
    """`withheld`: fewer than three sessions, nothing of them is told; `merged`: small places as one."""

    key: str
    district: str
    sessions: int
    merged: bool
    withheld: bool
    loss: float | None
    rtt_ms: float | None
    concealed: float | None
    failed: float | None
    phoned: float | None
    rungs: dict[str, float]


class QualityTable(View):
    items: list[CellView]
    total: CellView
    since: date
    until: date
    by: By


@endpoint("GET", "/quality", allow="quality")
async def by_place_and_time(ask: Ask, query: QualityQuery) -> QualityTable:
    """Medians over sessions of what was lost and how late it came, and how many failed. Without names."""
    zone = ask.actor.zone
    last = query.until or ask.today
    first = query.since or last - USUAL_SPAN
    if last < first or last - first > LONGEST_SPAN:
        raise invalid("until", "out_of_range")
    starts, ends = finding.midnight(zone, first), finding.midnight(zone, last + timedelta(days=1))
    found = quality.table(await quality.held(ask.tx, ask.actor, since=starts, until=ends), query.by)
    return QualityTable(
        items=[_shown(cell) for cell in found.cells], total=_shown(found.total), since=first, until=last, by=query.by
    )


def _shown(cell: Cell) -> CellView:
    return CellView.model_validate({**vars(cell), "rungs": dict(cell.rungs)})
