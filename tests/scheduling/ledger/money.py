"""A department with budgets, two providers and holders of certificates, and every act upon them in a transaction of its
own."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select, text

from scheduling import bookings, budgets, concluded, ledger, people
from scheduling.access import Actor
from scheduling.acts import Rendered
from scheduling.bookings import OPEN, Booking
from scheduling.budgets import Budget
from scheduling.certificate_use import life
from scheduling.certificates import Certificate, CertificateLine, Unit
from scheduling.db import Tx
from scheduling.errors import Refused
from scheduling.people import Account, Client, Specialist
from scheduling.standards import ServiceStandard
from server.database import Database
from tests.scheduling.region import NOW, Region, settled

T = TypeVar("T")
PRICE = 47_429
VALID = date(2026, 12, 31)
number = itertools.count(1)


@dataclass
class Department:
    """`providers` are the state's centre and an NGO, each with a specialist; `source` keeps one story's money apart."""

    database: Database
    region: Region
    officer: Actor
    providers: list[int]
    specialists: list[int]
    district: int
    source: str = "region"
    certificates: list[int] = field(default_factory=list)
    booked: list[int] = field(default_factory=list)

    async def do(self, work: Callable[[Tx], Awaitable[T]]) -> T | str:
        """What came of it, or the code of its refusal."""
        try:
            return await self.database.written(work)
        except Refused as refusal:
            return refusal.code

    async def plan(self, provider: int | None, kopecks: int) -> object:
        async def work(tx: Tx) -> str:
            fund = await self._fund(tx, provider)
            await budgets.plan(tx, self.officer, fund.id, version=fund.version, now=NOW, kopecks=kopecks)
            return "planned"

        return await self.do(work)

    async def free(self, provider: int | None) -> object:
        async def work(tx: Tx) -> str:
            fund = await self._fund(tx, provider)
            await budgets.free(tx, self.officer, fund.id, version=fund.version, now=NOW)
            return "freed"

        return await self.do(work)

    async def _fund(self, tx: Tx, provider: int | None) -> Budget:
        whose = None if provider is None else self.providers[provider]
        fund = await budgets.find_or_make(tx, district=self.district, year=2026, source=self.source, provider=whose)
        await tx.refresh(fund, with_for_update=True)
        return fund

    async def issue(self, units: int, *, unit: Unit = "session", cost: int = PRICE, copay: int = 0) -> object:
        """A certificate for one service; what it is made of stands in `certificates` once it is issued."""

        async def work(tx: Tx) -> int:
            standard = (await tx.scalars(select(ServiceStandard).where(ServiceStandard.code == "1739"))).one()
            terms: dict[str, Any] = {"unit": unit, "unit_kopecks": cost, "copay_kopecks": copay}
            made = Certificate(
                number=f"54-{self.source}-{next(number)}",
                status="issued",
                client_id=self.region.clients[0],
                district_id=self.district,
                issuer_id=self.providers[0],
                issued_on=NOW.date(),
                valid_until=VALID,
                year=2026,
                source=self.source,
                created_at=NOW,
                created_by=self.officer.account_id,
                lines=[CertificateLine(code="1739", standard_id=standard.id, quantity=units, **terms)],
            )
            tx.add(made)
            await tx.flush()
            await budgets.grant(tx, made, made.lines, now=NOW, account=self.officer.account_id)
            return made.id

        done = await self.do(work)
        if isinstance(done, int):
            self.certificates.append(done)
        return done

    async def choose(self, certificate: int, provider: int) -> object:
        async def work(tx: Tx) -> str:
            found = await self._locked(tx, certificate)
            if found.status not in {"issued", "chosen", "in_use"}:
                return "certificate_not_live"
            if found.provider_id == self.providers[provider]:
                return "unchanged"
            whom = self.providers[provider]
            await budgets.choose(tx, found, found.lines, whom, now=NOW, account=None)
            found.provider_id = whom
            found.status = "chosen" if found.status == "issued" else found.status
            return "chosen"

        return await self.do(work)

    async def end(self, certificate: int) -> object:
        """It is revoked: what is left of it is nobody's; what is booked on it stays booked."""

        async def work(tx: Tx) -> str:
            found = await self._locked(tx, certificate)
            if found.status not in {"issued", "chosen", "in_use"}:
                return "certificate_not_live"
            await budgets.expire(tx, found, found.lines, now=NOW, account=None)
            found.status = "revoked"
            return "ended"

        return await self.do(work)

    async def replace(self, certificate: int) -> object:
        """Another paper in its place, with what is left of it."""

        async def work(tx: Tx) -> int:
            version = (await self._locked(tx, certificate)).version
            given: dict[str, Any] = {"version": version, "now": NOW, "why": "lost", "region": "54", "key": bytes(32)}
            return (await life.replace(tx, self.officer, certificate, **given)).certificate.id

        done = await self.do(work)
        if isinstance(done, int):
            self.certificates.append(done)
            return "replaced"
        return done

    async def book(self, certificate: int, provider: int) -> object:
        """A session on the certificate, past the rules of time, which are not what is looked at here."""

        async def work(tx: Tx) -> int:
            whose = await tx.get_one(Specialist, self.specialists[provider])
            await tx.refresh(whose, ["institution"])
            client = await tx.get_one(Client, self.region.clients[0])
            await tx.refresh(client, ["district"])
            standard = (await tx.scalars(select(ServiceStandard).where(ServiceStandard.code == "1739"))).one()
            made = Booking.of(whose, client, standard, NOW + timedelta(hours=3), created_at=NOW, created_by=1)
            tx.add(made)
            await tx.flush()
            await concluded.made(tx, made, now=NOW, actor=self.region.coordinator, certificate=certificate)
            return made.id

        done = await self.do(work)
        if isinstance(done, int):
            self.booked.append(done)
        return done

    async def cancel(self, booking: int) -> object:
        async def work(tx: Tx) -> str:
            found = await self._booking(tx, booking)
            if found.status not in OPEN:
                return "booking_not_open"
            await bookings.cancel_it(tx, found, "client_asked", now=NOW, by=None)
            await concluded.follow(tx, found, now=NOW)
            return "cancelled"

        return await self.do(work)

    async def end_as(self, booking: int, status: Any) -> object:
        """How it ended, said or corrected."""

        async def work(tx: Tx) -> str:
            found = await self._booking(tx, booking)
            later = found.ends + timedelta(minutes=1)
            more = {"version": found.version, "now": later, "status": status}
            changed = await bookings.settle(tx, self.region.coordinator, booking, **more)
            await concluded.follow(tx, changed, now=later)
            return str(status)

        return await self.do(work)

    async def _booking(self, tx: Tx, booking: int) -> Booking:
        await tx.execute(select(Booking.id).where(Booking.id == booking).with_for_update())
        return await bookings.by_id(tx, booking)

    async def _locked(self, tx: Tx, certificate: int) -> Certificate:
        found = await tx.get_one(Certificate, certificate, with_for_update=True, populate_existing=True)
        await tx.refresh(found, ["lines"])
        return found

    # --- what must always hold ----------------------------------------------------------------------------------------
    async def must_agree(self) -> None:
        """Balances are sums of movements, none is below zero; lines and budgets hold what bookings ask for; what was
        consumed of a budget is what its services come to."""
        async with self.database.read() as tx:
            assert await ledger.disagreements(tx) == []
            assert await tx.scalar(text(BELOW)) == 0
            for certificate in self.certificates:
                await self._lines_agree(tx, certificate)
            for provider in (None, 0, 1):
                await self._fund_agrees(tx, provider)

    async def _lines_agree(self, tx: Tx, certificate: int) -> None:
        for line in await tx.scalars(select(CertificateLine).where(CertificateLine.certificate_id == certificate)):
            await self._line_agrees(tx, line)

    async def _line_agrees(self, tx: Tx, line: CertificateLine) -> None:
        holds = (await ledger.of_lines(tx, [line.id]))[line.id]
        assert sum(holds.values()) == 0
        assert -holds["outside"] == line.quantity
        assert (holds["reserved"], holds["consumed"]) == await self._asked(tx, line)

    async def _asked(self, tx: Tx, line: CertificateLine) -> tuple[int, int]:
        """Units that its open bookings take, and that services rendered took."""
        paid = list(await tx.scalars(select(Booking).where(Booking.certificate_line_id == line.id)))
        each = {"session": 1, "minute": 40, "kopeck": PRICE}[line.unit]
        taken = await tx.scalar(
            select(func.coalesce(func.sum(Rendered.quantity), 0)).where(
                Rendered.line_id == line.id, Rendered.state != "withdrawn"
            )
        )
        return each * sum(one.status in OPEN for one in paid), taken or 0

    async def _fund_agrees(self, tx: Tx, provider: int | None) -> None:
        whose = None if provider is None else self.providers[provider]
        fund = await budgets.find(tx, district=self.district, year=2026, source=self.source, provider=whose)
        if fund is None:
            return
        holds = (await ledger.of_budgets(tx, [fund.id]))[fund.id]
        assert sum(holds.values()) == 0
        spent = select(func.coalesce(func.sum(Rendered.sum_kopecks), 0)).where(
            Rendered.source == self.source, Rendered.line_id.is_not(None), Rendered.state != "withdrawn"
        )
        if whose is not None:
            spent = spent.where(Rendered.provider_id == whose)
        assert holds["consumed"] == await tx.scalar(spent)
        if whose is None:
            lines = list(
                await tx.scalars(
                    select(CertificateLine)
                    .join(Certificate, Certificate.id == CertificateLine.certificate_id)
                    .where(Certificate.source == self.source)
                )
            )
            units = await ledger.of_lines(tx, [line.id for line in lines])
            worth = {
                kind: sum(units[line.id][kind] * line.paid_kopecks for line in lines)
                for kind in ("available", "reserved", "expired")
            }
            assert holds["issued"] == worth["available"]
            assert holds["reserved"] == worth["reserved"]
            assert holds["expired"] <= worth["expired"]  # what was freed can be issued again


BELOW = "SELECT count(*) FROM ledger_account WHERE balance < 0 AND kind <> 'outside'"


async def department(database: Database, *, source: str = "region") -> Department:
    """Writes the region with an officer of its first district into an empty database."""
    region = await settled(database, clients=2)
    async with database.write() as tx:
        officer = Account(
            login="officer", name="officer", password_hash="-", roles=["officer"], institution_id=region.institutions[0]
        )
        tx.add(officer)
        await tx.flush()
        actor = await people.actor(tx, officer.id)
        standard = (await tx.scalars(select(ServiceStandard).where(ServiceStandard.code == "1739"))).one()
        standard.price_kopecks = PRICE
        client = await tx.get_one(Client, region.clients[0])
    assert actor is not None
    return Department(
        database,
        region,
        actor,
        providers=region.institutions[:2],
        specialists=[region.specialists[0], region.specialists[2]],
        district=client.district_id,
        source=source,
    )
