"""A coordinator, a client and his daughter over consents: signed for him, read out, taken back, given again."""

from playwright.async_api import Browser, Page, expect

from tests.journeys.people import page_for
from tests.support.chromium import person
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.staff import sign_in, signed_in

CLIENT = 2


async def at_the_card(page: Page, server: LiveServer) -> None:
    await sign_in(page.context, server.address, "coordinator")
    await page.goto(f"{server.address}/staff/client?id={CLIENT}")
    await page.wait_for_selector("[data-purpose=processing]")


async def test_a_daughter_signs_and_it_is_taken_back_after_hearing_what_follows(
    live_server: LiveServer, browser: Browser
) -> None:
    async with signed_in(live_server.address, "coordinator") as office:
        daughter = {
            "kind": "representative",
            "tie": "daughter",
            "name": "Дочь Светлана",
            "document": "доверенность № 5",
        }
        (await office.ask("POST", f"/clients/{CLIENT}/relations", daughter)).ok()
        slots = await office.slots({"specialist": 1, "limit": 5})
        first = (await office.book(CLIENT, slots[0])).ok()["booking"]["id"]
        page = await page_for(browser)
        look = Look(page, live_server.address)
        await at_the_card(page, live_server)
        await page.click("[data-test=take-consent]")
        await page.select_option("#field-purpose", "handover")
        await page.select_option("#field-how", "paper")
        await page.select_option("#field-representative", label="Дочь Светлана, дочь")
        async with page.expect_download() as form:
            await page.click("[data-test=consent-form]")
        assert (await (await form.value).path()).read_bytes().startswith(b"%PDF")
        await look.over("taking a consent")
        await page.click(".consent-add button.primary")
        given = page.locator("[data-purpose=handover]")
        await expect(given).to_contain_text("Дочь Светлана, дочь, доверенность № 5")

        await page.click("[data-purpose=processing] button.act")
        effects = page.locator("[data-test=effects]")
        await expect(effects.locator("[data-effect=bookings_cancelled]")).to_be_visible()
        await expect(effects.locator("[data-effect=consents_end]")).to_contain_text("передача поставщику услуг")
        await look.over("what follows")
        counted = await effects.locator("[data-effect=bookings_cancelled] .follow-items li").count()

        # While she reads, a colleague books another time: nothing is done until that has been read out too.
        second = (await office.book(CLIENT, slots[4])).ok()["booking"]["id"]
        await page.fill("#field-because", "Больше не нужно")
        await page.click("#withdraw")
        await expect(page.locator("[data-code=effects_moved]")).to_be_visible()
        await expect(effects.locator("[data-effect=bookings_cancelled] .follow-items li")).to_have_count(counted + 1)
        assert (await office.get(f"/bookings/{first}"))["status"] == "booked"
        await page.click("#withdraw")
        await expect(page.locator("[data-purpose]")).to_have_count(0)
        for booking in (first, second):
            assert (await office.get(f"/bookings/{booking}"))["status"] == "cancelled"
        await page.click(".consent-past > summary")
        past = page.locator("[data-past=processing]").first
        await expect(past).to_contain_text("Больше не нужно")
        await look.over("what was")
        refused = await office.book(CLIENT, slots[4])
        assert (refused.status, refused.body["code"]) == (422, "consent_needed")
        assert look.faults == []


async def test_whoever_took_it_back_is_asked_again_when_he_calls(live_server: LiveServer, browser: Browser) -> None:
    async with signed_in(live_server.address, "coordinator") as office:
        name, phone = "Ерёмина Зоя Львовна", "+7 913 555-40-41"
        card = (await office.register(name, phone=phone))["id"]
        [kept] = (await office.get(f"/clients/{card}/consents"))["items"]
        place = f"/clients/{card}/consents/{kept['id']}"
        word = {"how": "aloud", "shown": (await office.get(f"{place}/effects"))["stamp"]}
        (await office.post(f"{place}/withdrawal", word)).ok()
        page = await page_for(browser)
        await sign_in(page.context, live_server.address, "coordinator")
        await page.goto(f"{live_server.address}/staff/applications")
        await page.click("[data-test=take]")
        await page.fill("#ask-name", name)
        await page.fill("#ask-phone", phone)
        await page.click(f"[data-client='{card}'] [data-test=same]")
        await expect(page.locator("[name=consent]")).to_have_count(0)
        await page.click("#ask-save")
        await page.check("[name=consent][value=aloud]")
        await page.click("#ask-save")
        await page.wait_for_url("**/staff/application?id=*")
        first = (await office.get(f"/clients/{card}/consents"))["items"][0]
        assert (first["how"], first["withdrawn_at"]) == ("aloud", None)


async def test_what_was_said_by_telephone_is_written_down_on_the_record(
    live_server: LiveServer, browser: Browser
) -> None:
    async with signed_in(live_server.address, "coordinator") as office:
        held = (await office.get(f"/clients/{CLIENT}/bookings"))["items"]
        booking = next(each for each in held if each["status"] == "took_place" and not each["feedback"])["id"]
    page = await (await person(browser, phone=True)).new_page()
    look = Look(page, live_server.address)
    await sign_in(page.context, live_server.address, "coordinator")
    await page.goto(f"{live_server.address}/staff/record?booking={booking}")
    await page.click("[data-test=said-open]")
    await page.check("[name=score][value='2']", force=True)
    await page.check("[name=goodwill][value='5']", force=True)
    await look.over("writing down")
    async with page.expect_response(f"**/bookings/{booking}/feedback") as sent:
        await page.click("[data-test=said] button.primary")
    assert (await sent.value).status == 200
    assert (await sent.value).request.post_data_json == {
        "score": 2, "openness": None, "comfort": None, "goodwill": 5, "satisfaction": None, "accessibility": None,
    }  # fmt: skip
    await expect(page.locator("[data-test=said]")).to_contain_text("так себе")
    assert look.faults == []
