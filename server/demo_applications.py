"""Demo applications: the pilot's work-list as a coordinator finds it in the morning, in all states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from scheduling import applications
from scheduling.applications import Application, ApplicationChange, Asking
from scheduling.bookings import Booking
from scheduling.db import Tx
from scheduling.people import Account, Client, District, Specialist


@dataclass(frozen=True)
class Story:
    """One application: how many days ago it came, from where, what was asked, and how far it has come. `client` is a
    place in the demo's list, `to` the login of the specialist who has it, `end` what became of it."""

    days: float
    source: Any
    name: str
    year: int
    phone: str
    topic: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    client: int | None = None
    to: str | None = None
    end: str = ""


LONELY = {"remark": "Полгода назад умер муж. Дети далеко, поговорить не с кем.", "settlement": "с. Ключики"}
DAUGHTER = {"speaker": "Лапина Ольга Викторовна", "speaker_tie": "daughter", "speaker_phone": "+7 923 555-10-20"}
EVENINGS = {"wishes": {"weekdays": [1, 3], "parts": ["15:00-18:00"]}, "mode": "phone", "service": "1739"}
STORIES = (
    Story(0.1, "site", "Воробьева Анна Петровна", 1947, "8 913 555-01-12", "anxiety"),
    Story(0.4, "site", "Зоя Львовна Ерёмина", 1950, "+7 913 555-06-40", "loss", LONELY),
    Story(2, "phone", "Пётр Ильич Сомов", 1955, "+7 923 555-07-18", "illness", EVENINGS),
    Story(1, "desk", "Виктор Семёнович Лапин", 1951, "+7 923 555-02-48", "care", DAUGHTER, client=1),
    Story(16, "phone", "Раиса Кузьминична Дёмина", 1943, "", "loneliness", {"settlement": "с. Мереть"}),
    Story(3, "desk", "Галина Ивановна Кравцова", 1944, "", "loneliness", client=2, to="orlova", end="booked"),
    Story(5, "desk", "Надежда Фёдоровна Жукова", 1956, "+7 905 555-03-77", "anxiety", client=3, to="kim"),
    Story(6, "phone", "Анна Петровна Воробьёва", 1947, "+7 913 555-01-12", "loss", client=0, to="orlova", end="held"),
    Story(
        8,
        "desk",
        "Надежда Фёдоровна Жукова",
        1956,
        "+7 905 555-03-77",
        "illness",
        client=3,
        to="lebedeva",
        end="missed",
    ),
    Story(4, "desk", "Галина Ивановна Кравцова", 1944, "", "memory", client=2, to="orlova", end="proposed"),
    Story(
        25, "list", "Виктор Семёнович Лапин", 1951, "+7 923 555-02-48", "anxiety", client=1, to="orlova", end="closed"
    ),
    Story(12, "phone", "Тамара Егоровна Носова", 1939, "+7 913 555-08-71", "memory", end="withdrawn"),
    Story(1, "site", "Степан Егорович Мельников", 1949, "+7 913 555-04-05", "family"),
    Story(2, "desk", "Лидия Максимовна Полякова", 1953, "+7 961 555-05-31", "care", client=5, to="voronova"),
)
# The last two are of the other district.
_OF_THE_OTHER = 2


async def load(
    tx: Tx,
    by: Mapping[str, Account],
    districts: Sequence[District],
    specialists: Mapping[str, Specialist],
    clients: Sequence[Client],
    *,
    now: datetime,
) -> None:
    """Written past the rules where time would have to pass: what is so, as it came to be."""
    for at, story in enumerate(STORIES):
        other = at >= len(STORIES) - _OF_THE_OTHER
        account = by["kuybyshev" if other else "suzun"]
        came = now - timedelta(days=story.days)
        client = None if story.client is None else clients[story.client]
        lives = client.settlement if client else "г. Куйбышев" if other else "р. п. Сузун"
        facts = {"settlement": lives, **story.asked}
        asking = Asking(
            districts[1 if other else 0].id,
            story.source,
            story.name,
            birth_year=story.year,
            phone=story.phone,
            topic=story.topic,
            client=None if client is None else client.id,
            received_at=came,
            consent_how="site" if story.source == "site" else "aloud",
            **facts,
        )
        taken_by = None if story.source == "site" else account
        one = await _received(tx, asking, taken_by, came)
        if story.to is not None:
            await _assigned(tx, one, specialists[story.to], account, came)
        await _ended(tx, one, story, specialists, account, now)
    await tx.flush()


async def _received(tx: Tx, asking: Asking, account: Account | None, came: datetime) -> Application:
    if account is None:  # the site looks by itself whether somebody like him has a card
        return await applications.receive(tx, None, asking, now=came)
    numbers = await applications.receive_many(tx, [asking], account=account.id, now=came)
    one = await tx.get_one(Application, numbers[0])
    one.seen_at = came
    return one


async def _assigned(tx: Tx, one: Application, to: Specialist, account: Account, came: datetime) -> None:
    one.status, one.specialist_id, one.assigned_at = "assigned", to.id, came + timedelta(hours=3)
    _remember(tx, one, "assigned", {"specialist": to.id}, account, came + timedelta(hours=3))


async def _ended(
    tx: Tx, one: Application, story: Story, specialists: Mapping[str, Specialist], account: Account, now: datetime
) -> None:
    if story.end in ("booked", "held", "missed"):
        await _booked(tx, one, story.end, account, now)
    elif story.end == "proposed":
        one.proposed_id, one.proposed_at = specialists["lebedeva"].id, now - timedelta(days=1)
        after = {"specialist": one.proposed_id, "because": "отпуск"}
        _remember(tx, one, "proposed", after, account, now - timedelta(days=1))
    elif story.end in ("closed", "withdrawn"):
        one.status, one.closed_at = "closed", now - timedelta(days=2)
        one.close_reason = "helped" if story.end == "closed" else "withdrawn"
        _remember(tx, one, "closed", {"reason": one.close_reason}, account, now - timedelta(days=2))


async def _booked(tx: Tx, one: Application, how: str, account: Account, now: datetime) -> None:
    """Its booking is one of those that the demo's days have anyway."""
    found = select(Booking).where(Booking.client_id == one.client_id, Booking.application_id.is_(None))
    if how == "booked":
        found = found.where(Booking.starts > now, Booking.status == "booked").order_by(Booking.starts)
    else:
        wanted = "took_place" if how == "held" else "missed"
        found = found.where(Booking.starts < now, Booking.status == wanted).order_by(Booking.starts.desc())
    booking = await tx.scalar(found.limit(1))
    if booking is None:
        return
    booking.application_id = one.id
    one.status, one.setback = ("assigned", "missed") if how == "missed" else ("scheduled", None)
    at = max(one.assigned_at or now, booking.created_at) if how == "booked" else one.assigned_at or now
    _remember(tx, one, "scheduled", {"booking": booking.id}, account, at)
    if how == "missed":
        _remember(tx, one, "set_back", {"because": "missed", "booking": booking.id}, None, booking.ends)


def _remember(
    tx: Tx, one: Application, what: str, after: dict[str, Any], account: Account | None, at: datetime
) -> None:
    one.version += 1
    by = None if account is None else account.id
    tx.add(ApplicationChange(application_id=one.id, at=at, account_id=by, what=what, before={}, after=after))
