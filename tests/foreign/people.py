"""The two people of a consultation at a window of any browser: what each does with our pages."""

import re
from dataclasses import dataclass
from typing import Any, Protocol

from server import demo
from tests.support.arrived import CONNECTIONS, arrived, more_arrives


class Window(Protocol):
    """What Playwright's page and Firefox's window (support/firefox) have in common."""

    async def goto(self, url: str) -> object: ...
    async def reload(self) -> object: ...
    async def click(self, selector: str) -> object: ...
    async def fill(self, selector: str, value: str) -> object: ...
    async def evaluate(self, expression: str, arg: object = None) -> Any: ...
    async def inner_text(self, selector: str) -> str: ...
    async def add_init_script(self, script: str) -> object: ...
    async def wait_for_selector(self, selector: str, *, timeout: float = ...) -> object: ...  # noqa: ASYNC109
    async def wait_for_function(
        self,
        expression: str,
        *,
        arg: object = None,
        timeout: float = ...,  # noqa: ASYNC109 - the name that Playwright chose
    ) -> object: ...


@dataclass
class Person:
    """Somebody at a page of a server."""

    window: Window
    address: str

    async def keeps_connections(self) -> None:
        """From the next page on, what has really arrived can be asked."""
        await self.window.add_init_script(CONNECTIONS)

    async def arrived(self) -> dict[str, float]:
        return await arrived(self.window)

    async def sees_and_hears(self, within_s: float = 15) -> None:
        await more_arrives(self.window, within_s=within_s)

    async def reloads(self) -> None:
        await self.window.reload()

    async def hears_more(self, within_s: float = 15) -> None:
        """The sound of the other goes on, whatever becomes of the picture."""
        await more_arrives(self.window, frames=0, within_s=within_s)

    async def chooses(self, limit: str) -> None:
        """`voice` or `auto`, in the panel of the room."""
        await self.window.click("[data-test=choose]")
        await self.window.click(f"[data-test=choose-{limit}]")
        await self.window.click("[data-test=panel-close]")

    async def is_told(self, words: str) -> None:
        """The room says what happens to sound and picture."""
        said = "(words) => document.querySelector('[data-test=saying]').innerText.includes(words)"
        await self.window.wait_for_function(said, arg=words)

    async def says(self, text: str) -> None:
        await self._opens_the_chat()
        await self.window.fill("[data-test=chat-input]", text)
        await self.window.click("[data-test=chat-send]")

    async def reads(self, text: str) -> None:
        await self._opens_the_chat()
        held = "(text) => document.querySelector('[data-test=chat-list]').innerText.includes(text)"
        await self.window.wait_for_function(held, arg=text)

    async def _opens_the_chat(self) -> None:
        seen = "document.querySelector('[data-test=chat-input]')?.checkVisibility() ?? false"
        if not await self.window.evaluate(seen):
            await self.window.click("[data-test=chat]")
            await self.window.wait_for_selector("[data-test=chat-input]")


class Client(Person):
    async def types_the_code(self, digits: str) -> None:
        await self.window.goto(self.address)
        await self.window.fill("[data-test=code]", f"{digits[:3]} {digits[3:]}")
        await self.window.click("[data-test=code-submit]")

    async def checks_the_line(self) -> None:
        """The whole check, until it says what this line can carry."""
        await self.window.click("[data-test=check-start]")
        await self.window.wait_for_selector("[data-test=verdict]", timeout=40_000)
        await self.window.click("[data-test=check-done]")
        await self.window.wait_for_selector("[data-test=waiting]")

    async def skips_the_check(self) -> None:
        """Through as soon as camera and microphone are open."""
        await self.window.click("[data-test=check-start]")
        await self.window.click("[data-test=check-done]")
        await self.window.wait_for_selector("[data-test=waiting]")

    async def says_how_it_was(self) -> None:
        await self.window.click("[data-test=held-yes]")
        await self.window.click("[data-test=feedback-3]")
        await self.window.wait_for_selector("[data-test=thanks]")


class Specialist(Person):
    async def signs_in(self, login: str) -> None:
        window = self.window
        await window.goto(f"{self.address}/staff/sign-in")
        await window.fill("#login", login)
        await window.fill("#password", demo.PASSWORD)
        await window.click("#submit")
        await window.wait_for_function("() => location.pathname === '/staff/today'")

    async def enters(self, booking: int) -> None:
        await self.window.goto(f"{self.address}/staff/room?booking={booking}")
        await self.lets_the_page_have_her_devices()

    async def lets_the_page_have_her_devices(self) -> None:
        """Where the browser has no lasting permission (Firefox), the page says first what will be asked."""
        await self.window.wait_for_selector("[data-test=media_ask], [data-test=leave]")
        if await self.window.evaluate("!!document.querySelector('[data-test=media_ask]')"):
            await self.window.click("[data-test=media_ask]")

    async def reloads(self) -> None:
        await super().reloads()
        await self.lets_the_page_have_her_devices()

    async def admits(self) -> None:
        await self.window.click("[data-test=admit]")

    async def books_the_next(self) -> str:
        """The digits of the next session's code."""
        await self.window.click("[data-test=next-find]")
        await self.window.click("[data-test=next-slot]")
        return re.sub(r"\D", "", await self.window.inner_text("[data-test=next-code]"))

    async def ends(self) -> None:
        await self.window.click("[data-test=end]")
        await self.window.click("[data-test=end-yes]")
