"""The pilot at a glance over HTTP: exactly what the demo's year of certificates is, and never too little to tell."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text

from scheduling import ledger
from scheduling.certificates import CertificateLine
from scheduling.ledger import Move
from scheduling.people import Client
from server import demo_pilot
from tests.server.certified import certified, held
from tests.server.house import MONDAY, Browser, House, body

YEAR = MONDAY.year


@pytest.fixture
async def pilot(ryadom: House) -> House:
    async with ryadom.centre.database.write() as tx:
        await demo_pilot.load(tx, now=MONDAY)
    return ryadom


async def _asked(house: House, statement: str, **given: Any) -> list[Any]:
    async with house.centre.database.read() as tx:
        return [tuple(row) for row in await tx.execute(text(statement), given)]


async def test_the_year_of_certificates_is_what_the_ministry_said(pilot: House) -> None:
    """318 certificates, 214 people to 7 NGOs, 2.1 million roubles planned: on the page and by plain SQL."""
    analyst = await pilot.staff("analyst")
    seen = await body(await analyst.get("/api/v1/glance"), 200)
    kinds = {each["key"]: each for each in seen["issued"]["kinds"]}
    support = {each["name"]: each for each in seen["support"]}
    assert (seen["year"], seen["issued"]["certificates"]) == (YEAR, 318)
    assert (kinds["ngo"]["people"], seen["issued"]["providers"]["ngo"]) == (214, 7)
    assert support["ngo"]["planned"] == 210_000_000
    assert await _asked(pilot, "SELECT count(*) FROM certificate WHERE status <> 'forming'") == [(318,)]
    to_ngos = """SELECT count(DISTINCT c.client_id), count(DISTINCT c.provider_id) FROM certificate c
        JOIN institution i ON i.id = c.provider_id WHERE i.kind = 'ngo'"""
    assert await _asked(pilot, to_ngos) == [(214, 7)]
    planned = """SELECT sum(m.amount) FROM ledger_movement m JOIN ledger_account a ON a.id = m.target_id
        JOIN budget b ON b.id = a.budget_id JOIN institution i ON i.id = b.provider_id
        WHERE i.kind = 'ngo' AND m.act = 'plan' AND b.year = :year"""
    assert [int(row[0]) for row in await _asked(pilot, planned, year=YEAR)] == [210_000_000]


async def test_people_sessions_and_money_are_those_of_the_raw_rows(pilot: House) -> None:
    analyst = await pilot.staff("analyst")
    seen = await body(await analyst.get("/api/v1/glance", params={"year": YEAR}), 200)
    held = "SELECT count(*), count(DISTINCT client_id) FROM booking WHERE status = 'took_place' AND wall LIKE :year"
    assert await _asked(pilot, held, year=f"{YEAR}%") == [(seen["held"]["sessions"], seen["held"]["people"])]
    missed = """SELECT count(*) FROM booking WHERE wall LIKE :year AND status IN
        ('missed', 'client_gave_up', 'specialist_late', 'failed_technically', 'cancelled')"""
    assert await _asked(pilot, missed, year=f"{YEAR}%") == [(seen["missed"]["sessions"],)]
    assert sum(each["sessions"] or 0 for each in seen["modes"]) <= seen["held"]["sessions"]
    money = """SELECT b.source, sum(CASE WHEN a.id = m.target_id THEN m.amount ELSE -m.amount END)
        FROM ledger_movement m JOIN ledger_account a ON a.id IN (m.target_id, m.source_id)
        JOIN budget b ON b.id = a.budget_id WHERE b.provider_id IS NULL AND a.kind = 'consumed'
        GROUP BY b.source ORDER BY b.source"""
    told = [(each["name"], each["consumed"]) for each in seen["sources"]]
    assert [(source, int(sums)) for source, sums in await _asked(pilot, money)] == told
    assert seen["held"]["kopecks"] == sum(consumed for _, consumed in told)
    for each in (*seen["sources"], *seen["support"]):
        parts = sum(each[kind] or 0 for kind in ("issued", "reserved", "consumed", "expired", "left"))
        assert parts == each["planned"]


async def test_an_officer_sees_her_own_district_and_no_other(pilot: House) -> None:
    officer = await pilot.staff("officer")
    seen = await body(await officer.get("/api/v1/glance"), 200)
    assert (seen["district"]["name"], len(seen["choices"])) == ("Сузунский район", 1)
    assert seen["issued"]["certificates"] == 60
    assert (await officer.get("/api/v1/glance", params={"district": "2"})).status == 404
    assert (await officer.get("/api/v1/glance.csv", params={"district": "2"})).status == 404


async def test_nobody_is_named(pilot: House) -> None:
    analyst = await pilot.staff("analyst")
    told = await (await analyst.get("/api/v1/glance")).text()
    names = await _asked(pilot, "SELECT name FROM client UNION SELECT name FROM specialist")
    assert not [name for (name,) in names if name in told]


async def test_the_same_figures_stand_in_the_workbook_and_in_the_long_table(pilot: House) -> None:
    analyst = await pilot.staff("analyst")
    answer = await analyst.get("/api/v1/glance.xlsx")
    assert answer.status == 200
    book = load_workbook(io.BytesIO(await answer.read()))
    facts = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows() if len(row) > 1}
    assert facts["Выдано сертификатов"] == 318
    assert facts["Запланировано на поддержку НКО, рублей"] == 2_100_000
    long = (await (await analyst.get("/api/v1/glance.csv")).read()).decode("utf-8-sig").splitlines()
    assert "Главное;Выдано сертификатов;Значение;318" in long
    assert len(long) > 60


async def test_a_year_with_nothing_is_empty_and_wrong_questions_are_refused(pilot: House) -> None:
    analyst = await pilot.staff("analyst")
    seen = await body(await analyst.get("/api/v1/glance", params={"year": "2021"}), 200)
    assert (seen["held"]["sessions"], seen["issued"]["certificates"], seen["sources"]) == (0, 0, [])
    assert (await analyst.get("/api/v1/glance", params={"district": "999"})).status == 404
    for login in ("suzun", "orlova", "admin"):
        assert (await (await pilot.staff(login)).get("/api/v1/glance")).status == 403


async def test_the_region_less_its_districts_tells_of_nobody(pilot: House) -> None:
    """All but three of a district's people move away: neither its page nor the others' sums tell what those three had,
    in the whole, in any month, by any mode, for any reason."""
    analyst = await pilot.staff("analyst")
    small = next(each["id"] for each in (await _region(analyst))["choices"] if each["name"] == "город Бердск")
    people = "SELECT DISTINCT client_id FROM measured WHERE district_id = :small AND outcome = 'took_place'"
    stay = sorted(client for (client,) in await _asked(pilot, people, small=small))[:3]
    async with pilot.centre.database.write() as tx:
        moved = "UPDATE measured SET district_id = 3 WHERE district_id = :small AND client_id NOT IN (:a, :b, :c)"
        await tx.execute(text(moved), {"small": small} | dict(zip("abc", stay, strict=True)))
    whole = await _region(analyst)
    parts = [
        await body(await analyst.get("/api/v1/glance", params={"district": str(each["id"])}), 200)
        for each in whole["choices"]
    ]
    (silent,) = [part for part in parts if part["district"]["id"] == small]
    assert silent["withheld"]
    assert silent["held"]["sessions"] is None
    assert small not in [row["id"] for row in whole["districts"]]
    withheld = [part for part in parts if part["withheld"]]
    assert len(withheld) > 1, "another one stands before it"
    for part in withheld:
        told = [each["sessions"] for name in ("months", "modes", "reasons") for each in part[name]]
        assert (set(told), part["waiting"], part["missed"]["sessions"]) == ({None}, None, None)
    for part, column in (("months", "month"), ("modes", "mode"), ("reasons", None)):
        for at, told in enumerate(whole[part]):
            if told["sessions"] is None:
                continue
            gone = [each["district"]["id"] for each in parts if each[part][at]["sessions"] is None]
            left = told["sessions"] - sum(each[part][at]["sessions"] or 0 for each in parts)
            if column is not None and left:
                assert len(await _behind(pilot, column, told["key"], gone)) >= whole["mask_below"]
            assert not left or len(gone) > 1, (part, told["key"])


async def _region(analyst: Browser) -> Any:
    return await body(await analyst.get("/api/v1/glance"), 200)


async def _behind(house: House, column: str, value: str | int, districts: list[int]) -> set[int]:
    """Who stands in these cells."""
    rows = await _asked(house, f"SELECT client_id, district_id, {column} FROM measured WHERE outcome = 'took_place'")  # noqa: S608 - a name of ours
    return {client for client, district, own in rows if own == value and district in districts}


async def test_what_one_person_used_is_told_by_no_figure_of_money(ryadom: House) -> None:
    """Six hold a certificate and one of them had a session: neither purses, months nor units say what it cost."""
    for client in await _neighbours(ryadom, 5):
        await certified(ryadom, client=client)
    await held(ryadom, certificate=await certified(ryadom))
    officer = await ryadom.staff("officer")
    seen = await body(await officer.get("/api/v1/glance", params={"year": str(YEAR)}), 200)
    assert (seen["issued"]["certificates"], seen["issued"]["used"]) == (6, None)
    for purse in (*seen["sources"], *seen["support"]):
        assert purse["planned"] > 0
        assert {purse[kind] for kind in ("issued", "reserved", "consumed", "expired", "left")} == {None}
    assert [seen["held"]["kopecks"], seen["months"][10]["kopecks"]] == [None, None]
    assert set(seen["issued"]["units"]["session"].values()) == {None}
    assert "474" not in (await (await officer.get("/api/v1/glance.csv", params={"year": str(YEAR)})).text())


async def test_what_few_have_kept_for_a_booking_stands_with_what_is_free(ryadom: House) -> None:
    papers = [await certified(ryadom, client=client) for client in await _neighbours(ryadom, 6)]
    async with ryadom.centre.database.write() as tx:
        for number in papers:
            (line,) = await tx.scalars(select(CertificateLine).where(CertificateLine.certificate_id == number))
            taken = Move("reserve", ledger.line(line.id), "available", "reserved", 2 if number == papers[0] else 1)
            used = Move("consume", ledger.line(line.id), "reserved", "consumed", 1)
            await ledger.post(tx, [taken, used], now=ryadom.now)
    seen = await body(await (await ryadom.staff("officer")).get("/api/v1/glance", params={"year": str(YEAR)}), 200)
    told = seen["issued"]["units"]["session"]
    assert told == {"granted": 60, "available": 54, "reserved": None, "consumed": 6, "expired": 0}


async def test_units_of_which_one_has_any_are_not_told_beside_those_of_many(pilot: House) -> None:
    (one,) = await _neighbours(pilot, 1)
    await certified(pilot, client=one, unit="minute")
    seen = await _region(await pilot.staff("analyst"))
    assert set(seen["issued"]["units"]["minute"].values()) == {None}
    assert seen["issued"]["units"]["session"]["granted"] > 0


async def test_what_was_used_of_a_paper_stays_used_when_another_takes_its_place(pilot: House) -> None:
    analyst, officer = await pilot.staff("analyst"), await pilot.staff("officer")
    before = (await _region(analyst))["issued"]
    of_it = """SELECT c.id, c.version FROM certificate c JOIN certificate_line l ON l.certificate_id = c.id
        JOIN ledger_account a ON a.line_id = l.id WHERE c.status = 'in_use' AND c.district_id = 1
        AND a.kind = 'consumed' AND a.balance > 0 ORDER BY c.id LIMIT 1"""
    ((number, version),) = await _asked(pilot, of_it)
    lost = {"json": {"because": "lost"}, "headers": {"If-Match": f'"{version}"'}}
    await body(await officer.post(f"/api/v1/certificates/{number}/replace", **lost), 200)
    after = (await _region(analyst))["issued"]
    assert [after[name] for name in ("units", "used", "used_people", "certificates", "people")] == [
        before[name] for name in ("units", "used", "used_people", "certificates", "people")
    ]


async def _neighbours(house: House, count: int) -> list[int]:
    """New clients of the officer's district."""
    card = {"birth_year": 1950, "district_id": 1, "created_at": house.now, "created_by": 1}
    async with house.centre.database.write() as tx:
        cards = [Client(name=f"Сосед {n}", name_folded=f"сосед {n}", **card) for n in range(count)]
        tx.add_all(cards)
        await tx.flush()
        return [each.id for each in cards]
