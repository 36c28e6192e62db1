"""A client's card with the fields of the register: date of birth, sex, СНИЛС and address, each checked."""

from typing import Any

import pytest

from tests.server.house import Browser, House, body

NEW = {"name": "Мария Ивановна Гуляева", "birth_year": 1950, "consents": [{"purpose": "processing", "how": "paper"}]}
WHOLE = {"birth_date": "1950-05-12", "sex": "f", "snils": "11223344595", "address": "ул. Мира, 4"}


async def registered(coordinator: Browser, status: int = 201, **facts: Any) -> Any:
    return await body(await coordinator.post("/api/v1/clients", json=NEW | facts), status)


async def test_a_card_keeps_what_the_register_asks_for(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    card = await registered(coordinator, **WHOLE)
    assert {name: card[name] for name in WHOLE} == WHOLE | {"snils": "112-233-445 95"}
    path, headers = f"/api/v1/clients/{card['id']}", {"If-Match": f'"{card["version"]}"'}
    changed = await body(await coordinator.patch(path, json={"birth_date": None, "sex": ""}, headers=headers), 200)
    assert (changed["birth_date"], changed["sex"], changed["snils"]) == (None, "", "112-233-445 95")


async def test_a_card_needs_none_of_it(ryadom: House) -> None:
    card = await registered(await ryadom.staff("suzun"))
    assert {name: card[name] for name in WHOLE} == {"birth_date": None, "sex": "", "snils": "", "address": ""}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("snils", "112-233-445 96", "snils"),
        ("snils", "12345", "snils"),
        ("birth_date", "1951-05-12", "other_birth_year"),
        ("birth_date", "1850-05-12", "out_of_range"),
        ("sex", "x", "not_offered"),
    ],
)
async def test_what_cannot_be_so_is_named(ryadom: House, field: str, value: str, code: str) -> None:
    refused = await registered(await ryadom.staff("suzun"), 422, **{field: value})
    assert [(each["field"], each["code"]) for each in refused["errors"]] == [(field, code)]


async def test_a_year_that_leaves_the_date_behind_is_refused(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    card = await registered(coordinator, **WHOLE)
    path, headers = f"/api/v1/clients/{card['id']}", {"If-Match": f'"{card["version"]}"'}
    refused = await body(await coordinator.patch(path, json={"birth_year": 1949}, headers=headers), 422)
    assert refused["errors"][0]["code"] == "other_birth_year"
