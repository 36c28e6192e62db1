"""The command line, `ryadom` or `python -m server`: run, serve, load, user, demo, check, probe and the rest."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from scheduling.access import ROLES
from scheduling.db import Tx
from server import (
    certificate_cli,
    checkup,
    consent_texts,
    demo,
    demo_pilot,
    demo_standards,
    lan,
    openapi,
    region,
    remeasuring,
    serving,
    turn,
    tzcheck,
    vendor,
)
from server.api.catalogue import TOPICS
from server.app import ENDPOINTS, PREFIX, VERSION, utc_now
from server.centre import STATIC
from server.database import Database
from server.probe import account as probe_account
from server.probe import report, visit
from server.settings import Settings
from server.turn.config import Place
from server.users import NewUser, add_user
from server.words import LANGUAGES, Words, best_language
from signaling import typescript

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
user = typer.Typer(no_args_is_help=True, help="Staff accounts.")
app.add_typer(user, name="user")
app.add_typer(certificate_cli.app, name="certificate")
console = Console()
T = TypeVar("T")
ROOT = Path(__file__).parent.parent


@app.command()
def run(
    lan_too: Annotated[bool, typer.Option("--lan", help="HTTPS for phones in the same network.")] = False,
    port: Annotated[int | None, typer.Option(help="Instead of RYADOM_PORT or 8080.", min=0, max=65535)] = None,
) -> None:
    """Migrates, loads the demo data once, serves, and prints addresses and sign-ins: the newcomer's command."""
    settings = Settings(demo=True) if port is None else Settings(demo=True, port=port)
    if lan_too:
        settings = lan.for_phones(settings)
    serving.serve(settings, prepare=serving.with_demo(console))


@app.command()
def serve() -> None:
    """Serves an installation that is set up by the environment."""
    serving.serve(Settings(), prepare=serving.quietly(console))


@app.command()
def migrate() -> None:
    """Brings the database to the newest tables."""
    asyncio.run(_migrate(Settings()))
    console.print("The tables are up to date.")


@app.command(name="demo")
def load_demo() -> None:
    """Loads the pilot's demo data into an empty database."""
    loaded = asyncio.run(_load_demo(Settings()))
    console.print("Demo data loaded." if loaded else "There is data already; nothing was changed.")


@app.command()
def wire() -> None:
    """Writes static/lib/wire.d.ts and docs/openapi.json from the code."""
    (ROOT / "static/lib/wire.d.ts").write_text(typescript.declarations(), encoding="utf-8")
    document = openapi.document(ENDPOINTS, prefix=PREFIX, version=VERSION)
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    (ROOT / "docs/openapi.json").write_text(text, encoding="utf-8")
    console.print("Written: static/lib/wire.d.ts, docs/openapi.json")


@app.command(name="vendor")
def bring_libraries() -> None:
    """Brings the browser libraries to static/vendor/."""
    vendor.bring(ROOT)


@app.command()
def check(
    language: Annotated[str, typer.Option(help=", ".join(LANGUAGES), envvar="LANG")] = "ru",
) -> None:
    """A traffic-light self test: database, clock and time zones, disk, Redis, every way of every relay, mail."""
    lights = asyncio.run(checkup.lights(Settings(), utc_now()))
    words = Words(STATIC)
    for light in lights:
        name, what = light.said(words, best_language(language[:2], None, ""))
        console.print(f"[{light.colour}]●[/] {name:<12} {escape(what)}", soft_wrap=True)
    raise typer.Exit(code=1 if any(light.colour == "red" for light in lights) else 0)


@app.command(name="tz-check")
def tz_check(
    move: Annotated[bool, typer.Option("--move", help="Move them to their wall time, all that can be.")] = False,
) -> None:
    """Lists each booking that the clock law known here would move, before anybody is told. Exit code 1: there are some.

    Bring the newest law first (`pip install -U tzdata`, or the system's), and start the server anew afterwards.
    """
    if move:
        moved, left = asyncio.run(_written(Settings(), partial(tzcheck.follow, now=utc_now())))
        console.print(f"{moved} moved, {len(left)} stay.")
    else:
        left = asyncio.run(_written(Settings(), partial(tzcheck.look, now=utc_now())))
    if left or not move:
        tzcheck.show(console, left)
    raise typer.Exit(code=1 if left else 0)


@app.command(name="measured")
def measure_again(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Of all there is, month by month.")] = False,
) -> None:
    """What sessions came to, reckoned anew: needed after a change of the rules (docs/indicators.md)."""
    if not rebuild:
        console.print("Nothing done: --rebuild reckons all of it anew.")
        return
    kept = asyncio.run(remeasuring.rebuild(Settings(), now=utc_now()))
    console.print(f"{kept} sessions measured.")


@app.command(name="turn-config")
def turn_config(
    file: Annotated[Path, typer.Argument(help="where coturn looks for it, such as /etc/turnserver.conf")],
    server: Annotated[str, typer.Option(help="which relay of RYADOM_TURN; by default the first")] = "",
    external_ip: Annotated[str, typer.Option(help="203.0.113.7, or public/inner behind a NAT")] = "",
    certificate: Annotated[Path | None, typer.Option(help="PEM with its chain, for turns:")] = None,
    key: Annotated[Path | None, typer.Option(help="PEM, for turns:")] = None,
    realm: Annotated[str, typer.Option(help="by default the host of the relay")] = "",
) -> None:
    """Writes a safe configuration of coturn for one relay of the settings; only its owner can read it."""
    place = Place(realm=realm, external=external_ip, certificate=certificate, key=key)
    console.print(turn.write(Settings(), server, place, file), soft_wrap=True)


@app.command()
def probe(
    server: Annotated[str, typer.Argument(help="public address, such as https://ryadom.example")],
    login: Annotated[str, typer.Option(help="of the account that probe-account made")] = probe_account.LOGIN,
    password_file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="that holds its password")
    ] = None,
    code: Annotated[str, typer.Option(help="six digits: be only the client, and wait for a real specialist")] = "",
    relay: Annotated[bool, typer.Option("--relay", help="through the TURN server only")] = False,
    talk: Annotated[float, typer.Option(help="seconds of talk", min=1, max=600)] = 8,
    patience: Annotated[float, typer.Option(help="seconds to wait for admission", min=1, max=3600)] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object on one line")] = False,
) -> None:
    """Makes a real call through a running server: exit code 0 good, 1 poor, 2 bad (docs/probe.md)."""
    report.hush()
    password = password_file.read_text(encoding="utf-8").strip() if password_file else ""
    order = report.ordered(server, login, password, code, relay=relay, talk_s=talk, patience_s=patience)
    verdict = asyncio.run(visit.probe(order))
    typer.echo(json.dumps(verdict.as_json(), ensure_ascii=False) if as_json else "\n".join(report.lines(verdict)))
    raise typer.Exit(code=verdict.exit_code)


@app.command(name="probe-account")
def make_probe_account(
    password_file: Annotated[Path, typer.Argument(help="where to write the new password, readable by you alone")],
) -> None:
    """Makes, or mends, the account that `probe` signs in with; its password is new each time."""
    report.keep(password_file, asyncio.run(_written(Settings(), lambda tx: probe_account.prepare(tx, now=utc_now()))))
    console.print(f"{password_file}: the password of {probe_account.LOGIN}", soft_wrap=True)


@app.command()
def load(file: Annotated[Path, typer.Argument(help="JSON such as deploy/region.example.json")]) -> None:
    """Brings districts, institutions and services up to a file; again with the same file changes nothing."""
    facts = region.read(file)
    done = asyncio.run(_written(Settings(), lambda tx: region.load(tx, facts)))
    console.print(f"{file}: {done}", soft_wrap=True)


@user.command()
def add(
    login: str,
    name: str,
    role: Annotated[str, typer.Option(help=", ".join(ROLES))],
    institution: Annotated[str, typer.Option(help="name or number of the institution")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    zone: Annotated[str, typer.Option(help="a specialist's clock; by default that of the district")] = "",
    topics: Annotated[str, typer.Option(help=f"a specialist's, by commas, of {', '.join(TOPICS)}")] = "",
    languages: Annotated[str, typer.Option(help=f"a specialist's, by commas, of {', '.join(LANGUAGES)}")] = "",
    services: Annotated[str, typer.Option(help="a specialist's codes, by commas; by default all")] = "",
) -> None:
    """Adds a staff account; a specialist's comes with what she can be booked for."""
    new = NewUser(
        login, name, role, institution, password, zone, _listed(topics), _listed(languages), _listed(services)
    )
    console.print(asyncio.run(_written(Settings(), lambda tx: add_user(tx, new))), soft_wrap=True)


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


async def _written(settings: Settings, work: Callable[[Tx], Awaitable[T]]) -> T:
    """What `work` answers; its writes are kept unless it ends the program."""
    database = Database(settings.database)
    try:
        await database.migrate()
        async with database.write() as tx:
            return await work(tx)
    finally:
        await database.close()


async def _migrate(settings: Settings) -> None:
    database = Database(settings.database)
    await database.migrate()
    await database.close()


async def _load_demo(settings: Settings) -> bool:
    database = Database(settings.database)
    await database.migrate()
    async with database.write() as tx:
        loaded = await demo.is_loaded(tx)
        await consent_texts.publish(tx, Words(STATIC))
        if not loaded:
            await demo.load(tx, now=utc_now())
            await demo_pilot.load(tx, now=utc_now())
            await demo_standards.load(tx, now=utc_now())
    await database.close()
    return not loaded


if __name__ == "__main__":
    app()
