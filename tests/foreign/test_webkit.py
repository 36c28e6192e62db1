"""WebKitGTK shows every client page: words, buttons, what goes wrong; where it cannot call, the page says so kindly."""

import struct
import zlib
from collections.abc import AsyncIterator, Iterator

import pytest

from server.centre import STATIC
from server.routes import CLIENT_PAGES
from server.words import LANGUAGES, Words
from tests.support.consultation import open_consultation
from tests.support.live_server import LiveServer
from tests.support.webkit import Webkit, overheard, webkit

WORDS = Words(STATIC)
# The heading that stands there when the page has settled: this engine knows no calls, and the check says so at once.
HEADINGS = {
    "/": "start.heading",
    "/visit": "visit.code_heading",
    "/check": "check.fault_unsupported",
    "/own-time": "own.unknown",
    "/apply": "apply.where",
    "/certificate": "mine.heading",
    "/certificate/check": "certcheck.heading",
    "/no-such-page": "lost.heading",
}
LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
NO_CODE = "000001"


@pytest.fixture
async def window(live_server: LiveServer) -> AsyncIterator[tuple[Webkit, str]]:
    """A window, and the address under which errors of the server's pages are noted."""
    async with overheard(live_server.address) as address, webkit() as opened:
        yield opened, address


def test_every_client_page_is_looked_at() -> None:
    assert set(CLIENT_PAGES) < set(HEADINGS)


@LANGUAGE
async def test_every_client_page_is_shown(window: tuple[Webkit, str], language: str) -> None:
    page, address = window
    for path, heading in HEADINGS.items():
        await page.goto(f"{address}{path}?lang={language}")
        shown = WORDS(language, heading)
        await page.wait_for_selector("h1")
        await page.settled(f"document.querySelector('h1').textContent.trim() === {shown!r}")
        assert await page.evaluate("document.documentElement.lang") == language
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        # An icon, a style or a script that did not come would be among the errors, too.
        assert await page.errors() == [], path
        assert len(set(pixels(await page.screenshot()))) > 20, f"{path} has colours"
    await page.resize(400, 800)
    await page.goto(f"{address}/?lang={language}")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "fits a phone"


async def test_a_code_is_typed_and_an_unknown_one_explained(window: tuple[Webkit, str]) -> None:
    page, address = window
    await page.goto(f"{address}/?lang=ru")
    await page.fill("[data-test=code]", "12")
    await page.click("[data-test=code-submit]")
    assert await page.inner_text("#code-fault") == WORDS("ru", "visit.code_short")
    await page.fill("[data-test=code]", NO_CODE)
    await page.click("[data-test=code-submit]")
    await page.wait_for_selector("[data-test=refusal][data-code=code_unknown]")
    assert await page.inner_text("h1") == WORDS("ru", "refusal.code_unknown.title")
    assert "+7 383 462-11-40" in await page.inner_text("[data-test=refusal]")
    assert (await page.evaluate("location.href")).endswith("/visit"), "the address forgets the code"
    assert await page.errors() == []


async def test_a_visit_that_this_browser_cannot_hold_leads_to_the_phone(
    window: tuple[Webkit, str], live_server: LiveServer
) -> None:
    page, address = window
    visit = await open_consultation(live_server)
    await page.goto(visit.link.replace(live_server.address, address))
    await page.wait_for_selector("[data-step=check-fault]")
    assert await page.inner_text("h1") == WORDS("ru", "check.fault_unsupported")
    shown = await page.inner_text("main")
    assert WORDS("ru", "check.fault_unsupported_detail") in shown
    assert WORDS("ru", "check.phone_instead") in shown
    assert await page.evaluate("document.querySelector('main a[href^=\"tel:\"]') !== null")
    assert await page.evaluate("document.querySelectorAll('main button').length") == 0, "nothing that could not work"
    assert await page.errors() == []


def pixels(png: bytes) -> Iterator[bytes]:
    """Every hundredth pixel of a PNG as it is filtered: enough to see that something is drawn."""
    width, depth = struct.unpack(">I", png[16:20])[0], {2: 3, 6: 4}[png[25]]
    packed, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        packed += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    rows = zlib.decompress(packed)
    line = width * depth + 1
    for row in range(0, len(rows), line):
        yield from (rows[at : at + depth] for at in range(row + 1, row + line, depth * 100))
