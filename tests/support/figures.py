"""Figures that tests find on their way stand in the output, also when all is well and tests run in workers."""

from collections.abc import Callable
from typing import Any

import pytest

KEY = "figure"


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """`tell("the journey took 52 kB")`: a line at the end of the run."""
    return lambda line: record_property(KEY, line)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for group in terminalreporter.stats.values() for report in group]
    told = [line for report in reports for key, line in getattr(report, "user_properties", ()) if key == KEY]
    if told:
        terminalreporter.section("figures")
        for line in sorted(set(told)):
            terminalreporter.line(line)
