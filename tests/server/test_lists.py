"""Lists from files: brought, read in the background, looked over, decided about, accepted all at once or not at all."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from scheduling import applications, budgets, ledger, lists
from scheduling.applications import Application
from scheduling.certificates import Certificate, codes
from scheduling.consents import Consent
from scheduling.db import Tx
from scheduling.ledger import Move
from scheduling.lists import ListRow, ListUpload
from scheduling.people import Client
from server.lists.work import READER, Reader
from server.uploads import MOST_BYTES
from tests.server.house import Browser, House, body

HEAD = "ФИО;Дата рождения;Телефон;Населённый пункт;Тема;Услуга;Срочность;Согласие;Примечание"
GOOD = "Иванова Мария Петровна;12.03.1947;8 (913) 555-77-01;с. Битки;Одиночество;1739;срочно;01.11.2026;звонить утром"
OTHER = "СИДОРОВ ПЁТР ИВАНОВИЧ;1950-07-01;;с. Шарчино;;;;15.11.2026;"
KNOWN = "Воробьева Анна Петровна;05.05.1947;+7 913 555-01-12;р. п. Сузун;Память и внимание;1740;;15.11.2026;"
DOUBT = "Лапин Виктор Семенович;07.08.1951;;с. Битки;Утрата близкого;;;15.11.2026;"
BROKEN = "Петров Иван;31.02.1950;12;;;9999;;;"


def csv(*rows: str, encoding: str = "cp1251") -> bytes:
    return "\r\n".join([HEAD, *rows, ""]).encode(encoding)


async def brought(staff: Browser, content: bytes, name: str = "список.csv", kind: str = "applications") -> Any:
    query = {"kind": kind, "name": name}
    octets = {"Content-Type": "application/octet-stream"}
    return await body(await staff.post("/api/v1/lists", params=query, data=io.BytesIO(content), headers=octets), 201)


async def read(staff: Browser, made: Any) -> Any:
    """The list when it is no longer being read, or applied, or taken back."""
    while True:
        found = await body(await staff.get(f"/api/v1/lists/{made['id']}"), 200)
        if found["status"] not in ("reading", "accepting", "undoing"):
            return found
        await asyncio.sleep(0.05)  # between two looks, as a page would; the end is what is waited for


async def rows_of(staff: Browser, made: Any, **query: str) -> list[Any]:
    found = await body(await staff.get(f"/api/v1/lists/{made['id']}/rows", params=query), 200)
    return list(found["items"])


async def accept(staff: Browser, seen: Any, status: int = 200) -> Any:
    version = {"If-Match": f'"{seen["version"]}"'}
    return await body(await staff.post(f"/api/v1/lists/{seen['id']}/accept", headers=version), status)


async def test_a_coordinator_brings_a_list_decides_and_accepts(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    seen = await read(sokolova, await brought(sokolova, csv(GOOD, DOUBT, BROKEN, OTHER, KNOWN)))
    assert (seen["status"], seen["rows_read"], seen["notes"]["encoding"]) == ("ready", 5, "cp1251")
    assert seen["counts"] == {"new": 2, "known": 1, "doubtful": 1, "undecided": 1, "refused": 1}
    shown = {row["line"]: row for row in await rows_of(sokolova, seen)}
    assert [shown[line]["verdict"] for line in (2, 3, 4, 5, 6)] == [*("new", "doubtful", "refused", "new", "known")]
    assert shown[5]["facts"]["name"] == "Сидоров Пётр Иванович"
    wrong = {each["field"]: each["code"] for each in shown[4]["problems"]}
    assert wrong == {
        "birth_date": "date_impossible",
        "phone": "phone",
        "service": "service_unknown",
        "consent": "consent_needed",
    }
    (candidate,) = shown[3]["candidates"]
    assert (candidate["name"], shown[6]["client"]["name"]) == ("Виктор Семёнович Лапин", "Анна Петровна Воробьёва")
    assert (await accept(sokolova, seen, 409))["code"] == "list_undecided"
    place = f"/api/v1/lists/{seen['id']}/rows/3/choice"
    decided = await body(await sokolova.post(place, json={"same_as": candidate["id"]}), 200)
    assert (await accept(sokolova, seen, 412))["code"] == "version_moved"
    accepted = await accept(sokolova, decided)
    assert (accepted["status"], accepted["counts"]["refused"]) == ("accepted", 1)
    async with ryadom.centre.database.read() as tx:
        asked = list(await tx.scalars(select(Application).where(Application.list_id == seen["id"])))
        assert [(each.name, each.source, each.urgency) for each in asked] == [
            ("Иванова Мария Петровна", "list", "urgent"),
            ("Лапин Виктор Семенович", "list", "usual"),
            ("Сидоров Пётр Иванович", "list", "usual"),
            ("Воробьева Анна Петровна", "list", "usual"),
        ]
        assert asked[1].client_id == candidate["id"]
        assert all(each.client_id is not None for each in asked)
        assert await tx.scalar(select(func.count()).where(Consent.client_id == asked[0].client_id)) == 1


def many(count: int, *, first: int = 0) -> bytes:
    """So many people of whom nobody has heard."""
    letters = "абвгдежзиклмнопрстуф"
    rows = []
    for at in range(first, first + count):
        name = "".join(letters[at // 20**power % 20] for power in range(4))
        rows.append(f"Ы{name}ова Мария Петровна;{at % 28 + 1:02}.{at % 12 + 1:02}.{1930 + at % 60};;;;;;01.11.2026;")
    return csv(*rows)


async def rows_left(house: House, number: int) -> tuple[int, int, int]:
    """Rows kept of a list, applications made of it, and people that nobody had heard of before."""
    async with house.centre.database.read() as tx:
        kept = await tx.scalar(select(func.count()).where(ListRow.list_id == number))
        made = await tx.scalar(select(func.count()).where(Application.list_id == number))
        people = await tx.scalar(select(func.count()).where(Client.name_folded.startswith("ы")))
        return kept or 0, made or 0, people or 0


async def test_a_long_list_shows_how_far_it_is_and_can_be_cancelled(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    made = await brought(sokolova, many(6_000))
    place = f"/api/v1/lists/{made['id']}"
    while not 0 < (seen := await body(await sokolova.get(place), 200))["rows_read"] < 6_000:
        assert seen["status"] == "reading"
    assert seen["about"] == 6_001
    await body(await sokolova.delete(place), 204)
    after = await body(await sokolova.get(place), 200)
    assert (after["status"], await rows_left(ryadom, made["id"])) == ("cancelled", (0, 0, 0))
    again = await read(sokolova, await brought(sokolova, csv(GOOD)))  # the reader is free for the next one
    assert again["counts"]["new"] == 1
    assert (await body(await sokolova.get(place), 200))["status"] == "cancelled"
    assert (await accept(sokolova, after, 409))["code"] == "list_moved"


async def test_a_stopped_server_goes_on_with_the_list_when_it_starts_again(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    made = await read(sokolova, await brought(sokolova, csv(GOOD, OTHER)))
    await ryadom.app[READER].waiting.join()
    async with ryadom.centre.database.write() as tx:  # as it stands when the server is killed in the middle of reading
        upload = await tx.get_one(ListUpload, made["id"])
        upload.status, upload.rows_read = "reading", 1
    files = ryadom.centre.settings.data / "lists"
    (files / f"{made['id']}.list").write_bytes(csv(GOOD, OTHER))
    await ryadom.app[READER].look_back_once()
    seen = await read(sokolova, made)
    await ryadom.app[READER].waiting.join()
    assert (seen["status"], seen["rows_read"], seen["counts"]["new"]) == ("ready", 2, 2)
    assert list(files.iterdir()) == []


async def test_a_file_that_waits_or_whose_list_is_not_written_yet_stays(ryadom: House) -> None:
    sokolova, reader = await ryadom.staff("suzun"), Reader(ryadom.centre)
    made = await read(sokolova, await brought(sokolova, csv(GOOD)))
    await ryadom.app[READER].waiting.join()
    async with ryadom.centre.database.write() as tx:
        (await tx.get_one(ListUpload, made["id"])).status = "reading"
    waits, coming = reader.kept(made["id"]), reader.kept(made["id"] + 1)
    for path in (waits, coming):
        path.write_bytes(csv(GOOD))
    ryadom.later(minutes=3)
    await reader.look_back_once()
    async with ryadom.centre.database.read() as tx:
        assert (await tx.get_one(ListUpload, made["id"])).seen_at == ryadom.now
    assert (waits.exists(), coming.exists()) == (True, True)
    await reader.look_back_once()
    assert (waits.exists(), coming.exists()) == (True, False), "nobody ever began it"


async def test_a_list_whose_file_is_gone_says_that_it_was_interrupted(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    made = await read(sokolova, await brought(sokolova, csv(GOOD)))
    await ryadom.app[READER].waiting.join()
    async with ryadom.centre.database.write() as tx:
        (await tx.get_one(ListUpload, made["id"])).status = "reading"
    await ryadom.app[READER].look_back_once()
    assert (await body(await sokolova.get(f"/api/v1/lists/{made['id']}"), 200))["status"] == "reading"
    ryadom.later(minutes=3)
    await ryadom.app[READER].look_back_once()
    seen = await body(await sokolova.get(f"/api/v1/lists/{made['id']}"), 200)
    assert (seen["status"], seen["problem"]["code"]) == ("failed", "interrupted")


async def test_a_file_that_cannot_be_read_says_where(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    seen = await read(sokolova, await brought(sokolova, csv(GOOD) + csv(OTHER, encoding="utf-8")))
    assert (seen["status"], seen["problem"]["code"], seen["problem"]["line"]) == ("failed", "encoding_changes", 3)
    missing = await read(sokolova, await brought(sokolova, "ФИО;Дата рождения\r\nИванова Мария;1\r\n".encode()))
    assert missing["problem"]["message"] == "Не хватает столбцов: «Согласие»."


async def test_a_list_is_accepted_once_whoever_tries_at_the_same_time(ryadom: House) -> None:
    sokolova, again = await ryadom.staff("suzun"), await ryadom.staff("suzun")
    seen = await read(sokolova, await brought(sokolova, many(700)))
    version = {"If-Match": f'"{seen["version"]}"'}
    place = f"/api/v1/lists/{seen['id']}/accept"
    answers = await asyncio.gather(*(each.post(place, headers=version) for each in (sokolova, again, sokolova)))
    assert sorted(each.status for each in answers) == [200, 409, 409]
    assert (await rows_left(ryadom, seen["id"]))[1:] == (700, 700)
    repeated = await read(sokolova, await brought(sokolova, many(700), "тот же.csv"))
    assert repeated["before"]["id"] == seen["id"]
    again_open = repeated["counts"]["refused"] + repeated["counts"]["doubtful"]
    assert again_open == 700  # each has this very request open, as far as he is known beyond doubt
    assert (await accept(sokolova, repeated, 409))["code"] == "list_repeated"


async def test_a_list_falls_whole_when_it_falls_in_the_middle(ryadom: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sokolova = await ryadom.staff("suzun")
    seen = await read(sokolova, await brought(sokolova, many(700)))
    real, calls = applications.receive_many, list[int]()

    async def falls(*args: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the power goes")
        return await real(*args, **more)

    with monkeypatch.context() as during:
        during.setattr(applications, "receive_many", falls)
        assert (await accept(sokolova, seen, 500))["code"] == "internal"
    assert await rows_left(ryadom, seen["id"]) == (700, 0, 0)
    await accept(sokolova, seen)
    assert (await rows_left(ryadom, seen["id"]))[1:] == (700, 700)


async def test_somebody_who_was_registered_meanwhile_is_not_made_twice(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    seen = await read(sokolova, await brought(sokolova, csv(OTHER, GOOD)))
    card = {
        "name": "Мария Петровна Иванова",
        "birth_year": 1947,
        "consents": [{"purpose": "processing", "how": "paper"}],
    }
    await body(await sokolova.post("/api/v1/clients", json=card), 201)
    refused = await accept(sokolova, seen, 409)
    assert (refused["code"], refused["line"], refused["because"]) == ("list_row_moved", 3, "client_known")
    assert (await rows_left(ryadom, seen["id"]))[1] == 0
    fresh = await read(sokolova, await brought(sokolova, csv(OTHER, GOOD)))
    assert (fresh["counts"]["new"], fresh["counts"]["doubtful"]) == (1, 1)


async def test_one_answer_for_all_doubtful_rows(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    other = "Кравцова Галина Ивановна;02.03.1944;;;;;;15.11.2026;"
    seen = await read(sokolova, await brought(sokolova, csv(DOUBT, other, OTHER)))
    assert seen["counts"]["undecided"] == 2
    place = f"/api/v1/lists/{seen['id']}"
    one = await body(await sokolova.post(f"{place}/rows/2/choice", json={"same_as": None}), 200)
    strange = await body(await sokolova.post(f"{place}/rows/3/choice", json={"same_as": 1}), 422)
    assert strange["errors"][0]["code"] == "not_offered"
    await body(await sokolova.post(f"{place}/rows/4/choice", json={"same_as": None}), 404)
    whole = await body(await sokolova.post(f"{place}/choice", json={"choice": "same"}), 200)
    assert (one["counts"]["undecided"], whole["counts"]["undecided"]) == (1, 0)
    await accept(sokolova, whole)
    async with ryadom.centre.database.read() as tx:
        asked = list(await tx.scalars(select(Application.client_id).where(Application.list_id == seen["id"])))
        lapins = await tx.scalar(select(func.count()).where(Client.name_folded.contains("лапин")))
    assert (asked[1], lapins) == (3, 2)


async def test_the_template_is_a_list_and_the_report_another(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    for format_ in ("xlsx", "csv"):
        query = {"kind": "applications", "format": format_}
        answer = await sokolova.get("/api/v1/lists/template", params=query)
        seen = await read(sokolova, await brought(sokolova, await answer.read(), f"образец.{format_}"))
        assert (seen["status"], seen["counts"]["new"], seen["counts"]["refused"]) == ("ready", 1, 0)
    broken = await read(sokolova, await brought(sokolova, csv(GOOD, BROKEN)))
    for format_ in ("xlsx", "csv"):
        answer = await sokolova.get(f"/api/v1/lists/{broken['id']}/report", params={"format": format_})
        assert "attachment" in answer.headers["Content-Disposition"]
        again = await read(sokolova, await brought(sokolova, await answer.read(), f"отчёт.{format_}"))
        assert (again["rows_read"], again["counts"]["refused"]) == (1, 1)
        assert again["unknown"] == ["Строка", "Что не так"]


async def test_lists_belong_to_their_district_and_office(ryadom: House) -> None:
    sokolova, belova, titova = [await ryadom.staff(who) for who in ("suzun", "kuybyshev", "officer")]
    seen = await read(sokolova, await brought(sokolova, csv(GOOD)))
    place = f"/api/v1/lists/{seen['id']}"
    for stranger in (belova, titova):
        for method, path in (("GET", ""), ("GET", "/rows"), ("GET", "/report"), ("POST", "/accept"), ("DELETE", "")):
            headers = {"If-Match": '"1"'}
            await body(await stranger.request(method, place + path, headers=headers), 404)
    query = {"kind": "certificates", "name": "x.csv"}
    octets = {"Content-Type": "application/octet-stream"}
    await body(await sokolova.post("/api/v1/lists", params=query, data=b"x", headers=octets), 403)
    orlova = await ryadom.staff("orlova")
    await body(await orlova.post("/api/v1/lists", params=query, data=b"x", headers=octets), 403)


async def test_what_is_sent_is_bounded_and_leaves_nothing_behind(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    query = {"kind": "applications", "name": "x.csv"}
    octets = {"Content-Type": "application/octet-stream"}

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 2**20 + 1):
            yield b"x" * 2**20

    assert (await body(await sokolova.post("/api/v1/lists", params=query, json={}), 415))["code"] == "bytes_needed"
    large = await sokolova.post("/api/v1/lists", params=query, data=endless(), headers=octets)
    assert (await body(large, 413))["code"] == "too_large"
    assert await body(await sokolova.get("/api/v1/lists"), 200) == {"items": []}
    assert list((ryadom.centre.settings.data / "uploads").iterdir()) == []
    same = {"Idempotency-Key": "twice", **octets}
    twice = [
        await body(await sokolova.post("/api/v1/lists", params=query, data=csv(GOOD), headers=same), 201) for _ in "ab"
    ]
    assert twice[0] == twice[1]


async def test_what_lists_say_of_people_is_forgotten(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    taken = await read(sokolova, await brought(sokolova, csv(GOOD, BROKEN)))
    await accept(sokolova, taken)
    waiting = await read(sokolova, await brought(sokolova, csv(OTHER)))

    async def forgets() -> list[int]:
        async with ryadom.centre.database.write() as tx:
            await lists.forget_old(tx, now=ryadom.now)
        return [(await rows_left(ryadom, each["id"]))[0] for each in (taken, waiting)]

    assert await forgets() == [1, 1]  # of the accepted one only what was refused
    ryadom.later(days=31)
    assert await forgets() == [0, 0]


PAPERS = "Номер;ФИО;Дата рождения;Услуга;Количество;Единица;Действует до;Согласие"
PAPER = "54-2026-000901;Иванова Мария Петровна;12.03.1947;1739;12;сеанс;31.12.2026;01.11.2026"
SECOND = "54-2026-000901;Иванова Мария Петровна;12.03.1947;1740;4;сеанс;31.12.2026;"
THIRD = "54-2026-000902;Сидоров Пётр Иванович;01.07.1950;1739;24;сеанс;31.12.2026;01.11.2026"


async def test_certificates_are_issued_from_a_list_or_none_of_them(ryadom: House) -> None:
    titova = await ryadom.staff("officer")
    content = "\n".join((PAPERS, PAPER, SECOND, THIRD)).encode()
    seen = await read(titova, await brought(titova, content, kind="certificates"))
    assert (seen["counts"]["new"], seen["counts"]["refused"]) == (1, 2)
    refused = [row["problems"][0]["code"] for row in await rows_of(titova, seen, only="refused")]
    assert refused == ["number_torn", "consent_needed"]
    content = "\n".join((PAPERS, PAPER, SECOND + "01.11.2026", THIRD)).encode()
    whole = await read(titova, await brought(titova, content, kind="certificates"))
    # The money is enough for the first certificate alone.
    await fund(ryadom, 12 * 47_429 + 4 * 35_571 + 5)
    refused = await accept(titova, whole, 409)
    assert (refused["code"], refused["line"], refused["because"]) == ("list_row_moved", 4, "budget_short")
    async with ryadom.centre.database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(Certificate)) == 0
        assert await tx.scalar(select(func.count()).where(Client.name_folded.startswith("иванова мария"))) == 0
    await fund(ryadom, 24 * 47_429)
    await accept(titova, whole)
    async with ryadom.centre.database.read() as tx:
        issued = list(await tx.scalars(select(Certificate).where(Certificate.list_id == whole["id"])))
        lines = [sorted((each.code, each.quantity) for each in one.lines) for one in await with_lines(tx)]
    assert [(each.number, each.status) for each in issued] == [
        ("54-2026-000901", "issued"),
        ("54-2026-000902", "issued"),
    ]
    assert lines == [[("1739", 12), ("1740", 4)], [("1739", 24)]]
    await codes_are_handed_out(ryadom, titova, whole)
    taken = await read(titova, await brought(titova, "\n".join((PAPERS, THIRD)).encode(), kind="certificates"))
    assert (await rows_of(titova, taken))[0]["problems"][0]["code"] == "number_taken"


async def codes_are_handed_out(house: House, officer: Browser, whole: Any) -> None:
    place = f"/api/v1/lists/{whole['id']}"
    assert (await body(await officer.get(place), 200))["codes_open"] is True
    sheet = openpyxl.load_workbook(io.BytesIO(await (await officer.post(f"{place}/codes")).read())).active
    assert sheet is not None
    said = [row for row in sheet.iter_rows(values_only=True) if str(row[0]).startswith("54-2026-")]
    assert [(row[0], row[1]) for row in said] == [
        ("54-2026-000901", "Иванова Мария Петровна"),
        ("54-2026-000902", "Сидоров Пётр Иванович"),
    ]
    assert all(len(str(row[5])) == 6 and str(row[5]).isdigit() for row in said)
    async with house.centre.database.read() as tx:
        issued = {each.number: each for each in await tx.scalars(select(Certificate))}
    for number, *_, digits in said:
        assert codes.fits(issued[str(number)], str(digits), key=house.centre.key)
    assert (await body(await officer.get(place), 200))["codes_open"] is False


async def fund(house: House, kopecks: int) -> None:
    async with house.centre.database.write() as tx:
        found = await budgets.find_or_make(tx, district=1, year=2026, source="region", provider=None)
        await ledger.post(tx, [Move("plan", ledger.budget(found.id), "outside", "left", kopecks)], now=house.now)


async def test_one_number_spelt_in_two_ways_is_one_certificate(ryadom: House) -> None:
    titova = await ryadom.staff("officer")
    rows = (PAPER.replace("54-2026", "СК"), SECOND.replace("54-2026", "ск") + "01.11.2026")
    whole = await read(titova, await brought(titova, "\n".join((PAPERS, *rows)).encode(), kind="certificates"))
    await fund(ryadom, 12 * 47_429 + 4 * 35_571)
    await accept(titova, whole)
    async with ryadom.centre.database.read() as tx:
        issued = [(one.number, sorted(each.code for each in one.lines)) for one in await with_lines(tx)]
    assert issued == [("СК-000901", ["1739", "1740"])]


async def with_lines(tx: Tx) -> list[Certificate]:
    found = select(Certificate).options(selectinload(Certificate.lines)).order_by(Certificate.id)
    return list(await tx.scalars(found))


async def test_somebody_new_needs_a_consent_also_when_he_was_perhaps_known(ryadom: House) -> None:
    titova = await ryadom.staff("officer")
    row = "54-2026-000903;Лапин Виктор Семенович;07.08.1951;1739;12;сеанс;31.12.2026;"
    seen = await read(titova, await brought(titova, "\n".join((PAPERS, row)).encode(), kind="certificates"))
    place = f"/api/v1/lists/{seen['id']}"
    refused = await body(await titova.post(f"{place}/rows/2/choice", json={"same_as": None}), 422)
    assert refused["errors"][0]["field"] == "consent"
    assert (await body(await titova.post(f"{place}/choice", json={"choice": "new"}), 200))["counts"]["undecided"] == 1
    assert (await body(await titova.post(f"{place}/choice", json={"choice": "same"}), 200))["counts"]["undecided"] == 0
