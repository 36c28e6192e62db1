"""An address that leads nowhere: a page for people, a refusal for programs, 404 for both."""

import pytest

from tests.server.house import House, body

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(("language", "heading"), [("ru", "Такой страницы нет"), ("en", "There is no such page")])
async def test_people_get_a_page_to_go_on_from(ryadom: House, language: str, heading: str) -> None:
    headers = {**BROWSER, "Accept-Language": language}
    for path in ("/visits", "/staff/nothing", "/visit/482913"):
        answer = await ryadom.browser().get(path, headers=headers)
        text = await answer.text()
        assert (answer.status, answer.content_type) == (404, "text/html")
        assert heading in text
        assert 'href="/"' in text
        assert "+7 383 462-11-40" in text
        assert "482913" not in text
        assert "Content-Security-Policy" in answer.headers


async def test_programs_get_the_refusal(ryadom: House) -> None:
    browser = ryadom.browser()
    assert (await body(await browser.get("/visits"), 404))["code"] == "not_found"
    for path in ("/api/v1/nothing", "/s/build/nothing.js"):
        assert (await body(await browser.get(path, headers=BROWSER), 404))["code"] == "not_found"
    assert (await browser.post("/check", headers=BROWSER)).status == 405
