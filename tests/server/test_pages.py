"""Pages as they are sent: few files, kept for ever under addresses of their content, packed, with strict headers."""

import gzip
import re

import brotli  # type: ignore[import-untyped]  # it brings no types
import pytest

from server.files import packed
from server.routes import CLIENT_PAGES
from tests.server.house import House

ADDRESSES = re.compile(r'(?:src|href)="(/s/[^"]+)"')
OTHER_BUILD = re.compile(r"^/s/[0-9a-f]{12}/")
# It is seen before the hour, when nobody waits for the call: what it needs is not brought on the way there.
WITH_A_STYLE_OF_ITS_OWN = ("/own-time", "/apply", "/certificate", "/certificate/check")


async def text_of(ryadom: House, path: str, **headers: str) -> str:
    answer = await ryadom.browser().get(path, headers=headers)
    assert answer.status == 200
    return await answer.text()


@pytest.mark.parametrize("path", CLIENT_PAGES)
async def test_a_client_page_asks_for_one_style_and_one_script(ryadom: House, path: str) -> None:
    asked = ADDRESSES.findall(await text_of(ryadom, path))
    own = ["css"] if path in WITH_A_STYLE_OF_ITS_OWN else []
    assert sorted(address.rpartition(".")[2] for address in asked) == ["css", *own, "js"]
    assert 'rel="icon" href="data:image/svg+xml;base64,' in await text_of(ryadom, path)


async def test_what_a_page_asks_for_is_kept_for_ever_under_an_address_of_its_content(ryadom: House) -> None:
    browser = ryadom.browser()
    for address in ADDRESSES.findall(await text_of(ryadom, "/visit")):
        answer = await browser.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Vary"] == "Accept-Encoding"
        other = await browser.get(OTHER_BUILD.sub("/s/000000000000/", address))
        assert (other.status, other.headers["Cache-Control"]) == (200, "no-cache")
        assert await other.read() == await answer.read()


async def test_pages_of_clients_share_their_style_and_languages_share_their_scripts(ryadom: House) -> None:
    texts = [await text_of(ryadom, f"{path}?lang={lang}") for path in CLIENT_PAGES for lang in ("ru", "en")]
    asked = [ADDRESSES.findall(text) for text in texts]
    styles = [{address for address in each if address.endswith(".css")} for each in asked]
    assert len(set.intersection(*styles)) == 1
    assert len(set.union(*styles)) == 1 + len(WITH_A_STYLE_OF_ITS_OWN)
    assert len({address for each in asked for address in each if address.endswith(".js")}) == len(CLIENT_PAGES)


async def test_whoever_looks_for_a_fault_gets_each_module_alone(ryadom: House) -> None:
    text = await text_of(ryadom, "/visit?apart")
    entry = next(address for address in ADDRESSES.findall(text) if address.endswith("/pages/visit.js"))
    script = await text_of(ryadom, entry)
    imported = re.search(r'from"(/s/[^"]+/lib/join\.js)"', script)
    assert imported
    answer = await ryadom.browser().get(imported[1])
    assert (answer.status, answer.content_type) == (200, "text/javascript")
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("identity", None),
        ("br; q=0.5", "br"),
    ],
)
async def test_a_browser_gets_the_smallest_that_it_takes(ryadom: House, accepted: str, coding: str | None) -> None:
    answer = await ryadom.browser().get("/visit", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == coding
    assert "</html>" in await answer.text()


def test_packing_keeps_the_content() -> None:
    content = "Рядом. ".encode() * 500
    assert brotli.decompress(packed(content, "br")) == gzip.decompress(packed(content, "gzip")) == content
    assert len(packed(content, "br")) < len(packed(content, "gzip")) < len(content)


async def test_a_second_visit_asks_for_the_page_alone_and_hears_that_it_is_unchanged(ryadom: House) -> None:
    browser = ryadom.browser()
    first = await browser.get("/visit")
    again = await browser.get("/visit", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    # A browser takes these over for the page that it has.
    for header in ("Content-Security-Policy", "Permissions-Policy", "Cache-Control", "Vary"):
        assert again.headers[header] == first.headers[header]


async def test_pages_may_run_only_our_own_scripts(ryadom: House) -> None:
    policy = (await ryadom.browser().get("/visit")).headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "<script>" not in await text_of(ryadom, "/visit")


async def test_answers_of_the_interface_allow_nothing_and_are_packed_when_that_helps(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    answer = await coordinator.get("/api/v1/specialists", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert (await answer.json())["items"]
    plain = await coordinator.get("/api/v1/session", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    readable = await ryadom.browser().get("/api/v1/")
    assert "style-src 'self'" in readable.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address",
    [
        "/s/x/joined/pages/nothing.js",
        "/s/x/joined/pages/visit.9.js",
        "/s/x/joined/lib/words.js",
        "/s/x/joined/client.css",
        "/s/x/joined/tokens+client.css",
        "/s/x/visit.html",
        "/s/x/lib/wire.d.ts",
        "/s/x/locales/ru/room.json",
        "/s/x/..%2Fserver%2Fpages.py",
    ],
)
async def test_nothing_else_can_be_had_or_joined(ryadom: House, address: str) -> None:
    assert (await ryadom.browser().get(address)).status == 404
