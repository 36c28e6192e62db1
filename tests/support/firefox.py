"""A real Firefox with a fake camera and microphone, driven over WebDriver BiDi: a WebSocket, no driver to download.

The names of `Window` are Playwright's, so that a step of a journey can be said to either browser. The protocol is
https://www.w3.org/TR/webdriver-bidi/; only what the journeys need is spoken.
"""

import asyncio
import base64
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

Json = dict[str, Any]

NAMES = ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
PREFERENCES: dict[str, bool | int | str] = {
    # A camera and a microphone that need neither a device nor a click.
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    # Both people are on this machine; random .local names nobody resolves in a container.
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    # OpenH264 would be a download; VP8 is there.
    "media.gmp-manager.url": "",
    "media.gmp-gmpopenh264.enabled": False,
    "media.gmp-provider.enabled": False,
    # Nothing goes out to the makers of the browser.
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.newtabpage.enabled": False,
    "browser.region.network.url": "",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "messaging-system.rsexperimentloader.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.prefetch-next": False,
    "nimbus.rollouts.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "",
    # Two people in two windows of one screen: the covered one must not fall asleep.
    "dom.min_background_timeout_value": 10,
    "dom.timeout.enable_budget_timer_throttling": False,
    "media.suspend-background-video.enabled": False,
    "widget.windows.window_occlusion_tracking.enabled": False,
    "remote.active-protocols": 1,
    "intl.accept_languages": "ru,en",
}
ANNOUNCED = "WebDriver BiDi listening on "
# How long one look at a page may take before it is asked again.
STEP_S = 3.0
KEYS = {"selectAll": "a", "control": "\ue009", "delete": "\ue017"}
# A value travels as JSON: what a page answers is plain data, and the protocol's own notation of values is long.
ASKED = """async (given) => {
  const arg = JSON.parse(given);
  const value = (%s);
  const found = await (typeof value === "function" ? value(arg) : value);
  return JSON.stringify(found === undefined ? null : found);
}"""
FOUND = """(selector) => {
  const found = document.querySelector(selector);
  if (!found) return null;
  const box = found.getBoundingClientRect();
  const style = getComputedStyle(found);
  return box.width > 0 && box.height > 0 && style.visibility !== "hidden" ? true : null;
}"""
ELEMENT = """(selector) => {
  const found = document.querySelector(selector);
  found.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  return found;
}"""


class BiDiError(RuntimeError):
    """What Firefox refused, with its own words; `code` is the protocol's."""

    def __init__(self, method: str, answer: Json) -> None:
        self.code = str(answer.get("error"))
        super().__init__(f"{method}: {self.code}: {answer.get('message')}")


class Firefox:
    """One browser process. `person()` opens a window with cookies and storage of its own."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Json]] = {}
        self._windows: dict[str, Window] = {}
        self._listening = asyncio.create_task(self._listen())

    async def begin(self) -> None:
        await self.ask("session.new", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": True}}})
        await self.ask("session.subscribe", {"events": ["log.entryAdded"]})

    async def ask(self, method: str, params: Json | None = None, *, within_s: float = 30) -> Json:
        """One command and its answer; raises BiDiError."""
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_str(json.dumps({"id": number, "method": method, "params": params or {}}))
        try:
            found = await asyncio.wait_for(answer, within_s)
        finally:
            del self._asked[number]
        if found.get("type") == "error":
            raise BiDiError(method, found)
        return dict(found["result"])

    async def person(self, *, width: int = 1280, height: int = 800) -> "Window":
        """A fresh person: nothing is shared with the others of this browser."""
        context = (await self.ask("browser.createUserContext"))["userContext"]
        # A window, not a tab: what lies in the background of another tab is put to sleep.
        made = await self.ask("browsingContext.create", {"type": "window", "userContext": context})
        window = self._windows[made["context"]] = Window(self, made["context"], context)
        await window.resize(width, height)
        return window

    async def end(self) -> None:
        with suppress(BiDiError, TimeoutError, ConnectionError):
            await self.ask("browser.close", within_s=5)
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening

    async def _listen(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                self._heard(json.loads(message.data))
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(ConnectionError("Firefox went away"))

    def _heard(self, message: Json) -> None:
        answer = self._asked.get(message.get("id") or 0)
        if answer and not answer.done():
            answer.set_result(message)
        elif message.get("method") == "log.entryAdded":
            entry: Json = message["params"]
            window = self._windows.get(entry["source"].get("context", ""))
            if window and entry["level"] == "error":
                window.errors.append(_told(entry))


class Window:
    """One person's window. `errors`: what the page wrote to the console as an error or threw."""

    def __init__(self, browser: Firefox, context: str, user_context: str) -> None:
        self.errors: list[str] = []
        self._browser = browser
        self._context = context
        self._user_context = user_context

    async def goto(self, url: str) -> None:
        """Returns when the page and its scripts are loaded; a new fragment of the same page is loaded anew."""
        await self._ask("browsingContext.navigate", url=url, wait="complete")

    async def reload(self) -> None:
        await self._ask("browsingContext.reload", wait="complete")

    async def close(self) -> None:
        await self._ask("browsingContext.close")
        await self._browser.ask("browser.removeUserContext", {"userContext": self._user_context})

    async def resize(self, width: int, height: int) -> None:
        await self._ask("browsingContext.setViewport", viewport={"width": width, "height": height})

    async def add_init_script(self, script: str) -> None:
        """Runs in every page of this window before the page's own scripts."""
        await self._browser.ask(
            "script.addPreloadScript", {"functionDeclaration": f"() => {{ {script} }}", "contexts": [self._context]}
        )

    async def evaluate(self, expression: str, arg: object = None) -> Any:
        """The value of an expression, or what the function it names answers to `arg`; promises are awaited."""
        answer = await self._call(ASKED % expression, [{"type": "string", "value": json.dumps(arg)}])
        return json.loads(answer["value"])

    async def wait_for_function(
        self,
        expression: str,
        *,
        arg: object = None,
        timeout: float = 15_000,  # noqa: ASYNC109 - Playwright's name, and its milliseconds
    ) -> None:
        """Until the function says something true."""
        try:
            async with asyncio.timeout(timeout / 1000):
                while not await self._evaluated(expression, arg):  # noqa: ASYNC110 - a page has no event for us
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise TimeoutError(f"not within {timeout / 1000} s: {expression[:200]} ({arg!r}); {self.errors}") from None

    async def wait_for_selector(self, selector: str, *, timeout: float = 15_000) -> None:  # noqa: ASYNC109 - as above
        """Until something that can be seen stands there."""
        await self.wait_for_function(FOUND, arg=selector, timeout=timeout)

    async def click(self, selector: str) -> None:
        """A real press of the mouse on its middle: the page sees a person's gesture."""
        await self.wait_for_selector(selector)
        origin = {"type": "element", "element": {"sharedId": await self._element(selector)}}
        steps = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        await self._act({"type": "pointer", "id": "mouse", "actions": steps})

    async def fill(self, selector: str, value: str) -> None:
        """Clears the field and types, key by key."""
        await self.click(selector)
        select_all = [_key("keyDown", KEYS["control"]), *_pressed(KEYS["selectAll"]), _key("keyUp", KEYS["control"])]
        typed = [step for letter in value for step in _pressed(letter)]
        await self._act({"type": "key", "id": "keys", "actions": [*select_all, *_pressed(KEYS["delete"]), *typed]})

    async def inner_text(self, selector: str) -> str:
        await self.wait_for_selector(selector)
        return str(await self.evaluate("(selector) => document.querySelector(selector).innerText", selector))

    async def screenshot(self) -> bytes:
        """What stands on the screen, as PNG."""
        shot = await self._ask("browsingContext.captureScreenshot")
        return base64.b64decode(shot["data"])

    async def _evaluated(self, expression: str, arg: object) -> Any:
        try:
            return await asyncio.wait_for(self.evaluate(expression, arg), STEP_S)
        except TimeoutError:
            # A promise of something that was closed meanwhile, such as the statistics of a connection, never settles.
            return None
        except BiDiError as error:
            # Between two pages there is nobody to ask.
            if error.code in {"no such frame", "unknown error"}:
                return None
            raise

    async def _element(self, selector: str) -> str:
        found = await self._call(ELEMENT, [{"type": "string", "value": selector}])
        return str(found["sharedId"])

    async def _call(self, function: str, arguments: list[Json]) -> Json:
        answer = await self._browser.ask(
            "script.callFunction",
            {
                "functionDeclaration": function,
                "arguments": arguments,
                "awaitPromise": True,
                "target": {"context": self._context},
                "userActivation": False,
            },
        )
        if answer["type"] == "exception":
            raise RuntimeError(f"in the page: {answer['exceptionDetails']['text']}")
        return dict(answer["result"])

    async def _act(self, source: Json) -> None:
        await self._ask("input.performActions", actions=[source])

    async def _ask(self, method: str, **params: object) -> Json:
        return await self._browser.ask(method, {"context": self._context, **params})


@asynccontextmanager
async def firefox() -> AsyncIterator[Firefox]:
    """A browser with a profile of its own; both are gone afterwards."""
    profile = Path(tempfile.mkdtemp(prefix="ryadom-firefox-"))
    (profile / "user.js").write_text(
        "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
    )
    process = await asyncio.create_subprocess_exec(
        *(executable(), "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(profile)),
        env={**os.environ, "MOZ_CRASHREPORTER_DISABLE": "1", "HOME": str(profile)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    draining: asyncio.Task[None] | None = None
    try:
        address = await asyncio.wait_for(_announced(process), 60)
        draining = asyncio.create_task(_drained(process))
        async with ClientSession() as client, client.ws_connect(f"{address}/session", max_msg_size=0) as socket:
            browser = Firefox(socket)
            await browser.begin()
            try:
                yield browser
            finally:
                await browser.end()
    finally:
        await _ended(process)
        if draining:
            await draining
        shutil.rmtree(profile, ignore_errors=True)


def executable() -> str:
    """The browser of RYADOM_FIREFOX, or the first that is installed."""
    for name in (os.environ.get("RYADOM_FIREFOX", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise RuntimeError("no Firefox: `make test` brings it on Debian, elsewhere name one in RYADOM_FIREFOX")


async def _announced(process: asyncio.subprocess.Process) -> str:
    """The address it prints when it can be spoken to."""
    said: list[str] = []
    assert process.stderr
    async for line in process.stderr:
        said.append(line.decode(errors="replace").strip())
        if ANNOUNCED in said[-1]:
            return said[-1].split(ANNOUNCED)[1]
    raise RuntimeError("Firefox ended at once:\n" + "\n".join(said[-20:]))


async def _drained(process: asyncio.subprocess.Process) -> None:
    """A full pipe would stop the browser."""
    assert process.stderr
    async for _ in process.stderr:
        pass


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 5)
    if process.returncode is None:
        process.kill()
        await process.wait()


def _key(kind: str, value: str) -> Json:
    return {"type": kind, "value": value}


def _pressed(value: str) -> list[Json]:
    return [_key("keyDown", value), _key("keyUp", value)]


def _told(entry: Json) -> str:
    frames = (entry.get("stackTrace") or {}).get("callFrames") or [{}]
    at = f"{frames[0].get('url', '')}:{frames[0].get('lineNumber', '')}"
    return f"{entry.get('text')} ({at})"
