"""The holder's choice over HTTP: before staff, by his digits, and by himself on a phone without an account."""

import asyncio
from collections import Counter
from typing import Any

from sqlalchemy import func, select

from scheduling.certificates.tables import ProviderListing
from tests.server.house import Browser, House, body, booked
from tests.server.paid import API, COST, NGO, SUZUN, chosen, formed, issued, listing, planned, version


async def ready(ryadom: House, **more: Any) -> tuple[Browser, dict[str, Any], str]:
    """An officer, a certificate, its digits; the NGO and Suzun's centre have money of their own."""
    officer = await ryadom.staff("officer")
    given = await issued(officer, **more)
    for provider in (NGO, SUZUN):
        await planned(officer, 1_000_000, provider)
    return officer, given["certificate"], given["code"]


async def test_the_list_says_the_same_of_everybody_and_is_kept(ryadom: House) -> None:
    officer, made, _ = await ready(ryadom)
    shown = await listing(officer, made["id"])
    items = shown["listing"]["items"]
    assert {each["kind"] for each in items} == {"state", "ngo"}
    assert all(each["services"][0]["price_kopecks"] == COST for each in items)
    assert all(each["next_free"] for each in items)
    async with ryadom.centre.database.read() as tx:
        kept = await tx.get_one(ProviderListing, shown["listing"]["id"])
    assert [each["provider"] for each in kept.items] == [each["provider"] for each in items]


async def test_nobody_stands_first_in_every_view(ryadom: House) -> None:
    officer, made, _ = await ready(ryadom)
    firsts = Counter([(await listing(officer, made["id"]))["listing"]["items"][0]["provider"] for _ in range(80)])
    assert len(firsts) == 5, "each of the five stood first at least once in eighty views: one in ten million would not"


async def test_the_digits_on_the_paper_confirm_a_choice(ryadom: House) -> None:
    officer, made, code = await ready(ryadom)
    done = await chosen(officer, made, NGO, confirmed_by="code", code=code)
    assert (done["status"], done["provider"]["kind"]) == ("chosen", "ngo")
    [choice] = done["choices"]
    assert (choice["confirmed_by"], choice["by"], choice["before"]) == ("code", "Елена Михайловна Титова", None)
    assert NGO in [each["provider"] for each in choice["listing"]["items"]]


async def test_wrong_digits_choose_nothing_and_are_counted(ryadom: House) -> None:
    officer, made, code = await ready(ryadom)
    shown = (await listing(officer, made["id"]))["listing"]["id"]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    path = f"{API}/certificates/{made['id']}/choice"

    async def said(digits: str) -> dict[str, Any]:
        asked = {"listing": shown, "provider": NGO, "confirmed_by": "code", "code": digits}
        return await (await officer.post(path, json=asked, headers=version(made))).json()  # type: ignore[no-any-return]

    codes = [(await said(wrong))["code"] for _ in range(8)]
    assert codes == ["certificate_code_wrong"] * 8
    assert (await said(code))["code"] == "too_many_tries", "not even with the right ones"
    ryadom.later(minutes=61)
    assert (await said(code))["code"] == "listing_outdated"
    done = await chosen(officer, await body(await officer.get(f"{API}/certificates/{made['id']}"), 200), NGO)
    assert done["status"] == "chosen"


async def test_digits_belong_to_confirming_by_code(ryadom: House) -> None:
    officer, made, code = await ready(ryadom)
    path = f"{API}/certificates/{made['id']}/choice"
    for said in ({"confirmed_by": "aloud", "code": code}, {"confirmed_by": "code"}):
        asked = {"listing": 1, "provider": NGO} | said
        assert (await officer.post(path, json=asked, headers=version(made))).status == 422


async def test_of_two_officers_at_once_one_writes_the_choice_down(ryadom: House) -> None:
    officer, made, _ = await ready(ryadom)
    suzun = await ryadom.staff("suzun")
    shown = (await listing(officer, made["id"]))["listing"]["id"]
    path = f"{API}/certificates/{made['id']}/choice"
    asked = [{"listing": shown, "provider": which, "confirmed_by": "aloud"} for which in (NGO, SUZUN)]
    answers = await asyncio.gather(
        *(who.post(path, json=each, headers=version(made)) for who, each in zip((officer, suzun), asked, strict=True))
    )
    assert sorted(each.status for each in answers) == [200, 412]


async def test_a_change_of_provider_asks_about_open_sessions_and_keeps_the_balance(ryadom: House) -> None:
    officer, made, _ = await ready(ryadom, client=2)
    suzun = await ryadom.staff("suzun")
    first = await chosen(officer, made, SUZUN)
    one = (await booked(suzun, client=2))["booking"]
    with_it = await suzun.post(
        f"{API}/bookings",
        json={
            "client": 2,
            "specialist": 1,
            "service": "1739",
            "starts": (await _later(suzun, one)),
            "certificate": made["id"],
        },
    )
    paid = (await body(with_it, 201))["booking"]
    used = await body(await officer.get(f"{API}/certificates/{made['id']}"), 200)
    assert (used["status"], used["lines"][0]["reserved"]) == ("in_use", 1)
    assert [each["id"] for each in used["bookings"]] == [paid["id"]]
    assert first["version"] < used["version"]
    shown = (await listing(officer, made["id"]))["listing"]["id"]
    wish = {"listing": shown, "provider": NGO, "confirmed_by": "aloud", "because": "Ближе к дому"}
    path = f"{API}/certificates/{made['id']}/choice"
    asked = await body(await officer.post(path, json=wish, headers=version(used)), 409)
    assert (asked["code"], [each["id"] for each in asked["bookings"]]) == ("bookings_undecided", [paid["id"]])
    said = wish | {"cancel": [paid["id"]], "since": "2026-12-01"}
    done = await body(await officer.post(path, json=said, headers=version(used)), 200)
    assert (done["provider"]["id"], done["lines"][0]["available"], done["bookings"]) == (NGO, 4, [])
    assert [each["because"] for each in done["choices"]] == ["", "Ближе к дому"]
    gone = await body(await suzun.get(f"{API}/bookings/{paid['id']}"), 200)
    assert gone["status"] == "cancelled"


async def _later(suzun: Browser, one: dict[str, Any]) -> str:
    query = {"service": "1739", "specialist": "1", "from": "2026-11-25", "client": "2"}
    found = await body(await suzun.get(f"{API}/slots", params=query), 200)
    return str(next(each["starts"] for each in found["items"] if each["starts"] != one["starts"]))


async def test_the_holder_opens_his_certificate_and_chooses_by_himself(ryadom: House) -> None:
    _, made, code = await ready(ryadom)
    phone = ryadom.browser()
    assert (await body(await phone.get(f"{API}/own-certificate"), 401))["code"] == "holder_unknown"
    typed = made["number"].replace("-", " – ").lower()
    seen = await body(await phone.post(f"{API}/own-certificate", json={"number": typed, "code": code}), 200)
    assert (seen["holder"], seen["may_choose"], seen["lines"][0]["left"]) == ("Воробьёва А. П.", True, 4)
    shown = await body(await phone.get(f"{API}/own-certificate/providers"), 200)
    wish = {"listing": shown["listing"]["id"], "provider": NGO}
    path = f"{API}/own-certificate/choice"
    done = await body(await phone.post(path, json=wish, headers=version(seen)), 200)
    assert done["provider"]["name"] == "АНО «Тёплый дом»"
    late = await body(await phone.post(path, json=wish, headers=version(seen)), 412)
    assert late["code"] == "version_moved"
    await body(await phone.delete(f"{API}/own-certificate"), 204)
    assert (await phone.get(f"{API}/own-certificate")).status == 401


async def test_a_number_of_the_departments_own_is_typed_with_its_spaces_or_without(ryadom: House) -> None:
    _, _, code = await ready(ryadom, number="СЗ 2026 7")
    for typed in ("СЗ 2026 7", " СЗ2026 7 "):
        opened = ryadom.browser()
        await body(await opened.post(f"{API}/own-certificate", json={"number": typed, "code": code}), 200)


async def test_half_an_hour_later_or_with_new_digits_the_phone_is_a_strangers(ryadom: House) -> None:
    officer, made, code = await ready(ryadom)
    phone, other = ryadom.browser(), ryadom.browser()
    for each in (phone, other):
        await body(await each.post(f"{API}/own-certificate", json={"number": made["number"], "code": code}), 200)
    ryadom.later(minutes=29)
    await body(await phone.get(f"{API}/own-certificate"), 200)
    ryadom.later(minutes=2)
    assert (await phone.get(f"{API}/own-certificate")).status == 401
    await body(await phone.post(f"{API}/own-certificate", json={"number": made["number"], "code": code}), 200)
    await body(await officer.post(f"{API}/certificates/{made['id']}/code", headers=version(made)), 200)
    assert (await phone.get(f"{API}/own-certificate")).status == 401


async def test_a_guesser_is_stopped_and_learns_nothing_of_numbers(ryadom: House) -> None:
    _, made, code = await ready(ryadom)
    thief = ryadom.browser()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    path = f"{API}/own-certificate"
    there = await body(await thief.post(path, json={"number": made["number"], "code": wrong}), 404)
    nowhere = await body(await thief.post(path, json={"number": "54-01-2026-999999", "code": wrong}), 404)
    assert there == nowhere
    for _ in range(7):
        await body(await thief.post(path, json={"number": "54-01-2026-999999", "code": wrong}), 404)
    stopped = await body(await thief.post(path, json={"number": "54-01-2026-999999", "code": wrong}), 429)
    assert stopped["code"] == "too_many_tries"


async def test_a_forged_cookie_opens_nothing(ryadom: House) -> None:
    _, made, _ = await ready(ryadom)
    until = int(ryadom.now.timestamp()) + 600
    for cookie in (f"{made['id']}.{until}.{'0' * 64}", f"{made['id']}", "x.y.z", f"{10**8}.{until}.{'0' * 64}"):
        phone = ryadom.browser()
        phone.session.cookie_jar.update_cookies({"ryadom_certificate": cookie})
        assert (await phone.get(f"{API}/own-certificate")).status == 401


async def test_a_draft_shows_no_list(ryadom: House) -> None:
    officer = await ryadom.staff("officer")
    draft = await formed(officer)
    refused = await body(await officer.get(f"{API}/certificates/{draft['id']}/providers"), 409)
    assert refused["code"] == "certificate_not_open"
    async with ryadom.centre.database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(ProviderListing)) == 0


async def test_the_sheet_to_sign_shows_the_list_in_its_order(ryadom: House) -> None:
    officer, made, _ = await ready(ryadom)
    shown = (await listing(officer, made["id"]))["listing"]
    path = f"{API}/certificates/{made['id']}/listings/{shown['id']}/sheet.pdf"
    sheet = await officer.get(path)
    assert (sheet.status, sheet.content_type) == (200, "application/pdf")
    assert (await officer.get(path.replace(f"/{shown['id']}/sheet", "/999999/sheet"))).status == 404
