"""The composition root: who is made, in what order, and which address leads where."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from aiohttp import web

from scheduling import holds as kept_times
from scheduling import idempotency, occupancy, signins, tickets, tries
from scheduling import lists as brought_lists
from scheduling.certificate_use import life
from scheduling.finding import Warm
from server import collector, endpoint, malformed, openapi, routes, security, warming
from server.api import (
    account,
    acts,
    applications,
    apply,
    assigning,
    book,
    bookings,
    budgets,
    calendars,
    catalogue,
    certificate_check,
    certificates,
    choice,
    clients,
    consents,
    feedback,
    glance,
    guests,
    holds,
    holidays,
    join,
    lists,
    live,
    merging,
    outcomes,
    own_time,
    pictures,
    programmes,
    quality,
    registers,
    relations,
    rendered,
    resources,
    rules,
    series,
    side_by_side,
    slots,
    standards,
    workbench,
)
from server.bus import Bus
from server.centre import CENTRE, STATIC, Centre
from server.database import Database
from server.desk import HouseDesk
from server.lists import applying, work
from server.live import Board
from server.pages import Pages
from server.settings import Settings, installation_key, private_folder
from server.turn.health import RelayWatch
from server.words import Words
from signaling import server as socket_server
from signaling.ice import IceServer, IceSettings
from signaling.linecheck import LineChecks
from signaling.presence import MemoryPresence, Presence, RedisPresence

PREFIX = "/api/v1"
VERSION = "0.1.0"
ENDPOINTS = endpoint.of(
    [
        *(
            account,
            pictures,
            catalogue,
            resources,
            clients,
            certificates,
            choice,
            budgets,
            consents,
            slots,
            holds,
            book,
            bookings,
            series,
            guests,
            outcomes,
            feedback,
        ),
        *(
            live,
            quality,
            calendars,
            side_by_side,
            rules,
            holidays,
            join,
            own_time,
            certificate_check,
            standards,
            programmes,
        ),
        *(rendered, acts, registers, lists),
        *(glance, workbench),
        *(applications, assigning, apply, relations, merging),
    ]
)
LARGEST_BODY = 256 * 1024
TIDY_EVERY_S = 600.0
log = structlog.get_logger()


def utc_now() -> datetime:
    return datetime.now(UTC)


def build(settings: Settings, *, now: Callable[[], datetime] = utc_now) -> web.Application:
    """The whole application; its parts start and stop with it."""
    malformed.keep_quiet()
    private_folder(settings.data)
    database = Database(settings.database)
    bus = Bus(settings.redis_url)
    ice = IceSettings(tuple(settings.stun_urls), settings.relays)
    desk = HouseDesk(database, bus, now, ice)
    presence: Presence = RedisPresence(settings.redis_url) if settings.redis_url else MemoryPresence()
    signaling = socket_server.build(desk, presence, origins=_own_origin, address=security.address, clock=now)
    words = Words(STATIC)
    pages = Pages(STATIC, words)
    app = web.Application(middlewares=[security.guard, routes.lost(pages)], client_max_size=LARGEST_BODY)
    app.on_response_prepare.append(malformed.nameless)
    app[CENTRE] = Centre(
        settings=settings,
        database=database,
        words=words,
        bus=bus,
        signaling=signaling,
        presence=presence,
        line_checks=LineChecks(most=settings.line_checks, ice=_stun(settings)),
        warm=Warm(),
        key=installation_key(settings.data, settings.key),
        now=now,
    )
    app[book.DESK] = book.Desk(app[CENTRE])
    app[work.READER] = work.Reader(app[CENTRE])
    app[applying.APPLIER] = applying.Applier(app[CENTRE])
    signaling.sio.attach(app)
    board = Board()
    signaling.sio.register_namespace(board)
    app.add_routes(endpoint.routes(ENDPOINTS, PREFIX))
    described = openapi.document(ENDPOINTS, prefix=PREFIX, version=VERSION)
    app.add_routes(routes.beside_the_api(pages, described, openapi.readable(ENDPOINTS, prefix=PREFIX)))
    app.on_shutdown.append(_let_go)
    app.cleanup_ctx.extend([_parts(board), _tidying, warming.running, work.running, RelayWatch(ice, now).running])
    return app


def _stun(settings: Settings) -> Sequence[IceServer]:
    """What the server's own peer asks for its address: our STUN server, never a foreign one."""
    return [IceServer(tuple(settings.stun_urls))] if settings.stun_urls else []


def _own_origin(origin: str, environ: dict[str, Any]) -> bool:
    """Socket.IO's question whether a page of this origin may connect: only our own."""
    return origin in security.origins(environ["aiohttp.request"])


def _parts(board: Board) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(app: web.Application) -> AsyncIterator[None]:
        centre = app[CENTRE]
        told: set[asyncio.Task[None]] = set()

        def hear(wake: Any) -> None:
            task = asyncio.create_task(board.hear(wake, centre.now()))
            told.add(task)
            task.add_done_callback(told.discard)

        centre.bus.listen(hear)
        await centre.bus.start()
        await centre.signaling.start()
        collector.spare()
        yield
        await centre.line_checks.close()
        await centre.signaling.stop()
        await centre.bus.stop()
        await centre.database.close()

    return run


async def _let_go(app: web.Application) -> None:
    """Ends the open sockets: aiohttp would wait for each until its patience ends. Browsers come back by themselves."""
    await app[CENTRE].signaling.let_go()


async def _tidying(app: web.Application) -> AsyncIterator[None]:
    """Forgets, every ten minutes, what nobody can use any more."""
    centre = app[CENTRE]

    async def forget() -> None:
        while True:
            try:
                await _forget_old(centre)
            except Exception:
                log.exception("tidying")  # the next round may find the database again
            await asyncio.sleep(TIDY_EVERY_S)  # the interval itself; nothing waits for it

    task = asyncio.create_task(forget())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _forget_old(centre: Centre) -> None:
    async with centre.database.write() as tx:
        for subject in (tickets, signins, tries, idempotency, kept_times, occupancy, brought_lists):
            await subject.forget_old(tx, now=centre.now())
    async with centre.database.write() as tx:
        await life.expire_due(tx, now=centre.now())
