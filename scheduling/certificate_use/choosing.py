"""The holder's choice (ст. 20 189-ФЗ): a list that does not lean, kept as it was shown, and what he chose from it."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduling import budgets
from scheduling.access import Actor
from scheduling.bookings import Booking
from scheduling.certificate_use import sessions
from scheduling.certificate_use.offers import offers
from scheduling.certificate_use.sessions import Decided
from scheduling.certificate_use.shuffling import SEEDS, shuffled
from scheduling.certificates import history
from scheduling.certificates.finding import to_change
from scheduling.certificates.following import follow
from scheduling.certificates.tables import LIVE, Certificate, ConfirmedBy, ProviderChoice, ProviderListing
from scheduling.db import Tx
from scheduling.errors import CertificateNotOpen, ListingOutdated, ProviderNotAdmitted, ProviderUnchanged
from scheduling.finding import Look

# How long a list stands: what it says of free time and price is true for about so long. A printed one is read at home.
STANDS: dict[ConfirmedBy, timedelta] = {
    "code": timedelta(hours=1),
    "aloud": timedelta(hours=1),
    "paper": timedelta(days=7),
}


NOTHING = Decided()


@dataclass(frozen=True)
class Choice:
    """`decided` says of the open bookings with the provider before which are held there all the same; `since` is the
    day from which the new one is to serve, as the holder wishes."""

    listing: int
    provider: int
    confirmed_by: ConfirmedBy
    decided: Decided = NOTHING
    because: str = ""
    since: date | None = None


@dataclass(frozen=True)
class Chosen:
    certificate: Certificate
    choice: ProviderChoice
    cancelled: list[Booking]


async def show(
    tx: Tx,
    found: Certificate,
    look: Look,
    *,
    now: datetime,
    seed: int,
    account: int | None,
    least_answers: int,
) -> ProviderListing:
    """The list in an order of this view alone, kept as it is shown. `account` None: to the holder himself.
    Refused: `certificate_not_open`."""
    _must_be_open(found, now)
    items = await offers(tx, look, found, now=now, least_answers=least_answers)
    listing = ProviderListing(
        certificate_id=found.id, at=now, account_id=account, seed=seed, items=shuffled(items, seed)
    )
    tx.add(listing)
    await tx.flush()
    return listing


async def choose(
    tx: Tx, actor: Actor | None, certificate_id: int, wish: Choice, *, version: int, now: datetime
) -> Chosen:
    """The holder's word, taken by `actor` or, where that is None, given by himself. That it is his is for the edge to
    find out; here stands what it means.

    What is left goes to the new provider's budget with the balance kept. Refused: `version_moved`,
    `certificate_not_open`, `listing_outdated`, `provider_not_admitted`, `provider_unchanged`, `bookings_undecided`,
    `budget_short`: then nothing has changed.
    """
    found = await to_change(tx, actor, certificate_id, version=version)
    account = actor.account_id if actor else None
    _must_be_open(found, now)
    await _must_be_listed(tx, found, wish, now)
    if found.provider_id == wish.provider:
        raise ProviderUnchanged
    before = found.provider_id
    gone = await sessions.settle(tx, found, wish.decided, reason="client_asked", now=now, account=account)
    await budgets.choose(tx, found, found.lines, wish.provider, now=now, account=account)
    found.provider_id = wish.provider
    made = ProviderChoice(
        certificate_id=found.id,
        listing_id=wish.listing,
        provider_id=wish.provider,
        from_id=before,
        at=now,
        confirmed_by=wish.confirmed_by,
        account_id=account,
        because=wish.because,
    )
    tx.add(made)
    _remember(tx, found, wish, before, gone, now=now, account=account)
    await tx.flush()
    await tx.refresh(found, ["provider"])
    await follow(tx, found, now=now, account=account)
    return Chosen(found, made, gone)


def may_choose(found: Certificate, *, now: datetime) -> bool:
    """Whether its holder may choose, or go elsewhere: it is live, and its last day is not over where he lives."""
    return found.status in LIVE and now.astimezone(ZoneInfo(found.district.zone)).date() <= found.valid_until


def a_seed() -> int:
    return secrets.randbelow(SEEDS)


def _must_be_open(found: Certificate, now: datetime) -> None:
    if not may_choose(found, now=now):
        raise CertificateNotOpen("expired" if found.status in LIVE else found.status)


async def _must_be_listed(tx: Tx, found: Certificate, wish: Choice, now: datetime) -> None:
    listing = await tx.scalar(
        select(ProviderListing).where(ProviderListing.id == wish.listing, ProviderListing.certificate_id == found.id)
    )
    if listing is None or listing.at < now - STANDS[wish.confirmed_by]:
        raise ListingOutdated
    if wish.provider not in {each["provider"] for each in listing.items}:
        raise ProviderNotAdmitted(wish.provider)


def _remember(
    tx: Tx,
    found: Certificate,
    wish: Choice,
    before: int | None,
    gone: list[Booking],
    *,
    now: datetime,
    account: int | None,
) -> None:
    facts = {
        "provider": wish.provider,
        "confirmed_by": wish.confirmed_by,
        "listing": wish.listing,
        "because": wish.because,
        "since": wish.since.isoformat() if wish.since else None,
        "kept": sorted(wish.decided.keep),
        "cancelled": [each.id for each in gone],
    }
    history.step(tx, found, "choose", now=now, account=account, before={"provider": before}, after=facts)
