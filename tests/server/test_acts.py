"""Acts of a month: what they take and what they leave out, signing, and that a signed one stands whatever is tried."""

import asyncio
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from scheduling import budgets, ledger
from scheduling.acts import Rendered
from scheduling.ledger import Move
from scheduling.people import Account
from tests.server.certified import COST, NOVEMBER, act, by_minutes, certified, confirmed, held, made, rendered, signed
from tests.server.house import Browser, House, body
from tests.server.visit import Visit

DECEMBER = "2026-12-01"


async def agreed(house: House, *, certificate: int | None = None, **how: Any) -> Visit:
    """A session on a certificate, held and confirmed."""
    told = await held(house, certificate=certificate or await certified(house), **how)
    await confirmed(told.coordinator, told.booking)
    return told


async def corrected(told: Visit, status: str, because: str = "Ошибка при записи исхода") -> None:
    headers = {"If-Match": f'"{(await told.booking_now())["version"]}"'}
    sent = {"status": status, "because": because}
    await body(await told.coordinator.post(f"{told.path}/outcome", json=sent, headers=headers), 200)


async def in_december(house: House) -> tuple[Browser, Browser]:
    """The month goes by, and people sign in anew: the officer and the coordinator."""
    house.later(days=14)
    return await house.staff("officer"), await house.staff("suzun")


async def test_an_act_takes_what_is_agreed_upon_and_names_what_it_leaves_out(ryadom: House) -> None:
    certificate = await certified(ryadom)
    told = await agreed(ryadom, certificate=certificate)
    officer = await ryadom.staff("officer")
    other = await held(ryadom, certificate=await certified(ryadom, client=1), client=1)
    answer = await made(officer)
    assert [(each["lines"], each["sum_kopecks"], each["number"]) for each in answer["items"]] == [(1, COST, None)]
    assert [(each["booking"], each["why"]) for each in answer["left_out"]] == [(other.booking, "proposed")]
    draft = await act(officer, answer["items"][0]["id"])
    line = draft["lines"][0]
    assert (line["booking"], line["minutes"], line["evidence"]["how"]) == (told.booking, 40, "coordinator")
    assert (line["evidence"]["share"], line["evidence"]["of"], line["evidence"]["mode"]) == (1000, 40, "video")
    assert draft["totals"] == [
        {"code": "1739", "name": line["name"], "lines": 1, "quantity": 1, "minutes": 40, "sum_kopecks": COST}
    ]
    assert [each["booking"] for each in draft["left_out"]] == [other.booking]


async def test_a_draft_is_made_anew_as_often_as_somebody_asks_and_can_be_thrown_away(ryadom: House) -> None:
    first = await agreed(ryadom)
    officer = await ryadom.staff("officer")
    draft = (await made(officer))["items"][0]
    second = await agreed(ryadom, certificate=await certified(ryadom, client=1), client=1)
    again = (await made(officer))["items"][0]
    assert (again["id"], again["lines"]) == (draft["id"], 2)
    assert sorted(each["booking"] for each in (await act(officer, again["id"]))["lines"]) == sorted(
        (first.booking, second.booking)
    )
    headers = {"If-Match": '"2"'}
    await body(await officer.delete(f"/api/v1/acts/{draft['id']}", headers=headers), 204)
    await body(await officer.get(f"/api/v1/acts/{draft['id']}"), 404)
    assert (await made(officer))["items"][0]["lines"] == 2


async def test_numbers_of_a_provider_have_no_gap_whatever_was_thrown_away(ryadom: House) -> None:
    certificate = await certified(ryadom)
    numbers = []
    for client in (2, 1, 3):
        paid_by = certificate if client == 2 else await certified(ryadom, client=client)
        await agreed(ryadom, certificate=paid_by, client=client)
        officer = await ryadom.staff("officer")
        thrown = (await made(officer))["items"][0]
        await body(await officer.delete(f"/api/v1/acts/{thrown['id']}", headers={"If-Match": '"1"'}), 204)
        numbers.append((await signed(officer, (await made(officer))["items"][0]["id"]))["number"])
    assert numbers == ["1/2026-001", "1/2026-002", "1/2026-003"]


async def test_a_line_never_stands_twice(ryadom: House) -> None:
    await agreed(ryadom)
    officer = await ryadom.staff("officer")
    await signed(officer, (await made(officer))["items"][0]["id"])
    assert (await made(officer))["items"] == []
    officer, _ = await in_december(ryadom)
    assert (await made(officer, month=DECEMBER))["items"] == []


async def test_what_waits_on_another_draft_is_left_to_it(ryadom: House) -> None:
    told = await agreed(ryadom)
    officer = await ryadom.staff("officer")
    november = (await made(officer))["items"][0]
    officer, _ = await in_december(ryadom)
    answer = await made(officer, month=DECEMBER)
    assert answer["items"] == []
    assert [(each["booking"], each["why"], each["act"]) for each in answer["left_out"]] == [
        (told.booking, "elsewhere", november["id"])
    ]


async def test_what_is_confirmed_late_comes_on_the_next_act(ryadom: House) -> None:
    told = await held(ryadom, certificate=await certified(ryadom))
    officer, coordinator = await in_december(ryadom)
    assert (await made(officer, month=DECEMBER))["items"] == []
    await confirmed(coordinator, told.booking)
    draft = (await made(officer, month=DECEMBER))["items"][0]
    assert (await act(officer, draft["id"]))["lines"][0]["booking"] == told.booking


@pytest.mark.parametrize("engine", ["sqlite", "postgres"], indirect=True)
async def test_a_signed_act_stands_whatever_is_tried(ryadom: House) -> None:
    await agreed(ryadom)
    officer = await ryadom.staff("officer")
    draft = (await made(officer))["items"][0]
    await signed(officer, draft["id"])
    kept = await act(officer, draft["id"])
    for door, method in ((f"/api/v1/acts/{draft['id']}/sign", "POST"), (f"/api/v1/acts/{draft['id']}", "DELETE")):
        sent = {"json": {"signed_for": "А. П. Воронцова"}} if method == "POST" else {}
        headers = {"If-Match": f'"{kept["version"]}"'}
        refused = await body(await officer.request(method, door, headers=headers, **sent), 409)
        assert (refused["code"], refused["number"]) == ("act_signed", "1/2026-001")
    columns = "act_id, n, booking_id, client_id, certificate_id, day, code, name, unit, quantity, minutes, unit_kopecks"
    lines = f"SELECT {columns}, 1, evidence, id, '' FROM act_line"  # noqa: S608 - own words
    added = f"INSERT INTO act_line ({columns}, sum_kopecks, evidence, corrects_id, because) {lines}"
    for touched in (
        "UPDATE act SET signed_for = 'другой'",
        "UPDATE act SET status = 'draft'",
        "DELETE FROM act",
        "UPDATE act_line SET sum_kopecks = 1",
        "UPDATE act_line SET act_id = act_id + 1",
        "DELETE FROM act_line",
        added,
    ):
        with pytest.raises(DBAPIError, match="act_signed"):
            async with ryadom.centre.database.write() as tx:
                await tx.execute(text(touched))
    assert await act(officer, draft["id"]) == kept


async def test_two_officers_sign_at_once_and_one_of_them_is_told(ryadom: House) -> None:
    await agreed(ryadom)
    one, other = await ryadom.staff("officer"), await ryadom.staff("officer")
    draft = (await made(one))["items"][0]
    headers, sent = {"If-Match": '"1"'}, {"signed_for": "А. П. Воронцова"}
    path = f"/api/v1/acts/{draft['id']}/sign"
    answers = await asyncio.gather(*(who.post(path, json=sent, headers=headers) for who in (one, other)))
    assert sorted(each.status for each in answers) == [200, 409]
    codes = {(await each.json()).get("code") for each in answers if each.status != 200}
    assert codes == {"act_signed"}


async def test_two_officers_make_the_same_act_at_once_and_there_is_one(ryadom: House) -> None:
    await agreed(ryadom)
    officers = [await ryadom.staff("officer") for _ in range(3)]
    answers = await asyncio.gather(*(made(who) for who in officers))
    assert len({each["items"][0]["id"] for each in answers}) == 1
    assert [len((await act(officers[0], each["items"][0]["id"]))["lines"]) for each in answers] == [1, 1, 1]


async def test_an_outcome_corrected_after_signing_is_a_line_below_zero_on_the_next_act(ryadom: House) -> None:
    told = await agreed(ryadom)
    officer = await ryadom.staff("officer")
    await signed(officer, (await made(officer))["items"][0]["id"])
    await corrected(told, "failed_technically")
    overview = await body(await officer.get("/api/v1/acts", params={"year": "2026"}), 200)
    assert [each["corrections"] for each in overview["items"]] == [1]
    draft = await act(officer, (await made(officer))["items"][0]["id"])
    line = draft["lines"][0]
    assert (line["quantity"], line["minutes"], line["sum_kopecks"]) == (-1, -40, -COST)
    assert (line["corrects"], line["because"]) == ({"act": "1/2026-001", "n": 1}, "Ошибка при записи исхода")
    assert (await signed(officer, draft["id"]))["number"] == "1/2026-002"
    assert (await made(officer))["items"] == [], "nothing is corrected twice"


async def test_a_dispute_settled_after_signing_corrects_by_the_difference(ryadom: House) -> None:
    await by_minutes(ryadom)
    told = await agreed(ryadom)
    officer = await ryadom.staff("officer")
    await signed(officer, (await made(officer))["items"][0]["id"])
    sent = {"agrees": False, "minutes": 20, "text": "Двадцать минут"}
    await body(await told.phone.post("/api/v1/join/rendered", json=sent), 204)
    assert [each["why"] for each in (await made(officer))["left_out"]] == ["disputed"]
    version = (await rendered(officer, told.booking))["version"]
    settle = {"favour": "client", "because": "Журнал комнаты это подтверждает"}
    path, headers = f"/api/v1/rendered/{told.booking}/settle", {"If-Match": f'"{version}"'}
    await body(await officer.post(path, json=settle, headers=headers), 200)
    draft = await act(officer, (await made(officer))["items"][0]["id"])
    line = draft["lines"][0]
    assert (line["quantity"], line["minutes"], line["sum_kopecks"]) == (0, -20, 23_715 - COST)
    assert line["because"] == "Журнал комнаты это подтверждает"
    await signed(officer, draft["id"])


async def test_a_draft_that_says_what_holds_no_more_is_not_signed(ryadom: House) -> None:
    told = await agreed(ryadom)
    officer = await ryadom.staff("officer")
    draft = (await made(officer))["items"][0]
    await body(await told.phone.post("/api/v1/join/rendered", json={"agrees": False}), 204)
    refused = await signed(officer, draft["id"], status=409)
    assert (refused["code"], refused["lines"]) == ("act_stale", [1])
    assert (await made(officer))["items"] == []
    await body(await officer.get(f"/api/v1/acts/{draft['id']}"), 404)


async def test_an_act_that_disagrees_with_the_budget_is_not_signed(ryadom: House) -> None:
    told = await agreed(ryadom)
    officer = await ryadom.staff("officer")
    draft = (await made(officer))["items"][0]
    async with ryadom.centre.database.write() as tx:
        fund = await budgets.find_or_make(tx, district=1, year=2026, source="region", provider=1)
        back = Move("correct", ledger.budget(fund.id), "consumed", "issued", 429)
        await ledger.post(tx, [back], now=ryadom.now, booking=told.booking)
    refused = await signed(officer, draft["id"], status=409)
    assert refused["code"] == "act_disagrees"
    assert refused["lines"] == [{"n": 1, "booking": told.booking, "acts_kopecks": COST, "budget_kopecks": COST - 429}]


async def test_each_source_of_money_has_an_act_of_its_own(ryadom: House) -> None:
    first = await agreed(ryadom)
    second = await agreed(ryadom, certificate=await certified(ryadom, client=1), client=1)
    async with ryadom.centre.database.write() as tx:
        (await tx.get_one(Rendered, second.booking)).source = "federal"
    officer = await ryadom.staff("officer")
    drafts = [await act(officer, each["id"]) for each in (await made(officer))["items"]]
    assert [(each["source"], each["lines"][0]["booking"]) for each in drafts] == [
        ("federal", second.booking),
        ("region", first.booking),
    ]


async def test_an_act_is_made_of_a_month_that_has_begun_by_the_officer_of_its_district(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    for month in ("2027-01-01", "2026-11-02"):
        sent = {"provider": 1, "month": month}
        wrong = await body(await officer.post("/api/v1/acts", json=sent), 422)
        assert wrong["errors"][0]["field"] == "month"
    await body(await officer.post("/api/v1/acts", json={"provider": 1, "district": 2, "month": NOVEMBER}), 404)
    await body(await officer.post("/api/v1/acts", json={"provider": 999, "month": NOVEMBER}), 404)


async def test_the_analyst_sees_sums_and_nobody_by_name(ryadom: House) -> None:
    told = await agreed(ryadom)
    officer, analyst = await ryadom.staff("officer"), await ryadom.staff("analyst")
    draft = (await made(officer))["items"][0]
    overview = await body(await analyst.get("/api/v1/acts", params={"year": "2026"}), 200)
    assert [(each["month"], each["acts"][0]["sum_kopecks"]) for each in overview["items"]] == [(NOVEMBER, COST)]
    seen = await body(await analyst.get(f"/api/v1/acts/{draft['id']}"), 200)
    assert (seen["lines"], seen["left_out"], seen["totals"][0]["sum_kopecks"]) == ([], [], COST)
    assert "Лапин" not in str(seen)
    await body(await analyst.get(f"/api/v1/acts/{draft['id']}.pdf"), 403)
    assert told.client_id == 2


async def printed(officer: Browser, act: int) -> str:
    paper = await officer.get(f"/api/v1/acts/{act}.pdf")
    assert paper.headers["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(await paper.read())).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def test_the_act_as_paper_and_as_a_table(ryadom: House) -> None:
    await agreed(ryadom)
    officer = await ryadom.staff("officer")
    draft = (await made(officer))["items"][0]
    assert "не подписан" in await printed(officer, draft["id"])
    await signed(officer, draft["id"])
    words = await printed(officer, draft["id"])
    assert "1/2026-001" in words
    assert "не подписан" not in words
    assert "количество, умноженное на тариф" in words
    table = await officer.get(f"/api/v1/acts/{draft['id']}.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(await table.read())).worksheets[0]
    cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    line = next(row for row in cells if row[0] == 1)
    assert (line[1].date(), line[2], line[10]) == (date(2026, 11, 23), "Виктор Семёнович Лапин", 474.29)


async def test_a_paper_names_the_rule_by_which_the_session_was_paid(ryadom: House) -> None:
    async with ryadom.centre.database.write() as tx:
        await tx.execute(text("UPDATE service_standard SET payment = 'minutes'"))
    await agreed(ryadom)
    officer = await ryadom.staff("officer")
    draft = (await made(officer))["items"][0]
    # What holds for later sessions changes nothing of this one.
    async with ryadom.centre.database.write() as tx:
        await tx.execute(text("UPDATE service_standard SET payment = 'tariff'"))
    assert "не больше нормативного" in await printed(officer, draft["id"])


async def test_another_districts_officer_finds_no_such_act(ryadom: House) -> None:
    await agreed(ryadom)
    officer = await ryadom.staff("officer")
    draft = (await made(officer))["items"][0]
    async with ryadom.centre.database.write() as tx:
        await tx.execute(text("UPDATE account SET institution_id = 2 WHERE login = 'officer'"))
    for path in ("", ".pdf", ".xlsx"):
        await body(await officer.get(f"/api/v1/acts/{draft['id']}{path}"), 404)
    assert (await body(await officer.get("/api/v1/acts", params={"year": "2026"}), 200))["items"] == []


async def test_whoever_is_officer_and_analyst_reads_names_in_her_own_district_alone(ryadom: House) -> None:
    await agreed(ryadom)
    draft = (await made(await ryadom.staff("officer")))["items"][0]
    async with ryadom.centre.database.write() as tx:
        account = (await tx.scalars(select(Account).where(Account.login == "officer"))).one()
        account.roles, account.institution_id = ["officer", "analyst"], 2
    both = await ryadom.staff("officer")
    seen = await act(both, draft["id"])
    assert (seen["lines"], seen["left_out"], seen["sum_kopecks"]) == ([], [], COST)
    for paper in (".pdf", ".xlsx"):
        await body(await both.get(f"/api/v1/acts/{draft['id']}{paper}"), 404)
    async with ryadom.centre.database.write() as tx:
        await tx.execute(text("UPDATE account SET institution_id = 1 WHERE login = 'officer'"))
    assert (await act(both, draft["id"]))["lines"][0]["client"]["name"] == "Виктор Семёнович Лапин"


async def test_a_source_with_a_long_name_has_an_act_of_each_month(ryadom: House) -> None:
    """The months of such a source once had the same mark, and the second act could not be made."""
    drafts = []
    for client in (2, 1):
        told = await agreed(ryadom, certificate=await certified(ryadom, client=client), client=client)
        async with ryadom.centre.database.write() as tx:
            (await tx.get_one(Rendered, told.booking)).source = "department-of-nation-24"
        month = f"{ryadom.now:%Y-%m}-01"
        drafts += (await made(await ryadom.staff("officer"), month=month))["items"]
        ryadom.later(days=14)
    assert len({each["id"] for each in drafts}) == 2


async def settled_as(told: Visit, minutes: int) -> None:
    """The client says that it was so long, and the officer agrees with him."""
    officer = await told.house.staff("officer")
    sent = {"agrees": False, "minutes": minutes}
    await body(await told.phone.post("/api/v1/join/rendered", json=sent), 204)
    version = (await rendered(officer, told.booking))["version"]
    settle = {"favour": "client", "because": "Журнал комнаты это подтверждает"}
    path, headers = f"/api/v1/rendered/{told.booking}/settle", {"If-Match": f'"{version}"'}
    await body(await officer.post(path, json=settle, headers=headers), 200)


async def test_what_was_settled_as_no_session_keeps_no_month_open(ryadom: House) -> None:
    told = await held(ryadom, certificate=await certified(ryadom))
    await settled_as(told, 0)
    officer = await ryadom.staff("officer")
    assert (await made(officer))["items"] == []
    assert (await body(await officer.get("/api/v1/acts", params={"year": "2026"}), 200))["items"] == []


async def test_minutes_that_hold_no_more_are_a_correction_to_make(ryadom: House) -> None:
    """Paid by the session, a minute less costs the same: the act still says forty."""
    told = await agreed(ryadom)
    officer = await ryadom.staff("officer")
    await signed(officer, (await made(officer))["items"][0]["id"])
    await settled_as(told, 39)
    overview = await body(await officer.get("/api/v1/acts", params={"year": "2026"}), 200)
    assert [each["corrections"] for each in overview["items"]] == [1]
    line = (await act(officer, (await made(officer))["items"][0]["id"]))["lines"][0]
    assert (line["quantity"], line["minutes"], line["sum_kopecks"]) == (0, -1, 0)
