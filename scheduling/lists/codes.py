"""The codes of a list's certificates, handed out together: the server has never kept any of them."""

from datetime import datetime

from sqlalchemy import update

from scheduling import audit
from scheduling.access import Actor
from scheduling.certificates import codes, finding, history
from scheduling.certificates.issuing import Issued
from scheduling.certificates.tables import Certificate
from scheduling.db import Tx
from scheduling.errors import ListMoved
from scheduling.lists.reading import own_held


async def hand_out_codes(tx: Tx, actor: Actor, list_id: int, *, now: datetime, key: bytes) -> list[Issued]:
    """New digits for each certificate of the list whose holder has not chosen a provider yet, by number.

    Asked for again, because the table was lost or never came through, they are others, and those before stop
    working. Refused: `not_found`, `list_moved`.
    """
    upload = await own_held(tx, actor, list_id)
    if upload.kind != "certificates" or upload.status != "accepted":
        raise ListMoved
    upload.facts = {**upload.facts, "codes_at": now.isoformat()}
    upload.version += 1
    # Whoever chooses one of them in the same moment waits, or is waited for.
    theirs = Certificate.list_id == list_id, Certificate.status == "issued"
    await tx.execute(update(Certificate).where(*theirs).values(version=Certificate.version + 1))
    wanted = finding.whole().where(*theirs)
    found = await tx.scalars(wanted.order_by(Certificate.number).execution_options(populate_existing=True))
    issued = [_renewed(tx, each, actor, now, key) for each in found]
    audit.note(tx, "list_codes", "list", list_id, now=now, account=actor.account_id)
    await tx.flush()
    return issued


def _renewed(tx: Tx, found: Certificate, actor: Actor, now: datetime, key: bytes) -> Issued:
    history.remember(tx, found, "code", now=now, account=actor.account_id)
    for subject, number in (("certificate", found.id), ("client", found.client_id)):
        audit.note(tx, "certificate_code", subject, number, now=now, account=actor.account_id)
    return Issued(found, codes.issue(found, key=key))
