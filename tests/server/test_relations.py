"""The paper of a representative: a blank is none, and what no database can hold is refused at the edge."""

import pytest

from tests.server.house import House, body

PATH = "/api/v1/clients/2/relations"
SON = {"kind": "representative", "tie": "son", "name": "Лапин Олег Викторович"}


@pytest.mark.parametrize("blank", ["", "   ", "\u00a0", "\t\n"])
async def test_a_blank_is_no_paper(ryadom: House, blank: str) -> None:
    desk = await ryadom.staff("suzun")
    refused = await body(await desk.post(PATH, json=SON | {"document": blank}), 422)
    assert [(each["field"], each["code"]) for each in refused["errors"]] == [("document", "missing")]


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f", "\udc80"])
async def test_a_sign_that_nobody_can_print_is_refused(ryadom: House, sign: str) -> None:
    desk = await ryadom.staff("suzun")
    refused = await desk.post(PATH, json=SON | {"document": f"Доверенность {sign}№ 7"})
    assert refused.status in (400, 422), await refused.text()


async def test_a_paper_is_kept_without_the_blanks_around_it(ryadom: House) -> None:
    desk = await ryadom.staff("suzun")
    made = await body(await desk.post(PATH, json=SON | {"document": "  Доверенность № 7 "}), 201)
    assert made["document"] == "Доверенность № 7"
    path, held = f"{PATH}/{made['id']}", {"If-Match": f'"{made["version"]}"'}
    assert (await desk.put(path, json=SON | {"document": " "}, headers=held)).status == 422
    assert (await desk.put(path, json=SON | {"document": "х" * 201}, headers=held)).status == 422
