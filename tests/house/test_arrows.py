"""The arrows between the three parts point one way."""

import subprocess
import sys
from pathlib import Path

from tests.support.tree import ROOT


def test_no_part_imports_what_it_must_not_know() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
