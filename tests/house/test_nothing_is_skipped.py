"""Where CI=true a skipped test is a failure: shown on a small suite in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Files that a run of their own must fail on: nothing of this suite is skipped here.
SKIPS = """
import pytest

def test_skips_itself():
    pytest.skip("no such part here")

@pytest.mark.skip(reason="not today")
def test_is_skipped():
    pass
"""
SKIPS_WHOLE = 'import pytest\npytest.skip("not on this machine", allow_module_level=True)\n'


def outcome(folder: Path, ci: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.no_skips", "-p", "no:cacheprovider", str(folder)]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "in workers"])
def test_a_skipped_test_or_file_fails_where_ci_is_true(tmp_path: Path, workers: tuple[str, ...]) -> None:
    (tmp_path / "test_skips.py").write_text(SKIPS)
    (tmp_path / "test_whole.py").write_text(SKIPS_WHOLE)
    assert "1 failed, 2 errors" in outcome(tmp_path, "true", "--continue-on-collection-errors", *workers)


def test_elsewhere_it_may_be_skipped(tmp_path: Path) -> None:
    (tmp_path / "test_skips.py").write_text(SKIPS)
    (tmp_path / "test_whole.py").write_text(SKIPS_WHOLE)
    assert "3 skipped" in outcome(tmp_path, "")
