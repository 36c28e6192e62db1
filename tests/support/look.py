"""Looks a page over as it stands in a browser: accessibility, strangers, missing words, width."""

import json
import re
from functools import cache
from typing import Any

from playwright.async_api import ConsoleMessage, Page, Request

from tests.support.tree import ROOT

# A word that was not found is shown as its key: staff.today.title
KEY = re.compile(r"^[a-z][a-z_]*(?:\.[a-z0-9_]+)+$")
AXE_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
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
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._note(f"an error: {error}"))

    async def over(self, what: str) -> None:
        """The page as it is now, light and dark."""
        for scheme in ("light", "dark"):
            await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for line in await self._violations():
                self._note(f"{what} ({scheme}): {line}")
        for text in await self.page.evaluate(TEXTS):
            if KEY.match(text):
                self._note(f"{what}: the word {text} is missing")

    async def narrow(self, what: str, width: int = 320) -> None:
        """Nothing sticks out to the right on the narrowest phone."""
        before = self.page.viewport_size
        await self.page.set_viewport_size({"width": width, "height": 640})
        wide = await self.page.evaluate(WIDE)
        if wide:
            self._note(f"{what}: wider than {width} px because of {wide}")
        if before:
            await self.page.set_viewport_size(before)

    async def _violations(self) -> list[str]:
        await self.page.evaluate(f"window.axe || (() => {{ {axe()} }})()")
        found: list[dict[str, Any]] = (await self.page.evaluate(f"axe.run(document, {json.dumps(AXE_RULES)})"))[
            "violations"
        ]
        return [f"{rule['id']}: {[node['target'] for node in rule['nodes']][:4]} {rule['help']}" for rule in found]

    def _asked(self, request: Request) -> None:
        own = (self._address, self._address.replace("http", "ws", 1), "data:", "blob:")
        if not request.url.startswith(own):
            self._note(f"asked a stranger: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # A refusal (401, 404, 409) is an answer; the browser reports it as a failed load.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self._note(f"the console said: {message.text}")

    def _note(self, fault: str) -> None:
        if fault not in self.faults:
            self.faults.append(fault)
