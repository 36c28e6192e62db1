"""Staff accounts: passwords, second factor, limits, cookies."""

import asyncio
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pyotp
import pytest

from server import demo
from server.api import account
from tests.server.house import House, body, house

LOGIN = {"login": "orlova", "password": demo.PASSWORD}


async def test_signing_in_tells_who_one_is_and_what_one_may(ryadom: House) -> None:
    me = await body(await ryadom.browser().post("/api/v1/session", json=LOGIN), 200)
    assert (me["name"], me["roles"], me["specialist_id"]) == ("Марина Сергеевна Орлова", ["specialist"], 1)
    assert "notes" in me["may"]
    assert "clients.write" not in me["may"]


async def test_an_unknown_login_and_a_wrong_password_sound_the_same(ryadom: House) -> None:
    answers = [
        await body(await ryadom.browser().post("/api/v1/session", json=facts), 401)
        for facts in ({**LOGIN, "password": "wrong"}, {**LOGIN, "login": "nobody"})
    ]
    assert answers[0] == answers[1]


async def test_guessing_a_password_ends_after_eight_tries_even_with_the_right_one(ryadom: House) -> None:
    for _ in range(8):
        await body(await ryadom.browser().post("/api/v1/session", json={**LOGIN, "password": "wrong"}), 401)
    refused = await body(await ryadom.browser().post("/api/v1/session", json=LOGIN), 429)
    assert refused["code"] == "too_many_tries"
    ryadom.later(minutes=16)
    await body(await ryadom.browser().post("/api/v1/session", json=LOGIN), 200)


async def test_guessing_at_once_is_no_better_than_one_after_the_other(ryadom: House) -> None:
    browser = ryadom.browser()

    async def guess(number: int) -> str:
        answer = await browser.post("/api/v1/session", json={**LOGIN, "password": f"guess {number}"})
        return str((await answer.json(content_type=None))["code"])

    codes = await asyncio.gather(*(guess(number) for number in range(40)))
    assert Counter(codes) == {"wrong_credentials": 8, "too_many_tries": 32}


async def test_a_password_is_checked_beside_the_loop_not_in_it(ryadom: House, monkeypatch: pytest.MonkeyPatch) -> None:
    where: list[threading.Thread] = []
    fits = account._password_fits

    def noted(*facts: Any) -> bool:
        where.append(threading.current_thread())
        return fits(*facts)

    monkeypatch.setattr(account, "_password_fits", noted)
    await body(await ryadom.browser().post("/api/v1/session", json=LOGIN), 200)
    assert where != []
    assert threading.current_thread() not in where


async def test_signing_out_ends_it_on_the_server_too(ryadom: House) -> None:
    browser = await ryadom.staff("orlova")
    cookie = next(item.value for item in browser.session.cookie_jar if item.key == "ryadom_session")
    assert (await browser.delete("/api/v1/session")).status == 204
    thief = ryadom.browser()
    answer = await thief.get("/api/v1/session", headers={"Cookie": f"ryadom_session={cookie}"})
    assert answer.status == 401


async def test_the_second_factor_is_asked_for_and_its_digits_work_once(ryadom: House) -> None:
    browser = await ryadom.staff("orlova")
    offer = await body(await browser.post("/api/v1/account/totp"), 200)
    assert offer["svg"].startswith("<svg")
    totp = pyotp.TOTP(offer["secret"])
    wrong = await body(await browser.put("/api/v1/account/totp", json={"totp": "000000"}), 422)
    assert wrong["errors"][0]["field"] == "totp"
    assert (await browser.put("/api/v1/account/totp", json={"totp": totp.at(ryadom.now)})).status == 204

    again = ryadom.browser()
    assert (await body(await again.post("/api/v1/session", json=LOGIN), 401))["code"] == "totp_needed"
    ryadom.later(seconds=60)
    digits = totp.at(ryadom.now)
    await body(await again.post("/api/v1/session", json={**LOGIN, "totp": digits}), 200)
    overheard = await body(await ryadom.browser().post("/api/v1/session", json={**LOGIN, "totp": digits}), 401)
    assert overheard["code"] == "wrong_credentials"


async def test_one_code_opens_one_of_many_sign_ins_at_once(ryadom: House) -> None:
    totp = await _second_factor(ryadom, "orlova")
    ryadom.later(seconds=60)
    facts = {**LOGIN, "totp": totp.at(ryadom.now)}
    answers = await asyncio.gather(*(ryadom.browser().post("/api/v1/session", json=facts) for _ in range(6)))
    assert sorted(answer.status for answer in answers) == [200, 401, 401, 401, 401, 401]


async def test_digits_that_opened_a_sign_in_do_not_end_the_second_factor(ryadom: House) -> None:
    totp = await _second_factor(ryadom, "orlova")
    ryadom.later(seconds=60)
    browser = ryadom.browser()
    used = totp.at(ryadom.now)
    await body(await browser.post("/api/v1/session", json={**LOGIN, "totp": used}), 200)
    await body(await browser.delete("/api/v1/account/totp", json={"totp": used}), 422)
    ryadom.later(seconds=30)
    assert (await browser.delete("/api/v1/account/totp", json={"totp": totp.at(ryadom.now)})).status == 204


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_the_digits_of_the_second_factor_cannot_be_guessed_in_an_open_browser(ryadom: House, method: str) -> None:
    browser = await ryadom.staff("orlova")
    offer = await body(await browser.post("/api/v1/account/totp"), 200)
    right = {"totp": pyotp.TOTP(offer["secret"]).at(ryadom.now)}
    wrong = {"totp": f"{(int(right['totp']) + 1) % 1_000_000:06}"}
    answers = await asyncio.gather(*(browser.request(method, "/api/v1/account/totp", json=wrong) for _ in range(20)))
    assert Counter(answer.status for answer in answers) == {422: 8, 429: 12}
    await body(await browser.request(method, "/api/v1/account/totp", json=right), 429)


async def _second_factor(ryadom: House, login: str) -> pyotp.TOTP:
    browser = await ryadom.staff(login)
    offer = await body(await browser.post("/api/v1/account/totp"), 200)
    totp = pyotp.TOTP(offer["secret"])
    assert (await browser.put("/api/v1/account/totp", json={"totp": totp.at(ryadom.now)})).status == 204
    return totp


async def test_an_administrator_outside_demo_mode_needs_the_second_factor(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path / "data", database_url, is_demo=False) as ryadom:
        browser = await ryadom.staff("admin")
        assert (await body(await browser.get("/api/v1/districts"), 403))["code"] == "totp_setup_needed"
        offer = await body(await browser.post("/api/v1/account/totp"), 200)
        digits = pyotp.TOTP(offer["secret"]).at(ryadom.now)
        assert (await browser.put("/api/v1/account/totp", json={"totp": digits})).status == 204
        await body(await browser.get("/api/v1/districts"), 200)


async def test_cookies_are_host_only_and_secure_behind_https(tmp_path: Path, database_url: str) -> None:
    public = "https://ryadom.example.org"
    async with house(tmp_path / "data", database_url, public_url=public) as ryadom:
        answer = await ryadom.browser().post("/api/v1/session", json=LOGIN, headers={"Origin": public})
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-ryadom_session=")
        for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
            assert word in cookie


async def test_a_write_from_a_foreign_page_is_refused(ryadom: House) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = await body(await ryadom.browser().post("/api/v1/session", json=LOGIN, headers=headers), 403)
        assert refused["code"] == "foreign_origin"
