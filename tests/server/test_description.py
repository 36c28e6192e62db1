"""Thousands of odd but described requests, made from the OpenAPI description itself, on a running server."""

import asyncio
import re
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from server import demo
from tests.support.consultation import open_consultation
from tests.support.live_server import LiveServer

CHECKS = "not_a_server_error,response_schema_conformance,content_type_conformance,status_code_conformance"
# Signing out would end the walk; a wrong second factor would lock its account.
LEFT_OUT = "/api/v1/(session|account)"


async def cookies(server: LiveServer, login: str) -> str:
    """Those of somebody of the staff and of a client's device, in one header."""
    consultation = await open_consultation(server)
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        for path, facts in (
            ("session", {"login": login, "password": demo.PASSWORD}),
            ("join", {"code": consultation.code}),
        ):
            async with browser.post(f"{server.address}/api/v1/{path}", json=facts) as answer:
                assert answer.status == 200
        return "; ".join(f"{cookie.key}={cookie.value}" for cookie in browser.cookie_jar)


@pytest.mark.parametrize("login", ["suzun", "officer"])
async def test_whatever_fits_the_description_gets_a_described_answer(live_server: LiveServer, login: str) -> None:
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        *("run", f"{live_server.address}/api/v1/openapi.json"),
        *("--header", f"Cookie: {await cookies(live_server, login)}"),
        *("--checks", CHECKS, "--phases", "coverage,fuzzing", "--exclude-path-regex", LEFT_OUT),
        *("--max-examples", "8", "--seed", "7", "--suppress-health-check", "all"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=live_server.data,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, _failures(said)
    cases = re.search(r"(\d+) generated, (\d+) passed", said)
    assert cases
    assert cases[1] == cases[2]
    assert int(cases[1]) > 1000
    print(f"\n{cases[1]} described requests, every answer as described")
    assert "Traceback" not in live_server.log


def _failures(said: str) -> str:
    """Of all it says, what was not as described."""
    return said[max(0, said.find("= FAILURES =")) :].partition("= WARNINGS =")[0][:8000]
