"""Accepting a list: every row of it or nothing; once, whoever else tries at the same time.

A short list is one transaction. A long one is `accepting` while it is applied part by part (`step`), unseen, and
`finish` is all that shows it; whatever comes between, `turn_back` and `undo` take away what was written.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from scheduling import audit
from scheduling.access import Actor
from scheduling.certificates import issuing
from scheduling.certificates.wanted import Wanted, WantedLine
from scheduling.db import Tx
from scheduling.errors import (
    InvalidInput,
    ListEmpty,
    ListMoved,
    ListRepeated,
    ListRowMoved,
    ListTooLong,
    ListUndecided,
    Refused,
    VersionMoved,
)
from scheduling.lists import applying, whole
from scheduling.lists.applying import Applying
from scheduling.lists.reading import Counts, accepted_before, counts, own_held
from scheduling.lists.tables import MOST_CERTIFICATES, ListUpload
from scheduling.people import District

# A list of so many rows is accepted while its officer waits: half a second during which others wait for SQLite.
SHORT = 1_000
# What the form of a certificate says of a wrong field, as it is said of a row.
WRONG = {
    "valid_until": "term",
    "quantity": "amount",
    "unit_kopecks": "price",
    "number": "number_ours",
    "lines": "lines",
    "providers": "providers_too_many",
}


@dataclass(frozen=True)
class Issuing:
    """What certificates need beside their row: the installation's key, and how their numbers begin."""

    key: bytes
    region: str


async def accept(tx: Tx, actor: Actor, list_id: int, *, version: int, now: datetime, paper: Issuing) -> ListUpload:
    """All rows that are not refused become people, consents, and applications or certificates; a long list is
    `accepting` from now on, and somebody has to apply it.

    Refused: `not_found`, `list_moved`, `version_moved`, `list_repeated`, `list_empty`, `list_undecided`,
    `list_too_long`, and `list_row_moved` with the line that cannot be done any more.
    """
    upload = await own_held(tx, actor, list_id)
    await _hold_district(tx, upload.district_id)
    found = await _must_be_ready(tx, upload, version)
    upload.version, upload.problem, upload.seen_at, upload.rows_applied = version + 1, None, now, 0
    upload.facts = {**upload.facts, "accepted": asdict(found), "accepted_by": actor.account_id}
    written = found.new + found.known + found.doubtful
    running = await applying.begun(tx, upload, actor.account_id, now=now)
    await applying.must_still_hold(tx, upload, running)
    if upload.kind == "applications" and written > SHORT:
        upload.status = "accepting"
        await tx.flush()
        return upload
    if upload.kind == "certificates" and written > MOST_CERTIFICATES:
        raise ListTooLong(MOST_CERTIFICATES)
    if upload.kind == "applications":
        while (part := await applying.next_part(tx, running)) is not None:
            running.take(part)
    else:
        await _must_be_whole(tx, upload)
        await _issue(tx, actor, running, paper)
    return await _accepted(tx, upload, running, written, now)


async def _must_be_ready(tx: Tx, upload: ListUpload, version: int) -> Counts:
    if upload.status != "ready":
        raise ListMoved
    if upload.version != version:
        raise VersionMoved(upload.version)
    if (before := await accepted_before(tx, upload)) is not None:
        raise ListRepeated(before.id, before.finished_at or before.created_at)
    found = await counts(tx, upload.id)
    if found.undecided:
        raise ListUndecided(found.undecided)
    if not found.new + found.known + found.doubtful:
        raise ListEmpty
    return found


async def _must_be_whole(tx: Tx, upload: ListUpload) -> None:
    """No number is issued with a part of its rows, whatever was so when the list was read."""
    if found := await whole.torn(tx, upload.id):
        line = min(found)
        raise ListRowMoved(line, found[line]["code"])


async def _accepted(tx: Tx, upload: ListUpload, running: Applying, rows: int, now: datetime) -> ListUpload:
    await applying.must_be_alone(tx, running)
    upload.status, upload.finished_at, upload.rows_applied = "accepted", now, rows
    audit.note(tx, "list_accepted", "list", upload.id, now=now, account=running.account)
    await tx.flush()
    return upload


async def begin(tx: Tx, list_id: int, *, now: datetime) -> Applying:
    """Whoever applies a long list begins so. Refused: `list_moved`."""
    upload = await _held(tx, list_id)
    return await applying.begun(tx, upload, upload.facts["accepted_by"], now=now)


async def step(tx: Tx, running: Applying, *, now: datetime) -> applying.Part | None:
    """The next part of a long list is written, unseen; None behind the last one. `running` takes it in once the
    transaction is over. Refused: `list_moved` when it was cancelled meanwhile, `list_row_moved`."""
    upload = await _held(tx, running.list_id)
    part = await applying.next_part(tx, running)
    upload.seen_at, upload.rows_applied = now, upload.rows_applied + (len(part.rows) if part else 0)
    return part


async def finish(tx: Tx, running: Applying, *, now: datetime) -> ListUpload:
    """All of a long list is there, and from now on everybody sees it. Refused: `list_moved`, `list_row_moved`.

    Of two nodes that finish two lists of a district one waits: the second sees whom the first has brought.
    """
    upload = await _held(tx, running.list_id)
    await _hold_district(tx, running.district)
    await applying.must_still_hold(tx, upload, running)
    upload.version += 1
    return await _accepted(tx, upload, running, upload.rows_applied, now)


async def _hold_district(tx: Tx, district: int) -> None:
    """Lists of one district are accepted one after the other, each seeing what came of the one before."""
    await tx.execute(select(District.id).where(District.id == district).with_for_update(key_share=True))


async def _held(tx: Tx, list_id: int) -> ListUpload:
    wanted = select(ListUpload).where(ListUpload.id == list_id, ListUpload.status == "accepting")
    found = await tx.scalar(wanted.with_for_update())
    if found is None:
        raise ListMoved
    return found


async def _issue(tx: Tx, actor: Actor, running: Applying, paper: Issuing) -> None:
    """A certificate of each number, however it is spelt; rows of the same number are its lines."""
    gathered: dict[str, list[tuple[Any, int]]] = {}
    while (part := await applying.next_people(tx, running)) is not None:
        for row, client in zip(part.rows, part.clients, strict=True):
            gathered.setdefault(whole.compared(row.facts["number"]), []).append((row, client))
        running.take(part)
    for rows in gathered.values():
        (first, client), *others = rows
        if any(another != client for _, another in others):
            raise ListRowMoved(first.line, "number_of_another")
        wanted = _wanted(running, [row for row, _ in rows], client)
        try:
            await issuing.issue_at_once(tx, actor, wanted, now=running.now, region=paper.region, key=paper.key)
        except Refused as refused:
            raise ListRowMoved(first.line, _because(refused)) from refused


def _because(refused: Refused) -> str:
    """Why a certificate cannot be issued: of a wrong field which it is."""
    if not isinstance(refused, InvalidInput):
        return refused.code
    return WRONG.get(refused.errors[0].field.rpartition(".")[2], refused.code)


def _wanted(running: Applying, rows: list[Any], client: int) -> Wanted:
    facts = rows[0].facts
    return Wanted(
        client=client,
        valid_until=date.fromisoformat(facts["until"]),
        lines=[WantedLine(each.facts["service"], each.facts["quantity"], each.facts["unit"]) for each in rows],
        providers=sorted({number for each in rows for number in each.facts["providers"]}),
        source=facts["source"],
        year=facts["year"],
        number=facts["number"],
        list_id=running.list_id,
    )
