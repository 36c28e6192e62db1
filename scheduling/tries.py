"""Failed tries, counted over all nodes: what limits the guessing of codes and passwords."""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import Index, String, delete, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base, Tx
from scheduling.errors import TooManyTries


class FailedTry(Base):
    """One failure. `scope` is what was tried; `who` a keyed hash of the address or login, so no address is kept."""

    __tablename__ = "failed_try"
    __table_args__ = (Index("ix_failed_try_scope_who_at", "scope", "who", "at"), Index("ix_failed_try_at", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(16))
    who: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


async def in_turn(tx: Tx, scope: str) -> None:
    """From here to the end of the transaction nobody else tries: a thousand tries at once are counted one by one."""
    if tx.get_bind().dialect.name == "postgresql":
        await tx.execute(text("SELECT pg_advisory_xact_lock(hashtext(:scope))"), {"scope": f"tries:{scope}"})


def origin(address: str) -> str:
    """Whom an address stands for: of IPv6 the whole /64, because one household has 2^64 of them."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ip_network(f"{parsed}/64", strict=False))


async def must_have_left(tx: Tx, scope: str, who: str | None, *, now: datetime, limit: int, window: timedelta) -> None:
    """Refused: `too_many_tries` when `who` (None: everybody together) failed `limit` times within `window`."""
    statement = select(func.count(), func.min(FailedTry.at)).where(
        FailedTry.scope == scope, FailedTry.at > now - window
    )
    if who is not None:
        statement = statement.where(FailedTry.who == who)
    count, oldest = (await tx.execute(statement)).one()
    if count >= limit:
        raise TooManyTries(retry_after=max(1, int((oldest + window - now).total_seconds()) + 1))


async def failed(tx: Tx, scope: str, who: str, *, now: datetime) -> None:
    tx.add(FailedTry(scope=scope, who=who, at=now))
    await tx.flush()


async def forget_old(tx: Tx, *, now: datetime) -> None:
    """Failures older than a day count for nothing."""
    await tx.execute(delete(FailedTry).where(FailedTry.at < now - timedelta(days=1)))
