"""A real WebKitGTK, driven over WebDriver (HTTP, https://www.w3.org/TR/webdriver2/) on a screen without a monitor.

The names of `Webkit` are Playwright's. Debian builds it without WebRTC: an engine that shows pages and cannot call.
"""

import asyncio
import base64
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientConnectionError, ClientSession, web

from tests.support.live_server import free_port

DRIVER = "WebKitWebDriver"
SCREEN = ("-screen", "0", "1280x1024x24", "-nolisten", "tcp")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the name by which the protocol marks an element
# What the driver cannot tell is noted by the page itself, before its own scripts run.
LISTENER = """
window.__errors = [];
const note = (fault) => __errors.push(String(fault));
addEventListener("error", (event) => note(event.message || event.target.src || event.target.href), true);
addEventListener("unhandledrejection", (event) => note(event.reason));
const said = console.error;
console.error = (...words) => { note(words.join(" ")); said(...words); };
"""
HOP = {"content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive"}


class WebkitError(RuntimeError):
    """What the driver refused, with its own words; `code` is the protocol's."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.code = str(value["error"])
        super().__init__(f"{self.code}: {value.get('message')}")


class Webkit:
    """One window of one browser process."""

    def __init__(self, client: ClientSession, session: str) -> None:
        self._client = client
        self._session = session

    async def goto(self, url: str) -> None:
        """Returns when the page is loaded."""
        await self._ask("POST", "/url", url=url)

    async def resize(self, width: int, height: int) -> None:
        await self._ask("POST", "/window/rect", width=width, height=height)

    async def evaluate(self, expression: str) -> Any:
        return await self._ask("POST", "/execute/sync", script=f"return ({expression})", args=[])

    async def errors(self) -> list[str]:
        """What the page threw or wrote to the console as an error; of a page that came through `overheard`."""
        return list(await self.evaluate("window.__errors"))

    async def click(self, selector: str) -> None:
        """A press of the pointer on its middle, as a person does it."""
        await self._ask("POST", f"/element/{await self.wait_for_selector(selector)}/click")

    async def fill(self, selector: str, value: str) -> None:
        element = await self.wait_for_selector(selector)
        await self._ask("POST", f"/element/{element}/clear")
        await self._ask("POST", f"/element/{element}/value", text=value)

    async def inner_text(self, selector: str) -> str:
        return str(await self._ask("GET", f"/element/{await self.wait_for_selector(selector)}/text"))

    async def wait_for_selector(self, selector: str, *, within_s: float = 20) -> str:
        """Until something that can be seen stands there; the driver's name for it."""
        async with asyncio.timeout(within_s):
            while (found := await self._seen(selector)) is None:  # noqa: ASYNC110 - a page has no event for us
                await asyncio.sleep(0.05)
        return found

    async def settled(self, expression: str, *, within_s: float = 20) -> None:
        """Until it is true in the page."""
        async with asyncio.timeout(within_s):
            while not await self.evaluate(expression):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)

    async def screenshot(self) -> bytes:
        """What stands on the screen, as PNG."""
        return base64.b64decode(await self._ask("GET", "/screenshot"))

    async def _seen(self, selector: str) -> str | None:
        try:
            found = await self._ask("POST", "/element", using="css selector", value=selector)
            element = str(found[ELEMENT])
            return element if await self._ask("GET", f"/element/{element}/displayed") else None
        except WebkitError as error:
            # Not there yet, or a page that is just going.
            if error.code in {"no such element", "stale element reference"}:
                return None
            raise

    async def _ask(self, method: str, path: str, **body: object) -> Any:
        return await _asked(self._client, method, f"/session/{self._session}{path}", body)


async def _asked(client: ClientSession, method: str, path: str, body: dict[str, Any]) -> Any:
    async with client.request(method, path, json=body if method == "POST" else None) as answer:
        value = (await answer.json())["value"]
    if answer.status != 200:
        raise WebkitError(value)
    return value


@asynccontextmanager
async def webkit() -> AsyncIterator[Webkit]:
    """A browser of its own on a screen of its own; both are gone afterwards."""
    port = free_port()
    async with _screen() as display:
        driver = await asyncio.create_subprocess_exec(
            *(executable(), f"--port={port}"),
            env={**os.environ, "DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with ClientSession(f"http://127.0.0.1:{port}") as client:
                session = await _begun(client)
                try:
                    yield Webkit(client, session)
                finally:
                    await _asked(client, "DELETE", f"/session/{session}", {})
        finally:
            await _ended(driver)


def executable() -> str:
    found = shutil.which(os.environ.get("RYADOM_WEBKIT_DRIVER", DRIVER))
    if found:
        return found
    raise RuntimeError(
        "no WebKitGTK: `make test` brings it on Debian, elsewhere name its driver in RYADOM_WEBKIT_DRIVER"
    )


async def _begun(client: ClientSession) -> str:
    """The session's name, as soon as the driver can be spoken to."""
    wanted = {"alwaysMatch": {"acceptInsecureCerts": True}}
    async with asyncio.timeout(60):
        while True:
            try:
                return str((await _asked(client, "POST", "/session", {"capabilities": wanted}))["sessionId"])
            except ClientConnectionError:
                await asyncio.sleep(0.05)


@asynccontextmanager
async def _screen() -> AsyncIterator[str]:
    """A screen of this test's own; it tells its number on a pipe when it is ready."""
    reading, writing = os.pipe()
    screen = await asyncio.create_subprocess_exec(
        *("Xvfb", "-displayfd", str(writing), *SCREEN),
        pass_fds=(writing,),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        number = await asyncio.wait_for(asyncio.to_thread(os.read, reading, 16), 30)
        yield f":{number.decode().strip()}"
    finally:
        os.close(reading)
        await _ended(screen)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def overheard(server: str) -> AsyncIterator[str]:
    """An address that shows the server's pages, each with a script before its own that notes errors."""

    async def carry(request: web.Request) -> web.Response:
        if request.path == "/__errors.js":
            return web.Response(text=LISTENER, content_type="text/javascript")
        asked = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
        asked["Accept-Encoding"] = "identity"
        async with client.request(
            request.method, request.raw_path, headers=asked, data=await request.read(), allow_redirects=False
        ) as answer:
            body = await answer.read()
            if answer.content_type == "text/html":
                body = body.replace(b"<head>", b'<head><script src="/__errors.js"></script>', 1)
            headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOP]
            return web.Response(status=answer.status, body=body, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", carry)
    runner = web.AppRunner(app, access_log=None)
    async with ClientSession(server, auto_decompress=False) as client:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()
