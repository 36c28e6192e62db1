"""Receiving applications: one from the desk, by telephone or from the site, or a whole list at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduling import duplicates, numbering, people, standards
from scheduling.access import Actor
from scheduling.applications.tables import Application, ApplicationChange, Source, Urgency
from scheduling.db import Tx
from scheduling.errors import NotFound, invalid
from scheduling.people import District

_AT_ONCE = 500


@dataclass(frozen=True)
class Asking:
    """What somebody asks for, as he said it.

    `client` is his card where it is known, `likely` one that may be his; `snils` only finds a card. `received_at` is
    set where it came earlier than it is written down. `consent_hash` is the text that he agreed to, `consent_how` on
    paper, aloud or on the site.
    """

    district: int
    source: Source
    name: str
    birth_date: date | None = None
    birth_year: int | None = None
    phone: str = ""
    email: str = ""
    settlement: str = ""
    language: str = "ru"
    speaker: str = ""
    speaker_tie: str = ""
    speaker_phone: str = ""
    topic: str | None = None
    service: str | None = None
    urgency: Urgency = "usual"
    mode: str | None = None
    wishes: dict[str, Any] = field(default_factory=dict)
    remark: str = ""
    client: int | None = None
    likely: int | None = None
    list: int | None = None
    snils: str = ""
    consent_hash: str | None = None
    consent_how: str | None = None
    received_at: datetime | None = None

    @property
    def person(self) -> duplicates.Person:
        return duplicates.Person(self.name, self.birth_date, self.birth_year, self.phone, self.snils)


async def receive(tx: Tx, actor: Actor | None, asking: Asking, *, now: datetime) -> Application:
    """A new application: taken by a coordinator of the district, or (None) sent from the site by the person himself.

    A card that is likely his is remembered, nobody is linked to it unasked. Refused: `not_found`, `invalid_input`.
    """
    if actor is not None and (actor.district_id != asking.district or "coordinator" not in actor.roles):
        raise NotFound
    if await tx.get(District, asking.district) is None:
        raise NotFound
    check_birth(asking.birth_date, asking.birth_year, now)
    if asking.client is not None and actor is not None:
        await people.client(tx, actor, asking.client)
    elif asking.likely is None:
        likely = await duplicates.candidates(tx, asking.person, district=asking.district, most=1)
        asking = replace(asking, likely=likely[0].client_id if likely else None)
    account = None if actor is None else actor.account_id
    number = (await receive_many(tx, [asking], account=account, now=now))[0]
    return await tx.get_one(Application, number)


async def receive_many(tx: Tx, askings: Sequence[Asking], *, account: int | None, now: datetime) -> list[int]:
    """The numbers of as many new applications, in their order: for whoever has checked each of them before."""
    due = _Due(tx, now)
    numbers = await numbering.ahead(tx, Application, len(askings))
    for start in range(0, len(askings), _AT_ONCE):
        part = list(zip(numbers[start : start + _AT_ONCE], askings[start : start + _AT_ONCE], strict=True))
        # Numbered beforehand: told by the database, they would be asked for row by row on SQLite.
        rows = [{"id": number, **_row(each, account, await due.of(each), now)} for number, each in part]
        await numbering.write(tx, Application, rows)
        changes = [_received(number, each, account, now) for number, each in part]
        await numbering.write(tx, ApplicationChange, changes)
    return numbers


def check_birth(day: date | None, year: int | None, now: datetime) -> None:
    """Refused: `invalid_input` for what nobody alive was born in, or a day of another year."""
    born = day.year if day else year
    if born is not None and (not now.year - 120 <= born <= now.year or (day is not None and day > now.date())):
        raise invalid("birth_date" if day else "birth_year", "out_of_range", min=now.year - 120, max=now.year)
    if day is not None and year is not None and day.year != year:
        raise invalid("birth_year", "unknown")


async def due_on(tx: Tx, *, district: int, service: str | None, received_at: datetime, zone: str) -> date | None:
    """The last day for the first session: calendar days of the standard from the day it came. While nobody knows which
    service it will be, the shortest of the district's standards counts, so that nobody waits longer for that."""
    day = received_at.astimezone(ZoneInfo(zone)).date()
    holding = await standards.in_force(tx, day, district)
    days = [each.deadline_days for each in holding if service in (None, each.code) and each.deadline_days is not None]
    return day + timedelta(days=min(days)) if days else None


class _Due:
    """`due_on` of many, each day and service asked for once."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._tx, self._now = tx, now
        self._zones: dict[int, str] = {}
        self._known: dict[tuple[int, str | None, date], date | None] = {}

    async def of(self, asking: Asking) -> date | None:
        if asking.district not in self._zones:
            self._zones[asking.district] = (await self._tx.get_one(District, asking.district)).zone
        zone, at = self._zones[asking.district], asking.received_at or self._now
        key = (asking.district, asking.service, at.astimezone(ZoneInfo(zone)).date())
        if key not in self._known:
            self._known[key] = await due_on(
                self._tx, district=asking.district, service=asking.service, received_at=at, zone=zone
            )
        return self._known[key]


def _row(asking: Asking, account: int | None, due: date | None, now: datetime) -> dict[str, Any]:
    plain = ("name", "birth_date", "phone", "email", "settlement", "language", "speaker", "speaker_tie")
    more = ("speaker_phone", "topic", "service", "urgency", "mode", "wishes", "remark", "source", "consent_hash")
    at_the_desk = asking.source in ("desk", "phone")
    return {
        **{name: getattr(asking, name) for name in (*plain, *more)},
        "version": 1,
        "status": "new",
        "district_id": asking.district,
        "client_id": asking.client,
        "likely_id": None if asking.client is not None else asking.likely,
        "list_id": asking.list,
        "birth_year": asking.person.year,
        "name_folded": people.folded(asking.name),
        "phone_digits": people.digits(asking.phone),
        "received_at": asking.received_at or now,
        "seen_at": now if at_the_desk else None,
        "due_on": due,
        "created_by": account,
    }


def _received(number: int, asking: Asking, account: int | None, now: datetime) -> dict[str, Any]:
    said = {"client": asking.client, "consent": asking.consent_how, "list": asking.list}
    facts = {"source": asking.source} | {name: value for name, value in said.items() if value is not None}
    return {
        "application_id": number,
        "at": now,
        "account_id": account,
        "what": "received",
        "before": {},
        "after": facts,
    }
