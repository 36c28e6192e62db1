"""Two who edit one thing, and what others may see: what went wrong in other products, and what holds here."""

import asyncio
from collections import Counter
from datetime import date

import pytest

from scheduling import bookings, calendars
from scheduling.db import Tx
from scheduling.errors import InvalidInput, NotFound, VersionMoved
from scheduling.slots import Limits
from tests.issues.edge import Edge, match, stamp
from tests.issues.office import office, works
from tests.scheduling.region import Region

ZONE = "Asia/Novosibirsk"
NOW = "2026-11-23 07:30"
TEN = "2026-11-24 10:00"
RULE = {"days": [1], "first_day": "2026-11-23", "start": "09:00", "end": "10:00"}


# --- lost updates -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "path", "form"),
    [
        ("PUT", "/specialists/{who}/hours", {"hours": []}),
        ("PUT", "/specialists/{who}/limits", {"notice_min": 0, "horizon_days": 9, "max_per_day": None, "step_min": 30}),
        ("POST", "/specialists/{who}/rules", RULE),
        ("PUT", "/specialists/{who}/rules/{rule}", RULE),
        ("PUT", "/specialists/{who}/rules/{rule}/day", {"day": "2026-11-24", "windows": []}),
        ("DELETE", "/specialists/{who}/rules/{rule}", None),
        ("POST", "/bookings/{booking}/move", {"starts": "2026-11-25T03:00:00Z"}),
        ("POST", "/bookings/{booking}/cancel", {"reason": "office"}),
    ],
)
async def test_nobody_writes_without_saying_what_he_saw(
    edge: Edge, region: Region, method: str, path: str, form: dict[str, object] | None
) -> None:
    """cbcoutinho/nextcloud-mcp-server#1335: reads gave an empty tag, writes sent no condition, and the last one won
    without a word."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00", "FREQ=WEEKLY;BYDAY=TU", date(2026, 11, 23)))
    edge.at(opened.now)
    booked = await opened.book(TEN)
    anna = await edge.person("anna")
    where = path.format(who=opened.who, rule=opened.rules[0], booking=booked.id)
    assert (await anna.ask(method, where, form))[0] == 428
    status, said = await anna.ask(method, where, form, **match(999))
    assert (status, said["code"]) == (412, "version_moved")
    assert await opened.windows(date(2026, 11, 24), 1) == ["24.11 09:00-12:00"]
    assert (await opened.stands(booked)).version == 1


async def test_the_tag_of_what_was_read_is_good_for_the_next_write(edge: Edge, region: Region) -> None:
    """forwardemail/caldav-adapter#20: reading gave the tag of another thing, so every conditional write failed."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    edge.at(opened.now)
    anna = await edge.person("anna")
    path = f"/specialists/{opened.who}"
    for _ in range(3):
        answer = await anna.client.get(f"/api/v1{path}/calendar")
        tag = answer.headers["ETag"]
        wrote = await anna.client.put(f"/api/v1{path}/hours", json={"hours": []}, headers={"If-Match": tag})
        assert wrote.status == 200
        assert wrote.headers["ETag"] != tag
        again = await anna.client.put(
            f"/api/v1{path}/hours", json={"hours": []}, headers={"If-Match": wrote.headers["ETag"]}
        )
        assert again.status == 200, "and so is the tag of what was written"


async def test_looking_at_the_version_and_writing_are_one_step(region: Region) -> None:
    """lennart-k/rustical#250: the tag was compared before the write and apart from it, so two could pass."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    version = await opened.version()

    async def attempt(number: int) -> str:
        async def work(tx: Tx) -> None:
            limits = Limits(horizon_days=30 + number, step_min=30)
            await calendars.set_limits(tx, opened.who, version=version, limits=limits)

        try:
            await region.database.written(work)
        except VersionMoved as refusal:
            return refusal.code
        return str(number)

    ended = Counter(await asyncio.gather(*(attempt(number) for number in range(8))))
    assert ended.pop("version_moved") == 7
    (winner,) = ended
    async with region.database.read() as tx:
        kept = await calendars.settings(tx, opened.who)
    assert (kept.horizon_days, kept.version) == (30 + int(winner), version + 1)


async def test_to_make_a_thing_is_not_to_write_over_one(region: Region) -> None:
    """emersion/go-webdav#130: without a condition a creation could take the place of what was there."""
    async with region.database.write() as tx:
        await calendars.add_holiday(tx, day=date(2026, 11, 24), name="Первый")
    async with region.database.write() as tx:
        with pytest.raises(InvalidInput) as refusal:
            await calendars.add_holiday(tx, day=date(2026, 11, 24), name="Второй")
    assert [(error.field, error.code) for error in refusal.value.errors] == [("day", "exists")]
    async with region.database.read() as tx:
        kept = await calendars.holidays(tx, first=date(2026, 11, 24), last=date(2026, 11, 24))
    assert [each.name for each in kept] == ["Первый"]


async def test_two_who_drag_one_visit_do_not_both_win(region: Region) -> None:
    """aluxnimm/outlookcaldavsynchronizer#442 and lennart-k/rustical#250: of two coordinators who move one visit from
    the same page the second hears that it has moved."""
    opened = await office(region, ZONE, NOW, works("09:00-15:00"))
    booked = await opened.book(TEN)

    async def attempt(clock: str) -> str:
        try:
            await opened.move(booked, f"2026-11-24 {clock}")
        except VersionMoved as refusal:
            return refusal.code
        return clock

    ended = await asyncio.gather(attempt("12:00"), attempt("13:00"))
    assert sorted(ended)[1] == "version_moved"
    stands = await opened.stands(booked)
    assert (stands.starts, stands.version) == (opened.at(f"2026-11-24 {sorted(ended)[0]}"), 2)


async def test_a_confirmation_is_one_step_and_comes_once(edge: Edge, region: Region) -> None:
    """calcom/cal.com#28188 and #29958: two confirmations at once both went through, and there were two events.

    calcom/cal.com#10789 confirmed two requests for one time; here there is only one that could be confirmed."""
    opened = await office(region, ZONE, NOW, works("09:00-15:00"))
    edge.at(opened.now)
    booked = await opened.book(TEN)
    assert await opened.tried(TEN, 1) == "slot_taken"
    desk = await edge.person("desk")
    answers = await asyncio.gather(
        *(desk.ask("POST", f"/bookings/{booked.id}/confirm", {}, **match(1)) for _ in range(4))
    )
    assert Counter(status for status, _ in answers) == {200: 1, 412: 3}
    async with region.database.read() as tx:
        assert [each.what for each, _ in await bookings.history(tx, booked.id)] == ["booked", "confirmed"]


# --- rights and leaks -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "path", "form"),
    [
        ("GET", "/bookings/{number}", None),
        ("GET", "/bookings/{number}/history", None),
        ("GET", "/bookings/{number}/journal", None),
        ("POST", "/bookings/{number}/move", {"starts": "2026-11-25T03:00:00Z"}),
        ("POST", "/bookings/{number}/cancel", {"reason": "office"}),
        ("POST", "/bookings/{number}/code", {}),
    ],
)
async def test_whose_booking_it_is_not_to_him_it_is_not_there(
    edge: Edge, region: Region, method: str, path: str, form: dict[str, object] | None
) -> None:
    """hoangdaochuz/booking#36: cancelling was guarded and reading was not; wielebenwir/commons-booking-2#426 numbered
    its pages in a row and showed them to everybody."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    edge.at(opened.now)
    booked = await opened.book(TEN)
    olga = await edge.person("olga")
    stranger = await olga.ask(method, path.format(number=booked.id), form, **match(1))
    nobody = await olga.ask(method, path.format(number=10_000), form, **match(1))
    assert stranger[0] == nobody[0] == 404
    assert stranger[1]["code"] == nobody[1]["code"] == "not_found"
    assert (await opened.stands(booked)).version == 1


async def test_nobody_is_made_absent_by_a_colleague(edge: Edge, region: Region) -> None:
    """alextselegidis/easyappointments#1387: with another number in the request an absence was made for a colleague."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"), specialist=1)
    edge.at(opened.now)
    anna = await edge.person("anna")
    away = {
        "starts": stamp(opened.at("2026-11-24 09:00")),
        "ends": stamp(opened.at("2026-11-24 12:00")),
        "kind": "other",
    }
    assert (await anna.ask("POST", f"/specialists/{opened.who}/absences", away))[0] == 404
    day = {"day": "2026-11-24", "windows": []}
    assert (await anna.ask("POST", f"/specialists/{opened.who}/exceptions", day, **match(1)))[0] == 404
    assert (await anna.ask("PUT", f"/specialists/{opened.who}/rules/{opened.rules[0]}", RULE, **match(1)))[0] == 404
    assert await opened.clocks(date(2026, 11, 24), limit=1) == ["09:00"]


async def test_a_rule_is_edited_through_its_own_calendar_alone(edge: Edge, region: Region) -> None:
    """alextselegidis/easyappointments#1387 again: the number of a colleague's rule under one's own calendar opens
    nothing."""
    own = await office(region, ZONE, NOW, works("09:00-12:00"))
    other = await office(region, ZONE, NOW, works("09:00-12:00"), specialist=1)
    edge.at(own.now)
    anna = await edge.person("anna")
    seen = match(await own.version())
    path = f"/specialists/{own.who}/rules/{other.rules[0]}"
    assert (await anna.ask("DELETE", path, **seen))[0] == 404
    assert (await anna.ask("PUT", f"{path}/day", {"day": "2026-11-24", "windows": []}, **seen))[0] == 404
    assert await other.windows(date(2026, 11, 24), 1) == ["24.11 09:00-12:00"]


async def test_why_a_day_is_otherwise_is_for_who_keeps_the_calendar(edge: Edge, region: Region) -> None:
    """nextcloud/server#45041: of a series that was shared as "busy" the one date that had been moved showed its text;
    linagora/esn-sabre#445 had a second way of reading that showed all."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"), specialist=2)
    edge.at(opened.now)
    olga, desk = await edge.person("olga"), await edge.person("desk")
    form = {"day": "2026-11-24", "windows": [{"start": "10:00", "end": "11:00"}], "reason": "у врача"}
    await olga.ok("POST", f"/specialists/{opened.who}/exceptions", form, **match(await opened.version()))
    own = await olga.ok("GET", f"/specialists/{opened.who}/calendar")
    seen = await desk.ok("GET", f"/specialists/{opened.who}/calendar")
    board = await desk.ok("GET", "/calendars", params={"from": "2026-11-24", "specialist": str(opened.who)})
    assert [each["reason"] for each in own["exceptions"]] == ["у врача"]
    assert "у врача" not in str(seen) + str(board)
    assert [each["windows"] for each in seen["exceptions"]] == [[{"start": "10:00", "end": "11:00"}]], "when, not why"


async def test_why_there_is_no_time_names_nobodys_reason(edge: Edge, region: Region) -> None:
    """Calnode/calnode#20 and tine20/tine20#3155: "away" may be said; whether ill or on leave may not."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"), specialist=2)
    edge.at(opened.now)
    olga, desk = await edge.person("olga"), await edge.person("desk")
    away = {
        "starts": stamp(opened.at("2026-11-24 00:00")),
        "ends": stamp(opened.at("2026-11-25 00:00")),
        "kind": "sick",
    }
    await olga.ok("POST", f"/specialists/{opened.who}/absences", away)
    said = await desk.slots(specialist=opened.who, from_="2026-11-24", days=1)
    assert (said["items"], said["none_because"]) == ([], "absent")
    assert "sick" not in str(said)


async def test_a_strangers_client_cannot_be_found_out_by_booking_him(region: Region) -> None:
    """calcom/cal.com#22542: an answer told whether an address belongs to a booking."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    answers = []
    for client in (region.clients[5], 10_000):
        async with region.database.write() as tx:
            with pytest.raises(NotFound) as refusal:
                await bookings.book(
                    tx,
                    region.psychologist,
                    now=opened.now,
                    client=client,
                    specialist=opened.who,
                    service="1739",
                    starts=opened.at(TEN),
                )
            answers.append((refusal.value.code, refusal.value.data))
    assert answers[0] == answers[1]
