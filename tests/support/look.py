"""Looks a page over as it stands in a browser: accessibility, strangers, missing words, width."""

import asyncio
import json
import re
import time
from functools import cache
from typing import Any

from playwright.async_api import ConsoleMessage, Page, Request

from tests.support.tree import ROOT

# A word that was not found is shown as its key: staff.today.title
KEY = re.compile(r"^[a-z][a-z_]*(?:\.[a-z0-9_]+)+$")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What a dark page can have of its own is its colours; the rest was looked at in the light.
RULES: dict[str, dict[str, Any]] = {
    "light": {"runOnly": {"type": "tag", "values": TAGS}},
    "dark": {"runOnly": ["color-contrast"]},
}
QUIET_S = 0.12
TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent || parent.closest("script, style, code, template")) continue;
    const text = walker.currentNode.data.trim();
    if (text) texts.push(text);
  }
  return texts;
}"""
# A colour on its way from light to dark is neither.
STILL = """() => Promise.all(document.getAnimations()
  .filter((each) => each.effect.getTiming().iterations < 9)
  .map((each) => each.finished.catch(() => undefined)))"""
# What measures itself (the sections of the house) has done so a frame after its room changed.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
WIDE = """() => {
  const room = document.documentElement.clientWidth;
  const wide = document.documentElement.scrollWidth > room + 1;
  return wide ? [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > room + 1 && getComputedStyle(e).position !== "fixed")
    .slice(0, 5).map((e) => `${e.tagName.toLowerCase()}.${e.className}`) : [];
}"""


@cache
def axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


class Look:
    """Collects what is wrong with the pages one tab goes through; `faults` stays empty when all is well."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.faults: list[str] = []
        self._address = address
        self._under_way: set[Request] = set()
        page.on("request", self._asked)
        page.on("requestfinished", self._arrived)
        page.on("requestfailed", self._arrived)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._note(f"an error: {error}"))

    async def open(self, path: str) -> None:
        """The page has a heading, and nothing it asked for is under way any more."""
        await self.page.goto(path if path.startswith("http") else self._address + path)
        await self.page.wait_for_selector("h1")
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < QUIET_S:
            await asyncio.sleep(0.02)
            quiet_since = time.monotonic() if self._under_way else quiet_since

    async def over(self, what: str) -> None:
        """The page as it is now, light and dark, from its top: what has gone under the heading's bar is not in use."""
        await self.page.evaluate("scrollTo(0, 0)")
        for scheme, rules in RULES.items():
            await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            await self.page.evaluate(STILL)
            for line in await self._violations(rules):
                self._note(f"{what} ({scheme}): {line}")

    async def words(self, what: str) -> None:
        """Nobody reads the key of a word where the word should stand."""
        for text in await self.page.evaluate(TEXTS):
            if KEY.match(text):
                self._note(f"{what}: the word {text} is missing")

    async def narrow(self, what: str, width: int = 320) -> None:
        """Nothing sticks out to the right on the narrowest phone."""
        before = self.page.viewport_size
        await self.page.set_viewport_size({"width": width, "height": 640})
        await self.page.evaluate(DRAWN)
        wide = await self.page.evaluate(WIDE)
        if wide:
            self._note(f"{what}: wider than {width} px because of {wide}")
        if before:
            await self.page.set_viewport_size(before)

    async def _violations(self, rules: dict[str, Any]) -> list[str]:
        await self.page.evaluate(f"window.axe || (() => {{ {axe()} }})()")
        found = (await self.page.evaluate(f"axe.run(document, {json.dumps(rules)})"))["violations"]
        return [f"{rule['id']}: {[_told(node) for node in rule['nodes']][:4]} {rule['help']}" for rule in found]

    def _asked(self, request: Request) -> None:
        self._under_way.add(request)
        own = (self._address, self._address.replace("http", "ws", 1), "data:", "blob:")
        if not request.url.startswith(own):
            self._note(f"asked a stranger: {request.url}")

    def _arrived(self, request: Request) -> None:
        self._under_way.discard(request)

    def _said(self, message: ConsoleMessage) -> None:
        # A refusal (401, 404, 409) is an answer; the browser reports it as a failed load.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self._note(f"the console said: {message.text}")

    def _note(self, fault: str) -> None:
        if fault not in self.faults:
            self.faults.append(fault)


def _told(node: dict[str, Any]) -> str:
    """Which element, and what is the matter with it: of a contrast, the two colours."""
    why = [each["message"] for each in (*node["any"], *node["all"], *node["none"])]
    return f"{' '.join(map(str, node['target']))} ({'; '.join(why)[:160]})"
