"""A coordinator brings a list as Excel saved it: three rows are broken, one person is perhaps known; she decides and
accepts, takes the report of what was refused, puts it right and brings it again."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from server import demo
from tests.journeys.people import Coordinator, page_for
from tests.journeys.test_certificate import at_the_department, has_money
from tests.support.look import Look
from tests.support.parts import Engine, Serve
from tests.support.staff import signed_in, signed_in_as

SIGNED = f"{datetime.now(UTC) - timedelta(days=3):%d.%m.%Y}"
HEAD = "№;Фамилия;Имя;Отчество;Дата рождения;Телефон;Населённый пункт;Тема;Услуга;Срочность;Согласие;Примечание"
ROWS = (
    f"1;Иванова;Мария;Петровна;12.03.1947;8 (913) 555-77-01;с. Битки;Одиночество;1739;срочно;{SIGNED};звонить утром",
    f"2;Лапин;Виктор;Семенович;07.08.1951;;с. Битки;Утрата близкого;;;{SIGNED};",
    f"3;Громова;Ольга;Сергеевна;31.02.1950;8 913 555 77 02;с. Шарчино;;;;{SIGNED};",
    f"4;Ершова;Вера;Ильинична;1952-05-19;7,91356E+10;с. Шарчино;Тревога;;;{SIGNED};",
    "5;Котов;Павел;Андреевич;03.11.1960;8 913 555 77 04;р. п. Сузун;Уход за близким;;;;=HYPERLINK(\"http://x\")",
    f"6;Сидорова;Нина;Ивановна;1 июля 1950 г.;8 913 555 77 05;р. п. Сузун;;;;{SIGNED};",
)  # fmt: skip
LIST = "\r\n".join((HEAD, *ROWS, "")).encode("cp1251")


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_a_list_from_excel_from_the_file_to_the_report(
    browser: Browser, serve: Serve, tmp_path: Path, engine: Engine
) -> None:
    server = await serve(engine)
    sokolova = Coordinator(await page_for(browser), server.address)
    await sokolova.signs_in("suzun")
    page, look = sokolova.page, Look(sokolova.page, server.address)
    await look.open("/staff/lists")
    await page.click("[data-test=read]")
    await expect(page.locator("#file-wrong")).to_be_visible()
    await look.over("nothing chosen")
    await look.narrow("nothing chosen")

    await page.set_input_files(
        "input[type=file]", {"name": "обращения ноябрь.csv", "mimeType": "text/csv", "buffer": LIST}
    )
    await page.click("[data-test=read]")
    await expect(page.locator("[data-status]")).to_have_attribute("data-status", "ready")
    counted = {
        each: await page.locator(f"[data-test=count-{each}] strong").inner_text()
        for each in ("new", "doubtful", "refused")
    }
    assert counted == {"new": "2", "doubtful": "1", "refused": "3"}
    await expect(page.locator("[data-test=notes]")).to_contain_text("№")
    await expect(page.locator("[data-test=accept]")).to_be_disabled()
    await look.over("a doubtful row")
    await look.narrow("a doubtful row")

    doubtful = page.locator("[data-line='3']")
    await expect(doubtful).to_contain_text("Виктор Семёнович Лапин")
    await doubtful.locator("[data-test=same]").click()
    await expect(doubtful.locator(".lists-decided")).to_be_visible()
    await page.click("[data-test=count-refused]")
    await expect(page.locator("[data-line='4'] [data-code=date_impossible]")).to_be_visible()
    await expect(page.locator("[data-line='5'] [data-code=number_rounded]")).to_be_visible()
    await expect(page.locator("[data-line='6'] li")).to_have_count(2)
    await look.over("refused rows")
    await look.words("refused rows")
    await look.narrow("refused rows")

    async with page.expect_download() as coming:
        await page.click("[data-test=report-csv]")
    report = tmp_path / "report.csv"
    await (await coming.value).save_as(report)
    rows = list(csv.reader(io.StringIO(report.read_text("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows] == ["Строка", "4", "5", "6"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)

    await page.click("[data-test=accept]")
    await expect(page.locator("[data-test=accepted]")).to_be_visible()
    await look.over("accepted")
    async with signed_in_as(server.address, "suzun", demo.PASSWORD) as staff:
        names = {each["name"] for each in (await staff.get("/clients"))["items"]}
    assert {"Иванова Мария Петровна", "Сидорова Нина Ивановна"} <= names
    assert "Лапин Виктор Семенович" not in names

    # The very report, put right, is a list again.
    right = {"31.02.1950": "28.02.1950", "7,91356E+10": "8 913 555 77 03"}
    text = report.read_text("utf-8-sig")
    for wrong, word in right.items():
        text = text.replace(wrong, word)
    await page.click(".back a")
    await page.set_input_files(
        "input[type=file]", {"name": "исправлено.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    await page.click("[data-test=read]")
    await expect(page.locator("[data-test=count-new] strong")).to_have_text("2")
    await page.click("[data-test=cancel-list]")
    await page.click("[data-test=cancel-yes]")
    await expect(page.locator("[data-status]")).to_have_attribute("data-status", "cancelled")
    assert look.faults == []


async def test_codes_are_downloaded_again_only_when_it_is_meant(browser: Browser, serve: Serve) -> None:
    server = await serve()
    async with signed_in(server.address, "officer") as department:
        await has_money(department, None)
    head = "Номер;ФИО;Дата рождения;Услуга;Количество;Действует до;Согласие"
    until = f"{datetime.now(UTC) + timedelta(days=30):%d.%m.%Y}"
    row = f"{{}};Ершова Вера Ильинична;19.05.1952;{{}};{{}};{until};{SIGNED}"
    rows = (row.format("СК-1", "1739", "2"), row.format("СК-2", "1740", "2"), row.format("СК-2", "1741", "много"))
    page = await at_the_department(browser, server)
    look = Look(page, server.address)
    await look.open("/staff/lists")
    paper = {"name": "сертификаты.csv", "mimeType": "text/csv", "buffer": "\n".join((head, *rows)).encode()}
    await page.set_input_files("input[type=file]", paper)
    await page.click("[data-test=read]")
    await expect(page.locator("[data-line='3'] [data-code=number_torn]")).to_be_visible()
    await page.click("[data-test=accept]")
    async with page.expect_download():
        await page.click("[data-test=take-codes]")
    again = page.locator("[data-test=take-codes]")
    await expect(again).to_have_text("Скачать коды ещё раз")
    await again.click()
    await expect(page.locator("[data-test=codes]")).to_contain_text("перестанут действовать")
    await look.over("codes again")
    await look.narrow("codes again")
    async with page.expect_download():
        await page.click("[data-test=codes-yes]")
    await expect(again).to_be_enabled()
    assert look.faults == []
