"""Lists of certificates: whole or not at all, and what acceptance would refuse is said before, or with its reason."""

import asyncio
import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, update

from scheduling import lists
from scheduling.applications import Application
from scheduling.certificates import Certificate
from scheduling.lists import ListUpload, accepting
from scheduling.people import Client, Specialist
from server.lists.applying import APPLIER, Applier
from tests.server.certified import certified
from tests.server.house import Browser, House, body
from tests.server.test_lists import DOUBT, GOOD, accept, brought, csv, fund, many, read, rows_of, with_lines

HEAD = "Номер;ФИО;Дата рождения;Телефон;Услуга;Количество;Единица;Действует до;Поставщики;Согласие"
MARIA, PETR = "Иванова Мария Петровна;12.03.1947;", "Сидоров Пётр Иванович;01.07.1950;"
ANNA, VIKTOR = "Воробьева Анна Петровна;05.05.1947;+7 913 555-01-12", "Лапин Виктор Семенович;07.08.1951;"


def paper(number: str, who: str, service: str = "1739", **but: str) -> str:
    says = {"quantity": "2", "unit": "сеанс", "until": "31.12.2026", "providers": "", "consent": "01.11.2026"} | but
    return ";".join((number, who, service, *says.values()))


async def bring(officer: Browser, *rows: str) -> Any:
    return await read(officer, await brought(officer, "\n".join((HEAD, *rows)).encode(), kind="certificates"))


async def said(officer: Browser, seen: Any) -> dict[int, str]:
    """By line what is wrong first, or the verdict."""
    rows = await rows_of(officer, seen)
    return {row["line"]: row["problems"][0]["code"] if row["problems"] else row["verdict"] for row in rows}


async def test_a_number_is_issued_whole_or_not_at_all(ryadom: House) -> None:
    titova = await ryadom.staff("officer")
    rows = (
        paper("А1", MARIA),
        paper("а1", MARIA, "1740", quantity="шесть"),
        paper("А2", PETR),
        paper("А2", PETR, "1740"),
        paper("А1 ", MARIA, "1741"),
    )
    seen = await bring(titova, *rows)
    assert await said(titova, seen) == {2: "number_torn", 3: "number", 4: "new", 5: "new", 6: "number_torn"}
    assert (seen["rows_refused"], seen["counts"]["refused"], seen["counts"]["new"]) == (3, 3, 2)
    await fund(ryadom, 10_000_000)
    await accept(titova, seen)
    async with ryadom.centre.database.read() as tx:
        issued = {one.number: sorted(each.code for each in one.lines) for one in await with_lines(tx)}
    assert issued == {"А2": ["1739", "1740"]}
    again = await bring(titova, *(row.replace("шесть", "6") for row in rows if "Иванова" in row))
    await accept(titova, again)
    async with ryadom.centre.database.read() as tx:
        issued = {one.number: sorted(each.code for each in one.lines) for one in await with_lines(tx)}
    assert issued == {"А1": ["1739", "1740", "1741"], "А2": ["1739", "1740"]}


async def test_what_cannot_be_issued_is_refused_when_it_is_read(ryadom: House) -> None:
    titova = await ryadom.staff("officer")
    await certified(ryadom, client=1)
    async with ryadom.centre.database.write() as tx:
        await tx.execute(update(Specialist).where(Specialist.institution_id == 5).values(services=["1740"]))
    rows = (
        paper("Б1", ANNA),
        paper("Б2", ANNA, "1740"),
        paper("Б3", MARIA, until="01.06.2031"),
        paper("Б4", MARIA, quantity="100000,01", unit="руб"),
        paper("Б5", PETR, providers="АНО «Тёплый дом»"),
        paper("54-07-2026-1", "Ким Ольга Ивановна;02.03.1961;"),
        paper("Б6", PETR, "1741"),
        paper("Б7", PETR, "1741"),
        paper("Б8", "Петр Иванович Сидоров;01.07.1950;", "1740", providers="АНО «Тёплый дом»"),
        paper("Б8", PETR, "1742", providers="АНО «Тёплый дом»"),
        paper("54-2026-000901", MARIA, "1740"),
    )
    assert await said(titova, await bring(titova, *rows)) == {
        2: "certificate_live",
        3: "known",
        4: "term_too_long",
        5: "out_of_range",
        6: "provider_gives_none",
        7: "number_ours",
        8: "new",
        9: "service_again",
        10: "new",
        11: "new",
        12: "new",
    }


async def test_a_person_known_in_two_spellings_is_paid_a_service_once(ryadom: House) -> None:
    titova = await ryadom.staff("officer")
    other = ANNA.replace("Воробьева", "Воробева")
    seen = await bring(titova, paper("В1", ANNA), paper("В2", other), paper("В2", other, "1740"))
    assert await said(titova, seen) == {2: "known", 3: "service_again", 4: "number_torn"}


async def test_whoever_is_chosen_is_held_against_what_he_has(ryadom: House) -> None:
    titova = await ryadom.staff("officer")
    await certified(ryadom, client=2)
    rows = (paper("Г1", VIKTOR), paper("Г1", VIKTOR, "1740"), paper("Г2", MARIA))
    seen = await bring(titova, *rows)
    assert await said(titova, seen) == {2: "doubtful", 3: "doubtful", 4: "new"}
    place = f"/api/v1/lists/{seen['id']}"
    one = await body(await titova.post(f"{place}/rows/2/choice", json={"same_as": 2}), 200)
    assert await said(titova, one) == {2: "certificate_live", 3: "number_torn", 4: "new"}
    assert (one["counts"]["undecided"], one["rows_refused"], one["rows_doubtful"]) == (0, 2, 0)
    seen = await bring(titova, *rows)
    place = f"/api/v1/lists/{seen['id']}"
    every = await body(await titova.post(f"{place}/choice", json={"choice": "same"}), 200)
    assert await said(titova, every) == {2: "certificate_live", 3: "number_torn", 4: "new"}
    await fund(ryadom, 10_000_000)
    await accept(titova, every)


async def test_a_refused_acceptance_says_why_and_what_helps(ryadom: House) -> None:
    titova = await ryadom.staff("officer")
    seen = await bring(titova, paper("Д1", ANNA), paper("Д2", PETR))
    short = await accept(titova, seen, 409)
    assert (short["because"], short["line"]) == ("budget_short", 2)
    assert all(each in short["detail"] for each in ("не хватает", "948,58", "«Принять список»"))
    assert "Принесите" not in short["detail"]
    await certified(ryadom, client=1)
    refused = await accept(titova, seen, 409)
    assert (refused["because"], "54-2026-000001-1" in refused["why"]) == ("certificate_overlaps", True)
    ryadom.later(days=60)
    titova = await ryadom.staff("officer")
    late = await accept(titova, seen, 409)
    assert (late["because"], "Срок" in late["why"]) == ("term", True)


async def test_every_reason_of_acceptance_is_in_words(ryadom: House) -> None:
    codes = (
        *("certificate_number_taken", "certificate_overlaps", "standard_not_in_force", "provider_not_admitted"),
        *("budget_short", "not_found", "client_known", "client_merged", "consent_withdrawn", "request_open"),
        *accepting.WRONG.values(),
        *("number_torn", "number_of_another", "service_again", "provider_gives_none", "services_too_many"),
    )
    for language in ("ru", "en"):
        assert [each for each in codes if not ryadom.centre.words.has(language, f"list.file.{each}")] == []


async def test_rows_of_one_certificate_are_one_persons(ryadom: House) -> None:
    titova = await ryadom.staff("officer")
    seen = await bring(titova, paper("Е1", VIKTOR), paper("Е1", VIKTOR, "1740"))
    place = f"/api/v1/lists/{seen['id']}/rows"
    await body(await titova.post(f"{place}/2/choice", json={"same_as": 2}), 200)
    both = await body(await titova.post(f"{place}/3/choice", json={"same_as": None}), 200)
    await fund(ryadom, 10_000_000)
    assert (await accept(titova, both, 409))["because"] == "number_of_another"
    one = await body(await titova.post(f"{place}/3/choice", json={"same_as": 2}), 200)
    await accept(titova, one)


async def test_codes_that_never_came_through_are_asked_for_again(ryadom: House) -> None:
    titova = await ryadom.staff("officer")
    seen = await bring(titova, paper("Ж1", PETR))
    await fund(ryadom, 10_000_000)
    place = f"/api/v1/lists/{(await accept(titova, seen))['id']}"
    tables, hashes = [], []
    for _ in range(2):
        sheet = openpyxl.load_workbook(io.BytesIO(await (await titova.post(f"{place}/codes")).read())).active
        assert sheet is not None
        tables.append(next(row for row in sheet.iter_rows(values_only=True) if row[0] == "Ж1"))
        async with ryadom.centre.database.read() as tx:
            hashes.append(await tx.scalar(select(Certificate.code_hash).where(Certificate.number == "Ж1")))
        assert (await body(await titova.get(place), 200))["codes_open"] is False
    assert hashes[0] != hashes[1]
    assert [row[0] for row in tables] == ["Ж1", "Ж1"]


async def test_a_request_that_is_open_is_seen_when_somebody_is_chosen(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    async with ryadom.centre.database.write() as tx:
        asked = list(await tx.scalars(select(Application).where(Application.client_id == 2)))
        asked[0].status, asked[0].service, asked[0].topic = "new", None, "loss"
    for way in ("rows/2/choice", "choice"):
        seen = await read(sokolova, await brought(sokolova, csv(DOUBT, GOOD)))
        answer = {"same_as": 2} if way.startswith("rows") else {"choice": "same"}
        chosen = await body(await sokolova.post(f"/api/v1/lists/{seen['id']}/{way}", json=answer), 200)
        assert await said(sokolova, chosen) == {2: "request_open", 3: "new"}
    await accept(sokolova, chosen)


async def test_two_namesakes_with_two_numbers_of_insurance_stay_two(ryadom: House) -> None:
    sokolova = await ryadom.staff("suzun")
    head = "ФИО;Дата рождения;СНИЛС;Согласие"
    rows = [f"{MARIA}{snils};01.11.2026" for snils in ("112-233-445 95", "087-654-303 00")]
    seen = await read(sokolova, await brought(sokolova, "\n".join((head, *rows)).encode()))
    assert await said(sokolova, seen) == {2: "new", 3: "snils_other"}
    await accept(sokolova, seen)
    rest = await read(sokolova, await brought(sokolova, "\n".join((head, rows[1])).encode()))
    assert await said(sokolova, rest) == {2: "new"}
    await accept(sokolova, rest)
    async with ryadom.centre.database.read() as tx:
        cards = await tx.scalars(select(Client.snils).where(Client.name == "Иванова Мария Петровна"))
        assert sorted(cards) == ["087-654-303 00", "112-233-445 95"]


async def test_a_list_accepted_while_its_undoing_is_cleared_up_is_not_dropped(
    ryadom: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sokolova = await ryadom.staff("suzun")
    seen = await read(sokolova, await brought(sokolova, many(1_200)))
    real, ended, on = Applier._undo, asyncio.Event(), asyncio.Event()

    async def falls(*args: Any, **more: Any) -> Any:
        raise RuntimeError("the power goes")

    async def undo(applier: Applier, list_id: int) -> None:
        await real(applier, list_id)
        ended.set()
        await on.wait()

    monkeypatch.setattr(Applier, "_undo", undo)
    with monkeypatch.context() as during:
        during.setattr(lists, "step", falls)
        await accept(sokolova, seen)
        await ended.wait()
    undone = await body(await sokolova.get(f"/api/v1/lists/{seen['id']}"), 200)
    assert (undone["status"], undone["problem"]["code"]) == ("ready", "not_applied")
    await accept(sokolova, undone)
    on.set()
    await ryadom.app[APPLIER].waiting.join()
    async with ryadom.centre.database.read() as tx:
        assert (await tx.get_one(ListUpload, seen["id"])).status == "accepted"
