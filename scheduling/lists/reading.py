"""A list while it is read and looked over: begun, staged, cancelled, failed, shown, and forgotten in the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, tuple_, update

from scheduling import audit
from scheduling.access import Actor
from scheduling.db import Tx, padded
from scheduling.errors import ListMoved, NotFound, NotPermitted, TooManyLists
from scheduling.lists import whole
from scheduling.lists.tables import Kind, ListRow, ListUpload, Status
from scheduling.people import Client

# Whoever may bring which: applications are taken at the desk, certificates issued by the department.
BROUGHT_BY: dict[Kind, str] = {"applications": "coordinator", "certificates": "officer"}
# A list that nobody accepts is forgotten with all it says of people; of an accepted one its refused rows stay so long.
KEPT = timedelta(days=30)
MOST_WAITING = 10
SILENT = timedelta(minutes=2)
WAITING = ("reading", "ready", "accepting", "undoing")
# So many rows are deleted in one transaction.
CLEARED_AT_ONCE = 5_000
# Nobody needs the rows of these any more.
OVER = ("cancelled", "failed")
Only = Literal["all", "new", "known", "doubtful", "undecided", "refused"]


@dataclass(frozen=True)
class Counts:
    """How many rows a list has of each verdict; `undecided` are the doubtful ones that still need a choice."""

    new: int = 0
    known: int = 0
    doubtful: int = 0
    undecided: int = 0
    refused: int = 0


async def begin(tx: Tx, actor: Actor, kind: Kind, *, name: str, hash_: str, size: int, now: datetime) -> ListUpload:
    """A list of the actor's own district. Refused: `not_permitted` for another's kind, `too_many_lists`."""
    if BROUGHT_BY[kind] not in actor.roles or actor.district_id is None:
        raise NotPermitted
    waiting = select(func.count()).select_from(ListUpload).where(ListUpload.status.in_(WAITING))
    if (await tx.scalar(waiting.where(ListUpload.district_id == actor.district_id)) or 0) >= MOST_WAITING:
        raise TooManyLists(MOST_WAITING)
    made = ListUpload(
        kind=kind,
        name=name,
        hash=hash_,
        size=size,
        facts={},
        district_id=actor.district_id,
        account_id=actor.account_id,
        created_at=now,
        seen_at=now,
    )
    tx.add(made)
    await tx.flush()
    audit.note(tx, "list_brought", "list", made.id, now=now, account=actor.account_id)
    return made


async def own(tx: Tx, actor: Actor, list_id: int) -> ListUpload:
    """A list that this actor may see. Refused: `not_found`."""
    found = await tx.scalar(_seen_by(actor).where(ListUpload.id == list_id))
    if found is None:
        raise NotFound
    return found


async def own_held(tx: Tx, actor: Actor, list_id: int) -> ListUpload:
    """The same, and nobody else changes it until the transaction is over."""
    await tx.execute(select(ListUpload.id).where(ListUpload.id == list_id).with_for_update())
    return await own(tx, actor, list_id)


async def listed(tx: Tx, actor: Actor, *, limit: int) -> list[ListUpload]:
    """Newest first."""
    return list(await tx.scalars(_seen_by(actor).order_by(ListUpload.id.desc()).limit(limit)))


def _seen_by(actor: Actor) -> Select[ListUpload]:
    kinds = [kind for kind, role in BROUGHT_BY.items() if role in actor.roles]
    return select(ListUpload).where(ListUpload.kind.in_(kinds), ListUpload.district_id == actor.district_id)


async def accepted_before(tx: Tx, upload: ListUpload) -> ListUpload | None:
    """The list with the very same bytes that this district has accepted already, or is about to."""
    same = select(ListUpload).where(ListUpload.hash == upload.hash, ListUpload.kind == upload.kind)
    return await tx.scalar(
        same.where(
            ListUpload.district_id == upload.district_id,
            ListUpload.status.in_(("accepted", "accepting")),
            ListUpload.id != upload.id,
        ).limit(1)
    )


async def seen(tx: Tx, list_id: int, facts: dict[str, Any], *, now: datetime) -> None:
    """The file's headings are read. Refused: `list_moved` when it was cancelled meanwhile."""
    await _still_reading(tx, list_id, {"facts": facts, "seen_at": now})


async def stage(tx: Tx, list_id: int, found: Sequence[dict[str, Any]], *, now: datetime) -> None:
    """More rows of a list, as columns of `ListRow` without its number. Refused: `list_moved`."""
    verdicts = [each["verdict"] for each in found]
    grown = {
        "rows_read": ListUpload.rows_read + len(found),
        "rows_refused": ListUpload.rows_refused + verdicts.count("refused"),
        "rows_doubtful": ListUpload.rows_doubtful + verdicts.count("doubtful"),
        "seen_at": now,
    }
    await _still_reading(tx, list_id, grown)
    if found:
        await tx.execute(insert(ListRow), [{**each, "list_id": list_id} for each in found])


async def refuse_torn(tx: Tx, list_id: int, found: dict[int, whole.Problem], *, now: datetime) -> None:
    """Rows that cannot be taken as the whole list stands are refused before anybody sees it. Refused: `list_moved`."""
    await _still_reading(tx, list_id, {"seen_at": now})
    await whole.refuse(tx, list_id, found)


async def read_whole(tx: Tx, list_id: int, facts: dict[str, Any], *, now: datetime) -> None:
    """All rows are there to be looked over. Refused: `list_moved`."""
    ready = {"status": "ready", "facts": facts, "seen_at": now, "version": ListUpload.version + 1}
    await _still_reading(tx, list_id, ready)


async def _still_reading(tx: Tx, list_id: int, values: dict[str, Any]) -> None:
    moved = update(ListUpload).where(ListUpload.id == list_id, ListUpload.status == "reading").values(**values)
    changed = await tx.execute(moved.returning(ListUpload.id).execution_options(synchronize_session=False))
    if changed.first() is None:
        raise ListMoved


async def failed(tx: Tx, list_id: int, problem: dict[str, Any], *, now: datetime) -> None:
    """The file cannot be read: `problem` is {code, line, …}; none of its rows is kept."""
    ended = {"status": "failed", "problem": problem, "finished_at": now, "version": ListUpload.version + 1}
    await _still_reading(tx, list_id, ended)
    await clear(tx, now=now)


async def cancel(tx: Tx, actor: Actor, list_id: int, *, now: datetime) -> ListUpload:
    """Nothing comes of this list, and what it said of people goes; what was applied of a long one first (`undoing`).
    Refused: `not_found`, `list_moved` (accepted)."""
    found = await own_held(tx, actor, list_id)
    if found.status == "accepted":
        raise ListMoved
    if found.status in ("accepting", "undoing"):
        found.status, found.problem = "undoing", {"code": "cancelled", "line": None}
    elif found.status != "cancelled":
        found.status, found.finished_at = "cancelled", now
    else:
        return found
    found.version += 1
    audit.note(tx, "list_cancelled", "list", found.id, now=now, account=actor.account_id)
    await tx.flush()
    await clear(tx, now=now)
    return found


async def counts(tx: Tx, list_id: int) -> Counts:
    each = select(ListRow.verdict, ListRow.choice, func.count()).where(ListRow.list_id == list_id)
    found = {"new": 0, "known": 0, "doubtful": 0, "undecided": 0, "refused": 0}
    for verdict, choice, how_many in await tx.execute(each.group_by(ListRow.verdict, ListRow.choice)):
        found[verdict] += how_many
        if verdict == "doubtful" and not choice:
            found["undecided"] += how_many
    return Counts(**found)


async def rows(
    tx: Tx, actor: Actor, list_id: int, *, only: Only, after: int, limit: int, now: datetime
) -> list[ListRow]:
    """What will happen with each row, in the order of the file, behind the line `after`."""
    found = await own(tx, actor, list_id)
    if found.status in OVER:
        return []
    wanted = select(ListRow).where(ListRow.list_id == found.id, ListRow.line > after)
    if only == "undecided":
        wanted = wanted.where(ListRow.verdict == "doubtful", ListRow.choice == "")
    elif only != "all":
        wanted = wanted.where(ListRow.verdict == only)
    audit.note(tx, "list_looked_at", "list", found.id, now=now, account=actor.account_id)
    return list(await tx.scalars(wanted.order_by(ListRow.line).limit(limit)))


async def people_of(tx: Tx, found: Sequence[ListRow]) -> dict[int, Client]:
    """The clients that these rows are of, or may be of, by number."""
    named = {row.client_id for row in found if row.client_id is not None}
    named |= {each["client"] for row in found for each in row.candidates}
    if not named:
        return {}
    return {each.id: each for each in await tx.scalars(select(Client).where(Client.id.in_(padded(sorted(named)))))}


async def refused_rows(tx: Tx, list_id: int) -> list[tuple[int, dict[str, Any], list[dict[str, Any]]]]:
    """Of every refused row: its line, its cells as they stood, and all that was wrong."""
    wanted = select(ListRow.line, ListRow.cells, ListRow.problems).where(ListRow.list_id == list_id)
    wanted = wanted.join(ListUpload).where(ListUpload.status.not_in(OVER))
    found = await tx.execute(wanted.where(ListRow.verdict == "refused").order_by(ListRow.line))
    return [(line, cells, problems) for line, cells, problems in found]


async def under_way(tx: Tx, *status: Status) -> list[ListUpload]:
    """Lists that somebody reads, applies or undoes, or whose somebody was stopped: `seen_at` tells."""
    return list(await tx.scalars(select(ListUpload).where(ListUpload.status.in_(status)).order_by(ListUpload.id)))


async def still_here(tx: Tx, waiting: Sequence[int], *, now: datetime) -> None:
    """A sign of life for lists that wait behind a long one: whoever is to read or apply them is there."""
    alive = update(ListUpload).where(ListUpload.id.in_(waiting), ListUpload.status.in_(WAITING))
    await tx.execute(alive.values(seen_at=now).execution_options(synchronize_session=False))


async def start_again(tx: Tx, list_id: int, *, now: datetime) -> bool:
    """Its file is read from the beginning; some of what was read before may be left (False: ask again).
    Refused: `list_moved`."""
    fresh = {"rows_read": 0, "rows_refused": 0, "rows_doubtful": 0, "seen_at": now}
    await _still_reading(tx, list_id, fresh)
    return not await _some_deleted(tx, ListRow.list_id == list_id)


async def forget_old(tx: Tx, *, now: datetime) -> None:
    """Old lists wait no longer. That they were brought stays."""
    waiting = update(ListUpload).where(ListUpload.created_at < now - KEPT, ListUpload.status.in_(("reading", "ready")))
    await tx.execute(waiting.values(status="cancelled", finished_at=now, version=ListUpload.version + 1))
    await clear(tx, now=now)


async def clear(tx: Tx, *, now: datetime) -> bool:
    """Some of what lists say of people and nobody needs any more goes; True while there may be more of it.

    All of it is needed until the list is over, and the refused rows of an accepted one until it is old.
    """
    done = ListRow.list_id.in_(select(ListUpload.id).where(ListUpload.status == "accepted"))
    old = select(ListUpload.id).where(ListUpload.created_at < now - KEPT, ListUpload.status.not_in(WAITING))
    over = select(ListUpload.id).where(ListUpload.status.in_(OVER))
    applied = done & ListRow.verdict.in_(("new", "known", "doubtful"))
    needless = (ListRow.list_id.in_(over), ListRow.list_id.in_(old), applied)
    return any([await _some_deleted(tx, each) for each in needless])


async def _some_deleted(tx: Tx, needless: ColumnElement[bool]) -> bool:
    some = select(ListRow.list_id, ListRow.line).where(needless).limit(CLEARED_AT_ONCE)
    these = delete(ListRow).where(tuple_(ListRow.list_id, ListRow.line).in_(some))
    gone: Any = await tx.execute(these.execution_options(synchronize_session=False))
    return bool(gone.rowcount)
