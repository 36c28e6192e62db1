"""Cookies that a browser, a neighbouring host or a stranger with a raw socket sends."""

import asyncio
import http.client
from pathlib import Path

from server import demo
from tests.server.house import House, body, house

PUBLIC = "https://ryadom.example.org"
LOGIN = {"login": "orlova", "password": demo.PASSWORD}


async def test_a_cookie_of_foreign_bytes_is_no_cookie(ryadom: House) -> None:
    for value in (b"\xff", b"\xc3\x28", b"1.\xff", "ключ".encode(), b"\x80" * 40):
        for path, name in (("/api/v1/session", b"ryadom_session="), ("/api/v1/join", b"ryadom_seat=")):
            assert await _status(ryadom, path, name + value) == 401


async def test_with_https_only_the_cookie_that_https_set_counts(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path / "data", database_url, public_url=PUBLIC) as ryadom:
        answer = await ryadom.browser().post("/api/v1/session", json=LOGIN, headers={"Origin": PUBLIC})
        token = answer.cookies["__Host-ryadom_session"].value
        assert await _status(ryadom, "/api/v1/session", f"__Host-ryadom_session={token}".encode()) == 200
        assert await _status(ryadom, "/api/v1/session", f"ryadom_session={token}".encode()) == 401


async def test_without_https_only_the_plain_cookie_counts(ryadom: House) -> None:
    answer = await ryadom.browser().post("/api/v1/session", json=LOGIN)
    await body(answer, 200)
    token = answer.cookies["ryadom_session"].value
    assert await _status(ryadom, "/api/v1/session", f"ryadom_session={token}".encode()) == 200
    assert await _status(ryadom, "/api/v1/session", f"__Host-ryadom_session={token}".encode()) == 401


async def _status(ryadom: House, path: str, cookie: bytes) -> int:
    """Asked by a client that sends the very bytes."""

    def ask() -> int:
        line = http.client.HTTPConnection(ryadom.url.removeprefix("http://"), timeout=5)
        try:
            line.putrequest("GET", path)
            line.putheader("Cookie", cookie)
            line.endheaders()
            return line.getresponse().status
        finally:
            line.close()

    return await asyncio.to_thread(ask)
