"""Where CI=true, a skipped test or file is a failed one: a missing part must not look like success."""

import os
from collections.abc import Generator
from typing import Any

import pytest

WORDS = "skipped, and where CI=true nothing may be skipped: "


def _failed(report: Any) -> None:
    if os.environ.get("CI") == "true" and report.outcome == "skipped":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{WORDS}{reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _failed(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _failed(report)
    return report
