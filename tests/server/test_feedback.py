"""How it was, in five groups: tapped by the client or written down after a call, and told only of enough people."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from scheduling import feedback
from scheduling.audit import AuditLine
from scheduling.bookings import Booking
from scheduling.feedback import GROUPS, Feedback, Mean, Ratings
from scheduling.people import Account, Client, Specialist
from tests.server.house import Browser, House, body, booked

FULL = {"score": 3, "openness": 5, "comfort": 4, "goodwill": 5, "satisfaction": 4, "accessibility": 3}


async def held(house: House) -> tuple[Browser, Browser, int]:
    """A coordinator, the client's phone, and the number of a session whose hour has come."""
    coordinator = await house.staff("suzun")
    made = await booked(coordinator)
    house.at(datetime.fromisoformat(made["booking"]["starts"]))
    phone = house.browser()
    await body(await phone.post("/api/v1/join", json={"code": made["code"]["digits"]}), 200)
    return coordinator, phone, made["booking"]["id"]


async def took_place(house: House, booking: int) -> None:
    async with house.centre.database.write() as tx:
        (await tx.get_one(Booking, booking)).status = "took_place"
    house.later(hours=2)


async def said(house: House, booking: int) -> list[int | None]:
    async with house.centre.database.read() as tx:
        row = await tx.get_one(Feedback, booking)
        return [row.score, *(getattr(row, group) for group in GROUPS)]


async def test_each_tap_adds_to_what_was_said_and_the_last_word_counts(ryadom: House) -> None:
    _, phone, booking = await held(ryadom)
    for tapped in (
        {"score": 3},
        {"score": 3, "openness": 5},
        {"score": 3, "openness": 4, "comfort": None},
        {"score": 2},
    ):
        await body(await phone.post("/api/v1/join/feedback", json=tapped), 204)
    assert await said(ryadom, booking) == [2, 4, None, None, None, None]


async def test_a_mark_outside_of_one_to_five_is_none(ryadom: House) -> None:
    _, phone, _ = await held(ryadom)
    for wrong in (
        {"score": 3, "comfort": 0},
        {"score": 3, "comfort": 6},
        {"score": 3, "comfort": "5x"},
        {"comfort": 3},
    ):
        await body(await phone.post("/api/v1/join/feedback", json=wrong), 422)


async def test_the_questions_come_in_the_language_of_the_page(ryadom: House) -> None:
    _, phone, _ = await held(ryadom)
    words = (await body(await phone.get("/api/v1/join/questions"), 200))["words"]
    assert {f"five.{group}" for group in GROUPS} <= words.keys()
    assert all(key.startswith("five.") for key in words)
    english = await phone.get("/api/v1/join/questions", headers={"Cookie": "", "Accept-Language": "en"})
    assert (await body(english, 200))["words"]["five.back"] == "Back"
    await body(await ryadom.browser().get("/api/v1/join/questions"), 401)


async def test_a_coordinator_writes_down_what_was_said_by_telephone(ryadom: House) -> None:
    coordinator, _, booking = await held(ryadom)
    path = f"/api/v1/bookings/{booking}/feedback"
    assert (await body(await coordinator.put(path, json=FULL), 409))["code"] == "not_over_yet"
    await took_place(ryadom, booking)
    written = await body(await coordinator.put(path, json=FULL), 200)
    assert written["feedback"] == {"score": 3}, "whoever sees the booking sees the one tap, not the five answers"
    await body(await coordinator.put(path, json={"score": 2, "goodwill": 1}), 200)
    assert await said(ryadom, booking) == [2, None, None, 1, None, None], "a correction replaces the whole"
    async with ryadom.centre.database.read() as tx:
        notes = await tx.scalars(select(AuditLine.subject_id).where(AuditLine.act == "feedback_written"))
        assert list(notes) == [booking, booking]


async def test_nobody_writes_over_what_the_client_tapped_himself(ryadom: House) -> None:
    coordinator, phone, booking = await held(ryadom)
    await body(await phone.post("/api/v1/join/feedback", json={"score": 1}), 204)
    await took_place(ryadom, booking)
    refused = await body(await coordinator.put(f"/api/v1/bookings/{booking}/feedback", json=FULL), 409)
    assert refused["code"] == "feedback_given"
    assert await said(ryadom, booking) == [1, *[None] * 5]


async def test_nobody_writes_over_what_the_client_tapped_after_it_was_written_down(ryadom: House) -> None:
    coordinator, phone, booking = await held(ryadom)
    await took_place(ryadom, booking)
    path = f"/api/v1/bookings/{booking}/feedback"
    await body(await coordinator.put(path, json=FULL), 200)
    await body(await phone.post("/api/v1/join/feedback", json={"score": 1}), 204)
    assert (await body(await coordinator.put(path, json=FULL), 409))["code"] == "feedback_given"
    assert (await said(ryadom, booking))[0] == 1


async def test_no_specialist_writes_what_is_said_of_herself(ryadom: House) -> None:
    _, _, booking = await held(ryadom)
    await took_place(ryadom, booking)
    path = f"/api/v1/bookings/{booking}/feedback"
    orlova = await ryadom.staff("orlova")
    await body(await orlova.put(path, json=FULL), 403)
    async with ryadom.centre.database.write() as tx:
        specialist = await tx.get_one(Specialist, (await tx.get_one(Booking, booking)).specialist_id)
        (await tx.get_one(Account, specialist.account_id)).roles = ["specialist", "coordinator"]
    both = await ryadom.staff("orlova")
    assert (await body(await both.put(path, json=FULL), 403))["code"] == "not_permitted"
    stranger = await ryadom.staff("kuybyshev")
    await body(await stranger.put(path, json=FULL), 404)


async def answers(house: House, count: int, *, people: int | None = None, **more: Any) -> int:
    """So many past sessions of one institution's specialists have these answers, each of somebody else or by turns of
    so many people, and no other has any."""
    async with house.centre.database.write() as tx:
        for row in await tx.scalars(select(Feedback)):
            await tx.delete(row)
        await tx.flush()
        specialist = await tx.get_one(Specialist, 1)
        past = select(Booking.id).where(Booking.specialist_id == 1, Booking.starts < house.now).limit(count)
        numbers = list(await tx.scalars(past))
        assert len(numbers) == count
        everybody = list(await tx.scalars(select(Client.id).order_by(Client.id).limit(people or count)))
        for n, number in enumerate(numbers):
            (await tx.get_one(Booking, number)).client_id = everybody[n % len(everybody)]
            await feedback.say(tx, number, 3, now=house.now - timedelta(days=1), answers=more)
        return specialist.institution_id


async def of(house: House, institution: int, *, least: int = 5, days: int = 30) -> Ratings | None:
    async with house.centre.database.read() as tx:
        span = {"since": house.now - timedelta(days=days), "until": house.now}
        return await feedback.of_institution(tx, institution, **span, least=least)


async def test_four_people_are_too_few_to_tell_and_five_are_not(ryadom: House) -> None:
    institution = await answers(ryadom, 4, openness=5)
    assert await of(ryadom, institution) is None
    institution = await answers(ryadom, 5, openness=4, satisfaction=None)
    assert await of(ryadom, institution) == Ratings(5, 1.0, {"openness": Mean(4.0, 5)})
    assert await of(ryadom, institution, days=0) is None, "what was said before is not told of now"
    assert await of(ryadom, institution + 1) is None


async def test_six_answers_of_one_person_are_one_person(ryadom: House) -> None:
    assert await of(ryadom, await answers(ryadom, 6, people=1, openness=5)) is None
    institution = await answers(ryadom, 6, people=5, openness=5)
    async with ryadom.centre.database.write() as tx:
        for row in list(await tx.scalars(select(Feedback).order_by(Feedback.booking_id)))[1:2]:
            row.openness = None
    assert await of(ryadom, institution) == Ratings(6, 1.0, {}), "five answers of four people"


async def test_ratings_are_of_whole_months(ryadom: House) -> None:
    """Until today and until yesterday say the same: else the difference would be one answer."""
    await answers(ryadom, 6, openness=4)
    analyst = await ryadom.staff("analyst")
    today = ryadom.now.date()
    spans = [{"from": "2026-10-20", "until": str(today - timedelta(days=back))} for back in (0, 1, 3)]
    told = [await body(await analyst.get("/api/v1/ratings", params=span), 200) for span in spans]
    assert told[0] == told[1] == told[2]
    assert (told[0]["since"], told[0]["until"], told[0]["items"][0]["answers"]) == ("2026-10-01", "2026-11-30", 6)


async def test_a_group_that_too_few_answered_is_not_told(ryadom: House) -> None:
    institution = await answers(ryadom, 6, comfort=3)
    async with ryadom.centre.database.write() as tx:
        rows = list(await tx.scalars(select(Feedback)))
        for row in rows[:2]:
            row.goodwill = 1
        rows[0].comfort, rows[0].score = 5, 1
    told = await of(ryadom, institution)
    assert told == Ratings(6, 0.833, {"comfort": Mean(3.33, 6)})


async def test_the_analyst_sees_what_enough_people_said_and_that_others_are_left_out(ryadom: House) -> None:
    institution = await answers(ryadom, 5, openness=4)
    analyst = await ryadom.staff("analyst")
    told = await body(await analyst.get("/api/v1/ratings"), 200)
    assert [(each["institution"], each["answers"], each["groups"]) for each in told["items"]] == [
        (institution, 5, {"openness": {"mean": 4.0, "answers": 5}})
    ]
    assert (told["least"], told["hidden"]) == (5, 0)
    await answers(ryadom, 4, openness=4)
    told = await body(await analyst.get("/api/v1/ratings"), 200)
    assert (told["items"], told["hidden"]) == ([], 1)
    wrong = await analyst.get("/api/v1/ratings", params={"from": "2026-11-02", "until": "2026-11-01"})
    await body(wrong, 422)
    await body(await (await ryadom.staff("orlova")).get("/api/v1/ratings"), 403)
