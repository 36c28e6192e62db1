"""Joined scripts in a browser: modules run once and in their turn, parts come when asked, a fault names its module."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, Route, expect

from server.pages import Pages
from server.words import Words
from tests.support.chromium import person
from tests.support.consultation import open_consultation, through_the_check
from tests.support.live_server import LiveServer
from tests.support.tree import STATIC

TRIES = 4  # of static/lib/joined.js
PAGE = """<!doctype html>
<head><script type="module" src="/static/pages/main.js"></script></head>
<h1>page</h1>
"""
FILES = {
    "page.html": PAGE,
    "lib/joined.js": (STATIC / "lib/joined.js").read_text(encoding="utf-8"),
    "lib/ran.js": "export const ran = (window.ran = []);\n",
    "lib/one.js": 'import { ran } from "/static/lib/ran.js";\nran.push("one");\nexport const one = { name: "one" };\n',
    "lib/two.js": """import { ran } from "/static/lib/ran.js";
import { one as first } from "./one.js";
ran.push("two");
export const same = (/** @type {object} */ other) => other === first;
""",
    "lib/late.js": """import { one } from "/static/lib/one.js";
import { ran } from "/static/lib/ran.js";
ran.push("late");
export const late = one;
""",
    "lib/broken.js": "export function fails() {\n  throw new Error(missing);\n}\nfails();\n",
    "lib/rare.js": 'import { ran } from "/static/lib/ran.js";\nran.push("rare");\nexport const rare = `a\n  b`;\n',
    "pages/main.js": """import { one } from "/static/lib/one.js";
import { ran } from "/static/lib/ran.js";
import { same } from "/static/lib/two.js";
ran.push("main");
const one_ = "a name of this module alone";
window.late = () => import("/static/lib/late.js").then(({ late }) => same(late) && one === late && one_);
window.rare = async () => (await import("../lib/rare.js")).rare;
window.broken = () => import("/static/lib/broken.js");
""",
}


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """A house of one page, made for this test."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "locales").mkdir()
    pages = Pages(tmp_path, Words(tmp_path))

    async def page(request: web.Request) -> web.StreamResponse:
        return await pages.page("page.html", request)

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/s/{hash}/{path:.+}", pages.asset)])
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await person(browser)
    yield await context.new_page()
    await context.close()


@pytest.mark.parametrize("how", ["", "?apart"])
async def test_each_module_runs_once_and_in_its_turn(address: str, page: Page, how: str) -> None:
    await page.goto(address + how)
    await page.wait_for_function("typeof late === 'function'")
    assert await page.evaluate("ran.join()") == "one,two,main"
    assert await page.evaluate("late()") == "a name of this module alone"
    assert await page.evaluate("late()") == "a name of this module alone"
    assert await page.evaluate("rare()") == "a\n  b"
    assert await page.evaluate("ran.join()") == "one,two,main,late,rare"


async def test_a_module_that_fails_is_named_and_harms_no_other(address: str, page: Page) -> None:
    await page.goto(address)
    stack = await page.evaluate("broken().catch((fault) => fault.stack)")
    assert "missing is not defined" in stack
    assert "fails" in stack
    assert "lib/broken.js" in stack
    assert await page.evaluate("late()")


async def test_a_part_that_gets_lost_on_the_line_is_asked_for_again(address: str, page: Page) -> None:
    lost: list[str] = []

    async def lose_twice(route: Route) -> None:
        lost.append(route.request.url)
        await (route.abort() if len(lost) < 3 else route.continue_())

    await page.route("**/main.2.js*", lose_twice)
    await page.goto(address)
    assert await page.evaluate("late()") == "a name of this module alone"
    assert len(lost) == len(set(lost)) == 3, "a browser remembers an address that failed"


async def test_what_was_given_up_while_the_server_was_away_comes_when_it_is_wanted_again(
    address: str, page: Page
) -> None:
    """Firefox before 155 answers an address that failed once with the same failure for as long as the page stands."""
    lost: list[str] = []

    async def lose_four(route: Route) -> None:
        lost.append(route.request.url)
        await (route.abort() if len(lost) < 5 else route.continue_())

    await page.route("**/main.2.js*", lose_four)
    await page.goto(address)
    assert await page.evaluate("late().catch(() => 'given up')") == "given up"
    assert await page.evaluate("late()") == "a name of this module alone"
    assert len(lost) == len(set(lost)) == 5


async def test_where_no_websocket_gets_through_the_library_comes_and_polls(
    live_server: LiveServer, browser: Browser
) -> None:
    visit = await open_consultation(live_server)
    context = await person(browser, phone=True)
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.route_web_socket("**/socket.io/**", lambda socket: socket.close(code=1011))
    await page.goto(visit.link)
    await through_the_check(page)
    await page.wait_for_selector("[data-test=waiting]")
    await page.wait_for_function(
        "(word) => document.querySelector('h1').textContent.includes(word)",
        arg=Words(STATIC)("ru", "visit.waiting"),
        timeout=40_000,
    )
    assert any("vendor/socket.io" in url for url in asked)
    assert any("transport=polling" in url for url in asked)
    await context.close()


async def test_a_conversation_that_did_not_come_is_fetched_when_it_is_needed(
    live_server: LiveServer, browser: Browser
) -> None:
    """The line was gone while he read and tried his devices: first for that time only, then for longer."""
    visit = await open_consultation(live_server)
    context = await person(browser, phone=True)
    page = await context.new_page()
    lost: list[str] = []
    given_up, lose = asyncio.Event(), TRIES

    async def lose_some(route: Route) -> None:
        lost.append(route.request.url)
        await (route.abort() if len(lost) <= lose else route.continue_())
        if len(lost) == TRIES:
            given_up.set()

    await page.route("**/visit.2.js*", lose_some)
    await page.goto(visit.link)
    await given_up.wait()
    await through_the_check(page)
    await page.wait_for_selector("[data-test=waiting]")
    assert len(lost) == TRIES + 1

    lost.clear()
    lose = 2 * TRIES
    await page.reload()
    await page.wait_for_selector("#step[data-step=refused]")
    assert len(lost) == 2 * TRIES
    await expect(page.locator("#step a[href^='tel:']")).to_be_visible()
    await page.click("#step .primary")
    await through_the_check(page)
    await page.wait_for_selector("[data-test=waiting]")
    await context.close()
