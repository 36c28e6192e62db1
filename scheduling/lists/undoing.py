"""Taking away what was written of a long list that is not accepted after all: in short steps, before anybody saw it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Delete, delete, select, update

from scheduling.applications.tables import Application, ApplicationChange
from scheduling.audit import AuditLine
from scheduling.consents import Consent
from scheduling.db import Tx
from scheduling.lists.tables import ListUpload
from scheduling.people import Client

AT_ONCE = 1_000


async def turn_back(tx: Tx, list_id: int, problem: dict[str, Any]) -> bool:
    """What was applied of a list is to be taken away: `problem` is {code, line, …}. False: it was not accepting."""
    turned = update(ListUpload).where(ListUpload.id == list_id, ListUpload.status == "accepting")
    values = {"status": "undoing", "problem": problem, "version": ListUpload.version + 1}
    done = await tx.execute(turned.values(**values).returning(ListUpload.id))
    return done.first() is not None


async def undo(tx: Tx, list_id: int, *, now: datetime) -> bool:
    """Takes some of it away; False when nothing is left, and the list is `ready` as it was, or `cancelled`."""
    wanted = select(ListUpload).where(ListUpload.id == list_id, ListUpload.status == "undoing")
    upload = await tx.scalar(wanted.with_for_update())
    if upload is None:
        return False
    upload.seen_at = now
    if await _some_taken_away(tx, list_id):
        return True
    cancelled = (upload.problem or {}).get("code") == "cancelled"
    upload.status, upload.version, upload.rows_applied = "ready", upload.version + 1, 0
    upload.facts = {name: value for name, value in upload.facts.items() if not name.startswith("accepted")}
    if cancelled:
        upload.status, upload.problem, upload.finished_at = "cancelled", None, now
    return False


async def _some_taken_away(tx: Tx, list_id: int) -> bool:
    """Applications first, then consents, then people: nobody else points to them, because nobody saw them."""
    some = select(Application.id).where(Application.list_id == list_id).order_by(Application.id).limit(AT_ONCE)
    await tx.execute(delete(ApplicationChange).where(ApplicationChange.application_id.in_(some)))
    if await _gone(tx, delete(Application).where(Application.id.in_(some))):
        return True
    some = select(Consent.id).where(Consent.list_id == list_id).order_by(Consent.id).limit(AT_ONCE)
    if await _gone(tx, delete(Consent).where(Consent.id.in_(some))):
        return True
    some = select(Client.id).where(Client.list_id == list_id).order_by(Client.id).limit(AT_ONCE)
    # On SQLite their numbers are given again: what was noted of nobody must not be said of somebody.
    noted = delete(AuditLine).where(AuditLine.subject == "client", AuditLine.subject_id.in_(some))
    await _gone(tx, noted)
    return await _gone(tx, delete(Client).where(Client.id.in_(some)))


async def _gone(tx: Tx, rows: Delete) -> bool:
    gone: Any = await tx.execute(rows.execution_options(synchronize_session=False))
    return bool(gone.rowcount)
