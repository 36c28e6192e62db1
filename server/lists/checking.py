"""Checking rows against what the centre has: consents taken back, numbers taken, requests that are open."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduling import consents
from scheduling.applications import Application
from scheduling.certificates import Certificate
from scheduling.coming import arrived
from scheduling.db import Tx, padded
from scheduling.lists import ListUpload
from scheduling.people import District

Rows = Sequence[dict[str, Any]]


async def held_against(tx: Tx, upload: ListUpload, rows: Rows) -> Rows:
    """The rows, refused where what they ask for is there already, or their paper was taken back since."""
    await _taken_back(tx, upload, rows)
    if upload.kind == "certificates":
        await _numbers(tx, rows)
    else:
        await _open_requests(tx, rows)
    return rows


async def _taken_back(tx: Tx, upload: ListUpload, rows: Rows) -> None:
    """A known person who took back his consent after he had signed the paper that the row names."""
    known = sorted({row["client_id"] for row in rows if row["client_id"] is not None})
    ended = await consents.taken_back_by(tx, padded(known)) if known else {}
    if not ended:
        return
    zone = ZoneInfo((await tx.get_one(District, upload.district_id)).zone)
    for row in rows:
        at, paper = ended.get(row["client_id"]), (row["facts"] or {}).get("consent")
        if at is not None and paper and consents.is_outdated(date.fromisoformat(paper), at, zone):
            _refuse(row, "consent", "consent_withdrawn")


async def _numbers(tx: Tx, rows: Rows) -> None:
    numbers = [row["facts"]["number"] for row in rows if row["facts"]]
    if not numbers:
        return
    taken = set(await tx.scalars(select(Certificate.number).where(Certificate.number.in_(padded(numbers)))))
    for row in rows:
        if row["facts"] and row["facts"]["number"] in taken:
            _refuse(row, "number", "number_taken")


async def _open_requests(tx: Tx, rows: Rows) -> None:
    """A known person who asks for the same again while his first request is open."""
    known = sorted({row["client_id"] for row in rows if row["client_id"] is not None})
    if not known:
        return
    asked = select(Application.client_id, Application.service, Application.topic)
    asked = asked.where(Application.client_id.in_(padded(known)), Application.status != "closed")
    asked = asked.where(arrived(Application.list_id))
    opened = {tuple(each) for each in await tx.execute(asked)}
    for row in rows:
        facts = row["facts"]
        if facts and (row["client_id"], facts.get("service"), facts.get("topic")) in opened:
            _refuse(row, "", "request_open")


def _refuse(row: dict[str, Any], field: str, code: str) -> None:
    row.update(verdict="refused", facts=None, client_id=None, problems=[{"field": field, "code": code, "data": {}}])
