"""What happened to a certificate, a line for each step; no state changes without one."""

from datetime import datetime
from typing import Any

from scheduling.certificates import states
from scheduling.certificates.states import Step
from scheduling.certificates.tables import LIVE, Certificate, CertificateChange
from scheduling.db import Tx
from scheduling.errors import CertificateNotOpen


def step(
    tx: Tx,
    changed: Certificate,
    name: Step,
    *,
    now: datetime,
    account: int | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Moves the certificate on and remembers it. Refused: `certificate_not_open`."""
    was = changed.status
    changed.status = states.after(was, name)  # type: ignore[arg-type]  # the column holds a Status
    changed.version += 1
    if changed.status in states.ENDED:
        changed.ended_at = now
    remember(
        *(tx, changed, name),
        now=now,
        account=account,
        before={"status": was} | (before or {}),
        after={"status": changed.status} | (after or {}),
    )


def remember(
    tx: Tx,
    changed: Certificate,
    what: str,
    *,
    now: datetime,
    account: int | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    line = CertificateChange(at=now, account_id=account, what=what, before=before or {}, after=after or {})
    line.certificate_id = changed.id
    tx.add(line)


def must_be_live(found: Certificate) -> None:
    if found.status not in LIVE:
        raise CertificateNotOpen(found.status)
