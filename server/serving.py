"""Serving: one process on one port, started and stopped in order, saying where it is."""

import asyncio
import signal
import ssl
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from rich.console import Console
from rich.table import Table

from server import app as house
from server import certificate_tokens, consent_texts, demo, demo_pilot, demo_standards, lan, users
from server.centre import CENTRE, Centre
from server.logs import set_up_logs
from server.settings import Settings

log = structlog.get_logger()
Prepare = Callable[[Centre], Awaitable[Callable[[str], None]]]
# Also the deadline for a request's headers: aiohttp has one number for both.
KEEPALIVE_S = 30
# How long a stop waits for answers under way, and as long again for their cleaning up.
PARTING_S = 1


def serve(settings: Settings, *, prepare: Prepare) -> None:
    """Serves until SIGINT or SIGTERM. `prepare` readies the data and answers what to say once the port is open."""
    set_up_logs()
    try:
        import uvloop  # noqa: PLC0415 - not there on Windows
    except ImportError:
        asyncio.run(_serve(settings, prepare))
    else:
        uvloop.run(_serve(settings, prepare))


async def _serve(settings: Settings, prepare: Prepare) -> None:
    application = house.build(settings)
    try:
        say = await prepare(application[CENTRE])
    except BaseException:
        await application[CENTRE].database.close()  # its threads would keep the process
        raise
    runner = web.AppRunner(application, access_log=None, keepalive_timeout=KEEPALIVE_S, shutdown_timeout=PARTING_S)
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port, ssl_context=_tls(settings))
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        raise SystemExit(
            f"Port {settings.port} is not free ({error.strerror}); choose another with RYADOM_PORT."
        ) from None
    say(address(settings, runner))
    await _until_told()
    await runner.cleanup()


def address(settings: Settings, runner: web.AppRunner) -> str:
    if settings.public_url:
        return settings.public_url
    port = runner.addresses[0][1]
    scheme = "https" if settings.tls_certificate else "http"
    host = lan.own_address() if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - compared, not bound
    return f"{scheme}://{host}:{port}"


def quietly(console: Console) -> Prepare:
    """For an installation: migrate, then say the address. SystemExit: it still has open demo accounts."""

    async def prepare(centre: Centre) -> Callable[[str], None]:
        await _ready_data(centre)
        if not centre.settings.demo:
            async with centre.database.read() as tx:
                await users.refuse_demo_accounts(tx)
        return lambda url: console.print(f"Ryadom: {url}", soft_wrap=True)

    return prepare


def with_demo(console: Console) -> Prepare:
    """For a newcomer: migrate, demo data once, a consultation to try, and everything said."""

    async def prepare(centre: Centre) -> Callable[[str], None]:
        await _ready_data(centre)
        async with centre.database.write() as tx:
            if not await demo.is_loaded(tx):
                await demo.load(tx, now=centre.now())
                await demo_pilot.load(tx, now=centre.now())
                await demo_standards.load(tx, now=centre.now())
            busy = await demo.going_on(tx, now=centre.now())
            trial = None if busy else await demo.trial(tx, key=centre.key, now=centre.now())

        def say(url: str) -> None:
            table = Table("role", "login", "password", "name", title=f"Рядом · Ryadom · {url}", title_justify="left")
            for person in demo.SIGN_INS:
                table.add_row(person.role, person.login, demo.PASSWORD, person.name)
            lines = [f"Staff: {url}/staff/sign-in    Clients: {url}/    API: {url}/api/v1/"]
            if trial is not None:
                booked, issued = trial
                code = f"{issued.digits[:3]} {issued.digits[3:]}"
                lines += [
                    f"To try it now: client's code [bold]{code}[/bold] or {url}/visit#{issued.secret}",
                    f"               specialist ({demo.TRIAL_SPECIALIST}): {url}/staff/room?booking={booked.id}",
                ]
            console.print(table)
            console.print("\n".join(lines), soft_wrap=True)
            if centre.settings.tls_certificate:
                console.print(lan.qr_for_terminal(url))

        return say

    return prepare


async def _ready_data(centre: Centre) -> None:
    """The newest tables, the consent texts of the locales as the newest versions, a key to sign certificates with."""
    await centre.database.migrate()
    async with centre.database.write() as tx:
        await consent_texts.publish(tx, centre.words)
        await certificate_tokens.ensure_key(tx, key=centre.key, now=centre.now())


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    return context


async def _until_told() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, told.set)
    except NotImplementedError:  # what asyncio raises on Windows, where Ctrl+C arrives as KeyboardInterrupt
        pass
    await told.wait()
