"""Nothing a browser or an installer reads names a host of somebody else."""

import re
from pathlib import Path

import pytest

from tests.support.tree import ROOT, STATIC, files, name

ADDRESS = re.compile(r"""(?:https?|wss?)://([\w.-]+)|(?:src|href)=["']//([\w.-]+)""")
# Names of XML vocabularies, which nobody fetches; this machine; places reserved for examples (RFC 2606).
HARMLESS = {"www.w3.org", "127.0.0.1", "localhost", "example.org", "example.com"}
SERVED = [path for path in files() if path.is_relative_to(STATIC) and path.suffix != ".png"]
LOCKS = [ROOT / "package-lock.json", *sorted((ROOT / "requirements").glob("*.txt"))]


@pytest.mark.parametrize("path", SERVED, ids=name)
def test_a_page_or_script_names_no_foreign_host(path: Path) -> None:
    named = {one or other for one, other in ADDRESS.findall(path.read_text(encoding="utf-8"))}
    assert named - HARMLESS == set()


@pytest.mark.parametrize("lock", LOCKS, ids=name)
def test_a_lock_file_names_no_registry(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").splitlines()
    # `funding` in package-lock.json tells where to thank an author; it is no place to fetch from.
    naming = [line for line in lines if "://" in line and '"url":' not in line]
    assert naming == []
    assert [
        line for line in lines if line.lstrip().startswith(("--index", "--extra-index", "--find-links", "-i "))
    ] == []


@pytest.mark.parametrize("lock", LOCKS[1:], ids=name)
def test_every_python_package_is_pinned_with_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", lock.read_text(encoding="utf-8"))
    pinned = [entry for entry in entries if re.match(r"[\w.-]+(\[.*\])?==", entry)]
    assert pinned
    assert [entry.splitlines()[0] for entry in pinned if "--hash=sha256:" not in entry] == []
