"""Consents: taken by word or paper, taken back knowing what follows, and nothing done but what was shown."""

import io
from datetime import date, datetime, timedelta
from typing import Any

import pypdf
from sqlalchemy import select

from scheduling import consents
from scheduling.applications import Application, ApplicationChange
from scheduling.audit import AuditLine
from scheduling.bookings import Booking
from scheduling.certificates import Certificate, CertificateLine
from scheduling.people import Client, folded
from scheduling.relations import Relation
from tests.server.house import MONDAY, Browser, House, body, booked

CLIENT = 2


async def given(coordinator: Browser, purpose: str, **more: Any) -> str:
    """The address of a consent that was just taken."""
    facts = {"purpose": purpose, "how": "paper"} | more
    made = await body(await coordinator.post(f"/api/v1/clients/{CLIENT}/consents", json=facts), 201)
    return f"/api/v1/clients/{CLIENT}/consents/{made['id']}"


async def effects(coordinator: Browser, consent: str) -> tuple[str, dict[str, int]]:
    shown = await body(await coordinator.get(f"{consent}/effects"), 200)
    return shown["stamp"], {each["code"]: each["count"] for each in shown["items"]}


async def withdrawn(coordinator: Browser, consent: str, shown: str, status: int = 200, **more: Any) -> Any:
    facts = {"how": "aloud", "because": "Больше не нужно", "shown": shown} | more
    return await body(await coordinator.post(f"{consent}/withdrawal", json=facts), status)


async def asked_for_help(house: House) -> int:
    async with house.centre.database.write() as tx:
        client = await tx.get_one(Client, CLIENT)
        made = Application(
            district_id=client.district_id, client_id=CLIENT, source="phone", name=client.name, received_at=MONDAY,
            name_folded=folded(client.name), wishes={},
        )  # fmt: skip
        tx.add(made)
        await tx.flush()
        return made.id


async def with_certificate(house: House, booking: int | None = None) -> int:
    async with house.centre.database.write() as tx:
        client = await tx.get_one(Client, CLIENT)
        paper = Certificate(
            number="54-2026-000001", status="chosen", client_id=CLIENT, district_id=client.district_id, issuer_id=1,
            valid_until=date(2027, 11, 1), year=2026, issued_on=date(2026, 11, 1), provider_id=1,
            created_at=MONDAY, created_by=1,
        )  # fmt: skip
        paper.lines.append(CertificateLine(code="1739", standard_id=1, quantity=5, unit_kopecks=47429))
        tx.add(paper)
        await tx.flush()
        if booking is not None:
            (await tx.get_one(Booking, booking)).certificate_line_id = paper.lines[0].id
        return paper.id


async def test_what_follows_is_said_first_and_then_exactly_that_is_done(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    kept = await given(coordinator, "processing")
    await given(coordinator, "reminders")
    _, before = await effects(coordinator, kept)
    first = await booked(coordinator)
    second = await booked(coordinator)
    asked = await asked_for_help(ryadom)
    stamp, follow = await effects(coordinator, kept)
    more = {code: follow[code] - before.get(code, 0) for code in ("bookings_cancelled", "applications_closed")}
    assert more == {"bookings_cancelled": 2, "applications_closed": 1}
    assert follow["consents_end"] == 1
    assert follow["no_new_bookings"] == 1
    history = await withdrawn(coordinator, kept, stamp)
    for each in (first, second):
        now = await body(await coordinator.get(f"/api/v1/bookings/{each['booking']['id']}"), 200)
        assert now["status"] == "cancelled"
    assert all(each["withdrawn_at"] for each in history["items"])
    assert {each["withdrawn_because"] for each in history["items"]} == {"Больше не нужно"}
    assert {each["withdrawn_by"] for each in history["items"]} == {history["items"][0]["taken_by_name"]}
    async with ryadom.centre.database.read() as tx:
        closed = await tx.get_one(Application, asked)
        assert (closed.status, closed.close_reason) == ("closed", "withdrawn")
        standing = Application.client_id == CLIENT, Application.status != "closed"
        assert list(await tx.scalars(select(Application.id).where(*standing))) == []
        changes = await tx.scalars(select(ApplicationChange).where(ApplicationChange.application_id == asked))
        assert [each.what for each in changes] == ["closed"]
        acts = await tx.scalars(select(AuditLine.act).where(AuditLine.subject == "client"))
        assert "consent_withdrawn" in list(acts)


async def test_nothing_is_booked_for_whoever_took_it_back_until_he_agrees_again(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    kept = await given(coordinator, "processing")
    await withdrawn(coordinator, kept, (await effects(coordinator, kept))[0])
    query = {"service": "1739", "specialist": "1", "from": "2026-11-23"}
    free = (await body(await coordinator.get("/api/v1/slots", params=query), 200))["items"][0]["starts"]
    facts = {"client": CLIENT, "specialist": 1, "service": "1739", "starts": free}
    refused = await body(await coordinator.post("/api/v1/bookings", json=facts), 422)
    assert (refused["code"], refused["purpose"]) == ("consent_needed", "processing")
    course = {"client": CLIENT, "specialist": 1, "service": "1739", "rrule": "FREQ=DAILY", "first_day": "2026-11-24"}
    preview = await coordinator.post("/api/v1/series/preview", json=course | {"start": "10:00", "times": 2})
    assert (await body(preview, 422))["code"] == "consent_needed"
    await given(coordinator, "processing")
    await body(await coordinator.post("/api/v1/bookings", json=facts), 201)


async def test_what_was_shown_must_still_be_so(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    kept = await given(coordinator, "processing")
    stamp, before = await effects(coordinator, kept)
    made = await booked(coordinator)
    moved = await withdrawn(coordinator, kept, stamp, 409)
    assert moved["code"] == "effects_moved"
    assert "bookings_cancelled" not in before
    assert [each["items"][0]["booking"] for each in moved["effects"] if each["code"] == "bookings_cancelled"] == [
        made["booking"]["id"]
    ]
    still = await body(await coordinator.get(f"/api/v1/bookings/{made['booking']['id']}"), 200)
    assert still["status"] == "booked"
    await withdrawn(coordinator, kept, moved["stamp"])


async def test_a_conversation_under_way_is_not_cancelled_beneath_them(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    kept = await given(coordinator, "processing")
    made = await booked(coordinator)
    ryadom.at(datetime.fromisoformat(made["booking"]["starts"]) + timedelta(minutes=5))
    stamp, follow = await effects(coordinator, kept)
    assert "bookings_cancelled" not in follow
    await withdrawn(coordinator, kept, stamp)
    now = await body(await coordinator.get(f"/api/v1/bookings/{made['booking']['id']}"), 200)
    assert now["status"] == "booked"


async def test_without_handing_over_a_certificate_rests_and_its_bookings_are_named(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    kept = await given(coordinator, "handover")
    made = await booked(coordinator)
    paper = await with_certificate(ryadom, made["booking"]["id"])
    shown = await body(await coordinator.get(f"{kept}/effects"), 200)
    assert [(each["code"], each["count"]) for each in shown["items"]] == [
        ("certificates_rest", 1),
        ("bookings_stay", 1),
    ]
    assert shown["items"][0]["items"][0]["number"] == "54-2026-000001"
    await withdrawn(coordinator, kept, shown["stamp"])
    still = await body(await coordinator.get(f"/api/v1/bookings/{made['booking']['id']}"), 200)
    assert still["status"] == "booked"
    query = {"service": "1739", "specialist": "1", "from": "2026-12-07"}
    free = (await body(await coordinator.get("/api/v1/slots", params=query), 200))["items"][0]["starts"]
    facts = {"client": CLIENT, "specialist": 1, "service": "1739", "starts": free, "certificate": paper}
    refused = await body(await coordinator.post("/api/v1/bookings", json=facts), 422)
    assert (refused["code"], refused["purpose"]) == ("consent_needed", "handover")


async def test_an_application_of_whoever_took_it_back_waits_for_his_word(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    client = await body(await coordinator.get(f"/api/v1/clients/{CLIENT}"), 200)
    asking = {"source": "phone", "name": client["name"], "birth_year": client["birth_year"]}

    async def asked(status: int, **more: Any) -> Any:
        return await body(await coordinator.post("/api/v1/applications", json=asking | more), status)

    async def done(told: Any, act: str, status: int, **facts: Any) -> Any:
        match, path = {"If-Match": f'"{told["version"]}"'}, f"/api/v1/applications/{told['id']}/{act}"
        return await body(await coordinator.post(path, json=facts, headers=match), status)

    open_before, kept = await asked(201, client=CLIENT), await given(coordinator, "processing")
    await withdrawn(coordinator, kept, (await effects(coordinator, kept))[0])
    ryadom.later(hours=1)
    closed = await body(await coordinator.get(f"/api/v1/applications/{open_before['id']}"), 200)
    unknown = await asked(201, consent="aloud")
    for refused in (
        await asked(422, client=CLIENT),
        await done(unknown, "client", 422, client=CLIENT),
        await done(closed, "reopen", 422, because="Позвонил снова"),
    ):
        assert (refused["code"], refused["purpose"]) == ("consent_needed", "processing")
    await asked(201, client=CLIENT, consent="aloud")
    first = (await body(await coordinator.get(f"/api/v1/clients/{CLIENT}/consents"), 200))["items"][0]
    assert (first["purpose"], first["how"], first["withdrawn_at"]) == ("processing", "aloud", None)
    await done(unknown, "client", 200, client=CLIENT)
    await done(closed, "reopen", 200, because="Позвонил снова")
    await booked(coordinator)


async def test_taken_back_twice_is_taken_back_once(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    kept = await given(coordinator, "reminders")
    stamp, _ = await effects(coordinator, kept)
    first = await withdrawn(coordinator, kept, stamp)
    ryadom.later(hours=1)
    second = await withdrawn(coordinator, kept, stamp, because="Ещё раз")
    assert second["items"] == first["items"]


async def test_a_newer_text_is_told_and_taken_anew_and_both_end_together(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    await given(coordinator, "recording")
    async with ryadom.centre.database.write() as tx:
        await consents.publish(tx, "recording", "ru", "Согласие на запись", "Новые слова.")
    first = (await body(await coordinator.get(f"/api/v1/clients/{CLIENT}/consents"), 200))["items"][0]
    assert (first["version"], first["newer"], first["again"]) == (1, 2, False)
    assert "Новые слова" not in first["text"], "he agreed to the words of then"
    anew = await given(coordinator, "recording")
    newer, older = (await body(await coordinator.get(f"/api/v1/clients/{CLIENT}/consents"), 200))["items"][:2]
    assert (newer["version"], newer["newer"], newer["again"]) == (2, None, False)
    assert (older["version"], older["again"]) == (1, True)
    ended = (await withdrawn(coordinator, anew, (await effects(coordinator, anew))[0]))["items"][:2]
    assert all(each["withdrawn_at"] for each in ended), "the older word does not stand on"


async def test_a_representative_is_named_and_nobody_else_speaks_for_the_client(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    facts = {"tie": "daughter", "created_at": MONDAY, "created_by": 1, "document": "доверенность № 5"}
    async with ryadom.centre.database.write() as tx:
        rows = [
            Relation(client_id=CLIENT, kind="representative", name="Дочь Светлана", until=None, **facts),
            Relation(client_id=CLIENT, kind="relative", name="Сосед", until=None, **facts),
            Relation(client_id=CLIENT, kind="representative", name="Бывший", until=date(2026, 11, 22), **facts),
            Relation(client_id=1, kind="representative", name="Чужой", until=None, **facts),
        ]
        tx.add_all(rows)
        await tx.flush()
        daughter, *others = [row.id for row in rows]
    for other in others:
        wrong = {"purpose": "special", "how": "paper", "representative": other}
        refused = await body(await coordinator.post(f"/api/v1/clients/{CLIENT}/consents", json=wrong), 422)
        assert refused["errors"][0]["field"] == "representative"
    kept = await given(coordinator, "special", representative=daughter)
    first = (await body(await coordinator.get(f"/api/v1/clients/{CLIENT}/consents"), 200))["items"][0]
    assert first["representative"]["name"] == "Дочь Светлана"
    printed = await coordinator.get(f"{kept}/paper")
    words = " ".join(pypdf.PdfReader(io.BytesIO(await printed.read())).pages[0].extract_text().split())
    assert "Дочь Светлана" in words
    assert "доверенность № 5" in words


async def test_whoever_has_signed_stays_whom_he_was_and_another_is_added(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    place = f"/api/v1/clients/{CLIENT}/relations"
    facts = {"kind": "representative", "tie": "daughter", "name": "Светлана Лапина", "document": "доверенность № 5"}
    made = await body(await coordinator.post(place, json=facts), 201)

    async def changed(status: int, **other: str) -> Any:
        match = {"If-Match": f'"{made["version"]}"'}
        return await body(await coordinator.put(f"{place}/{made['id']}", json=facts | other, headers=match), status)

    made = await changed(200, name="Светлана Викторовна Лапина")
    facts["name"] = "Светлана Викторовна Лапина"
    await given(coordinator, "special", representative=made["id"])
    for other in ({"name": "Ольга Лапина"}, {"tie": "spouse"}, {"kind": "relative"}, {"document": "доверенность № 6"}):
        assert (await changed(409, **other))["code"] == "relation_signed"
    made = await changed(200, phone="+7 913 555-44-33", until="2027-12-31")
    [shown] = (await body(await coordinator.get(place), 200))["items"]
    assert (shown["name"], shown["until"]) == ("Светлана Викторовна Лапина", "2027-12-31")


async def test_a_consent_is_printed_as_it_was_given_and_as_a_form(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    kept = await given(coordinator, "reminders", how="aloud")
    paper = await coordinator.get(f"{kept}/paper")
    assert (paper.status, paper.headers["Content-Type"]) == (200, "application/pdf")
    assert paper.headers["Cache-Control"] == "no-store"
    assert paper.headers["X-Content-Type-Options"] == "nosniff"
    assert "filename*=UTF-8''" in paper.headers["Content-Disposition"]
    words = " ".join(pypdf.PdfReader(io.BytesIO(await paper.read())).pages[0].extract_text().split())
    assert "23 ноября 2026 г., 08:00" in words
    assert "устно, в присутствии сотрудника" in words
    form = await coordinator.get(f"/api/v1/clients/{CLIENT}/consent-form", params={"purpose": "special"})
    words = " ".join(pypdf.PdfReader(io.BytesIO(await form.read())).pages[0].extract_text().split())
    assert "Согласие дано" not in words
    async with ryadom.centre.database.read() as tx:
        printed = await tx.scalars(select(AuditLine.subject_id).where(AuditLine.act == "consent_printed"))
        assert list(printed) == [CLIENT, CLIENT]


async def test_another_district_finds_no_consent(ryadom: House) -> None:
    coordinator, stranger = await ryadom.staff("suzun"), await ryadom.staff("kuybyshev")
    kept = await given(coordinator, "reminders")
    for path in (f"{kept}/effects", f"{kept}/paper", f"/api/v1/clients/{CLIENT}/consents"):
        await body(await stranger.get(path), 404)
    await withdrawn(stranger, kept, "0" * 24, 404)
    of_another = kept.replace(f"clients/{CLIENT}/", "clients/1/")
    await body(await coordinator.get(f"{of_another}/paper"), 404)
