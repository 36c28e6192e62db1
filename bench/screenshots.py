"""`make screenshots`: the pictures of the README, taken from the real pages with demo data, in few colours."""

import asyncio
import io
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast
from zoneinfo import ZoneInfo

import av
from playwright.async_api import Browser, BrowserContext, Page

from bench.house import house
from bench.watch import FRAMES, first_frame
from server import demo
from tests.support.chromium import chromium, person
from tests.support.consultation import open_consultation, to_the_waiting_room
from tests.support.live_server import ROOT, LiveServer
from tests.support.staff import sign_in, signed_in

FOLDER = ROOT / "docs" / "screenshots"
LARGEST = 200_000
SETTLE_S = 1.2
SECOND = Fraction(1, 1)
# Drawn people, so that nobody's face is needed: a room behind, shoulders, a head, hair.
PERSON = """<svg viewBox="0 0 640 480" width="640" height="480"><rect width="640" height="480" fill="{wall}"/>
<rect x="{window}" y="40" width="170" height="190" rx="6" fill="{light}"/>
<rect y="400" width="640" height="80" fill="{floor}"/>
<path d="M130 480c0-120 80-165 190-165s190 45 190 165z" fill="{dress}"/>
<rect x="285" y="250" width="70" height="90" rx="34" fill="{shade}"/>
<circle cx="320" cy="150" r="{hair_r}" fill="{hair}"/><ellipse cx="320" cy="190" rx="78" ry="98" fill="{skin}"/>
<path d="M242 175c4-70 40-98 78-98s74 28 78 98c-24-34-54-46-78-46s-54 12-78 46z" fill="{hair}"/>
<g fill="#3b2f2a"><circle cx="291" cy="192" r="7"/><circle cx="349" cy="192" r="7"/></g>
<path d="M290 240q30 24 60 0" stroke="#8a4b3c" stroke-width="7" fill="none" stroke-linecap="round"/></svg>"""
SPECIALIST = PERSON.format(
    wall="#d8e4dc",
    window=40,
    light="#f4f7ef",
    floor="#b9cbbf",
    dress="#1f6f5c",
    shade="#dba98a",
    skin="#efc3a4",
    hair="#5a3a28",
    hair_r=96,
)
CLIENT = PERSON.format(
    wall="#efe2cd",
    window=430,
    light="#fbf6ea",
    floor="#d7c3a2",
    dress="#8a5a7a",
    shade="#d9a88c",
    skin="#ecc4a8",
    hair="#c9c6c2",
    hair_r=92,
)


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as hers_at, TemporaryDirectory() as his_at:
        specialist, client = await _camera(Path(hers_at), SPECIALIST), await _camera(Path(his_at), CLIENT)
        async with house() as server, chromium(specialist) as hers, chromium(client) as his:
            await _desks(server, hers)
            await _department(server, hers)
            await _consultation(server, hers, his)


async def _desks(server: LiveServer, browser: Browser) -> None:
    """What needs nobody else: the start page, the calendar, booking."""
    phone = await (await person(browser, phone=True)).new_page()
    await phone.goto(server.address)
    await phone.fill("[data-test=code]", "482 915")
    await _taken(phone, "client-code")
    specialist = await (await _staff(server, browser, "specialist")).new_page()
    # The week to come: what is past stands in the shade, and today may be a Sunday.
    day = (datetime.now(ZoneInfo(demo.ZONE)) + timedelta(days=7)).date()
    monday = day - timedelta(days=day.weekday())
    await specialist.goto(f"{server.address}/staff/calendar?day={monday}")
    await specialist.click("[data-mode=work]")
    await _taken(specialist, "calendar")
    coordinator = await (await _staff(server, browser, "coordinator")).new_page()
    await coordinator.goto(f"{server.address}/staff/board?day={monday}")
    await coordinator.wait_for_selector("[data-test=schedule]")
    await _taken(coordinator, "schedule")


async def _department(server: LiveServer, browser: Browser) -> None:
    """From the application to the act and the whole pilot, each before the eyes of whom it is for."""
    async with signed_in(server.address, "coordinator") as office:
        application = (await office.get("/applications", needs="doubtful"))["items"][0]["id"]
    async with signed_in(server.address, "officer") as department:
        certificate = (await department.get("/certificates", status="issued"))["items"][0]["id"]
        months = (await department.get("/acts", year=datetime.now(ZoneInfo(demo.ZONE)).year))["items"]
        act = next(each["acts"][0]["id"] for each in months if each["acts"])
    shown = (
        ("coordinator", f"application?id={application}", "application"),
        ("officer", f"choice?certificate={certificate}", "choice"),
        ("officer", f"act?id={act}", "act"),
        ("analyst", "glance", "glance"),
    )
    for role, path, name in shown:
        page = await (await _staff(server, browser, role)).new_page()
        await page.goto(f"{server.address}/staff/{path}")
        await page.wait_for_selector("h1")
        await page.wait_for_load_state("networkidle")
        await _taken(page, name)


async def _consultation(server: LiveServer, hers: Browser, his: Browser) -> None:
    """Waiting, then talking: the board, the client's phone and the specialist's room of the same moment."""
    visit = await open_consultation(server)
    board = await (await _staff(server, hers, "coordinator")).new_page()
    await board.goto(f"{server.address}/staff/today")
    room = await (await _staff(server, hers, "specialist")).new_page()
    phone = await (await person(his, phone=True)).new_page()
    for page in (room, phone):
        await page.add_init_script(FRAMES)
    await room.goto(visit.room)
    await phone.goto(visit.link)
    await to_the_waiting_room(phone)
    await room.wait_for_selector("[data-test=admit]")
    await _taken(phone, "client-waits")
    await _taken(board, "board")
    await room.click("[data-test=admit]")
    for page, name in ((phone, "client-room"), (room, "specialist-room")):
        await first_frame(page)
        await _taken(page, name)


async def _staff(server: LiveServer, browser: Browser, role: str) -> BrowserContext:
    context = await person(browser)
    await sign_in(context, server.address, role)
    return context


async def _taken(page: Page, name: str) -> None:
    await asyncio.sleep(SETTLE_S)  # fonts, the first answer of the server, a picture that fades in
    picture = await asyncio.to_thread(_in_few_colours, await page.screenshot())
    if len(picture) > LARGEST:
        raise RuntimeError(f"{name}.png has {len(picture)} bytes")
    path = FOLDER / f"{name}.png"
    await asyncio.to_thread(path.write_bytes, picture)
    print(f"{path.relative_to(Path.cwd())}  {len(picture) // 1000} kB")


def _in_few_colours(png: bytes) -> bytes:
    """The same picture with a palette: a third of the size, and no difference to see on flat colours."""
    frame = _frame(png)
    graph = av.filter.Graph()
    given = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=SECOND)
    split, shown = graph.add("split"), graph.add("buffersink")
    palette, painted = graph.add("palettegen", "max_colors=200"), graph.add("paletteuse", "dither=none")
    given.link_to(split)
    split.link_to(palette, 0, 0)
    palette.link_to(painted, 0, 1)
    split.link_to(painted, 1, 0)
    painted.link_to(shown)
    graph.configure()
    given.push(frame)
    given.push(None)
    return _encoded(cast("av.VideoFrame", shown.pull()), "png", "pal8")


async def _camera(folder: Path, person_drawn: str) -> Path:
    """What a camera would show: a drawn person, as a film of one picture that Chromium plays for ever."""
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 640, "height": 480})
        await page.set_content(f"<style>body{{margin:0}}</style>{person_drawn}")
        drawn = _frame(await page.screenshot()).reformat(format="yuvj420p")
    path = folder / "camera.mjpeg"
    path.write_bytes(_encoded(drawn, "mjpeg", "yuvj420p") * 20)
    return path


def _frame(png: bytes) -> av.VideoFrame:
    with av.open(io.BytesIO(png), "r") as source:
        return next(source.decode(video=0))


def _encoded(frame: av.VideoFrame, codec: str, pixels: str) -> bytes:
    encoder = cast("av.VideoCodecContext", av.CodecContext.create(codec, "w"))
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = frame.width, frame.height, pixels, SECOND
    return b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None)))


if __name__ == "__main__":
    asyncio.run(main())
