"""Calls between browsers share one worker: each fills a machine of two cores, and two at once would spoil both."""

from pathlib import Path

import pytest

FOLDERS = {"faults", "foreign", "journeys"}
FILES = {"test_in_browsers.py", "test_ladder_in_browsers.py", "test_people_in_a_call.py"}


def _is_call(path: Path) -> bool:
    return path.parent.name in FOLDERS or path.name in FILES


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _is_call(item.path):
            item.add_marker(pytest.mark.xdist_group("call"))
