"""The keys that sign certificates: one current, older ones still published, withdrawn ones never trusted again."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select

from scheduling import tries
from scheduling.certificates.tables import Certificate, SigningKey
from scheduling.db import Tx
from scheduling.errors import NotFound, SigningKeyMissing


@dataclass(frozen=True)
class Ended:
    """Numbers of papers whose days are not over yet, but which count no more."""

    revoked: list[str]
    replaced: list[str]


async def current(tx: Tx) -> SigningKey:
    """The key that signs now. Refused: `signing_key_missing`; the server makes one when it starts."""
    found = await _current(tx)
    if found is None:
        raise SigningKeyMissing
    return found


async def is_there(tx: Tx) -> bool:
    """Whether there is a key to sign with. From here to the end of the transaction no other node makes one."""
    await tries.in_turn(tx, "signing_key")
    return await _current(tx) is not None


async def rotate(tx: Tx, new: SigningKey, *, now: datetime) -> None:
    """`new` signs from now on. What signed before is published further, for the papers that carry its signature."""
    await tries.in_turn(tx, "signing_key")
    for each in await tx.scalars(select(SigningKey).where(SigningKey.retired_at.is_(None))):
        each.retired_at = now
    tx.add(new)
    await tx.flush()


async def withdraw(tx: Tx, kid: str, *, now: datetime) -> SigningKey:
    """Nothing that this key ever signed is believed any more. Whoever withdraws the current one rotates first."""
    found = await tx.get(SigningKey, kid)
    if found is None:
        raise NotFound
    found.retired_at = found.retired_at or now
    found.withdrawn_at = found.withdrawn_at or now
    await tx.flush()
    return found


async def published(tx: Tx, *, since: date) -> list[SigningKey]:
    """Newest first: the current key, and each older one while a certificate that it may have signed was valid on
    `since` or later. A key can have signed no certificate that was made after it retired."""
    may_have_signed = exists().where(Certificate.created_at <= SigningKey.retired_at, Certificate.valid_until >= since)
    wanted = SigningKey.retired_at.is_(None) | may_have_signed
    keys = select(SigningKey).where(SigningKey.withdrawn_at.is_(None), wanted)
    return list(await tx.scalars(keys.order_by(SigningKey.made_at.desc(), SigningKey.kid)))


async def withdrawn(tx: Tx) -> list[SigningKey]:
    keys = select(SigningKey).where(SigningKey.withdrawn_at.is_not(None))
    return list(await tx.scalars(keys.order_by(SigningKey.withdrawn_at.desc(), SigningKey.kid)))


async def ended(tx: Tx, *, since: date) -> Ended:
    """What was revoked or replaced, of the papers that were to be valid on `since` or later."""
    statement = (
        select(Certificate.number, Certificate.status)
        .where(Certificate.status.in_(("revoked", "replaced")), Certificate.valid_until >= since)
        .order_by(Certificate.id)
    )
    rows = (await tx.execute(statement)).all()
    return Ended(*([number for number, status in rows if status == kind] for kind in ("revoked", "replaced")))


async def _current(tx: Tx) -> SigningKey | None:
    """Of two made in the same moment the same one for everybody."""
    keys = select(SigningKey).where(SigningKey.retired_at.is_(None))
    return await tx.scalar(keys.order_by(SigningKey.made_at.desc(), SigningKey.kid).limit(1))
