"""The probe at the command line: what is asked of it, what it prints, and where its password lies."""

import logging
import os
from pathlib import Path

import typer
from yarl import URL

from server.probe.verdict import Verdict
from server.probe.visit import Order


def ordered(
    server: str, login: str, password: str, digits: str, *, relay: bool, talk_s: float, patience_s: float
) -> Order:
    """BadParameter (exit code 2) where the order cannot be carried out."""
    address = URL(server)
    if address.scheme not in {"http", "https"} or not address.host:
        raise typer.BadParameter(f"{server} is no address such as https://ryadom.example")
    code = "".join(each for each in digits if each.isdigit())
    if digits and len(code) != 6:
        raise typer.BadParameter("A code has six digits.")
    if not code and not password:
        raise typer.BadParameter("Give --password-file (`ryadom probe-account` on the server writes it), or --code.")
    return Order(address, login, password, code, relay, talk_s, patience_s)


def hush() -> None:
    """A frame that cannot be decoded shows in the figures; cron would send a letter about each."""
    logging.getLogger("aiortc").setLevel(logging.ERROR)


def keep(path: Path, password: str) -> None:
    """Readable by the owner alone, from the first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(password + "\n")


def lines(verdict: Verdict) -> list[str]:
    """For a person's eye: a figure a line, then the verdict."""
    measured = verdict.measured
    told = [
        ("code opened", _ms(measured.join_ms)),
        ("seat taken", _ms(measured.seat_ms)),
        ("connected, nothing sent yet", _ms(measured.ready_ms)),
        ("admitted", _ms(measured.admit_ms)),
    ]
    for role, arrived in measured.to.items():
        told += [
            (f"first sound to the {role}", _ms(arrived.sound_ms)),
            (f"first picture to the {role}", _ms(arrived.picture_ms)),
            (f"lost on the way to the {role}", "" if arrived.loss is None else f"{arrived.loss:.1%}"),
        ]
    told += [
        ("there and back", _ms(measured.rtt_ms)),
        ("path", measured.path or ""),
        ("chat there and back", _ms(measured.chat_ms)),
        ("back after a broken line", _ms(measured.reconnect_ms)),
    ]
    return [f"{name:<32} {value:>10}" for name, value in told if value] + [f"{verdict.word}: {verdict.words}"]


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} ms"
