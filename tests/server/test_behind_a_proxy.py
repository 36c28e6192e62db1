"""Behind a proxy: the scheme people use is the one a trusted proxy tells, for cookies, origins and sockets alike."""

from pathlib import Path

import pytest
import socketio

from server import demo
from tests.server.house import House, body, house

LOGIN = {"login": "suzun", "password": demo.PASSWORD}
HTTPS = {"X-Forwarded-Proto": "https"}
HSTS = "Strict-Transport-Security"


async def test_a_trusted_proxy_tells_that_people_come_by_https(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path / "data", database_url, is_demo=False, trusted_proxies=["127.0.0.1"]) as ryadom:
        own = ryadom.url.replace("http://", "https://")
        headers = {**HTTPS, "Origin": own}
        answer = await ryadom.browser().post("/api/v1/session", json=LOGIN, headers=headers)
        await body(answer, 200)
        assert answer.cookies["__Host-ryadom_session"]["secure"]
        assert answer.headers[HSTS] == "max-age=31536000"
        plain = {**HTTPS, "Origin": ryadom.url}
        assert (await ryadom.browser().post("/api/v1/session", json=LOGIN, headers=plain)).status == 403

        token = answer.cookies["__Host-ryadom_session"].value
        board = socketio.AsyncClient(reconnection=False)
        headers["Cookie"] = f"__Host-ryadom_session={token}"
        await board.connect(ryadom.url, namespaces=["/board"], headers=headers, transports=["websocket"])
        assert board.connected
        await board.disconnect()
        opened = {own: 200, ryadom.url: 400}
        for origin, status in opened.items():
            said = {**HTTPS, "Origin": origin}
            assert (await ryadom.browser().get("/socket.io/?EIO=4&transport=polling", headers=said)).status == status


async def test_a_stranger_cannot_say_that_he_comes_by_https(ryadom: House) -> None:
    answer = await ryadom.browser().post("/api/v1/session", json=LOGIN, headers=HTTPS)
    assert "ryadom_session" in answer.cookies
    assert HSTS not in answer.headers


@pytest.mark.parametrize("told", ["", "gopher", "https, http", "http"])
async def test_the_last_hop_counts_and_only_known_schemes_do(tmp_path: Path, database_url: str, told: str) -> None:
    async with house(tmp_path / "data", database_url, trusted_proxies=["127.0.0.1"]) as ryadom:
        answer = await ryadom.browser().post("/api/v1/session", json=LOGIN, headers={"X-Forwarded-Proto": told})
        assert "ryadom_session" in answer.cookies


async def test_a_public_address_with_https_is_kept_to(tmp_path: Path, database_url: str) -> None:
    public = "https://ryadom.example.org"
    async with house(tmp_path / "data", database_url, is_demo=False, public_url=public) as ryadom:
        assert (await ryadom.browser().get("/")).headers[HSTS] == "max-age=31536000"
