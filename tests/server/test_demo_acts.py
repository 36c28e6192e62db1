"""The demo's acts are as the house itself would have made them: they agree with the budgets, and go on from there."""

from typing import Any

import pytest
from sqlalchemy import select, text

from scheduling.acts import Act, due, making
from scheduling.acts.due import stood
from server import demo_pilot
from tests.server.house import MONDAY, House, body
from tests.server.paid import API, YEAR, version

# What each provider's budget spent on each booking that stands on a signed act, and what its acts say of it.
SPENT = """SELECT s.booking_id, s.kopecks, COALESCE(m.kopecks, 0) FROM (
    SELECT l.booking_id, sum(l.sum_kopecks) AS kopecks FROM act_line l JOIN act a ON a.id = l.act_id
    WHERE a.status = 'signed' GROUP BY l.booking_id) s
LEFT JOIN (
    SELECT v.booking_id, sum(CASE WHEN t.kind = 'consumed' THEN v.amount WHEN f.kind = 'consumed' THEN -v.amount END)
    AS kopecks FROM ledger_movement v JOIN ledger_account t ON t.id = v.target_id
    JOIN ledger_account f ON f.id = v.source_id JOIN budget b ON b.id = t.budget_id AND b.provider_id IS NOT NULL
    GROUP BY v.booking_id) m ON m.booking_id = s.booking_id"""


@pytest.fixture
async def pilot(ryadom: House) -> House:
    async with ryadom.centre.database.write() as tx:
        await demo_pilot.load(tx, now=MONDAY)
    return ryadom


async def _rows(house: House, statement: str) -> list[Any]:
    async with house.centre.database.read() as tx:
        return [tuple(row) for row in await tx.execute(text(statement))]


async def test_signed_acts_say_what_the_budgets_spent(pilot: House) -> None:
    rows = await _rows(pilot, SPENT)
    assert len(rows) > 400
    assert [row for row in rows if int(row[1]) != int(row[2])] == []


async def test_signed_acts_owe_nothing_and_are_numbered_without_a_gap(pilot: House) -> None:
    async with pilot.centre.database.read() as tx:
        signed = list(await tx.scalars(select(Act).where(Act.status == "signed").order_by(Act.signed_at, Act.id)))
        for key in {making.key_of(each) for each in signed}:
            until = max(each.month for each in signed if making.key_of(each) == key)
            assert (await due.on(tx, key, until)).lines == [], key
    rows: dict[Any, list[str]] = {}
    for each in signed:
        rows.setdefault((each.provider_id, each.year), []).append(each.number)
    for (provider, year), numbers in rows.items():
        assert numbers == [f"{provider}/{year}-{n:03}" for n in range(1, len(numbers) + 1)]


async def test_a_session_that_was_none_is_taken_back_on_the_next_act(pilot: House) -> None:
    async with pilot.centre.database.read() as tx:
        (row,) = await _rows(pilot, "SELECT act_id, booking_id FROM act_line WHERE corrects_id IS NOT NULL")
        act = await tx.get_one(Act, row[0])
        lines = (await due.lines_of(tx, [row[1]]))[row[1]]
    assert stood(line for _, line in lines).kopecks == 0
    assert lines[0][0].month < act.month


async def test_her_last_month_is_made_in_one_press_and_signed(pilot: House) -> None:
    """Two disputes and some silence wait in her district; all else of it becomes acts that can be signed at once."""
    officer = await pilot.staff("officer")
    listed = await body(await officer.get(f"{API}/rendered", params={"state": "disputed"}), 200)
    assert (listed["counts"]["disputed"], listed["counts"]["settled"], listed["counts"]["proposed"] > 1) == (2, 1, True)
    year = await body(await officer.get(f"{API}/acts", params={"year": YEAR}), 200)
    waiting = [each for each in year["items"] if each["ready"]]
    month = max(each["month"] for each in waiting)
    drafts = {act["id"] for each in year["items"] for act in each["acts"] if act["number"] is None}
    assert drafts
    for provider in sorted({each["provider"] for each in waiting}):
        made = await body(await officer.post(f"{API}/acts", json={"provider": provider, "month": month}), 200)
        drafts |= {each["id"] for each in made["items"]}
    for act in sorted(drafts):
        draft = await body(await officer.get(f"{API}/acts/{act}"), 200)
        sent, headers = {"signed_for": "А. П. Воронцова"}, version(draft)
        signed = await body(await officer.post(f"{API}/acts/{act}/sign", json=sent, headers=headers), 200)
        assert signed["status"] == "signed"
    year = await body(await officer.get(f"{API}/acts", params={"year": YEAR}), 200)
    assert [each for each in year["items"] if each["ready"] or each["corrections"]] == []
