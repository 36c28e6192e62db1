"""The end of certificates: expired, revoked, replaced, used up; sums agree, nothing kept for a session is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from scheduling import bookings, ledger, paying
from scheduling.bookings import Booking
from scheduling.certificate_use import life
from scheduling.certificate_use.life import Revoked
from scheduling.certificate_use.sessions import Decided
from scheduling.certificates import issuing
from scheduling.certificates.tables import CertificateLine
from scheduling.certificates.wanted import WantedLine
from scheduling.db import Tx
from scheduling.errors import BookingsUndecided, CertificateNotLive, CertificateNotOpen, VersionMoved
from tests.scheduling.certificates.holder import COST, KEY, Holder, balances
from tests.scheduling.certificates.test_choosing import funds, ready
from tests.scheduling.region import NOW, wall


async def expire(holder: Holder, *, days: float) -> list[int]:
    async with holder.database.write() as tx:
        return await life.expire_due(tx, now=NOW + timedelta(days=days))


async def revoke(holder: Holder, number: int, decided: Decided | None = None) -> Revoked:
    version = (await holder.certificate(number)).version
    async with holder.database.write() as tx:
        return await life.revoke(
            tx, holder.officer, number, decided or Decided(), version=version, now=NOW, because="Переехала"
        )


async def test_after_its_last_day_what_nobody_booked_expires(holder: Holder) -> None:
    number = await ready(holder, valid_until=date(2026, 11, 24))
    await holder.choose(number, holder.ngo)
    kept = await holder.book(2, wall("10:00", date(2026, 11, 24)), number)
    assert await expire(holder, days=1) == [], "on its last day it still counts"
    assert await expire(holder, days=1.72) == [number], "after midnight in Novosibirsk, 17:45 UTC"
    assert await expire(holder, days=1.72) == [], "once"
    found = await holder.certificate(number)
    assert found.status == "expired"
    async with holder.database.read() as tx:
        assert await balances(tx, found) == [{"reserved": 1, "expired": 3}]
        assert await funds(tx, holder.ngo) == {
            "left": 1_000_000 - 4 * COST,
            "reserved": COST,
            "expired": 3 * COST,
        }
    await holder.cancel(kept.id)
    async with holder.database.read() as tx:
        assert await balances(tx, found) == [{"expired": 4}], "what comes back later has expired too"
        assert await ledger.disagreements(tx) == []


async def test_a_revoked_one_pays_for_the_sessions_that_are_kept(holder: Holder) -> None:
    number = await ready(holder)
    await holder.choose(number, holder.ngo)
    held, gone = [await holder.book(2, wall(clock), number) for clock in ("10:00", "12:00")]
    with pytest.raises(BookingsUndecided):
        await revoke(holder, number)
    done = await revoke(holder, number, Decided([held.id], [gone.id]))
    assert (done.certificate.status, [each.id for each in done.cancelled]) == ("revoked", [gone.id])
    async with holder.database.read() as tx:
        assert await balances(tx, done.certificate) == [{"reserved": 1, "expired": 3}]
        assert [(await bookings.by_id(tx, each.id)).status for each in (held, gone)] == ["booked", "cancelled"]
    with pytest.raises(CertificateNotLive):
        await holder.book(2, wall("11:00"), number)
    with pytest.raises(CertificateNotOpen):
        await revoke(holder, number)


async def test_of_two_officers_who_revoke_at_once_one_does(holder: Holder) -> None:
    number = await ready(holder)
    version = (await holder.certificate(number)).version

    def revoking(because: str) -> Callable[[Tx], Awaitable[str]]:
        async def work(tx: Tx) -> str:
            done = await life.revoke(tx, holder.officer, number, Decided(), version=version, now=NOW, because=because)
            return done.certificate.because

        return work

    async def one(because: str) -> str:
        try:
            return await holder.database.written(revoking(because))
        except VersionMoved:
            return "too late"

    said = await asyncio.gather(*(one(f"Причина {which}") for which in range(5)))
    assert sorted(said).count("too late") == 4
    async with holder.database.read() as tx:
        assert await balances(tx, await holder.certificate(number)) == [{"expired": 4}]


async def test_another_paper_takes_over_what_is_left_and_what_is_booked(holder: Holder) -> None:
    number = await ready(holder)
    await holder.choose(number, holder.ngo)
    booked = await holder.book(2, wall("10:00"), number)
    old = await holder.certificate(number)
    async with holder.database.read() as tx:
        money = [await funds(tx, each) for each in (None, holder.ngo)]
    async with holder.database.write() as tx:
        issued = await life.replace(
            tx, holder.officer, number, version=old.version, now=NOW, why="lost", region="54", key=KEY
        )
    new = issued.certificate
    assert (new.number[-6:], new.status, new.provider_id, new.replaces_id) == ("000002", "in_use", holder.ngo, number)
    assert [each.quantity for each in new.lines] == [4]
    async with holder.database.read() as tx:
        assert (await holder.certificate(number)).status == "replaced"
        assert await balances(tx, old) == [{"expired": 4}]
        assert await balances(tx, new) == [{"available": 3, "reserved": 1}]
        assert [await funds(tx, each) for each in (None, holder.ngo)] == money, "no money moved"
        line = await tx.scalar(select(Booking.certificate_line_id).where(Booking.id == booked.id))
        assert line == new.lines[0].id
        assert await ledger.disagreements(tx) == []
    await holder.cancel(booked.id)
    async with holder.database.read() as tx:
        assert await balances(tx, new) == [{"available": 4}]
        assert await balances(tx, old) == [{"expired": 4}]
        assert await funds(tx, holder.ngo) == {"left": 1_000_000 - 4 * COST, "issued": 4 * COST}


async def test_only_what_is_left_is_on_the_new_paper(holder: Holder) -> None:
    number = await ready(holder, lines=(WantedLine("1739", 2), WantedLine("1740", 3)))
    async with holder.database.write() as tx:
        line = (await tx.scalars(select(CertificateLine).where(CertificateLine.code == "1739"))).one()
        spent = ledger.Move("consume", ledger.line(line.id), "available", "consumed", 2)
        await ledger.post(tx, [spent], now=NOW)
    old = await holder.certificate(number)
    async with holder.database.write() as tx:
        issued = await life.replace(
            tx, holder.officer, number, version=old.version, now=NOW, why="damaged", region="54", key=KEY
        )
    assert [(each.code, each.quantity) for each in issued.certificate.lines] == [("1740", 3)]


async def test_a_draft_is_thrown_away_without_a_trace_in_the_ledger(holder: Holder) -> None:
    async with holder.database.write() as tx:
        draft = await issuing.form(tx, holder.officer, holder.wanted(), now=NOW, region="54")
    done = await revoke(holder, draft.id)
    assert done.certificate.status == "revoked"
    async with holder.database.read() as tx:
        assert await ledger.of_lines(tx, [each.id for each in draft.lines]) == {}


@dataclass
class Rendered:
    quantity: int
    sum_kopecks: int


async def test_the_last_unit_uses_it_up_and_one_that_comes_back_opens_it_again(holder: Holder) -> None:
    number = await ready(holder, quantity=1)
    await holder.choose(number, holder.ngo)
    booked = await holder.book(2, wall("10:00"), number)
    states = [(await holder.certificate(number)).status]
    for status, rendered in (("took_place", Rendered(1, COST)), ("failed_technically", None)):
        async with holder.database.write() as tx:
            ended = await bookings.by_id(tx, booked.id)
            ended.status = status
            await paying.follow(tx, ended, rendered, now=NOW, account=None)
        states.append((await holder.certificate(number)).status)
    assert states == ["in_use", "used_up", "in_use"]
    async with holder.database.read() as tx:
        assert await balances(tx, await holder.certificate(number)) == [{"available": 1}]
