"""The command line, `ryadom` or `python -m server`: run, serve, demo, migrate, wire, vendor, user, check."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from scheduling.access import ROLES
from server import checkup, consent_texts, demo, lan, openapi, serving, vendor
from server.app import ENDPOINTS, PREFIX, VERSION, utc_now
from server.centre import STATIC
from server.database import Database
from server.settings import Settings
from server.users import add_user
from server.words import Words
from signaling import typescript

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
user = typer.Typer(no_args_is_help=True, help="Staff accounts.")
app.add_typer(user, name="user")
console = Console()
ROOT = Path(__file__).parent.parent


@app.command()
def run(
    lan_too: Annotated[bool, typer.Option("--lan", help="HTTPS for phones in the same network.")] = False,
) -> None:
    """Migrates, loads the demo data once, serves, and prints addresses and sign-ins: the newcomer's command."""
    settings = Settings(demo=True)
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
def check() -> None:
    """A traffic-light self test: database, clock and time zones, disk, Redis, TURN, mail."""
    lights = asyncio.run(checkup.lights(Settings(), utc_now()))
    for light in lights:
        console.print(f"[{light.colour}]●[/] {light.name:<12} {light.said}")
    raise typer.Exit(code=1 if any(light.colour == "red" for light in lights) else 0)


@user.command()
def add(
    login: str,
    name: str,
    role: Annotated[str, typer.Option(help=", ".join(ROLES))],
    institution: Annotated[int, typer.Option(help="number of the institution")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Adds a staff account."""
    said = asyncio.run(add_user(Settings(), login, name, role, institution, password))
    console.print(said)


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
    await database.close()
    return not loaded


if __name__ == "__main__":
    app()
