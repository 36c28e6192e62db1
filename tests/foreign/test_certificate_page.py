"""The page that checks certificates in Firefox and WebKitGTK: the same verdicts, whoever has to check."""

from datetime import timedelta

from server import certificate_tokens
from server.app import utc_now
from server.database import Database
from server.settings import installation_key
from tests.foreign.book import paper
from tests.foreign.conftest import Opens
from tests.support.live_server import LiveServer
from tests.support.webkit import overheard, webkit

OUTCOME = "document.querySelector('[data-test=verdict]').dataset.outcome"
SHOWN = "[data-test=verdict]"


async def tokens(server: LiveServer) -> dict[str, str]:
    today, database = utc_now().date(), Database(server.database_url)
    try:
        async with database.read() as tx:
            made = paper("54-1", today - timedelta(days=9), today + timedelta(days=9))
            good = await certificate_tokens.issue(tx, made, key=installation_key(server.data))
    finally:
        await database.close()
    return {"genuine": good, "forged": good[:-9] + ("A" if good[-9] != "A" else "B") + good[-8:]}


async def test_firefox_checks_by_itself(live_server: LiveServer, window: Opens) -> None:
    page = await window("firefox")
    for outcome, token in (await tokens(live_server)).items():
        await page.goto("about:blank")
        await page.goto(certificate_tokens.address(live_server.address, token))
        await page.wait_for_selector(SHOWN)
        assert await page.evaluate(OUTCOME) == outcome
        assert await page.evaluate("document.querySelector('[data-test=verdict]').dataset.here") == "true"
        assert await page.evaluate("location.hash") == ""


async def test_webkit_comes_to_the_same_verdicts(live_server: LiveServer) -> None:
    async with overheard(live_server.address) as address, webkit() as page:
        for outcome, token in (await tokens(live_server)).items():
            await page.goto("about:blank")
            await page.goto(certificate_tokens.address(address, token))
            await page.wait_for_selector(SHOWN)
            assert await page.evaluate(OUTCOME) == outcome
            assert await page.evaluate("location.hash") == ""
            assert await page.errors() == []
