"""Making the act of a month: a draft from what is agreed upon, made anew as often as somebody asks, or thrown away."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from scheduling.access import Actor
from scheduling.acts import due
from scheduling.acts.due import Key, LeftOut
from scheduling.acts.tables import Act, ActLine, Rendered
from scheduling.db import Tx
from scheduling.errors import ActSigned, NotFound, VersionMoved, invalid
from scheduling.people import District, Institution


async def make(
    tx: Tx, actor: Actor, *, provider: int, district: int, month: date, now: datetime
) -> tuple[list[Act], list[LeftOut]]:
    """The drafts of a month, one for each source of money and budget year that has something to pay, and what they
    leave out. A draft that stands already is made anew; one that nothing is left for is thrown away. Refused:
    `not_found`, `invalid_input` (a month to come)."""
    where = await tx.get(District, district)
    if where is None or not actor.serves_district(district) or await tx.get(Institution, provider) is None:
        raise NotFound
    if month.day != 1 or month > now.astimezone(ZoneInfo(where.zone)).date():
        raise invalid("month", "out_of_range")
    await hold_still(tx, provider)
    drafts, left_out = [], []
    for key in await _keys(tx, provider, district, month):
        draft, missing = await _made(tx, actor, key, month, now)
        drafts += [draft] if draft else []
        left_out += missing
    return drafts, left_out


async def throw_away(tx: Tx, actor: Actor, act_id: int, *, version: int) -> None:
    """A draft is gone; what stood on it is due again. Refused: `not_found`, `version_moved`, `act_signed`."""
    thrown = await to_change(tx, actor, act_id, version)
    await _empty(tx, thrown)
    await tx.delete(thrown)
    await tx.flush()


async def to_change(tx: Tx, actor: Actor, act_id: int, version: int) -> Act:
    """A draft of the actor's district; nobody else makes or signs acts of its provider until this is done."""
    found = await seen(tx, actor, act_id)
    if not actor.serves_district(found.district_id):
        raise NotFound
    await hold_still(tx, found.provider_id)
    await tx.refresh(found, with_for_update=True)
    if found.status == "signed":
        raise ActSigned(found.number)
    if found.version != version:
        raise VersionMoved(found.version)
    return found


async def seen(tx: Tx, actor: Actor, act_id: int) -> Act:
    """An act of a district that the actor sees. Refused: `not_found`."""
    found = await tx.get(Act, act_id)
    if found is None or not actor.sees_district(found.district_id):
        raise NotFound
    return found


async def hold_still(tx: Tx, provider: int) -> None:
    """Acts of one provider are made and signed one after the other: no line stands on two, no number is left out."""
    await tx.execute(select(Institution.id).where(Institution.id == provider).with_for_update(key_share=True))


def key_of(act: Act) -> Key:
    return Key(act.provider_id, act.district_id, act.source, act.year)


async def _keys(tx: Tx, provider: int, district: int, month: date) -> list[Key]:
    """The sources and years that have had sessions up to the month's end."""
    mine = (Rendered.provider_id == provider, Rendered.district_id == district, Rendered.line_id.is_not(None))
    pairs = await tx.execute(
        select(Rendered.source, Rendered.year).where(*mine, Rendered.day <= due.month_end(month)).distinct()
    )
    return [Key(provider, district, source, year) for source, year in sorted((source, year) for source, year in pairs)]


async def _made(tx: Tx, actor: Actor, key: Key, month: date, now: datetime) -> tuple[Act | None, list[LeftOut]]:
    draft = await _draft(tx, key, month)
    if draft is not None:
        await _empty(tx, draft)
    found = await due.on(tx, key, month)
    if not found.lines:
        if draft is not None:
            await tx.delete(draft)
            await tx.flush()
        return None, found.left_out
    if draft is None:
        draft = _new(key, month)
        tx.add(draft)
    else:
        draft.version += 1
    draft.made_at, draft.made_by = now, actor.account_id
    await tx.flush()
    number(draft, found.lines)
    tx.add_all(found.lines)
    await tx.flush()
    return draft, found.left_out


async def _draft(tx: Tx, key: Key, month: date) -> Act | None:
    mine = (Act.provider_id == key.provider, Act.district_id == key.district, Act.source == key.source)
    when = (Act.year == key.year, Act.month == month, Act.status == "draft")
    found: Act | None = await tx.scalar(select(Act).where(*mine, *when).with_for_update())
    return found


def _new(key: Key, month: date) -> Act:
    """A draft has no number of the row yet: one that is thrown away leaves no gap."""
    whose = {"provider_id": key.provider, "district_id": key.district, "source": key.source, "year": key.year}
    # Of no facts: a source with a long name left no room for the month, and numbers are unique.
    return Act(number=f"draft-{uuid4().hex}", month=month, signed_for="", **whose)


def number(act: Act, lines: Sequence[ActLine]) -> None:
    """Gives the lines their places on the act."""
    for n, each in enumerate(lines, 1):
        each.act_id, each.n = act.id, n


async def _empty(tx: Tx, act: Act) -> None:
    await tx.execute(delete(ActLine).where(ActLine.act_id == act.id))
    tx.expire(act, ["lines"])
    await tx.flush()


async def waiting(tx: Tx, act: Act) -> list[LeftOut]:
    """What an act leaves out, as it is now."""
    if act.status == "signed":
        return []
    return (await due.on(tx, key_of(act), act.month, but=act.id)).left_out
