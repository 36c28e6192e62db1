"""The holder's own part is one figure from the list he chooses from to the act: said before, paid after."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from scheduling.certificates.tables import Tariff
from tests.server.certified import COST, act, certified, confirmed, held, made, rendered, signed
from tests.server.house import House, body

OWN = 7_429
BUDGET = COST - OWN


@pytest.mark.parametrize(
    ("tariff", "price", "budget", "holder"),
    [
        (None, COST, BUDGET, OWN),
        (50_000, 50_000, BUDGET, OWN + 50_000 - COST),
        (45_000, 45_000, 45_000 - OWN, OWN),
        (5_000, 5_000, 0, 5_000),
    ],
)
async def test_offer_paper_service_and_act_agree_on_who_pays_what(
    ryadom: House, tariff: int | None, price: int, budget: int, holder: int
) -> None:
    """The budget pays the normative cost, or the provider's price where that is lower, less the holder's part."""
    certificate = await certified(ryadom, copay_kopecks=OWN)
    if tariff is not None:
        async with ryadom.centre.database.write() as tx:
            tx.add(Tariff(institution_id=1, code="1739", kopecks=tariff, valid_from=date(2026, 1, 1)))
    officer = await ryadom.staff("officer")

    shown = await body(await officer.get(f"/api/v1/certificates/{certificate}/providers"), 200)
    (offer,) = [each for each in shown["listing"]["items"] if each["provider"] == 1]
    service = offer["services"][0]
    assert (service["price_kopecks"], service["copay_kopecks"]) == (price, holder)

    printed = await officer.get(f"/api/v1/certificates/{certificate}/paper.pdf")
    words = " ".join(PdfReader(io.BytesIO(await printed.read())).pages[0].extract_text().split())
    assert "474,29" in words
    assert "74,29 руб. из цены каждой платите вы" in words

    told = await held(ryadom, certificate=certificate)
    await confirmed(told.coordinator, told.booking)
    row = await rendered(told.coordinator, told.booking)
    assert (row["sum_kopecks"], row["copay_kopecks"]) == (budget, holder)

    (draft,) = (await made(officer))["items"]
    (line,) = (await act(officer, draft["id"]))["lines"]
    assert (line["sum_kopecks"], line["evidence"]["copay_kopecks"]) == (budget, holder)
    budgets = (await body(await officer.get("/api/v1/budgets", params={"year": 2026}), 200))["items"]
    assert {each["consumed"] for each in budgets} == {budget}
    assert (await signed(officer, draft["id"]))["status"] == "signed"


@pytest.mark.parametrize(
    ("tariff", "price", "holder"), [(None, 1_186, 100), (50_000, 1_250, 164), (40_000, 1_000, 100)]
)
async def test_where_minutes_are_counted_the_offer_is_of_a_minute(
    ryadom: House, tariff: int | None, price: int, holder: int
) -> None:
    certificate = await certified(ryadom, unit="minute", quantity=400, unit_kopecks=1_186, copay_kopecks=100)
    if tariff is not None:
        async with ryadom.centre.database.write() as tx:
            tx.add(Tariff(institution_id=1, code="1739", kopecks=tariff, valid_from=date(2026, 1, 1)))
    officer = await ryadom.staff("officer")
    shown = await body(await officer.get(f"/api/v1/certificates/{certificate}/providers"), 200)
    (offer,) = [each for each in shown["listing"]["items"] if each["provider"] == 1]
    assert (offer["services"][0]["price_kopecks"], offer["services"][0]["copay_kopecks"]) == (price, holder)
    told = await held(ryadom, certificate=certificate)
    row = await rendered(told.coordinator, told.booking)
    assert row["copay_kopecks"] == 40 * holder
    assert row["sum_kopecks"] == 40 * (price - holder)
