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
    ListEmpty,
    ListMoved,
    ListRepeated,
    ListRowMoved,
    ListTooLong,
    ListUndecided,
    NotFound,
    Refused,
    VersionMoved,
)
from scheduling.lists import applying
from scheduling.lists.applying import Applying
from scheduling.lists.reading import Counts, accepted_before, counts, own_held
from scheduling.lists.tables import ListUpload
from scheduling.people import District

# A list of so many rows is accepted while its officer waits: half a second during which others wait for SQLite.
SHORT = 1_000
# Certificates move money, which is never taken back unseen: they are issued in one transaction, so few at a time.
MOST_CERTIFICATES = 1_000


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
    whole = await applying.begun(tx, upload, actor.account_id, now=now)
    await applying.must_still_hold(tx, upload, whole)
    if upload.kind == "applications" and written > SHORT:
        upload.status = "accepting"
        await tx.flush()
        return upload
    if upload.kind == "certificates" and written > MOST_CERTIFICATES:
        raise ListTooLong(MOST_CERTIFICATES)
    if upload.kind == "applications":
        while (part := await applying.next_part(tx, whole)) is not None:
            whole.take(part)
    else:
        await _issue(tx, actor, whole, paper)
    return await _accepted(tx, upload, whole, written, now)


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


async def _accepted(tx: Tx, upload: ListUpload, whole: Applying, rows: int, now: datetime) -> ListUpload:
    await applying.must_be_alone(tx, whole)
    upload.status, upload.finished_at, upload.rows_applied = "accepted", now, rows
    audit.note(tx, "list_accepted", "list", upload.id, now=now, account=whole.account)
    await tx.flush()
    return upload


async def begin(tx: Tx, list_id: int, *, now: datetime) -> Applying:
    """Whoever applies a long list begins so. Refused: `list_moved`."""
    upload = await _held(tx, list_id)
    return await applying.begun(tx, upload, upload.facts["accepted_by"], now=now)


async def step(tx: Tx, whole: Applying, *, now: datetime) -> applying.Part | None:
    """The next part of a long list is written, unseen; None behind the last one. `whole` takes it in once the
    transaction is over. Refused: `list_moved` when it was cancelled meanwhile, `list_row_moved`."""
    upload = await _held(tx, whole.list_id)
    part = await applying.next_part(tx, whole)
    upload.seen_at, upload.rows_applied = now, upload.rows_applied + (len(part.rows) if part else 0)
    return part


async def finish(tx: Tx, whole: Applying, *, now: datetime) -> ListUpload:
    """All of a long list is there, and from now on everybody sees it. Refused: `list_moved`, `list_row_moved`.

    Of two nodes that finish two lists of a district one waits: the second sees whom the first has brought.
    """
    upload = await _held(tx, whole.list_id)
    await _hold_district(tx, whole.district)
    await applying.must_still_hold(tx, upload, whole)
    upload.version += 1
    return await _accepted(tx, upload, whole, upload.rows_applied, now)


async def _hold_district(tx: Tx, district: int) -> None:
    """Lists of one district are accepted one after the other, each seeing what came of the one before."""
    await tx.execute(select(District.id).where(District.id == district).with_for_update(key_share=True))


async def _held(tx: Tx, list_id: int) -> ListUpload:
    wanted = select(ListUpload).where(ListUpload.id == list_id, ListUpload.status == "accepting")
    found = await tx.scalar(wanted.with_for_update())
    if found is None:
        raise ListMoved
    return found


async def _issue(tx: Tx, actor: Actor, whole: Applying, paper: Issuing) -> None:
    """A certificate of each number, however it is spelt; rows of the same number are its lines."""
    gathered: dict[str, list[tuple[Any, int]]] = {}
    while (part := await applying.next_people(tx, whole)) is not None:
        for row, client in zip(part.rows, part.clients, strict=True):
            gathered.setdefault(row.facts["number"].casefold(), []).append((row, client))
        whole.take(part)
    for rows in gathered.values():
        (first, client), *_ = rows
        wanted = _wanted(whole, [row for row, _ in rows], client)
        try:
            await issuing.issue_at_once(tx, actor, wanted, now=whole.now, region=paper.region, key=paper.key)
        except NotFound:
            raise ListRowMoved(first.line, "not_found") from None
        except Refused as refused:
            raise ListRowMoved(first.line, refused.code) from refused


def _wanted(whole: Applying, rows: list[Any], client: int) -> Wanted:
    facts = rows[0].facts
    return Wanted(
        client=client,
        valid_until=date.fromisoformat(facts["until"]),
        lines=[WantedLine(each.facts["service"], each.facts["quantity"], each.facts["unit"]) for each in rows],
        providers=sorted({number for each in rows for number in each.facts["providers"]}),
        source=facts["source"],
        year=facts["year"],
        number=facts["number"],
        list_id=whole.list_id,
    )
