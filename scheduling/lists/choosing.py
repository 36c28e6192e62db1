"""Choosing for doubtful rows: whether a person of a list is one whom the centre knows already.

What stands against the row of somebody known stands against the row of somebody who was found to be known: it is
refused as it would have been when the list was read, and is in the report with its reason.
"""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, select, update

from scheduling import audit
from scheduling.access import Actor
from scheduling.db import Tx
from scheduling.errors import ListMoved, NotFound, invalid
from scheduling.lists import checking, whole
from scheduling.lists.reading import own_held
from scheduling.lists.tables import MOST_CERTIFICATES, ListRow, ListUpload

# So many rows are looked at together.
AT_ONCE = 500


async def choose(
    tx: Tx, actor: Actor, list_id: int, line: int, *, same_as: int | None, now: datetime, region: str
) -> ListUpload:
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
    if same_as is not None:
        await _hold(tx, found, ListRow.line == line, now=now, region=region)
    return found


async def choose_all(
    tx: Tx, actor: Actor, list_id: int, choice: Literal["new", "same"], *, now: datetime, region: str
) -> ListUpload:
    """One answer for all doubtful rows that have none yet; "same" takes the nearest candidate of each, and
    somebody without a consent is nobody new: his row stays undecided."""
    found = await _open(tx, actor, list_id, now)
    undecided = update(ListRow).where(ListRow.list_id == list_id, ListRow.verdict == "doubtful", ListRow.choice == "")
    if choice == "new":
        undecided = undecided.where(ListRow.facts["consent"].as_string().is_not(None))
    nearest = ListRow.candidates[0]["client"].as_integer() if choice == "same" else None
    await tx.execute(undecided.values(choice=choice, client_id=nearest).execution_options(synchronize_session=False))
    if choice == "same":
        await _hold(tx, found, ListRow.choice == "same", now=now, region=region)
    return found


async def _hold(tx: Tx, upload: ListUpload, chosen: ColumnElement[bool], *, now: datetime, region: str) -> None:
    """Rows that now have a client are refused where something stands against it, and their certificates with them."""
    await whole.refuse(tx, upload.id, await _held_against(tx, upload, chosen, now, region))
    await tx.refresh(upload)
    if upload.kind == "certificates" and upload.rows_read - upload.rows_refused <= MOST_CERTIFICATES:
        await whole.refuse(tx, upload.id, await whole.torn(tx, upload.id))
        await tx.refresh(upload)


async def _held_against(
    tx: Tx, upload: ListUpload, chosen: ColumnElement[bool], now: datetime, region: str
) -> dict[int, whole.Problem]:
    wanted = select(ListRow.line, ListRow.facts, ListRow.client_id).order_by(ListRow.line).limit(AT_ONCE)
    wanted = wanted.where(ListRow.list_id == upload.id, ListRow.verdict == "doubtful", chosen)
    wanted = wanted.where(ListRow.client_id.in_(checking.concerned(upload.kind)))
    found: dict[int, whole.Problem] = {}
    after = 0
    while page := (await tx.execute(wanted.where(ListRow.line > after))).all():
        rows: list[dict[str, Any]] = [{**each._mapping, "verdict": "doubtful", "problems": []} for each in page]
        await checking.held_against(tx, upload, rows, now=now, region=region)
        found |= {row["line"]: row["problems"][0] for row in rows if row["problems"]}
        after = page[-1].line
    return found


async def _open(tx: Tx, actor: Actor, list_id: int, now: datetime) -> ListUpload:
    found = await own_held(tx, actor, list_id)
    if found.status != "ready":
        raise ListMoved
    found.version += 1
    audit.note(tx, "list_chosen", "list", found.id, now=now, account=actor.account_id)
    return found
