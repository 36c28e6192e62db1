"""A real Chromium with a fake camera and microphone, for tests and measurements."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, async_playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ARGUMENTS = (
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    # Addresses of this machine instead of random .local names, which nobody resolves in a container.
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    # Two people on one screen: the covered window must not fall asleep.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    # Nothing goes out to the makers of the browser.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--no-first-run",
)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


def executable() -> str:
    """The browser of RYADOM_CHROMIUM, or the first that is installed."""
    for name in (os.environ.get("RYADOM_CHROMIUM", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise RuntimeError("no Chromium: `make test` brings it on Debian, elsewhere name one in RYADOM_CHROMIUM")


@asynccontextmanager
async def chromium(camera: Path | None = None, microphone: Path | None = None) -> AsyncIterator[Browser]:
    """One browser process; two people who must not share anything take two.

    `camera` is a film (.mjpeg) to show, `microphone` a sound (.wav) to play, both again and again.
    """
    shown = [f"--use-file-for-fake-video-capture={camera}"] if camera else []
    shown += [f"--use-file-for-fake-audio-capture={microphone}"] if microphone else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=[*ARGUMENTS, *shown])
        try:
            yield browser
        finally:
            await browser.close()


async def person(
    browser: Browser, *, language: str = "ru-RU", phone: bool = False, dark: bool = False
) -> BrowserContext:
    """A fresh profile with camera and microphone allowed; cookies and storage are its own."""
    context = await browser.new_context(
        locale=language,
        timezone_id="Asia/Novosibirsk",
        viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type] # a plain dict is what the call takes
        color_scheme="dark" if dark else "light",
        ignore_https_errors=True,
        permissions=["camera", "microphone"],
    )
    context.set_default_timeout(15_000)
    return context
