"""How a real installation begins: facts from a file, accounts by command, and no open demo account."""

import asyncio
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from sqlalchemy import select

from scheduling import calendars, resources, standards
from scheduling.people import Account, District, Specialist
from scheduling.standards import ServiceStandard
from server import region, users
from server.database import Database
from server.users import NewUser, add_user, refuse_demo_accounts
from tests.server.house import House, body
from tests.support.live_server import LiveServer, command
from tests.support.tree import ROOT

EXAMPLE = ROOT / "deploy/region.example.json"
ORLOVA = NewUser("orlova", "Марина Сергеевна Орлова", "specialist", "КЦСОН Сузунского района", "a long password")


async def test_the_example_is_loaded_once_however_often(database: Database) -> None:
    said = []
    for _ in range(2):
        async with database.write() as tx:
            said.append(str(await region.load(tx, region.read(EXAMPLE))))
    assert said == [
        "2 districts added, 2 institutions added, 2 resources added, 3 services added, 1 years added.",
        "nothing new.",
    ]


async def test_a_changed_file_changes_what_it_names(database: Database, tmp_path: Path) -> None:
    facts = json.loads(EXAMPLE.read_text())
    await _load(database, facts, tmp_path)
    facts["institutions"][0]["phone"] = "+7 383 000-00-00"
    facts["services"].append({**facts["services"][1], "valid_from": "2027-01-01", "price_kopecks": 40_000})
    assert await _load(database, facts, tmp_path) == "1 services added, 1 institutions changed."
    async with database.read() as tx:
        versions = await tx.execute(
            select(ServiceStandard.version, ServiceStandard.price_kopecks)
            .where(ServiceStandard.code == "1740")
            .order_by(ServiceStandard.version)
        )
        assert [tuple(row) for row in versions] == [(1, 35571), (2, 40_000)]


async def test_the_year_and_the_rooms_of_a_file_are_what_can_be_booked(database: Database, tmp_path: Path) -> None:
    facts = json.loads(EXAMPLE.read_text())
    await _load(database, facts, tmp_path)
    async with database.read() as tx:
        moved = await calendars.holidays(tx, first=date(2026, 12, 31), last=date(2026, 12, 31))
        rooms = await resources.known(tx)
    assert [(day.kind, day.district_id) for day in moved] == [("closed", None)]
    assert [(each.kind, each.district_id is None) for each in rooms] == [("room", False), ("interpreter", True)]
    facts["years"][0]["moves"].pop()
    facts["resources"][0]["address"] = "с. Битки, ул. Советская, 14"
    assert await _load(database, facts, tmp_path) == "1 resources changed, 1 years changed."
    async with database.read() as tx:
        eve = await calendars.holidays(tx, first=date(2026, 12, 31), last=date(2026, 12, 31))
    assert [day.kind for day in eve] == ["short"]


async def test_the_terms_of_a_service_stand(database: Database, tmp_path: Path) -> None:
    facts = json.loads(EXAMPLE.read_text())
    await _load(database, facts, tmp_path)
    facts["services"][1]["price_kopecks"] = 1
    with pytest.raises(SystemExit, match="1740 from 2024-01-01 has other terms already"):
        await _load(database, facts, tmp_path)


async def test_a_service_has_other_terms_in_some_districts(database: Database, tmp_path: Path) -> None:
    facts = json.loads(EXAMPLE.read_text())
    await _load(database, facts, tmp_path)
    there = facts["districts"][1]["name"]
    more = {
        **facts["services"][0],
        "districts": [there],
        "duration_min": 60,
        "targets": {"waiting_days": 7},
        "payment": "minutes",
        "deadline_days": 10,
        "conditions": "По направлению",
        "staff_requirement": "Психолог",
    }
    facts["services"].append(more)  # from the same day on
    assert await _load(database, facts, tmp_path) == "1 services added."
    assert await _load(database, facts, tmp_path) == "nothing new."
    async with database.read() as tx:
        own = await tx.scalar(select(District.id).where(District.name == there))
        held = [await standards.service(tx, more["code"], date(2026, 1, 1), where) for where in (own, None)]
    assert [(each.duration_min, each.payment, each.targets) for each in held] == [
        (60, "minutes", {"waiting_days": 7}),
        (40, "tariff", {}),
    ]
    more |= {"districts": ["Нигде"], "targets": {"waiting_days": -1}}
    with pytest.raises(SystemExit, match="there is no district Нигде") as wrong:
        await _load(database, facts, tmp_path)
    assert "targets.waiting_days: out_of_range" in str(wrong.value)


async def test_all_that_is_wrong_is_said_at_once(database: Database, tmp_path: Path) -> None:
    facts = json.loads(EXAMPLE.read_text())
    facts["districts"][0]["zone"] = "Asia/Suzun"
    facts["institutions"][0]["phone"] = "ask at the desk"
    facts["services"][0] |= {"duration_min": 0, "colour": "blue"}
    with pytest.raises(SystemExit) as refused:
        await _load(database, facts, tmp_path)
    for place in ("districts.0.zone", "institutions.0.phone", "services.0.duration_min", "services.0.colour"):
        assert place in str(refused.value)


async def test_names_that_lead_nowhere_or_stand_twice_are_said(database: Database, tmp_path: Path) -> None:
    facts = json.loads(EXAMPLE.read_text())
    facts["districts"] *= 2
    with pytest.raises(SystemExit, match="Сузунский район stands there 2 times"):
        await _load(database, facts, tmp_path)
    facts["districts"] = facts["districts"][:1]
    with pytest.raises(SystemExit, match="there is no district город Новосибирск"):
        await _load(database, facts, tmp_path)
    async with database.read() as tx:
        assert (await tx.scalars(select(ServiceStandard))).all() == []


async def test_a_specialist_comes_with_what_she_can_be_booked_for(database: Database) -> None:
    async with database.write() as tx:
        await region.load(tx, region.read(EXAMPLE))
        await add_user(tx, ORLOVA)
    async with database.read() as tx:
        hers = (await tx.scalars(select(Specialist))).one()
        assert (hers.zone, hers.languages, hers.services) == ("Asia/Novosibirsk", ["ru"], ["1739", "1740", "1742"])


async def test_all_that_is_wrong_with_an_account_is_said_at_once(database: Database) -> None:
    nonsense = NewUser(
        *("", "?", "specialist", "nowhere", "short", "Mars/Base"), topics=["sports"], languages=["xx"], services=["1"]
    )
    with pytest.raises(SystemExit) as refused:
        async with database.write() as tx:
            await add_user(tx, nonsense)
    lines = str(refused.value).splitlines()
    assert len(lines) == 9, lines
    async with database.read() as tx:
        assert (await tx.scalars(select(Account))).all() == []


async def test_demo_accounts_are_found_quickly_and_only_while_they_are_open(
    ryadom: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    compare = users._is_the_demo_password
    monkeypatch.setattr(users, "_is_the_demo_password", lambda hashed: compared.append(hashed) or compare(hashed))
    async with ryadom.centre.database.read() as tx:
        with pytest.raises(SystemExit, match="published demo password: admin, analyst"):
            await refuse_demo_accounts(tx)
    assert len(compared) == 1  # a comparison is made to be slow; ten accounts share one
    hashed = users.HASHER.hash("a password of her own")
    async with ryadom.centre.database.write() as tx:
        for account in await tx.scalars(select(Account)):
            account.password_hash = hashed
    async with ryadom.centre.database.read() as tx:
        await refuse_demo_accounts(tx)


async def test_an_installation_does_not_start_on_demo_data(demo_data: Path, tmp_path: Path) -> None:
    server = LiveServer(shutil.copytree(demo_data, tmp_path / "data"), {"RYADOM_DEMO": "false"})
    with pytest.raises(RuntimeError, match="published demo password"):
        await server.start()
    assert "Traceback" not in server.log


async def test_an_installation_begins_with_nothing_and_can_be_worked_with(tmp_path: Path) -> None:
    settings = {"RYADOM_DEMO": "false"}
    password = "a long password"
    office = ["--institution", "КЦСОН Сузунского района", "--password", password]
    await command(tmp_path, "load", str(EXAMPLE), environment=settings)
    await command(tmp_path, "user", "add", "sokolova", "Соколова", "--role", "coordinator", *office)
    hers = ["--role", "specialist", *office, "--topics", "loss, anxiety"]
    await command(tmp_path, "user", "add", "orlova", "Орлова", *hers, environment=settings)
    server = LiveServer(tmp_path, settings)
    await server.start()
    async with ClientSession(server.address, cookie_jar=CookieJar(unsafe=True)) as browser:
        await body(await browser.post("/api/v1/session", json={"login": "sokolova", "password": password}), 200)
        found = await body(await browser.get("/api/v1/specialists"), 200)
        assert [each["name"] for each in found["items"]] == ["Орлова"]
    await server.stop()


async def _load(database: Database, facts: Any, folder: Path) -> str:
    path = folder / "region.json"
    await asyncio.to_thread(path.write_text, json.dumps(facts), "utf-8")
    async with database.write() as tx:
        return str(await region.load(tx, region.read(path)))
