"""Checking rows against what the centre has: consents taken back, requests open, numbers and services taken."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CompoundSelect, select

from scheduling import consents
from scheduling.applications import Application
from scheduling.certificates import LIVE, Certificate, CertificateLine, numbers
from scheduling.coming import arrived
from scheduling.consents import Consent
from scheduling.db import Tx, padded
from scheduling.errors import CertificateNumberTaken, InvalidInput
from scheduling.lists.tables import ListUpload
from scheduling.people import District

# Each with `verdict`, `facts`, `client_id` and `problems`, as columns of `ListRow`.
Rows = Sequence[dict[str, Any]]


async def held_against(tx: Tx, upload: ListUpload, rows: Rows, *, now: datetime, region: str) -> Rows:
    """The rows, refused where what they ask for is there already, or their paper was taken back since.

    `region` begins the numbers that the centre itself gives.
    """
    zone = ZoneInfo((await tx.get_one(District, upload.district_id)).zone)
    await _taken_back(tx, rows, zone)
    if upload.kind == "certificates":
        await _taken(tx, rows)
        await _like_our_own(tx, rows, region)
        await _certified(tx, rows, now.astimezone(zone).date())
    else:
        await _open_requests(tx, rows)
    return rows


def concerned(kind: str) -> CompoundSelect[Any]:
    """The clients of whom anything could be held against a row: of nobody else one needs to look."""
    ended = select(Consent.client_id).where(Consent.withdrawn_at.is_not(None))
    if kind == "certificates":
        return ended.union(select(Certificate.client_id))
    return ended.union(select(Application.client_id).where(Application.status != "closed"))


def refused(field: str, code: str, **data: Any) -> dict[str, Any]:
    """A problem of a row."""
    return {"field": field, "code": code, "data": data}


def _refuse(row: dict[str, Any], field: str, code: str, **data: Any) -> None:
    row.update(verdict="refused", facts=None, client_id=None, problems=[refused(field, code, **data)])


def _known(rows: Rows) -> list[int]:
    return padded(sorted({row["client_id"] for row in rows if row["client_id"] is not None}))


async def _taken_back(tx: Tx, rows: Rows, zone: ZoneInfo) -> None:
    """A known person who took back his consent after he had signed the paper that the row names."""
    known = _known(rows)
    ended = await consents.taken_back_by(tx, known) if known else {}
    for row in rows if ended else ():
        at, paper = ended.get(row["client_id"]), (row["facts"] or {}).get("consent")
        if at is not None and paper and consents.is_outdated(date.fromisoformat(paper), at, zone):
            _refuse(row, "consent", "consent_withdrawn")


async def _taken(tx: Tx, rows: Rows) -> None:
    asked = [row["facts"]["number"] for row in rows if row["facts"]]
    if not asked:
        return
    taken = set(await tx.scalars(select(Certificate.number).where(Certificate.number.in_(padded(asked)))))
    for row in rows:
        if row["facts"] and row["facts"]["number"] in taken:
            _refuse(row, "number", "number_taken")


async def _like_our_own(tx: Tx, rows: Rows, region: str) -> None:
    """Numbers that read like those which the centre gives, and could not be counted on from.

    What decides is their form alone, so it is asked once for each form and not for each of a hundred thousand.
    """
    begins, forms = f"{region}-", dict[str, bool]()
    for row in rows:
        if not row["facts"] or not row["facts"]["number"].startswith(begins):
            continue
        form = begins + re.sub(r"[^\W\d_]", "A", re.sub("[0-9]", "0", row["facts"]["number"][len(begins) :]))
        if form not in forms:
            forms[form] = await _reads_like_our_own(tx, form, region)
        if forms[form]:
            _refuse(row, "number", "number_ours")


async def _reads_like_our_own(tx: Tx, number: str, region: str) -> bool:
    try:
        await numbers.must_be_free(tx, number, region=region)
    except InvalidInput:
        return True
    except CertificateNumberTaken:
        pass
    return False


async def _certified(tx: Tx, rows: Rows, on: date) -> None:
    """A known person whom another certificate pays this service."""
    known = _known(rows)
    if not known:
        return
    live = (
        select(Certificate.client_id, CertificateLine.code, Certificate.number)
        .join(CertificateLine, CertificateLine.certificate_id == Certificate.id)
        .where(Certificate.client_id.in_(known), Certificate.status.in_(("forming", *LIVE)))
        .where(Certificate.valid_until >= on)
    )
    pays = {(client, service): number for client, service, number in await tx.execute(live)}
    for row in rows:
        if row["facts"] and (found := pays.get((row["client_id"], row["facts"]["service"]))) is not None:
            _refuse(row, "service", "certificate_live", number=found)


async def _open_requests(tx: Tx, rows: Rows) -> None:
    """A known person who asks for the same again while his first request is open."""
    known = _known(rows)
    if not known:
        return
    asked = select(Application.client_id, Application.service, Application.topic)
    asked = asked.where(Application.client_id.in_(known), Application.status != "closed")
    asked = asked.where(arrived(Application.list_id))
    opened = {tuple(each) for each in await tx.execute(asked)}
    for row in rows:
        facts = row["facts"]
        if facts and (row["client_id"], facts.get("service"), facts.get("topic")) in opened:
            _refuse(row, "", "request_open")
