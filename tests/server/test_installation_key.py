"""The installation's key: whole, the same for processes that start at once, and for its owner's eyes only."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.settings import installation_key

MAKE_KEYS = """
import pathlib, sys, time
from server.settings import installation_key
time.sleep(max(0, float(sys.argv[1]) - time.time()))
for number in range(200):
    print(installation_key(pathlib.Path(sys.argv[2]) / str(number)).hex())
"""


def test_two_processes_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    together = str(time.time() + 2)
    started = [
        subprocess.Popen([sys.executable, "-c", MAKE_KEYS, together, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    keys = [process.communicate()[0].split() for process in started]
    assert len(keys[0]) == 200
    assert keys[0] == keys[1] == keys[2]
    assert {len(key) for key in keys[0]} == {64}
    assert [path.name for path in (tmp_path / "0").iterdir()] == ["secret.key"]


@pytest.mark.parametrize("damaged", [b"", b"short", bytes(33)])
def test_a_damaged_key_is_refused_in_words(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(damaged)
    with pytest.raises(SystemExit, match=f"has {len(damaged)} bytes instead of 32"):
        installation_key(tmp_path)


def test_key_and_folder_are_for_the_owner_only(tmp_path: Path) -> None:
    installation_key(tmp_path / "data")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data/secret.key").stat().st_mode & 0o777 == 0o600
