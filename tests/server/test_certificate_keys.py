"""Keys that sign certificates: made, rotated, withdrawn, published; and the server's own check for old browsers."""

import asyncio
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from typer.testing import CliRunner

from scheduling.certificates import Certificate, SigningKey
from scheduling.certificates import keys as signing_keys
from scheduling.errors import SigningKeyMissing
from scheduling.tries import FailedTry
from server import certificate_cli, certificate_tokens
from server.certificate_check import LONGEST_LIST, Paper, Service, check, hash_of, read_keys, read_revocations
from server.published import KEYS, REVOKED
from tests.server.house import Browser, House, body
from tests.support.live_server import command

CHECK = "/api/v1/certificate/check"
DAY = timedelta(days=1)


def paper(house: House, number: str = "54-1", *, days: int = 100) -> Paper:
    today = house.now.date()
    return Paper(
        *(number, "Отдел соцзащиты", "Сузунский район", "Иванова Анна Петровна", 1948, today, today + days * DAY),
        (Service("1739", "session", 24),),
    )


async def issued(house: House, number: str = "54-1", *, days: int = 100) -> str:
    """Printed: the transaction only reads."""
    async with house.centre.database.read() as tx:
        return await certificate_tokens.issue(tx, paper(house, number, days=days), key=house.centre.key)


async def kept(house: House, number: str, status: str, until: date) -> None:
    async with house.centre.database.write() as tx:
        facts = {"client_id": 1, "district_id": 1, "issuer_id": 1, "created_by": 1, "year": 2026}
        tx.add(Certificate(number=number, status=status, valid_until=until, created_at=house.now, **facts))


async def rotate(house: House) -> str:
    async with house.centre.database.write() as tx:
        return (await certificate_tokens.rotate(tx, key=house.centre.key, now=house.later(minutes=1))).kid


async def document(browser: Browser) -> Any:
    return await body(await browser.get(KEYS), 200)


async def verdict(browser: Browser, token: str) -> Any:
    return await body(await browser.post(CHECK, json={"token": token}), 200)


async def test_everybody_may_have_the_keys_and_the_list_and_no_cookie_comes_along(ryadom: House) -> None:
    for path, kind in ((KEYS, "application/jwk-set+json"), (REVOKED, "application/jose")):
        answer = await ryadom.browser().get(path)
        assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers
    shown = await document(ryadom.browser())
    assert shown["services"]["1739"] == "Социально-психологическое консультирование"
    assert [set(each) for each in shown["keys"]] == [{"kty", "crv", "alg", "use", "kid", "x", "made"}]
    assert '"d"' not in json.dumps(shown), "the private half stays"


async def test_the_private_half_is_kept_sealed(ryadom: House) -> None:
    async with ryadom.centre.database.read() as tx:
        key = await signing_keys.current(tx)
    assert key.sealed.startswith(b"gAAAA")
    async with ryadom.centre.database.read() as tx:
        with pytest.raises(Exception, match=r"^$"):
            await certificate_tokens.issue(tx, paper(ryadom), key=b"another installation's key......")


async def test_what_was_signed_before_a_rotation_stays_good(ryadom: House) -> None:
    await kept(ryadom, "54-1", "issued", ryadom.now.date() + 100 * DAY)
    before = await issued(ryadom)
    assert await issued(ryadom) == before, "the same paper under the same key is the same text"
    second = await rotate(ryadom)
    after = await issued(ryadom)
    shown = await document(ryadom.browser())
    assert shown["keys"][0]["kid"] == second
    assert ["retired" in each for each in shown["keys"]] == [False, True]
    assert [(await verdict(ryadom.browser(), token))["outcome"] for token in (before, after)] == ["genuine", "genuine"]


async def test_a_retired_key_is_shown_as_long_as_a_paper_may_carry_its_signature(ryadom: House) -> None:
    until = ryadom.now.date() + 30 * DAY
    await kept(ryadom, "54-1", "issued", until)
    await rotate(ryadom)
    ryadom.later(minutes=1)
    await kept(ryadom, "54-2", "issued", until + 900 * DAY)  # made later: the first key never signed it
    ryadom.later(days=30 + 61)
    assert len((await document(ryadom.browser()))["keys"]) == 2
    ryadom.later(days=2)
    assert len((await document(ryadom.browser()))["keys"]) == 1


async def test_a_withdrawn_key_is_never_believed_again_and_another_signs(ryadom: House) -> None:
    await kept(ryadom, "54-1", "issued", ryadom.now.date() + 100 * DAY)
    token = await issued(ryadom)
    unsafe = (await document(ryadom.browser()))["keys"][0]["kid"]
    async with ryadom.centre.database.write() as tx:
        await certificate_tokens.withdraw(tx, unsafe, key=ryadom.centre.key, now=ryadom.later(minutes=1))
    shown = await document(ryadom.browser())
    assert [each["kid"] for each in shown["withdrawn"]] == [unsafe]
    assert unsafe not in [each["kid"] for each in shown["keys"]]
    refused = await verdict(ryadom.browser(), token)
    assert (refused["outcome"], refused["why"], refused["paper"]) == ("forged", "key_withdrawn", None)
    assert (await verdict(ryadom.browser(), await issued(ryadom)))["outcome"] == "genuine", "printed anew"


async def test_nodes_that_start_together_make_one_key(ryadom: House) -> None:
    async with ryadom.centre.database.write() as tx:
        await tx.delete(await signing_keys.current(tx))
    async with ryadom.centre.database.read() as tx:
        with pytest.raises(SigningKeyMissing):
            await certificate_tokens.issue(tx, paper(ryadom), key=ryadom.centre.key)

    async def start() -> None:
        async with ryadom.centre.database.write() as tx:
            await certificate_tokens.ensure_key(tx, key=ryadom.centre.key, now=ryadom.now)

    await asyncio.gather(*(start() for _ in range(5)))
    async with ryadom.centre.database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(SigningKey)) == 1


async def test_the_list_names_what_was_revoked_or_replaced_and_forgets_it_long_after_its_days(ryadom: House) -> None:
    today = ryadom.now.date()
    for number, status in (("54-1", "revoked"), ("54-2", "replaced"), ("54-3", "expired"), ("54-4", "in_use")):
        await kept(ryadom, number, status, today + 10 * DAY)
    stranger = ryadom.browser()

    async def listed() -> tuple[frozenset[str], frozenset[str]]:
        keys = read_keys(await (await stranger.get(KEYS)).text())
        found = read_revocations(await (await stranger.get(REVOKED)).text(), keys)
        assert found.as_of == ryadom.now
        return found.revoked, found.replaced

    assert await listed() == ({hash_of("54-1")}, {hash_of("54-2")})
    ryadom.later(days=10 + 62)
    assert await listed() == ({hash_of("54-1")}, {hash_of("54-2")})
    ryadom.later(days=1)
    assert await listed() == (set(), set())


@pytest.mark.parametrize("spelled", ["54\u00a01", "54  1", "54 1\u200b", " 54 1", "54\u20281", "\u202e54 1", "54 1\n"])
async def test_what_was_taken_back_is_named_as_its_paper_says_it(ryadom: House, spelled: str) -> None:
    """Papers printed before numbers were kept as they are seen."""
    until = ryadom.now.date() + 100 * DAY
    await kept(ryadom, spelled, "revoked", until)
    told = await verdict(ryadom.browser(), await issued(ryadom, spelled))
    assert (told["outcome"], told["paper"]["number"]) == ("revoked", "54 1")
    await kept(ryadom, f"{spelled}-й\u200b", "replaced", until)
    assert (await verdict(ryadom.browser(), await issued(ryadom, f"{spelled}-и\u0306")))["outcome"] == "replaced"


async def test_a_list_of_a_region_is_read_to_its_end(ryadom: House, tmp_path: Path) -> None:
    """About 19 characters of the payload each: joserfc alone stops at 128,000."""
    until = ryadom.now.date() + 100 * DAY
    facts = {"client_id": 1, "district_id": 1, "issuer_id": 1, "created_by": 1, "year": 2026}
    facts |= {"valid_until": until, "created_at": ryadom.now, "version": 1, "source": "region", "because": ""}
    async with ryadom.centre.database.write() as tx:
        gone = [facts | {"number": f"54-{n}", "status": "revoked"} for n in range(6_000)]
        await tx.execute(insert(Certificate), gone)
    stranger = ryadom.browser()
    shown, listed = await (await stranger.get(KEYS)).text(), await (await stranger.get(REVOKED)).text()
    assert 150_000 < len(listed) < LONGEST_LIST
    assert len(read_revocations(listed, read_keys(shown)).revoked) == 6_000
    assert (await verdict(stranger, await issued(ryadom, "54-5999")))["outcome"] == "revoked"
    (tmp_path / "keys.json").write_text(shown, encoding="utf-8")
    (tmp_path / "list.jose").write_text(listed, encoding="utf-8")
    files = ["--keys", str(tmp_path / "keys.json"), "--revoked", str(tmp_path / "list.jose")]
    day = ["--on", ryadom.now.date().isoformat()]
    for number, code in (("54-17", 1), ("54-6000", 0)):
        told = CliRunner().invoke(certificate_cli.app, ["verify", await issued(ryadom, number), *files, *day])
        assert told.exit_code == code, told.output


async def test_the_servers_check_says_what_the_token_says_and_no_more(ryadom: House) -> None:
    await kept(ryadom, "54-9", "revoked", ryadom.now.date() + 100 * DAY)
    today = ryadom.now.date().isoformat()
    answer = await verdict(ryadom.browser(), await issued(ryadom))
    assert answer == {
        "outcome": "genuine",
        "why": None,
        "paper": {
            "number": "54-1",
            "issuer": "Отдел соцзащиты",
            "district": "Сузунский район",
            "holder": "Иванова А. П.",
            "birth_year": 1948,
            "issued_on": today,
            "valid_until": (ryadom.now.date() + 100 * DAY).isoformat(),
            "services": [{"code": "1739", "unit": "session", "quantity": 24}],
        },
        "as_of": ryadom.now.isoformat().replace("+00:00", "Z"),
    }
    assert (await verdict(ryadom.browser(), await issued(ryadom, "54-9")))["outcome"] == "revoked"
    short = await issued(ryadom, days=0)
    ryadom.later(days=1)
    assert (await verdict(ryadom.browser(), short))["outcome"] == "genuine_but_expired"


async def test_who_tries_too_many_forged_ones_has_to_wait_and_genuine_ones_cost_nothing(ryadom: House) -> None:
    browser, token = ryadom.browser(), await issued(ryadom)
    for _ in range(40):
        assert (await verdict(browser, token))["outcome"] == "genuine"
    for _ in range(30):
        assert (await verdict(browser, token[:-1]))["outcome"] == "forged"
    refused = await body(await browser.post(CHECK, json={"token": token}), 429)
    assert (refused["code"], refused["retry_after"] > 0) == ("too_many_tries", True)
    async with ryadom.centre.database.read() as tx:
        whose = set(await tx.scalars(select(FailedTry.who).where(FailedTry.scope == "certificate")))
    assert [len(each) for each in whose] == [64], "a hash of the address, nothing of the token"
    ryadom.later(minutes=11)
    assert (await verdict(browser, token))["outcome"] == "genuine"


async def test_a_text_of_any_kind_is_a_verdict_or_a_plain_refusal(ryadom: House) -> None:
    for text in ("x", "..", "a.b.c", "й.й.й", "\u202e", "A" * 2400, '{"alg":"none"}'):
        assert (await verdict(ryadom.browser(), text))["outcome"] == "forged"
    for wrong in ({"token": ""}, {"token": "A" * 2401}, {"token": 7}, {}, {"token": "x", "more": 1}):
        await body(await ryadom.browser().post(CHECK, json=wrong), 422)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Иванова Анна Петровна", "Иванова А. П."),
        ("Анна Петровна Иванова", "Иванова А. П."),
        ("Роман Аркадьевич Абрамович", "Абрамович Р. А."),
        ("Абрамович Роман Аркадьевич", "Абрамович Р. А."),
        ("Илья Кузьмич Савин", "Савин И. К."),
        ("  Иванова\u00a0 Анна ", "Иванова А."),
        ("Ли", "Ли"),
        ("Алиева Лейла Мамед кызы", "Алиева Л. М. к."),
        ("\u202eИванова Анна", "Иванова А."),
        ("Константинопольская-" * 3 + "Иванова Анна", "Константинопольская-Константинопольская…"),
    ],
)
def test_a_name_is_a_surname_with_initials(name: str, shown: str) -> None:
    assert certificate_tokens.holder_as_shown(name) == shown
    assert len(shown) <= 40


async def test_a_paper_of_long_and_odd_words_can_still_be_checked(ryadom: House) -> None:
    today = ryadom.now.date()
    services = tuple(Service(f"Услуга-долгая-{n:02}", "minute", 999_999_999) for n in range(20))
    long = Paper("№" * 40, "Ш" * 300, "\u200bРайон\n" * 50, "Ю" * 200, 1900, today, today, services)
    async with ryadom.centre.database.read() as tx:
        token = await certificate_tokens.issue(tx, long, key=ryadom.centre.key)
        keys, listed = await certificate_tokens.known(tx, key=ryadom.centre.key, now=ryadom.now)
    found = check(token, keys, listed, today)
    assert (found.outcome, found.why) == ("genuine", None)
    assert found.paper is not None
    assert found.paper.issuer == "Ш" * 59 + "…"


async def test_what_is_no_paper_is_not_signed(ryadom: House) -> None:
    good = paper(ryadom)
    none = Paper(good.number, good.issuer, good.district, good.holder, 1948, good.issued_on, good.valid_until, ())
    async with ryadom.centre.database.read() as tx:
        for bad in (none, paper(ryadom, days=-1), paper(ryadom, days=4000), paper(ryadom, "№" * 41)):
            with pytest.raises(ValueError, match="no certificate says this"):
                await certificate_tokens.issue(tx, bad, key=ryadom.centre.key)


async def test_the_commands_show_rotate_and_withdraw_keys(demo_data: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_data, data)
    before = json.loads(await command(data, "certificate", "keys"))
    assert len(before["keys"]) == 1
    assert "signs from now on" in await command(data, "certificate", "rotate")
    after = json.loads(await command(data, "certificate", "keys"))
    old, new = before["keys"][0]["kid"], after["keys"][0]["kid"]
    assert old != new
    await command(data, "certificate", "withdraw", old)
    text = await command(data, "certificate", "keys")
    assert [each["kid"] for each in json.loads(text)["withdrawn"]] == [old]
    assert read_revocations(await command(data, "certificate", "revoked"), read_keys(text)).keys == {old}
    with pytest.raises(RuntimeError, match="There is no key"):
        await command(data, "certificate", "withdraw", "no-such-key")
