"""Registers as files: the law's fields, text that is no formula, the own district alone, and who took them along."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from scheduling.applications.tables import Application
from scheduling.audit import AuditLine
from scheduling.people import Client
from tests.server.certified import certified, confirmed, held, made, signed
from tests.server.house import Browser, House, body
from tests.server.paid import API, NGO, SUZUN, chosen, formed, issued, planned, version

YEAR = {"from": "2026-01-01", "until": "2026-12-31"}
NOVEMBER = {"from": "2026-11-01", "until": "2026-11-30"}
DECEMBER = {"from": "2026-12-01", "until": "2026-12-31"}
LATER = {"from": "2027-01-01", "until": "2027-01-31"}


async def register(officer: Browser, name: str, period: dict[str, str] = YEAR) -> list[dict[str, str]]:
    """The rows of a register as Excel reads its CSV."""
    answer = await officer.get(f"/api/v1/registers/{name}.csv", params=period)
    assert answer.status == 200, await answer.text()
    text = (await answer.read()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


async def carded(house: House, client: int, **facts: Any) -> None:
    async with house.centre.database.write() as tx:
        card = await tx.get_one(Client, client)
        for name, value in facts.items():
            setattr(card, name, value)


async def applied(house: House, client: int) -> str:
    """The day on which somebody first asked for this client."""
    async with house.centre.database.read() as tx:
        asked = select(func.min(Application.received_at)).where(Application.client_id == client)
        first = await tx.scalar(asked) or (await tx.get_one(Client, client)).created_at
    return f"{first:%d.%m.%Y}"


async def test_the_register_of_recipients_has_the_fields_of_the_law(ryadom: House) -> None:
    await carded(ryadom, 2, sex="m", snils="112-233-445 95", address="ул. Мира, 4")
    told = await held(ryadom, certificate=await certified(ryadom))
    await confirmed(told.coordinator, told.booking)
    rows = await register(await ryadom.staff("officer"), "recipients")
    assert len(rows) == 1
    row = rows[0]
    assert (row["Рег. номер"], row["Фамилия, имя, отчество"]) == ("000002", "Виктор Семёнович Лапин")
    assert (row["Пол"], row["СНИЛС"], row["Адрес"]) == ("М", "112-233-445 95", "с. Битки, ул. Мира, 4")
    assert (row["Код услуги"], row["Объём"], row["Единица"], row["Тариф, руб."]) == ("1739", "10", "сеанс", "474,29")
    assert (row["Срок с"], row["Срок по"]) == ("02.11.2026", "30.06.2027")
    assert row["Дата обращения"] == await applied(ryadom, 2)
    assert (row["Поставщик"], row["Источник средств"]) == ("КЦСОН Сузунского района", "Областной бюджет")
    assert (row["Оказано услуг"], row["Последняя услуга"], row["Сумма, руб."]) == ("1", "23.11.2026", "474,29")


async def test_the_register_of_services_names_the_act_each_stands_on(ryadom: House) -> None:
    told = await held(ryadom, certificate=await certified(ryadom))
    await confirmed(told.coordinator, told.booking)
    officer = await ryadom.staff("officer")
    before = await register(officer, "services")
    assert [(each["Состояние"], each["Акт"], each["Строка"]) for each in before] == [("Подтверждена", "", "")]
    await signed(officer, (await made(officer))["items"][0]["id"])
    after = await register(officer, "services")
    assert [(each["Акт"], each["Строка"], each["Сумма, руб."]) for each in after] == [("1/2026-001", "1", "474,29")]


async def test_a_session_without_money_stands_there_too(ryadom: House) -> None:
    await held(ryadom)
    rows = await register(await ryadom.staff("officer"), "services")
    assert [(each["Сертификат"], each["Сумма, руб."], each["Количество"]) for each in rows] == [("", "0,00", "1")]


async def test_a_period_leaves_out_what_was_before_and_after(ryadom: House) -> None:
    await held(ryadom)
    officer = await ryadom.staff("officer")
    assert len(await register(officer, "services", {"from": "2026-11-23", "until": "2026-11-23"})) == 1
    assert await register(officer, "services", {"from": "2026-11-24", "until": "2026-12-31"}) == []
    turned = {"from": "2026-12-31", "until": "2026-01-01"}
    await body(await officer.get("/api/v1/registers/services.csv", params=turned), 422)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t="])
async def test_a_name_that_looks_like_a_formula_stays_text(ryadom: House, sign: str) -> None:
    name = f'{sign}HYPERLINK("http://x";"Лапин")'
    await held(ryadom)
    await carded(ryadom, 2, name=name)
    officer = await ryadom.staff("officer")
    rows = await register(officer, "services")
    assert rows[0]["Фамилия, имя, отчество"] == f"'{name}"
    answer = await officer.get("/api/v1/registers/services.xlsx", params=YEAR)
    sheet = openpyxl.load_workbook(io.BytesIO(await answer.read())).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == name]
    assert [cell.data_type for cell in cells] == ["s"]


async def test_the_providers_stand_with_their_tariffs(ryadom: House) -> None:
    rows = await register(await ryadom.staff("officer"), "providers")
    warm = [each for each in rows if each["Поставщик"] == "АНО «Тёплый дом»"]
    assert {(each["Форма"], each["Чей тариф"]) for each in warm} == {("СО НКО", "Подушевой норматив")}
    assert ("1739", "474,29") in {(each["Код услуги"], each["Тариф, руб."]) for each in warm}


async def test_no_other_districts_people_and_everybody_who_took_it_is_known(ryadom: House) -> None:
    await held(ryadom)
    officer = await ryadom.staff("officer")
    names = {each["Фамилия, имя, отчество"] for each in await register(officer, "recipients")}
    assert names == {"Виктор Семёнович Лапин"}
    async with ryadom.centre.database.read() as tx:
        noted = list(await tx.scalars(select(AuditLine).where(AuditLine.act == "register_taken")))
    assert [(each.subject, each.subject_id) for each in noted] == [("district", 1)]
    for login in ("suzun", "orlova", "analyst", "admin"):
        who = await ryadom.staff(login)
        await body(await who.get("/api/v1/registers/recipients.csv", params=YEAR), 403)


async def test_a_long_register_comes_whole_and_in_order(ryadom: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduling.registers.AT_ONCE", 1)
    for client in (1, 2, 3):
        await held(ryadom, client=client)
    officer = await ryadom.staff("officer")
    assert [each["Рег. номер"] for each in await register(officer, "recipients")] == ["000001", "000002", "000003"]
    numbers = [int(each["Запись"]) for each in await register(officer, "services")]
    assert len(numbers) == 3
    assert numbers == sorted(numbers)


async def of_client(officer: Browser, client: int, period: dict[str, str]) -> list[dict[str, str]]:
    rows = await register(officer, "recipients", period)
    return [each for each in rows if each["Рег. номер"] == f"{client:06}"]


async def test_a_programme_that_was_ended_stands_in_no_later_register(ryadom: House) -> None:
    desk, officer = await ryadom.staff("suzun"), await ryadom.staff("officer")
    facts = {"number": "ИППСУ 54-7", "issued_on": "2026-11-01", "valid_until": "2027-10-31"}
    facts |= {"lines": [{"code": "1739", "volume": 3}]}  # type: ignore[dict-item]  # lines are no text
    made = await body(await desk.post(f"{API}/clients/2/programmes", json=facts), 201)
    before = await of_client(officer, 2, NOVEMBER)
    assert [each["Объём"] for each in before] == ["3"]
    assert len(await of_client(officer, 2, LATER)) == 1, "it was to go on"
    ended = await desk.post(f"{API}/programmes/{made['id']}/end", json={"on": "2026-11-23"}, headers=version(made))
    await body(ended, 200)
    assert await of_client(officer, 2, NOVEMBER) == before
    assert len(await of_client(officer, 2, {"from": "2026-11-23", "until": "2026-12-31"})) == 1, "its last day"
    for period in ({"from": "2026-11-24", "until": "2026-12-31"}, DECEMBER, LATER):
        assert await of_client(officer, 2, period) == []


async def test_a_month_that_is_over_does_not_change_when_a_paper_is_replaced_and_revoked(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    first = (await issued(officer, 1, 4, valid_until="2027-06-30"))["certificate"]
    november = await of_client(officer, 1, NOVEMBER)
    assert [each["Сертификат"] for each in november] == [first["number"]]

    ryadom.at(datetime(2026, 12, 10, 9, tzinfo=UTC))
    officer = await ryadom.staff("officer")
    path, why = f"{API}/certificates/{first['id']}", {"because": "lost"}
    second = (await body(await officer.post(f"{path}/replace", json=why, headers=version(first)), 200))["certificate"]
    assert await of_client(officer, 1, NOVEMBER) == november
    december = await of_client(officer, 1, DECEMBER)
    assert [each["Сертификат"] for each in december] == [second["number"]], "the one in its place"

    ryadom.at(datetime(2027, 1, 12, 9, tzinfo=UTC))
    officer = await ryadom.staff("officer")
    path, why = f"{API}/certificates/{second['id']}", {"because": "Переехала"}
    await body(await officer.post(f"{path}/revoke", json=why, headers=version(second)), 200)
    assert await of_client(officer, 1, NOVEMBER) == november
    assert await of_client(officer, 1, DECEMBER) == december
    assert [each["Сертификат"] for each in await of_client(officer, 1, LATER)] == [second["number"]]
    assert await of_client(officer, 1, {"from": "2027-02-01", "until": "2027-02-28"}) == []


async def test_the_day_on_which_a_paper_was_taken_back_is_the_districts(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    given = (await issued(officer, 1, 4, valid_until="2027-06-30"))["certificate"]
    ryadom.at(datetime(2026, 11, 30, 18, tzinfo=UTC))  # 1 December, 01:00 in Novosibirsk
    officer = await ryadom.staff("officer")
    path, why = f"{API}/certificates/{given['id']}", {"because": "Переехала"}
    await body(await officer.post(f"{path}/revoke", json=why, headers=version(given)), 200)
    found = [len(await of_client(officer, 1, period)) for period in (NOVEMBER, DECEMBER, LATER)]
    assert found == [1, 1, 0]


async def test_of_a_paper_taken_back_and_another_issued_the_other_stands_there(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    gone = (await issued(officer, 1, 4, valid_until="2027-06-30"))["certificate"]
    path, why = f"{API}/certificates/{gone['id']}", {"because": "Ошибка в сроке"}
    await body(await officer.post(f"{path}/revoke", json=why, headers=version(gone)), 200)
    assert [each["Сертификат"] for each in await of_client(officer, 1, NOVEMBER)] == [gone["number"]]
    draft = await formed(officer, 1, 4, valid_until="2027-06-30")
    answer = await officer.post(f"{API}/certificates/{draft['id']}/issue", headers=version(draft))
    stays = (await body(answer, 200))["certificate"]
    assert [each["Сертификат"] for each in await of_client(officer, 1, NOVEMBER)] == [stays["number"]]


async def test_a_month_that_is_over_keeps_the_provider_it_had(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    given = (await issued(officer, 1, 4, valid_until="2027-06-30"))["certificate"]
    for provider in (NGO, SUZUN):
        await planned(officer, 1_000_000, provider)
    given = await chosen(officer, given, SUZUN)
    november = await of_client(officer, 1, NOVEMBER)
    assert [each["Поставщик"] for each in november] == ["КЦСОН Сузунского района"]
    ryadom.at(datetime(2026, 12, 10, 9, tzinfo=UTC))
    officer = await ryadom.staff("officer")
    await chosen(officer, given, NGO)
    assert await of_client(officer, 1, NOVEMBER) == november
    assert [each["Поставщик"] for each in await of_client(officer, 1, DECEMBER)] == ["АНО «Тёплый дом»"]
