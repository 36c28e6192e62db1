"""Choosing for doubtful rows: whether a person of a list is one whom the centre knows already."""

from datetime import datetime
from typing import Literal

from sqlalchemy import update

from scheduling import audit
from scheduling.access import Actor
from scheduling.db import Tx
from scheduling.errors import ListMoved, NotFound, invalid
from scheduling.lists.reading import own_held
from scheduling.lists.tables import ListRow, ListUpload


async def choose(tx: Tx, actor: Actor, list_id: int, line: int, *, same_as: int | None, now: datetime) -> ListUpload:
    """The person of this row is that client, or (None) somebody new. Whoever accepts must have seen it: the list's
    version grows.

    Refused: `not_found`, `list_moved`, `invalid_input` (no candidate of this row; somebody new without a consent).
    """
    found = await _open(tx, actor, list_id, now)
    row = await tx.get(ListRow, (list_id, line))
    if row is None or row.verdict != "doubtful":
        raise NotFound
    if same_as is not None and same_as not in {each["client"] for each in row.candidates}:
        raise invalid("client", "not_offered")
    if same_as is None and "consent" not in (row.facts or {}):
        raise invalid("consent", "missing")
    row.choice, row.client_id = ("new", None) if same_as is None else ("same", same_as)
    await tx.flush()
    return found


async def choose_all(
    tx: Tx, actor: Actor, list_id: int, choice: Literal["new", "same"], *, now: datetime
) -> ListUpload:
    """One answer for all doubtful rows that have none yet; "same" takes the nearest candidate of each, and
    somebody without a consent is nobody new: his row stays undecided."""
    found = await _open(tx, actor, list_id, now)
    undecided = update(ListRow).where(ListRow.list_id == list_id, ListRow.verdict == "doubtful", ListRow.choice == "")
    if choice == "new":
        undecided = undecided.where(ListRow.facts["consent"].as_string().is_not(None))
    nearest = ListRow.candidates[0]["client"].as_integer() if choice == "same" else None
    await tx.execute(undecided.values(choice=choice, client_id=nearest).execution_options(synchronize_session=False))
    return found


async def _open(tx: Tx, actor: Actor, list_id: int, now: datetime) -> ListUpload:
    found = await own_held(tx, actor, list_id)
    if found.status != "ready":
        raise ListMoved
    found.version += 1
    audit.note(tx, "list_chosen", "list", found.id, now=now, account=actor.account_id)
    return found
