"""Who is busy: the names that a refused booking says, of clients, rooms and interpreters that were to take part."""

from collections.abc import Sequence
from datetime import datetime

from scheduling import clashes
from scheduling.errors import ClientBusy, Refused, ResourceBusy
from scheduling.occupancy import Kind
from server.endpoint import Ask


async def busy(
    ask: Ask,
    refusal: Refused,
    *,
    clients: Sequence[int],
    resources: Sequence[int],
    starts: datetime,
    ends: datetime,
    ignoring: int | None = None,
) -> dict[str, list[str]]:
    """`busy` for `client_busy` and `resource_busy`, nothing for other refusals."""
    kinds: dict[type[Refused], tuple[Kind, Sequence[int]]] = {
        ClientBusy: ("client", clients),
        ResourceBusy: ("resource", resources),
    }
    if type(refusal) not in kinds:
        return {}
    kind, ids = kinds[type(refusal)]
    names = await clashes.taken_then(ask.tx, kind, ids, starts=starts, ends=ends, now=ask.now, ignoring=ignoring)
    return {"busy": names}
