"""A region with an officer, money in its budgets, and a person to whom a certificate is issued."""

from dataclasses import dataclass
from datetime import date, datetime

from scheduling import bookings, budgets, concluded, ledger, people
from scheduling.access import Actor
from scheduling.bookings import Booking
from scheduling.certificate_use import choosing
from scheduling.certificate_use.choosing import Choice, Chosen
from scheduling.certificate_use.sessions import Decided
from scheduling.certificates import finding, issuing
from scheduling.certificates.issuing import Issued
from scheduling.certificates.tables import Certificate, ProviderListing
from scheduling.certificates.wanted import Wanted, WantedLine
from scheduling.db import Tx
from scheduling.finding import Warm
from scheduling.people import Account
from server.database import Database
from tests.scheduling.region import NOW, Region

KEY = b"a key of this test alone, 32 byte"
YEAR = NOW.year
UNTIL = date(2026, 12, 31)
COST = 47429


@dataclass
class Holder:
    """`state`, `ngo` and `far` are three institutions that give the service."""

    region: Region
    officer: Actor
    warm: Warm

    @property
    def database(self) -> Database:
        return self.region.database

    @property
    def state(self) -> int:
        return self.region.institutions[0]

    @property
    def ngo(self) -> int:
        return self.region.institutions[1]

    @property
    def far(self) -> int:
        return self.region.institutions[2]

    def wanted(self, client: int = 0, quantity: int = 4, **more: object) -> Wanted:
        facts: dict[str, object] = {
            "client": self.region.clients[client],
            "valid_until": UNTIL,
            "lines": (WantedLine("1739", quantity),),
        }
        return Wanted(**(facts | more))  # type: ignore[arg-type]  # a test names the fields it wants otherwise

    async def plan(self, kopecks: int, provider: int | None = None) -> None:
        """So much is in the district's budget, or in that of a provider."""
        async with self.database.write() as tx:
            district = self.officer.district_id or 0
            fund = await budgets.find_or_make(tx, district=district, year=YEAR, source="region", provider=provider)
            await budgets.plan(tx, self.officer, fund.id, version=fund.version, now=NOW, kopecks=kopecks)

    async def issue(self, client: int = 0, quantity: int = 4, *, now: datetime = NOW, **more: object) -> Issued:
        async with self.database.write() as tx:
            return await issuing.issue_at_once(
                tx, self.officer, self.wanted(client, quantity, **more), now=now, region="54", key=KEY
            )

    async def show(self, certificate: int, *, seed: int = 7, now: datetime = NOW) -> ProviderListing:
        async with self.database.write() as tx:
            found = await finding.by_id(tx, certificate)
            look = await self.warm.look(tx, now=now)
            return await choosing.show(tx, found, look, now=now, seed=seed, account=None, least_answers=5)

    async def choose(
        self,
        certificate: int,
        provider: int,
        *,
        listing: int | None = None,
        decided: Decided | None = None,
        version: int | None = None,
        now: datetime = NOW,
    ) -> Chosen:
        shown = listing or (await self.show(certificate, now=now)).id
        wish = Choice(shown, provider, "aloud", decided or Decided())
        async with self.database.write() as tx:
            known = version or (await finding.by_id(tx, certificate)).version
            return await choosing.choose(tx, self.officer, certificate, wish, version=known, now=now)

    async def book(self, specialist: int, starts: datetime, certificate: int, client: int = 0) -> Booking:
        async with self.database.write() as tx:
            made = await self.region.book(tx, specialist, client, starts)
            await concluded.made(tx, made, now=NOW, actor=self.region.coordinator, certificate=certificate)
            return made

    async def cancel(self, booking: int) -> None:
        async with self.database.write() as tx:
            found = await bookings.by_id(tx, booking)
            await bookings.cancel_it(tx, found, "client_asked", now=NOW, by=None)
            await concluded.follow(tx, found, now=NOW)

    async def certificate(self, number: int) -> Certificate:
        async with self.database.read() as tx:
            return await finding.by_id(tx, number)


async def settle(region: Region) -> Holder:
    async with region.database.write() as tx:
        account = Account(
            login="officer",
            name="officer",
            password_hash="-",
            roles=["officer"],
            institution_id=region.institutions[0],
        )
        tx.add(account)
        await tx.flush()
        officer = await people.actor(tx, account.id)
    assert officer is not None
    return Holder(region, officer, Warm())


async def balances(tx: Tx, of: Certificate) -> list[dict[str, int]]:
    """What stands in the accounts of its lines; those that are empty are left out."""
    found = await ledger.of_lines(tx, [each.id for each in of.lines])
    return [{kind: held for kind, held in found[each.id].items() if held and kind != "outside"} for each in of.lines]
