"""What follows for a certificate when units of it were kept, spent or given back: in use, used up, or in use again."""

from datetime import datetime

from scheduling import ledger
from scheduling.certificates import history
from scheduling.certificates.tables import Certificate
from scheduling.db import Tx


async def follow(tx: Tx, moved: Certificate, *, now: datetime, account: int | None) -> None:
    """Whoever moved units of a locked certificate, its lines loaded, calls this in the same transaction."""
    balances = (await ledger.of_lines(tx, [each.id for each in moved.lines])).values()
    rest = any(each["available"] or each["reserved"] for each in balances)
    used = any(each["reserved"] or each["consumed"] for each in balances)
    if moved.status == "chosen" and used:
        history.step(tx, moved, "begin", now=now, account=account)
    if moved.status == "in_use" and not rest:
        history.step(tx, moved, "use_up", now=now, account=account)
    elif moved.status == "used_up" and rest:
        history.step(tx, moved, "give_back", now=now, account=account)
    await tx.flush()
