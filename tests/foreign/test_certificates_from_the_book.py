"""Certificates checked by three who know docs/certificates.md: a stranger, our own rules, the script of browsers."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from server.certificate_check import Verdict, check, read_keys, read_revocations, token_of
from tests.foreign import certificate_stranger as stranger
from tests.foreign.book import Book, written
from tests.foreign.forging import WAYS, packed, raw, signed
from tests.support.tree import ROOT

PROGRAM = Path(__file__).parent / "certificate_stranger.mjs"
DOC = (ROOT / "docs" / "certificates.md").read_text(encoding="utf-8")
Said = tuple[str, str | None]


@pytest.fixture(scope="session")
def book(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Book:
    return written(tmp_path_factory.mktemp("book"), migrated_sqlite)


@pytest.fixture(scope="session")
def presented(book: Book) -> dict[str, tuple[str, Said]]:
    """Every way to forge, tried once: a token and what is to be said of it."""
    return {way: forge(book.desk) for way, forge in WAYS.items()}


@pytest.fixture(scope="session")
def browsers(
    book: Book, presented: dict[str, tuple[str, Said]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Said]:
    """What the browser's script says of all of them, in one run of Node."""
    tokens = book.good | {way: token for way, (token, _) in presented.items()}
    cases = [case(book, token) for token in tokens.values()]
    return dict(zip(tokens, by_the_browser(cases, tmp_path_factory.mktemp("script")), strict=True))


def case(book: Book, token: str, *, today: date | None = None, listed: bool = True) -> dict[str, Any]:
    day = (today or book.today).isoformat()
    return {"token": token, "keys": json.loads(book.keys), "list": book.list_text if listed else None, "today": day}


def by_the_browser(cases: list[dict[str, Any]], folder: Path) -> list[Said]:
    script = shutil.copy(ROOT / "static" / "lib" / "certificate.js", folder / "certificate.mjs")
    run = subprocess.run(
        ["node", PROGRAM, script],
        input=json.dumps({"cases": cases}), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    told = [json.loads(line) for line in run.stdout.splitlines()]
    return [(each["outcome"], each["why"]) for each in told]


def by_ours(book: Book, token: str, *, today: date | None = None, listed: bool = True) -> Verdict:
    keys = read_keys(book.keys)
    return check(token, keys, read_revocations(book.list_text, keys) if listed else None, today or book.today)


def by_a_stranger(book: Book, token: str, *, today: date | None = None, listed: bool = True) -> Said:
    return stranger.verdict(token, book.keys, book.list_text if listed else None, today or book.today)


GOOD = ["printed before the key was rotated", "printed after it", "with twenty services", "on its first and last day"]


@pytest.mark.parametrize("which", [*GOOD, "ten years long"])
def test_a_true_certificate_is_accepted_by_all(book: Book, browsers: dict[str, Said], which: str) -> None:
    assert set(book.good) == {*GOOD, "ten years long"}
    verdict = by_ours(book, book.good[which])
    assert by_a_stranger(book, book.good[which]) == ("genuine", None)
    assert (verdict.outcome, verdict.good, browsers[which]) == ("genuine", True, ("genuine", None))


@pytest.mark.parametrize("way", WAYS)
def test_no_forged_certificate_is_accepted_by_anybody(
    book: Book, presented: dict[str, tuple[str, Said]], browsers: dict[str, Said], way: str
) -> None:
    token, said = presented[way]
    verdict = by_ours(book, token)
    assert said[0] != "genuine"
    assert by_a_stranger(book, token) == said
    assert (verdict.outcome, verdict.why) == said
    assert not verdict.good
    assert browsers[way] == said


def test_there_are_many_ways_to_forge_and_each_is_another(presented: dict[str, tuple[str, Said]]) -> None:
    assert len({token for token, _ in presented.values()}) == len(WAYS) >= 60
    assert {why for _, (_, why) in presented.values()} >= {"signature", "algorithm", "header", "unknown_key", "content"}


def test_a_token_says_no_more_of_a_person_than_a_name_with_initials(book: Book) -> None:
    shown = by_ours(book, book.good["printed after it"]).paper
    assert shown is not None
    assert (shown.holder, shown.birth_year) == ("Иванова А. П.", 1948)
    assert (shown.number, shown.district, shown.issuer) == ("54-1", "Сузунский район", "Отдел соцзащиты")
    assert [(each.code, each.unit, each.quantity) for each in shown.services] == [
        ("1739", "session", 24),
        ("1741", "minute", 840),
        ("taxi", "kopeck", 1_250_000),
    ]
    assert "Анна" not in raw(book.good["printed after it"].split(".")[1]).decode()


def test_a_verdict_says_how_old_its_list_is_and_without_one_that_there_is_none(book: Book) -> None:
    verdict = by_ours(book, book.desk.revoked)
    assert verdict.as_of is not None
    assert verdict.as_of.date() == book.today
    unlisted = by_ours(book, book.desk.revoked, listed=False)
    assert (unlisted.outcome, unlisted.as_of) == ("genuine", None)
    assert by_a_stranger(book, book.desk.revoked, listed=False) == ("genuine", None)


def test_a_list_is_believed_only_with_its_signature(book: Book) -> None:
    keys = read_keys(book.keys)
    head, said, signature = book.list_text.split(".")
    for text in (f"{head}.{said[:-4]}AAAA.{signature}", book.desk.token, "", f"{head}.{said}."):
        with pytest.raises(ValueError, match="not signed by these keys"):
            read_revocations(text, keys)
        with pytest.raises(ValueError, match="cannot be used"):
            stranger.verdict(book.desk.token, book.keys, text, book.today)


def test_an_older_copy_of_the_keys_learns_of_a_withdrawn_one_from_the_list(book: Book) -> None:
    """Whoever fetched the keys before the withdrawal, and the list after it."""
    document = json.loads(book.keys)
    withdrawn = [each["kid"] for each in document.pop("withdrawn")]
    token = book.desk.withdrawn
    keys = read_keys(json.dumps(document))
    listed = read_revocations(book.list_text, keys)
    assert listed.keys == set(withdrawn) != set()
    assert check(token, keys, listed, book.today).why == "key_withdrawn"
    assert stranger.verdict(token, json.dumps(document), book.list_text, book.today) == ("forged", "key_withdrawn")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_changed_character_is_enough(book: Book, data: st.DataObject) -> None:
    token = book.desk.token
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCXYZabcxyz0189-_.=+/ \n") | st.characters(codec="utf-8") | st.just(""))
    changed = data.draw(st.sampled_from([token[:at] + letter + token[at + 1 :], token[:at] + letter + token[at:]]))
    if changed == token:
        return
    assert by_ours(book, changed).outcome == "forged"
    assert by_a_stranger(book, changed)[0] == "forged"


def test_the_vectors_of_the_book_hold(tmp_path: Path) -> None:
    keys, listed = vector("json test-keys"), vector("text test-list")
    token, revoked = vector("text test-token"), vector("text test-token-revoked")
    ends = {
        date(2026, 11, 22): "not_yet_valid", date(2026, 11, 23): "genuine",
        date(2027, 11, 22): "genuine", date(2027, 11, 23): "genuine_but_expired",
    }  # fmt: skip
    trusted = read_keys(keys)
    known = read_revocations(listed, trusted)
    assert known.as_of == datetime(2026, 12, 1, 6, tzinfo=UTC)
    for day, said in ends.items():
        assert stranger.verdict(token, keys, listed, day) == (said, None)
        assert check(token, trusted, known, day).outcome == said
    assert stranger.verdict(revoked, keys, listed, date(2026, 12, 1)) == ("revoked", None)
    assert stranger.verdict(revoked, keys, None, date(2026, 12, 1)) == ("genuine", None)
    cases = [
        {"token": each, "keys": json.loads(keys), "list": listed, "today": "2026-12-01"} for each in (token, revoked)
    ]
    assert by_the_browser(cases, tmp_path) == [("genuine", None), ("revoked", None)]


def test_the_vectors_were_made_by_the_key_of_the_book() -> None:
    private = json.loads(vector("json test-private-key"))
    key = Ed25519PrivateKey.from_private_bytes(raw(private["d"]))
    assert (
        packed(key.public_key().public_bytes_raw())
        == private["x"]
        == json.loads(vector("json test-keys"))["keys"][0]["x"]
    )
    head = b'{"alg":"EdDSA","kid":"kPrK_qmx","typ":"ryadom-cert"}'
    assert signed(key, head, vector("json test-payload").encode()) == vector("text test-token")


def vector(name: str) -> str:
    found = re.search(rf"^```{name}\n(.*)\n```$", DOC, re.MULTILINE)
    assert found, name
    return found[1]


# --- at the command line: no network, no database ---------------------------------------------------------------------
NO_WAY_OUT = """
import socket, sqlite3
def no(*_given, **_named):
    raise SystemExit("it went out")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = sqlite3.connect = no
"""


@pytest.fixture
def files(book: Book, tmp_path: Path) -> Path:
    (tmp_path / "keys.json").write_text(book.keys, encoding="utf-8")
    (tmp_path / "list.jose").write_text(book.list_text + "\n", encoding="utf-8")
    (tmp_path / "apart").mkdir()
    (tmp_path / "apart" / "sitecustomize.py").write_text(NO_WAY_OUT)
    return tmp_path


async def verified(files: Path, *arguments: str, spoken: str = "") -> tuple[int, str]:
    """The command on a machine without a way out and without data."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("RYADOM_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", "certificate", "verify", *arguments, "--language", "ru"),
        cwd=ROOT,
        env=own | {"PYTHONPATH": str(files / "apart"), "RYADOM_DATA": str(files / "data"), "COLUMNS": "100"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate(spoken.encode())
    assert process.returncode is not None
    assert not (files / "data").exists(), "nothing was made"
    return process.returncode, printed.decode()


def with_files(files: Path, book: Book) -> list[str]:
    return ["--keys", str(files / "keys.json"), "--revoked", str(files / "list.jose"), "--on", book.today.isoformat()]


async def test_the_command_checks_an_address_without_network_and_database(book: Book, files: Path) -> None:
    link = f"https://ryadom.example/certificate/check#{book.desk.token}"
    code, said = await verified(files, link, *with_files(files, book))
    assert code == 0, said
    for word in ("подлинный и действует", "54-1", "Иванова А. П.", "занятий: 24", "12500.00 ₽", "Список отозванных"):
        assert word in said


async def test_the_command_reads_a_token_from_standard_input(book: Book, files: Path) -> None:
    code, said = await verified(files, "-", *with_files(files, book), spoken=f"  {book.desk.token}\n")
    assert code == 0, said


@pytest.mark.parametrize(
    ("which", "word"),
    [("expired", "срок истёк"), ("revoked", "отозван"), ("replaced", "заменён"), ("withdrawn", "key_withdrawn")],
)
async def test_the_command_says_no_with_its_exit_code(book: Book, files: Path, which: str, word: str) -> None:
    code, said = await verified(files, getattr(book.desk, which), *with_files(files, book))
    assert code == 1, said
    assert word in said


async def test_the_command_refuses_what_it_cannot_check_with(book: Book, files: Path) -> None:
    (files / "list.jose").write_text(book.list_text[:-3], encoding="utf-8")
    code, said = await verified(files, book.desk.token, *with_files(files, book))
    assert (code, "not signed by these keys" in said) == (2, True)
    (files / "keys.json").write_text("{}", encoding="utf-8")
    code, said = await verified(files, book.desk.token, *with_files(files, book))
    assert (code, "keys document" in said) == (2, True)


def test_a_token_is_found_in_whatever_was_scanned_or_pasted() -> None:
    for text in ("a.b.c", " a.b\n.c ", "https://ryadom.example/certificate/check#a.b.c", "#a.b.c"):
        assert token_of(text) == "a.b.c"


def test_the_day_before_and_the_day_after_are_another_verdict(book: Book) -> None:
    token = book.good["on its first and last day"]
    day = timedelta(days=1)
    assert [by_ours(book, token, today=book.today + n * day).outcome for n in (-1, 0, 1)] == [
        "not_yet_valid",
        "genuine",
        "genuine_but_expired",
    ]


def test_a_desk_has_no_other_way_in(book: Book) -> None:
    """The ways to forge start from tokens that are good: else they would show nothing."""
    desk = book.desk
    assert by_a_stranger(book, desk.token) == by_a_stranger(book, desk.other) == ("genuine", None)
    assert by_a_stranger(book, desk.by_house()) == ("genuine", None)
