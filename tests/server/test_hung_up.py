"""Whoever hangs up before the answer is no fault of ours: nothing of it in the log."""

import asyncio

import pytest

from tests.server.house import House

HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@pytest.mark.parametrize("raw", [HANDSHAKE, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"], ids=["socket", "page"])
async def test_who_hangs_up_before_the_answer_leaves_no_trace(
    ryadom: House, raw: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    host, _, port = ryadom.url.removeprefix("http://").partition(":")
    for _ in range(20):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(raw.encode())
        writer.transport.abort()
    await asyncio.sleep(0.3)
    logged = caplog.text + "".join(capsys.readouterr())
    assert "internal" not in logged, logged
    assert "Traceback" not in logged, logged
