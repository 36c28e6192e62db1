"""Requests that are no HTTP: the answer says nothing, and the log has neither the address nor the bytes."""

import asyncio
import re

import pytest

from tests.server.house import House

SECRET = "482913"
MALFORMED = {
    "no request line": f"code {SECRET}\r\n\r\n",
    "an unknown version": f"GET /visit#{SECRET} HTTQ/1.1\r\n\r\n",
    "a control byte in a header's value": f"GET / HTTP/1.1\r\nHost: a\r\nCookie: ryadom_seat={SECRET}\x01\x02\r\n\r\n",
    "a control byte in a header's name": f"GET / HTTP/1.1\r\nHost: a\r\nX-\x00{SECRET}: 1\r\n\r\n",
    "a header without a colon": f"GET / HTTP/1.1\r\nHost: a\r\n{SECRET}\r\n\r\n",
    "two lengths": f"POST /api/v1/join HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{SECRET}",
    "a header too long": f"GET / HTTP/1.1\r\nHost: a\r\nX: {SECRET}{'a' * 20_000}\r\n\r\n",
    "an address that is none": f"GET http://[{SECRET} HTTP/1.1\r\nHost: a\r\n\r\n",
    "a wrong port": f"GET http://a:{SECRET}999/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "a chunk without a size": f"POST /api/v1/join HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    f"Transfer-Encoding: chunked\r\n\r\nzz{SECRET}\r\n",
}


async def test_a_malformed_request_is_neither_repeated_nor_logged(
    ryadom: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    for wrong, raw in MALFORMED.items():
        head, _, body = (await _answer_to(ryadom, raw.encode("latin-1"))).decode("latin-1").partition("\r\n\r\n")
        assert head.startswith(("HTTP/1.1 4", "HTTP/1.0 4")), (wrong, head, body)
        assert len(body) < 600, (wrong, body)
        for trace in (SECRET, "Traceback", "aiohttp", "Python"):
            assert trace not in head + body, (wrong, head, body)
    logged = caplog.text + "".join(capsys.readouterr())
    for trace in (SECRET, "Traceback", "127.0.0.1"):
        assert trace not in logged


async def _answer_to(ryadom: House, raw: bytes) -> bytes:
    host, _, port = ryadom.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(raw)
    async with asyncio.timeout(5):
        answer = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", answer)
        answer += await reader.readexactly(int(length[1]) if length else 0)
    writer.close()
    return answer
