"""`ryadom probe`: both ends by itself against a real server, and the right words where something is broken."""

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from yarl import URL

from server import demo
from server.database import Database
from server.probe import account
from server.probe.verdict import LIMITS, Verdict
from server.probe.visit import Order, probe
from tests.foreign.conftest import Stands
from tests.support.consultation import open_consultation
from tests.support.coturn import coturn
from tests.support.live_server import ROOT, LiveServer, free_port
from tests.support.staff import signed_in, signed_in_as

# On a busy machine a good call may be a slow one: times are for the operator to judge, not for these tests.
SLOW = {name for name in LIMITS if name.endswith("_ms")}


async def order(server: LiveServer, **more: Any) -> Order:
    """An order to play both ends, with a password made for it."""
    database = Database(server.database_url)
    try:
        password = await database.written(lambda tx: account.prepare(tx, now=datetime.now(UTC)))
    finally:
        await database.close()
    return Order(URL(server.address), account.LOGIN, password, **({"talk_s": 2.0} | more))


async def test_both_ends_hold_a_call_and_leave_nothing_behind(stands: Stands, tell: Callable[[str], None]) -> None:
    server = await stands()
    given = await order(server)
    before = await what_people_see(server)
    for _ in range(2):  # from cron it comes again and again
        verdict = await probe(given)
        held(verdict)
        assert verdict.measured.path == "direct"
    measured = verdict.measured
    for role in ("client", "specialist"):
        arrived = measured.to[role]
        assert arrived.pictures >= 15
        assert arrived.sounds >= 50
        assert arrived.loudest > 1000, "the tone itself, no silence"
        tell(f"ryadom probe: first sound and picture to the {role} {arrived.sound_ms:.0f}, {arrived.picture_ms:.0f} ms")
    tell(f"ryadom probe: seat {measured.seat_ms:.0f}, chat {measured.chat_ms:.0f}, back {measured.reconnect_ms:.0f} ms")

    assert await what_people_see(server) == before, "no board, no list, no search and no statistic shows the probe"
    assert {status for _, status in await its_bookings(server)} == {"cancelled"}
    assert "Traceback" not in server.log


async def test_the_command_prints_one_line_and_says_it_by_its_exit_code(stands: Stands, tmp_path: Path) -> None:
    server = await stands()
    password = tmp_path / "password"
    assert (await ryadom(server, "probe-account", str(password)))[0] == 0
    assert password.stat().st_mode & 0o077 == 0, "nobody else reads it"
    asked = ("probe", server.address, "--password-file", str(password), "--talk", "2")
    code, printed = await ryadom(server, *asked, "--json")
    found = json.loads(printed)
    assert code == {"good": 0, "poor": 1}[found["verdict"]]
    assert set(found["reasons"]) <= SLOW
    assert found["to"]["client"]["pictures"] > 0
    await server.kill()
    code, printed = await ryadom(server, *asked)
    assert code == 2
    assert f"bad: {server.address}" in printed
    assert "does not answer" in printed


async def test_through_a_relay(stands: Stands) -> None:
    async with coturn() as turn:
        server = await stands(**turn.environment)
        verdict = await probe(await order(server, relay=True))
    held(verdict)
    assert verdict.measured.path == "relay"


async def test_a_relay_that_does_not_answer(stands: Stands) -> None:
    url = f"turn:127.0.0.1:{free_port()}?transport=udp"
    server = await stands(RYADOM_TURN_URLS=json.dumps([url]), RYADOM_TURN_SECRET="nobody hears it")
    given = await order(server, relay=True)
    verdict = await probe(given)
    assert (verdict.word, verdict.reasons, verdict.exit_code) == ("bad", ["no_relay"], 2)
    assert url in verdict.words
    without = await probe(Order(given.server, given.login, given.password, talk_s=1.0))
    assert without.word == "poor", "people in open networks can talk"
    assert "relay_silent" in without.reasons
    assert {status for _, status in await its_bookings(server)} == {"cancelled"}, "tidied up after the failure too"


async def test_a_relay_that_is_not_there(stands: Stands) -> None:
    verdict = await probe(await order(await stands(), relay=True))
    assert (verdict.word, verdict.reasons) == ("bad", ["no_turn"])


async def test_nobody_admits(stands: Stands) -> None:
    server = await stands()
    consultation = await open_consultation(server)
    verdict = await probe(Order(URL(server.address), digits=consultation.code, patience_s=2.0))
    assert (verdict.word, verdict.reasons) == ("bad", ["not_admitted"])
    assert verdict.words == "Nobody admitted the probe within 2 s."
    assert verdict.measured.seat_ms is not None, "as far as it came it measured"


async def test_a_wrong_code_and_a_real_account(stands: Stands) -> None:
    server = await stands()
    wrong = await probe(Order(URL(server.address), digits="000000"))
    assert (wrong.word, wrong.reasons) == ("bad", ["code_refused"])
    real = await probe(Order(URL(server.address), "orlova", demo.PASSWORD))
    assert (real.word, real.reasons) == ("bad", ["real_account"])
    unknown = await probe(Order(URL(server.address), "orlova", "not the password"))
    assert (unknown.word, unknown.reasons) == ("bad", ["sign_in_refused"])


def held(verdict: Verdict) -> None:
    assert verdict.word != "bad", verdict.words
    assert set(verdict.reasons) <= SLOW, verdict.words
    assert verdict.measured.connections == 1


async def what_people_see(server: LiveServer) -> list[object]:
    """Of a coordinator: the day, the live board, the earliest free times; of an analyst: the quality."""
    async with signed_in(server.address, "coordinator") as coordinator, signed_in(server.address, "analyst") as analyst:
        lists = [await coordinator.get(path) for path in ("/bookings", "/live", "/clients?query=Проверка")]
        bookable = {slot["specialist"]["name"] for slot in await coordinator.slots({"by": "specialist"})}
        quality = await analyst.get("/quality", by="district")
    return [*(each["items"] for each in lists), bookable, quality]


async def its_bookings(server: LiveServer) -> list[tuple[int, str]]:
    given = await order(server)
    async with signed_in_as(server.address, given.login, given.password) as own:
        return [(each["id"], each["status"]) for each in (await own.get("/bookings"))["items"]]


async def ryadom(server: LiveServer, *arguments: str) -> tuple[int, str]:
    """A command on that server's data: its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "server", *arguments),
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "RYADOM_DATA": str(server.data), "RYADOM_DATABASE_URL": server.database_url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()
