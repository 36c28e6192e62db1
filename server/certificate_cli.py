"""`ryadom certificate`: checking a certificate without database and network, and the keys that sign them."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scheduling.db import Tx
from scheduling.errors import NotFound
from server import certificate_tokens
from server.app import utc_now
from server.centre import STATIC
from server.certificate_check import Paper, Unusable, Verdict, check, read_keys, read_revocations, token_of
from server.database import Database
from server.settings import Settings, installation_key
from server.words import LANGUAGES, Words, best_language

app = typer.Typer(no_args_is_help=True, help="Certificates: checking one offline, and the keys that sign them.")
console = Console()
T = TypeVar("T")
COLOURS = {"genuine": "green", "genuine_but_expired": "yellow", "not_yet_valid": "yellow"}
FROM_STDIN = "-"
MOST_READ = 64 * 1024


@app.command()
def verify(
    token: Annotated[str, typer.Argument(help="the token, the address of the QR code, or - to read it from stdin")],
    keys: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="the published keys, as a file")],
    revoked: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="the published list, as a file")
    ] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="the day; by default today")] = None,
    language: Annotated[str, typer.Option(help=", ".join(LANGUAGES), envvar="LANG")] = "ru",
) -> None:
    """Checks a certificate with nothing but files. Exit code 0: genuine and valid, 1: not, 2: it could not be checked.

    The files come from /.well-known/ryadom-certificate-keys and /.well-known/ryadom-certificate-revoked.
    """
    spoken = sys.stdin.read(MOST_READ) if token == FROM_STDIN else token
    try:
        trusted = read_keys(keys.read_text(encoding="utf-8"))
        listed = read_revocations(revoked.read_text(encoding="utf-8"), trusted) if revoked else None
    except (Unusable, UnicodeDecodeError) as error:
        Console(stderr=True).print(str(error), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(code=2) from None
    today = on.date() if on else date.today()  # noqa: DTZ011 - the day of whoever holds the paper in his hand
    verdict = check(token_of(spoken), trusted, listed, today)
    _show(verdict, best_language(language[:2], None, ""))
    raise typer.Exit(code=0 if verdict.good else 1)


@app.command(name="keys")
def show_keys() -> None:
    """Prints the published keys (RFC 7517), for `verify --keys`."""
    document = _written(lambda tx, _key: certificate_tokens.keys_document(tx, now=utc_now()))
    typer.echo(json.dumps(document, indent=1))


@app.command()
def revoked() -> None:
    """Prints the signed list of what counts no more, for `verify --revoked`."""
    typer.echo(_written(lambda tx, key: certificate_tokens.revocation_list(tx, key=key, now=utc_now())))


@app.command()
def rotate() -> None:
    """Makes a new key that signs from now on; papers signed by the one before stay good."""
    made = _written(lambda tx, key: certificate_tokens.rotate(tx, key=key, now=utc_now()))
    console.print(f"The key {made.kid} signs from now on.", markup=False, soft_wrap=True)


@app.command()
def withdraw(kid: Annotated[str, typer.Argument(help="as `keys` names it")]) -> None:
    """Declares a key unsafe: nothing it ever signed is believed any more. Its papers are to be printed anew."""
    try:
        _written(lambda tx, key: certificate_tokens.withdraw(tx, kid, key=key, now=utc_now()))
    except NotFound:
        console.print(f"There is no key {kid}.", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(code=1) from None
    console.print(f"Nothing signed by {kid} is believed any more.", markup=False, soft_wrap=True)


def _show(verdict: Verdict, language: str) -> None:
    words = Words(STATIC)
    colour = COLOURS.get(verdict.outcome, "red")
    console.print(Text(f"● {words(language, f'certcheck.{verdict.outcome}')}", style=f"bold {colour}"), soft_wrap=True)
    console.print(Text(words(language, f"certcheck.{verdict.outcome}_detail")), soft_wrap=True)
    if verdict.why:
        console.print(Text(f"{words(language, f'certcheck.why.{verdict.why}')} ({verdict.why})"), soft_wrap=True)
    if not verdict.paper:
        return
    console.print(_table(verdict.paper, words, language))
    known = f"{verdict.as_of:%Y-%m-%d %H:%M} UTC" if verdict.as_of else None
    key = "certcheck.as_of" if known else "certcheck.no_list"
    console.print(Text(words(language, key, time=known or ""), style="dim"), soft_wrap=True)


def _table(paper: Paper, words: Words, language: str) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    rows = {
        "number": paper.number,
        "holder": words(language, "certcheck.born", name=paper.holder, year=paper.birth_year),
        "issuer": paper.issuer,
        "district": paper.district,
        "valid": f"{paper.issued_on.isoformat()} … {paper.valid_until.isoformat()}",
    }
    for name, said in rows.items():
        table.add_row(Text(words(language, f"certcheck.{name}")), Text(said))
    for each in paper.services:
        amount = f"{each.quantity / 100:.2f}" if each.unit == "kopeck" else str(each.quantity)
        said = words(language, f"certcheck.unit_{each.unit}", amount=amount)
        table.add_row(Text(words(language, "certcheck.service", code=each.code)), Text(said))
    return table


def _written(work: Callable[[Tx, bytes], Awaitable[T]]) -> T:
    """What `work` answers on the installation's database, with its key."""
    settings = Settings()

    async def run() -> T:
        database = Database(settings.database)
        try:
            await database.migrate()
            key = installation_key(settings.data, settings.key)
            async with database.write() as tx:
                await certificate_tokens.ensure_key(tx, key=key, now=utc_now())
                return await work(tx, key)
        finally:
            await database.close()

    return asyncio.run(run())
