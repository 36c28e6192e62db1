"""What an application needs: the rule case by case, and the query that must say the same of hundreds at once."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling import applications
from scheduling.applications import Application, Around, Asking
from scheduling.applications.needs import NEEDS, Need, Standing, needs
from scheduling.bookings import Booking
from scheduling.db import Tx
from scheduling.people import Client, Specialist
from scheduling.standards import ServiceStandard
from tests.scheduling.region import MONDAY, NOW, Region

AROUND = Around(
    today=MONDAY,
    now=NOW,
    tomorrow_ends=datetime(2026, 11, 24, 17, 0, tzinfo=UTC),
    first_free={"1739": MONDAY + timedelta(days=2), "1740": MONDAY, None: MONDAY},
    helped={"1739": True, "1740": False, None: True},
)
NEW = Standing("new", False, "1739", None, False, False, None, False, False, False, False)
SEEN = replace(NEW, seen=True)
HERS = replace(SEEN, status="assigned", assigned=True)
BOOKED = replace(HERS, status="scheduled", ahead=True)
CASES: tuple[tuple[str, Standing, list[Need]], ...] = (
    ("nobody has looked at it", NEW, ["new"]),
    ("looked at, nobody's", SEEN, ["unassigned"]),
    ("hers, no time yet", HERS, ["to_book"]),
    ("booked for next week", BOOKED, []),
    ("booked for tomorrow, not confirmed", replace(BOOKED, unconfirmed=True), ["to_confirm"]),
    ("missed", replace(HERS, setback="missed"), ["missed"]),
    ("failed for want of a line", replace(HERS, setback="failed"), ["missed"]),
    ("the deadline was yesterday", replace(SEEN, due_on=MONDAY - timedelta(days=1)), ["overdue", "unassigned"]),
    ("the deadline is today, time is free on Wednesday", replace(HERS, due_on=MONDAY), ["overdue", "to_book"]),
    ("the deadline is on Wednesday, so is the time", replace(HERS, due_on=MONDAY + timedelta(days=2)), ["to_book"]),
    ("the deadline is today, and so is a time", replace(HERS, due_on=MONDAY, service="1740"), ["to_book"]),
    ("late, but a time is made out", replace(BOOKED, due_on=MONDAY - timedelta(days=1)), []),
    (
        "late, but the first session was held",
        replace(HERS, due_on=MONDAY - timedelta(days=9), held=True, setback="missed"),
        ["missed"],
    ),
    ("maybe somebody who has a card", replace(NEW, likely=True), ["new", "doubtful"]),
    ("nobody near gives the service", replace(SEEN, service="1740"), ["without_specialist", "unassigned"]),
    ("nobody near, but somebody has it", replace(HERS, service="1740"), ["to_book"]),
    ("another specialist proposed", replace(BOOKED, proposed=True), ["to_confirm"]),
    ("held, nothing ahead", replace(BOOKED, ahead=False, held=True), ["to_close"]),
    ("closed, whatever else", replace(SEEN, status="closed", likely=True, due_on=date(2026, 1, 1)), []),
)


@pytest.mark.parametrize(("standing", "needed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_it_needs(standing: Standing, needed: list[Need]) -> None:
    assert needs(standing, AROUND) == needed


async def test_the_query_counts_and_filters_as_the_rule_says(region: Region) -> None:
    chance = random.Random(7)
    async with region.database.write() as tx:
        district = region.coordinator.district_id or 0
        askings = [
            Asking(district, "site", f"Человек {n}", birth_year=1950, service=chance.choice([None, "1739", "1740"]))
            for n in range(300)
        ]
        for number in await applications.receive_many(tx, askings, account=None, now=NOW):
            one = await tx.get_one(Application, number)
            one.status = chance.choice(["new", "assigned", "scheduled", "closed"])
            one.seen_at = chance.choice([None, NOW])
            one.due_on = chance.choice([None, MONDAY - timedelta(days=1), MONDAY, MONDAY + timedelta(days=9)])
            one.specialist_id = chance.choice([None, region.specialists[0]])
            one.proposed_id = chance.choice([None, None, None, region.specialists[1]])
            one.likely_id = chance.choice([None, None, region.clients[0]])
            one.setback = chance.choice([None, "missed", "cancelled"])
            if chance.random() < 0.6:
                await _booked(region, tx, one, chance)
        await tx.flush()
    async with region.database.read() as tx:
        everything = await applications.find(tx, region.coordinator, AROUND, limit=1000)
        told = {each.application.id: each.needs for each in everything}
        counted = await applications.counts(tx, region.coordinator, AROUND)
        assert counted["open"] == len(told)
        for need in NEEDS:
            theirs = [number for number, needed in told.items() if need in needed]
            found = await applications.find(tx, region.coordinator, AROUND, need=need, limit=1000)
            assert sorted(each.application.id for each in found) == sorted(theirs), need
            assert counted[need] == len(theirs) > 0, need
    places = [min((NEEDS.index(each) for each in listed.needs), default=len(NEEDS)) for listed in everything]
    assert places == sorted(places), "what must be done first is at the top"


async def _booked(region: Region, tx: Tx, one: Application, chance: random.Random) -> None:
    specialist = await tx.get_one(Specialist, region.specialists[0])
    client, standard = await tx.get_one(Client, region.clients[0]), await tx.get_one(ServiceStandard, 1)
    starts = NOW + timedelta(hours=chance.choice([-48, 5, 30, 100]))
    status = chance.choice(["booked", "confirmed", "took_place", "missed", "cancelled"])
    made = Booking.of(specialist, client, standard, starts, created_at=NOW, created_by=1, status=status)
    made.application_id = one.id
    tx.add(made)
